"""Sales invoices, sales orders and sales payments."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from .chart import CREDIT_LOSSES, SALES_ACCOUNTS
from .dimensions import Tag, tags
from .parties import FIRST_CUSTOMER, Parties
from .plan import CYCLE, Plan, cents, mix
from .stock import Product, Stock

CENT = Decimal("0.01")
FIRST_SALES_KEY = 20_001
"""Orders and invoices share one space of keys: three a cycle, the order first."""
NO_INVOICE = 0
"""Key of a payment's invoice where it is allocated to none."""
FIRST_SALES_PAYMENT = 40_001
_TEXTS = ("", "Toimitus sovitusti", "Sisältää työn & tarvikkeet", "", "Hyvä asiakkaamme: kiitos tilauksesta <3")


Day = date
"""The type of dates, for records whose field `date` hides it."""


class Currency(NamedTuple):
    """A currency: its code, and how many of its units are a euro."""

    code: str
    rate: Decimal


EURO = Currency("EUR", Decimal("1.0"))
_CURRENCIES = {4: Currency("USD", Decimal("1.085")), 16: Currency("SEK", Decimal("11.23"))}
"""Currencies of invoices, by what is left of their index divided by 24."""


class LineSums(NamedTuple):
    """Unit price, sum without VAT and VAT of a line in its invoice's currency."""

    price: Decimal
    net: Decimal
    vat: Decimal


class SalesLine(NamedTuple):
    """A product line. `net` is without VAT, `vat` the VAT, both in euros; `vat_percent` the rate."""

    key: int
    product_key: int
    product_code: str
    product_name: str
    purchase_price: Decimal
    ean: str
    unit: str
    quantity: Decimal
    discount: Decimal
    vat_percent: Decimal
    in_currency: LineSums
    net: Decimal
    vat: Decimal
    text: str
    account: int
    tags: tuple[Tag, ...]

    @property
    def gross(self) -> Decimal:
        """The sum with VAT."""
        return self.net + self.vat


class SalesInvoice(NamedTuple):
    """A sales invoice, or a sales order (`order` True); orders have no voucher.

    `order_key` is the invoice's order, `invoice_keys` an order's invoices, `credited_key` the invoice that a
    credit note credits. `number` is None for a draft.
    """

    key: int
    order: bool
    number: int | None
    date: Day
    event_date: Day
    delivery_date: Day
    due_date: Day
    net_days: int
    customer_key: int
    salesperson: int
    lines: tuple[SalesLine, ...]
    comment_line: str
    free_text: str
    private_comment: str
    voucher_key: int | None
    order_key: int | None
    invoice_keys: tuple[int, ...]
    credited_key: int | None
    order_status: str
    created: datetime
    modified: datetime | None
    currency: Currency = EURO

    @property
    def total(self) -> Decimal:
        """What the customer pays, VAT included, in euros."""
        return sum((line.net + line.vat for line in self.lines), Decimal(0))

    @property
    def total_in_currency(self) -> Decimal:
        """The same in the invoice's currency."""
        return sum((line.in_currency.net + line.in_currency.vat for line in self.lines), Decimal(0))

    def converted(self, euros: Decimal) -> Decimal:
        """A part of the total in the invoice's currency."""
        total = self.total
        return (self.total_in_currency * euros / total).quantize(CENT, ROUND_HALF_UP) if total else Decimal(0)

    @property
    def reference(self) -> str:
        """The reference number with its check digit (weights 7 3 1 from the right)."""
        if self.number is None:
            return ""
        digits = str(self.number)
        total = sum(int(digit) * (7, 3, 1)[n % 3] for n, digit in enumerate(reversed(digits)))
        return f"{digits}{-total % 10}"


class SalesPayment(NamedTuple):
    """A payment of a sales invoice, or one that is not allocated (`NO_INVOICE`).

    A credit loss is one whose `account` is that of credit losses, and not a bank's.
    """

    key: int
    invoice_key: int
    invoice_number: int | None
    name: str
    date: Day
    sum: Decimal
    reference: str
    account: int
    voucher_key: int | None
    created: datetime
    modified: datetime | None

    @property
    def is_credit_loss(self) -> bool:
        """Whether nobody paid it: what was open is written off."""
        return self.account == CREDIT_LOSSES

    @property
    def voucher_text(self) -> str:
        """The description of its voucher."""
        return f"{'Luottotappio' if self.is_credit_loss else 'Suoritus'}, {self.name}"


def sales_line(
    key: int,
    product: Product,
    account: int,
    quantity: Decimal,
    discount: int,
    text: str,
    line_tags: tuple[Tag, ...],
    currency: Currency = EURO,
) -> SalesLine:
    """A line with its sums: net and VAT are rounded to cents on each line, in the currency and then in euros."""
    price = (product.price * currency.rate).quantize(CENT, ROUND_HALF_UP) if currency != EURO else product.price
    net = (price * quantity * (100 - discount) / 100).quantize(CENT, ROUND_HALF_UP)
    vat = (net * product.vat / 100).quantize(CENT, ROUND_HALF_UP)
    return SalesLine(
        key,
        product.key,
        product.code,
        product.name,
        product.purchase_price,
        product.ean,
        product.unit,
        quantity,
        Decimal(discount),
        product.vat,
        LineSums(price, net, vat),
        (net / currency.rate).quantize(CENT, ROUND_HALF_UP),
        (vat / currency.rate).quantize(CENT, ROUND_HALF_UP),
        text,
        account,
        line_tags,
    )


class Sales:
    """The sales documents as they were at the start, by index: two invoices, two payments, one order a cycle."""

    def __init__(self, plan: Plan, parties: Parties, stock: Stock, voucher_key: int) -> None:
        self._plan = plan
        self._parties = parties
        self._stock = stock
        self._voucher_key = voucher_key

    def invoice(self, index: int) -> SalesInvoice | None:
        """The invoice of an index; None where the company's vouchers end before."""
        cycle, place = divmod(index, 2)
        voucher = cycle * CYCLE + 2 * place
        if voucher >= self._plan.vouchers:
            return None
        plan = self._plan
        bits = mix(plan.seed, 11, index)
        credit = index % 34 == 15
        ahead = place == 1 and cycle in plan.tail
        day = plan.today + timedelta(days=5) if ahead else plan.day(cycle)
        net_days = (14, 14, 30, 7)[bits // 8 % 4]
        created = plan.created(cycle, bits >> 8, day)
        key = FIRST_SALES_KEY + 3 * cycle + 1 + place
        currency = _CURRENCIES.get(index % 24, EURO)
        return SalesInvoice(
            key,
            False,
            1001 + index,
            day,
            day,
            day - timedelta(days=bits // 128 % 4),
            day + timedelta(days=net_days),
            net_days,
            FIRST_CUSTOMER + bits // 512 % self._parties.customers,
            bits // 64 % 3,
            self._lines(bits >> 16, 300_000 + 16 * cycle + 4 * (1 + place), -1 if credit else 1, currency),
            "Kiitos & näkemiin" if index % 5 == 0 else "",
            _TEXTS[bits % 5],
            "Tarkista hinta" if index % 9 == 0 else "",
            self._voucher_key + voucher,
            key - 1 if place == 0 and cycle % 3 else None,
            (),
            key - 1 if credit else None,
            "",
            created,
            plan.modified(bits >> 20, created),
            currency,
        )

    def order(self, index: int) -> SalesInvoice | None:
        """The order of a cycle; two thirds are billed, by the cycle's first invoice."""
        if index * CYCLE >= self._plan.vouchers:
            return None
        plan = self._plan
        billed = index % 3 != 0
        bits = mix(plan.seed, 11 if billed else 12, index * 2)
        day = plan.day(index) - timedelta(days=3)
        created = plan.created(index, bits >> 9, day)
        key = FIRST_SALES_KEY + 3 * index
        currency = _CURRENCIES.get(index * 2 % 24, EURO)
        net_days = (14, 14, 30, 7)[bits // 8 % 4]
        return SalesInvoice(
            key,
            True,
            501 + index,
            day,
            day,
            day + timedelta(days=7),
            day + timedelta(days=net_days),
            net_days,
            FIRST_CUSTOMER + bits // 512 % self._parties.customers,
            bits // 64 % 3,
            self._lines(bits >> 16, 300_000 + 16 * index, 1, currency),
            "Soita ennen toimitusta" if index % 5 == 1 else "",
            _TEXTS[bits % 5],
            "Toimita takaovelle" if index % 9 == 0 else "",
            None,
            None,
            (key + 1,) if billed else (),
            None,
            "billed" if billed else ("undelivered", "delivered")[bits // 4 % 2],
            created,
            plan.modified(bits >> 21, created),
            currency,
        )

    def payment(self, index: int) -> SalesPayment | None:
        """The payment of the invoice of the same index: most are paid, some by half, some never, none ahead.

        One in eighteen is a credit loss.
        """
        plan = self._plan
        cycle, place = divmod(index, 2)
        if cycle * CYCLE + 2 * place + 1 >= plan.vouchers or (place == 1 and cycle in plan.tail):
            return None
        bits = mix(plan.seed, 13, index)
        day = plan.day(cycle) + timedelta(days=5 + bits // 32 % 35)
        if bits % 12 == 0 or day >= plan.today:
            return None
        invoice = self.invoice(index)
        if invoice is None:
            return None
        total = invoice.total
        created = plan.created(cycle, bits >> 8, day)
        return SalesPayment(
            FIRST_SALES_PAYMENT + index,
            invoice.key,
            invoice.number,
            self._parties.customer(invoice.customer_key - FIRST_CUSTOMER).name,
            day,
            (total / 2).quantize(CENT) if bits % 12 == 1 else total,
            invoice.reference,
            CREDIT_LOSSES if index % 18 == 7 else 1910 if bits % 5 else 1920,
            self._voucher_key + cycle * CYCLE + 2 * place + 1,
            created,
            plan.modified(bits >> 20, created),
        )

    def _lines(self, bits: int, first_key: int, sign: int, currency: Currency) -> tuple[SalesLine, ...]:
        found = []
        for n in range(1 + bits % 3):
            part = bits >> 8 * n
            product = self._stock.product(part // 4 % self._stock.products)
            quantity = sign * (
                cents(50 * (1 + part // 16 % 20)) if product.unit == "h" else Decimal(1 + part // 16 % 9)
            )
            discount = 10 if part % 11 == 0 else 0
            text = _TEXTS[part // 8 % 5] if n else ""
            account = SALES_ACCOUNTS[product.vat]
            line_tags = tags(part // 64)
            found.append(sales_line(first_key + n, product, account, quantity, discount, text, line_tags, currency))
        return tuple(found)
