"""Two made-up companies and what their bookkeepers do between two syncs: what the demonstration and the tests read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from netvisor_simulator import NetvisorSimulator
from netvisor_simulator.company import Company
from netvisor_simulator.company.full_books import closed_periods, keep_full_books
from netvisor_simulator.company.parties import business_id
from netvisor_simulator.server import BUSINESS_ID, USER_ID, USER_KEY
from netvisor_simulator.signature import User

SECOND_BUSINESS_ID = business_id(2456789)
SCHEMAS = {BUSINESS_ID: "first_company", SECOND_BUSINESS_ID: "second_company"}
"""The schema of each company."""
NAMES = {BUSINESS_ID: "Esimerkki Oy", SECOND_BUSINESS_ID: "Toinen Esimerkki Oy"}


@dataclass
class Story:
    """The companies, by business id: the first with calendar years, the second from July to June.

    Their documents have the same keys, since each company's Netvisor counts from the same number.
    """

    vouchers: int
    companies: dict[str, Company] = field(init=False)

    def __post_init__(self) -> None:
        self.companies = {
            BUSINESS_ID: Company(1, self.vouchers),
            SECOND_BUSINESS_ID: Company(2, self.vouchers * 3 // 4, first_month=7),
        }
        for company in self.companies.values():
            keep_full_books(company)

    def simulator(self) -> NetvisorSimulator:
        """A Netvisor with both of them, for one user."""
        user = User(USER_ID, USER_KEY, frozenset(self.companies))
        return NetvisorSimulator(self.companies, users=(user,))

    def config(self, simulator: NetvisorSimulator, company: str) -> dict[str, object]:
        """The connector's configuration for one of them."""
        start = self.companies[company].plan.start.isoformat()
        return simulator.config(company_name=NAMES[company], business_id=company, start_date=start)


def bookkeepers_at_work(company: Company, now: datetime) -> dict[str, list[int]]:
    """Edits, payments and deletions of every kind that the warehouse has to follow, all of them of this moment.

    Args:
        company: the simulated company.
        now: the moment.

    Returns:
        Netvisor keys by what was done.
    """
    changes = company.changes
    today = now.date()
    # the years that are closed stay as they are
    first = max([company.plan.start, *(period.end for period in closed_periods(company))])
    recent = [v for v in company.vouchers() if first < v.date < today and v.status == "valid"]
    memos = [v.key for v in recent if v.linked_key is None and v.type.abbreviation in ("TO", "JA")]
    sold = [i for i in company.sales_invoices() if first < i.date < today and i.voucher_key]
    bought = [i for i in company.purchase_invoices() if first < i.date < today and i.voucher_key]
    # whoever pays late pays invoices of closed years too
    sold_open = [i.key for i in company.sales_invoices() if i.date < today and company.open_sum(i) > 20]
    sold_unpaid = [i.key for i in sold if not company.payments_of_sale(i) and company.open_sum(i) > 0]
    sold_paid = [i for i in sold if company.payments_of_sale(i)]
    bought_open = [i.key for i in company.purchase_invoices() if i.date < today and company.open_sum(i) > 0]
    bought_paid = [
        payment.key
        for invoice in bought
        for payment in company.payments_of_purchase(invoice)
        if payment.date > today - timedelta(days=60)
    ]
    # its payments go with it, so not the one whose payment is deleted
    undone = next(
        invoice.key
        for invoice in reversed(bought)
        if not {payment.key for payment in company.payments_of_purchase(invoice)} & set(bought_paid[-1:])
    )
    products = [product.key for product in company.products() if not product.deleted]
    done: dict[str, list[int]] = {
        "voucher edited": [changes.edit_voucher(now, memos[-1]).key],
        "voucher moved to another month": [
            changes.backdate_voucher(now, memos[-2], company.voucher_store.get(memos[-2]).date - timedelta(days=31)).key
        ],
        "voucher invalidated": [changes.invalidate_voucher(now, key).key for key in memos[-4:-2]],
        "voucher deleted": memos[-6:-4],
        "voucher added": [changes.add_voucher(now, lines=((7430, Decimal("480.50")), (1910, Decimal("-480.50")))).key],
        "sales invoice added": [changes.add_sales_invoice(now).key],
        "sales invoice edited": [changes.edit_sales_invoice(now, sold_unpaid[-1], ((products[0], Decimal(7)),)).key],
        "sales invoice paid in part": [changes.pay_sales_invoice(now, sold_open[0], Decimal("10.00")).invoice_key],
        "sales invoice deleted": [sold_paid[-2].key],
        "sales payment deleted": [company.payments_of_sale(sold_paid[-1])[0].key],
        "purchase invoice paid": [changes.pay_purchase_invoice(now, bought_open[0]).invoice_key],
        "purchase invoice deleted": [undone],
        "purchase payment deleted": bought_paid[-1:],
    }
    for key in done["voucher deleted"]:
        changes.delete_voucher(now, key)
    changes.delete_sales_payment(now, done["sales payment deleted"][0])
    changes.delete_sales_invoice(now, done["sales invoice deleted"][0])
    changes.delete_purchase_invoice(now, done["purchase invoice deleted"][0])
    for key in done["purchase payment deleted"]:
        changes.delete_purchase_payment(now, key)
    return done


def edit_in_closed_year(company: Company, now: datetime) -> int:
    """Post a cost into the last closed year without closing it again: its result no longer equals its closing voucher.

    Returns:
        The voucher's key.
    """
    day = max(period.end for period in closed_periods(company)) - timedelta(days=20)
    lines = ((8560, Decimal("123.45")), (1910, Decimal("-123.45")))
    return company.changes.add_voucher(now, day, lines, "Myöhäinen kulu suljetulla tilikaudella").key
