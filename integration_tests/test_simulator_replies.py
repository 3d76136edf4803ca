"""The simulator's replies: under every reading, with every field, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any
from xml.etree import ElementTree

import pytest

from integration_tests.simulator_questions import FOREVER, NOW, RESOURCES, TODAY, ask, build, keys, reply
from netvisor_simulator.assumptions import ApiAssumptions
from netvisor_simulator.company import Company
from netvisor_simulator.company.chart import ACCOUNTS
from netvisor_simulator.resource import Refusal

SCHEMAS = Path(__file__).parent.parent / "source_netvisor" / "schemas"


def test_assumptions_of_bounds_and_of_what_was_never_modified() -> None:
    company = build()
    voucher = company.changes.add_voucher(NOW - timedelta(days=2), day=date(2025, 6, 6))
    edited = company.changes.edit_voucher(NOW - timedelta(days=2), 100007)
    day = voucher.created.date()
    dates = {"startdate": date(2025, 6, 6), "enddate": date(2025, 6, 6)}
    path = ".//Voucher/NetvisorKey"
    assert voucher.key in keys(ask(company, "accountingledger.nv", **dates), path)
    assert not keys(ask(company, "accountingledger.nv", ApiAssumptions(date_bounds="exclusive"), **dates), path)
    assert {voucher.key, edited.key} <= set(keys(ask(company, "accountingledger.nv", lastmodifiedstart=day), path))
    out = keys(ask(company, "accountingledger.nv", ApiAssumptions(never_modified="out"), lastmodifiedstart=day), path)
    assert edited.key in out
    assert voucher.key not in out
    later = ApiAssumptions(modified_bounds="exclusive")
    assert edited.key not in keys(ask(company, "accountingledger.nv", later, lastmodifiedstart=day), path)
    assert edited.key not in keys(ask(company, "accountingledger.nv", later, changedsince=day), path)


def test_assumptions_of_lists_and_details() -> None:
    company = build(10_000)
    capped = keys(ask(company, "salesinvoicelist.nv", ApiAssumptions(list_cap=500)), ".//NetvisorKey")
    assert len(capped) == 500
    assert capped == sorted(capped)
    rest = ask(company, "salesinvoicelist.nv", ApiAssumptions(list_cap=500), invoicesabovenetvisorkey=capped[-1])
    assert min(keys(rest, ".//NetvisorKey")) > capped[-1]
    assert ask(company, "getsalesinvoice.nv", netvisorkey=20002).find("SalesInvoice") is not None
    wrapped = ask(company, "getsalesinvoice.nv", ApiAssumptions(one_key="wrapped"), netvisorkey=20002)
    assert wrapped.find("SalesInvoices/SalesInvoice") is not None
    both = (20002, 1)
    assert len(list(ask(company, "getsalesinvoice.nv", netvisorkeylist=both).find("SalesInvoices"))) == 2
    left = ask(company, "getsalesinvoice.nv", ApiAssumptions(unknown_key="left_out"), netvisorkeylist=both)
    assert len(list(left.find("SalesInvoices"))) == 1
    with pytest.raises(Refusal):
        ask(company, "getsalesinvoice.nv", ApiAssumptions(unknown_key="error_for_batch"), netvisorkeylist=both)
    each = ask(company, "getsalesinvoice.nv", ApiAssumptions(line_wrappers="each"), netvisorkeylist=tuple(capped))
    assert all(len(list(line)) == 1 for line in each.iterfind(".//InvoiceLine"))
    point = ask(company, "getsalesinvoice.nv", ApiAssumptions(decimal="point"), netvisorkey=20002)
    assert "," not in point.find("SalesInvoice/SalesInvoiceAmount").text
    none = ask(company, "salespaymentlist.nv", ApiAssumptions(empty_list="missing"), begindate=FOREVER)
    assert list(none) == []
    beside = ask(company, "accountingperiodlist.nv", ApiAssumptions(period_nesting="sibling"))
    assert beside.find("AccountingPeriodList/Period") is not None


@pytest.mark.parametrize("empty", ["listed", "left_out"])
def test_balances_of_accounts_without_postings(empty: Any) -> None:
    company = build()
    day = TODAY - timedelta(days=30)
    unused = next(one for number, one in ACCOUNTS.items() if not any(company.account_turnover(number, FOREVER)))
    path = f".//Account[@Netvisorkey='{unused.key}']/AccountBalance"

    def days() -> list[str]:
        dates = f"{day - timedelta(days=1)},{day}"
        return [one.get("Date") for one in ask(company, "accountbalance.nv", ApiAssumptions(empty_balances=empty),
                                               balancedates=dates).findall(path)]  # fmt: skip

    assert len(days()) == (2 if empty == "listed" else 0)
    company.changes.add_voucher(NOW, day, ((unused.number, Decimal(5)), (1910, Decimal(-5))))
    assert days()[-1] == day.isoformat()
    assert len(days()) == (2 if empty == "listed" else 1)


def test_paychecks_follow_their_changes() -> None:
    company = build()
    check, gone = [one for one in company.paychecks() if one.payment_date < TODAY][-2:]
    later = check.payment_date + timedelta(days=3)
    company.changes.edit_paycheck(NOW, check.key, 2, later)
    company.changes.delete_paycheck(NOW, gone.key)
    details = ask(company, "getpayrollpaycheckbatch.nv", netvisorkey=check.key)
    assert len(details.findall(".//payrollpaycheckbatchline")) == 2
    window = {"startdate": later - timedelta(days=2), "enddate": later}
    assert check.key in keys(
        ask(company, "getpayrollpaycheckbatchlist.nv", **window), ".//PayrollPaycheckBatch/Netvisorkey"
    )
    window = {"startdate": gone.payment_date, "enddate": gone.payment_date}
    assert gone.key not in keys(ask(company, "getpayrollpaycheckbatchlist.nv", **window), ".//Netvisorkey")


def test_vendors_come_in_pages_of_five_hundred() -> None:
    company = build(100, vendors=1100)
    sizes = []
    for page in (1, 2, 3):
        answered = reply(company, "getvendor.nv", changedsince=date(1970, 1, 1), page=page)
        sizes.append("".join(answered.body).count("<Vendor>"))
        assert answered.headers.get("X-Netvisor-Pagination-Next-Page") == (str(page + 1) if page < 3 else None)
    assert sizes == [500, 500, 100]


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("accountingledger.nv", {}),
        ("accountingledger.nv", {"startdate": TODAY}),
        ("accountingledger.nv", {"netvisorkey": 100001, "voucherstatus": 1}),
        ("accountbalance.nv", {"balancedates": "31.12.2025"}),
        ("deletedvouchers.nv", {"deletedsince": TODAY - timedelta(days=8)}),
        ("getpayrollpaycheckbatchlist.nv", {"startdate": TODAY, "enddate": TODAY + timedelta(days=30)}),
        ("getworkdays.nv", {"netvisorkey": 101, "workhourstartdate": TODAY, "workhourenddate": date(2027, 3, 15)}),
        ("getcustomer.nv", {"id": 1}),
        ("getsalesinvoice.nv", {}),
        ("getvendor.nv", {"page": 1}),
        ("salesinvoicelist.nv", {"includemodifiedpayments": 1}),
    ],
)
def test_what_netvisor_refuses(name: str, query: dict[str, Any]) -> None:
    with pytest.raises(Refusal):
        ask(build(20), name, **query)


# Whether every field of the schemas occurs with a value.


def everything(company: Company) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The streams and the replies that they are made from, with the parameters that the connector sends."""
    chosen = {"voucherstatus": 1, "includetransactionallocations": True, "changedsince": date(2024, 1, 1)}
    sales = tuple(invoice.key for invoice in company.sales_invoices())
    orders = tuple(order.key for order in company.sales_orders())
    shown: dict[str, Any] = {"showcommentlines": 1, "includedocuments": 1, "pdfimage": "nopdf", "replyoption": 16}
    yield ("accounts", "default_accounts"), ask(company, "accountlist.nv")
    yield ("accounting_periods", "period_locks"), ask(company, "accountingperiodlist.nv")
    yield ("voucher_types",), ask(company, "vouchertypelist.nv")
    yield ("vouchers",), ask(company, "accountingledger.nv", includetransactionhistory=True, **chosen)
    months = {"startmonth": "2025-06", "endmonth": "2026-01"}
    taxes = ("vat_reports", "ledger_reconciliations", "vat_summary_reports")
    yield taxes, ask(company, "financialobligationstatus.nv", **months)
    yield ("account_balances",), ask(company, "accountbalance.nv", balancedates="2025-12-31,2026-01-31")
    yield ("dimensions", "dimension_items"), ask(company, "dimensionlist.nv", showhidden=1)
    yield ("account_dimensions",), ask(company, "getaccountdimensionlist.nv")
    yield ("bank_accounts",), ask(company, "getbankaccounts.nv")
    yield ("budget_accounts",), ask(company, "accountingbudgetaccountlist.nv", year=2026)
    yield ("budgets",), ask(company, "accountingbudgetyearbudget.nv", year=2026)
    yield ("sales_invoices",), ask(company, "salesinvoicelist.nv", replyoption=3)
    yield ("sales_orders",), ask(company, "salesinvoicelist.nv", replyoption=3, listtype="preinvoice")
    details = ask(company, "getsalesinvoice.nv", netvisorkeylist=sales, **shown)
    order_details = ask(company, "getorder.nv", netvisorkeylist=orders, **shown)
    details.extend(order_details)
    yield ("sales_invoice_details", "sales_order_details"), details
    yield ("sales_payments",), ask(company, "salespaymentlist.nv", replyoption=3)
    yield ("payment_terms",), ask(company, "paymenttermlist.nv")
    yield ("sales_personnel",), ask(company, "salespersonnellist.nv")
    yield ("contract_invoicing",), ask(company, "contractinvoicingreport.nv", year=2026)
    yield ("customers",), ask(company, "customerlist.nv")
    customers = tuple(customer.key for customer in company.customers())
    yield ("customer_details",), ask(company, "getcustomer.nv", idlist=customers, replyoption=15)
    products = tuple(product.key for product in company.products())
    yield ("products",), ask(company, "productlist.nv")
    yield ("product_details",), ask(company, "getproduct.nv", idlist=products, showsubproducts=1)
    yield ("extended_products",), ask(company, "extendedproductlist.nv", replyoptions="4294967295", page=1)
    yield ("product_groups",), ask(company, "getproductgroups.nv", replyoptions=True)
    yield ("inventory",), ask(company, "inventorybywarehouse.nv")
    yield ("inventory_places",), ask(company, "getinventoryplaces.nv")
    yield ("purchase_invoices",), ask(company, "purchaseinvoicelist.nv")
    bills = tuple(invoice.key for invoice in company.purchase_invoices())
    asked = ask(company, "getpurchaseinvoice.nv", netvisorkeylist=bills, version=2, omitattachments="true")
    yield ("purchase_invoice_details",), asked
    yield ("purchase_orders",), ask(company, "purchaseorderlist.nv")
    bought = tuple(order.key for order in company.purchase_orders())
    yield ("purchase_order_details",), ask(company, "getpurchaseorder.nv", netvisorkeylist=bought)
    yield ("purchase_payments",), ask(company, "paymentlist.nv")
    yield ("vendors",), ask(company, "getvendor.nv", changedsince=date(1970, 1, 1), page=1)
    yield ("circulation_lists",), ask(company, "getcirculationlists.nv")
    yield ("product_qualities",), ask(company, "getproductqualitylist.nv")
    yield from personnel(company)
    since = TODAY - timedelta(days=7)
    for stream in ("vouchers", "sales_invoices", "sales_orders", "sales_payments"):
        yield (f"deleted_{stream}",), ask(company, f"deleted{stream.replace('_', '')}.nv", deletedsince=since)
    for stream in ("purchase_invoices", "purchase_orders", "purchase_payments"):
        yield (f"deleted_{stream}",), ask(company, f"deleted{stream.replace('_', '')}.nv", deletedsince=since)


def personnel(company: Company) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The same of payroll, working time and users; replies to one key each are put together."""
    sections = ("employmentperiods", "employeepayrollinformation", "educationalinformation")
    flags = dict.fromkeys((*sections, "additionalinformationfields", "employeesettlementpoints"), True)
    everybody = [employee.key for employee in company.employees()]
    checks = [check.key for check in company.paychecks()]
    year = {"workhourstartdate": date(2025, 3, 1), "workhourenddate": date(2026, 2, 28)}
    sources = ("companyparameters", "taxingrules", "userparameters")
    yield ("employees",), ask(company, "getemployees.nv", includeendedemployments=True)
    yield ("employee_details",), joined(ask(company, "getemployee.nv", netvisorkey=k, **flags) for k in everybody)
    salary = ask(company, "getemployeesalaryparameters.nv", identifiertype="netvisorkey", identifier=str(everybody[0]))
    yield ("employee_salary_parameters",), salary
    yield ("payroll_ratios",), joined(ask(company, "payrollratiolist.nv", source=source) for source in sources)
    yield ("payroll_parties",), ask(company, "getpayrollparties.nv")
    days = {"startdate": date(2026, 1, 20), "enddate": date(2026, 2, 10)}
    yield ("payroll_paychecks",), ask(company, "getpayrollpaycheckbatchlist.nv", **days)
    yield (
        ("payroll_paycheck_details",),
        joined(ask(company, "getpayrollpaycheckbatch.nv", netvisorkey=k) for k in checks),
    )
    yield ("work_hours",), joined(ask(company, "getworkdays.nv", netvisorkey=k, **year) for k in everybody)
    yield ("record_types",), ask(company, "getrecordtypelist.nv")
    yield ("user_access_rights",), ask(company, "getuseraccessrightssummary.nv")
    statuses = "WaitingForAuth,Authenticated,Verified,EmailSendingFailed,SmsSendingFailed,TwoFaFailed"
    yield ("user_invitations",), ask(company, "getuserinvitations.nv", page=1, invitationstatuses=statuses)


def joined(replies: Iterator[Any]) -> Any:
    root = ElementTree.Element("Root")
    root.extend(replies)
    return root


@pytest.mark.parametrize("seed", range(5))
def test_every_assumption_gives_well_formed_replies(seed: int) -> None:
    assumptions = ApiAssumptions.random(Random(seed))
    for name, resource in RESOURCES.items():
        required = {one.name: REQUIRED[one.name] for one in resource.parameters if one.required}
        query = {**required, **ONE_OF.get(name, {})}
        assert len(ask(build(100), name, assumptions, **query)) <= 1, name


REQUIRED: dict[str, Any] = {
    "balancedates": "2025-12-31",
    "deletedsince": TODAY,
    "identifier": "101",
    "identifiertype": "netvisorkey",
    "netvisorkey": 110001,
    "source": "foreclosure",
    "startdate": date(2026, 1, 15),
    "workhourenddate": date(2026, 1, 31),
    "workhourstartdate": date(2026, 1, 1),
    "year": 2025,
}
ONE_OF: dict[str, Any] = {
    "accountingledger.nv": {"netvisorkey": 100001},
    "getcustomer.nv": {"idlist": (1001, 1002)},
    "getemployee.nv": {"netvisorkey": 101},
    "getorder.nv": {"netvisorkey": 20001},
    "getproduct.nv": {"id": 5001},
    "getpurchaseinvoice.nv": {"netvisorkeylist": (60001, 60002)},
    "getpurchaseorder.nv": {"netvisorkey": 70001},
    "getsalesinvoice.nv": {"netvisorkeylist": (20002, 20003)},
    "getvendor.nv": {"netvisorkey": 3001},
    "getworkdays.nv": {"employeenumber": 2},
}
"""The smallest calls: what each resource cannot be asked without."""

LANGUAGES = {"fi": "fi", "en": "en", "se": "sv", "sv": "sv"}
ABSENT = {
    "sales_orders": {"invoice_status_is_in_collection", "invoice_status_substatus"},  # of invoices only
    "sales_payments": {"invoice_number_netvisor_key"},  # with the notation that clients show only
    "account_balances": {"account_name_fi", "account_name_en", "account_name_sv"},  # no language attribute documented
}
REQUESTED = {
    "budget_accounts": {"year"},
    "employee_salary_parameters": {"employee_netvisor_key"},
    "contract_invoicing": {"year"},
    "default_accounts": {"purpose", "account_number"},
    "vouchers": {"last_processed_at"},
    "sales_payments": {"is_credit_loss"},
    "ledger_reconciliations": {"ledger"},
    "vat_summary_reports": {"year"},
    "payroll_paycheck_details": {"netvisor_key"},
    "work_hours": {"employee_netvisor_key"},
}
"""Properties that come from the request, from a filter, from element names or from other properties."""


def names_in(element: Any, above: tuple[str, ...] = ()) -> Iterator[str]:
    """Every name that a value in the reply may have in a record, without underscores: with the names above in front."""
    own = element.tag.lower()
    path = (*above, own)
    fronts = ["", *("".join(path[n:-1]) for n in range(len(path) - 1))]
    words = {own, *(part.removesuffix("translations") for part in path[-2:])}
    text = (element.text or "").strip()
    for key, value in element.attrib.items():
        if value:
            yield from (f"{front}{own}{key.lower().replace('-', '')}" for front in fronts)
            yield key.lower()
            code = LANGUAGES.get(value.lower())
            if code and text:
                yield from (f"{word.removeprefix('foreign')}{code}" for word in words)
    if text and not len(element):
        yield from (f"{front}{own}" for front in fronts)
        yield path[-2] if len(path) > 1 else own
    for child in element:
        yield from names_in(child, path)


def properties_of(schema: dict[str, Any]) -> Iterator[str]:
    """The names of a schema's values, those inside arrays too; not those that the connector makes itself."""
    for name, told in schema.items():
        if name.startswith("_") or name in ("business_id", "line_number"):
            continue
        inside = told.get("items", {}).get("properties")
        if inside:
            yield from properties_of(inside)
        else:
            yield name


def test_every_field_of_the_schemas_occurs_with_a_value() -> None:
    missing = {}
    for streams, element in everything(build(600, employees=20)):
        found = set(names_in(element))
        for stream in streams:
            path = SCHEMAS / f"{stream}.json"
            if not path.exists():
                continue
            wanted = set(properties_of(json.loads(path.read_text("utf-8"))["properties"]))
            wanted -= ABSENT.get(stream, set()) | REQUESTED.get(stream, set())
            lacking = {name for name in wanted if not occurs(name, found)}
            if lacking:
                missing[stream] = sorted(lacking)
    assert missing == {}


def occurs(name: str, found: set[str]) -> bool:
    """Whether a property's name, or what is left of it without the parent's name in front, occurs."""
    words = name.split("_")
    plain = ("".join(words), "".join(words).removesuffix("s"))
    return any(one in found for one in plain) or (
        words[0] in PARENTS and any("".join(words[n:]) in found for n in range(1, len(words)))
    )


PARENTS = {"account", "product", "warehouse", "company", "dimension", "place", "parent", "child"}
"""Names that a stream puts in front of what the element itself calls only `NetvisorKey` or `Name`."""
