"""getvendor.nv: vendors, list and details at once, 500 a page (77000554209, 769730)."""

from __future__ import annotations

from functools import partial

from ..company.parties import Vendor, account_name
from ..resource import Parameter, Reply, Request, Resource
from .details import asked_keys, details, enclosed
from .markup import Node, capital, el, group, many, one_zero
from .windows import changed, invalid

PAGE = 500


def _answer(request: Request) -> Reply:
    query = request.query
    if "netvisorkey" in query or "netvisorkeylist" in query:
        keys = asked_keys(request, "netvisorkey", "netvisorkeylist")
        find = request.company.vendor_store.get
        refused = "Toimittajaa ei löydy, netvisorkey"
        return details(request, keys, "Vendors", "Vendor", find, _vendor, refused, strict=True)
    if "changedsince" not in query:
        raise invalid("One of netvisorkey, netvisorkeylist or changedsince is required")
    page = query.get("page", 1)
    if page < 1:
        raise invalid("page starts from 1")
    found = [one for one in request.company.vendors() if changed(request, one, query["changedsince"])]
    shown = found[(page - 1) * PAGE : page * PAGE]
    reply = enclosed(request, "Vendors", map(_vendor, shown), bare=len(shown) == 1)
    reply.headers["X-Netvisor-Pagination-Current-Page"] = str(page)
    reply.headers["X-Netvisor-Pagination-Limit"] = str(PAGE)
    if page > 1:
        reply.headers["X-Netvisor-Pagination-Previous-Page"] = str(page - 1)
    if len(found) > page * PAGE:
        reply.headers["X-Netvisor-Pagination-Next-Page"] = str(page + 1)
    return reply


def _vendor(vendor: Vendor) -> Node:
    key = vendor.key
    return group(
        "Vendor",
        el("NetvisorKey", key),
        group(
            "VendorBaseInformation",
            el("Code", vendor.code),
            el("Name", vendor.name),
            el("Address", vendor.street),
            el("PostCode", vendor.post_number),
            el("City", vendor.town),
            el("Country", vendor.country, {"type": "ISO-3166"}),
            el("OrganizationId", vendor.business_id),
            el("GroupName", vendor.group_name),
            group(
                "VendorBankAccounts",
                many("VendorDomesticBankAccounts", map(partial(_domestic, vendor), () if vendor.foreign else (0, 1))),
                many("VendorForeignBankAccounts", map(partial(_foreign, vendor), (0,) if vendor.foreign else ())),
            ),
        ),
        group(
            "VendorContactDetails",
            el("PhoneNumber", "010 000 0000"),
            el("Email", f"office{key}@vendor.example"),
            el("FaxNumber", "010 000 0001" if key % 3 == 0 else None),
            el("ContactPersonName", f"Contact {key}"),
            el("ContactPersonPhoneNumber", "040 000 0000"),
            el("ContactPersonEmail", f"contact{key}@vendor.example"),
            el("HomePage", "https://vendor.example"),
            el("Comment", vendor.comment),
        ),
        group(
            "VendorAdditionalInformation",
            el("DefaultVatPercent", vendor.vat),
            el("IsPartialVatReducePrivileged", one_zero(key % 4 == 0)),
            el("PaymentTerm", vendor.payment_days),
            many(
                "VendorDimensions",
                (
                    group("Dimension", el("DimensionName", tag.dimension), el("DimensionItem", tag.item))
                    for tag in vendor.tags
                ),
            ),
            group(
                "VendorAccountingAccounts",
                group(
                    "VendorAccountingAccount",
                    el("AccountNumber", vendor.account),
                    el("AccountName", account_name(vendor.account)),
                    el("IsDefault", "True"),
                ),
            ),
            group(
                "VendorAcceptanceDetails",
                group(
                    "VendorAcceptanceDetail",
                    el("AcceptanceName", "Kierrätyslista 11 & sijaiset"),
                    el("IsDefault", capital(key % 2 == 0)),
                    el("IsForced", capital(key % 3 == 0)),
                ),
            ),
        ),
    )


def _domestic(vendor: Vendor, number: int) -> Node:
    return group(
        "VendorDomesticBankAccount",
        el("NetvisorKey", vendor.key * 10 + number),
        el("IBAN", f"FI00{vendor.key * 10 + number:014d}"),
        el("BankName", "Pankki & Säästö"),
        el("IsDefault", one_zero(number == 0)),
    )


def _foreign(vendor: Vendor, number: int) -> Node:
    return group(
        "VendorForeignBankAccount",
        el("NetvisorKey", vendor.key * 10 + 5 + number),
        el("BBAN", f"{vendor.key:010d}"),
        el("BicSwift", "CCCCSESS"),
        el("BankName", "Banken"),
        el("ClearingCode", "SE"),
        el("ClearingNumber", "0000"),
        el("BankAddress", "Gatan 1"),
        el("Country", "SE"),
        el("CurrencyCode", "SEK"),
        el("IsDefault", "1"),
        el("IncludeAddressInForeignPayments", one_zero(vendor.key % 4 == 0)),
    )


VENDORS = Resource(
    "getvendor.nv",
    (
        Parameter("netvisorkey", "int"),
        Parameter("netvisorkeylist", "ints"),
        Parameter("changedsince", "datetime"),
        Parameter("page", "int"),
    ),
    _answer,
)
