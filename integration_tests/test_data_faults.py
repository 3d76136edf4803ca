"""Every fault of the data over real HTTP: nothing is lost, nothing else is touched, and the log says what was met."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from integration_tests.console_runs import ConsoleRuns, Run, Runs, configured
from integration_tests.data_faults import CASES, PLACES, RAW, DataCase, Place, Record, snake
from netvisor_simulator import NetvisorSimulator, faults
from netvisor_simulator.company import Company

STREAMS = ("accounts", "vouchers", "voucher_lines", "sales_invoices", "sales_invoice_details")


@pytest.fixture(scope="module")
def simulator() -> Iterator[NetvisorSimulator]:
    with NetvisorSimulator(Company(1, 150, 1)) as running:
        yield running


@pytest.fixture(scope="module")
def config(simulator: NetvisorSimulator) -> dict[str, Any]:
    first = (date.today().replace(day=1) - timedelta(days=32)).replace(day=1)  # noqa: DTZ011
    return simulator.config(start_date=first.isoformat())


def contents(run: Run) -> dict[str, list[Record]]:
    """The records of each stream, less nulls, the cursor, which is the time of the sync, and the numbers of lines."""
    return {
        stream: [
            {n: v for n, v in record.items() if n not in ("_ab_modified_until", "line_number") and v is not None}
            for record in run.records(stream)
        ]
        for stream in STREAMS
    }


def in_any_order(records: Iterable[Record]) -> list[str]:
    """Records without a key do not wait for a state as others do, and come before them."""
    return sorted(
        json.dumps({n: float(v) if type(v) is int else v for n, v in record.items()}, sort_keys=True)
        for record in records
    )


@pytest.fixture(scope="module")
def good(runs: Runs, simulator: NetvisorSimulator, config: dict[str, Any]) -> dict[str, list[Record]]:
    """The records of a read without faults."""
    simulator.faults.clear()
    run = runs.read(config, configured(*STREAMS))
    assert run.code == 0
    return contents(run)


def change(reply: bytes, case: DataCase, place: Place, keys: tuple[int, int]) -> bytes:
    """The reply with the record of the first key changed, and that of the second one where the case says so."""
    text = reply.decode()
    for key, played in zip(keys, (case.change, case.next), strict=True):
        if played is None:
            continue
        records = re.finditer(rf"<{place.element}\b[^>]*>.*?</{place.element}>", text, re.DOTALL)
        for found in records:
            if f"<{place.key}>{key}</{place.key}>" in found.group().split("<VoucherLine", 1)[0] or (
                place.element == "VoucherLine" and f"<{place.key}>{key}</{place.key}>" in found.group()
            ):
                text = text[: found.start()] + played(found.group(), place) + text[found.end() :]
                break
    return text.encode()


def told(case: DataCase, place: Place) -> tuple[str, ...]:
    """The beginnings that the log line may have."""
    streams = (place.stream, *place.told_by)
    name = snake(place.number)
    return tuple(case.sees.format(stream=stream, field=place.field, element=name) for stream in streams)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_data_fault(
    case: DataCase,
    place: Place,
    runs: Runs,
    simulator: NetvisorSimulator,
    config: dict[str, Any],
    good: dict[str, list[Record]],
) -> None:
    at = next(i for i, r in enumerate(good[place.stream]) if i and r.get(place.field) is not None)
    before, first, second = good[place.stream][:at], *good[place.stream][at : at + 2]
    after = good[place.stream][at + 2 :]
    keys = first["netvisor_key"], second["netvisor_key"]
    simulator.faults.clear()
    simulator.calls.clear()
    simulator.faults.add(
        faults.transform(lambda reply: change(reply, case, place, keys)), resource=place.resource, times=None
    )
    run = runs.read(config, configured(*STREAMS))
    assert (run.hung, run.errors, run.stray) == (False, "", [])
    if place.name == "details" and case.fails_in_details:
        (sentence,) = run.errors_of(place.stream)
        assert sentence.startswith(case.fails_in_details.format(stream=place.stream, resource=place.resource))
        assert [stream for stream in STREAMS if run.statuses(stream)[-1] != "COMPLETE"] == [place.stream]
        return
    assert run.code == 0, run.errors_of(None)
    of_details = case.becomes_in_details if place.name == "details" else None
    becomes = of_details or case.becomes
    found = contents(run)
    expected = [
        {n: v for n, v in record.items() if v is not None}
        for record in (*becomes(first, place), case.next_becomes(second, place) if case.next_becomes else second)
    ]
    assert in_any_order(found[place.stream]) == in_any_order([*before, *expected, *after])
    for stream in STREAMS:
        if stream not in (place.stream, *({"vouchers", "voucher_lines"} if place.resource.startswith("acc") else ())):
            assert found[stream] == good[stream]
        assert run.statuses(stream)[-1] == "COMPLETE"
    lines = [line for line in run.logs("WARN") + run.logs("INFO") if line.startswith(f"{place.stream}: ")]
    notable = [line for line in lines if RAW in line or "schema does not know" in line or "without their key" in line]
    if of_details:
        assert not [line for line in notable if "without their key" in line]
    elif case.sees:
        assert [line for line in run.logs(case.level) if line.startswith(told(case, place))], notable
    else:
        assert notable == []
    simulator.assert_clean()


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_the_first_fault_in_a_process(
    place: Place,
    console: ConsoleRuns,
    simulator: NetvisorSimulator,
    config: dict[str, Any],
    good: dict[str, list[Record]],
) -> None:
    """The exit status and both outputs are a process's own."""
    test_data_fault(CASES[0], place, console, simulator, config, good)
