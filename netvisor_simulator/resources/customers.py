"""Customers: customerlist.nv and getcustomer.nv (77000554179, 77000554180)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from ..company.dimensions import CENTRE_TAGS
from ..company.parties import Customer, Office
from ..company.terms import PAYMENT_TERMS, SALES_PERSONNEL
from ..resource import Parameter, Reply, Request, Resource
from .details import asked_keys, details
from .markup import Node, el, group, listed, many, one_zero
from .windows import changed, invalid


def _list(request: Request) -> Reply:
    """customerlist.nv: a keyword makes it ignore changedsince."""
    return Reply(listed(request, "Customerlist", (_row(one) for one in _chosen(request))))


def _chosen(request: Request) -> Iterator[Customer]:
    query = request.query
    codes = query["customercodelist"].split(",") if "customercodelist" in query else None
    for customer in request.company.customers():
        if "keyword" in query:
            told = f"{customer.name} {customer.code} {customer.business_id} {customer.name_extension}".lower()
            if query["keyword"].lower() not in told:
                continue
        elif not changed(request, customer, query.get("changedsince")):
            continue
        if codes is not None and customer.code not in codes:
            continue
        if query.get("emailkeyword", "") in _email(customer):
            yield customer


def _email(customer: Customer) -> str:
    return f"office{customer.key}@customer.example"


def _row(customer: Customer) -> Node:
    return group(
        "Customer",
        el("Netvisorkey", customer.key),
        el("Name", customer.name),
        el("Code", customer.code),
        el("OrganisationIdentifier", customer.business_id),
        el("CustomerGroupID", customer.group_key),
        el("CustomerGroupName", customer.group_name),
        el("Uri", f"https://netvisor.examplegetcustomer.nv?id={customer.key}"),
    )


def _details(request: Request) -> Reply:
    """getcustomer.nv: an unknown id that stands alone is refused."""
    keys = asked_keys(request, "id", "idlist")
    find = request.company.customer_store.get
    option = request.query.get("replyoption", 0)
    if option & (option - 1) and request.assumptions.summed_reply_options == "refused":
        raise invalid("replyoption is one of 1, 2, 4, 8")
    refused = "Customer not found with Netvisor identifier:"
    return details(request, keys, "Customers", "Customer", find, partial(_customer, request), refused)


def _customer(request: Request, customer: Customer) -> Node:
    grouped = customer.group_key is not None
    return group(
        "Customer",
        group(
            "CustomerBaseInformation",
            el("NetvisorKey", customer.key),
            el("InternalIdentifier", customer.code),
            el("ExternalIdentifier", customer.business_id),
            el("OrganizationUnitNumber", f"0037{customer.business_id.replace('-', '')}")
            if customer.business_id
            else None,
            el("CustomerGroupNetvisorKey", customer.group_key) if grouped else None,
            el("CustomerGroupName", customer.group_name) if grouped else None,
            el("Name", customer.name),
            el("NameExtension", customer.name_extension),
            el("StreetAddress", customer.street),
            el("AdditionalStreetAddress", "PL 1" if customer.key % 4 == 0 else None),
            el("City", customer.town),
            el("PostNumber", customer.post_number),
            el("Country", "FI", {"type": "ISO-3166"}),
            el("PhoneNumber", "010 000 0000"),
            el("FaxNumber", "010 000 0001" if customer.key % 5 == 0 else None),
            el("Email", _email(customer)),
            el("EmailInvoicingAddress", f"invoices{customer.key}@customer.example" if customer.key % 2 else None),
            el("HomePageUri", "https://customer.example" if customer.key % 3 else None),
            el("IsActive", one_zero(customer.active)),
            el("IsPrivateCustomer", one_zero(customer.private)),
        ),
        group(
            "CustomerFinvoiceDetails",
            el("FinvoiceAddress", f"0037{customer.key:08d}"),
            el("FinvoiceRouterCode", "AAAAFIHH"),
        ),
        group(
            "CustomerDeliveryDetails",
            el("DeliveryName", customer.name),
            el("DeliveryStreetAddress", customer.street),
            el("DeliveryCity", customer.town),
            el("DeliveryPostNumber", customer.post_number),
            el("DeliveryCountry", "FI", {"type": "ISO-3166"}),
        ),
        group(
            "CustomerContactDetails",
            el("ContactPerson", f"Contact {customer.key}"),
            el("ContactPersonEmail", f"contact{customer.key}@customer.example"),
            el("ContactPersonPhone", "040 000 0000"),
        ),
        many("CustomerContactPersons", (_contact(customer, number) for number in range(customer.contacts))),
        *(_office(customer, office) for office in customer.offices),
        _additional(request, customer),
    )


def _contact(customer: Customer, number: int) -> Node:
    return group(
        "CustomerContactPerson",
        el("ContactPersonID", customer.key * 10 + number),
        el("ContactPersonFirstName", "Contact"),
        el("ContactPersonLastName", f"{customer.key}-{number + 1}"),
        el("ContactPersonPhoneNumber", "040 000 0000"),
        el("ContactPersonEmail", f"contact{customer.key}.{number}@customer.example"),
        el("ContactPersonOfficeNetvisorKey", customer.offices[0].key if customer.offices else None),
    )


def _office(customer: Customer, office: Office) -> Node:
    address = (
        el("StreetAddress", customer.street),
        el("PostNumber", customer.post_number),
        el("City", customer.town),
        el("Country", "FI"),
    )
    return group(
        "CustomerOfficeDetails",
        el("OfficeNetvisorKey", office.key),
        el("OfficeName", office.name),
        el("OfficePhoneNumber", "010 000 0002"),
        el("OfficeTelefaxNumber", "010 000 0003"),
        el("OfficeIdentifier", office.identifier),
        group("OfficeContactAddress", *address),
        group("OfficeVisitAddress", *address),
        group(
            "OfficeFinvoiceDetails",
            el("FinvoiceAddress", f"0037{office.key:08d}"),
            el("FinvoiceRouterCode", "BBBBFIHH"),
        ),
    )


def _additional(request: Request, customer: Customer) -> Node:
    key = customer.key
    term = PAYMENT_TERMS[key % len(PAYMENT_TERMS)]
    seller = SALES_PERSONNEL[key % len(SALES_PERSONNEL)]
    tag = CENTRE_TAGS[key % len(CENTRE_TAGS)]
    dimension = group(
        "Dimension",
        el("DimensionName", tag.dimension, {"netvisorkey": tag.dimension_key}),
        el("DimensionItem", tag.item, {"netvisorkey": tag.item_key}),
    )
    return group(
        "CustomerAdditionalInformation",
        el("Comment", customer.comment),
        el("CustomerAgreementIdentifier", "SOP-1" if key % 6 == 0 else None),
        el("ReferenceNumber", f"{key}7"),
        el("UseCreditorReferenceNumber", one_zero(key % 2 == 0)),
        el("YourDefaultReference", "Ostot & hankinta" if key % 3 == 0 else None),
        el("DefaultTextBeforeInvoiceLines", "Hei!" if key % 4 == 0 else None),
        el("DefaultTextAfterInvoiceLines", "Terveisin" if key % 4 == 1 else None),
        el("DefaultPaymentTerm", term.description, {"NetvisorKey": term.key}),
        el("TaxHandlingType", "countrygroup" if key % 2 else "notaxhandling"),
        el("BalanceLimit", Decimal("5000.00") if key % 3 else None),
        el("DefaultSalesPerson", f"{seller.first_name} {seller.last_name}"),
        el("DiscountPercentage", Decimal("2.5")) if key % 5 == 0 else None,
        el("PriceGroup", "Tukku") if key % 5 == 1 else None,
        el("FactoringAccount", "Rahoitus", {"netvisorkey": 5}) if key % 7 == 0 else None,
        el("InvoicingLanguage", "FI", {"type": "ISO-3166"}),
        el("EuStandardFinvoice", one_zero(key % 3 == 0)),
        el("InCollectionProhibition", one_zero(key % 9 == 0)),
        many("CustomerDimensions", (dimension,) if key % 2 else ()),
        _asked_for(request, key),
    )


def _asked_for(request: Request, key: int) -> Node | None:
    """What replyoption adds: a sum of 1 (turnover), 2 (automation rule), 4 (custom tags) and 8 (buyer's service code).

    The documents name these and show the structure of the first. This simulator puts the others beside it, and gives a
    tag the names that it has where tags are written.
    """
    option = request.query.get("replyoption", 0)
    days, deviation = Decimal(key % 40).quantize(Decimal("0.1")), Decimal(key % 7 - 3)
    figures = group("ReceivablesManagement", el("TurnoverDays", days), el("TurnoverDeviation", deviation))
    tag = group("Tag", el("TagName", "Alue"), el("TagValue", "Etelä & Länsi", {"type": "text"}))
    parts = [
        figures if option & 1 else None,
        el("AutomationRule", "Muistutus 14 pv") if option & 2 and key % 2 else None,
        many("CustomTags", (tag,) if key % 3 else ()) if option & 4 else None,
        el("BuyerServiceCode", f"BSC{key}") if option & 8 and key % 4 else None,
    ]
    return group("AdditionalInformation", *parts) if option else None


CUSTOMERS: list[Resource] = [
    Resource(
        "customerlist.nv",
        (
            Parameter("keyword", "text"),
            Parameter("changedsince", "datetime"),
            Parameter("customercodelist", "text", max_items=100),
            Parameter("emailkeyword", "text"),
        ),
        _list,
    ),
    Resource(
        "getcustomer.nv",
        (
            Parameter("id", "int"),
            Parameter("idlist", "ints", max_items=500),
            Parameter("replyoption", "int", choices=tuple(range(1, 16))),
        ),
        _details,
    ),
]
