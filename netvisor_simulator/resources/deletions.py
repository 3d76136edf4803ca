"""The seven lists of deletions: what was deleted since a day, at most seven days back (766891, 769769 and the like)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from ..resource import Parameter, Reply, Request, Resource
from .markup import ANSI, Node, el, group, listed, minutes
from .windows import after, invalid

DAYS_BACK = 7


def _resource(name: str, wrapper: str, item: str, store: str) -> Resource:
    """One list.

    Args:
        name: the resource.
        wrapper: its list element.
        item: the element of one deletion.
        store: which of the company's stores tells the deletions.
    """

    def answer(request: Request) -> Reply:
        since = request.query["deletedsince"]
        # a day begins at midnight, so that the seventh one is never whole
        days = DAYS_BACK if request.assumptions.deletions_reach == "days" else DAYS_BACK - 1
        if since < request.now.date() - timedelta(days=days):
            raise invalid(f"deletedsince can be at most {DAYS_BACK} days back")
        deleted: dict[int, tuple[Any, Any]] = getattr(request.company, store).deleted

        def rows() -> Iterator[Node]:
            for key, (_, moment) in list(deleted.items()):
                if after(request.assumptions, moment, since) and moment <= request.now:
                    yield group(item, el("NetvisorKey", key), el("DeleteDate", minutes(moment), ANSI))

        return Reply(listed(request, wrapper, rows()))

    return Resource(name, (Parameter("deletedsince", "date", required=True),), answer)


DELETIONS: list[Resource] = [
    _resource("deletedvouchers.nv", "DeletedVouchers", "DeletedVoucher", "voucher_store"),
    _resource("deletedsalesinvoices.nv", "DeletedSalesInvoices", "DeletedSalesInvoice", "sales_invoice_store"),
    _resource("deletedsalesorders.nv", "DeletedSalesOrders", "DeletedSalesOrder", "sales_order_store"),
    _resource("deletedsalespayments.nv", "DeletedSalesPayments", "DeletedSalesPayment", "sales_payment_store"),
    _resource(
        "deletedpurchaseinvoices.nv", "DeletedPurchaseInvoices", "DeletedPurchaseInvoice", "purchase_invoice_store"
    ),
    _resource("deletedpurchaseorders.nv", "DeletedPurchaseOrders", "DeletedPurchaseOrder", "purchase_order_store"),
    _resource(
        "deletedpurchasepayments.nv", "DeletedPurchasePayments", "DeletedPurchasePayment", "purchase_payment_store"
    ),
]
