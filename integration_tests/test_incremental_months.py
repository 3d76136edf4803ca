"""Months of the ledger that are asked for together: fewer calls, the same rows, and no trust in a server that minds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone
from itertools import pairwise
from random import Random
from urllib.parse import parse_qs

import pytest

from integration_tests.connection import Connection, SetClock, configured
from netvisor_simulator import Call, NetvisorSimulator, faults
from netvisor_simulator.company import Company
from source_netvisor.sync import window_joiner

NOW = datetime(2026, 3, 15, 10, 0, tzinfo=timezone.utc)
START = date(2024, 1, 1)
LEDGER = "accountingledger.nv"
STREAMS = ["vouchers", "voucher_lines"]
MONTHS = 27
"""From the start date to the present."""


@pytest.fixture
def clock() -> Iterator[SetClock]:
    with SetClock(NOW).in_charge() as clock:
        yield clock


@pytest.fixture
def simulator(clock: SetClock) -> Iterator[NetvisorSimulator]:
    with NetvisorSimulator(Company(7, 880, today=NOW.date()), clock=clock) as running:
        yield running


def connection(simulator: NetvisorSimulator, full_refresh: bool = False) -> Connection:
    return Connection(simulator.config(start_date=START.isoformat()), STREAMS, full_refresh)


def spans(simulator: NetvisorSimulator) -> list[tuple[date, date]]:
    """The stretches of dates that the ledger was asked for, without the day more at each end."""
    found = []
    for call in simulator.calls.of(LEDGER):
        sent = parse_qs(call.query)
        if "startdate" in sent and sent["voucherstatus"] == ["1"]:
            begin, end = (date.fromisoformat(sent[name][0]) for name in ("startdate", "enddate"))
            found.append((begin + timedelta(days=1), min(end, date(2100, 1, 1)) - timedelta(days=1)))
    return found


def lengths(simulator: NetvisorSimulator) -> list[int]:
    """How many months each of these calls asked for; the last month has no end."""
    today = NOW.date()
    return [
        (min(end, today).year - begin.year) * 12 + min(end, today).month - begin.month + 1
        for begin, end in spans(simulator)
    ]


def rows(reading: Connection) -> dict[str, list[str]]:
    """What the warehouse holds, without the moment of the sync."""
    return {
        name: sorted(
            json.dumps({**row, "_ab_modified_until": None}, sort_keys=True)
            for row in reading.warehouse.rows(name).values()
        )
        for name in STREAMS
    }


@pytest.fixture
def month_by_month(simulator: NetvisorSimulator) -> dict[str, list[str]]:
    """The rows, read without joining anything."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(window_joiner, "LARGEST", 1)
        reading = connection(simulator)
        reading.must_sync()
    assert lengths(simulator) == [1] * MONTHS
    assert len(reading.warehouse.rows("vouchers")) > 500
    return rows(reading)


def longer_than(days: int) -> Callable[[Call], bool]:
    """Finds the calls that ask for more days of the ledger."""

    def is_longer(call: Call) -> bool:
        sent = parse_qs(call.query)
        if "startdate" not in sent or sent["voucherstatus"] != ["1"]:
            return False
        begin, end = (date.fromisoformat(sent[name][0]) for name in ("startdate", "enddate"))
        return (min(end, NOW.date()) - begin).days > days

    return is_longer


@pytest.mark.parametrize("full_refresh", [False, True])
def test_each_call_asks_for_up_to_twice_as_many_months(
    simulator: NetvisorSimulator, month_by_month: dict[str, list[str]], full_refresh: bool
) -> None:
    simulator.calls.clear()
    reading = connection(simulator, full_refresh)
    reading.must_sync()
    assert lengths(simulator) == [1, 2, 4, 8, 12]
    asked = spans(simulator)
    assert asked[0][0] == START
    assert all(after[0] - before[1] == timedelta(days=1) for before, after in pairwise(asked))
    if not full_refresh:
        assert rows(reading) == month_by_month


def test_no_more_months_than_small_replies_let_expect(
    simulator: NetvisorSimulator, month_by_month: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = [call.bytes for call in simulator.calls.of(LEDGER)][:MONTHS]
    monkeypatch.setattr(window_joiner, "LARGEST", 3 * max(sizes))
    simulator.calls.clear()
    reading = connection(simulator)
    reading.must_sync()
    months = 0
    largest = 0.0
    for length, call in zip(lengths(simulator), simulator.calls.of(LEDGER), strict=False):
        assert length == 1 or length * largest <= 3 * max(sizes)
        largest = max(largest, call.bytes / length)
        months += length
    assert months == MONTHS and max(lengths(simulator)) >= 3
    assert rows(reading) == month_by_month


@pytest.mark.parametrize("code", ["INVALID_DATA", "INVALID_DATA_SIZE"])
def test_what_netvisor_refuses_together_is_asked_month_by_month(
    simulator: NetvisorSimulator, month_by_month: dict[str, list[str]], code: str
) -> None:
    refused = simulator.faults.add(faults.netvisor_code(code), resource=LEDGER, times=None, when=longer_than(150))
    simulator.calls.clear()
    reading = connection(simulator)
    reading.must_sync()
    assert rows(reading) == month_by_month
    # the eight months that were asked for together, and what had been asked for ahead
    assert refused.seen and [one for one in lengths(simulator) if one <= 4] == [1, 2, 4] + [1] * (MONTHS - 7)


def test_a_list_that_is_cut_loses_nothing(simulator: NetvisorSimulator, month_by_month: dict[str, list[str]]) -> None:
    simulator.faults.add(faults.transform(first_vouchers(100)), resource=LEDGER, times=None)
    reading = connection(simulator)
    reading.must_sync()
    assert rows(reading) == month_by_month


def first_vouchers(most: int) -> Callable[[bytes], bytes]:
    """Cuts a reply behind so many vouchers."""

    def cut(reply: bytes) -> bytes:
        parts = reply.split(b"</Voucher>")
        if len(parts) <= most + 1:
            return reply
        return b"</Voucher>".join([*parts[:most], parts[-1]])

    return cut


def test_a_killed_first_sync_goes_on_where_it_stood(
    simulator: NetvisorSimulator, month_by_month: dict[str, list[str]]
) -> None:
    for kill_after in (3, 6, 9, 12, 15):
        reading = connection(simulator)
        assert not reading.sync(kill_after=kill_after)
        reading.must_sync()
        assert rows(reading) == month_by_month


@pytest.mark.parametrize("kill_after", [60, 150, 300])
def test_streams_that_stand_at_different_months(
    simulator: NetvisorSimulator, month_by_month: dict[str, list[str]], kill_after: int
) -> None:
    for first in STREAMS:
        reading = connection(simulator)
        reading.catalog = configured([first])
        assert not reading.sync(kill_after=kill_after)
        reading.catalog = configured(STREAMS)
        reading.must_sync()
        assert rows(reading) == month_by_month


def test_the_first_sync_of_a_day_joins_the_recent_months(simulator: NetvisorSimulator, clock: SetClock) -> None:
    reading = connection(simulator)
    reading.must_sync()
    clock.advance(days=1)
    simulator.calls.clear()
    reading.must_sync()
    # an older one by turns, and February and March together
    assert lengths(simulator) == [1, 2]


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_joined_the_rows_are_the_same(seed: int, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Companies, start dates, sizes, cuts and kills by chance, against the same company read month by month."""
    chance = Random(seed)
    company = Company(seed, chance.randrange(20, 900), today=NOW.date())
    with NetvisorSimulator(company, clock=clock) as simulator:
        start = date(2023, 1, 1) + timedelta(days=chance.randrange(1100))
        config = simulator.config(start_date=start.isoformat())
        monkeypatch.setattr(window_joiner, "LARGEST", 1)
        plain = Connection(config, STREAMS)
        plain.must_sync()
        monkeypatch.setattr(window_joiner, "LARGEST", chance.choice([50_000, 300_000, 4 << 20]))
        if chance.random() < 0.3:
            simulator.faults.add(
                faults.transform(first_vouchers(chance.choice([100, 150]))), resource=LEDGER, times=None
            )
        reading = Connection(config, STREAMS)
        for _ in range(chance.randrange(4)):
            reading.catalog = configured(chance.choice([STREAMS, STREAMS[:1], STREAMS[1:]]))
            reading.sync(kill_after=chance.randrange(1, 800))
        reading.catalog = configured(STREAMS)
        reading.must_sync()
        assert rows(reading) == rows(plain)
