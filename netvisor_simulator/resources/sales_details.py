"""getsalesinvoice.nv and getorder.nv: details of invoices and orders (77000554151).

The documents name a currency and its rate beside SalesInvoiceAmount, and ForeignCurrencyAmount. They do not say in
which of the two currencies an amount is, nor which way the rate goes. Here all sums are in the invoice's currency, and
the rate is how many of its units are a euro.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from ..company.chart import ACCOUNTS
from ..company.parties import Customer
from ..company.sales import EURO, SalesInvoice, SalesLine
from ..company.stock import WAREHOUSES
from ..company.terms import SALES_PERSONNEL
from ..resource import Parameter, Reply, Request
from .details import asked_keys, details, lines_in
from .markup import Node, ansi, el, group, many, minutes, one_zero
from .sales_status import status_of

_TEXTS = {
    "FI": {
        "open": "Avoin", "paid": "Maksettu", "unsent": "Lähettämättä", "overdue": "Erääntynyt",
        "reminded": "Muistutettu", "requested": "Maksuvaadittu", "collected": "Perinnässä",
        "creditloss": "Luottotappio",
    },
    "EN": {
        "open": "Open", "paid": "Paid", "unsent": "Unsent", "overdue": "Overdue",
        "reminded": "Reminded", "requested": "Payment requested", "collected": "In collection",
        "creditloss": "Credit loss",
    },
    "SE": {
        "open": "Öppen", "paid": "Betald", "unsent": "Oskickad", "overdue": "Förfallen",
        "reminded": "Påmind", "requested": "Betalningskrav", "collected": "Under indrivning",
        "creditloss": "Kreditförlust",
    },
}  # fmt: skip
_YES_NO = {"FI": ("Ei", "Kyllä"), "EN": ("No", "Yes"), "SE": ("Nej", "Ja")}
DETAIL_PARAMETERS: tuple[Parameter, ...] = (
    Parameter("netvisorkey", "int"),
    Parameter("netvisorkeylist", "ints", max_items=500),
    Parameter("pdfimage", "text", choices=("lastsentprintservice", "pdf", "nopdf", "preview")),
    Parameter("showprocesshistory", "int", choices=(1,)),
    Parameter("includeattachments", "int", choices=(1,)),
    Parameter("showcommentlines", "int", choices=(1,)),
    Parameter("includedocuments", "int", choices=(1,)),
    Parameter("replyoption", "int", choices=tuple(range(64))),
)


def answer_invoices(request: Request) -> Reply:
    """getsalesinvoice.nv."""
    keys = asked_keys(request, "netvisorkey", "netvisorkeylist")
    find = request.company.sales_invoice_store.get
    return details(request, keys, "SalesInvoices", "SalesInvoice", find, partial(_invoice, request))


def answer_orders(request: Request) -> Reply:
    """getorder.nv: the names are those of invoices (client code; the documents say the structure is the same)."""
    keys = asked_keys(request, "netvisorkey", "netvisorkeylist")
    find = request.company.sales_order_store.get
    return details(request, keys, "SalesInvoices", "SalesInvoice", find, partial(_invoice, request))


def _invoice(request: Request, invoice: SalesInvoice) -> Node:
    customer: Customer | None = request.company.customer_store.get(invoice.customer_key)
    return many(
        "SalesInvoice", [*_head(request, invoice), *_parties(request, invoice, customer), *_tail(request, invoice)]
    )


def _head(request: Request, invoice: SalesInvoice) -> list[Node]:
    status, substatus = status_of(request, invoice)
    machine = substatus or status
    seller = SALES_PERSONNEL[invoice.salesperson % len(SALES_PERSONNEL)]
    total, currency = invoice.total_in_currency, invoice.currency
    voucher = request.company.voucher_store.get(invoice.voucher_key) if invoice.voucher_key else None
    found: list[Node | None] = [
        el("SalesInvoiceNetvisorKey", invoice.key),
        el("SalesInvoiceNumber", invoice.number),
        ansi("SalesInvoiceDate", invoice.date),
        ansi("SalesInvoiceEventDate", invoice.event_date if invoice.key % 4 else None),
        ansi("SalesInvoiceValueDate", invoice.date),
        ansi("SalesInvoiceDeliveryDate", invoice.delivery_date),
        ansi("SalesInvoiceDueDate", invoice.due_date),
        el("SalesInvoiceReferencenumber", invoice.reference),
        el("SalesInvoiceAmount", total, {"iso4217currencycode": currency.code, "currencyrate": currency.rate}),
        el("ForeignCurrencyAmount", total) if currency != EURO else None,
        el("SalesInvoiceCollectionCost", Decimal("5.00")) if invoice.key % 8 == 1 else None,
        el("SellerIdentifier", f"{seller.first_name} {seller.last_name}", {"type": "name"}),
        el("InvoiceStatus", _TEXTS[request.language].get(machine, machine), {"status": machine}),
        el("InvoiceVoucher", f"{voucher.type.abbreviation} {voucher.number}", {"netvisorkey": voucher.key})
        if voucher
        else None,
        el("SalesInvoiceFreeTextBeforeLines", invoice.free_text),
        el("SalesInvoiceFreeTextAfterLines", "Kiitos tilauksesta!" if invoice.key % 4 == 0 else None),
        el("SalesInvoiceOurReference", f"Myyjä {invoice.salesperson + 1}"),
        el("SalesInvoiceYourReference", f"PO-{invoice.key}" if invoice.key % 5 else None),
        el("SalesInvoicePrivateComment", invoice.private_comment),
        el("SalesInvoiceAgreementIdentifier", "SOP-1" if invoice.key % 5 == 0 else None),
    ]
    return [node for node in found if node is not None]


def _parties(request: Request, invoice: SalesInvoice, customer: Customer | None) -> list[Node]:
    if customer is None:
        return [el("InvoicingCustomerNetvisorKey", invoice.customer_key)]
    contact = customer.contacts > 0
    found: list[Node | None] = [
        el("InvoicingCustomerCode", customer.code),
        el("InvoicingCustomerName", customer.name),
        el("InvoicingCustomerNameExtension", customer.name_extension),
        el("InvoicingCustomerNetvisorKey", customer.key),
        el("InvoicingCustomerOrganizationIdentifier", customer.business_id),
        el("InvoicingCustomerAddressline", customer.street),
        el("InvoicingCustomerAdditionalAddressLine", "PL 1" if customer.key % 4 == 0 else None),
        el("InvoicingCustomerPostnumber", customer.post_number),
        el("InvoicingCustomerTown", customer.town),
        el("InvoicingCustomerCountryCode", "FINLAND", {"ISO-3166": "FI"}),
        el("InvoicingCustomerInCollectionProhibitation", one_zero(customer.key % 9 == 0)),
        el("MatchPartialPaymentsByDefault", _YES_NO[request.language][customer.key % 2]),
        el("DeliveryAddressName", customer.name),
        el("DeliveryAddressLine", customer.street),
        el("DeliveryAddressPostnumber", customer.post_number),
        el("DeliveryAddressTown", customer.town),
        el("DeliveryAddressCountryCode", "FINLAND"),
        el("DeliveryMethod", "Nouto" if invoice.key % 2 else "Kuljetus"),
        el("DeliveryTerm", "Vapaasti varastossa"),
        el("PaymentTermNetDays", invoice.net_days),
        el("PaymentTermCashDiscountDays", 7 if invoice.net_days == 30 else None),
        el("PaymentTermCashDiscount", Decimal(2) if invoice.net_days == 30 else None, {"type": "percentage"}),
        el("WaybillIdentifier", f"RK{invoice.key}" if invoice.key % 4 == 1 else None),
        ansi("DeliveryToCustomerDate", invoice.delivery_date) if invoice.key % 2 else None,
        el("DeliveryToCustomerWeek", str(invoice.delivery_date.isocalendar()[1])) if invoice.key % 2 == 0 else None,
        el("TaxHandlingClause", "Käännetty verovelvollisuus", {"netvisorkey": 3}) if invoice.key % 11 == 0 else None,
        el("DeliveryOfficeIdentifier", customer.offices[0].identifier if customer.offices else None),
        el("ContactPersonNetvisorKey", customer.key * 10) if contact else None,
        el("ContactPersonFirstName", "Contact") if contact else None,
        el("ContactPersonLastName", f"{customer.key}") if contact else None,
        el("ContactPersonPhoneNumber", "040 000 0000") if contact else None,
        el("ContactPersonEmail", f"contact{customer.key}@customer.example") if contact else None,
    ]
    return [node for node in found if node is not None]


def _tail(request: Request, invoice: SalesInvoice) -> list[Node]:
    query = request.query
    company = request.company
    found: list[Node] = []
    if query.get("pdfimage", "lastsentprintservice") != "nopdf":
        found.append(el("LastSentInvoicePDFBase64Data", "JVBERi0xLjQK"))
    if query.get("replyoption", 0) & 16 and invoice.credited_key is not None:
        credited = company.sales_invoice_store.get(invoice.credited_key)
        found.append(el("CreditedInvoiceNetvisorKey", invoice.credited_key))
        found.append(el("CreditedInvoiceNumber", credited.number if credited else None))
    order = company.sales_order_store.get(invoice.order_key) if invoice.order_key else None
    lines = [[_line(line, invoice, order)] for line in invoice.lines]
    if query.get("showcommentlines") and invoice.comment_line:
        lines.insert(1, [group("SalesInvoiceCommentLine", el("Comment", invoice.comment_line))])
    found.append(many("InvoiceLines", lines_in(request, "InvoiceLine", lines)))
    if query.get("includeattachments"):
        found.append(group("SalesInvoiceAttachments", _attachment(invoice)))
    if query.get("includedocuments"):
        found.append(_documents(request, invoice))
    if query.get("showprocesshistory"):
        found.append(group("ProcessHistory", _processed(invoice)))
    return found


def _attachment(invoice: SalesInvoice) -> Node:
    return group(
        "SalesInvoiceAttachment",
        el("MimeType", "application/pdf"),
        el("AttachmentDescription", "Liite & kuitti"),
        el("FileName", f"attachment{invoice.key}.pdf"),
        el("DocumentData", "JVBERi0xLjQK"),
    )


def _processed(invoice: SalesInvoice) -> Node:
    """A line of the history of sending and printing, with the names that clients' code has."""
    return group(
        "ProcessHistoryLine",
        el("ProcessedTimeStamp", minutes(invoice.created), {"format": "ansi"}),
        el("MaterialTypeName", "Lasku"),
        el("UserName", "User 1"),
        el("ProcessChannelName", "Verkkolasku"),
        el("ProcessStatus", "Lähetetty"),
    )


def _documents(request: Request, invoice: SalesInvoice) -> Node:
    """The linked orders of an invoice, the linked invoices of an order."""
    company = request.company
    linked: list[Node] = []
    order = company.sales_order_store.get(invoice.order_key) if invoice.order_key else None
    if order is not None:
        linked.append(group("SalesOrder", el("NetvisorKey", order.key), el("OrderNumber", order.number)))
    for key in invoice.invoice_keys:
        bill = company.sales_invoice_store.get(key)
        if bill is not None:
            linked.append(group("SalesInvoice", el("NetvisorKey", bill.key), el("InvoiceNumber", bill.number)))
    return many("Documents", linked)


def _line(line: SalesLine, invoice: SalesInvoice, order: SalesInvoice | None) -> Node:
    stocked = line.unit == "kpl"
    return group(
        "SalesInvoiceProductLine",
        el("NetvisorKey", line.key),
        el("productidentifier", line.product_code, {"type": "customer"}),
        el("ProductName", line.product_name),
        el("ProductNetvisorKey", line.product_key),
        el("ProductUnitPrice", line.in_currency.price),
        el("ProductPurchasePrice", line.purchase_price),
        el("ProductVatPercentage", line.vat_percent, {"vatcode": "KOMY" if line.vat_percent else "NONE"}),
        el("ProductPrimaryEanCode", line.ean),
        el("ProductSecondaryEanCode", f"0{line.ean[:-1]}" if line.key % 3 == 0 else None),
        el("SalesInvoiceProductLineQuantity", line.quantity),
        el("SalesInvoiceProductLineUnit", line.unit),
        ansi("SalesInvoiceProductLineDeliveryDate", invoice.delivery_date) if line.key % 2 else None,
        el("SalesInvoiceProductLineDiscountPercentage", line.discount),
        el("SalesInvoiceProductLineFreeText", line.text),
        el("SalesInvoiceProductLineVatSum", line.in_currency.vat.quantize(Decimal("0.0001"))),
        el("SalesInvoiceProductLineSum", line.in_currency.net + line.in_currency.vat),
        el("SalesInvoiceProductLineInventoryID", WAREHOUSES[0].key) if stocked else None,
        el("SalesInvoiceProductLineInventoryName", WAREHOUSES[0].name) if stocked else None,
        el("AccountingAccountSuggestion", ACCOUNTS[line.account].key),
        el("AccountingAccountSuggestionAccountNumber", line.account),
        *(group("Dimension", el("DimensionName", tag.dimension), el("DimensionItem", tag.item)) for tag in line.tags),
        el("ProvisionPercentage", Decimal("2.5") if line.key % 2 else None),
        el("OrderNumber", order.number) if order else None,
    )
