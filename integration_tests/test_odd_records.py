"""Records that no schema prepares for: names without end, names that tell too much, broken characters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from integration_tests.console_runs import IDENTITY_CODE, ConsoleRuns, Run, Runs, configured
from netvisor_simulator import NetvisorSimulator, faults
from netvisor_simulator.company import Company

STREAMS = ("accounts", "voucher_types")
TOO_MANY = (
    "accounts: The reply has more than 2000 fields that the schema does not know, which no company's data explains; "
    "please report it to the developers."
)


@pytest.fixture(scope="module")
def company_server() -> Iterator[NetvisorSimulator]:
    with NetvisorSimulator(Company(1, 20, 1)) as running:
        yield running


@pytest.fixture
def simulator(company_server: NetvisorSimulator) -> NetvisorSimulator:
    company_server.faults.clear()
    return company_server


def read(runs: Runs, simulator: NetvisorSimulator, old: bytes, new: bytes) -> Run:
    """Reads accounts from a reply in which the first `old` is `new`."""
    simulator.faults.add(
        faults.transform(lambda good: good.replace(old, new, 1)), resource="accountlist.nv", times=None
    )
    run = runs.read(simulator.config(start_date="2026-01-01"), configured(*STREAMS), "--debug")
    assert (run.hung, run.errors, run.stray) == (False, "", [])
    assert "Traceback" not in run.output
    assert run.statuses("voucher_types")[-1] == "COMPLETE"
    return run


@pytest.mark.parametrize(
    "odd",
    [
        b"<Sort " + b" ".join(b"a%d='1'" % n for n in range(100_000)) + b">",
        b"".join(b"<x%d>1</x%d>" % (n, n) for n in range(3000)) + b"<Sort>",
    ],
    ids=["attributes", "elements"],
)
def test_names_without_end(odd: bytes, runs: Runs, simulator: NetvisorSimulator) -> None:
    """Each new name costs a look at those before it: a reply of a megabyte would take hours."""
    run = read(runs, simulator, b"<Sort>", odd)
    assert run.code == 1
    assert run.errors_of("accounts") == [TOO_MANY]
    assert max(map(len, run.logs("INFO"))) < 500


def test_names_that_tell_too_much(console: ConsoleRuns, simulator: NetvisorSimulator) -> None:
    """Names are shown in the log, but no identity code, and not a page of them."""
    code = IDENTITY_CODE[:6] + "-" + IDENTITY_CODE[7:]
    odd = f"<h{code} a{code}='1'>1</h{code}><k>2</k><{'n' * 40_000}>3</{'n' * 40_000}><Sort>"
    run = read(console, simulator, b"<Sort>", odd.encode())
    assert run.code == 0
    (line,) = (line for line in run.logs("INFO") if "does not know" in line)
    assert len(line) < 400
    for secret in (code[:6], code[7:]):
        assert secret.lower() not in line
    record: dict[str, Any] = run.records("accounts")[0]
    assert {"1", "2", "3"} <= {value for values in record["_netvisor_unknown"].values() for value in values}


def test_characters_that_are_broken(runs: Runs, simulator: NetvisorSimulator) -> None:
    """The record comes, and the log says that something in it is not as it was."""
    run = read(runs, simulator, b"<Name>", b"<Name>\xe4\xc0\xaf ")
    assert run.code == 0
    assert "\ufffd" in run.records("accounts")[0]["name"]
    (line,) = run.logs("WARN")
    assert line == (
        "accountlist.nv: 3 characters of Netvisor's reply are broken; the records have \ufffd in their place."
    )


@pytest.mark.parametrize("megabytes", [1, 11])
def test_a_text_of_megabytes_arrives(megabytes: int, runs: Runs, simulator: NetvisorSimulator) -> None:
    """A parser refuses texts of more than 10 MB unless it is asked not to."""
    text = b"x" * (megabytes << 20)
    run = read(runs, simulator, b"<Name>", b"<Name>" + text)
    assert run.code == 0
    longest = max(len(record.get("name") or "") for record in run.records("accounts"))
    assert len(text) < longest < len(text) + 100
