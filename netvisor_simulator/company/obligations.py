"""What the company owes the tax authority, and whether its subledgers agree with its books, month by month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from .books import Books
from .chart import (
    ACCOUNTS,
    PAYABLES,
    PURCHASE_INVOICE_TYPE,
    PURCHASE_PAYMENT_TYPE,
    PURCHASE_VAT,
    RECEIVABLES,
    SALES_INVOICE_TYPE,
    SALES_PAYMENT_TYPE,
    SALES_VAT,
)

VAT_ACCOUNTS = frozenset({SALES_VAT, PURCHASE_VAT})
ZERO = Decimal("0.00")
Month = tuple[int, int]
"""Year and month."""


class Reconciliation(NamedTuple):
    """One ledger at the end of a month, debit positive.

    Args:
        deviating_vouchers: vouchers of the month on the ledger's account that no invoice and no payment posted.
        deviating_payments: payments of the month that were not posted.
        source: the subledger's balance: what was invoiced less what was paid, from the opening balance on.
        bookkeeping: the account's balance.
    """

    deviating_vouchers: int
    deviating_payments: int
    source: Decimal
    bookkeeping: Decimal


class VatReport(NamedTuple):
    """The VAT report of a month; `filed` and `status` are None until it is sent."""

    filed: date | None
    status: str | None
    payable: Decimal


def month_end(month: Month) -> date:
    """The last day of a month."""
    year, number = month
    return (date(year, number, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def vat_reports(books: Books, months: Iterable[Month]) -> dict[Month, VatReport]:
    """The reports of those of the months that are over and within the books.

    A report is due on the twelfth day of the second month after its own, and sent on that day. What is payable is the
    VAT that the month's invoices posted; a line without a rate on these accounts is a settlement and not part of it.
    """
    payable: dict[Month, Decimal] = defaultdict(lambda: ZERO)
    for voucher in books.vouchers():
        if voucher.status == "valid":
            for line in voucher.lines:
                if line.account in VAT_ACCOUNTS and line.vat_percent:
                    payable[voucher.date.year, voucher.date.month] -= line.sum
    found = {}
    for month in months:
        if not books.plan.start <= month_end(month) < books.today:
            continue
        due = (month_end(month) + timedelta(days=40)).replace(day=12)
        sent = due <= books.today
        status = "MarkedAsSent" if month[1] % 5 == 0 else "Sent"
        found[month] = VatReport(due if sent else None, status if sent else None, payable[month])
    return found


def reconciliations(books: Books, months: Iterable[Month]) -> dict[Month, tuple[Reconciliation, Reconciliation]]:
    """The purchase ledger and the sales ledger of each month."""
    wanted = list(months)
    sold = _Movements(RECEIVABLES)
    for sale in books.sales_invoices():
        if sale.voucher_key is not None:
            sold.add(sale.date, sale.total)
    for receipt in books.sales_payments():
        sold.add(receipt.date, -receipt.sum, receipt.voucher_key is None)
    bought = _Movements(PAYABLES)
    for purchase in books.purchase_invoices():
        if purchase.voucher_key is not None:
            bought.add(purchase.date, -purchase.total)
    for payment in books.purchase_payments():
        bought.add(payment.date, payment.sum, payment.voucher_key is None)
    ours = {
        RECEIVABLES: (SALES_INVOICE_TYPE, SALES_PAYMENT_TYPE),
        PAYABLES: (PURCHASE_INVOICE_TYPE, PURCHASE_PAYMENT_TYPE),
    }
    deviating: dict[tuple[int, Month], int] = defaultdict(int)
    for voucher in books.vouchers():
        if voucher.status == "valid":
            for account, types in ours.items():
                if voucher.type not in types and any(line.account == account for line in voucher.lines):
                    deviating[account, (voucher.date.year, voucher.date.month)] += 1
    return {
        month: (
            bought.at(month, deviating[PAYABLES, month], books.account_balance(PAYABLES, month_end(month))),
            sold.at(month, deviating[RECEIVABLES, month], books.account_balance(RECEIVABLES, month_end(month))),
        )
        for month in wanted
    }


class _Movements:
    """What a subledger gained and lost, by month."""

    def __init__(self, account: int) -> None:
        self._opening = ACCOUNTS[account].opening
        self._by_month: dict[Month, Decimal] = defaultdict(lambda: ZERO)
        self._not_posted: dict[Month, int] = defaultdict(int)

    def add(self, day: date, amount: Decimal, not_posted: bool = False) -> None:
        self._by_month[day.year, day.month] += amount
        self._not_posted[day.year, day.month] += not_posted

    def at(self, month: Month, vouchers: int, bookkeeping: Decimal) -> Reconciliation:
        source = self._opening + sum((sum_ for one, sum_ in self._by_month.items() if one <= month), ZERO)
        return Reconciliation(vouchers, self._not_posted[month], source, bookkeeping)
