"""Purchase invoices, purchase orders and their payments."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from hashlib import sha256
from typing import NamedTuple

from .dimensions import Tag, tags
from .parties import FIRST_VENDOR, Parties, Vendor
from .plan import CYCLE, Plan, cents, mix
from .stock import Stock

CENT = Decimal("0.01")
FIRST_PURCHASE_INVOICE = 60_001
FIRST_PURCHASE_ORDER = 70_001
FIRST_PURCHASE_PAYMENT = 80_001
PURCHASE_SLOT = 4
_TEXTS = ("Tavarat", "Käyttömaksu", "Huolto & varaosat", "", "Päällysteet")


Day = date
"""The type of dates, for records whose field `date` hides it."""


class PurchaseLine(NamedTuple):
    """A line; `net` without VAT and `vat` in euros."""

    key: int
    product_code: str
    product_name: str
    description: str
    unit: str
    quantity: Decimal
    price: Decimal
    vat_percent: Decimal
    net: Decimal
    vat: Decimal
    account: int
    tags: tuple[Tag, ...]


class PurchaseInvoice(NamedTuple):
    """A purchase invoice."""

    key: int
    number: str
    date: Day
    due_date: Day
    vendor_key: int
    lines: tuple[PurchaseLine, ...]
    reference: str
    description: str
    approval: str
    voucher_key: int | None
    order_key: int | None
    created: datetime
    modified: datetime | None

    @property
    def total(self) -> Decimal:
        """What is to be paid, VAT included."""
        return sum((line.net + line.vat for line in self.lines), Decimal(0))

    @property
    def fingerprint(self) -> str:
        """64 hexadecimal digits that stand for the content."""
        return sha256(f"{self.key} {self.number} {self.total}".encode()).hexdigest()


class PurchaseOrderLine(NamedTuple):
    """A product line of a purchase order; `total` in euros, VAT included."""

    key: int
    product_key: int
    product_code: str
    product_name: str
    quantity: Decimal
    delivered: Decimal
    price: Decimal
    vat_percent: Decimal
    total: Decimal
    account: int
    tags: tuple[Tag, ...]


class PurchaseOrder(NamedTuple):
    """A purchase order; `invoice_key` is the invoice that came of it."""

    key: int
    number: int
    date: Day
    vendor_key: int
    status: str
    delivery_status: str
    lines: tuple[PurchaseOrderLine, ...]
    comment_line: str
    comment: str
    private_comment: str
    invoice_key: int | None
    created: datetime
    modified: datetime | None

    @property
    def total(self) -> Decimal:
        """The sum of the lines."""
        return sum((line.total for line in self.lines), Decimal(0))


class PurchasePayment(NamedTuple):
    """A payment of a purchase invoice."""

    key: int
    invoice_key: int
    invoice_number: str
    payer: str
    date: Day
    sum: Decimal
    reference: str
    voucher_key: int | None
    voucher_number: int | None
    created: datetime
    modified: datetime | None


def purchase_line(
    key: int, vendor: Vendor, quantity: Decimal, price: Decimal, text: str, line_tags: tuple[Tag, ...]
) -> PurchaseLine:
    """A line of a vendor's invoice: its usual account and VAT."""
    net = (quantity * price).quantize(CENT, ROUND_HALF_UP)
    vat = (net * vendor.vat / 100).quantize(CENT, ROUND_HALF_UP)
    number = vendor.key % 7 + 1
    return PurchaseLine(
        key, f"V{number:03d}", f"Tuote {number}", text, "kpl", quantity, price, vendor.vat, net, vat, vendor.account,
        line_tags,
    )  # fmt: skip


class Purchases:
    """The purchase documents as they were at the start, by index: one of each a cycle."""

    def __init__(self, plan: Plan, parties: Parties, stock: Stock, voucher_key: int) -> None:
        self._plan = plan
        self._parties = parties
        self._stock = stock
        self._voucher_key = voucher_key

    def invoice(self, index: int) -> PurchaseInvoice | None:
        """The invoice of a cycle; None where the company's vouchers end before."""
        plan = self._plan
        voucher = index * CYCLE + PURCHASE_SLOT
        if voucher >= plan.vouchers:
            return None
        bits = mix(plan.seed, 21, index)
        vendor = self._parties.vendor(bits // 512 % self._parties.vendors)
        day = plan.day(index)
        created = plan.created(index, bits >> 8, day)
        lines = tuple(
            purchase_line(
                800_000 + 4 * index + n,
                vendor,
                Decimal(1 + (bits >> 8 * n + 20) % 6),
                cents(900 + (bits >> 8 * n + 24) % 60000),
                _TEXTS[(bits >> 4 * n) % 5],
                tags(bits >> 8 * n + 30),
            )
            for n in range(1 + bits % 3)
        )
        return PurchaseInvoice(
            FIRST_PURCHASE_INVOICE + index,
            f"{bits % 90000 + 10000}" if index % 4 else f"A-{index + 1}/{day.year}",
            day,
            day + timedelta(days=vendor.payment_days),
            vendor.key,
            lines,
            f"{bits % 1000 + 1000:08d}",
            _TEXTS[bits // 4 % 5],
            ("open", "approved", "accepted", "accepted", "accepted")[bits // 64 % 5],
            self._voucher_key + voucher,
            FIRST_PURCHASE_ORDER + index if index % 2 else None,
            created,
            plan.modified(bits >> 20, created),
        )

    def payment(self, index: int) -> PurchasePayment | None:
        """The payment of a cycle's invoice: most are paid, some by half, some never."""
        plan = self._plan
        if index * CYCLE + PURCHASE_SLOT + 1 >= plan.vouchers:
            return None
        bits = mix(plan.seed, 22, index)
        day = plan.day(index) + timedelta(days=7 + bits // 32 % 30)
        if bits % 15 == 0 or day >= plan.today:
            return None
        invoice = self.invoice(index)
        if invoice is None:
            return None
        total = invoice.total
        created = plan.created(index, bits >> 8, day)
        return PurchasePayment(
            FIRST_PURCHASE_PAYMENT + index,
            invoice.key,
            invoice.number,
            self._parties.vendor(invoice.vendor_key - FIRST_VENDOR).name,
            day,
            (total / 2).quantize(CENT) if bits % 15 == 1 else total,
            invoice.reference,
            self._voucher_key + index * CYCLE + PURCHASE_SLOT + 1,
            index + 1,
            created,
            plan.modified(bits >> 20, created),
        )

    def order(self, index: int) -> PurchaseOrder | None:
        """The order of a cycle; every other one has its invoice."""
        plan = self._plan
        if index * CYCLE + PURCHASE_SLOT >= plan.vouchers:
            return None
        invoiced = index % 2 == 1
        bits = mix(plan.seed, 21, index)
        day = plan.day(index) - timedelta(days=4)
        created = plan.created(index, bits >> 9, day)
        lines = []
        for n in range(1 + bits // 8 % 2):
            product = self._stock.product((bits >> 8 * n + 12) % self._stock.products)
            quantity = Decimal(1 + (bits >> 8 * n + 20) % 6)
            net = (product.purchase_price * quantity).quantize(CENT)
            total = net + (net * product.vat / 100).quantize(CENT, ROUND_HALF_UP)
            lines.append(
                PurchaseOrderLine(
                    900_000 + 4 * index + n,
                    product.key,
                    product.code,
                    product.name,
                    quantity,
                    quantity if invoiced else Decimal(0),
                    product.purchase_price,
                    product.vat,
                    total,
                    4000,
                    tags(bits >> 8 * n + 30),
                )
            )
        return PurchaseOrder(
            FIRST_PURCHASE_ORDER + index,
            101 + index,
            day,
            FIRST_VENDOR + bits // 512 % self._parties.vendors,
            "archived" if invoiced else ("proposal", "approved", "senttovendor")[bits // 4 % 3],
            "fullydelivered" if invoiced else "undelivered",
            tuple(lines),
            "Pakkaa hyvin & merkitse" if index % 3 == 0 else "",
            "Kiireellinen" if index % 4 == 0 else "",
            "Neuvottele hinta" if index % 5 == 0 else "",
            FIRST_PURCHASE_INVOICE + index if invoiced else None,
            created,
            plan.modified(bits >> 21, created),
        )
