"""Chart of accounts, voucher types and accounting periods."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

RECEIVABLES = 1701
BANK = 1910
SECOND_BANK = 1920
PAYABLES = 2871
SALES_VAT = 2939
PURCHASE_VAT = 1763
SALES_ACCOUNTS = {Decimal("25.5"): 3000, Decimal(14): 3010, Decimal(10): 3020, Decimal(0): 3090}
"""Sales accounts by VAT percent."""


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


# Each group: name, English name, Swedish name, balance sheet?, naturally negative?, then its accounts with
# number, names and opening balance in euros.
_GROUPS: list[tuple[str, str, str | None, bool, bool, list[tuple[int, str, str | None, str | None, int]]]] = [
    (
        "Vastaavaa",
        "Assets",
        "Aktiva",
        True,
        False,
        [
            (1160, "Koneet ja kalusto", "Machinery and equipment", "Maskiner och inventarier", 42000),
            (1500, "Tavaravarasto", "Inventory", "Varulager", 25000),
            (1701, "Myyntisaamiset", "Trade receivables", "Kundfordringar", 0),
            (1763, "Arvonlisäverosaaminen", "VAT receivable", None, 0),
            (1780, "Ennakkomaksut", "Advance payments", None, 0),
            (1800, "Siirtosaamiset", "Accrued income", "Resultatregleringar", 0),
            (1910, "Pankkitili", "Bank account", "Bankkonto", 180000),
            (1920, "Säästötili", "Savings account", None, 20000),
        ],
    ),
    (
        "Vastattavaa",
        "Equity and liabilities",
        "Passiva",
        True,
        True,
        [
            (2000, "Osakepääoma", "Share capital", "Aktiekapital", -2500),
            (2250, "Edellisten tilikausien voitto", "Retained earnings", None, -244500),
            (2500, "Pankkilaina", "Bank loan", "Banklån", -20000),
            (2871, "Ostovelat", "Trade payables", "Leverantörsskulder", 0),
            (2880, "Verotili", "Tax account", None, 0),
            (2921, "Ennakonpidätysvelka", "Withholding tax payable", None, 0),
            (2923, "Työeläkevakuutusmaksuvelka", "Pension insurance payable", None, 0),
            (2939, "Arvonlisäverovelka", "VAT payable", None, 0),
            (2960, "Siirtovelat", "Accrued expenses", None, 0),
        ],
    ),
    (
        "Liikevaihto",
        "Revenue",
        "Omsättning",
        False,
        True,
        [
            (3000, "Myynti 25,5 %", "Sales 25.5%", "Försäljning 25,5 %", 0),
            (3010, "Myynti 14 %", "Sales 14%", None, 0),
            (3020, "Myynti 10 %", "Sales 10%", None, 0),
            (3090, "Veroton myynti", "Sales without VAT", None, 0),
            (3100, "EU-myynti", "EU sales", None, 0),
            (3200, "Vientimyynti", "Export sales", None, 0),
            (3500, "Myyntialennukset", "Sales discounts", None, 0),
            (3590, "Myynnin kurssierot", "Exchange differences of sales", None, 0),
        ],
    ),
    (
        "Materiaalit ja palvelut",
        "Materials and services",
        None,
        False,
        False,
        [
            (4000, "Ostot", "Purchases", "Inköp", 0),
            (4100, "EU-ostot", "EU purchases", None, 0),
            (4200, "Maahantuonti", "Imports", None, 0),
            (4300, "Ostoalennukset", "Purchase discounts", None, 0),
            (4390, "Ostojen kurssierot", "Exchange differences of purchases", None, 0),
            (4450, "Alihankinta", "Subcontracting", None, 0),
        ],
    ),
    (
        "Henkilöstökulut",
        "Personnel expenses",
        "Personalkostnader",
        False,
        False,
        [
            (5000, "Palkat", "Wages and salaries", "Löner", 0),
            (6130, "Työeläkevakuutusmaksut", "Pension insurance", None, 0),
            (6300, "Sosiaalivakuutusmaksut", "Social security", None, 0),
        ],
    ),
    (
        "Poistot",
        "Depreciation",
        "Avskrivningar",
        False,
        False,
        [
            (6870, "Poistot koneista & kalustosta", "Depreciation of machinery & equipment", None, 0),
        ],
    ),
    (
        "Liiketoiminnan muut kulut",
        "Other operating expenses",
        None,
        False,
        False,
        [
            (7230, "Toimitilavuokrat", "Rent of premises", "Lokalhyror", 0),
            (7430, "Ohjelmistot", "Software", None, 0),
            (7770, "Matkakulut", "Travel", "Resekostnader", 0),
            (8000, "Markkinointi", "Marketing", None, 0),
            (8450, "Puhelin- ja tietoliikennekulut", "Telephone and data", None, 0),
            (8560, "Toimistotarvikkeet", "Office supplies", None, 0),
            (8700, "Pankin palvelumaksut", "Bank charges", None, 0),
            (8790, "Pyöristyserot", "Rounding differences", None, 0),
            (8990, "Vanha kulutili", None, None, 0),
        ],
    ),
    (
        "Rahoitustuotot ja -kulut",
        "Financial items",
        None,
        False,
        False,
        [
            (9140, "Korkotuotot", "Interest income", "Ränteintäkter", 0),
            (9440, "Korkokulut", "Interest expenses", "Räntekostnader", 0),
            (9500, "Perintäkulut", "Collection costs", None, 0),
        ],
    ),
]


def _chart() -> tuple[Account, ...]:
    """The whole tree in its own order: each group before its accounts."""
    found: list[Account] = []
    key = 101
    sort = 1
    for name, name_en, name_se, cumulative, negative, accounts in _GROUPS:
        group = key
        width = 2 * len(accounts) + 1
        found.append(
            Account(key, None, name, name_en, name_se, 0, True, cumulative, negative, sort, sort + width, Decimal(0))
        )
        for number, fi, en, se, opening in accounts:
            key += 1
            sort += 2
            active = number != 8990
            amount = Decimal(opening).quantize(Decimal("0.01"))
            found.append(Account(key, number, fi, en, se, group, active, cumulative, negative, sort - 1, sort, amount))
        key += 1
        sort += 2
    return tuple(found)


CHART: tuple[Account, ...] = _chart()
ACCOUNTS: dict[int, Account] = {account.number: account for account in CHART if account.number is not None}
"""Accounts by number, groups left out."""

DEFAULT_ACCOUNTS: tuple[tuple[str, int], ...] = (
    ("TradePayables", 2871),
    ("PurchaseVATReceivable", 1763),
    ("RoundingOffDifference", 8790),
    ("VATpayable", 2939),
    ("TaxAccount", 2880),
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
VOUCHER_TYPES: tuple[VoucherType, ...] = (
    SALES_INVOICE_TYPE,
    SALES_PAYMENT_TYPE,
    PURCHASE_INVOICE_TYPE,
    PURCHASE_PAYMENT_TYPE,
    MEMO_TYPE,
    BANK_TYPE,
    ACCRUAL_TYPE,
    PAYROLL_TYPE,
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
    """An accounting period: a calendar year."""

    key: int
    name: str
    begin: date
    end: date


class Locks(NamedTuple):
    """Up to which day the books are closed."""

    accounting: date
    vat: date
    purchases: date


def periods(first_year: int, last_year: int) -> tuple[Period, ...]:
    """The accounting periods of the years, rising."""
    return tuple(
        Period(301 + n, f"Tilikausi {year}", date(year, 1, 1), date(year, 12, 31))
        for n, year in enumerate(range(first_year, last_year + 1))
    )


def locks(today: date) -> Locks:
    """Books closed to the end of November last year; VAT and purchases to the end of the month before the last one."""
    month = today.replace(day=1)
    vat = (month - timedelta(days=1)).replace(day=1) - timedelta(days=1)
    return Locks(date(today.year - 1, 11, 30), vat, vat)
