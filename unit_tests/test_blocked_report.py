"""What is said of blocked resources stays short, whatever is blocked, and leaves nothing out without a count."""

from __future__ import annotations

import re

import pytest
from airbyte_cdk.models import FailureType

from source_netvisor import errors
from source_netvisor.blocked_report import LONGEST, BlockedResource, failed_streams, report
from source_netvisor.errors import NetvisorError
from unit_tests.reading import definitions

WORDS = "No access rights. Missing resource: {}"


def everything_blocked() -> list[tuple[str, NetvisorError]]:
    """Each stream of the manifest, blocked at the resource that it is made from."""
    sources = {name: one.source.resource for name, one in definitions().items()}
    return [(name, errors.by_code(of, "SERVICE_ACCESS_ERROR", WORDS.format(of))) for name, of in sources.items()]


def test_the_end_of_a_read_with_everything_blocked() -> None:
    failed = everything_blocked()
    message = failed_streams(failed, len(failed))
    assert len(message.encode()) <= LONGEST
    lines = message.splitlines()
    assert lines[0] == f"{len(failed)} of {len(failed)} streams could not be read completely."
    assert message.count(errors.PARTNER_SEARCH_KEY) == 1 and message.count("No access rights") == 1
    assert message.count("Or deselect its streams in the connection") == 1
    named = {stream for line in lines if line.startswith("- ") for stream in re.split(r": |, ", line)[1:]}
    assert named == {name for name, _ in failed}


def test_other_failures_come_first_and_once() -> None:
    down = [
        (f"stream_{number}", NetvisorError("timeout", f"Netvisor did not answer r{number}.nv in time; try again later.",
         FailureType.transient_error)) for number in range(3)
    ]  # fmt: skip
    blocked = ("accounts", errors.by_code("accountlist.nv", "SERVICE_ACCESS_ERROR", ""))
    message = failed_streams([*down, blocked], 61)
    lines = message.splitlines()
    assert lines[:2] == [
        "4 of 61 streams could not be read completely.",
        "stream_0, stream_1, stream_2: Netvisor did not answer r0.nv in time; try again later.",
    ]
    assert lines[2] == "SERVICE_ACCESS_ERROR: 1 resource is blocked." and lines[-1] == "- accountlist.nv: accounts"
    assert failed_streams([blocked], 1).startswith("1 of 1 stream could not be read completely.\n")


def test_failures_of_many_kinds_are_counted_where_they_do_not_fit() -> None:
    failed = [
        (f"stream_{n}", NetvisorError(f"code_{n}", "What happened. " * 20, FailureType.system_error)) for n in range(60)
    ]
    message = failed_streams(failed, 60)
    assert len(message.encode()) <= LONGEST
    shown = sum(line.startswith("stream_") for line in message.splitlines())
    assert shown > 5
    assert message.endswith(f"\n- and {60 - shown} more")
    both = failed_streams([*failed, *everything_blocked()], 121)
    assert len(both.encode()) <= LONGEST and "resources are blocked" in both


@pytest.mark.parametrize("number", [1, 50, 500])
def test_a_report_leaves_nothing_out_without_a_count(number: int) -> None:
    resources = [BlockedResource(f"resource{n}.nv", [f"stream_{n}", f"lines_of_stream_{n}"]) for n in range(number)]
    text = report(resources)
    assert len(text.encode()) <= LONGEST
    named = text.count("\n- resource")
    left = re.search(r"\n- and (\d+) more$", text)
    assert named + (int(left[1]) if left else 0) == number


def test_words_that_differ_in_the_resources_name_only_are_shown_once() -> None:
    resources = [BlockedResource(f"r{n}.nv", ["s"], words=WORDS.format(f"r{n}.nv")) for n in range(9)]
    assert report(resources).count("Netvisor says: ") == 1
    assert "Netvisor says: No access rights. Missing resource: ..." in report(resources)
