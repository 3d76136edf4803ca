"""What can be done to the company at a moment: the ways in which its documents come, change and go.

Each method leaves the books consistent. `now` is an aware moment in Europe/Helsinki; it becomes `created` of what
is added, `modified` of what is changed and the moment of what is deleted.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Any

from .chart import BANK, MEMO_TYPE, PAYABLES, PURCHASE_INVOICE_TYPE, PURCHASE_PAYMENT_TYPE, RECEIVABLES
from .chart import SALES_ACCOUNTS, SALES_INVOICE_TYPE, SALES_PAYMENT_TYPE, VoucherType
from .dimensions import tags
from .parties import Customer, Vendor
from .plan import CYCLE, HELSINKI
from .purchases import PurchaseInvoice, PurchaseOrder, PurchasePayment, purchase_line
from .sales import CENT, SalesInvoice, SalesLine, SalesPayment, sales_line
from .stock import Product
from .vouchers import (
    NO_VAT,
    Allocation,
    Voucher,
    VoucherLine,
    payment_postings,
    purchase_postings,
    sales_postings,
)

if TYPE_CHECKING:
    from .company import Company

_NEW_LINES = 900_000_000
"""From here on the keys of lines that were added later."""


class Changes:
    """The changes of one company."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._line_keys = count(_NEW_LINES)
        self._numbers = count(500_001)

    def deletions_of_the_start(self) -> None:
        """A few deletions of the last days, so that no deletion list is empty; nothing in a tiny company."""
        company = self._company
        cycles = company.plan.cycles
        if cycles < 8:
            return
        moment = datetime.combine(company.today - timedelta(days=2), time(14, 7), HELSINKI)
        middle = cycles // 2
        self.delete_voucher(moment, company.voucher_store.key(middle * CYCLE + 7))
        self.delete_sales_invoice(moment, company.sales_invoice_store.key(2 * middle - 2))
        self.delete_sales_order(moment, company.sales_order_store.key(middle - 1))
        self.delete_purchase_invoice(moment, company.purchase_invoice_store.key(middle - 2))
        self.delete_purchase_order(moment, company.purchase_order_store.key(middle - 2))
        paid = next((one for one in company.sales_payment_store.living(range(middle))), None)
        if paid:
            self.delete_sales_payment(moment, paid.key)
        spent = next((one for one in company.purchase_payment_store.living(range(middle))), None)
        if spent:
            self.delete_purchase_payment(moment, spent.key)

    # Vouchers

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
        self, now: datetime, key: int, lines: tuple[tuple[int, Decimal], ...] | None = None, description: str | None = None
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
        self._company.put_voucher(changed)
        return changed

    def backdate_voucher(self, now: datetime, key: int, day: date) -> Voucher:
        """Move a voucher to another date, as a rule an earlier one."""
        changed = self._voucher(key)._replace(date=day, modified=now)
        self._company.put_voucher(changed)
        return changed

    def invalidate_voucher(self, now: datetime, key: int) -> Voucher:
        """Invalidate a voucher: it stays in the ledger and counts no more."""
        changed = self._voucher(key)._replace(status="invalidated", modified=now)
        self._company.put_voucher(changed)
        return changed

    def delete_voucher(self, now: datetime, key: int) -> None:
        """Delete a voucher."""
        self._company.delete_voucher(key, now)

    # Sales

    def add_sales_invoice(
        self,
        now: datetime,
        day: date | None = None,
        customer_key: int | None = None,
        products: tuple[tuple[int, Decimal], ...] | None = None,
        private_comment: str = "",
    ) -> SalesInvoice:
        """Add a sales invoice with its voucher.

        Args:
            now: the moment.
            day: its date; None: the day of `now`.
            customer_key: whom; None: the first customer.
            products: product key and quantity of each line; None: one of the first product, two of the second.
            private_comment: the private comment.
        """
        invoice = self._sale(now, day, customer_key, products, private_comment, order=False)
        voucher = self._post(
            now, invoice.date, SALES_INVOICE_TYPE, f"Myyntilasku {invoice.number}",
            sales_postings(invoice, self._line_block(), None), invoice.key, "salesinvoice",
        )  # fmt: skip
        invoice = invoice._replace(voucher_key=voucher.key)
        self._company.sales_invoice_store.put(invoice)
        return invoice

    def edit_sales_invoice(
        self, now: datetime, key: int, products: tuple[tuple[int, Decimal], ...] | None = None, comment: str = "Muutettu"
    ) -> SalesInvoice:
        """Give a sales invoice new lines and a private comment; its voucher gets new lines too.

        Args:
            now: the moment.
            key: the invoice.
            products: product key and quantity of each line; None: the lines stay.
            comment: the private comment.
        """
        company = self._company
        invoice = _found(company.sales_invoice_store.get(key), key)
        lines = invoice.lines if products is None else self._sales_lines(products)
        invoice = invoice._replace(lines=lines, private_comment=comment, modified=now)
        company.sales_invoice_store.put(invoice)
        if products is not None:
            self._repost_sale(now, invoice)
        return invoice

    def delete_sales_invoice(self, now: datetime, key: int) -> None:
        """Delete a sales invoice with its voucher, its payments and theirs."""
        company = self._company
        invoice = _found(company.sales_invoice_store.get(key), key)
        for payment in company.payments_of_sale(invoice):
            self.delete_sales_payment(now, payment.key)
        if invoice.voucher_key is not None:
            company.delete_voucher(invoice.voucher_key, now)
        company.sales_invoice_store.delete(key, now)

    def pay_sales_invoice(
        self, now: datetime, key: int, amount: Decimal | None = None, day: date | None = None
    ) -> SalesPayment:
        """Pay a sales invoice (in full, if no amount is given); the invoice itself is not modified.

        Its voucher is: the receivable's follow-up and allocations change.
        """
        company = self._company
        invoice = _found(company.sales_invoice_store.get(key), key)
        amount = company.open_sum(invoice) if amount is None else amount
        customer = _found(company.customer_store.get(invoice.customer_key), invoice.customer_key)
        source = company.voucher_store.get(invoice.voucher_key) if invoice.voucher_key else None
        allocation = Allocation("allocatedto", source.lines[0].key, source.key) if source else None
        voucher = self._post(
            now, day or now.date(), SALES_PAYMENT_TYPE, f"Suoritus, {customer.name}",
            payment_postings(self._line_block(), amount, BANK, RECEIVABLES, allocation), None, "",
        )  # fmt: skip
        payment = SalesPayment(
            company.sales_payment_store.new_key(), key, invoice.number, customer.name, voucher.date, amount,
            invoice.reference, BANK, voucher.key, now, None,
        )  # fmt: skip
        company.sales_payment_store.put(payment)
        company.added_sales_payments.setdefault(key, []).append(payment.key)
        self._follow_up(now, invoice)
        return payment

    def edit_sales_payment(self, now: datetime, key: int, amount: Decimal) -> SalesPayment:
        """Change the sum of a sales payment and of its voucher."""
        company = self._company
        payment = _found(company.sales_payment_store.get(key), key)._replace(sum=amount, modified=now)
        company.sales_payment_store.put(payment)
        if payment.voucher_key is not None:
            voucher = self._voucher(payment.voucher_key)
            debit, credit = voucher.lines
            lines = (debit._replace(sum=amount), credit._replace(sum=-amount))
            company.put_voucher(voucher._replace(lines=lines, modified=now))
        invoice = company.sales_invoice_store.get(payment.invoice_key)
        if invoice is not None:
            self._follow_up(now, invoice)
        return payment

    def delete_sales_payment(self, now: datetime, key: int) -> None:
        """Delete a sales payment with its voucher."""
        company = self._company
        payment = company.sales_payment_store.delete(key, now)
        if payment.voucher_key is not None:
            company.delete_voucher(payment.voucher_key, now)
        invoice = company.sales_invoice_store.get(payment.invoice_key)
        if invoice is not None:
            self._follow_up(now, invoice)

    def add_sales_order(
        self,
        now: datetime,
        day: date | None = None,
        customer_key: int | None = None,
        products: tuple[tuple[int, Decimal], ...] | None = None,
    ) -> SalesInvoice:
        """Add a sales order; arguments as `add_sales_invoice`."""
        order = self._sale(now, day, customer_key, products, "", order=True)
        self._company.sales_order_store.put(order)
        return order

    def edit_sales_order(self, now: datetime, key: int, status: str = "delivered", comment: str = "") -> SalesInvoice:
        """Change the status (`undelivered`, `delivered`, `billed`) and private comment of a sales order."""
        store = self._company.sales_order_store
        order = _found(store.get(key), key)._replace(order_status=status, private_comment=comment, modified=now)
        store.put(order)
        return order

    def delete_sales_order(self, now: datetime, key: int) -> None:
        """Delete a sales order; its invoice stays, and names it no more."""
        company = self._company
        order = company.sales_order_store.delete(key, now)
        for invoice_key in order.invoice_keys:
            invoice = company.sales_invoice_store.get(invoice_key)
            if invoice is not None:
                company.sales_invoice_store.put(invoice._replace(order_key=None, modified=now))

    # Purchases

    def add_purchase_invoice(
        self,
        now: datetime,
        day: date | None = None,
        vendor_key: int | None = None,
        amounts: tuple[Decimal, ...] = (Decimal("80.00"), Decimal("19.90")),
    ) -> PurchaseInvoice:
        """Add a purchase invoice with its voucher.

        Args:
            now: the moment.
            day: its date; None: the day of `now`.
            vendor_key: whose; None: the first vendor's.
            amounts: the price of each line, without VAT.
        """
        company = self._company
        vendor = self._vendor(vendor_key)
        day = day or now.date()
        key = company.purchase_invoice_store.new_key()
        number = str(next(self._numbers))
        invoice = PurchaseInvoice(
            key, number, day, day + timedelta(days=vendor.payment_days), vendor.key,
            self._purchase_lines(vendor, amounts), f"00{number}", "", "open", None, None, now, None,
        )  # fmt: skip
        voucher = self._post(
            now, day, PURCHASE_INVOICE_TYPE, f"Ostolasku {number}",
            purchase_postings(invoice, self._line_block()), key, "purchaseinvoice",
        )  # fmt: skip
        invoice = invoice._replace(voucher_key=voucher.key)
        company.purchase_invoice_store.put(invoice)
        return invoice

    def edit_purchase_invoice(
        self, now: datetime, key: int, amounts: tuple[Decimal, ...] | None = None, approval: str = "accepted"
    ) -> PurchaseInvoice:
        """Change the approval of a purchase invoice and, if amounts are given, its lines and its voucher's."""
        company = self._company
        invoice = _found(company.purchase_invoice_store.get(key), key)._replace(approval=approval, modified=now)
        if amounts is not None:
            invoice = invoice._replace(lines=self._purchase_lines(self._vendor(invoice.vendor_key), amounts))
            if invoice.voucher_key is not None:
                lines = purchase_postings(invoice, self._line_block())
                company.put_voucher(self._voucher(invoice.voucher_key)._replace(lines=lines, modified=now))
        company.purchase_invoice_store.put(invoice)
        return invoice

    def delete_purchase_invoice(self, now: datetime, key: int) -> None:
        """Delete a purchase invoice with its voucher, its payments and theirs."""
        company = self._company
        invoice = _found(company.purchase_invoice_store.get(key), key)
        for payment in company.payments_of_purchase(invoice):
            self.delete_purchase_payment(now, payment.key)
        if invoice.voucher_key is not None:
            company.delete_voucher(invoice.voucher_key, now)
        company.purchase_invoice_store.delete(key, now)

    def pay_purchase_invoice(
        self, now: datetime, key: int, amount: Decimal | None = None, day: date | None = None
    ) -> PurchasePayment:
        """Pay a purchase invoice (in full, if no amount is given)."""
        company = self._company
        invoice = _found(company.purchase_invoice_store.get(key), key)
        amount = company.open_sum(invoice) if amount is None else amount
        vendor = self._vendor(invoice.vendor_key)
        voucher = self._post(
            now, day or now.date(), PURCHASE_PAYMENT_TYPE, f"Maksu, {vendor.name}",
            payment_postings(self._line_block(), amount, PAYABLES, BANK, None), None, "",
        )  # fmt: skip
        payment = PurchasePayment(
            company.purchase_payment_store.new_key(), key, invoice.number, vendor.name, voucher.date, amount,
            invoice.reference, voucher.key, voucher.number, now, None,
        )  # fmt: skip
        company.purchase_payment_store.put(payment)
        company.added_purchase_payments.setdefault(key, []).append(payment.key)
        return payment

    def delete_purchase_payment(self, now: datetime, key: int) -> None:
        """Delete a purchase payment with its voucher."""
        payment = self._company.purchase_payment_store.delete(key, now)
        if payment.voucher_key is not None:
            self._company.delete_voucher(payment.voucher_key, now)

    def add_purchase_order(
        self, now: datetime, day: date | None = None, vendor_key: int | None = None
    ) -> PurchaseOrder:
        """Add a purchase order with the lines of an older one."""
        company = self._company
        model = next(company.purchase_order_store.living())
        key = company.purchase_order_store.new_key()
        lines = tuple(line._replace(key=next(self._line_keys), delivered=Decimal(0)) for line in model.lines)
        order = model._replace(
            key=key, number=next(self._numbers), date=day or now.date(), vendor_key=self._vendor(vendor_key).key,
            status="proposal", delivery_status="undelivered", lines=lines, invoice_key=None, created=now, modified=None,
        )  # fmt: skip
        company.purchase_order_store.put(order)
        return order

    def edit_purchase_order(self, now: datetime, key: int, status: str = "approved") -> PurchaseOrder:
        """Change the status of a purchase order."""
        store = self._company.purchase_order_store
        order = _found(store.get(key), key)._replace(status=status, modified=now)
        store.put(order)
        return order

    def delete_purchase_order(self, now: datetime, key: int) -> None:
        """Delete a purchase order; its invoice stays, and names it no more."""
        company = self._company
        order = company.purchase_order_store.delete(key, now)
        invoice = company.purchase_invoice_store.get(order.invoice_key) if order.invoice_key else None
        if invoice is not None:
            company.purchase_invoice_store.put(invoice._replace(order_key=None, modified=now))

    # Registers

    def edit_customer(self, now: datetime, key: int, **fields: Any) -> Customer:
        """Change fields of a customer, by their names in `Customer`; `comment`, where none is named."""
        store = self._company.customer_store
        changed = _found(store.get(key), key)._replace(**(fields or {"comment": f"Muutettu {now:%H:%M}"}), modified=now)
        store.put(changed)
        return changed

    def edit_vendor(self, now: datetime, key: int, **fields: Any) -> Vendor:
        """Change fields of a vendor, by their names in `Vendor`; `comment`, where none is named."""
        store = self._company.vendor_store
        changed = _found(store.get(key), key)._replace(**(fields or {"comment": f"Muutettu {now:%H:%M}"}), modified=now)
        store.put(changed)
        return changed

    def edit_product(self, now: datetime, key: int, **fields: Any) -> Product:
        """Change fields of a product, by their names in `Product`; `description`, where none is named."""
        store = self._company.product_store
        fields = fields or {"description": f"Muutettu {now:%H:%M}"}
        changed = _found(store.get(key), key)._replace(**fields, modified=now)
        store.put(changed)
        return changed

    def add_customer(self, now: datetime, name: str | None = None) -> Customer:
        """Add a customer."""
        store = self._company.customer_store
        key = store.new_key()
        model = next(store.living())
        changed = model._replace(
            key=key, code=f"N{key}", name=name or f"Customer {key} Oy", offices=(), contacts=0, created=now, modified=None
        )
        store.put(changed)
        return changed

    def delete_work_hour(self, key: int) -> None:
        """Delete an entry of working time; nothing in Netvisor tells of it."""
        self._company.deleted_hours.add(key)

    # A month

    def a_month_of_changes(self, rng: Random, now: datetime) -> dict[str, int]:
        """Some of everything within the thirty days before `now`, in order of time.

        Returns:
            How often each change was made, by method name.
        """
        company = self._company
        made: dict[str, int] = {}
        moments = sorted(now - timedelta(seconds=rng.randrange(1, 30 * 86400)) for _ in range(40))
        for moment in moments:
            kind = rng.choice(_MONTH)
            if self._one_change(kind, rng, moment, company):
                made[kind] = made.get(kind, 0) + 1
        return made

    def _one_change(self, kind: str, rng: Random, now: datetime, company: Company) -> bool:
        """Make one change of a kind to a document that lends itself to it; False where none does."""
        method = getattr(self, kind)
        if kind.startswith("add_"):
            method(now)
            return True
        if kind in ("edit_voucher", "backdate_voucher", "invalidate_voucher", "delete_voucher"):
            key = self._memo(rng, now)
            if key is None:
                return False
            if kind == "backdate_voucher":
                method(now, key, self._voucher(key).date - timedelta(days=rng.randrange(1, 90)))
            else:
                method(now, key)
            return True
        store = getattr(company, _STORES[kind])
        documents = [one for one in store.living() if one.created < now]
        if kind.startswith("pay_"):
            documents = [one for one in documents if company.open_sum(one) > 0 and one.date <= now.date()]
        if not documents:
            return False
        method(now, rng.choice(documents).key)
        return True

    def _memo(self, rng: Random, now: datetime) -> int | None:
        """A valid memo voucher that no document stands behind."""
        store = self._company.voucher_store
        for _ in range(50):
            voucher = store.get(store.key(rng.randrange(self._company.plan.cycles) * CYCLE + 6 + rng.randrange(3)))
            if voucher and voucher.status == "valid" and voucher.created < now:
                return voucher.key
        return None

    # Help

    def _voucher(self, key: int) -> Voucher:
        return _found(self._company.voucher_store.get(key), key)

    def _vendor(self, key: int | None) -> Vendor:
        store = self._company.vendor_store
        return next(store.living()) if key is None else _found(store.get(key), key)

    def _line_block(self) -> int:
        """The first of a run of unused line keys, enough for one document."""
        first = next(self._line_keys)
        for _ in range(15):
            next(self._line_keys)
        return first

    def _lines(self, lines: tuple[tuple[int, Decimal], ...]) -> tuple[VoucherLine, ...]:
        if sum((amount for _, amount in lines), Decimal(0)):
            raise ValueError("a voucher's lines must add up to nothing")
        first = self._line_block()
        return tuple(
            VoucherLine(first + n, amount, f"Rivi {n + 1}", account, NO_VAT, "-", tags(first // 16 + n))
            for n, (account, amount) in enumerate(lines)
        )

    def _post(
        self,
        now: datetime,
        day: date,
        kind: VoucherType,
        text: str,
        lines: tuple[VoucherLine, ...],
        linked_key: int | None,
        linked_type: str,
    ) -> Voucher:
        key = self._company.voucher_store.new_key()
        voucher = Voucher(key, "valid", day, next(self._numbers), text, kind, linked_key, linked_type, lines, now, None)
        self._company.put_voucher(voucher)
        return voucher

    def _sales_lines(self, products: tuple[tuple[int, Decimal], ...]) -> tuple[SalesLine, ...]:
        found = []
        for key, quantity in products:
            product = _found(self._company.product_store.get(key), key)
            line = next(self._line_keys)
            found.append(sales_line(line, product, SALES_ACCOUNTS[product.vat], quantity, 0, "", tags(line)))
        return tuple(found)

    def _sale(
        self,
        now: datetime,
        day: date | None,
        customer_key: int | None,
        products: tuple[tuple[int, Decimal], ...] | None,
        comment: str,
        order: bool,
    ) -> SalesInvoice:
        company = self._company
        day = day or now.date()
        if products is None:
            first = company.product_store.key(0)
            products = ((first, Decimal(1)), (first + 1, Decimal(2)))
        if customer_key is None:
            customer_key = company.customer_store.key(0)
        store = company.sales_order_store if order else company.sales_invoice_store
        return SalesInvoice(
            store.new_key(), order, next(self._numbers), day, day, day, day + timedelta(days=14), 14, customer_key, 0,
            self._sales_lines(products), "", "", comment, None, None, (), None, "undelivered" if order else "", now, None,
        )  # fmt: skip

    def _purchase_lines(self, vendor: Vendor, amounts: tuple[Decimal, ...]) -> Any:
        return tuple(
            purchase_line(next(self._line_keys), vendor, Decimal(1), amount, "Rivi", tags(n))
            for n, amount in enumerate(amounts)
        )

    def _repost_sale(self, now: datetime, invoice: SalesInvoice) -> None:
        """New lines for an invoice's voucher."""
        if invoice.voucher_key is None:
            return
        lines = sales_postings(invoice, self._line_block(), None)
        voucher = self._voucher(invoice.voucher_key)._replace(lines=lines, modified=now)
        self._company.put_voucher(voucher)
        self._follow_up(now, invoice)

    def _follow_up(self, now: datetime, invoice: SalesInvoice) -> None:
        """Bring the receivable of an invoice's voucher, and its payments', up to date with the payments."""
        company = self._company
        voucher = company.voucher_store.get(invoice.voucher_key) if invoice.voucher_key else None
        if voucher is None:
            return
        allocations = []
        for payment in company.payments_of_sale(invoice):
            paid = company.voucher_store.get(payment.voucher_key) if payment.voucher_key else None
            if paid is None:
                continue
            line = paid.lines[1]
            allocations.append(Allocation("allocatedby", line.key, paid.key))
            to = (Allocation("allocatedto", voucher.lines[0].key, voucher.key),)
            if line.allocations != to:
                company.put_voucher(paid._replace(lines=(paid.lines[0], line._replace(allocations=to)), modified=now))
        status = "Open" if company.open_sum(invoice) else "Closed"
        receivable = voucher.lines[0]._replace(follow_up=status, allocations=tuple(allocations))
        if receivable != voucher.lines[0]:
            company.put_voucher(voucher._replace(lines=(receivable, *voucher.lines[1:]), modified=now))


_STORES = {
    "edit_sales_invoice": "sales_invoice_store",
    "delete_sales_invoice": "sales_invoice_store",
    "pay_sales_invoice": "sales_invoice_store",
    "delete_sales_payment": "sales_payment_store",
    "edit_sales_order": "sales_order_store",
    "delete_sales_order": "sales_order_store",
    "edit_purchase_invoice": "purchase_invoice_store",
    "delete_purchase_invoice": "purchase_invoice_store",
    "pay_purchase_invoice": "purchase_invoice_store",
    "delete_purchase_payment": "purchase_payment_store",
    "edit_purchase_order": "purchase_order_store",
    "delete_purchase_order": "purchase_order_store",
    "edit_customer": "customer_store",
    "edit_vendor": "vendor_store",
    "edit_product": "product_store",
}
_MONTH = (
    *_STORES,
    "add_voucher",
    "add_sales_invoice",
    "add_sales_order",
    "add_purchase_invoice",
    "add_purchase_order",
    "add_customer",
    "edit_voucher",
    "backdate_voucher",
    "invalidate_voucher",
    "delete_voucher",
)


def _found(document: Any, key: int) -> Any:
    """The document, or a KeyError."""
    if document is None:
        raise KeyError(key)
    return document
