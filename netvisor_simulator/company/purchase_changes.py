"""Changes of purchase invoices, payments and orders, with their vouchers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from .chart import BANK, PAYABLES, PURCHASE_INVOICE_TYPE, PURCHASE_PAYMENT_TYPE
from .dimensions import tags
from .editing import Editor, found
from .parties import Vendor
from .purchases import (
    CENT,
    PurchaseInvoice,
    PurchaseLine,
    PurchaseOrder,
    PurchaseOrderLine,
    PurchasePayment,
    purchase_line,
)
from .vouchers import payment_postings, purchase_postings


class PurchaseChanges(Editor):
    """What can happen to purchase documents."""

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
        books = self._books
        vendor = self._vendor(vendor_key)
        day = day or now.date()
        key = books.purchase_invoice_store.new_key()
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
        books.purchase_invoice_store.put(invoice)
        return invoice

    def edit_purchase_invoice(
        self, now: datetime, key: int, amounts: tuple[Decimal, ...] | None = None, approval: str = "accepted"
    ) -> PurchaseInvoice:
        """Change the approval of a purchase invoice and, if amounts are given, its lines and its voucher's."""
        books = self._books
        invoice = found(books.purchase_invoice_store.get(key), key)._replace(approval=approval, modified=now)
        if amounts is not None:
            invoice = invoice._replace(lines=self._purchase_lines(self._vendor(invoice.vendor_key), amounts))
            if invoice.voucher_key is not None:
                lines = purchase_postings(invoice, self._line_block())
                books.put_voucher(self._voucher(invoice.voucher_key)._replace(lines=lines, modified=now))
        books.purchase_invoice_store.put(invoice)
        return invoice

    def delete_purchase_invoice(self, now: datetime, key: int) -> None:
        """Delete a purchase invoice with its voucher, its payments and theirs."""
        books = self._books
        invoice = found(books.purchase_invoice_store.get(key), key)
        for payment in books.payments_of_purchase(invoice):
            self.delete_purchase_payment(now, payment.key)
        if invoice.voucher_key is not None:
            books.delete_voucher(invoice.voucher_key, now)
        books.purchase_invoice_store.delete(key, now)

    def pay_purchase_invoice(
        self, now: datetime, key: int, amount: Decimal | None = None, day: date | None = None
    ) -> PurchasePayment:
        """Pay a purchase invoice (in full, if no amount is given)."""
        books = self._books
        invoice = found(books.purchase_invoice_store.get(key), key)
        amount = books.open_sum(invoice) if amount is None else amount
        vendor = self._vendor(invoice.vendor_key)
        voucher = self._post(
            now, day or now.date(), PURCHASE_PAYMENT_TYPE, f"Maksu, {vendor.name}",
            payment_postings(self._line_block(), amount, PAYABLES, BANK, None), None, "",
        )  # fmt: skip
        payment = PurchasePayment(
            books.purchase_payment_store.new_key(), key, invoice.number, vendor.name, voucher.date, amount,
            invoice.reference, voucher.key, voucher.number, now, None,
        )  # fmt: skip
        books.purchase_payment_store.put(payment)
        books.added_purchase_payments.setdefault(key, []).append(payment.key)
        return payment

    def edit_purchase_payment(
        self, now: datetime, key: int, amount: Decimal, day: date | None = None
    ) -> PurchasePayment:
        """Change the sum, and the date if one is given, of a purchase payment and of its voucher."""
        books = self._books
        payment = found(books.purchase_payment_store.get(key), key)
        payment = payment._replace(sum=amount, date=day or payment.date, modified=now)
        books.purchase_payment_store.put(payment)
        if payment.voucher_key is not None:
            voucher = self._voucher(payment.voucher_key)
            debit, credit = voucher.lines
            lines = (debit._replace(sum=amount), credit._replace(sum=-amount))
            books.put_voucher(voucher._replace(date=payment.date, lines=lines, modified=now))
        return payment

    def delete_purchase_payment(self, now: datetime, key: int) -> None:
        """Delete a purchase payment with its voucher."""
        payment = self._books.purchase_payment_store.delete(key, now)
        if payment.voucher_key is not None:
            self._books.delete_voucher(payment.voucher_key, now)

    def add_purchase_order(
        self, now: datetime, day: date | None = None, vendor_key: int | None = None, quantity: Decimal = Decimal(3)
    ) -> PurchaseOrder:
        """Add a purchase order of the first product.

        Args:
            now: the moment.
            day: its date; None: the day of `now`.
            vendor_key: whom from; None: the first vendor.
            quantity: how many.
        """
        books = self._books
        product = next(books.product_store.living())
        net = (product.purchase_price * quantity).quantize(CENT)
        total = (net * (100 + product.vat) / 100).quantize(CENT)
        line = PurchaseOrderLine(
            next(self._line_keys), product.key, product.code, product.name, quantity, Decimal(0),
            product.purchase_price, product.vat, total, 4000, tags(0),
        )  # fmt: skip
        order = PurchaseOrder(
            books.purchase_order_store.new_key(), next(self._numbers), day or now.date(),
            self._vendor(vendor_key).key, "proposal", "undelivered", (line,), "", "", "", None, now, None,
        )  # fmt: skip
        books.purchase_order_store.put(order)
        return order

    def edit_purchase_order(self, now: datetime, key: int, status: str = "approved") -> PurchaseOrder:
        """Change the status of a purchase order."""
        store = self._books.purchase_order_store
        order = found(store.get(key), key)._replace(status=status, modified=now)
        store.put(order)
        return order

    def delete_purchase_order(self, now: datetime, key: int) -> None:
        """Delete a purchase order; its invoice stays, and names it no more."""
        books = self._books
        order = books.purchase_order_store.delete(key, now)
        invoice = books.purchase_invoice_store.get(order.invoice_key) if order.invoice_key else None
        if invoice is not None:
            books.purchase_invoice_store.put(invoice._replace(order_key=None, modified=now))

    def _purchase_lines(self, vendor: Vendor, amounts: tuple[Decimal, ...]) -> tuple[PurchaseLine, ...]:
        return tuple(
            purchase_line(next(self._line_keys), vendor, Decimal(1), amount, "Rivi", tags(n))
            for n, amount in enumerate(amounts)
        )
