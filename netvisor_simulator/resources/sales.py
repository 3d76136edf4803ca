"""Sales: lists of invoices and orders, payments, payment terms, sales personnel and contract invoicing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from ..company.sales import EURO, NO_INVOICE, SalesInvoice, SalesPayment
from ..company.terms import BANK_ACCOUNTS, BASKETS, PAYMENT_TERMS, SALES_PERSONNEL, Basket
from ..resource import Parameter, Reply, Request, Resource
from .markup import ANSI, Node, ansi, el, finnish, finnish_time, group, listed, many, one_zero
from .sales_details import DETAIL_PARAMETERS, answer_invoices, answer_orders
from .sales_status import STATUSES, status_of
from .windows import after, before, dated, invalid, modified, window


def _invoice_list(request: Request) -> Reply:
    """salesinvoicelist.nv (77000554148, 769716): invoices, or orders with listtype=preinvoice.

    The service basket of replyoption 16 adds nothing: its elements are not documented.
    """
    query = request.query
    if "includemodifiedpayments" in query and not {"lastmodifiedstart", "lastmodifiedend"} <= set(query):
        raise invalid("includemodifiedpayments requires lastmodifiedstart and lastmodifiedend")
    if query.get("replyoption", 0) not in (0, 1, 2, 3, 16, 17, 18, 19):
        raise invalid("replyoption is a sum of 1, 2 and 16")
    chosen: Iterator[SalesInvoice] = _chosen(request)
    if request.assumptions.list_cap:
        chosen = islice(chosen, request.assumptions.list_cap)
    return Reply(listed(request, "SalesInvoiceList", (_invoice(request, invoice) for invoice in chosen)))


def _chosen(request: Request) -> Iterator[SalesInvoice]:
    query = request.query
    company = request.company
    orders = query.get("listtype") == "preinvoice"
    store = company.sales_order_store if orders else company.sales_invoice_store
    above = query.get("invoicesabovenetvisorkey")
    repaid = _repaid(request) if query.get("includemodifiedpayments") and not orders else set()
    cycles = window(request, "begininvoicedate", "endinvoicedate")
    if cycles is not None and repaid:
        places = (store.index(key) for key in repaid)
        cycles = sorted({*cycles, *(place // 2 for place in places if place is not None)})
    within = dated(request, "begininvoicedate", "endinvoicedate")
    for invoice in store.living(cycles):
        if above is not None and invoice.key <= above:
            continue
        if not within(invoice.date) or not (modified(request, invoice) or invoice.key in repaid):
            continue
        if _fits(request, invoice):
            yield invoice


def _repaid(request: Request) -> set[int]:
    """Invoices whose payments were added or changed between lastmodifiedstart and lastmodifiedend.

    An invoice that a payment was moved away from has no payment that changed. Whether deleted payments count is the
    assumption `deleted_payment_is_change`.
    """
    start, end = request.query["lastmodifiedstart"], request.query["lastmodifiedend"]
    assumptions = request.assumptions
    store = request.company.sales_payment_store
    moments = [
        (payment.invoice_key, payment.modified or payment.created)
        for payment in store.living(request.company.plan.changed(start))
    ]
    if assumptions.deleted_payment_is_change:
        moments += [(payment.invoice_key, moment) for payment, moment in list(store.deleted.values())]
    return {key for key, moment in moments if after(assumptions, moment, start) and before(assumptions, moment, end)}


def _fits(request: Request, invoice: SalesInvoice) -> bool:
    """The filters other than dates and keys; nothing came in a batch or under an auxiliary business name."""
    query = request.query
    if {"salesinvoicebatchid", "secondname", "secondnamenetvisorkey"} & set(query):
        return False
    if query.get("invoicingcustomercontrycode", "FI") != "FI":
        return False
    if "invoicenumber" in query and str(invoice.number) != query["invoicenumber"]:
        return False
    if "customernetvisorkey" in query and invoice.customer_key != query["customernetvisorkey"]:
        return False
    if "customercode" in query:
        customer = request.company.customer_store.get(invoice.customer_key)
        if customer is None or customer.code != query["customercode"]:
            return False
    wanted = query.get("invoicestatus")
    if wanted is None:
        return True
    status, substatus = status_of(request, invoice)
    return wanted in (status, substatus) or (
        wanted == "overdue" and substatus in ("reminded", "requested", "collected")
    )


def _invoice(request: Request, invoice: SalesInvoice) -> Node:
    company = request.company
    customer = company.customer_store.get(invoice.customer_key)
    status, substatus = status_of(request, invoice)
    attributes: dict[str, Any] = {}
    if substatus:
        attributes = {"substatus": substatus, "isincollection": one_zero(substatus == "collected")}
    total = invoice.total
    unpaid = total if invoice.order else company.open_sum(invoice)
    option = request.query.get("replyoption", 0)
    currency = {"currencycode": invoice.currency.code, "type": "ISO-4217"}
    extra = group(
        "AdditionalInformation",
        el("PrivateComment", invoice.private_comment) if option & 1 else None,
        el("InvoiceCurrencySum", invoice.total_in_currency, currency) if option & 2 else None,
        el("OpenCurrencySum", invoice.converted(unpaid), currency) if option & 2 else None,
    )
    resource = "getorder.nv" if invoice.order else "getsalesinvoice.nv"
    return group(
        "SalesInvoice",
        el("NetvisorKey", invoice.key),
        el("InvoiceNumber", invoice.number),
        ansi("Invoicedate", invoice.date),
        ansi("InvoiceDueDate", invoice.due_date),
        el("InvoiceStatus", status, attributes),
        el("CustomerNetvisorKey", invoice.customer_key),
        el("CustomerCode", customer.code if customer else None),
        el("CustomerName", customer.name if customer else None),
        el("ReferenceNumber", invoice.reference),
        el("InvoiceSum", total),
        el("OpenSum", unpaid),
        el("Uri", f"{resource}?netvisorkey={invoice.key}"),
        extra if option & 3 else None,
    )


def _payment_list(request: Request) -> Reply:
    """salespaymentlist.nv (77000554171, 769725)."""
    if "limitbytype" in request.query and request.assumptions.credit_loss_filter == "refused":
        raise invalid("limitbytype is not known")
    return Reply(listed(request, "SalesPaymentList", (_payment(request, one) for one in _payments(request))))


def _payments(request: Request) -> Iterator[SalesPayment]:
    query = request.query
    within = dated(request, "begindate", "enddate")
    for payment in request.company.sales_payment_store.living(window(request, "begindate", "enddate")):
        if (
            not within(payment.date)
            or not _changed(request, payment)
            or payment.key <= query.get("abovenetvisorkey", 0)
        ):
            continue
        if "invoicenetvisorkey" in query and payment.invoice_key != query["invoicenetvisorkey"]:
            continue
        if "invoicenumber" in query and payment.invoice_number != query["invoicenumber"]:
            continue
        if query.get("searchbyname", "").lower() not in payment.name.lower():
            continue
        linked = query.get("limitlinkedpayments")
        if linked in (None, payment.invoice_key != NO_INVOICE) and _is_of_type(request, payment):
            yield payment


def _is_of_type(request: Request, payment: SalesPayment) -> bool:
    """limitbytype; what Netvisor does with it is the assumption `credit_loss_filter`."""
    wanted = request.query.get("limitbytype")
    if wanted is None or request.assumptions.credit_loss_filter == "ignored":
        return True
    return payment.is_credit_loss is (wanted == "onlycreditloss")


def _changed(request: Request, payment: SalesPayment) -> bool:
    """lastmodified*; every payment has a last modification, which the row shows, so `never_modified` is no matter."""
    query, assumptions = request.query, request.assumptions
    moment = payment.modified or payment.created
    return after(assumptions, moment, query.get("lastmodifiedstart")) and before(
        assumptions, moment, query.get("lastmodifiedend")
    )


def _invoice_key(request: Request, payment: SalesPayment) -> dict[str, int] | None:
    """A client reads an attribute of InvoiceNumber, whose name is not known: here it is the invoice's key."""
    linked = request.assumptions.notation == "seen" and payment.invoice_key != NO_INVOICE
    return {"netvisorkey": payment.invoice_key} if linked else None


def _foreign(request: Request, payment: SalesPayment) -> Decimal | None:
    """What was paid in the currency of an invoice that is not in euros."""
    invoice = request.company.sales_invoice_store.get(payment.invoice_key)
    return None if invoice is None or invoice.currency == EURO else invoice.converted(payment.sum)


def _payment(request: Request, payment: SalesPayment) -> Node:
    bank = next((one for one in BANK_ACCOUNTS if one.account == payment.account), None)
    option = request.query.get("replyoption", 0)
    failed = bank is not None and payment.key % 40 == 7
    archive = f"{payment.key:020d}"
    return group(
        "SalesPayment",
        el("NetvisorKey", payment.key),
        el("Name", payment.name),
        el("Date", finnish(payment.date)),
        el("Sum", payment.sum),
        el("ReferenceNumber", payment.reference),
        el("ForeignCurrencyAmount", _foreign(request, payment)),
        el("InvoiceNumber", payment.invoice_number, _invoice_key(request, payment)),
        el("PaymentAccountName", bank.name if bank else "Luottotappio"),
        el("VoucherID", payment.voucher_key),
        el("LastModifiedTimestamp", finnish_time(payment.modified or payment.created)),
        el("PaymentAccountNumber", bank.iban if bank else None),
        el("PaymentSource", 1 if bank else None),
        el("BankStatus", "FAILED" if failed else "OK") if bank else None,
        el("BankStatusErrorDescription", "Tiliä ei löydy", {"code": "NO_ACCOUNT_FOUND"}) if failed else None,
        group(
            "Bank",
            el("ArchiveIdentifier", archive) if option & 1 else None,
            el("TransactionRecord", f"T10188{archive}{payment.date:%y%m%d}") if option & 2 else None,
        )
        if option and bank
        else None,
    )


def _terms(request: Request) -> Reply:
    """paymenttermlist.nv (77000554168)."""
    rows = (
        group(
            "PaymentTerm",
            el("NetvisorKey", term.key),
            el("Description", term.description),
            el("NetDays", term.net_days),
            el("DiscountDays", term.discount_days),
            el("DiscountPercent", term.discount_percent) if term.discount_percent is not None else None,
            el("IsDefault", one_zero(term.default)),
        )
        for term in PAYMENT_TERMS
    )
    return Reply(listed(request, "PaymentTermList", rows))


def _personnel(request: Request) -> Reply:
    """salespersonnellist.nv (77000554156): the key is an attribute."""
    rows = (
        group(
            "SalesPerson",
            el("FirstName", person.first_name),
            el("LastName", person.last_name),
            el("ProvisionPercent", person.provision),
            attributes={"NetvisorKey": person.key},
        )
        for person in SALES_PERSONNEL
    )
    return Reply(listed(request, "SalesPersonnelList", rows))


def _contracts(request: Request) -> Reply:
    """contractinvoicingreport.nv (77000554166): sums with spaced thousands, dates `dd.MM.yyyy` marked as ansi."""
    year = request.query["year"]
    wanted = request.query.get("collectionnetvisorkey")
    rows = (_basket(request, basket, year) for basket in BASKETS if wanted in (None, basket.key))
    return Reply(listed(request, "ContractInvoicing", rows))


def _basket(request: Request, basket: Basket, year: int) -> Node:
    today = request.now.date()

    def period(month: int) -> Node:
        past = date(year, month, 1) <= today.replace(day=1)
        invoiced, forecast = (basket.monthly, Decimal("0.00")) if past else (Decimal("0.00"), basket.monthly)
        return group(
            "Period",
            el("Month", f"{year}-{month:02d}"),
            el("Invoiced", _spaced(request, invoiced)),
            el("Forecast", _spaced(request, forecast)),
            el("Total", _spaced(request, invoiced + forecast)),
        )

    return group(
        "ServiceCollection",
        el("Name", basket.name, {"Netvisorkey": basket.key}),
        el("BeginDate", basket.begin, {"Format": ANSI["format"]}),
        el("EndDate", basket.end or None),
        el("PeriodInterval", basket.interval, {"Type": "day"}),
        many("Periods", (period(month) for month in range(1, 13))),
    )


def _spaced(request: Request, amount: Decimal) -> str:
    """`14 016,00`; the space is U+00A0 in every other year, since either may occur."""
    space = " " if request.query["year"] % 2 else "\u00a0"
    text = f"{amount:,.2f}".replace(",", space)
    return text if request.assumptions.decimal == "point" else text.replace(".", ",")


_LIST = (
    Parameter("listtype", "text", choices=("preinvoice", "draftandinvoice")),
    Parameter("invoicesabovenetvisorkey", "int"),
    Parameter("begininvoicedate", "date"),
    Parameter("endinvoicedate", "date"),
    Parameter("invoicenumber", "text"),
    Parameter("invoicestatus", "text", choices=STATUSES),
    Parameter("lastmodifiedstart", "date"),
    Parameter("lastmodifiedend", "date"),
    Parameter("customercode", "text"),
    Parameter("customernetvisorkey", "int"),
    Parameter("salesinvoicebatchid", "int"),
    Parameter("secondname", "text"),
    Parameter("secondnamenetvisorkey", "int"),
    Parameter("invoicingcustomercontrycode", "text"),
    Parameter("replyoption", "int"),
    Parameter("includemodifiedpayments", "int", choices=(1,)),
)
SALES: list[Resource] = [
    Resource("salesinvoicelist.nv", _LIST, _invoice_list),
    Resource("getsalesinvoice.nv", DETAIL_PARAMETERS, answer_invoices),
    Resource("getorder.nv", DETAIL_PARAMETERS, answer_orders),
    Resource(
        "salespaymentlist.nv",
        (
            Parameter("abovenetvisorkey", "int"),
            Parameter("begindate", "date"),
            Parameter("enddate", "date"),
            Parameter("searchbyname", "text"),
            Parameter("limitlinkedpayments", "flag"),
            Parameter("limitbytype", "text", choices=("onlycreditloss", "excludecreditloss")),
            Parameter("lastmodifiedstart", "datetime"),
            Parameter("lastmodifiedend", "datetime"),
            Parameter("invoicenetvisorkey", "int"),
            Parameter("invoicenumber", "int"),
            Parameter("replyoption", "int", choices=(1, 2, 3)),
        ),
        _payment_list,
    ),
    Resource("paymenttermlist.nv", (), _terms),
    Resource("salespersonnellist.nv", (), _personnel),
    Resource(
        "contractinvoicingreport.nv",
        (Parameter("year", "int", required=True), Parameter("collectionnetvisorkey", "int")),
        _contracts,
    ),
]
