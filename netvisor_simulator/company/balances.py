"""Account balances: opening balance plus the valid lines up to a day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple

from .chart import ACCOUNTS
from .vouchers import Voucher

ZERO = Decimal("0.00")


class Balance(NamedTuple):
    """Debit and credit turnover, opening balance included, and their difference."""

    debit: Decimal
    credit: Decimal

    @property
    def balance(self) -> Decimal:
        """Debit less credit."""
        return self.debit - self.credit


class Balances:
    """Turnover by account and day; counted once over all vouchers, then kept up with each change."""

    def __init__(self) -> None:
        self._turnover: dict[int, dict[date, list[Decimal]]] | None = None
        self._sums: dict[int, tuple[list[date], list[Decimal], list[Decimal]]] = {}

    def at(self, account: int, day: date, vouchers: Iterable[Voucher]) -> Balance:
        """The balance of an account at the end of a day.

        Args:
            account: the account's number.
            day: the day.
            vouchers: every living voucher; read only if nothing was counted yet.
        """
        if self._turnover is None:
            self._turnover = {}
            for voucher in vouchers:
                self._count(voucher, 1)
        if account not in self._sums:
            by_day = sorted(self._turnover.get(account, {}).items())
            self._sums[account] = (
                [one for one, _ in by_day],
                list(accumulate(sums[0] for _, sums in by_day)),
                list(accumulate(sums[1] for _, sums in by_day)),
            )
        days, debits, credits_ = self._sums[account]
        place = bisect_right(days, day)
        opening = ACCOUNTS[account].opening
        debit = max(opening, ZERO) + (debits[place - 1] if place else ZERO)
        credit = max(-opening, ZERO) + (credits_[place - 1] if place else ZERO)
        return Balance(debit, credit)

    def replace(self, before: Voucher | None, after: Voucher | None) -> None:
        """Follow a change of one voucher; `None` before: added, `None` after: deleted."""
        if self._turnover is None:
            return
        if before is not None:
            self._count(before, -1)
        if after is not None:
            self._count(after, 1)
        self._sums.clear()

    def _count(self, voucher: Voucher, sign: int) -> None:
        if voucher.status != "valid" or self._turnover is None:
            return
        for line in voucher.lines:
            sums = self._turnover.setdefault(line.account, {}).setdefault(voucher.date, [ZERO, ZERO])
            if line.sum >= 0:
                sums[0] += sign * line.sum
            else:
                sums[1] -= sign * line.sum
