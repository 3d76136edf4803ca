"""Vouchers: what the documents of a cycle post to the ledger, and memo vouchers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from .chart import (
    ACCRUAL_TYPE,
    BANK,
    BANK_TYPE,
    MEMO_TYPE,
    PAYABLES,
    PAYROLL_TYPE,
    PURCHASE_INVOICE_TYPE,
    PURCHASE_PAYMENT_TYPE,
    PURCHASE_VAT,
    RECEIVABLES,
    SALES_INVOICE_TYPE,
    SALES_PAYMENT_TYPE,
    SALES_VAT,
    VoucherType,
)
from .dimensions import ACCOUNT_DIMENSIONS, NO_TAGS, AccountDimension, Tag, tags
from .payroll import PAYROLL_SLOT, Paycheck, Payroll
from .plan import CYCLE, Plan, cents, mix
from .purchases import PURCHASE_SLOT, PurchaseInvoice, PurchasePayment, Purchases
from .sales import Sales, SalesInvoice, SalesPayment

FIRST_VOUCHER = 100_001
FIRST_VOUCHER_LINE = 2_000_001
LINES_KEPT = 12
"""Line keys set aside for a voucher."""
NO_VAT = Decimal(0)


class Allocation(NamedTuple):
    """A line that this line is allocated by or to (`allocatedby`, `allocatedto`)."""

    kind: str
    line_key: int
    voucher_key: int


class VoucherLine(NamedTuple):
    """A line: debit positive, credit negative, in euros.

    `follow_up` is `Open`, `Closed` or None for a line that is not followed up.
    """

    key: int
    sum: Decimal
    description: str
    account: int
    vat_percent: Decimal
    vat_code: str
    tags: tuple[Tag, ...] = NO_TAGS
    account_dimension: AccountDimension | None = None
    follow_up: str | None = None
    allocations: tuple[Allocation, ...] = ()


class Voucher(NamedTuple):
    """A voucher. `status` is `valid` or `invalidated`; `linked_type` is empty where there is no source."""

    key: int
    status: str
    date: date
    number: int
    description: str
    type: VoucherType
    linked_key: int | None
    linked_type: str
    lines: tuple[VoucherLine, ...]
    created: datetime
    modified: datetime | None
    generator: str = "system"

    @property
    def guid(self) -> str:
        """A GUID made of the key."""
        return f"00000000-0000-4000-8000-{self.key:012x}"


def line_key(voucher_key: int, place: int) -> int:
    """The key of a line of a voucher of the start."""
    return FIRST_VOUCHER_LINE + (voucher_key - FIRST_VOUCHER) * LINES_KEPT + place


def sales_postings(invoice: SalesInvoice, key: int, payment: SalesPayment | None) -> tuple[VoucherLine, ...]:
    """Receivable, a sales line for each invoice line, and the VAT of each rate.

    Args:
        invoice: the invoice.
        key: the key of the first line; the others follow.
        payment: the payment that the receivable is allocated by, if any.
    """
    total = Decimal(0)
    vat: dict[Decimal, Decimal] = {}
    lines = []
    for place, line in enumerate(invoice.lines, start=1):
        total += line.net + line.vat
        vat[line.vat_percent] = vat.get(line.vat_percent, NO_VAT) - line.vat
        code = "KOMY" if line.vat_percent else "-"
        lines.append(
            VoucherLine(key + place, -line.net, line.product_name, line.account, line.vat_percent, code, line.tags)
        )
    place = len(lines)
    for rate, amount in vat.items():
        if amount:
            place += 1
            lines.append(VoucherLine(key + place, amount, "Alv", SALES_VAT, rate, "-"))
    allocations: tuple[Allocation, ...] = ()
    if payment is not None and payment.voucher_key is not None:
        allocations = (Allocation("allocatedby", line_key(payment.voucher_key, 1), payment.voucher_key),)
    closed = payment is not None and payment.sum == total
    receivable = VoucherLine(
        key, total, "", RECEIVABLES, NO_VAT, "-", NO_TAGS, None, "Closed" if closed else "Open", allocations
    )
    return (receivable, *lines)


def purchase_postings(invoice: PurchaseInvoice, key: int) -> tuple[VoucherLine, ...]:
    """Payable, a cost line for each invoice line, and the VAT of each rate; arguments as `sales_postings`."""
    vat: dict[Decimal, Decimal] = {}
    lines = [VoucherLine(key, -invoice.total, "", PAYABLES, NO_VAT, "-")]
    for line in invoice.lines:
        vat[line.vat_percent] = vat.get(line.vat_percent, NO_VAT) + line.vat
        code = "KOOS" if line.vat_percent else "-"
        lines.append(
            VoucherLine(key + len(lines), line.net, line.description, line.account, line.vat_percent, code, line.tags)
        )
    for rate, amount in vat.items():
        if amount:
            lines.append(VoucherLine(key + len(lines), amount, "Alv", PURCHASE_VAT, rate, "-"))
    return tuple(lines)


def payment_postings(
    key: int, amount: Decimal, debit: int, credit: int, allocation: Allocation | None
) -> tuple[VoucherLine, ...]:
    """Bank and ledger account of a payment; the allocation, if any, is that of the second line."""
    allocations = (allocation,) if allocation else ()
    return (
        VoucherLine(key, amount, "", debit, NO_VAT, "-"),
        VoucherLine(
            key + 1, -amount, "", credit, NO_VAT, "-", NO_TAGS, None, "Closed" if allocation else None, allocations
        ),
    )


def payroll_postings(paycheck: Paycheck, key: int) -> tuple[VoucherLine, ...]:
    """Debit and credit of each salary type by account, and the net pay out of the bank."""
    by_account: dict[int, Decimal] = {}
    for line in paycheck.lines:
        if line.ratio.debit and line.ratio.credit:
            by_account[line.ratio.debit] = by_account.get(line.ratio.debit, NO_VAT) + line.sum
            by_account[line.ratio.credit] = by_account.get(line.ratio.credit, NO_VAT) - line.sum
    owed = by_account.pop(2960)
    by_account[BANK] = owed
    centre = tags(paycheck.employee_key * 5)
    return tuple(
        VoucherLine(key + n, amount, "Palkat", account, NO_VAT, "-", centre if account in (5000, 6130) else NO_TAGS)
        for n, (account, amount) in enumerate(by_account.items())
    )


# Memo vouchers: what it is, its type, the accounts of the debit lines, the account of the credit line.
_MEMOS: tuple[tuple[str, VoucherType, tuple[int, ...], int], ...] = (
    ("Poistot, koneet & kalusto", MEMO_TYPE, (6870, 6870, 6870), 1160),
    ("Tiliote: palvelumaksut ja korot", BANK_TYPE, (8700, 9440, 8700), BANK),
    ("Jaksotus, vuokra", ACCRUAL_TYPE, (7230, 7230), 2960),
    ("Matkalasku, Employee <1>", MEMO_TYPE, (7770, 7770, 8560), BANK),
    ("", MEMO_TYPE, (8450, 7430, 8000), BANK),
    ("Ääkköstosite: åäö ÅÄÖ é €", BANK_TYPE, (8560, 8000), BANK),
)


class Vouchers:
    """The vouchers as they were at the start, by index (ten a cycle)."""

    def __init__(self, plan: Plan, sales: Sales, purchases: Purchases, payroll: Payroll) -> None:
        self._plan = plan
        self._sales = sales
        self._purchases = purchases
        self._payroll = payroll

    def voucher(self, index: int) -> Voucher | None:
        """The voucher of an index; None beyond the company's size."""
        if index >= self._plan.vouchers:
            return None
        cycle, slot = divmod(index, CYCLE)
        key = FIRST_VOUCHER + index
        if slot in (0, 2):
            invoice = self._sales.invoice(cycle * 2 + slot // 2)
            return self._sales_invoice(key, index, invoice) if invoice else None
        if slot in (1, 3):
            payment = self._sales.payment(cycle * 2 + slot // 2)
            if payment:
                return self._sales_payment(key, cycle * 2 + slot // 2, payment)
        elif slot == PURCHASE_SLOT:
            bill = self._purchases.invoice(cycle)
            return self._purchase_invoice(key, cycle, bill) if bill else None
        elif slot == PURCHASE_SLOT + 1:
            paid = self._purchases.payment(cycle)
            if paid:
                return self._purchase_payment(key, cycle, paid)
        elif slot == PAYROLL_SLOT:
            paycheck = self._payroll.paycheck(cycle)
            if paycheck and paycheck.voucher_key:
                return self._paycheck(key, cycle, paycheck)
        return self._memo(key, cycle, slot)

    def _sales_invoice(self, key: int, index: int, invoice: SalesInvoice) -> Voucher:
        number = index // CYCLE * 2 + index % CYCLE // 2
        lines = sales_postings(invoice, line_key(key, 0), self._sales.payment(number))
        return self._finish(
            key, invoice.date, number + 1, f"Myyntilasku {invoice.number}", SALES_INVOICE_TYPE, lines, invoice.created,
            invoice.key, "salesinvoice",
        )  # fmt: skip

    def _sales_payment(self, key: int, number: int, payment: SalesPayment) -> Voucher:
        allocation = Allocation("allocatedto", line_key(key - 1, 0), key - 1)
        lines = payment_postings(line_key(key, 0), payment.sum, payment.account, RECEIVABLES, allocation)
        return self._finish(
            key, payment.date, number + 1, payment.voucher_text, SALES_PAYMENT_TYPE, lines, payment.created
        )

    def _purchase_invoice(self, key: int, cycle: int, invoice: PurchaseInvoice) -> Voucher:
        lines = purchase_postings(invoice, line_key(key, 0))
        return self._finish(
            key, invoice.date, cycle + 1, f"Ostolasku {invoice.number}", PURCHASE_INVOICE_TYPE, lines, invoice.created,
            invoice.key, "purchaseinvoice",
        )  # fmt: skip

    def _purchase_payment(self, key: int, cycle: int, payment: PurchasePayment) -> Voucher:
        lines = payment_postings(line_key(key, 0), payment.sum, PAYABLES, BANK, None)
        return self._finish(
            key, payment.date, cycle + 1, f"Maksu, {payment.payer}", PURCHASE_PAYMENT_TYPE, lines, payment.created
        )

    def _paycheck(self, key: int, cycle: int, paycheck: Paycheck) -> Voucher:
        lines = payroll_postings(paycheck, line_key(key, 0))
        return self._finish(key, paycheck.payment_date, cycle + 1, "Palkanmaksu", PAYROLL_TYPE, lines, paycheck.created)

    def _memo(self, key: int, cycle: int, slot: int) -> Voucher:
        plan = self._plan
        bits = mix(plan.seed, 41, key)
        day = plan.day(cycle)
        if slot == 6 and cycle in plan.tail:
            day = plan.today + timedelta(days=20)
        text, kind, debits, credit = _MEMOS[bits % len(_MEMOS)]
        first = line_key(key, 0)
        lines = []
        total = NO_VAT
        for place, account in enumerate(debits):
            amount = cents(500 + (bits >> 8 + 8 * place) % 30000)
            total += amount
            target = ACCOUNT_DIMENSIONS[1 if account == 7230 else 0] if account in (6870, 7230) else None
            lines.append(
                VoucherLine(
                    first + place,
                    amount,
                    text if place else "",
                    account,
                    NO_VAT,
                    "-",
                    tags(bits >> 16 + 4 * place),
                    target,
                )
            )
        lines.append(VoucherLine(first + len(lines), -total, "", credit, NO_VAT, "-"))
        created = plan.created(cycle, bits >> 9, day)
        return Voucher(
            key,
            "invalidated" if slot > 5 and bits // 8 % 61 == 0 else "valid",
            day,
            key - FIRST_VOUCHER + 1,
            text,
            kind,
            None,
            "",
            tuple(lines),
            created,
            plan.modified(bits >> 22, created),
            "user",
        )

    def _finish(
        self,
        key: int,
        day: date,
        number: int,
        text: str,
        kind: VoucherType,
        lines: tuple[VoucherLine, ...],
        created: datetime,
        linked_key: int | None = None,
        linked_type: str = "",
    ) -> Voucher:
        modified = self._plan.modified(mix(self._plan.seed, 42, key), created)
        return Voucher(key, "valid", day, number, text, kind, linked_key, linked_type, lines, created, modified)
