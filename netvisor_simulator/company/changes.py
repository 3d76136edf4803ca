"""What can be done to the company at a moment: the ways in which its documents come, change and go.

Each method leaves the books consistent. `now` is an aware moment in Europe/Helsinki; it becomes `created` of what
is added, `modified` of what is changed and the moment of what is deleted.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from random import Random

from .closing_changes import ClosingChanges
from .ledger_changes import LedgerChanges
from .payroll_changes import PayrollChanges
from .plan import CYCLE, HELSINKI
from .purchase_changes import PurchaseChanges
from .register_changes import RegisterChanges
from .sales_changes import SalesChanges

_STORES = {
    "edit_sales_invoice": "sales_invoice_store",
    "delete_sales_invoice": "sales_invoice_store",
    "pay_sales_invoice": "sales_invoice_store",
    "delete_sales_payment": "sales_payment_store",
    "move_sales_payment": "sales_payment_store",
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


class Changes(LedgerChanges, ClosingChanges, SalesChanges, PurchaseChanges, PayrollChanges, RegisterChanges):
    """The changes of one company."""

    def deletions_of_the_start(self) -> None:
        """A few deletions of the last days, so that no deletion list is empty; nothing in a tiny company."""
        books = self._books
        cycles = books.plan.cycles
        if cycles < 8:
            return
        moment = datetime.combine(books.today - timedelta(days=2), time(14, 7), HELSINKI)
        middle = cycles // 2
        self.delete_voucher(moment, books.voucher_store.key(middle * CYCLE + 7))
        self.delete_sales_invoice(moment, books.sales_invoice_store.key(2 * middle - 2))
        self.delete_sales_order(moment, books.sales_order_store.key(middle - 1))
        self.delete_purchase_invoice(moment, books.purchase_invoice_store.key(middle - 2))
        self.delete_purchase_order(moment, books.purchase_order_store.key(middle - 2))
        paid = next((one for one in books.sales_payment_store.living(range(middle))), None)
        if paid:
            self.delete_sales_payment(moment, paid.key)
        spent = next((one for one in books.purchase_payment_store.living(range(middle))), None)
        if spent:
            self.delete_purchase_payment(moment, spent.key)

    def a_month_of_changes(self, rng: Random, now: datetime, within: timedelta = timedelta(days=30)) -> dict[str, int]:
        """Some of everything, as much as a month has, in order of time.

        Args:
            rng: chooses.
            now: the end of the time in which it happens.
            within: how long that time is.

        Returns:
            How often each change was made, by method name.
        """
        made: dict[str, int] = {}
        seconds = int(within.total_seconds())
        moments = sorted(now - timedelta(seconds=rng.randrange(1, seconds)) for _ in range(40))
        for moment in moments:
            kind = rng.choice(_MONTH)
            if self._one_change(kind, rng, moment):
                made[kind] = made.get(kind, 0) + 1
        return made

    def _one_change(self, kind: str, rng: Random, now: datetime) -> bool:
        """Make one change of a kind to a document that lends itself to it; False where none does."""
        books = self._books
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
        store = getattr(books, _STORES[kind])
        documents = [one for one in store.living() if one.created < now]
        if kind.startswith("pay_"):
            documents = [one for one in documents if books.open_sum(one) > 0 and one.date <= now.date()]
        if kind == "move_sales_payment":
            invoices = [one.key for one in books.sales_invoices()]
            documents = [one for one in documents if any(key != one.invoice_key for key in invoices)]
        if not documents:
            return False
        method(now, rng.choice(documents).key)
        return True

    def _memo(self, rng: Random, now: datetime) -> int | None:
        """A valid memo voucher that no document stands behind."""
        store = self._books.voucher_store
        for _ in range(50):
            voucher = store.get(store.key(rng.randrange(self._books.plan.cycles) * CYCLE + 6 + rng.randrange(3)))
            if voucher and voucher.status == "valid" and voucher.created < now:
                return voucher.key
        return None
