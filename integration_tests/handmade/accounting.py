"""Accounting: the ledger, the chart of accounts, periods, balances, dimensions, bank accounts, budgets."""

from __future__ import annotations

from integration_tests.handmade.case import Case, Query, reply

LINE_70 = (
    "<VoucherLine><NetvisorKey>70</NetvisorKey><LineSum>-1 017,18</LineSum><Description>Sale &amp; more</Description>"
    "<AccountNumber>0300</AccountNumber><VatPercent>25,5</VatPercent><VatCode>KOMY</VatCode>"
    '<AccountDimension NetvisorKey="4">Car 1</AccountDimension>'
    "<Dimension><DimensionName>Cost centre</DimensionName><DimensionItem>P001 Web</DimensionItem></Dimension>"
    "<Dimension><DimensionName>Region</DimensionName><DimensionItem> </DimensionItem></Dimension></VoucherLine>"
)
LINE_71 = (
    '<VoucherLine status="valid"><NetvisorKey>71</NetvisorKey><LineSum>1017.18</LineSum><Description/>'
    "<AccountNumber>1701</AccountNumber><VatPercent>0</VatPercent><VatCode>-</VatCode></VoucherLine>"
)
VOUCHER_7 = (
    '<Voucher Status="valid"><NetvisorKey>7</NetvisorKey><VoucherDate>31.12.2025</VoucherDate>'
    "<VoucherNumber>12</VoucherNumber><VoucherDescription>Invoice 1&#x2;</VoucherDescription>"
    '<VoucherClass netvisorkey="5">ML Sales invoice</VoucherClass>'
    '<LinkedSourceNetvisorKey type="salesinvoice">165</LinkedSourceNetvisorKey>'
    f"<VoucherNetvisorURI>https://example.invalid/7</VoucherNetvisorURI>{LINE_70}{LINE_71}</Voucher>"
)
# the older manual: lower case status, another URI, a class without its key, no source, no lines
VOUCHER_8 = (
    '<Voucher status="invalidated"><NetvisorKey>8</NetvisorKey><VoucherDate>2026-01-01</VoucherDate>'
    "<VoucherNumber/><VoucherDescription></VoucherDescription><VoucherClass>PI Purchase Invoice</VoucherClass>"
    '<LinkedSourceNetvisorKey type=""></LinkedSourceNetvisorKey>'
    "<VoucherNetvisorUri>https://example.invalid/8</VoucherNetvisorUri></Voucher>"
)
NESTED_70 = {
    "netvisor_key": 70, "line_number": 1, "line_sum": -1017.18, "description": "Sale & more",
    "account_number": "0300", "vat_percent": 25.5, "vat_code": "KOMY", "account_dimension": "Car 1",
    "account_dimension_netvisor_key": 4,
    "dimensions": [
        {"dimension_name": "Cost centre", "dimension_item": "P001 Web"},
        {"dimension_name": "Region"},
    ],
}  # fmt: skip
NESTED_71 = {
    "netvisor_key": 71, "line_number": 2, "line_sum": 1017.18, "account_number": "1701", "vat_percent": 0,
    "vat_code": "-", "status": "valid",
}  # fmt: skip
OF_VOUCHER_7 = {
    "voucher_netvisor_key": 7, "voucher_status": "valid", "voucher_date": "2025-12-31", "voucher_number": 12,
    "voucher_description": "Invoice 1", "voucher_class": "ML Sales invoice", "voucher_class_netvisor_key": 5,
    "linked_source_netvisor_key": 165, "linked_source_netvisor_key_type": "salesinvoice",
}  # fmt: skip
LEDGER_RECORDS = {
    "vouchers": [
        {
            "netvisor_key": 7, "status": "valid", "voucher_date": "2025-12-31", "voucher_number": 12,
            "voucher_description": "Invoice 1", "voucher_class": "ML Sales invoice", "voucher_class_netvisor_key": 5,
            "linked_source_netvisor_key": 165, "linked_source_netvisor_key_type": "salesinvoice",
            "voucher_netvisor_uri": "https://example.invalid/7", "voucher_lines": [NESTED_70, NESTED_71],
        },
        {
            "netvisor_key": 8, "status": "invalidated", "voucher_date": "2026-01-01",
            "voucher_class": "PI Purchase Invoice", "voucher_netvisor_uri": "https://example.invalid/8",
        },
    ],
    "voucher_lines": [{**NESTED_70, **OF_VOUCHER_7}, {**NESTED_71, **OF_VOUCHER_7}],
}  # fmt: skip


ACCOUNT_LIST = reply(
    "<AccountList><CompanyDefaultAccounts><TradePayables>2871</TradePayables><VATpayable>02939</VATpayable>"
    "<SalesVATDebt/></CompanyDefaultAccounts><Accounts>"
    "<Account><NetvisorKey>1</NetvisorKey><Number></Number><Name>Assets</Name><AccountType>accountgroup</AccountType>"
    "<FatherNetvisorKey>0</FatherNetvisorKey><IsActive>1</IsActive><IsCumulative>1</IsCumulative><Sort>1</Sort>"
    "<EndSort>4</EndSort><IsNaturalNegative>0</IsNaturalNegative></Account>"
    '<Account><NetvisorKey>2</NetvisorKey><Number>1910</Number><Name>Pankki</Name><ForeignName ISO-3166="fi">Pankki'
    '</ForeignName><ForeignName ISO-3166="en">Bank</ForeignName><ForeignName ISO-3166="se">Bank (sv)</ForeignName>'
    "<AccountType>account</AccountType><FatherNetvisorKey>1</FatherNetvisorKey><IsActive>0</IsActive></Account>"
    "</Accounts></AccountList>"
)
ACCOUNTS = [
    {"netvisor_key": 1, "name": "Assets", "account_type": "accountgroup", "father_netvisor_key": 0, "is_active": True,
     "is_cumulative": True, "sort": 1, "end_sort": 4, "is_natural_negative": False},
    {"netvisor_key": 2, "number": "1910", "name": "Pankki", "name_fi": "Pankki", "name_en": "Bank",
     "name_sv": "Bank (sv)", "account_type": "account", "father_netvisor_key": 1, "is_active": False},
]  # fmt: skip

LOCKS = (
    '<AccountingPeriodLockDate format="ansi">31.12.2025</AccountingPeriodLockDate>'
    '<VatPeriodLockDate format="ansi">2025-11-30</VatPeriodLockDate><PurchaseLockDate/>'
)
PERIODS = (
    '<Period><NetvisorKey>1</NetvisorKey><Name>2025</Name><BeginDate format="ansi">1.1.2025</BeginDate>'
    '<EndDate format="ansi">31.12.2025</EndDate></Period>'
    "<Period><Netvisorkey>2</Netvisorkey><Name>2026</Name><BeginDate>2026-01-01</BeginDate>"
    "<EndDate>2026-12-31</EndDate></Period>"
)
PERIOD_RECORDS = {
    "accounting_periods": [
        {"netvisor_key": 1, "name": "2025", "begin_date": "2025-01-01", "end_date": "2025-12-31"},
        {"netvisor_key": 2, "name": "2026", "begin_date": "2026-01-01", "end_date": "2026-12-31"},
    ],
    "period_locks": [{"accounting_period_lock_date": "2025-12-31", "vat_period_lock_date": "2025-11-30"}],
}

BALANCES = (
    '<Account Netvisorkey="55">{names}<AccountBalance Date="2025-12-31"><Debet>14 016,50</Debet><Kredit>16,00</Kredit>'
    "<Balance>14000,50</Balance></AccountBalance>"
    '<AccountBalance date="2026-01-31"><Debet>0</Debet><Kredit>1,5</Kredit><Balance>-1.5</Balance></AccountBalance>'
    "</Account>"
)
BALANCE_SUMS = [
    {"account_netvisor_key": 55, "date": "2025-12-31", "debet": 14016.5, "kredit": 16, "balance": 14000.5},
    {"account_netvisor_key": 55, "date": "2026-01-31", "debet": 0, "kredit": 1.5, "balance": -1.5},
]

DIMENSIONS = reply(
    "<DimensionNameList><DimensionName><Netvisorkey>1</Netvisorkey><Name>Cost centre</Name><IsHidden>False</IsHidden>"
    "<LinkType>0</LinkType><DimensionDetails><DimensionDetail><Netvisorkey>11</Netvisorkey><Name>P001 Web</Name>"
    "<Code>P001</Code><Label>Web</Label><IsHidden>True</IsHidden><Level>1</Level><Sort>1</Sort><EndSort>2</EndSort>"
    "<FatherID>0</FatherID></DimensionDetail></DimensionDetails></DimensionName>"
    "<DimensionName><Netvisorkey>2</Netvisorkey><Name>Region</Name><IsHidden>True</IsHidden><LinkType>0</LinkType>"
    "<ActivityPeriodStart>2026-01-01</ActivityPeriodStart><DimensionDetails/></DimensionName></DimensionNameList>"
)


def budget(query: Query) -> str:
    """Only the year 2026 has one."""
    if query["year"] != "2026":
        return reply("<AccountingBudgetAccountBudget/>")
    month = "<BudgetMonth><Sum>{0}</Sum><Vat>25.5</Vat><Month>{1}</Month><Year>2026</Year></BudgetMonth>"
    return reply(
        "<AccountingBudgetAccountBudget><LockedDimension><DimensionName/><DimensionItemName/></LockedDimension>"
        "<BudgetAccount><AccountNumber>3000</AccountNumber><AccountName>Sales</AccountName>"
        f"<AccountGroup>3</AccountGroup>{month.format('-100.5', 1)}{month.format('-200,5', 2)}</BudgetAccount>"
        "</AccountingBudgetAccountBudget>"
    )


OF_BUDGET = {"account_number": "3000", "account_name": "Sales", "account_group": 3, "year": 2026, "vat": 25.5}

CASES = [
    Case(
        "ledger: the same two vouchers whatever the month",
        {"accountingledger.nv": reply(f"<Vouchers>{VOUCHER_7}{VOUCHER_8}</Vouchers>")},
        LEDGER_RECORDS,
    ),
    Case(
        "ledger: control characters, UTF-16, lower case root",
        {"accountingledger.nv": ("\ufeff" + reply(f"<vouchers>\x02{VOUCHER_7}{VOUCHER_8}</vouchers>", "root")).encode(
            "utf-16-le")},
        LEDGER_RECORDS,
    ),
    Case(
        "accounts, groups and default accounts",
        {"accountlist.nv": ACCOUNT_LIST},
        {
            "accounts": ACCOUNTS,
            "default_accounts": [
                {"purpose": "trade_payables", "account_number": "2871"},
                {"purpose": "vat_payable", "account_number": "02939"},
            ],
        },
    ),
    Case(
        "periods inside the locks",
        {"accountingperiodlist.nv": reply(
            f"<AccountingPeriodList><PeriodLockInformation>{LOCKS}{PERIODS}</PeriodLockInformation>"
            "</AccountingPeriodList>")},
        PERIOD_RECORDS,
    ),
    Case(
        "periods beside the locks",
        {"accountingperiodlist.nv": reply(
            f"<AccountingPeriodList><PeriodLockInformation>{LOCKS}</PeriodLockInformation>{PERIODS}"
            "</AccountingPeriodList>")},
        PERIOD_RECORDS,
    ),
    Case(
        "balances with a wrapper, names and unlabelled foreign names",
        {"accountbalance.nv": reply("<AccountBalances>" + BALANCES.format(
            names="<Number>1910</Number><Name>Pankki</Name><ForeignName>Bank</ForeignName>"
            "<ForeignName>Bank (sv)</ForeignName>") + "</AccountBalances>")},
        {"account_balances": [
            {**sums, "account_number": "1910", "account_name": "Pankki", "account_foreign_names": ["Bank", "Bank (sv)"]}
            for sums in BALANCE_SUMS
        ]},
    ),
    Case(
        "balances with labelled foreign names",
        {"accountbalance.nv": reply("<AccountBalances>" + BALANCES.format(
            names='<Name>Pankki</Name><ForeignName ISO-639-1="en">Bank</ForeignName>'
            '<ForeignName foreignnamelanguage="se">Bank (sv)</ForeignName>') + "</AccountBalances>")},
        {"account_balances": [
            {**sums, "account_name": "Pankki", "account_name_en": "Bank", "account_name_sv": "Bank (sv)"}
            for sums in BALANCE_SUMS
        ]},
    ),
    Case(
        "balances in the old shape: no wrapper, no names",
        {"accountbalance.nv": reply(BALANCES.format(names=""))},
        {"account_balances": BALANCE_SUMS},
    ),
    Case(
        "dimensions and their items",
        {"dimensionlist.nv": DIMENSIONS},
        {
            "dimensions": [
                {"netvisor_key": 1, "name": "Cost centre", "is_hidden": False, "link_type": 0},
                {"netvisor_key": 2, "name": "Region", "is_hidden": True, "link_type": 0,
                 "activity_period_start": "2026-01-01"},
            ],
            "dimension_items": [
                {"netvisor_key": 11, "name": "P001 Web", "code": "P001", "label": "Web", "is_hidden": True, "level": 1,
                 "sort": 1, "end_sort": 2, "father_id": 0, "dimension_netvisor_key": 1,
                 "dimension_name": "Cost centre", "dimension_is_hidden": False},
            ],
        },
    ),
    Case(
        "types of vouchers, account dimensions, bank accounts: three ways to tell a language",
        {
            "vouchertypelist.nv": reply(
                "<VoucherTypeList><DefaultVoucherTypes><SalesInvoices><NetvisorKey>3</NetvisorKey></SalesInvoices>"
                "</DefaultVoucherTypes><VoucherTypes><VoucherType><NetvisorKey>3</NetvisorKey>"
                '<Abbreviation>ML</Abbreviation><Name>Myyntilasku</Name><ForeignName ISO-639-1="sv">Faktura'
                "</ForeignName></VoucherType></VoucherTypes></VoucherTypeList>"),
            "getaccountdimensionlist.nv": reply(
                "<AccountFollowUpObjects><AccountFollowUpObject><Netvisorkey>4</Netvisorkey><Name>Auto 1</Name>"
                '<ForeignName type="ISO-3166" foreignnamelanguage="en">Car 1</ForeignName>'
                '<ForeignName type="ISO-3166" foreignnamelanguage="se">Bil 1</ForeignName><FollowUpAccounts>'
                "<FollowUpAccount><AccountNetvisorKey>9</AccountNetvisorKey></FollowUpAccount></FollowUpAccounts>"
                "</AccountFollowUpObject></AccountFollowUpObjects>"),
            "getbankaccounts.nv": reply(
                "<BankAccounts><BankAccount><Name>Main</Name><IBAN>FI2112345600000785</IBAN><BIC>TESTFIHH</BIC>"
                '<CurrencyCode Type="ISO-4217">EUR</CurrencyCode><BookkeepingAccount><NetvisorKey>2</NetvisorKey>'
                "<AccountNumber>1910</AccountNumber><AccountName>Bank</AccountName></BookkeepingAccount>"
                "</BankAccount></BankAccounts>"),
        },
        {
            "voucher_types": [
                {"netvisor_key": 3, "abbreviation": "ML", "name": "Myyntilasku", "name_sv": "Faktura"}
            ],
            "account_dimensions": [
                {"netvisor_key": 4, "name": "Auto 1", "name_en": "Car 1", "name_sv": "Bil 1",
                 "follow_up_accounts": [{"account_netvisor_key": 9}]},
            ],
            "bank_accounts": [
                {"iban": "FI2112345600000785", "name": "Main", "bic": "TESTFIHH", "currency_code": "EUR",
                 "netvisor_key": 2, "account_number": "1910", "account_name": "Bank"},
            ],
        },
    ),
    Case(
        "budgets, decimal point and comma",
        {"accountingbudgetyearbudget.nv": budget},
        {"budgets": [{**OF_BUDGET, "month": 1, "sum": -100.5}, {**OF_BUDGET, "month": 2, "sum": -200.5}]},
    ),
    Case(
        "deleted vouchers",
        {"deletedvouchers.nv": reply(
            "<DeletedVouchers><DeletedVoucher><NetvisorKey>3</NetvisorKey>"
            '<DeleteDate format="ansi">2022-06-08 15:14</DeleteDate></DeletedVoucher></DeletedVouchers>', "root")},
        {"deleted_vouchers": [{"netvisor_key": 3, "delete_date": "2022-06-08T15:14:00+03:00"}]},
    ),
    Case(
        "nothing deleted, in each form of an empty list",
        {
            "deletedvouchers.nv": reply("<DeletedVouchers></DeletedVouchers>"),
            "deletedsalesinvoices.nv": reply("<DeletedSalesInvoices/>"),
            "deletedsalesorders.nv": reply(""),
        },
        {"deleted_vouchers": [], "deleted_sales_invoices": [], "deleted_sales_orders": []},
    ),
]  # fmt: skip
