"""Every fault of pages, and between lists and details, over real HTTP: the stream fails, or the log says what is
missing.

The other stream of each sync is read whatever happens, and nothing goes on for ever.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from integration_tests.console_runs import ConsoleRuns, Run, Runs, configured
from integration_tests.list_faults import CASES, ListCase
from netvisor_simulator import NetvisorSimulator, faults
from netvisor_simulator.company import Company
from netvisor_simulator.faults import Fault, Moment
from netvisor_simulator.wire import Answer
from source_netvisor import errors
from source_netvisor.errors import NetvisorError
from source_netvisor.fetching import paging
from source_netvisor.manifest.endpoint import Endpoint
from source_netvisor.netvisor.reply import Reply
from source_netvisor.netvisor.request import Request

OTHER = "voucher_types"


@pytest.fixture(scope="module")
def simulator() -> Iterator[NetvisorSimulator]:
    with NetvisorSimulator(Company(1, 150, 1)) as running:
        yield running


@pytest.fixture(scope="module")
def config(simulator: NetvisorSimulator) -> dict[str, Any]:
    return simulator.config(start_date=(date.today() - timedelta(days=60)).isoformat())  # noqa: DTZ011


def read(case: ListCase, runs: Runs, simulator: NetvisorSimulator, config: dict[str, Any]) -> Run:
    simulator.calls.clear()
    return runs.read(config, configured(case.stream, OTHER, sync_mode="full_refresh"))


def contents(run: Run, stream: str) -> list[dict[str, Any]]:
    """The records, less the cursor, which is the time of the sync."""
    return [{n: v for n, v in record.items() if n != "_ab_modified_until"} for record in run.records(stream)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_list_fault(case: ListCase, runs: Runs, simulator: NetvisorSimulator, config: dict[str, Any]) -> None:
    simulator.faults.clear()
    good = read(case, runs, simulator, config)
    assert good.code == 0 and len(good.records(case.stream)) > 2
    first: list[bytes] = []
    number = iter(range(2, 100_000))

    def play(answer: Answer, moment: Moment) -> Answer:
        headers = tuple((name, value.replace("{next}", str(next(number)))) for name, value in case.headers)
        changed = replace(case, headers=headers).fault().play(answer, moment)
        if "all alike" in case.name:
            # every page is the first one: so does a server that does not know the parameter
            first[:] = first or [b"".join(changed.body)]
            changed = replace(changed, body=[first[0]], length=len(first[0]))
        return changed

    simulator.faults.add(Fault(case.name, play), resource=case.resource, times=None)
    run = read(case, runs, simulator, config)
    assert (run.hung, run.errors, run.stray) == (False, "", [])
    assert "Traceback" not in run.output
    assert run.statuses(OTHER)[-1] == "COMPLETE"
    assert run.records(OTHER) == good.records(OTHER)
    told = case.sees.format(stream=case.stream, resource=case.resource)
    if case.fails:
        assert run.code == 1
        assert run.statuses(case.stream)[-1] == "INCOMPLETE"
        (sentence,) = run.errors_of(case.stream)
        assert sentence.startswith(told), sentence
        assert len(run.errors_of(None)) == 1
        return
    assert run.code == 0, run.errors_of(None)
    assert run.statuses(case.stream)[-1] == "COMPLETE"
    found, expected = contents(run, case.stream), contents(good, case.stream)
    assert len(found) == len(expected) - case.lacks
    assert all(record in expected for record in found)
    if told:
        assert [line for line in run.logs("WARN") if line.startswith(told)], run.logs("WARN")
    else:
        assert run.logs("WARN") == []
    simulator.assert_clean()


def test_an_empty_page_in_the_middle(runs: Runs, simulator: NetvisorSimulator, config: dict[str, Any]) -> None:
    """The page behind it is asked for; behind two empty ones, nothing is."""
    simulator.faults.clear()
    number = iter(range(1, 100))

    def play(answer: Answer, _: Moment) -> Answer:
        page = next(number)
        row = f"<Vendor><NetvisorKey>{page}</NetvisorKey></Vendor>" if page in (1, 3) else ""
        body = f"<Root><ResponseStatus><Status>OK</Status></ResponseStatus><Vendors>{row}</Vendors></Root>".encode()
        return Answer(
            200, {**answer.headers, "X-Netvisor-Pagination-Next-Page": str(page + 1)}, [body], length=len(body)
        )

    simulator.faults.add(Fault("gaps", play), resource="getvendor.nv", times=None)
    simulator.calls.clear()
    run = runs.read(config, configured("vendors"))
    assert run.code == 0, run.errors_of(None)
    assert [record["netvisor_key"] for record in run.records("vendors")] == [1, 3]
    assert len(simulator.calls.of("getvendor.nv")) == 5


def test_a_deletion_without_a_key(console: ConsoleRuns, simulator: NetvisorSimulator, config: dict[str, Any]) -> None:
    """What it says is deleted cannot be found: the log tells, and the other deletions come."""
    simulator.faults.clear()
    first = console.read(config, configured("vouchers"))
    key = next(r["netvisor_key"] for r in first.records("vouchers") if not r.get("_ab_cdc_deleted_at"))
    rows = "".join(f"<DeletedVoucher><NetvisorKey>{k}</NetvisorKey></DeletedVoucher>" for k in (key, "7 x"))
    reply = (
        f"<Root><ResponseStatus><Status>OK</Status></ResponseStatus><DeletedVouchers>{rows}</DeletedVouchers></Root>"
    )
    simulator.faults.add(faults.raw(reply.encode()), resource="deletedvouchers.nv", times=None)
    state = [
        {
            "type": "STREAM",
            "stream": {"stream_descriptor": {"name": "vouchers"}, "stream_state": first.states("vouchers")[-1]},
        }
    ]
    run = console.read(config, configured("vouchers"), state=state)
    assert run.code == 0, run.errors_of(None)
    assert key in [r["netvisor_key"] for r in run.records("vouchers") if r.get("_ab_cdc_deleted_at")]
    assert run.logs("WARN") == [
        "vouchers: 1 rows of deletedvouchers.nv came without a key that can be read; what they say is deleted stays in "
        "the destination until a comparison finds it."
    ]


def test_pages_without_end_that_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that always has one more page, with other rows, is left after a number that no company reaches."""
    monkeypatch.setattr(paging, "MOST_PAGES", 20)
    endpoint = Endpoint("getvendor.nv", record=("Vendor",), page={"parameter": "page", "says": "headers"})
    reader = paging.ListReader(endpoint, lambda request: _page(int(dict(request.parameters).get("page", "1"))))
    replies = reader.replies(Request("getvendor.nv"))
    assert len([next(replies) for _ in range(20)]) == 20
    with pytest.raises(NetvisorError) as raised:
        next(replies)
    assert str(raised.value) == str(errors.too_many_pages("getvendor.nv", 20))
    assert not raised.value.retry


def _page(number: int) -> Reply:
    body = io.BytesIO(f"<Root><Vendors><Vendor><NetvisorKey>{number}</NetvisorKey></Vendor></Vendors></Root>".encode())
    return Reply(Request("getvendor.nv"), body, {paging.NEXT_PAGE_HEADER: str(number + 1)})
