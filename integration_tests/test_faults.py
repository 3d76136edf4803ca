"""Every fault of the matrix over real HTTP: at a check, at the first call, in the middle; some of them in a process.

Each ends in one of three ways: survived, the affected stream failed with a sentence, or the sync stopped with one.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from integration_tests.console_runs import ConsoleRuns, Run, Runs, configured
from integration_tests.fault_matrix import CASES, CLASSES, FaultCase
from netvisor_simulator import BUSINESS_ID, NetvisorSimulator
from netvisor_simulator.company import Company

FIRST, MIDDLE = "accountlist.nv", "accountingledger.nv"
CATALOG = configured("accounts", "vouchers", "voucher_types")
ALL_READABLE = re.compile(r"Simulated company \(1967543-8\): (\d+) of \1 resources can be read\.")
TOGETHER: str | None = None
"""In `Run.errors_of`: the sentence of the whole sync."""


@pytest.fixture(scope="module")
def simulator() -> Iterator[NetvisorSimulator]:
    with NetvisorSimulator(Company(1, 150, 1)) as running:
        yield running


@pytest.fixture(scope="module")
def config(simulator: NetvisorSimulator) -> dict[str, Any]:
    """Two windows at least, with vouchers in the first one and after it."""
    months = sorted({voucher.date.replace(day=1) for voucher in simulator.companies[BUSINESS_ID].vouchers()})
    return simulator.config(start_date=months[-2].isoformat())


@pytest.fixture(scope="module")
def good(runs: Runs, simulator: NetvisorSimulator, config: dict[str, Any]) -> dict[str, list[Any]]:
    """The records of a read without faults."""
    simulator.faults.clear()
    run = runs.read(config, CATALOG)
    assert run.code == 0
    found = contents(run)
    assert all(found.values())
    return found


def contents(run: Run) -> dict[str, list[Any]]:
    """The records of each stream, less the cursor, which is the time of the sync."""
    return {
        stream: [
            {name: value for name, value in record.items() if name != "_ab_modified_until"}
            for record in run.records(stream)
        ]
        for stream in ("accounts", "vouchers", "voucher_types")
    }


@pytest.fixture(autouse=True)
def _clean(simulator: NetvisorSimulator) -> Iterator[None]:
    simulator.faults.clear()
    simulator.calls.clear()
    yield
    simulator.assert_clean()


def assert_sound(run: Run) -> None:
    """No hang, no stack trace, nothing but protocol messages; a failure has one sentence for the whole sync."""
    assert not run.hung
    assert run.errors == ""
    assert "Traceback" not in run.output
    assert run.code in (0, 1)
    if run.code:
        assert len(run.errors_of(TOGETHER)) == 1


def assert_sentence(sentence: str, stream: str, case: FaultCase, resource: str) -> None:
    assert sentence.startswith(f"{stream}: {case.sees.format(resource=resource)}"), sentence
    assert "\n" not in sentence and "<" not in sentence
    assert len(sentence) < 1000


def texts(unknown: Any) -> Iterator[str]:
    """The texts of fields that the schema does not know, however deep."""
    if isinstance(unknown, str):
        yield unknown
    else:
        for inner in unknown.values() if isinstance(unknown, dict) else unknown:
            yield from texts(inner)


def assert_whole(run: Run, stream: str, good: dict[str, list[Any]], case: FaultCase) -> None:
    assert run.statuses(stream) == ["STARTED", "RUNNING", "COMPLETE"]
    records = contents(run)[stream]
    kept = [record.pop("_netvisor_unknown") for record in records if "_netvisor_unknown" in record]
    assert records == good[stream]
    assert all(set(texts(one)) == {case.text} for one in kept)
    assert run.states(stream)
    assert run.errors_of(stream) == []


def assert_failed(run: Run, stream: str, case: FaultCase, resource: str) -> None:
    assert run.statuses(stream)[-1] == "INCOMPLETE"
    (sentence,) = run.errors_of(stream)
    assert_sentence(sentence, stream, case, resource)
    assert stream in run.errors_of(TOGETHER)[0]


each_fault = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@each_fault
def test_check(case: FaultCase, runs: Runs, simulator: NetvisorSimulator, config: dict[str, Any]) -> None:
    simulator.faults.add(case.fault(), times=None)
    run = runs.check(config)
    assert_sound(run)
    status, message = run.check_message
    assert (run.code, status) == (0, "FAILED" if case.check == "fails" else "SUCCEEDED"), message
    assert "<" not in message
    if case.check == "succeeds":
        assert ALL_READABLE.fullmatch(message), message
    else:
        assert case.sees.format(resource=FIRST)[:60] in message or "SERVICE_ACCESS_ERROR" in message, message


@each_fault
def test_first_call(
    case: FaultCase,
    runs: Runs,
    simulator: NetvisorSimulator,
    config: dict[str, Any],
    good: dict[str, list[Any]],
) -> None:
    """The fault stays at the resource of the first stream: the others are read, unless nothing can be read at all."""
    simulator.faults.add(case.fault(), resource=FIRST, times=None)
    run = runs.read(config, CATALOG)
    assert_sound(run)
    assert run.code == (0 if case.always == "survived" else 1)
    others = ("vouchers", "voucher_types")
    if case.always == "survived":
        assert_whole(run, "accounts", good, case)
    else:
        assert_failed(run, "accounts", case, FIRST)
        assert len(simulator.calls.of(FIRST)) == (3 if case.retried else 1)
    for stream in others:
        if case.always == "sync stops":
            assert_failed(run, stream, case, FIRST)
        else:
            assert_whole(run, stream, good, case)


@each_fault
def test_middle(
    case: FaultCase,
    runs: Runs,
    simulator: NetvisorSimulator,
    config: dict[str, Any],
    good: dict[str, list[Any]],
) -> None:
    """The fault stays from the second window on: the first one's records and state are out."""
    simulator.faults.add(case.fault(), resource=MIDDLE, nth=2, times=None)
    run = runs.read(config, CATALOG)
    assert_sound(run)
    assert_whole(run, "accounts", good, case)
    if case.always == "survived":
        assert_whole(run, "vouchers", good, case)
        return
    assert_failed(run, "vouchers", case, MIDDLE)
    records = contents(run)["vouchers"]
    assert records and records == good["vouchers"][: len(records)]
    assert run.states("vouchers")[-1]["backfill"]["next"]
    if case.always == "sync stops":
        assert_failed(run, "voucher_types", case, MIDDLE)
    else:
        assert_whole(run, "voucher_types", good, case)
    assert len(records) < len(good["vouchers"])


@each_fault
def test_once(
    case: FaultCase,
    runs: Runs,
    simulator: NetvisorSimulator,
    config: dict[str, Any],
    good: dict[str, list[Any]],
) -> None:
    """The fault occurs once at the first call and once in the middle, and debugging is on."""
    simulator.faults.add(case.fault(), resource=FIRST)
    simulator.faults.add(case.fault(), resource=MIDDLE, nth=2)
    run = runs.read(config, CATALOG, "--debug")
    assert_sound(run)
    assert run.code == (0 if case.once == "survived" else 1)
    if case.once == "survived":
        for stream in good:
            assert_whole(run, stream, good, case)
    else:
        assert_failed(run, "accounts", case, FIRST)


# --- through the console script ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("test", [test_check, test_first_call, test_middle, test_once], ids=lambda test: test.__name__)
@pytest.mark.parametrize("name", CLASSES)
def test_the_first_fault_of_each_class_in_a_process(
    name: str,
    test: Callable[..., None],
    console: ConsoleRuns,
    simulator: NetvisorSimulator,
    config: dict[str, Any],
    good: dict[str, list[Any]],
) -> None:
    """The same ends as in this process; the exit status and both outputs are a process's own."""
    given = {"runs": console, "simulator": simulator, "config": config, "good": good}
    wanted = inspect.signature(test).parameters
    test(CLASSES[name][0], **{one: value for one, value in given.items() if one in wanted})
