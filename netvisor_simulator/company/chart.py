"""Chart of accounts, voucher types and accounting periods."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import NamedTuple

from .account_tree import GROUPS, TAX_ACCOUNT, Group

RECEIVABLES = 1701
BANK = 1910
SECOND_BANK = 1920
CREDIT_LOSSES = 8780
PAYABLES = 2871
SALES_VAT = 2939
PURCHASE_VAT = 1763
SALES_ACCOUNTS = {Decimal("25.5"): 3000, Decimal(14): 3010, Decimal(10): 3020, Decimal(0): 3090}
"""Sales accounts by VAT percent."""


_FIRST_ACCOUNT = 101


class Account(NamedTuple):
    """An account (with a number) or an account group (without).

    `sort` and `end_sort` are the nested set's left and right. `opening` is the balance before the first day.
    """

    key: int
    number: int | None
    name: str
    name_en: str | None
    name_se: str | None
    father: int
    active: bool
    cumulative: bool
    naturally_negative: bool
    sort: int
    end_sort: int
    opening: Decimal


def _chart() -> tuple[Account, ...]:
    """The whole tree in its own order: each group before its groups and accounts."""
    found: list[Account] = []
    sorts = count(1)
    for top in GROUPS:
        _plant(top, 0, found, sorts)
    return tuple(found)


def _plant(group: Group, father: int, found: list[Account], sorts: Iterator[int]) -> None:
    """Append a group and what is inside; its `end_sort` is known only then."""
    place, key, sort = len(found), _FIRST_ACCOUNT + len(found), next(sorts)
    name, name_en, name_se, cumulative, negative, inside = group
    found.append(Account(key, None, name, name_en, name_se, father, True, cumulative, negative, sort, sort, Decimal(0)))
    for one in inside:
        if isinstance(one, Group):
            _plant(one, key, found, sorts)
            continue
        number, fi, en, se, opening = one
        found.append(
            Account(
                _FIRST_ACCOUNT + len(found), number, fi, en, se, key, number != 8990, cumulative, negative,
                next(sorts), next(sorts), Decimal(opening).quantize(Decimal("0.01")),
            )
        )  # fmt: skip
    found[place] = found[place]._replace(end_sort=next(sorts))


CHART: tuple[Account, ...] = _chart()
ACCOUNTS: dict[int, Account] = {account.number: account for account in CHART if account.number is not None}
"""Accounts by number, groups left out."""

DEFAULT_ACCOUNTS: tuple[tuple[str, int], ...] = (
    ("TradePayables", 2871),
    ("PurchaseVATReceivable", 1763),
    ("RoundingOffDifference", 8790),
    ("VATpayable", 2939),
    ("TaxAccount", TAX_ACCOUNT),
    ("AdvancePayments", 1780),
    ("SalesReceivables", 1701),
    ("SalesVATDebt", 2939),
    ("Inventory", 1500),
    ("SalesDiscount", 3500),
    ("SalesExchangeRateDifferences", 3590),
    ("Collection", 9500),
    ("PurchasesDiscounts", 4300),
    ("PurchasesExchangeRateDifferences", 4390),
    ("PurchaseInvoiceAccrual", 2960),
    ("SalesInvoiceAccrual", 1800),
    ("PurchaseDomesticDefault", 4000),
    ("PurchaseEUDefault", 4100),
    ("PurchaseOutsideEUDefault", 4200),
    ("SalesDomesticDefault", 3000),
    ("SalesEUDefault", 3100),
    ("SalesOutsideEUDefault", 3200),
)
"""The company's default accounts in the order of accountlist.nv."""


class VoucherType(NamedTuple):
    """A voucher type; a voucher shows it as `ML Myyntilasku`."""

    key: int
    abbreviation: str
    name: str
    name_en: str
    name_sv: str


SALES_INVOICE_TYPE = VoucherType(5, "ML", "Myyntilasku", "Sales invoice", "Försäljningsfaktura")
SALES_PAYMENT_TYPE = VoucherType(6, "MS", "Myyntisuoritus", "Sales payment", "Försäljningsprestation")
PURCHASE_INVOICE_TYPE = VoucherType(7, "OL", "Ostolasku", "Purchase invoice", "Inköpsfaktura")
PURCHASE_PAYMENT_TYPE = VoucherType(8, "OM", "Ostolaskun maksu", "Purchase payment", "Inköpsbetalning")
MEMO_TYPE = VoucherType(9, "MU", "Muistiotosite", "Memo voucher", "Memorialverifikat")
BANK_TYPE = VoucherType(10, "TO", "Tiliotetosite", "Bank statement voucher", "Kontoutdragsverifikat")
ACCRUAL_TYPE = VoucherType(11, "JA", "Jaksotus", "Accrual", "Periodisering")
PAYROLL_TYPE = VoucherType(12, "PA", "Palkkatosite", "Payroll voucher", "Löneverifikat")
CLOSING_TYPE = VoucherType(13, "T", "Tilinpäätöstosite", "Closing voucher", "Bokslutsverifikat")
"""Made by the closing of a year alone (77000554186)."""
VOUCHER_TYPES: tuple[VoucherType, ...] = (
    SALES_INVOICE_TYPE,
    SALES_PAYMENT_TYPE,
    PURCHASE_INVOICE_TYPE,
    PURCHASE_PAYMENT_TYPE,
    MEMO_TYPE,
    BANK_TYPE,
    ACCRUAL_TYPE,
    PAYROLL_TYPE,
    CLOSING_TYPE,
)
DEFAULT_VOUCHER_TYPES: tuple[tuple[str, str, VoucherType], ...] = (
    ("SalesInvoices", "NetvisorKey", SALES_INVOICE_TYPE),
    ("SalesInvoicePayments", "NetvisorKey", SALES_PAYMENT_TYPE),
    ("PurchaseInvoices", "Netvisorkey", PURCHASE_INVOICE_TYPE),
    ("PurchaseInvoicePayments", "NetvisorKey", PURCHASE_PAYMENT_TYPE),
    ("OtherSystemGeneratedVouchers", "NetvisorKey", MEMO_TYPE),
    ("BankStatementViewVouchers", "Netvisorkey", BANK_TYPE),
    ("Accruals", "NetvisorKey", ACCRUAL_TYPE),
)
"""Purpose, the casing of its key element as the documents print it (77000554193), the type."""


class Period(NamedTuple):
    """An accounting period: a calendar year, or twelve months from another month on."""

    key: int
    name: str
    begin: date
    end: date


class Locks(NamedTuple):
    """Up to which day the books are closed."""

    accounting: date
    vat: date
    purchases: date


def periods(first_year: int, last_year: int, first_month: int = 1) -> tuple[Period, ...]:
    """The accounting periods of the years, rising.

    Args:
        first_year: the year whose 1 January the first period begins on.
        last_year: the year that the last period ends in.
        first_month: the month that the others begin in, 1 to 7. Later than January, the first period is longer than a
            year, as a new company's may be (18 months at most).
    """
    if first_month == 1:
        return tuple(
            Period(301 + n, f"Tilikausi {year}", date(year, 1, 1), date(year, 12, 31))
            for n, year in enumerate(range(first_year, last_year + 1))
        )
    ends = [date(year, first_month, 1) - timedelta(days=1) for year in range(first_year + 1, last_year + 1)]
    begins = [date(first_year, 1, 1), *(end + timedelta(days=1) for end in ends[:-1])]
    return tuple(
        Period(301 + n, f"Tilikausi {begin.year}-{end.year}", begin, end)
        for n, (begin, end) in enumerate(zip(begins, ends, strict=True))
    )


def locks(today: date) -> Locks:
    """Books closed to the end of November last year; VAT and purchases to the end of the month before the last one."""
    month = today.replace(day=1)
    vat = (month - timedelta(days=1)).replace(day=1) - timedelta(days=1)
    return Locks(date(today.year - 1, 11, 30), vat, vat)
