"""How a list that is asked for by date is divided, and which months its windows cover."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from source_netvisor import clock
from source_netvisor.manifest.endpoint import Endpoint

YEAR = timedelta(days=366)
FIRST_MONTH = date(2000, 1, 1)
"""The first month that financialobligationstatus.nv takes (article 77000595410)."""
MOST_DATES = 120
"""Balance dates in one request; a request for 500 keys, which Netvisor documents as allowed, is longer."""


@dataclass(frozen=True)
class Window:
    """A stretch of days.

    Args:
        begin: its first day.
        end: its last day.
        dates: of a list that is asked for single days: those days, joined by commas.
    """

    begin: date
    end: date
    dates: str = ""

    def placeholders(self) -> dict[str, str]:
        """The values of the placeholders that depend on the window."""
        day = timedelta(days=1)
        return {
            "from": self.begin.isoformat(), "to": self.end.isoformat(),
            "day_before": (self.begin - day).isoformat(), "day_after": (self.end + day).isoformat(),
            "year_before": (self.begin - YEAR).isoformat(), "dates": self.dates,
            "from_month": f"{self.begin:%Y-%m}", "to_month": f"{self.end:%Y-%m}",
        }  # fmt: skip


def windows(endpoint: Endpoint, first: date, today: date) -> list[Window]:
    """The windows from `first` on; one that has no end where the endpoint has none."""
    ahead = today + timedelta(days=endpoint.ahead_days or 0)
    if endpoint.window is None:
        return [Window(first, clock.END_OF_TIME)]
    if endpoint.window == "month":
        spans = clock.months(first, max(today, first))
        # what is dated in the future belongs to the last window
        spans[-1] = (spans[-1][0], clock.END_OF_TIME)
    elif endpoint.window == "calendar year":
        spans = clock.years(first, ahead)
    elif endpoint.window == "24 months":
        spans = _pairs_of_years(max(first, FIRST_MONTH), max(today, first))
    elif endpoint.window == "month ends":
        return _of_month_ends(clock.month_ends(first, max(today, first)))
    else:
        spans = clock.stretches(first, ahead, int(endpoint.window.split()[0]))
    return [Window(begin, end) for begin, end in spans]


def _pairs_of_years(first: date, last: date) -> list[tuple[date, date]]:
    """At most 24 months each, the last one in a December: a reply's rows of years then meet in no other reply."""
    spans = []
    begin = first
    while begin <= last:
        spans.append((begin, min(date(begin.year + 1, 12, 31), last)))
        begin = date(begin.year + 2, 1, 1)
    return spans


def _of_month_ends(ends: Sequence[date]) -> list[Window]:
    chunks = [list(chunk) for _, chunk in groupby(ends, key=lambda end: ends.index(end) // MOST_DATES)]
    return [Window(chunk[0].replace(day=1), chunk[-1], ",".join(end.isoformat() for end in chunk)) for chunk in chunks]


def is_recent(window: Window, days: int, today: date) -> bool:
    """Whether the window reaches into the last so many days, or lies behind them."""
    first = today - timedelta(days=days)
    # the whole month, so that what is judged by months can be judged
    return window.end >= first.replace(day=1)


def month_of(day: date) -> int:
    """Its month as one number."""
    return day.year * 12 + day.month - 1


def covered_months(read: Iterable[Window], start: date) -> set[int]:
    """The months of which every day from the start date on lies in one of these windows.

    Args:
        read: windows that were read to their end.
        start: the start date.
    """
    covered: set[int] = set()
    stretch: tuple[date, date] | None = None
    for window in sorted(read, key=lambda one: one.begin):
        if stretch is not None and window.begin <= stretch[1] + timedelta(days=1):
            stretch = stretch[0], max(stretch[1], window.end)
            continue
        covered |= _months_in(stretch, start)
        stretch = window.begin, window.end
    return covered | _months_in(stretch, start)


def _months_in(stretch: tuple[date, date] | None, start: date) -> set[int]:
    if stretch is None:
        return set()
    begin, end = stretch
    first = month_of(begin) if begin.day == 1 or begin <= start else month_of(begin) + 1
    last = month_of(end) if (end + timedelta(days=1)).day == 1 else month_of(end) - 1
    return set(range(first, last + 1))
