"""Sales invoices in another currency than euros: their own sums, and those in the books."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from integration_tests.reads import read, records
from integration_tests.scenario import START, Scenario

STREAMS = ["sales_invoices", "sales_invoice_details", "sales_invoice_lines", "sales_payments", "voucher_lines"]
HOME = "EUR"
RECEIVABLES = "1701"


def cents(amount: float) -> Decimal:
    return Decimal(str(amount)).quantize(Decimal("0.01"))


def test_an_invoice_in_another_currency(make_scenario: Callable[..., Scenario]) -> None:
    """The list has both sums, the details the invoice's own, and the voucher euros."""
    scenario = make_scenario(vouchers=300)
    tables = records(read(scenario.simulator.config(start_date=START.isoformat()), STREAMS, full_refresh=True))
    details = {row["netvisor_key"]: row for row in tables["sales_invoice_details"]}
    lines: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in tables["sales_invoice_lines"]:
        lines[row["invoice_netvisor_key"]].append(row)
    posted = {
        row["linked_source_netvisor_key"]: cents(row["line_sum"])
        for row in tables["voucher_lines"]
        if row["account_number"] == RECEIVABLES and row.get("linked_source_netvisor_key_type") == "salesinvoice"
    }
    currencies: dict[str, int] = defaultdict(int)
    for row in tables["sales_invoices"]:
        detail = details[row["netvisor_key"]]
        currency = row["invoice_currency_sum_currency_code"]
        currencies[currency] += 1
        total = cents(row["invoice_currency_sum"])
        assert total == cents(detail["sales_invoice_amount"])
        assert total == sum(cents(line["sales_invoice_product_line_sum"]) for line in lines[row["netvisor_key"]])
        assert {line["invoice_amount_currency"] for line in lines[row["netvisor_key"]]} == {currency}
        assert detail["sales_invoice_amount_iso4217_currency_code"] == currency
        assert posted[row["netvisor_key"]] == cents(row["invoice_sum"])
        assert (row["open_currency_sum"] == 0) == (row["open_sum"] == 0)
        if currency == HOME:
            assert total == cents(row["invoice_sum"]) and detail.get("foreign_currency_amount") is None
            continue
        assert cents(detail["foreign_currency_amount"]) == total
        rate = Decimal(str(detail["sales_invoice_amount_currency_rate"]))
        assert abs(total / rate - cents(row["invoice_sum"])) < Decimal("0.05")
    assert currencies["USD"] > 1 and currencies["SEK"] and currencies[HOME] > 20
    assert_payments(tables, {row["invoice_number"]: row for row in tables["sales_invoices"]})


def assert_payments(tables: dict[str, list[dict[str, Any]]], invoices: dict[str, dict[str, Any]]) -> None:
    """A payment of an invoice in another currency has its sum in that currency too."""
    seen = set()
    for payment in tables["sales_payments"]:
        invoice = invoices.get(payment.get("invoice_number") or "")
        if invoice is None:
            continue
        currency = invoice["invoice_currency_sum_currency_code"]
        seen.add(currency)
        foreign = payment.get("foreign_currency_amount")
        assert (foreign is None) == (currency == HOME)
        if foreign is not None and payment["sum"] == invoice["invoice_sum"]:
            assert foreign == invoice["invoice_currency_sum"]
    assert seen == {HOME, "USD", "SEK"}
