"""How the company's documents are spread over time: the one clockwork that every document is computed from.

Vouchers come in cycles of ten. Each cycle holds the same kinds of documents (two sales invoices with their
payments, a purchase invoice with its payment, a paycheck and memo vouchers) and starts on its own day; the days
rise with the cycle's number, so that a window of dates is a range of cycles. Everything about a document is a
function of the company's seed and its own index: nothing is stored, and a company of a million vouchers starts
at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

HELSINKI = ZoneInfo("Europe/Helsinki")
CYCLE = 10
"""Vouchers in a cycle."""
REACH = 75
"""Days after a cycle's own day within which its documents are dated, created and modified (but see `tail`)."""
AHEAD = 5
"""Days before a cycle's own day within which its documents may be dated: orders come before their invoices."""

_MASK = (1 << 64) - 1


def mix(seed: int, salt: int, index: int) -> int:
    """64 well-mixed bits for one thing; `salt` tells the kinds of things apart (the SplitMix64 finaliser)."""
    z = (seed * 0x9E3779B97F4A7C15 + salt * 0xD1B54A32D192ED03 + index * 0x8CB92BA72F3D8DD7) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


def cents(amount: int) -> Decimal:
    """An amount of cents as euros with two decimals."""
    return Decimal(amount).scaleb(-2)


class Plan:
    """The days of the cycles, and which documents were imported, modified or dated ahead.

    Args:
        seed: what tells this company from another of the same size.
        vouchers: how many vouchers it has, 1 or more.
        years: calendar years before the current one from whose 1 January on it keeps books.
        today: the company's current day; every document of the start was created before it.

    Raises:
        ValueError: no vouchers, or no years.
    """

    def __init__(self, seed: int, vouchers: int, years: int, today: date) -> None:
        if vouchers < 1 or years < 1:
            raise ValueError("a company has at least one voucher and one year")
        self.seed = seed
        self.vouchers = vouchers
        self.today = today
        self.start = date(today.year - years, 1, 1)
        self.midnight = datetime.combine(today, time(), HELSINKI)
        self.cycles = -(-vouchers // CYCLE)
        self._days = (today - self.start).days
        self._first = self.start.toordinal()
        length = self.cycles // 50 if self.cycles >= 20 else 0
        self.imported = range(self.cycles // 10, self.cycles // 10 + max(length, 1 if self.cycles >= 20 else 0))
        """Cycles whose documents are old, but came into Netvisor by an import twelve days ago."""
        self.import_moment = self.midnight - timedelta(days=12) + timedelta(hours=10, minutes=30)
        self.tail = range(max(0, self.cycles - 2), self.cycles)
        """The newest cycles: some of their documents are dated in the future, wherever the cycle itself is."""

    def day(self, cycle: int) -> date:
        """The day on which a cycle starts."""
        return date.fromordinal(self._first + cycle * self._days // self.cycles)

    def created(self, cycle: int, bits: int, day: date) -> datetime:
        """When a document of `day` was entered: that day in office hours, or at the import.

        Documents dated ahead are entered on their cycle's day.
        """
        if cycle in self.imported:
            return self.import_moment + timedelta(seconds=bits % 1800)
        if day >= self.today:
            day = self.day(cycle)
        return datetime(day.year, day.month, day.day, 7 + bits % 11, bits // 16 % 60, bits // 1024 % 60, 0, HELSINKI)

    def modified(self, bits: int, created: datetime) -> datetime | None:
        """When a document was modified last; None for most: never."""
        if bits % 37:
            return None
        moment = created + timedelta(days=1 + bits // 64 % 25, hours=bits // 4096 % 5)
        return moment if moment < self.midnight else None

    def dated(self, first: date | None, last: date | None) -> Iterator[int]:
        """The cycles that may hold documents dated from `first` to `last`, rising."""
        begin = 0 if first is None else self._cycle_from(first - timedelta(days=REACH))
        end = self.cycles if last is None else self._cycle_from(last + timedelta(days=AHEAD))
        yield from (cycle for cycle in self.tail if cycle < begin)
        yield from range(begin, end)
        yield from (cycle for cycle in self.tail if cycle >= max(begin, end))

    def changed(self, since: date | None) -> Iterator[int]:
        """The cycles that may hold documents created or modified on `since` or later, rising."""
        begin = 0 if since is None else self._cycle_from(since - timedelta(days=REACH))
        begin = min(begin, self.tail.start)
        if since is None or since <= self.import_moment.date() + timedelta(days=26):
            yield from (cycle for cycle in self.imported if cycle < begin)
        yield from range(begin, self.cycles)

    def _cycle_from(self, day: date) -> int:
        """The first cycle that starts on `day` or later."""
        days = day.toordinal() - self._first
        return max(0, min(self.cycles, -(-days * self.cycles // self._days)))
