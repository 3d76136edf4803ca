"""Sales, customers, products and inventory."""

from __future__ import annotations

from typing import Any

from integration_tests.handmade.case import Case, Query, reply

INVOICE_LIST = reply(
    "<SalesInvoiceList><SalesInvoice><NetvisorKey>165</NetvisorKey><InvoiceNumber>0001</InvoiceNumber>"
    '<Invoicedate format="ansi">2026-01-05</Invoicedate><InvoiceDueDate format="ansi">2026-01-19</InvoiceDueDate>'
    '<InvoiceStatus substatus="overdue" isincollection="0">open</InvoiceStatus><CustomerCode/>'
    "<CustomerName>Customer 7 Oy</CustomerName><ReferenceNumber>00 1070</ReferenceNumber>"
    "<InvoiceSum>244,00</InvoiceSum><OpenSum>-244.12</OpenSum><Uri>getsalesinvoice.nv?netvisorkey=165</Uri>"
    '<AdditionalInformation><PrivateComment>note</PrivateComment><InvoiceCurrencySum currencycode="SEK" '
    'type="ISO-4217">2 500,5</InvoiceCurrencySum></AdditionalInformation></SalesInvoice></SalesInvoiceList>'
)
INVOICE_ROW = {
    "netvisor_key": 165, "invoice_number": "0001", "invoice_date": "2026-01-05", "invoice_due_date": "2026-01-19",
    "invoice_status": "open", "invoice_status_substatus": "overdue", "invoice_status_is_in_collection": False,
    "customer_name": "Customer 7 Oy", "reference_number": "00 1070", "invoice_sum": 244, "open_sum": -244.12,
    "uri": "getsalesinvoice.nv?netvisorkey=165", "private_comment": "note", "invoice_currency_sum": 2500.5,
    "invoice_currency_sum_currency_code": "SEK",
}  # fmt: skip

PRODUCT_LINE = (
    "<SalesInvoiceProductLine><NetvisorKey>{key}</NetvisorKey><productidentifier type=\"customer\">007"
    "</productidentifier><ProductName>Product 1</ProductName><ProductUnitPrice>1,123456789012</ProductUnitPrice>"
    '<ProductVatPercentage vatcode="KOMY">25,5</ProductVatPercentage>'
    "<SalesInvoiceProductLineQuantity>2</SalesInvoiceProductLineQuantity>"
    "<SalesInvoiceProductLineSum>244.12</SalesInvoiceProductLineSum>"
    "<Dimension><DimensionName>Cost centre</DimensionName><DimensionItem>P001 Web</DimensionItem></Dimension>"
    "</SalesInvoiceProductLine>"
)  # fmt: skip
COMMENT = "<SalesInvoiceCommentLine><Comment>As agreed</Comment></SalesInvoiceCommentLine>"
INVOICE = (
    "<SalesInvoice><SalesInvoiceNetvisorKey>165</SalesInvoiceNetvisorKey><SalesInvoiceNumber>0001"
    '</SalesInvoiceNumber><SalesInvoiceDate format="ansi">2026-01-05</SalesInvoiceDate><SalesInvoiceEventDate/>'
    "<SalesInvoiceReferencenumber>001070</SalesInvoiceReferencenumber>"
    '<SalesInvoiceAmount iso4217currencycode="EUR" currencyrate="1,1">244.12</SalesInvoiceAmount>'
    '<SellerIdentifier type="name">Seller 1</SellerIdentifier>'
    '<InvoiceStatus status="unsent">Not sent</InvoiceStatus>'
    "<InvoicingCustomerName>Customer 7 Oy</InvoicingCustomerName>"
    "<InvoicingCustomerNetvisorKey>77</InvoicingCustomerNetvisorKey>"
    "<InvoicingCustomerPostnumber>00100</InvoicingCustomerPostnumber>"
    '<InvoicingCustomerCountryCode ISO-3166="FI">Finland</InvoicingCustomerCountryCode>'
    "<MatchPartialPaymentsByDefault>No</MatchPartialPaymentsByDefault>"
    '<PaymentTermCashDiscount type="percentage">2,5</PaymentTermCashDiscount>'
    "<CreditedInvoice><NetvisorKey>3</NetvisorKey><InvoiceNumber>0002</InvoiceNumber></CreditedInvoice>"
    "<InvoiceLines>{lines}</InvoiceLines>"
    "<Documents><SalesOrder><NetvisorKey>88</NetvisorKey><OrderNumber>5</OrderNumber></SalesOrder></Documents>"
    "</SalesInvoice>"
)
INVOICE_HEAD = {
    "netvisor_key": 165, "sales_invoice_number": "0001", "sales_invoice_date": "2026-01-05",
    "sales_invoice_reference_number": "001070", "sales_invoice_amount": 244.12,
    "sales_invoice_amount_iso4217_currency_code": "EUR", "sales_invoice_amount_currency_rate": 1.1,
    "seller_identifier": "Seller 1", "invoice_status": "Not sent", "invoice_status_status": "unsent",
    "invoicing_customer_name": "Customer 7 Oy", "invoicing_customer_netvisor_key": 77,
    "invoicing_customer_post_number": "00100", "invoicing_customer_country_code": "Finland",
    "invoicing_customer_country_code_iso_3166": "FI", "match_partial_payments_by_default": False,
    "payment_term_cash_discount": 2.5, "credited_invoice_netvisor_key": 3, "credited_invoice_number": "0002",
    "sales_orders": [{"netvisor_key": 88, "order_number": "5"}],
}  # fmt: skip
OF_INVOICE = {
    "invoice_netvisor_key": 165, "invoice_number": "0001", "invoice_date": "2026-01-05", "invoice_status": "unsent",
    "invoice_amount_currency": "EUR", "customer_netvisor_key": 77, "customer_name": "Customer 7 Oy",
}  # fmt: skip


def line(key: int, number: int) -> dict[str, Any]:
    return {
        "netvisor_key": key, "line_number": number, "product_identifier": "007", "product_identifier_type": "customer",
        "product_name": "Product 1",
        "product_unit_price": 1.123456789012, "product_vat_percentage": 25.5, "product_vat_percentage_vat_code": "KOMY",
        "sales_invoice_product_line_quantity": 2, "sales_invoice_product_line_sum": 244.12,
        "dimensions": [{"dimension_name": "Cost centre", "dimension_item": "P001 Web"}],
    }  # fmt: skip


def invoice_case(name: str, lines: str, wrapper: str = "{}", root: str = "Root") -> Case:
    """An invoice with two product lines and a comment, however they are wrapped."""
    lines = lines.format(PRODUCT_LINE.format(key=1), PRODUCT_LINE.format(key=2), COMMENT)
    head = {**INVOICE_HEAD, "sales_invoice_product_lines": [line(1, 1), line(2, 2)],
            "sales_invoice_comment_lines": [{"comment": "As agreed"}]}  # fmt: skip
    return Case(
        name,
        {
            "salesinvoicelist.nv": INVOICE_LIST,
            "getsalesinvoice.nv": reply(wrapper.format(INVOICE.format(lines=lines)), root),
        },
        {
            "sales_invoices": [INVOICE_ROW],
            "sales_invoice_details": [head],
            "sales_invoice_lines": [{**line(1, 1), **OF_INVOICE}, {**line(2, 2), **OF_INVOICE}],
        },
    )


def contracts(query: Query) -> str:
    """A basket whose forecast is for 2026."""
    if query["year"] != "2026":
        return reply("<ContractInvoicing/>")
    return reply(
        '<ContractInvoicing><ServiceCollection><Name Netvisorkey="8">Basket 8</Name>'
        '<BeginDate Format="ansi">01.04.2022</BeginDate><EndDate/><PeriodInterval Type="day">30</PeriodInterval>'
        "<Periods><Period><Month>2026-01</Month><Invoiced>14 016,00</Invoiced><Forecast>1\u00a0000,5</Forecast>"
        "<Total>0</Total></Period></Periods></ServiceCollection></ContractInvoicing>"
    )


CUSTOMER = (
    "<Customer><CustomerBaseInformation><NetvisorKey>77</NetvisorKey><InternalIdentifier>0007</InternalIdentifier>"
    "<OrganizationUnitNumber>003712345</OrganizationUnitNumber><Name>Customer 7 Oy</Name><PostNumber>00100</PostNumber>"
    '<Country type="ISO-3166">FI</Country><IsActive>1</IsActive><IsPrivateCustomer>0</IsPrivateCustomer>'
    "</CustomerBaseInformation><CustomerFinvoiceDetails><FinvoiceAddress>003712345</FinvoiceAddress>"
    "</CustomerFinvoiceDetails><CustomerContactPersons><CustomerContactPerson><ContactPersonID>3</ContactPersonID>"
    "<ContactPersonFirstName>Person 3</ContactPersonFirstName></CustomerContactPerson></CustomerContactPersons>"
    "<CustomerOfficeDetails><OfficeNetvisorKey>5</OfficeNetvisorKey><OfficeName>Office 5</OfficeName>"
    "<OfficeContactAddress><StreetAddress>Street 1</StreetAddress></OfficeContactAddress>"
    "<OfficeVisitAddress><StreetAddress>Street 2</StreetAddress></OfficeVisitAddress></CustomerOfficeDetails>"
    '<CustomerAdditionalInformation><DefaultPaymentTerm NetvisorKey="9">14 days</DefaultPaymentTerm><BalanceLimit/>'
    '<CustomerDimensions><Dimension><DimensionName netvisorkey="1">Cost centre</DimensionName>'
    '<DimensionItem netvisorkey="11">P001 Web</DimensionItem></Dimension></CustomerDimensions>'
    "</CustomerAdditionalInformation></Customer>"
)
CUSTOMER_RECORDS = {
    "customers": [{"netvisor_key": 77, "name": "Customer 7 Oy", "code": "0007"}],
    "customer_details": [
        {
            "netvisor_key": 77, "internal_identifier": "0007", "organization_unit_number": "003712345",
            "name": "Customer 7 Oy", "post_number": "00100", "country": "FI", "is_active": True,
            "is_private_customer": False, "finvoice_address": "003712345",
            "customer_contact_persons": [{"contact_person_id": 3, "contact_person_first_name": "Person 3"}],
            "customer_office_details": [
                {"office_netvisor_key": 5, "office_name": "Office 5",
                 "office_contact_address_street_address": "Street 1",
                 "office_visit_address_street_address": "Street 2"},
            ],
            "default_payment_term": "14 days", "default_payment_term_netvisor_key": 9,
            "dimensions": [{"dimension_name": "Cost centre", "dimension_name_netvisor_key": 1,
                            "dimension_item": "P001 Web", "dimension_item_netvisor_key": 11}],
        },
    ],
}  # fmt: skip
CUSTOMER_LIST = reply(
    "<Customerlist><Customer><Netvisorkey>77</Netvisorkey><Name>Customer 7 Oy</Name><Code>0007</Code>"
    "<OrganisationIdentifier/><CustomerGroupID></CustomerGroupID></Customer></Customerlist>"
)


def product_case(bookkeeping: str) -> Case:
    return Case(
        f"products with {bookkeeping}",
        {
            "productlist.nv": reply(
                "<ProductList><Product><NetvisorKey>1</NetvisorKey><ProductCode>007</ProductCode><Name>Product 1</Name>"
                "<UnitPrice>1,5</UnitPrice><ProductGroupID/></Product></ProductList>"),
            "getproduct.nv": reply(
                "<Product><ProductBaseInformation><NetvisorKey>1</NetvisorKey><ProductCode>007</ProductCode>"
                '<Name>Product 1</Name><UnitPrice type="net">1,5</UnitPrice><IsActive>1</IsActive>'
                f"</ProductBaseInformation><{bookkeeping}><DefaultVatPercent>25,5</DefaultVatPercent></{bookkeeping}>"
                '<ProductAdditionalInformation><ProductNetWeight weightunit="kg">1,5</ProductNetWeight>'
                "<PrimaryEanCode>0064</PrimaryEanCode></ProductAdditionalInformation><SubProductInformation><Parents/>"
                "<Children><Product><NetvisorKey>2</NetvisorKey><Amount>3</Amount></Product></Children>"
                "</SubProductInformation></Product>"),
        },
        {
            "products": [{"netvisor_key": 1, "product_code": "007", "name": "Product 1", "unit_price": 1.5}],
            "product_details": [
                {"netvisor_key": 1, "product_code": "007", "name": "Product 1", "unit_price": 1.5,
                 "unit_price_type": "net", "is_active": True, "default_vat_percent": 25.5, "product_net_weight": 1.5,
                 "product_net_weight_weight_unit": "kg", "primary_ean_code": "0064",
                 "children_products": [{"netvisor_key": 2, "amount": 3}]},
            ],
        },
    )  # fmt: skip


GROUP_REST = (
    '<ProductGroupDescriptionTranslations><Translation Language="EN">All books</Translation>'
    "</ProductGroupDescriptionTranslations><ProductGroupHierarchy><ProductGroupHierarchyNameTranslations>"
    '<Translation Language="FI">Tavarat / Kirjat</Translation></ProductGroupHierarchyNameTranslations>'
    "<ParentGroupNetvisorKey>5</ParentGroupNetvisorKey><ChildGroups><NetvisorKey>6</NetvisorKey>"
    "<NetvisorKey>7</NetvisorKey></ChildGroups></ProductGroupHierarchy>"
)


def group_case(name: str, inside: str, beside: str) -> Case:
    return Case(
        name,
        {"getproductgroups.nv": reply(
            "<ProductGroups><ProductGroup><NetvisorKey>1</NetvisorKey><ProductGroupNameTranslations>"
            '<Translation Language="FI">Kirjat</Translation><Translation Language="SE">B\u00f6cker</Translation>'
            f"{inside}</ProductGroupNameTranslations>{beside}</ProductGroup></ProductGroups>")},
        {"product_groups": [
            {"netvisor_key": 1, "product_group_name_fi": "Kirjat", "product_group_name_sv": "B\u00f6cker",
             "product_group_description_en": "All books", "product_group_hierarchy_name_fi": "Tavarat / Kirjat",
             "parent_group_netvisor_key": 5, "child_groups": [6, 7]},
        ]},
    )  # fmt: skip


CASES = [
    invoice_case("invoice: one InvoiceLine around all lines", "<InvoiceLine>{0}{1}{2}</InvoiceLine>"),
    invoice_case(
        "invoices: an InvoiceLine around each line",
        "<InvoiceLine>{0}</InvoiceLine><InvoiceLine>{1}</InvoiceLine><InvoiceLine>{2}</InvoiceLine>",
        "<SalesInvoices>{}</SalesInvoices>",
    ),
    invoice_case("invoices: lines without an InvoiceLine, lower case root", "{2}{0}{1}", "<salesinvoices>{}"
                 "</salesinvoices>", "root"),
    Case(
        "an invoice that is not there any more: an empty element",
        {"salesinvoicelist.nv": INVOICE_LIST, "getsalesinvoice.nv": reply("<SalesInvoice />")},
        {"sales_invoices": [INVOICE_ROW], "sales_invoice_details": [], "sales_invoice_lines": []},
    ),
    Case(
        "orders under the invoices' names",
        {
            "salesinvoicelist.nv": reply(
                "<SalesInvoiceList><SalesInvoice><NetvisorKey>88</NetvisorKey><InvoiceNumber>5</InvoiceNumber>"
                "<InvoiceStatus>undelivered</InvoiceStatus></SalesInvoice></SalesInvoiceList>"),
            "getorder.nv": reply(
                "<SalesInvoice><SalesInvoiceNetvisorKey>88</SalesInvoiceNetvisorKey><SalesInvoiceNumber>5"
                "</SalesInvoiceNumber><InvoiceLines><InvoiceLine><SalesInvoiceProductLine><NetvisorKey>9</NetvisorKey>"
                "</SalesInvoiceProductLine></InvoiceLine></InvoiceLines></SalesInvoice>"),
        },
        {
            "sales_orders": [{"netvisor_key": 88, "invoice_number": "5", "invoice_status": "undelivered"}],
            "sales_order_lines": [{"netvisor_key": 9, "line_number": 1, "order_netvisor_key": 88, "order_number": "5"}],
        },
    ),
    Case(
        "payments with Finnish dates",
        {"salespaymentlist.nv": reply(
            "<SalesPaymentList><SalesPayment><NetvisorKey>1</NetvisorKey><Name>Customer 7 Oy</Name>"
            "<Date>7.2.2026</Date><Sum>1 244,5</Sum><ReferenceNumber>001070</ReferenceNumber><ForeignCurrencyAmount/>"
            "<InvoiceNumber>12</InvoiceNumber><VoucherID/><LastModifiedTimestamp>7.10.2026 14:24:42"
            '</LastModifiedTimestamp><BankStatusErrorDescription code="NO_ACCOUNT_FOUND">No account'
            "</BankStatusErrorDescription><Bank><ArchiveIdentifier>000123</ArchiveIdentifier></Bank></SalesPayment>"
            "<SalesPayment><NetvisorKey>2</NetvisorKey><Date>31.12.2024</Date></SalesPayment></SalesPaymentList>")},
        {"sales_payments": [
            {"netvisor_key": 1, "name": "Customer 7 Oy", "date": "2026-02-07", "sum": 1244.5,
             "reference_number": "001070", "invoice_number": "12",
             "last_modified_timestamp": "2026-10-07T14:24:42+03:00",
             "bank_status_error_description": "No account", "bank_status_error_description_code": "NO_ACCOUNT_FOUND",
             "archive_identifier": "000123"},
        ]},
    ),
    Case(
        "terms of payment, sellers, contracts",
        {
            "paymenttermlist.nv": reply(
                "<PaymentTermList><PaymentTerm><NetvisorKey>9</NetvisorKey><Description>14 days</Description>"
                "<NetDays>14</NetDays><DiscountDays/><DiscountPercent/><IsDefault>1</IsDefault></PaymentTerm>"
                "</PaymentTermList>"),
            "salespersonnellist.nv": reply(
                '<SalesPersonnelList><SalesPerson NetvisorKey="3"><FirstName>Seller</FirstName><LastName>3</LastName>'
                "<ProvisionPercent>2,5</ProvisionPercent></SalesPerson></SalesPersonnelList>"),
            "contractinvoicingreport.nv": contracts,
        },
        {
            "payment_terms": [{"netvisor_key": 9, "description": "14 days", "net_days": 14, "is_default": True}],
            "sales_personnel": [
                {"netvisor_key": 3, "first_name": "Seller", "last_name": "3", "provision_percent": 2.5}
            ],
            "contract_invoicing": [
                {"netvisor_key": 8, "year": 2026, "month": "2026-01", "name": "Basket 8", "begin_date": "2022-04-01",
                 "period_interval": 30, "period_interval_type": "day", "invoiced": 14016, "forecast": 1000.5,
                 "total": 0},
            ],
        },
    ),
    Case("one customer, bare", {"customerlist.nv": CUSTOMER_LIST, "getcustomer.nv": reply(CUSTOMER)}, CUSTOMER_RECORDS),
    Case(
        "one customer in the plural wrapper",
        {"customerlist.nv": CUSTOMER_LIST, "getcustomer.nv": reply(f"<Customers>{CUSTOMER}</Customers>")},
        CUSTOMER_RECORDS,
    ),
    product_case("ProductBookKeepingDetails"),
    product_case("ProductBookkeepingDetails"),
    group_case("product groups, everything on one level", "", GROUP_REST),
    group_case("product groups, nested as in the older manual", GROUP_REST, ""),
    Case(
        "inventory: a product in two warehouses, one in none",
        {
            "inventorybywarehouse.nv": reply(
                "<InventoryByWarehouse><Product><NetvisorKey>1</NetvisorKey><Name>Product 1</Name><Code>007</Code>"
                "<Warehouse><NetvisorKey>2</NetvisorKey><Name>East</Name><InventoryAmount>5,5</InventoryAmount>"
                "</Warehouse><Warehouse><NetvisorKey>3</NetvisorKey><Name>West</Name><InventoryAmount>0"
                "</InventoryAmount></Warehouse><TotalAmount>5,5</TotalAmount></Product>"
                "<Product><NetvisorKey>4</NetvisorKey></Product></InventoryByWarehouse>"),
            "getinventoryplaces.nv": reply(
                "<InventoryPlaces><InventoryPlace><NetvisorKey>2</NetvisorKey><InventoryPlaceName>East"
                "</InventoryPlaceName><InventoryPlaceShelves><InventoryPlaceShelve><NetvisorKey>6</NetvisorKey>"
                "<ShelveName>A1</ShelveName><ShelveHierarchy><ShelveHierarchyName>A / A1</ShelveHierarchyName>"
                "</ShelveHierarchy></InventoryPlaceShelve></InventoryPlaceShelves></InventoryPlace></InventoryPlaces>"),
        },
        {
            "inventory": [
                {"product_netvisor_key": 1, "warehouse_netvisor_key": key, "product_name": "Product 1",
                 "product_code": "007", "warehouse_name": name, "inventory_amount": amount,
                 "product_total_amount": 5.5}
                for key, name, amount in ((2, "East", 5.5), (3, "West", 0))
            ],
            "inventory_places": [
                {"netvisor_key": 2, "inventory_place_name": "East", "inventory_place_shelves": [
                    {"netvisor_key": 6, "shelve_name": "A1", "shelve_hierarchy_name": "A / A1"}]},
            ],
        },
    ),
]  # fmt: skip
