"""Purchases: lists of invoices, orders and payments, circulation lists and product qualities."""

from __future__ import annotations

from collections.abc import Iterator

from ..company.purchases import PurchaseInvoice, PurchaseOrder, PurchasePayment
from ..company.terms import PRODUCT_QUALITIES
from ..resource import Parameter, Reply, Request, Resource
from .markup import Node, ansi, capital, el, finnish, group, listed, many, small
from .purchase_details import INVOICE_DETAILS, ORDER_DETAILS, linked_invoices
from .vendors import VENDORS
from .windows import dated, modified, window


def _invoice_list(request: Request) -> Reply:
    """purchaseinvoicelist.nv (77000554199). A payment does not modify its invoice: nothing says that it does."""
    return Reply(listed(request, "PurchaseInvoiceList", (_invoice(request, one) for one in _invoices(request))))


def _invoices(request: Request) -> Iterator[PurchaseInvoice]:
    query = request.query
    within = dated(request, "begininvoicedate", "endinvoicedate")
    cycles = window(request, "begininvoicedate", "endinvoicedate")
    for invoice in request.company.purchase_invoice_store.living(cycles):
        if not within(invoice.date) or not modified(request, invoice) or "purchaseinvoicebatchid" in query:
            continue  # nothing came in a batch
        if query.get("invoicenumber", invoice.number) != invoice.number:
            continue
        if query.get("invoicestatus", invoice.approval) != invoice.approval:
            continue
        paid = not request.company.open_sum(invoice) if "paymentstatus" in query else None
        if paid is None or paid == (query["paymentstatus"] == "paid"):
            yield invoice


def _invoice(request: Request, invoice: PurchaseInvoice) -> Node:
    vendor = request.company.vendor_store.get(invoice.vendor_key)
    total, unpaid = invoice.total, request.company.open_sum(invoice)
    return group(
        "PurchaseInvoice",
        el("NetvisorKey", invoice.key),
        el("InvoiceNumber", invoice.number),
        ansi("InvoiceDate", invoice.date),
        el("Vendor", vendor.name if vendor else None),
        el("VendorOrganizationIdentifier", vendor.business_id if vendor else None),
        el("Sum", total),
        el("Payments", total - unpaid),
        el("OpenSum", unpaid),
        el("Uri", f"getpurchaseinvoice.nv?netvisorkey={invoice.key}"),
    )


def _order_list(request: Request) -> Reply:
    """purchaseorderlist.nv (77000554226).

    Whether haslinktopurchaseinvoice leaves out the orders without an invoice is not documented; here it does not.
    """
    return Reply(listed(request, "PurchaseOrderList", (_order(request, one) for one in _orders(request))))


def _orders(request: Request) -> Iterator[PurchaseOrder]:
    query = request.query
    within = dated(request, "limitbegindate", "limitenddate")
    low, high = query.get("limitstartordernumber", 0), query.get("limitendordernumber", 10**12)
    cycles = window(request, "limitbegindate", "limitenddate")
    for order in request.company.purchase_order_store.living(cycles):
        if not within(order.date) or not modified(request, order) or not low <= order.number <= high:
            continue
        if "limitvendor" in query and not _is_vendor(request, order.vendor_key, query["limitvendor"]):
            continue
        if (
            query.get("limitorderstatus", order.status) == order.status
            and query.get("searchcomment", "") in order.comment
        ):
            yield order


def _is_vendor(request: Request, key: int, wanted: str) -> bool:
    """Whether a vendor's key, business id or code is what limitvendor says."""
    vendor = request.company.vendor_store.get(key)
    return vendor is not None and wanted in (str(key), vendor.business_id, vendor.code)


def _order(request: Request, order: PurchaseOrder) -> Node:
    vendor = request.company.vendor_store.get(order.vendor_key)
    return group(
        "PurchaseOrder",
        el("NetvisorKey", order.key),
        el("OrderNumber", order.number),
        ansi("OrderDate", order.date),
        el("OrderStatus", order.status),
        el("VendorName", vendor.name if vendor else None),
        el("Amount", order.total),
        el("Uri", f"getpurchaseorder.nv?netvisorkey={order.key}"),
        linked_invoices(request, order) if "haslinktopurchaseinvoice" in request.query else None,
    )


def _payment_list(request: Request) -> Reply:
    """paymentlist.nv (77000554233): there is no filter by change."""
    return Reply(listed(request, "PaymentList", (_payment(one) for one in _payments(request))))


def _payments(request: Request) -> Iterator[PurchasePayment]:
    query = request.query
    within = dated(request, "limitbegindate", "limitenddate")
    for payment in request.company.purchase_payment_store.living(window(request, "limitbegindate", "limitenddate")):
        if not within(payment.date) or payment.key <= query.get("limitabovenetvisorkey", 0):
            continue
        if query.get("limitreference", payment.reference) != payment.reference:
            continue
        if query.get("limitinvoiceid", payment.invoice_key) == payment.invoice_key:
            yield payment


def _payment(payment: PurchasePayment) -> Node:
    return group(
        "Payment",
        el("NetvisorKey", payment.key),
        el("PayerName", payment.payer),
        el("Date", finnish(payment.date)),
        el("HomeCurrencySum", payment.sum),
        el("ForeignCurrencySum", payment.sum if payment.key % 9 == 0 else None),
        el("Reference", payment.reference),
        el("InvoiceKey", payment.invoice_key),
        el("InvoiceNumber", payment.invoice_number),
        el("InvoiceURI", f"getpurchaseinvoice.nv?netvisorkey={payment.invoice_key}" if payment.key % 5 else None),
        el("VoucherKey", payment.voucher_key),
        el("VoucherNumber", payment.voucher_number),
    )


def _circulation(request: Request) -> Reply:
    """getcirculationlists.nv (77000554206): ISO time stamps with milliseconds."""

    def verifier(number: int) -> Node:
        return group(
            "FactualVerifier",
            el("Name", f"Verifier {number}"),
            el("Order", number),
            el("IsMainFactualVerifier", "true") if number == 1 else None,
        )

    def row(key: int, verifiers: int, edited: str | None) -> Node:
        approver = group("Approver", el("Name", "Approver 1")) if verifiers else None
        return group(
            "CirculationList",
            el("NetvisorKey", key),
            el("Name", f"Kierrätyslista {key} & sijaiset"),
            el("IsDefault", small(key == 11)),
            el("IsForced", small(key != 11)),
            el("LastEditTimeStamp", edited) if edited else None,
            many("Verifiers", [*(verifier(n) for n in range(1, verifiers + 1)), *([approver] if approver else [])]),
        )

    rows = (
        row(11, 2, "2025-01-07T09:05:03.120"),
        row(12, 1, "2025-06-02T16:00:00.000"),
        row(13, 0, None),
    )
    return Reply(listed(request, "CirculationLists", rows))


def _qualities(request: Request) -> Reply:
    """getproductqualitylist.nv (77000554231)."""
    rows = (
        group(
            "ProductQuality",
            el("NetvisorKey", key),
            el("Name", name),
            el("IsQualityDeviation", capital(deviation)),
        )
        for key, name, deviation in PRODUCT_QUALITIES
    )
    return Reply(listed(request, "ProductQualities", rows))


PURCHASES: list[Resource] = [
    Resource(
        "purchaseinvoicelist.nv",
        (
            Parameter("begininvoicedate", "date"),
            Parameter("endinvoicedate", "date"),
            Parameter("invoicenumber", "text"),
            Parameter("invoicestatus", "text", choices=("open", "approved", "accepted")),
            Parameter("lastmodifiedstart", "datetime"),
            Parameter("lastmodifiedend", "datetime"),
            Parameter("purchaseinvoicebatchid", "int"),
            Parameter("paymentstatus", "text", choices=("unpaid", "paid")),
        ),
        _invoice_list,
    ),
    INVOICE_DETAILS,
    Resource(
        "purchaseorderlist.nv",
        (
            Parameter("limitstartordernumber", "int"),
            Parameter("limitendordernumber", "int"),
            Parameter("limitbegindate", "date"),
            Parameter("limitenddate", "date"),
            Parameter(
                "limitorderstatus",
                "text",
                choices=("proposal", "approved", "senttovendor", "waitinginvoice", "archived"),
            ),
            Parameter("searchcomment", "text"),
            Parameter("limitvendor", "text"),
            Parameter("lastmodifiedstart", "datetime"),
            Parameter("lastmodifiedend", "datetime"),
            Parameter("haslinktopurchaseinvoice", "int", choices=(1,)),
        ),
        _order_list,
    ),
    ORDER_DETAILS,
    Resource(
        "paymentlist.nv",
        (
            Parameter("limitabovenetvisorkey", "int"),
            Parameter("limitbegindate", "date"),
            Parameter("limitenddate", "date"),
            Parameter("limitreference", "text"),
            Parameter("limitinvoiceid", "int"),
        ),
        _payment_list,
    ),
    VENDORS,
    Resource("getcirculationlists.nv", (), _circulation),
    Resource("getproductqualitylist.nv", (), _qualities),
]
