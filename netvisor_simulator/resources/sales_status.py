"""The status of a sales invoice or order at the moment of the call."""

from __future__ import annotations

from ..company.sales import SalesInvoice
from ..resource import Request

STATUSES = (
    "open", "overdue", "paid", "unsent", "creditloss", "rejected", "reminded", "requested", "collected",
    "undelivered", "delivered", "billed",
)  # fmt: skip
"""What invoicestatus may ask for (77000554148, 769716 and client code)."""


def status_of(request: Request, invoice: SalesInvoice) -> tuple[str, str | None]:
    """Status and substatus.

    An invoice without anything open is paid, or a credit loss where a part of it was written off; of the others most
    are open, with what became of them as substatus.
    An order has one of its own three and no substatus.
    """
    if invoice.order:
        return invoice.order_status, None
    if not request.company.open_sum(invoice):
        lost = any(payment.is_credit_loss for payment in request.company.payments_of_sale(invoice))
        return ("creditloss" if lost else "paid"), None
    if invoice.key % 29 == 3:
        return "unsent", None
    if invoice.due_date >= request.now.date():
        return "open", "open"
    return "open", {1: "reminded", 2: "collected", 3: "requested"}.get(invoice.key // 3 % 7, "overdue")
