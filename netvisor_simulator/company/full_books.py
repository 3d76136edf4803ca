"""Books as a real company's are after some years: every VAT code, settled VAT, closed years.

They are added to a company of any size on demand, since closing a year has to read all of it: a company of a million
vouchers starts at once without them.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, NamedTuple

from .chart import BANK, PURCHASE_VAT, SALES_VAT, Period
from .dimensions import tags
from .payroll import month_end
from .plan import HELSINKI, cents, mix
from .vouchers import NO_VAT, VoucherLine

if TYPE_CHECKING:
    from .company import Company

CENT = Decimal("0.01")
STANDARD = Decimal("25.5")
CLOSING_TAKES = timedelta(days=120)
"""A year is closed so long after its end: the law gives four months for the statements."""


class VatCode(NamedTuple):
    """How one VAT code is posted.

    `account` is that of the base; `owed`: the tax is posted to the VAT debt; `deducted`: to the VAT receivable. A tax
    that is owed and not deducted is a cost of the base's account.
    """

    code: str
    account: int
    rate: Decimal
    sale: bool
    owed: bool
    deducted: bool


VAT_CODES: tuple[VatCode, ...] = (
    VatCode("KOMY", 3000, STANDARD, True, True, False),
    VatCode("KOMY", 3010, Decimal(14), True, True, False),
    VatCode("KOMY", 3020, Decimal(10), True, True, False),
    VatCode("KOMY0", 3090, NO_VAT, True, False, False),
    VatCode("EUMY", 3100, NO_VAT, True, False, False),
    VatCode("EUUM", 3200, NO_VAT, True, False, False),
    VatCode("EUPM312", 3100, NO_VAT, True, False, False),
    VatCode("EUPM309", 3100, NO_VAT, True, False, False),
    VatCode("MUUL", 3650, NO_VAT, True, False, False),
    VatCode("RAMY", 3090, NO_VAT, True, False, False),
    VatCode("KOOS", 4000, STANDARD, False, False, True),
    VatCode("EUOS", 4100, STANDARD, False, True, True),
    VatCode("EVTO", 4100, STANDARD, False, True, False),
    VatCode("EUPO", 4450, STANDARD, False, True, True),
    VatCode("EVPO", 4450, STANDARD, False, True, False),
    VatCode("EUUO", 4200, NO_VAT, False, False, False),
    VatCode("KAVE", 4000, STANDARD, False, True, True),
    VatCode("EVKV", 4000, STANDARD, False, True, False),
    VatCode("RAOS", 4450, STANDARD, False, True, True),
    VatCode("EVRO", 4450, STANDARD, False, True, False),
    VatCode("MAAL", 4200, STANDARD, False, True, True),
    VatCode("EVMA", 4200, STANDARD, False, True, False),
)


def keep_full_books(company: Company, closed: bool = True) -> None:
    """Post every VAT code once a quarter, settle VAT each month up to the last one, and close the years that are over.

    Args:
        company: the company.
        closed: close the years; else they stay open.
    """
    today = company.today
    for n, last in enumerate(_month_ends(company.plan.start, today)):
        _cash_sales(company, last, n)
        if last.month % 3 == 2:
            _every_vat_code(company, last - timedelta(days=4), n)
        if last.month == 1:
            _machine(company, last)
        if last.month == 12:
            _income_tax(company, last)
    owed = None
    for last in _month_ends(company.plan.start, today):
        moment = _noon(last)
        if owed is not None:
            company.changes.pay_vat(moment, last.replace(day=12), owed)
        owed = company.changes.settle_vat(moment, last)
    for period in closed_periods(company) if closed else ():
        company.changes.close_year(_noon(period.end + CLOSING_TAKES), period.begin, period.end)


def closed_periods(company: Company) -> list[Period]:
    """The accounting periods that are closed by now: it is done some months after their end."""
    return [period for period in company.periods() if period.end + CLOSING_TAKES < company.today]


def _month_ends(first: date, today: date) -> list[date]:
    """The ends of the months that are over."""
    found = []
    day = month_end(first)
    while day < today:
        found.append(day)
        day = month_end(day + timedelta(days=1))
    return found


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), HELSINKI)


def _cash_sales(company: Company, day: date, salt: int) -> None:
    """A month's sales over the counter, as much as keeps a company of any size from losing money for ever."""
    base = cents(company.plan.vouchers * (1_300 + mix(company.plan.seed, 72, salt) % 600))
    company.changes.post(_noon(day), day, "Kassamyynti", _lines(VAT_CODES[0], base, salt))


def _every_vat_code(company: Company, day: date, salt: int) -> None:
    for n, one in enumerate(VAT_CODES):
        base = cents(20_000 + mix(company.plan.seed, 71, salt * 100 + n) % 300_000)
        text = f"{'Myynti' if one.sale else 'Osto'} {one.code}"
        company.changes.post(_noon(day), day, text, _lines(one, base, salt + n))


def _lines(one: VatCode, base: Decimal, salt: int) -> tuple[VoucherLine, ...]:
    """The bank, the base and the tax, which stands on lines of its own (77000467133) and in no code's name."""
    sign = -1 if one.sale else 1
    tax = (base * one.rate / 100).quantize(CENT, ROUND_HALF_UP)
    lines = [VoucherLine(0, sign * base, one.code, one.account, one.rate, one.code, tags(salt))]
    if one.deducted:
        lines.append(VoucherLine(0, tax, "Alv", PURCHASE_VAT, one.rate, "-"))
    if one.owed:
        lines.append(VoucherLine(0, -tax, "Alv", SALES_VAT, one.rate, "-"))
    if one.owed and not one.deducted and not one.sale:
        lines.append(VoucherLine(0, tax, "Vähennyskelvoton alv", one.account, NO_VAT, "-"))
    paid = -sum((line.sum for line in lines), Decimal(0))
    return (VoucherLine(0, paid, "", BANK, NO_VAT, "-"), *lines)


def _machine(company: Company, day: date) -> None:
    """What is bought for a year's depreciation, or there would soon be less than nothing to depreciate."""
    amount = cents(company.plan.vouchers * 1_000)
    lines = (VoucherLine(0, amount, "", 1160, NO_VAT, "-"), VoucherLine(0, -amount, "", BANK, NO_VAT, "-"))
    company.changes.post(_noon(day), day, "Koneen osto", lines)


def _income_tax(company: Company, day: date) -> None:
    amount = Decimal(1200)
    lines = (VoucherLine(0, amount, "", 9900, NO_VAT, "-"), VoucherLine(0, -amount, "", BANK, NO_VAT, "-"))
    company.changes.post(_noon(day), day, "Tuloverot", lines)
