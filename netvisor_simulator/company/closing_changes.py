"""What the bookkeeper does at the end of a month and of a year: VAT is settled, the year is closed, or opened again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from .account_tree import RESULT_OF_EARLIER_PERIODS, RESULT_OF_PERIOD, TAX_ACCOUNT
from .chart import ACCOUNTS, BANK, CLOSING_TYPE, MEMO_TYPE, PURCHASE_VAT, SALES_VAT
from .editing import Editor
from .vouchers import NO_VAT, Voucher, VoucherLine

CLOSED = "Tilikauden tulos"
TRANSFERRED = "Tilikauden tuloksen siirto"


class ClosingChanges(Editor):
    """Settlements and closings."""

    def close_year(self, now: datetime, begin: date, end: date) -> tuple[Voucher, Voucher]:
        """Close an accounting period, as Netvisor does (77000466583).

        The result is posted to the balance sheet without a counter line; on the next day it is moved to the results of
        earlier periods.

        Args:
            now: the moment.
            begin: the period's first day.
            end: its last day.

        Returns:
            Both vouchers: the one-sided one, then the transfer.
        """
        result = sum(
            (
                line.sum
                for voucher in self._books.vouchers()
                if voucher.status == "valid" and begin <= voucher.date <= end
                for line in voucher.lines
                if not ACCOUNTS[line.account].cumulative
            ),
            Decimal("0.00"),
        )
        closing = self._system_voucher(now, end, CLOSED, ((RESULT_OF_PERIOD, result),))
        moved = ((RESULT_OF_PERIOD, -result), (RESULT_OF_EARLIER_PERIODS, result))
        return closing, self._system_voucher(now, end + timedelta(days=1), TRANSFERRED, moved)

    def reopen_year(self, now: datetime, end: date) -> None:
        """Open a closed period again: both vouchers of its closing become invalid.

        Raises:
            KeyError: it is not closed.
        """
        days = {(CLOSED, end), (TRANSFERRED, end + timedelta(days=1))}
        found = [
            voucher
            for voucher in self._books.vouchers()
            if voucher.type == CLOSING_TYPE
            and voucher.status == "valid"
            and (voucher.description, voucher.date) in days
        ]
        if not found:
            raise KeyError(end)
        for voucher in found:
            self._books.put_voucher(voucher._replace(status="invalidated", modified=now))

    def settle_vat(self, now: datetime, month_end: date) -> Voucher | None:
        """Close both VAT accounts to the tax account at a month's end; None where they are empty."""
        owed = self._books.account_balance(SALES_VAT, month_end)
        deducted = self._books.account_balance(PURCHASE_VAT, month_end)
        if not owed and not deducted:
            return None
        lines = ((SALES_VAT, -owed), (PURCHASE_VAT, -deducted), (TAX_ACCOUNT, owed + deducted))
        text = f"Arvonlisäveron tilitys {month_end:%m/%Y}"
        return self._system_voucher(now, month_end, text, tuple(one for one in lines if one[1]), settles=True)

    def pay_vat(self, now: datetime, day: date, settlement: Voucher) -> Voucher:
        """Pay what a settlement left on the tax account, or get it back."""
        owed = settlement.lines[-1].sum
        lines = ((TAX_ACCOUNT, -owed), (BANK, owed))
        return self._system_voucher(now, day, settlement.description.replace("tilitys", "maksu"), lines, settles=True)

    def post(self, now: datetime, day: date, text: str, lines: tuple[VoucherLine, ...]) -> Voucher:
        """Add a memo voucher with lines of any kind, each with the keys of this company (`key` 0 is replaced).

        Raises:
            ValueError: it does not balance.
        """
        if sum((line.sum for line in lines), Decimal(0)):
            raise ValueError("a voucher's lines must add up to nothing")
        first = self._line_block()
        numbered = tuple(line._replace(key=first + n) for n, line in enumerate(lines))
        return self._post(now, day, MEMO_TYPE, text, numbered, None, "")

    def _system_voucher(
        self, now: datetime, day: date, text: str, lines: tuple[tuple[int, Decimal], ...], settles: bool = False
    ) -> Voucher:
        first = self._line_block()
        made = tuple(
            VoucherLine(first + n, amount, text, account, NO_VAT, "-") for n, (account, amount) in enumerate(lines)
        )
        return self._post(now, day, MEMO_TYPE if settles else CLOSING_TYPE, text, made, None, "")
