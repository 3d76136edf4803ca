"""Changes of sales invoices, payments and orders, with their vouchers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from .chart import BANK, CREDIT_LOSSES, RECEIVABLES, SALES_ACCOUNTS, SALES_INVOICE_TYPE, SALES_PAYMENT_TYPE
from .dimensions import tags
from .editing import Editor, found
from .sales import EURO, NO_INVOICE, Currency, SalesInvoice, SalesLine, SalesPayment, sales_line
from .vouchers import Allocation, payment_postings, sales_postings


class SalesChanges(Editor):
    """What can happen to sales documents."""

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
        self._books.sales_invoice_store.put(invoice)
        return invoice

    def edit_sales_invoice(
        self,
        now: datetime,
        key: int,
        products: tuple[tuple[int, Decimal], ...] | None = None,
        comment: str = "Muutettu",
    ) -> SalesInvoice:
        """Give a sales invoice new lines and a private comment; its voucher gets new lines too.

        Args:
            now: the moment.
            key: the invoice.
            products: product key and quantity of each line; None: the lines stay.
            comment: the private comment.
        """
        books = self._books
        invoice = found(books.sales_invoice_store.get(key), key)
        lines = invoice.lines if products is None else self._sales_lines(products, invoice.currency)
        invoice = invoice._replace(lines=lines, private_comment=comment, modified=now)
        books.sales_invoice_store.put(invoice)
        if products is not None:
            self._repost_sale(now, invoice)
        return invoice

    def delete_sales_invoice(self, now: datetime, key: int) -> None:
        """Delete a sales invoice with its voucher, its payments and theirs."""
        books = self._books
        invoice = found(books.sales_invoice_store.get(key), key)
        for payment in books.payments_of_sale(invoice):
            self.delete_sales_payment(now, payment.key)
        if invoice.voucher_key is not None:
            books.delete_voucher(invoice.voucher_key, now)
        books.sales_invoice_store.delete(key, now)

    def pay_sales_invoice(
        self, now: datetime, key: int, amount: Decimal | None = None, day: date | None = None, account: int = BANK
    ) -> SalesPayment:
        """Pay a sales invoice (in full, if no amount is given); the invoice itself is not modified.

        Its voucher is: the receivable's follow-up and allocations change.

        Args:
            now: the moment.
            key: the invoice.
            amount: in euros; None: what is open.
            day: of the payment; None: the day of `now`.
            account: where the money goes; that of credit losses, if there is none.
        """
        books = self._books
        invoice = found(books.sales_invoice_store.get(key), key)
        amount = books.open_sum(invoice) if amount is None else amount
        customer = found(books.customer_store.get(invoice.customer_key), invoice.customer_key)
        source = books.voucher_store.get(invoice.voucher_key) if invoice.voucher_key else None
        allocation = Allocation("allocatedto", source.lines[0].key, source.key) if source else None
        payment = SalesPayment(
            books.sales_payment_store.new_key(), key, invoice.number, customer.name, day or now.date(), amount,
            invoice.reference, account, None, now, None,
        )  # fmt: skip
        voucher = self._post(
            now, payment.date, SALES_PAYMENT_TYPE, payment.voucher_text,
            payment_postings(self._line_block(), amount, account, RECEIVABLES, allocation), None, "",
        )  # fmt: skip
        payment = payment._replace(voucher_key=voucher.key)
        books.sales_payment_store.put(payment)
        books.added_sales_payments.setdefault(key, []).append(payment.key)
        self._follow_up(now, invoice)
        return payment

    def edit_sales_payment(self, now: datetime, key: int, amount: Decimal) -> SalesPayment:
        """Change the sum of a sales payment and of its voucher."""
        books = self._books
        payment = found(books.sales_payment_store.get(key), key)._replace(sum=amount, modified=now)
        books.sales_payment_store.put(payment)
        if payment.voucher_key is not None:
            voucher = self._voucher(payment.voucher_key)
            debit, credit = voucher.lines
            lines = (debit._replace(sum=amount), credit._replace(sum=-amount))
            books.put_voucher(voucher._replace(lines=lines, modified=now))
        invoice = books.sales_invoice_store.get(payment.invoice_key)
        if invoice is not None:
            self._follow_up(now, invoice)
        return payment

    def write_off_sales_invoice(
        self, now: datetime, key: int, amount: Decimal | None = None, day: date | None = None
    ) -> SalesPayment:
        """Write off what is open of a sales invoice (or a part of it) as a credit loss: a payment without money."""
        return self.pay_sales_invoice(now, key, amount, day, CREDIT_LOSSES)

    def move_sales_payment(self, now: datetime, key: int, invoice_key: int | None = None) -> SalesPayment:
        """Allocate a sales payment to another invoice; neither of the two is modified.

        Args:
            now: the moment.
            key: the payment.
            invoice_key: the other invoice; None: the first that is not the payment's.
        """
        books = self._books
        payment = found(books.sales_payment_store.get(key), key)
        if invoice_key is None:
            invoice_key = next(one.key for one in books.sales_invoices() if one.key != payment.invoice_key)
        before = books.sales_invoice_store.get(payment.invoice_key)
        invoice = found(books.sales_invoice_store.get(invoice_key), invoice_key)
        payment = payment._replace(invoice_key=invoice_key, invoice_number=invoice.number, modified=now)
        books.sales_payment_store.put(payment)
        books.added_sales_payments.setdefault(invoice_key, []).append(key)
        self._unlink(now, payment)
        for one in (before, invoice):
            if one is not None:
                self._follow_up(now, one)
        return payment

    def match_sales_invoice(self, now: datetime, key: int, amount: Decimal | None = None) -> None:
        """Match a sales invoice (whole, if no amount is given) with a credit note: no payment, and no modification."""
        books = self._books
        invoice = found(books.sales_invoice_store.get(key), key)
        amount = books.open_sum(invoice) if amount is None else amount
        books.matched_sums[key] = books.matched_sums.get(key, Decimal(0)) + amount
        self._follow_up(now, invoice)

    def unallocate_sales_payment(self, now: datetime, key: int) -> SalesPayment:
        """Take a sales payment off its invoice, which is not modified; the payment stays, and belongs to none."""
        books = self._books
        payment = found(books.sales_payment_store.get(key), key)
        before = books.sales_invoice_store.get(payment.invoice_key)
        payment = payment._replace(invoice_key=NO_INVOICE, invoice_number=None, modified=now)
        books.sales_payment_store.put(payment)
        self._unlink(now, payment)
        if before is not None:
            self._follow_up(now, before)
        return payment

    def _unlink(self, now: datetime, payment: SalesPayment) -> None:
        """The payment's voucher line is not allocated to the invoice's any more."""
        books = self._books
        paid = books.voucher_store.get(payment.voucher_key) if payment.voucher_key else None
        if paid is not None:
            unallocated = paid.lines[1]._replace(allocations=())
            books.put_voucher(paid._replace(lines=(paid.lines[0], unallocated), modified=now))

    def delete_sales_payment(self, now: datetime, key: int) -> None:
        """Delete a sales payment with its voucher."""
        books = self._books
        payment = books.sales_payment_store.delete(key, now)
        if payment.voucher_key is not None:
            books.delete_voucher(payment.voucher_key, now)
        invoice = books.sales_invoice_store.get(payment.invoice_key)
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
        self._books.sales_order_store.put(order)
        return order

    def edit_sales_order(self, now: datetime, key: int, status: str = "delivered", comment: str = "") -> SalesInvoice:
        """Change the status (`undelivered`, `delivered`, `billed`) and private comment of a sales order."""
        store = self._books.sales_order_store
        order = found(store.get(key), key)._replace(order_status=status, private_comment=comment, modified=now)
        store.put(order)
        return order

    def delete_sales_order(self, now: datetime, key: int) -> None:
        """Delete a sales order; its invoice stays, and names it no more."""
        books = self._books
        order = books.sales_order_store.delete(key, now)
        for invoice_key in order.invoice_keys:
            invoice = books.sales_invoice_store.get(invoice_key)
            if invoice is not None:
                books.sales_invoice_store.put(invoice._replace(order_key=None, modified=now))

    def _sales_lines(self, products: tuple[tuple[int, Decimal], ...], currency: Currency) -> tuple[SalesLine, ...]:
        lines = []
        for key, quantity in products:
            product = found(self._books.product_store.get(key), key)
            line = next(self._line_keys)
            account = SALES_ACCOUNTS[product.vat]
            lines.append(sales_line(line, product, account, quantity, 0, "", tags(line), currency))
        return tuple(lines)

    def _sale(
        self,
        now: datetime,
        day: date | None,
        customer_key: int | None,
        products: tuple[tuple[int, Decimal], ...] | None,
        comment: str,
        order: bool,
    ) -> SalesInvoice:
        books = self._books
        day = day or now.date()
        if products is None:
            first = books.product_store.key(0)
            products = ((first, Decimal(1)), (first + 1, Decimal(2)))
        if customer_key is None:
            customer_key = books.customer_store.key(0)
        store = books.sales_order_store if order else books.sales_invoice_store
        return SalesInvoice(
            store.new_key(), order, next(self._numbers), day, day, day, day + timedelta(days=14), 14, customer_key, 0,
            self._sales_lines(products, EURO), "", "", comment, None, None, (), None, "undelivered" if order else "",
            now, None,
        )  # fmt: skip

    def _repost_sale(self, now: datetime, invoice: SalesInvoice) -> None:
        """New lines for an invoice's voucher."""
        if invoice.voucher_key is None:
            return
        lines = sales_postings(invoice, self._line_block(), None)
        voucher = self._voucher(invoice.voucher_key)._replace(lines=lines, modified=now)
        self._books.put_voucher(voucher)
        self._follow_up(now, invoice)

    def _follow_up(self, now: datetime, invoice: SalesInvoice) -> None:
        """Bring the receivable of an invoice's voucher, and its payments', up to date with the payments."""
        books = self._books
        voucher = books.voucher_store.get(invoice.voucher_key) if invoice.voucher_key else None
        if voucher is None:
            return
        allocations = []
        for payment in books.payments_of_sale(invoice):
            paid = books.voucher_store.get(payment.voucher_key) if payment.voucher_key else None
            if paid is None:
                continue
            line = paid.lines[1]
            allocations.append(Allocation("allocatedby", line.key, paid.key))
            to = (Allocation("allocatedto", voucher.lines[0].key, voucher.key),)
            if line.allocations != to:
                books.put_voucher(paid._replace(lines=(paid.lines[0], line._replace(allocations=to)), modified=now))
        status = "Open" if books.open_sum(invoice) else "Closed"
        receivable = voucher.lines[0]._replace(follow_up=status, allocations=tuple(allocations))
        if receivable != voucher.lines[0]:
            books.put_voucher(voucher._replace(lines=(receivable, *voucher.lines[1:]), modified=now))
