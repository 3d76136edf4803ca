"""When a first sync will end: said from its first tenth on, within a factor of 1.5, also where answers slow down.

Syncs are real and time is not: each call moves the clock by what an answer takes in the case at hand. How long answers
take changes nothing of what is asked, so one sync of each company has a clock, and a progress, for each of its cases.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import cache
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


class Several:
    """The progress of one sync as each of several clocks shows it: all of them are told the same.

    Args:
        each: one for each clock.
    """

    def __init__(self, each: Sequence[Progress]) -> None:
        self._each = each

    def plan(self, resource: str, calls: int = 1) -> None:
        for one in self._each:
            one.plan(resource, calls)

    def guess(self, resource: str, calls: int) -> None:
        for one in self._each:
            one.guess(resource, calls)

    def has_met(self, resource: str) -> bool:
        (answer,) = {one.has_met(resource) for one in self._each}
        return answer

    def fetched(self, request: Request) -> None:
        for one in self._each:
            one.fetched(request)

    @property
    def all_known(self) -> bool:
        (answer,) = {one.all_known for one in self._each}
        return answer

    @all_known.setter
    def all_known(self, known: bool) -> None:
        for one in self._each:
            one.all_known = known


def watch(company: Company, start: str, *watched: Watched) -> Connection:
    """A first sync of everything; what it said is in each of `watched`."""
    with (
        SetClock(NOW).in_charge() as clock,
        NetvisorSimulator(company, clock=clock) as simulator,
        detail_batches_of(20),
        mock.patch.object(sync, "Progress", lambda client: Several([one(client) for one in watched])),
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


THROUGHOUT = [
    ("small", steady),
    ("middle", uneven),
    ("middle", by_resource),
    ("with one employee", uneven),
    ("long before its first document", steady),
]
"""Companies, and how long answers take from the first to the last."""
IN_THE_MIDDLE = [("middle", 3), ("middle", 1 / 4), ("with one employee", 8), ("long before its first document", 3)]
"""Companies, and how many times as long answers take in the second half."""


class FromTheMiddleOn:
    """Answers take so many times as long in the second half of the calls.

    Attributes:
        since: the call from which on they do; empty: none yet.
    """

    def __init__(self, times: float) -> None:
        self.times = times
        self.since: list[int] = []
        self.watched = Watched(self)

    def __call__(self, number: int, resource: str) -> float:
        if not self.since and number > 20 and 2 * number >= self.watched.calls[-1][1]:
            self.since.append(number)
        return 2.0 * self.times if self.since else 2.0


@dataclass
class FirstSync:
    """The first sync of a company, as all of its cases saw it."""

    throughout: dict[Answer, Watched]
    in_the_middle: dict[float, FromTheMiddleOn]
    estimates: list[tuple[int, str, int]]
    """Calls that were done, stream, and rows that it was expected to have."""
    rows: Counter[str]
    """Rows that were sent."""


@cache
def first_sync(name: str) -> FirstSync:
    company, start = made(name)
    throughout = {seconds: Watched(seconds) for one, seconds in THROUGHOUT if one == name}
    in_the_middle = {times: FromTheMiddleOn(times) for one, times in IN_THE_MIDDLE if one == name}
    watched = [*throughout.values(), *(one.watched for one in in_the_middle.values())]
    estimates: list[tuple[int, str, int]] = []
    estimate = messages.estimate

    def remember(stream: str, rows: int) -> Any:
        estimates.append((len(watched[0].calls), stream, rows))
        return estimate(stream, rows)

    with mock.patch.object(messages, "estimate", remember):
        connection = watch(company, start, *watched)
    return FirstSync(throughout, in_the_middle, estimates, Counter(stream for stream, _ in connection.warehouse.sent))


def assert_right(watched: Watched, since: float) -> None:
    """What was said from a moment on is right within the factor."""
    total = watched.elapsed
    few = FEW * total / len(watched.calls)
    for elapsed, left in watched.said:
        true = total - elapsed
        if since <= elapsed:
            told = f"{left:.0f} s left said at {elapsed / total:.0%} of {total:.0f} s"
            assert true / FACTOR - few <= left <= true * FACTOR + few, told


@pytest.mark.parametrize(("name", "seconds"), THROUGHOUT)
def test_the_end_is_known_from_the_first_tenth_on(name: str, seconds: Answer) -> None:
    watched = first_sync(name).throughout[seconds]
    assert_right(watched, watched.elapsed / 10)
    done, expected = watched.calls[-1]
    assert done == expected


@pytest.mark.parametrize(("name", "times"), IN_THE_MIDDLE)
def test_answers_that_slow_down_or_speed_up_in_the_middle(name: str, times: float) -> None:
    slowing = first_sync(name).in_the_middle[times]
    # nobody knows before, and soon after it is known
    assert_right(slowing.watched, slowing.watched.said[slowing.since[0] + MOST_RECENT][0])


def test_the_estimates_of_rows() -> None:
    """Of each stream that is read in windows or by key: right from the first tenth of the calls on."""
    found = first_sync("middle")
    all_calls = len(found.throughout[uneven].calls)
    for name in ("vouchers", "payroll_paychecks", "sales_invoice_details", "sales_invoice_lines", "customer_details",
                 "payroll_paycheck_details", "payroll_paycheck_lines", "work_hours"):  # fmt: skip
        said = [(calls, estimated) for calls, stream, estimated in found.estimates if stream == name]
        rows = found.rows[name]
        assert said[-1][1] == rows, name
        later = [estimated for calls, estimated in said if calls > all_calls / 10]
        assert all(rows / FACTOR <= one <= rows * FACTOR for one in later), (name, later, rows)


LINE = re.compile(
    r"(About|At least) (a minute|\d+ minutes?|\d+\.\d hours) left: ([\d,]+) of ([\d,]+) calls, [\d.]+ MB so far\."
)


def lines_of(connection: Connection) -> list[re.Match[str]]:
    return [found for line in connection.warehouse.logs if (found := LINE.fullmatch(line["message"]))]


@pytest.mark.parametrize(("seconds", "most"), [(0.1, 0), (20.0, LINES + 1)])
def test_the_log_says_it_now_and_then(seconds: float, most: int) -> None:
    company, start = made("small")
    watched = Watched(lambda number, resource: seconds)
    found = lines_of(watch(company, start, watched))
    assert len(found) <= most
    assert bool(found) == bool(most)
    # not one a call, and none that comes within a minute of another
    assert len(found) <= watched.elapsed / 60
    assert {one[1] for one in found[len(found) // 2 :]} <= {"About"}
