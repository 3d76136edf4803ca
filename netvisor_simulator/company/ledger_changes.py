"""Changes of vouchers."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from .chart import BANK, MEMO_TYPE
from .editing import Editor
from .sales import CENT
from .vouchers import Voucher


class LedgerChanges(Editor):
    """What can happen to vouchers that no document stands behind."""

    def add_voucher(
        self,
        now: datetime,
        day: date | None = None,
        lines: tuple[tuple[int, Decimal], ...] = ((8560, Decimal("12.40")), (BANK, Decimal("-12.40"))),
        description: str = "Muistio",
    ) -> Voucher:
        """Add a memo voucher.

        Args:
            now: the moment.
            day: its date; None: the day of `now`.
            lines: account and sum of each line; the sums must cancel out.
            description: its text.

        Raises:
            ValueError: it does not balance.
        """
        return self._post(now, day or now.date(), MEMO_TYPE, description, self._lines(lines), None, "")

    def edit_voucher(
        self,
        now: datetime,
        key: int,
        lines: tuple[tuple[int, Decimal], ...] | None = None,
        description: str | None = None,
    ) -> Voucher:
        """Replace a voucher's lines by new ones with new keys; the old ones vanish.

        Args:
            now: the moment.
            key: the voucher; one without a source document, so that its document stays true.
            lines: account and sum of each new line; None: the same accounts with their sums halved and rounded,
                without the first of several debit lines.
            description: the new text, None: the old one.

        Raises:
            KeyError: there is no such voucher.
            ValueError: the lines do not balance.
        """
        voucher = self._voucher(key)
        if lines is None:
            kept = [line for line in voucher.lines if line.sum > 0][1:] or [one for one in voucher.lines if one.sum > 0]
            new = [(line.account, (line.sum / 2).quantize(CENT)) for line in kept]
            lines = (*new, (voucher.lines[-1].account, -sum((amount for _, amount in new), Decimal(0))))
        text = voucher.description if description is None else description
        changed = voucher._replace(lines=self._lines(lines), description=text, modified=now)
        self._books.put_voucher(changed)
        return changed

    def backdate_voucher(self, now: datetime, key: int, day: date) -> Voucher:
        """Move a voucher to another date, as a rule an earlier one."""
        changed = self._voucher(key)._replace(date=day, modified=now)
        self._books.put_voucher(changed)
        return changed

    def invalidate_voucher(self, now: datetime, key: int) -> Voucher:
        """Invalidate a voucher: it stays in the ledger and counts no more."""
        changed = self._voucher(key)._replace(status="invalidated", modified=now)
        self._books.put_voucher(changed)
        return changed

    def delete_voucher(self, now: datetime, key: int) -> None:
        """Delete a voucher."""
        self._books.delete_voucher(key, now)
