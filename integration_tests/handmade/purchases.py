"""Purchases, vendors and their payments."""

from __future__ import annotations

from typing import Any

from integration_tests.handmade.case import Case, Query, reply

PAYMENTS = reply(
    "<PaymentList><Payment><NetvisorKey>31</NetvisorKey><PayerName>Example Company Oy</PayerName><Date>7.2.2026</Date>"
    "<HomeCurrencySum>-1,5</HomeCurrencySum><ForeignCurrencySum/><Reference>001</Reference><InvoiceKey>165</InvoiceKey>"
    "<InvoiceNumber>A-1</InvoiceNumber><InvoiceURI>getpurchaseinvoice.nv?netvisorkey=165</InvoiceURI><VoucherKey/>"
    "<VoucherNumber>5</VoucherNumber></Payment></PaymentList>"
)


def invoice_case(name: str, key: str, list_key: str, dimensions: str, wrapper: str) -> Case:
    """A purchase invoice whose key is spelt in one of the ways of the sources."""
    invoice = (
        f"<PurchaseInvoice><{key}>165</{key}><PurchaseInvoiceNumber>A-1</PurchaseInvoiceNumber>"
        '<PurchaseInvoiceDate format="ansi">2026-01-05</PurchaseInvoiceDate><PurchaseInvoiceEventDate/>'
        "<PurchaseInvoiceReferencenumber>0012</PurchaseInvoiceReferencenumber>"
        "<IsPurchaseInvoiceVendorBankAccountDeleted>False</IsPurchaseInvoiceVendorBankAccountDeleted>"
        "<PurchaseInvoiceAmount>1 244,00</PurchaseInvoiceAmount><ForeignCurrencyAmount/>"
        "<InvoiceStatus>Avoin</InvoiceStatus><ApprovalStatus>open</ApprovalStatus>"
        "<VendorNetvisorKey>6</VendorNetvisorKey><VendorName>Vendor 6 Oy</VendorName><IsAccounted>True</IsAccounted>"
        "<InvoiceLines><PurchaseInvoiceLine><NetvisorKey>1</NetvisorKey><LineSum>1244</LineSum>"
        "<UnitPrice>1,123456789012</UnitPrice><VatPercent>25,5</VatPercent><OrderedAmount></OrderedAmount>"
        "<AccountingSuggestionBookkeepingAccountNetvisorKey>\r\n      77\r\n      "
        f"</AccountingSuggestionBookkeepingAccountNetvisorKey>{dimensions}</PurchaseInvoiceLine></InvoiceLines>"
        "<LinkedPurchaseOrders><PurchaseOrder><OrderNumber>3</OrderNumber><NetvisorKey>9</NetvisorKey>"
        "</PurchaseOrder></LinkedPurchaseOrders></PurchaseInvoice>"
    )
    line: dict[str, Any] = {
        "netvisor_key": 1, "line_number": 1, "line_sum": 1244, "unit_price": 1.123456789012, "vat_percent": 25.5,
        "accounting_suggestion_bookkeeping_account_netvisor_key": 77,
    }  # fmt: skip
    if dimensions:
        line["dimensions"] = [
            {"dimension_name": "Cost centre", "dimension_name_netvisor_key": 1, "dimension_detail_name": "P001 Web",
             "dimension_detail_netvisor_key": 11},
        ]  # fmt: skip
    return Case(
        name,
        {
            "purchaseinvoicelist.nv": reply(
                f"<PurchaseInvoiceList><PurchaseInvoice><{list_key}>165</{list_key}><InvoiceNumber>A-1</InvoiceNumber>"
                "<InvoiceDate/><Vendor>Vendor 6 Oy</Vendor><VendorOrganizationIdentifier/><Sum>1244,00</Sum>"
                "<Payments>0</Payments><OpenSum>1244</OpenSum></PurchaseInvoice></PurchaseInvoiceList>"),
            "getpurchaseinvoice.nv": reply(wrapper.format(invoice)),
            "paymentlist.nv": reply("<PaymentList/>"),
        },
        {
            "purchase_invoices": [
                {"netvisor_key": 165, "invoice_number": "A-1", "vendor": "Vendor 6 Oy", "sum": 1244, "payments": 0,
                 "open_sum": 1244},
            ],
            "purchase_invoice_details": [
                {"netvisor_key": 165, "purchase_invoice_number": "A-1", "purchase_invoice_date": "2026-01-05",
                 "purchase_invoice_reference_number": "0012",
                 "is_purchase_invoice_vendor_bank_account_deleted": False, "purchase_invoice_amount": 1244,
                 "invoice_status": "Avoin", "approval_status": "open", "vendor_netvisor_key": 6,
                 "vendor_name": "Vendor 6 Oy", "is_accounted": True, "purchase_invoice_lines": [line],
                 "purchase_orders": [{"order_number": "3", "netvisor_key": 9}]},
            ],
            "purchase_invoice_lines": [
                {**line, "invoice_netvisor_key": 165, "invoice_number": "A-1", "invoice_date": "2026-01-05",
                 "invoice_status": "Avoin", "vendor_netvisor_key": 6, "vendor_name": "Vendor 6 Oy"},
            ],
        },
    )  # fmt: skip


LINE_DIMENSIONS = (
    "<PurchaseInvoiceLineDimensions><Dimension><DimensionName>Cost centre</DimensionName>"
    "<DimensionNameNetvisorKey>1</DimensionNameNetvisorKey><DimensionDetailName>P001 Web</DimensionDetailName>"
    "<DimensionDetailNetvisorKey>11</DimensionDetailNetvisorKey></Dimension></PurchaseInvoiceLineDimensions>"
)
ORDER = (
    "<PurchaseOrder><NetvisorKey>9</NetvisorKey><OrderNumber>3</OrderNumber>"
    '<OrderStatus deliverystatus="undelivered">approved</OrderStatus><OrderDate format="ansi">2026-1-1</OrderDate>'
    '<VendorName>Vendor 6 Oy</VendorName><VendorCountry type="ISO-3166">FI</VendorCountry>'
    '<Amount currencycode="EUR" type="ISO-4217">1000,34</Amount><PurchaseOrderLines><PurchaseOrderProductLine>'
    '<NetvisorKey>1</NetvisorKey><ProductCode netvisorkey="5">007</ProductCode><OrderedAmount>2</OrderedAmount>'
    '<ProductQuality netvisorkey="3"><QualityDescription>Scratched</QualityDescription></ProductQuality>'
    "</PurchaseOrderProductLine><PurchaseOrderCommentLine>{comment}</PurchaseOrderCommentLine>"
    "<LinkedPurchaseInvoices><PurchaseInvoice><InvoiceNumber>A-1</InvoiceNumber><NetvisorKey>165</NetvisorKey>"
    "</PurchaseInvoice></LinkedPurchaseInvoices></PurchaseOrderLines></PurchaseOrder>"
)
ORDER_LINE = {
    "netvisor_key": 1, "line_number": 1, "product_code": "007", "product_code_netvisor_key": 5, "ordered_amount": 2,
    "product_quality_netvisor_key": 3, "quality_description": "Scratched",
}  # fmt: skip


def order_case(name: str, comment: str, comments: list[dict[str, Any]]) -> Case:
    return Case(
        name,
        {
            "purchaseorderlist.nv": reply(
                "<PurchaseOrderList><PurchaseOrder><NetvisorKey>9</NetvisorKey><OrderNumber>3</OrderNumber>"
                '<OrderDate format="ansi">2026-01-01</OrderDate><Amount>1000,34</Amount></PurchaseOrder>'
                "</PurchaseOrderList>"),
            "getpurchaseorder.nv": reply(ORDER.format(comment=comment)),
        },
        {
            "purchase_orders": [
                {"netvisor_key": 9, "order_number": "3", "order_date": "2026-01-01", "amount": 1000.34}
            ],
            "purchase_order_details": [
                {"netvisor_key": 9, "order_number": "3", "order_status": "approved",
                 "order_status_delivery_status": "undelivered", "order_date": "2026-01-01",
                 "vendor_name": "Vendor 6 Oy", "vendor_country": "FI", "amount": 1000.34,
                 "amount_currency_code": "EUR", "purchase_order_product_lines": [ORDER_LINE],
                 "purchase_order_comment_lines": comments,
                 "purchase_invoices": [{"invoice_number": "A-1", "netvisor_key": 165}]},
            ],
            "purchase_order_lines": [
                {**ORDER_LINE, "order_netvisor_key": 9, "order_number": "3", "order_date": "2026-01-01",
                 "order_status": "approved", "vendor_name": "Vendor 6 Oy"},
            ],
        },
    )  # fmt: skip


def vendor(key: int) -> str:
    return (
        f"<Vendor><NetvisorKey>{key}</NetvisorKey><VendorBaseInformation><Code/><Name>Vendor {key} Oy</Name>"
        '<PostCode>00100</PostCode><Country type="ISO-3166">FI</Country><VendorBankAccounts>'
        "<VendorDomesticBankAccounts><VendorDomesticBankAccount><NetvisorKey>2</NetvisorKey>"
        "<IBAN>FI2112345600000785</IBAN><IsDefault>1</IsDefault></VendorDomesticBankAccount>"
        "</VendorDomesticBankAccounts><VendorForeignBankAccounts/></VendorBankAccounts></VendorBaseInformation>"
        "<VendorContactDetails><Email>vendor@example.invalid</Email></VendorContactDetails>"
        "<VendorAdditionalInformation><DefaultVatPercent>25,5</DefaultVatPercent><VendorAccountingAccounts>"
        "<VendorAccountingAccount><AccountNumber>4000</AccountNumber><IsDefault>True</IsDefault>"
        "</VendorAccountingAccount></VendorAccountingAccounts></VendorAdditionalInformation></Vendor>"
    )


def vendor_record(key: int) -> dict[str, Any]:
    return {
        "netvisor_key": key, "name": f"Vendor {key} Oy", "post_code": "00100", "country": "FI",
        "vendor_domestic_bank_accounts": [{"netvisor_key": 2, "iban": "FI2112345600000785", "is_default": True}],
        "email": "vendor@example.invalid", "default_vat_percent": 25.5,
        "vendor_accounting_accounts": [{"account_number": "4000", "is_default": True}],
    }  # fmt: skip


SPELT = {
    "is_partial_vat_reduce_privileged": True,
    "vendor_foreign_bank_accounts": [{"netvisor_key": 3, "include_address_in_foreign_payments": False}],
}


def misspelt(xml: str, address: str = "Address", reduce: str = "Reduce") -> str:
    """With the two fields that two clients spell differently."""
    flag, other = f"Include{address}InForeignPayments", f"IsPartialVat{reduce}Privileged"
    account = f"<NetvisorKey>3</NetvisorKey><{flag}>0</{flag}>"
    xml = xml.replace(
        "<VendorForeignBankAccounts/>",
        f"<VendorForeignBankAccounts><VendorForeignBankAccount>{account}</VendorForeignBankAccount>"
        "</VendorForeignBankAccounts>",
    )
    return xml.replace("<DefaultVatPercent>", f"<{other}>1</{other}><DefaultVatPercent>")


def every_page_names_a_second_one(query: Query) -> str:
    """A row that moved from the first page to the second while they were read."""
    return reply("<Vendors>" + (vendor(6) if "page" not in query else vendor(6) + vendor(7)) + "</Vendors>")


CASES = [
    invoice_case("purchase invoices", "PurchaseInvoiceNetvisorKey", "NetvisorKey", LINE_DIMENSIONS, "{}"),
    invoice_case(
        "purchase invoices: the manual's misprint, the old list's spelling", "PurhaseInvoiceNetvisorKey", "netvisorKey",
        "", "<PurchaseInvoices>{}</PurchaseInvoices>",
    ),
    invoice_case(
        "purchase invoices: another client's name for the item's key", "PurchaseInvoiceNetvisorKey", "NetvisorKey",
        LINE_DIMENSIONS.replace("DimensionDetailNetvisorKey", "DimensionDetailNameNetvisorKey"), "{}",
    ),
    order_case("purchase orders", "<NetvisorKey>2</NetvisorKey><Comment>Urgent</Comment>",
               [{"netvisor_key": 2, "comment": "Urgent"}]),
    order_case("purchase orders: old comment lines", "Urgent", [{"comment": "Urgent"}]),
    Case(
        "purchase payments with Finnish dates",
        {"paymentlist.nv": PAYMENTS},
        {"purchase_payments": [
            {"netvisor_key": 31, "payer_name": "Example Company Oy", "date": "2026-02-07", "home_currency_sum": -1.5,
             "reference": "001", "invoice_key": 165, "invoice_number": "A-1",
             "invoice_uri": "getpurchaseinvoice.nv?netvisorkey=165", "voucher_number": 5},
        ]},
    ),
    Case("one vendor, bare", {"getvendor.nv": reply(vendor(6))}, {"vendors": [vendor_record(6)]}),
    Case(
        "a vendor in the spelling of one client",
        {"getvendor.nv": reply(misspelt(vendor(6)))},
        {"vendors": [{**vendor_record(6), **SPELT}]},
    ),
    Case(
        "a vendor in the spelling of another client",
        {"getvendor.nv": reply(misspelt(vendor(6), "Addresss", "Reduced"))},
        {"vendors": [{**vendor_record(6), **SPELT}]},
    ),
    Case(
        "vendors on two pages, of which the second repeats a row",
        {"getvendor.nv": every_page_names_a_second_one},
        {"vendors": [vendor_record(6), vendor_record(7)]},
        {"X-Netvisor-Pagination-Next-Page": "2", "X-Netvisor-Pagination-Limit": "100"},
    ),
    Case("no vendors", {"getvendor.nv": reply("<Vendors/>")}, {"vendors": []}),
    Case(
        "circulation lists and qualities of products",
        {
            "getcirculationlists.nv": reply(
                "<CirculationLists><CirculationList><NetvisorKey>1</NetvisorKey><Name>List 1</Name>"
                "<IsDefault>true</IsDefault><IsForced>false</IsForced>"
                "<LastEditTimeStamp>2026-01-05T10:00:00.123</LastEditTimeStamp><Verifiers><FactualVerifier>"
                "<Name>User 1</Name><Order>1</Order><IsMainFactualVerifier>true</IsMainFactualVerifier>"
                "</FactualVerifier><FactualVerifier><Name>User 2</Name></FactualVerifier><Approver><Name>User 3</Name>"
                "</Approver></Verifiers></CirculationList></CirculationLists>"),
            "getproductqualitylist.nv": reply(
                "<ProductQualities><ProductQuality><NetvisorKey>3</NetvisorKey><Name>Scratched</Name>"
                "<IsQualityDeviation>True</IsQualityDeviation></ProductQuality></ProductQualities>"),
        },
        {
            "circulation_lists": [
                {"netvisor_key": 1, "name": "List 1", "is_default": True, "is_forced": False,
                 "last_edit_time_stamp": "2026-01-05T10:00:00.123000+02:00",
                 "factual_verifiers": [
                     {"name": "User 1", "order": 1, "is_main_factual_verifier": True}, {"name": "User 2"}],
                 "approver_name": "User 3"},
            ],
            "product_qualities": [{"netvisor_key": 3, "name": "Scratched", "is_quality_deviation": True}],
        },
    ),
]  # fmt: skip
