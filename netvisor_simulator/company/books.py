"""The books of the simulated company: its documents and the truth about them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import count

from .balances import Balance, Balances
from .chart import Locks, Period, locks, periods
from .parties import FIRST_CUSTOMER, FIRST_VENDOR, Customer, Parties, Vendor
from .payroll import FIRST_EMPLOYEE, FIRST_PAYCHECK, Employee, Paycheck, Payroll
from .plan import CYCLE, HELSINKI, Plan
from .purchases import (
    FIRST_PURCHASE_INVOICE,
    FIRST_PURCHASE_ORDER,
    FIRST_PURCHASE_PAYMENT,
    PurchaseInvoice,
    PurchaseOrder,
    PurchasePayment,
    Purchases,
)
from .sales import FIRST_SALES_KEY, FIRST_SALES_PAYMENT, Sales, SalesInvoice, SalesPayment
from .stock import FIRST_PRODUCT, Product, Stock
from .store import Store
from .vouchers import FIRST_VOUCHER, Voucher, Vouchers


class Books:
    """Consistent books, the same for the same arguments.

    Args:
        seed: tells these books from others.
        vouchers: how many vouchers; a million cost no more memory than ten.
        years: full calendar years of books before the current one.
        today: its current day; what is there from the start was entered before it. None: the real day in Finland.
        customers: how many; None, here and below: as fits the number of vouchers.
        vendors: how many.
        products: how many.
        employees: how many.
        first_month: the month that its accounting periods begin in, 1 to 7.
    """

    def __init__(
        self,
        seed: int,
        vouchers: int,
        years: int = 2,
        today: date | None = None,
        *,
        customers: int | None = None,
        vendors: int | None = None,
        products: int | None = None,
        employees: int | None = None,
        first_month: int = 1,
    ) -> None:
        plan = Plan(seed, vouchers, years, today or datetime.now(HELSINKI).date())
        parties = Parties(plan, customers, vendors)
        stock = Stock(plan, products)
        sales = Sales(plan, parties, stock, FIRST_VOUCHER)
        purchases = Purchases(plan, parties, stock, FIRST_VOUCHER)
        payroll = Payroll(plan, employees, FIRST_VOUCHER)
        cycles = plan.cycles
        ledger = Vouchers(plan, sales, purchases, payroll)
        sales_keys = count(FIRST_SALES_KEY + 3 * cycles)
        self.plan = plan
        self.first_month = first_month
        self.stock = stock
        self.voucher_store: Store[Voucher] = Store(cycles, ledger.voucher, FIRST_VOUCHER, tuple(range(CYCLE)), CYCLE)
        self.sales_invoice_store: Store[SalesInvoice] = Store(
            cycles, sales.invoice, FIRST_SALES_KEY, (1, 2), 3, sales_keys
        )
        self.sales_order_store: Store[SalesInvoice] = Store(cycles, sales.order, FIRST_SALES_KEY, (0,), 3, sales_keys)
        self.sales_payment_store: Store[SalesPayment] = Store(cycles, sales.payment, FIRST_SALES_PAYMENT, (0, 1), 2)
        self.purchase_invoice_store: Store[PurchaseInvoice] = Store(cycles, purchases.invoice, FIRST_PURCHASE_INVOICE)
        self.purchase_order_store: Store[PurchaseOrder] = Store(cycles, purchases.order, FIRST_PURCHASE_ORDER)
        self.purchase_payment_store: Store[PurchasePayment] = Store(cycles, purchases.payment, FIRST_PURCHASE_PAYMENT)
        self.paycheck_store: Store[Paycheck] = Store(cycles, payroll.paycheck, FIRST_PAYCHECK)
        self.customer_store: Store[Customer] = Store(parties.customers, parties.customer, FIRST_CUSTOMER)
        self.vendor_store: Store[Vendor] = Store(parties.vendors, parties.vendor, FIRST_VENDOR)
        self.product_store: Store[Product] = Store(stock.products, stock.product, FIRST_PRODUCT)
        self.employee_store: Store[Employee] = Store(payroll.employees, payroll.employee, FIRST_EMPLOYEE)
        self.balances = Balances()
        self.added_sales_payments: dict[int, list[int]] = {}
        self.matched_sums: dict[int, Decimal] = {}
        """Keys of payments added later, by invoice."""
        self.added_purchase_payments: dict[int, list[int]] = {}
        self.deleted_hours: set[int] = set()
        """Keys of working time entries that were deleted: they vanish without a trace."""

    @property
    def today(self) -> date:
        """The day the books were set up for."""
        return self.plan.today

    def periods(self) -> tuple[Period, ...]:
        """The accounting periods, from the first year of books to next year."""
        return periods(self.plan.start.year, self.today.year + 1, self.first_month)

    def locks(self) -> Locks:
        """The locks of the books."""
        return locks(self.today)

    def vouchers(self, include_deleted: bool = False) -> Iterator[Voucher]:
        """The vouchers, invalidated ones included; deleted ones, if asked for, last and with status `deleted`."""
        yield from self.voucher_store.living()
        if include_deleted:
            yield from (voucher._replace(status="deleted") for voucher, _ in list(self.voucher_store.deleted.values()))

    def account_balance(self, account: int, day: date) -> Decimal:
        """The balance of an account (by number) at the end of a day: opening plus valid lines, debit positive."""
        return self.account_turnover(account, day).balance

    def account_turnover(self, account: int, day: date) -> Balance:
        """Debit and credit of an account up to the end of a day, opening balance included."""
        return self.balances.at(account, day, self.voucher_store.living())

    def sales_invoices(self) -> Iterator[SalesInvoice]:
        """The sales invoices by rising key."""
        return self.sales_invoice_store.living()

    def sales_orders(self) -> Iterator[SalesInvoice]:
        """The sales orders by rising key."""
        return self.sales_order_store.living()

    def sales_payments(self) -> Iterator[SalesPayment]:
        """The payments of sales invoices by rising key."""
        return self.sales_payment_store.living()

    def purchase_invoices(self) -> Iterator[PurchaseInvoice]:
        """The purchase invoices by rising key."""
        return self.purchase_invoice_store.living()

    def purchase_orders(self) -> Iterator[PurchaseOrder]:
        """The purchase orders by rising key."""
        return self.purchase_order_store.living()

    def purchase_payments(self) -> Iterator[PurchasePayment]:
        """The payments of purchase invoices by rising key."""
        return self.purchase_payment_store.living()

    def paychecks(self) -> Iterator[Paycheck]:
        """The paychecks by rising key."""
        return self.paycheck_store.living()

    def customers(self) -> Iterator[Customer]:
        """The customers by rising key."""
        return self.customer_store.living()

    def vendors(self) -> Iterator[Vendor]:
        """The vendors by rising key."""
        return self.vendor_store.living()

    def products(self) -> Iterator[Product]:
        """The products by rising key, deleted ones (`deleted` True) included."""
        return self.product_store.living()

    def employees(self) -> Iterator[Employee]:
        """The employees by rising key."""
        return self.employee_store.living()

    def payments_of_sale(self, invoice: SalesInvoice) -> list[SalesPayment]:
        """The living payments of a sales invoice."""
        return _payments(self.sales_invoice_store, self.sales_payment_store, self.added_sales_payments, invoice.key)

    def payments_of_purchase(self, invoice: PurchaseInvoice) -> list[PurchasePayment]:
        """The living payments of a purchase invoice."""
        return _payments(
            self.purchase_invoice_store, self.purchase_payment_store, self.added_purchase_payments, invoice.key
        )

    def open_sum(self, invoice: SalesInvoice | PurchaseInvoice) -> Decimal:
        """What is still to be paid of an invoice, VAT included."""
        if isinstance(invoice, SalesInvoice):
            paid = sum((payment.sum for payment in self.payments_of_sale(invoice)), Decimal(0))
            return invoice.total - paid - self.matched_sums.get(invoice.key, Decimal(0))
        return invoice.total - sum((payment.sum for payment in self.payments_of_purchase(invoice)), Decimal(0))

    def put_voucher(self, voucher: Voucher) -> None:
        """Add or change a voucher; the balances follow."""
        self.balances.replace(self.voucher_store.get(voucher.key), voucher)
        self.voucher_store.put(voucher)

    def delete_voucher(self, key: int, moment: datetime) -> None:
        """Delete a voucher; the balances follow.

        Raises:
            KeyError: there is none of that key.
        """
        self.balances.replace(self.voucher_store.delete(key, moment), None)


def _payments(invoices: Store, payments: Store, added: dict[int, list[int]], key: int) -> list:  # type: ignore[type-arg]
    """The payment of the start has its invoice's index; later ones are noted by invoice; either may have been moved."""
    index = invoices.index(key)
    first = None if index is None else payments.get(payments.key(index))
    later = (payments.get(one) for one in added.get(key, ()))
    found = {payment.key: payment for payment in (first, *later) if payment is not None}
    return [payment for payment in found.values() if payment.invoice_key == key]
