"""When a first sync will end: said from its first tenth on, within a factor of 1.5, also where answers slow down.

Syncs are real and time is not: each call moves the clock by what an answer takes in the case at hand.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any
from unittest import mock

import pytest

from integration_tests.connection import Connection, SetClock, detail_batches_of
from netvisor_simulator import NetvisorSimulator
from netvisor_simulator.company import Company
from source_netvisor.netvisor.client import Client
from source_netvisor.netvisor.request import Request
from source_netvisor.protocol import messages
from source_netvisor.sync import sync
from source_netvisor.sync.progress import LINES, MOST_RECENT, Progress

NOW = datetime(2026, 3, 15, 10, 0, tzinfo=timezone.utc)
FACTOR = 1.5
FEW = 5
"""Calls more or less that nobody notices: further pages, or keys that are refused."""
Answer = Callable[[int, str], float]
"""Number of the call and resource -> seconds."""


@dataclass
class Watched:
    """What a sync said of its end.

    Args:
        seconds: that each call takes.
    """

    seconds: Answer
    elapsed: float = 0.0
    said: list[tuple[float, float]] = field(default_factory=list)
    """Seconds since the beginning, and seconds that were expected to be left."""
    calls: list[tuple[int, int]] = field(default_factory=list)
    """Calls that are done, and calls that were expected in all."""

    def __call__(self, client: Client) -> Progress:
        watched = self

        class Watching(Progress):
            def fetched(self, request: Request) -> None:
                watched.elapsed += watched.seconds(self.done, request.resource)
                super().fetched(request)
                watched.said.append((watched.elapsed, self.seconds_left))
                watched.calls.append((self.done, self.calls))

        return Watching(client, lambda: watched.elapsed)


@pytest.fixture
def clock() -> Iterator[SetClock]:
    with SetClock(NOW).in_charge() as clock:
        yield clock


def watch(company: Company, clock: SetClock, start: str, watched: Watched) -> Connection:
    """A first sync of everything; what it said is in `watched`."""
    with (
        NetvisorSimulator(company, clock=clock) as simulator,
        detail_batches_of(20),
        mock.patch.object(sync, "Progress", watched),
    ):
        connection = Connection(simulator.config(start_date=start))
        connection.must_sync()
        simulator.assert_clean()
    return connection


def steady(number: int, resource: str) -> float:
    return 2.0


def uneven(number: int, resource: str) -> float:
    """From one and a half seconds to two and a half, without an order."""
    return 1.5 + random.Random(number).random()


def by_resource(number: int, resource: str) -> float:
    """Details and the ledger take ten times as long as lists."""
    return 5.0 if resource in ("accountingledger.nv", "getsalesinvoice.nv", "getpurchaseinvoice.nv") else 0.5


COMPANIES = {
    "small": ((1, 150), {"employees": 2}, "2024-01-01"),
    "middle": ((2, 1500), {"employees": 6}, "2024-01-01"),
    "with one employee": ((3, 1500), {"employees": 1}, "2023-06-15"),
    "long before its first document": ((4, 600), {"employees": 3}, "2017-01-01"),
}


def made(name: str) -> tuple[Company, str]:
    (seed, vouchers), options, start = COMPANIES[name]
    return Company(seed, vouchers, today=NOW.date(), **options), start


def assert_right(watched: Watched, since: float) -> None:
    """What was said from a moment on is right within the factor."""
    total = watched.elapsed
    few = FEW * total / len(watched.calls)
    for elapsed, left in watched.said:
        true = total - elapsed
        if since <= elapsed:
            told = f"{left:.0f} s left said at {elapsed / total:.0%} of {total:.0f} s"
            assert true / FACTOR - few <= left <= true * FACTOR + few, told


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("small", steady),
        ("middle", uneven),
        ("middle", by_resource),
        ("with one employee", uneven),
        ("long before its first document", steady),
    ],
)
def test_the_end_is_known_from_the_first_tenth_on(clock: SetClock, name: str, seconds: Answer) -> None:
    company, start = made(name)
    watched = Watched(seconds)
    watch(company, clock, start, watched)
    assert_right(watched, watched.elapsed / 10)
    done, expected = watched.calls[-1]
    assert done == expected


@pytest.mark.parametrize(
    ("name", "times"),
    [("middle", 3), ("middle", 1 / 4), ("with one employee", 8), ("long before its first document", 3)],
)
def test_answers_that_slow_down_or_speed_up_in_the_middle(clock: SetClock, name: str, times: float) -> None:
    company, start = made(name)
    since: list[int] = []

    def seconds(number: int, resource: str) -> float:
        if not since and number > 20 and 2 * number >= watched.calls[-1][1]:
            since.append(number)
        return 2.0 * times if since else 2.0

    watched = Watched(seconds)
    watch(company, clock, start, watched)
    # nobody knows before, and soon after it is known
    assert_right(watched, watched.said[since[0] + MOST_RECENT][0])


def test_the_estimates_of_rows(clock: SetClock) -> None:
    """Of each stream that is read in windows or by key: right from the first tenth of the calls on."""
    company, start = made("middle")
    told: list[tuple[int, str, int]] = []
    estimate = messages.estimate
    watched = Watched(steady)

    def remember(stream: str, rows: int) -> Any:
        told.append((len(watched.calls), stream, rows))
        return estimate(stream, rows)

    with mock.patch.object(messages, "estimate", remember):
        connection = watch(company, clock, start, watched)
    rows = Counter(name for name, _ in connection.warehouse.sent)
    for name in ("vouchers", "payroll_paychecks", "sales_invoice_details", "sales_invoice_lines", "customer_details",
                 "payroll_paycheck_details", "payroll_paycheck_lines", "work_hours"):  # fmt: skip
        said = [(calls, estimated) for calls, stream, estimated in told if stream == name]
        assert said[-1][1] == rows[name], name
        later = [estimated for calls, estimated in said if calls > len(watched.calls) / 10]
        assert all(rows[name] / FACTOR <= one <= rows[name] * FACTOR for one in later), (name, later, rows[name])


LINE = re.compile(
    r"(About|At least) (a minute|\d+ minutes?|\d+\.\d hours) left: ([\d,]+) of ([\d,]+) calls, [\d.]+ MB so far\."
)


def lines_of(connection: Connection) -> list[re.Match[str]]:
    return [found for line in connection.warehouse.logs if (found := LINE.fullmatch(line["message"]))]


@pytest.mark.parametrize(("seconds", "most"), [(0.1, 0), (20.0, LINES + 1)])
def test_the_log_says_it_now_and_then(clock: SetClock, seconds: float, most: int) -> None:
    company, start = made("small")
    watched = Watched(lambda number, resource: seconds)
    found = lines_of(watch(company, clock, start, watched))
    assert len(found) <= most
    assert bool(found) == bool(most)
    # not one a call, and none that comes within a minute of another
    assert len(found) <= watched.elapsed / 60
    assert {one[1] for one in found[len(found) // 2 :]} <= {"About"}
