"""Every stream, read from one company: records in each, all true to their schemas, and books that hang together."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timezone
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker

from integration_tests.connection import SetClock, discovered
from integration_tests.reads import read, records
from netvisor_simulator import ApiAssumptions, Call, NetvisorSimulator
from netvisor_simulator.company import Company
from source_netvisor.parsing import record_splitter

NOW = datetime(2026, 3, 15, 10, 0, tzinfo=timezone.utc)
START = "2024-01-01"
STREAMS = sorted(path.stem for path in (Path(__file__).parent.parent / "source_netvisor" / "schemas").glob("*.json"))
Row = dict[str, Any]


@dataclass
class Whole:
    """A company, everything that was read of it, and the calls."""

    company: Company
    tables: dict[str, list[Row]]
    calls: list[Call]


@pytest.fixture(scope="module")
def whole() -> Whole:
    """All streams of a company that has some of everything."""
    company = Company(7, 600, today=NOW.date(), employees=20)
    with SetClock(NOW).in_charge(), NetvisorSimulator(company, clock=lambda: NOW) as simulator:
        run = read(simulator.config(start_date=START))
        simulator.assert_clean()
        assert run.code == 0
        assert not run.logs("ERROR") and not run.logs("FATAL")
        return Whole(company, records(run), list(simulator.calls))


def test_every_schema_is_a_stream() -> None:
    assert set(discovered()) == set(STREAMS)


@pytest.mark.parametrize("stream", STREAMS)
def test_stream_has_valid_records_with_unique_keys(whole: Whole, stream: str) -> None:
    rows = whole.tables.get(stream, [])
    assert rows
    schema = discovered()[stream]["json_schema"]
    validator = Draft7Validator(schema, format_checker=FormatChecker())
    for row in rows:
        for error in validator.iter_errors(row):
            pytest.fail(f"{'.'.join(map(str, error.path))}: {error.message}")
        assert row["business_id"] == "1967543-8"
        assert not row.get("_netvisor_raw") and not row.get("_netvisor_unknown")
    keys = [tuple(row[part] for (part,) in discovered()[stream]["source_defined_primary_key"]) for row in rows]
    assert all(part is not None for key in keys for part in key)
    living = [key for key, row in zip(keys, rows, strict=True) if not row.get("_ab_cdc_deleted_at")]
    assert len(set(living)) == len(living)


# --- every property ---------------------------------------------------------------------------------------------------

NEVER_SET = {
    "account_balances": {
        # the documents name no attribute for the language of these names, so they are account_foreign_names
        "account_name_fi", "account_name_en", "account_name_sv",
    },
    "budgets": {
        # stands in the reply for a query that is locked to dimension items, beside the accounts; none is made
        "locked_dimensions[]", "locked_dimensions[].dimension_name", "locked_dimensions[].dimension_item_name",
    },
    "sales_payments": {
        # an attribute that the documents do not have; played with the notation that clients' code shows
        "invoice_number_netvisor_key",
    },
    # orders come in the same shape as invoices, which have a status of collection
    "sales_orders": {"invoice_status_substatus", "invoice_status_is_in_collection"},
    "sales_order_details": {
        # the same: an order is not posted, credits nothing, is linked to invoices and belongs to no other order
        "invoice_voucher", "invoice_voucher_netvisor_key", "credited_invoice_netvisor_key", "credited_invoice_number",
        "sales_invoice_product_lines[].order_number",
        "sales_orders[]", "sales_orders[].netvisor_key", "sales_orders[].order_number",
    },
    "sales_invoice_details": {
        # and an invoice is linked to orders
        "sales_invoices[]", "sales_invoices[].netvisor_key", "sales_invoices[].invoice_number",
    },
}  # fmt: skip
"""Properties that no record of the simulated company can have."""
MADE_BY_THE_CONNECTOR = {"_netvisor_raw", "_netvisor_unknown", "_ab_cdc_deleted_at"}
"""Tested where values do not fit and where documents are deleted."""


def declared(schema: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """Every property of a schema, `lines[].sum` inside arrays."""
    for name, told in schema.get("properties", {}).items():
        if name not in MADE_BY_THE_CONNECTOR:
            yield above + name
            yield from declared(told, f"{above}{name}.")
            if "items" in told:
                yield f"{above}{name}[]"
                yield from declared(told["items"], f"{above}{name}[].")


def occurring(value: Any, above: str = "") -> Iterator[str]:
    """Every property of a record that is not null, named in the same way."""
    if value is not None and above:
        yield above
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from occurring(inner, f"{above}.{name}" if above else name)
    elif isinstance(value, list):
        for inner in value:
            yield from occurring(inner, f"{above}[]")


@pytest.mark.parametrize("stream", STREAMS)
def test_every_property_occurs_and_is_declared(whole: Whole, stream: str) -> None:
    wanted = set(declared(discovered()[stream]["json_schema"]))
    found = {name for row in whole.tables[stream] for name in occurring(row)} - MADE_BY_THE_CONNECTOR
    assert wanted - found == NEVER_SET.get(stream, set())
    assert found <= wanted


# --- joins ------------------------------------------------------------------------------------------------------------

JOINS = [
    ("voucher_lines.voucher_netvisor_key", "vouchers.netvisor_key"),
    ("voucher_lines.account_number", "accounts.number"),
    ("voucher_lines.account_dimension_netvisor_key", "account_dimensions.netvisor_key"),
    ("voucher_lines.transaction_allocations[].voucher_netvisor_key", "vouchers.netvisor_key"),
    ("voucher_lines.transaction_allocations[].voucher_line_netvisor_key", "voucher_lines.netvisor_key"),
    ("vouchers.voucher_class_netvisor_key", "voucher_types.netvisor_key"),
    ("account_balances.account_netvisor_key", "accounts.netvisor_key"),
    ("accounts.father_netvisor_key", "accounts.netvisor_key"),
    ("default_accounts.account_number", "accounts.number"),
    ("budgets.account_number", "budget_accounts.number"),
    ("budgets.account_number", "accounts.number"),
    ("dimension_items.dimension_netvisor_key", "dimensions.netvisor_key"),
    ("sales_invoices.customer_netvisor_key", "customers.netvisor_key"),
    ("sales_orders.customer_netvisor_key", "customers.netvisor_key"),
    ("sales_invoice_details.netvisor_key", "sales_invoices.netvisor_key"),
    ("sales_invoice_details.invoice_voucher_netvisor_key", "vouchers.netvisor_key"),
    ("sales_invoice_details.sales_orders[].netvisor_key", "sales_orders.netvisor_key"),
    ("sales_invoice_details.credited_invoice_netvisor_key", "sales_invoices.netvisor_key"),
    ("sales_invoice_lines.invoice_netvisor_key", "sales_invoices.netvisor_key"),
    ("sales_invoice_lines.customer_netvisor_key", "customers.netvisor_key"),
    ("sales_invoice_lines.product_netvisor_key", "products.netvisor_key"),
    ("sales_order_details.sales_invoices[].netvisor_key", "sales_invoices.netvisor_key"),
    ("sales_order_lines.order_netvisor_key", "sales_orders.netvisor_key"),
    ("sales_order_lines.product_netvisor_key", "products.netvisor_key"),
    ("sales_payments.invoice_number", "sales_invoices.invoice_number"),
    ("sales_payments.voucher_id", "vouchers.netvisor_key"),
    ("customer_details.netvisor_key", "customers.netvisor_key"),
    ("product_details.netvisor_key", "products.netvisor_key"),
    ("extended_products.netvisor_key", "products.netvisor_key"),
    ("extended_products.product_group_netvisor_key", "product_groups.netvisor_key"),
    ("product_groups.parent_group_netvisor_key", "product_groups.netvisor_key"),
    ("product_groups.child_groups[]", "product_groups.netvisor_key"),
    ("inventory.product_netvisor_key", "products.netvisor_key"),
    ("inventory.warehouse_netvisor_key", "inventory_places.netvisor_key"),
    ("purchase_invoice_details.netvisor_key", "purchase_invoices.netvisor_key"),
    ("purchase_invoice_details.vendor_netvisor_key", "vendors.netvisor_key"),
    ("purchase_invoice_details.voucher_id", "vouchers.netvisor_key"),
    ("purchase_invoice_lines.invoice_netvisor_key", "purchase_invoices.netvisor_key"),
    ("purchase_invoice_lines.accounting_suggestion_bookkeeping_account_netvisor_key", "accounts.netvisor_key"),
    ("purchase_order_lines.order_netvisor_key", "purchase_orders.netvisor_key"),
    ("purchase_payments.invoice_key", "purchase_invoices.netvisor_key"),
    ("purchase_payments.voucher_key", "vouchers.netvisor_key"),
    ("employee_details.netvisor_key", "employees.netvisor_key"),
    ("employee_salary_parameters.employee_netvisor_key", "employees.netvisor_key"),
    ("payroll_paychecks.employee_netvisor_key", "employees.netvisor_key"),
    ("payroll_paycheck_details.netvisor_key", "payroll_paychecks.netvisor_key"),
    ("payroll_paycheck_details.voucher_netvisor_key", "vouchers.netvisor_key"),
    ("payroll_paycheck_lines.paycheck_netvisor_key", "payroll_paychecks.netvisor_key"),
    ("payroll_paycheck_lines.debet_account_netvisor_key", "accounts.netvisor_key"),
    ("work_hours.employee_netvisor_key", "employees.netvisor_key"),
    ("work_hours.collector_ratio_netvisor_key", "record_types.netvisor_key"),
]


TREES = {"accounts.father_netvisor_key"}
NO_PARENT = {0}
"""What the top of a tree names as its parent."""


def values_at(row: Any, place: str) -> Iterator[Any]:
    """The values that are not null at a place such as `lines[].sum`."""
    head, _, rest = place.partition(".")
    inner = row.get(head.removesuffix("[]"))
    for one in inner or () if head.endswith("[]") else (inner,):
        if one is not None:
            yield from values_at(one, rest) if rest else (one,)


@pytest.mark.parametrize(("source", "target"), JOINS)
def test_join_holds(whole: Whole, source: str, target: str) -> None:
    stream, _, place = source.partition(".")
    other, _, column = target.partition(".")
    # the ledger lists deleted vouchers too, and what they came from may be gone with them
    rows = [row for row in whole.tables[stream] if not row.get("_ab_cdc_deleted_at")]
    found = {value for row in rows for value in values_at(row, place)}
    assert found
    assert found <= {row.get(column) for row in whole.tables[other]} | (NO_PARENT if source in TREES else set())


def test_vouchers_lead_to_their_documents(whole: Whole) -> None:
    found = set()
    for voucher in whole.tables["vouchers"]:
        kind = voucher.get("linked_source_netvisor_key_type")
        if kind and voucher["status"] != "deleted":
            table = {"salesinvoice": "sales_invoices", "purchaseinvoice": "purchase_invoices"}[kind]
            assert voucher["linked_source_netvisor_key"] in {row["netvisor_key"] for row in whole.tables[table]}
            found.add(kind)
    assert found == {"salesinvoice", "purchaseinvoice"}


# --- sums -------------------------------------------------------------------------------------------------------------


def cents(value: float | None) -> int:
    return round(Decimal(str(value or 0)) * 100)


def grouped(rows: list[Row], key: str, value: str) -> dict[Any, int]:
    """Sums in cents."""
    found: dict[Any, int] = defaultdict(int)
    for row in rows:
        found[row[key]] += cents(row[value])
    return found


def test_vouchers_balance_and_are_the_companys(whole: Whole) -> None:
    assert set(grouped(whole.tables["voucher_lines"], "voucher_netvisor_key", "line_sum").values()) == {0}
    rows = {row["netvisor_key"]: row for row in whole.tables["vouchers"]}
    truth = {voucher.key: voucher for voucher in whole.company.vouchers()}
    assert set(rows) == set(truth)
    for key, voucher in truth.items():
        row = rows[key]
        assert (row["status"], row["voucher_date"]) == (voucher.status, voucher.date.isoformat())
        assert [(line["netvisor_key"], cents(line["line_sum"])) for line in row["voucher_lines"]] == [
            (line.key, int(line.sum * 100)) for line in voucher.lines
        ]


def test_voucher_lines_are_the_lines_of_the_vouchers(whole: Whole) -> None:
    nested = {
        (voucher["netvisor_key"], line["netvisor_key"]): line
        for voucher in whole.tables["vouchers"]
        for line in voucher["voucher_lines"]
    }
    flat = {(line["voucher_netvisor_key"], line["netvisor_key"]): line for line in whole.tables["voucher_lines"]}
    assert set(nested) == set(flat)
    for key, line in nested.items():
        assert {name: flat[key].get(name) for name in line} == line


def test_lines_add_up_to_their_invoices(whole: Whole) -> None:
    tables = whole.tables
    for lines, parent, line_sum, details, total in (
        ("sales_invoice_lines", "invoice_netvisor_key", "sales_invoice_product_line_sum",
         "sales_invoice_details", "sales_invoice_amount"),
        ("sales_order_lines", "order_netvisor_key", "sales_invoice_product_line_sum",
         "sales_order_details", "sales_invoice_amount"),
        ("purchase_invoice_lines", "invoice_netvisor_key", "line_sum",
         "purchase_invoice_details", "purchase_invoice_amount"),
    ):  # fmt: skip
        assert grouped(tables[lines], parent, line_sum) == grouped(tables[details], "netvisor_key", total)


def test_open_sums_are_totals_less_payments(whole: Whole) -> None:
    tables = whole.tables
    paid = grouped(tables["sales_payments"], "invoice_number", "sum")
    for invoice in tables["sales_invoices"]:
        open_sum = cents(invoice["invoice_sum"]) - paid.get(invoice["invoice_number"], 0)
        assert cents(invoice["open_sum"]) == open_sum
    spent = grouped(tables["purchase_payments"], "invoice_key", "home_currency_sum")
    for invoice in tables["purchase_invoices"]:
        assert cents(invoice["open_sum"]) == cents(invoice["sum"]) - spent.get(invoice["netvisor_key"], 0)


def test_balances_are_explained_by_the_valid_lines(whole: Whole) -> None:
    posted: dict[tuple[str, str], int] = defaultdict(int)
    for line in whole.tables["voucher_lines"]:
        if line["voucher_status"] == "valid":
            posted[line["account_number"], line["voucher_date"][:7]] += cents(line["line_sum"])
    by_account: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in whole.tables["account_balances"]:
        by_account[row["account_number"]].append((row["date"], cents(row["balance"])))
    months = 0
    for account, balances in by_account.items():
        balances.sort()
        for (_, before), (end, after) in pairwise(balances):
            assert after - before == posted.get((account, end[:7]), 0)
            months += 1
    assert months > 500


def test_the_invoice_of_a_payment_by_its_key() -> None:
    company = Company(5, 60, years=1, today=date(2025, 4, 15))
    moment = datetime(2025, 4, 15, 10, 0, tzinfo=timezone.utc)
    seen = ApiAssumptions(notation="seen")
    with SetClock(moment).in_charge(), NetvisorSimulator(company, assumptions=seen, clock=lambda: moment) as simulator:
        rows = records(read(simulator.config(start_date=START), ["sales_payments"]))["sales_payments"]
    keys = {payment.key: payment.invoice_key for payment in company.sales_payments()}
    found = {row["netvisor_key"]: row["invoice_number_netvisor_key"] for row in rows if "date" in row}
    assert found and found == {key: keys[key] for key in found}


# --- assumptions ------------------------------------------------------------------------------------------------------

SAME_FIELDS: Any = {"empty_balances": "listed", "summed_reply_options": "accepted", "credit_loss_filter": "obeyed"}
SAME_UNDER = {
    "lower case": ApiAssumptions(casing="lower", one_key="wrapped"),
    "upper case": ApiAssumptions(casing="upper", line_wrappers="each"),
    "decimal points, missing lists": ApiAssumptions(decimal="point", empty_list="missing", unknown_key="left_out"),
    "bounds outside, siblings": ApiAssumptions(date_bounds="exclusive", modified_bounds="exclusive",
                                               never_modified="out", period_nesting="sibling", list_cap=500),
    "as replies and clients show it": ApiAssumptions(notation="seen", decimal="mixed", empty_wrappers="absent",
                                                     line_wrappers="each", encoded_commas="accepted"),
    "illegal characters": ApiAssumptions(illegal_characters=True, failed_with_http_200="always_200"),
    # which balances there are, and whether options bring anything, is a matter of its own
    "drawn at random": replace(ApiAssumptions.random(Random(2)), **SAME_FIELDS),
    "drawn at random again": replace(ApiAssumptions.random(Random(3)), **SAME_FIELDS),
}  # fmt: skip


def everything(assumptions: ApiAssumptions) -> dict[str, list[Row]]:
    """All records of a small company, those of each stream in the order of their keys."""
    company = Company(5, 110, years=1, today=date(2025, 4, 15), employees=2)
    moment = datetime(2025, 4, 15, 10, 0, tzinfo=timezone.utc)
    with (
        SetClock(moment).in_charge(),
        NetvisorSimulator(company, assumptions=assumptions, clock=lambda: moment) as simulator,
    ):
        run = read(simulator.config(start_date=START))
        simulator.assert_clean()
    assert run.code == 0, run.errors_of(None)
    tables = records(run)
    for payment in tables["sales_payments"]:
        # the documents have no such attribute
        payment.pop("invoice_number_netvisor_key", None)
    return {name: sorted(tables[name], key=lambda row: json.dumps(row, sort_keys=True)) for name in sorted(tables)}


@pytest.fixture(scope="module")
def as_documented() -> dict[str, list[Row]]:
    return everything(ApiAssumptions())


@pytest.mark.parametrize("name", SAME_UNDER)
def test_same_records_under_every_assumption(as_documented: dict[str, list[Row]], name: str) -> None:
    found = everything(SAME_UNDER[name])
    assert list(found) == list(as_documented)
    for stream, rows in as_documented.items():
        assert found[stream] == rows, stream


@pytest.mark.parametrize("name", ["", "lower case", "illegal characters", "drawn at random"])
def test_same_records_from_their_text(
    as_documented: dict[str, list[Row]], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_splitter, "LARGE", 0)
    found = everything(SAME_UNDER.get(name, ApiAssumptions()))
    assert list(found) == list(as_documented)
    for stream, rows in as_documented.items():
        assert list(map(in_order, found[stream])) == list(map(in_order, rows)), stream


def in_order(row: Row) -> str:
    """A row's text, in which 1, 1.0 and true differ."""
    return json.dumps(row, sort_keys=True)
