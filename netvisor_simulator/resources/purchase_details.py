"""getpurchaseinvoice.nv (769735) and getpurchaseorder.nv (77000554227): details of purchase documents."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from ..company.chart import ACCOUNTS
from ..company.parties import Vendor
from ..company.purchases import PurchaseInvoice, PurchaseLine, PurchaseOrder, PurchaseOrderLine
from ..company.stock import WAREHOUSES
from ..company.terms import PRODUCT_QUALITIES
from ..resource import Parameter, Reply, Request, Resource
from .details import asked_keys, details
from .markup import ANSI, Node, ansi, capital, el, group, many, minutes


def _invoices(request: Request) -> Reply:
    keys = asked_keys(request, "netvisorkey", "netvisorkeylist")
    find = request.company.purchase_invoice_store.get
    return details(request, keys, "PurchaseInvoices", "PurchaseInvoice", find, partial(_invoice, request))


def _invoice(request: Request, invoice: PurchaseInvoice) -> Node:
    vendor = request.company.vendor_store.get(invoice.vendor_key)
    return many("PurchaseInvoice", [*_head(request, invoice, vendor), *_tail(request, invoice)])


def _head(request: Request, invoice: PurchaseInvoice, vendor: Vendor | None) -> list[Node]:
    total, unpaid = invoice.total, request.company.open_sum(invoice)
    key = invoice.key
    texts = {"FI": ("Maksettu", "Avoin"), "EN": ("Paid", "Open"), "SE": ("Betald", "Öppen")}[request.language]
    account = f"FI00{invoice.vendor_key * 10:014d}"
    return [
        el("PurchaseInvoiceNetvisorKey", key),
        el("PurchaseInvoiceNumber", invoice.number),
        ansi("PurchaseInvoiceDate", invoice.date),
        ansi("PurchaseInvoiceEventDate", invoice.date if key % 3 else None),
        ansi("PurchaseInvoiceDeliveryDate", invoice.date if key % 2 else None),
        ansi("PurchaseInvoiceDueDate", invoice.due_date),
        ansi("PurchaseInvoiceValueDate", invoice.date if key % 2 == 0 else None),
        el("PurchaseInvoiceReferencenumber", invoice.reference),
        el("PurchaseInvoiceAgreementIdentifier", "SOP-2" if key % 4 == 0 else None),
        el("PurchaseInvoiceVendorBankAccountNumber", account),
        el("IsPurchaseInvoiceVendorBankAccountDeleted", capital(key % 20 == 0)),
        el("IsPurchaseInvoiceVendorBankAccountFromSEPARegion", "True"),
        el("PurchaseInvoiceAmount", total),
        el("PurchaseInvoicePaidAmount", total - unpaid),
        el("ForeignCurrencyAmount", total if key % 6 == 0 else None),
        el("ForeignCurrencyNameID", "EUR"),
        el("InvoiceStatus", texts[0] if not unpaid else texts[1]),
        el("ApprovalStatus", invoice.approval),
        el("PurchaseInvoiceOurReference", "Tilaaja 1"),
        el("PurchaseInvoiceYourReference", f"X{key}" if key % 3 else None),
        el("PurchaseInvoiceDescription", invoice.description),
        el("VendorNetvisorKey", invoice.vendor_key),
        el("VendorOrganizationIdentifier", vendor.business_id if vendor else None),
        el("VendorCode", vendor.code if vendor else None),
        el("VendorName", vendor.name if vendor else None),
        el("VendorAddressline", vendor.street if vendor else None),
        el("VendorPostnumber", vendor.post_number if vendor else None),
        el("VendorTown", vendor.town if vendor else None),
        el("VendorCountry", vendor.country if vendor else None),
        el("VendorBankAccountNumber", account),
        el("Fingerprint", invoice.fingerprint),
        *([el("VoucherID", invoice.voucher_key)] if invoice.voucher_key else []),
        el("IsAccounted", capital(invoice.voucher_key is not None)),
    ]


def _tail(request: Request, invoice: PurchaseInvoice) -> list[Node]:
    query = request.query
    inside = query.get("version", 1) == 2
    lines = [_line(line, inside) for line in invoice.lines]
    if not inside:
        lines.append(many("PurchaseInvoiceLineDimensions", [tag for line in invoice.lines for tag in _tags(line)]))
    found: list[Node] = []
    if query.get("omitattachments", "false") == "false":
        blob = el("AttachmentBase64Data", "JVBERi0xLjQK")
        file = (el("FileName", f"{invoice.key}.pdf"), el("ContentType", "application/pdf"), el("Comment"))
        found.append(group("Attachments", group("Attachment", blob, *file)))
    found.append(many("InvoiceLines", lines))
    order = request.company.purchase_order_store.get(invoice.order_key) if invoice.order_key else None
    linked = [group("PurchaseOrder", el("OrderNumber", order.number), el("NetvisorKey", order.key))] if order else []
    access = ("CanEditPostingLines", "CanUserPostInvoice", "SuggestPostingByDefault", "CanEditAccountingSuggestion")
    found.append(many("LinkedPurchaseOrders", linked))
    found.append(many("PostingLinesAccess", (el(name, capital(invoice.key % 2 == 0)) for name in access)))
    for wrapper, item, text in (
        ("Alerts", "Alert", "Tilinumero on muuttunut"),
        ("Notifications", "Notification", "Lasku & liite"),
    ):
        told = [group(item, el("Heading", "Huomio"), el("Description", text))] if invoice.key % 4 == 0 else []
        found.append(many(wrapper, told))
    return [*found, *_block(query.get("include"), invoice)]


def _block(asked: str | None, invoice: PurchaseInvoice) -> list[Node]:
    """The block that `include` asks for; the elements of the circulation list are not documented."""
    blob = {"attachmentNetvisorKey": invoice.key}
    if asked == "actions":
        action = group("Action", el("Id", 1), el("Type", "approve"), el("Description", "Hyväksy"))
        return [group("Actions", action)]
    if asked == "handlinghistory":
        told = (el("Type", "created"), el("Heading", "Lasku luotu"), el("Description"))
        stamp = el("Timestamp", minutes(invoice.created), ANSI)
        return [group("HandlingHistory", group("HandlingHistoryLine", *told, stamp, el("UserName", "User 1")))]
    if asked == "previewimage":
        return [el("PreviewImage", "JVBERi0xLjQK", blob)]
    return [el("InvoiceImage", "JVBERi0xLjQK", blob)] if asked == "invoiceimage" else []


def _line(line: PurchaseLine, inside: bool) -> Node:
    account = ACCOUNTS[line.account]
    even = line.key % 2 == 0
    return group(
        "PurchaseInvoiceLine",
        el("NetvisorKey", line.key),
        el("LineSum", line.net + line.vat),
        el("LineNetSum", line.net),
        el("UnitPrice", line.price.quantize(Decimal("0.000000000001"))),
        el("VatPercent", line.vat_percent),
        el("VatCode", "KOOS" if line.vat_percent else "-"),
        el("Description", line.description),
        el("Unit", line.unit),
        el("OrderedAmount", line.quantity if even else None),
        el("PurchasePrice", line.price),
        el("DeliveredAmount", line.quantity),
        el("ProductCode", line.product_code),
        el("DiscountPercentage", Decimal(0) if even else None),
        el("ProductName", line.product_name),
        el(
            "AccountingSuggestionBookkeepingAccountNetvisorKey",
            f"\r\n                    {account.key}\r\n                ",
        ),
        el("AccountingSuggestionBookkeepingAccount", f"{account.number} {account.name}"),
        many("PurchaseInvoiceLineDimensions", _tags(line)) if inside else None,
    )


def _tags(line: PurchaseLine) -> list[Node]:
    return [
        group(
            "Dimension",
            el("DimensionName", tag.dimension),
            el("DimensionNameNetvisorKey", tag.dimension_key),
            el("DimensionDetailName", tag.item),
            el("DimensionDetailNetvisorKey", tag.item_key),
        )
        for tag in line.tags
    ]


def _orders(request: Request) -> Reply:
    keys = asked_keys(request, "netvisorkey", "netvisorkeylist")
    find = request.company.purchase_order_store.get
    return details(request, keys, "PurchaseOrders", "PurchaseOrder", find, partial(_order, request))


def _order(request: Request, order: PurchaseOrder) -> Node:
    vendor: Vendor | None = request.company.vendor_store.get(order.vendor_key)
    country = {"type": "ISO-3166"}
    return group(
        "PurchaseOrder",
        el("NetvisorKey", order.key),
        el("OrderNumber", order.number),
        el("OrderStatus", order.status, {"deliverystatus": order.delivery_status}),
        ansi("OrderDate", order.date),
        el("VendorName", vendor.name if vendor else None),
        el("VendorAddressLine", vendor.street if vendor else None),
        el("VendorPostNumber", vendor.post_number if vendor else None),
        el("VendorCity", vendor.town if vendor else None),
        el("VendorCountry", vendor.country if vendor else None, country),
        el("DeliveryTerm", "Vapaasti perillä"),
        el("DeliveryMethod", "Kuljetus"),
        el("DeliveryName", request.company.name),
        el("DeliveryAddressLine", "Tehtaankatu 1"),
        el("DeliveryPostNumber", "33100"),
        el("DeliveryCity", "Tampere"),
        el("DeliveryCountry", "FI", country),
        el("PrivateComment", order.private_comment),
        el("Comment", order.comment),
        el("OurReference", "Tilaaja 1"),
        el("PaymentTerm", "14 päivää netto"),
        el("Amount", order.total, {"currencycode": "EUR", "type": "ISO-4217"}),
        many("PurchaseOrderLines", _order_lines(request, order)),
    )


def _order_lines(request: Request, order: PurchaseOrder) -> list[Node]:
    invoice = request.company.purchase_invoice_store.get(order.invoice_key) if order.invoice_key else None
    found = []
    if order.key % 6 == 0:
        found.append(many("PurchaseOrderProductDeliveryGroup", _product(order.lines[0], keyed=False)))
    found += [_order_line(line, order, invoice) for line in order.lines]
    if order.comment_line:
        comment = (el("NetvisorKey", order.lines[0].key + 3), el("Comment", order.comment_line))
        found.append(group("PurchaseOrderCommentLine", *comment))
    found.append(linked_invoices(request, order))
    return found


def linked_invoices(request: Request, order: PurchaseOrder) -> Node:
    """The purchase invoices that an order's lines are linked to."""
    invoice = request.company.purchase_invoice_store.get(order.invoice_key) if order.invoice_key else None
    linked = []
    if invoice is not None:
        linked.append(
            group(
                "PurchaseInvoice",
                el("InvoiceNumber", invoice.number),
                el("NetvisorKey", invoice.key),
                el("Uri", f"getpurchaseinvoice.nv?netvisorkey={invoice.key}"),
            )
        )
    return many("LinkedPurchaseInvoices", linked)


def _product(line: PurchaseOrderLine, keyed: bool) -> list[Node]:
    """The elements that a delivery group and a product line share."""
    return [
        el("NetvisorKey", line.key if keyed else line.key + 2),
        el("ProductCode", line.product_code, {"netvisorkey": line.product_key} if keyed else None),
        el("ProductName", line.product_name),
        el("VendorProductCode", f"X-{line.product_code}"),
        el("OrderedAmount", line.quantity),
        *([el("DeliveredAmount", line.delivered)] if keyed else []),
        el("UnitPrice", line.price),
        el("VatPercent", line.vat_percent),
        el("LineSum", line.total),
        el("FreightRate", Decimal("1.50")),
    ]


def _order_line(line: PurchaseOrderLine, order: PurchaseOrder, invoice: PurchaseInvoice | None) -> Node:
    quality_key, quality, deviation = PRODUCT_QUALITIES[line.key % len(PRODUCT_QUALITIES)]
    place = WAREHOUSES[0]
    linked = []
    if invoice is not None:
        of_line = group("PurchaseInvoiceProductLines", el("NetvisorKey", invoice.lines[0].key))
        linked.append(
            group("PurchaseInvoice", el("NetvisorKey", invoice.key), el("InvoiceNumber", invoice.number), of_line)
        )
    return group(
        "PurchaseOrderProductLine",
        *_product(line, keyed=True),
        ansi("DeliveryDate", order.date),
        group(
            "ProductQuality",
            el("QualityDescription", quality),
            el("QualityDeviation", capital(deviation)),
            attributes={"netvisorkey": quality_key},
        ),
        el("InventoryPlace", place.name, {"netvisorkey": place.key}),
        el("AccountingSuggestion", f"{line.account} {ACCOUNTS[line.account].name}"),
        *(group("Dimension", el("DimensionName", tag.dimension), el("DimensionItem", tag.item)) for tag in line.tags),
        many("LinkedPurchaseInvoiceLines", linked),
    )


_KEYS = (Parameter("netvisorkey", "int"), Parameter("netvisorkeylist", "ints", max_items=500))
_BLOCKS = ("actions", "handlinghistory", "previewimage", "invoiceimage", "circulationlist")
INVOICE_DETAILS = Resource(
    "getpurchaseinvoice.nv",
    (
        *_KEYS,
        Parameter("version", "int", choices=(1, 2)),
        Parameter("include", "text", choices=_BLOCKS),
        Parameter("omitattachments", "text", choices=("true", "false")),
    ),
    _invoices,
)
ORDER_DETAILS = Resource("getpurchaseorder.nv", _KEYS, _orders)
