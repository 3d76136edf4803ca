"""The rules that every stream's JSON schema keeps, as far as a machine can check them.

The record builder compiles these schemas into its table of names and types, so a form that it does not know, or a
property name that is not snake_case, would show only as missing data. Reads nothing but `source_netvisor/schemas`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

SCHEMAS = Path(__file__).resolve().parent.parent / "source_netvisor" / "schemas"
DRAFT_07 = "http://json-schema.org/draft-07/schema#"
SNAKE_CASE = re.compile(r"_?[a-z][a-z0-9]*(_[a-z0-9]+)*")
# Destinations do not resolve references and unions, and Netvisor adds values to its code lists without notice.
FORBIDDEN_KEYWORDS = {"$ref", "allOf", "anyOf", "oneOf", "not", "enum", "const", "pattern", "required", "definitions"}
SCALARS = {"string", "integer", "number", "boolean"}
FORMATS = {"date", "date-time"}
MODIFIED_UNTIL = "_ab_modified_until"
DELETED_AT = "_ab_cdc_deleted_at"
RAW = "_netvisor_raw"
UNKNOWN = "_netvisor_unknown"
CONTROL_PROPERTIES = (MODIFIED_UNTIL, DELETED_AT, RAW, UNKNOWN)

KEY = ("netvisor_key",)
INVOICE_LINE = ("invoice_netvisor_key", "netvisor_key")
ORDER_LINE = ("order_netvisor_key", "netvisor_key")

PRIMARY_KEYS: dict[str, tuple[str, ...]] = {
    "accounts": KEY,
    "default_accounts": ("purpose",),
    "accounting_periods": KEY,
    "period_locks": ("business_id",),
    "voucher_types": KEY,
    "vouchers": KEY,
    "voucher_lines": ("voucher_netvisor_key", "netvisor_key"),
    "deleted_vouchers": KEY,
    "account_balances": ("account_netvisor_key", "date"),
    "dimensions": KEY,
    "dimension_items": KEY,
    "account_dimensions": KEY,
    "bank_accounts": ("iban",),
    "budget_accounts": ("year", "netvisor_key"),
    "budgets": ("account_number", "year", "month"),
    "sales_invoices": KEY,
    "sales_invoice_details": KEY,
    "sales_invoice_lines": INVOICE_LINE,
    "sales_orders": KEY,
    "sales_order_details": KEY,
    "sales_order_lines": ORDER_LINE,
    "sales_payments": KEY,
    "deleted_sales_invoices": KEY,
    "deleted_sales_orders": KEY,
    "deleted_sales_payments": KEY,
    "payment_terms": KEY,
    "sales_personnel": KEY,
    "contract_invoicing": ("netvisor_key", "year", "month"),
    "customers": KEY,
    "customer_details": KEY,
    "products": KEY,
    "product_details": KEY,
    "extended_products": KEY,
    "product_groups": KEY,
    "inventory": ("product_netvisor_key", "warehouse_netvisor_key"),
    "inventory_places": KEY,
    "purchase_invoices": KEY,
    "purchase_invoice_details": KEY,
    "purchase_invoice_lines": INVOICE_LINE,
    "purchase_orders": KEY,
    "purchase_order_details": KEY,
    "purchase_order_lines": ORDER_LINE,
    "purchase_payments": KEY,
    "vendors": KEY,
    "deleted_purchase_invoices": KEY,
    "deleted_purchase_orders": KEY,
    "deleted_purchase_payments": KEY,
    "circulation_lists": KEY,
    "product_qualities": KEY,
    "employees": KEY,
    "employee_details": KEY,
    "employee_salary_parameters": ("employee_netvisor_key", "ratio_number"),
    "payroll_ratios": ("source", "identifier"),
    "payroll_parties": KEY,
    "payroll_paychecks": KEY,
    "payroll_paycheck_details": KEY,
    "payroll_paycheck_lines": ("paycheck_netvisor_key", "line_number"),
    "work_hours": KEY,
    "record_types": KEY,
    "vat_reports": ("period",),
    "ledger_reconciliations": ("period", "ledger"),
    "vat_summary_reports": ("year",),
    "user_access_rights": ("company_netvisor_key", "netvisor_key"),
    "user_invitations": KEY,
}

WITH_DELETION_LIST = {
    "vouchers",
    "voucher_lines",
    "sales_invoices",
    "sales_invoice_details",
    "sales_invoice_lines",
    "sales_orders",
    "sales_order_details",
    "sales_order_lines",
    "sales_payments",
    "purchase_invoices",
    "purchase_invoice_details",
    "purchase_invoice_lines",
    "purchase_orders",
    "purchase_order_details",
    "purchase_order_lines",
    "purchase_payments",
}
# Every stream with a deletion list reads by windows, except the sales payments: those carry their own timestamp.
WITH_DAYS_READ_AGAIN = {
    "account_balances",
    "payroll_paychecks",
    "payroll_paycheck_details",
    "payroll_paycheck_lines",
    "work_hours",
}
READ_ANEW_EACH_WEEK = {
    "customers",
    "customer_details",
    "products",
    "product_details",
    "extended_products",
    "vendors",
}
WITH_WINDOW_END = (WITH_DELETION_LIST - {"sales_payments"}) | {
    "customers",
    "customer_details",
    "products",
    "product_details",
    "vendors",
    "payroll_paychecks",
    "payroll_paycheck_details",
    "payroll_paycheck_lines",
    "work_hours",
}
OWN_CURSORS = {
    "deleted_vouchers": "delete_date",
    "account_balances": "date",
    "sales_payments": "last_modified_timestamp",
    "deleted_sales_invoices": "delete_date",
    "deleted_sales_orders": "delete_date",
    "deleted_sales_payments": "delete_date",
    "extended_products": "last_changed_date",
    "purchase_payments": "date",
    "deleted_purchase_invoices": "delete_date",
    "deleted_purchase_orders": "delete_date",
    "deleted_purchase_payments": "delete_date",
    "payroll_paychecks": "payment_date",
    "payroll_paycheck_details": "payment_date",
    "payroll_paycheck_lines": "payment_date",
    "work_hours": "date",
}
WITH_LINE_NUMBER = {name for name in PRIMARY_KEYS if name.endswith(("_lines", "_items"))}

STREAMS = sorted(path.stem for path in SCHEMAS.glob("*.json"))
every_stream = pytest.mark.parametrize("stream", STREAMS)


def load(stream: str) -> dict[str, Any]:
    """The schema of one stream, as its file has it."""
    schema: dict[str, Any] = json.loads((SCHEMAS / f"{stream}.json").read_text(encoding="utf-8"))
    return schema


def walk(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema below `schema`, itself included, with its path (`a.b[].c`, empty for the record)."""
    yield path, schema
    for name, child in schema.get("properties", {}).items():
        yield from walk(child, f"{path}.{name}" if path else name)
    if "items" in schema:
        yield from walk(schema["items"], f"{path}[]")


def properties(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every named property at every depth, with its path."""
    return ((path, child) for path, child in walk(schema) if path and not path.endswith("[]"))


def base_type(schema: dict[str, Any]) -> str:
    """The type behind `T` or `["null", T]`; fails on any other form."""
    declared = schema["type"]
    if isinstance(declared, list):
        assert len(declared) == 2, declared
        assert declared[0] == "null", declared
        declared = declared[1]
    assert isinstance(declared, str), declared
    return declared


def nullable(schema: dict[str, Any]) -> bool:
    """Whether the schema allows null."""
    return isinstance(schema["type"], list)


def reject_repeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """`object_pairs_hook` that refuses a name given twice, where JSON itself would silently keep the last."""
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), sorted({name for name in names if names.count(name) > 1})
    return dict(pairs)


def test_one_schema_for_each_stream() -> None:
    assert set(STREAMS) == set(PRIMARY_KEYS)


@every_stream
def test_is_valid_draft_07(stream: str) -> None:
    schema = load(stream)
    Draft7Validator.check_schema(schema)
    assert schema["$schema"] == DRAFT_07
    assert schema["type"] == "object"
    assert schema["title"].strip()
    assert schema["description"].strip()


@every_stream
def test_names_no_property_twice(stream: str) -> None:
    json.loads((SCHEMAS / f"{stream}.json").read_text(encoding="utf-8"), object_pairs_hook=reject_repeated)


@every_stream
def test_uses_no_forbidden_keyword(stream: str) -> None:
    for path, schema in walk(load(stream)):
        assert not FORBIDDEN_KEYWORDS & schema.keys(), path


@every_stream
def test_every_object_is_open(stream: str) -> None:
    """Netvisor adds elements without notice; they must reach the destination."""
    for path, schema in walk(load(stream)):
        if base_type(schema) == "object":
            assert schema.get("additionalProperties") is True, path


@every_stream
def test_every_property_is_described(stream: str) -> None:
    for path, schema in properties(load(stream)):
        assert schema.get("description", "").strip(), path


@every_stream
def test_names_are_snake_case(stream: str) -> None:
    for path, _ in properties(load(stream)):
        name = path.rsplit(".", 1)[-1]
        assert SNAKE_CASE.fullmatch(name), path
        # A leading underscore is the connector's own, and only the record has such properties.
        assert not name.startswith("_") or path in CONTROL_PROPERTIES, path


@every_stream
def test_names_differ_by_more_than_underscores(stream: str) -> None:
    """Elements are matched with the underscores removed, so two names must not meet there."""
    for path, schema in walk(load(stream)):
        squeezed = [name.replace("_", "") for name in schema.get("properties", {})]
        assert len(squeezed) == len(set(squeezed)), path


@every_stream
def test_types_have_an_allowed_form(stream: str) -> None:
    for path, schema in walk(load(stream)):
        kind = base_type(schema)
        if kind in SCALARS:
            assert not {"properties", "items"} & schema.keys(), path
            assert schema.get("format") is None or (kind == "string" and schema["format"] in FORMATS), path
        elif kind == "array":
            assert nullable(schema), path
            item = schema["items"]
            assert base_type(item) in SCALARS or (base_type(item) == "object" and nullable(item)), path
        else:
            assert kind == "object", path
            # Aggregates are flattened: an object is the record, an array's item or the raw values.
            assert path in ("", RAW, UNKNOWN) or path.endswith("[]"), path
            assert path in (RAW, UNKNOWN) or schema.get("properties"), path


@every_stream
def test_has_the_connectors_own_properties(stream: str) -> None:
    record = load(stream)["properties"]
    assert record["business_id"]["type"] == "string"
    for name in (RAW, UNKNOWN):
        assert record[name]["type"] == ["null", "object"]
    assert list(record)[-2:] == [RAW, UNKNOWN]
    assert (MODIFIED_UNTIL in record) == (stream in WITH_WINDOW_END)
    assert (DELETED_AT in record) == (stream in WITH_DELETION_LIST | WITH_DAYS_READ_AGAIN | READ_ANEW_EACH_WEEK)
    if MODIFIED_UNTIL in record:
        assert (record[MODIFIED_UNTIL]["type"], record[MODIFIED_UNTIL]["format"]) == ("string", "date-time")
    if DELETED_AT in record:
        assert (record[DELETED_AT]["type"], record[DELETED_AT]["format"]) == (["null", "string"], "date-time")


@every_stream
def test_primary_key_comes_first_and_is_never_null(stream: str) -> None:
    record = load(stream)["properties"]
    key = PRIMARY_KEYS[stream]
    assert tuple(record)[: len(key)] == key
    for name in key:
        assert record[name]["type"] in ("integer", "string"), name


@every_stream
def test_own_cursor_is_a_date(stream: str) -> None:
    if stream in OWN_CURSORS:
        cursor = load(stream)["properties"][OWN_CURSORS[stream]]
        assert base_type(cursor) == "string"
        assert cursor["format"] in FORMATS


@every_stream
def test_lines_are_numbered(stream: str) -> None:
    """A record of a stream of lines or items says where in the document it stood."""
    if stream in WITH_LINE_NUMBER:
        assert base_type(load(stream)["properties"]["line_number"]) == "integer"
