"""The streams of taxes and ledgers: every month once, in calls that Netvisor takes, with figures of the books."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from integration_tests.reads import read, records
from integration_tests.scenario import TODAY, Scenario
from netvisor_simulator.company.chart import PAYABLES, RECEIVABLES
from netvisor_simulator.company.obligations import VAT_ACCOUNTS, month_end

STREAMS = ["vat_reports", "ledger_reconciliations", "vat_summary_reports"]
Tables = dict[str, list[dict[str, Any]]]


def tables(scenario: Scenario, **config: Any) -> Tables:
    run = read(scenario.simulator.config(**config), STREAMS)
    scenario.simulator.assert_clean()
    assert run.code == 0
    return records(run)


def months(first: date, last: date) -> list[str]:
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [f"{first.year + (first.month - 1 + n) // 12}-{(first.month - 1 + n) % 12 + 1:02d}" for n in range(count)]


@pytest.mark.parametrize(
    ("start", "spans"),
    [
        (date(2026, 3, 10), [("2026-03", "2026-03")]),
        (date(2025, 1, 1), [("2025-01", "2026-03")]),
        (date(2024, 3, 17), [("2024-03", "2025-12"), ("2026-01", "2026-03")]),
        (date(2021, 12, 31), [("2021-12", "2022-12"), ("2023-01", "2024-12"), ("2025-01", "2026-03")]),
        # Netvisor takes no month before 2000
        (
            date(1998, 5, 1),
            [(f"{year}-01", f"{year + 1}-12") for year in range(2000, 2026, 2)] + [("2026-01", "2026-03")],
        ),
    ],
)
def test_every_month_and_year_once(make_scenario: Callable[..., Scenario], start: date, spans: Any) -> None:
    scenario = make_scenario(vouchers=20)
    found = tables(scenario, start_date=start.isoformat())
    asked = [call.query for call in scenario.simulator.calls.of("financialobligationstatus.nv")]
    assert asked == [f"startmonth={first}&endmonth={last}" for first, last in spans]
    expected = months(max(start, date(2000, 1, 1)), TODAY)
    assert [row["period"] for row in found["vat_reports"]] == expected
    both = [(row["period"], row["ledger"]) for row in found["ledger_reconciliations"]]
    assert both == [(period, ledger) for period in expected for ledger in ("purchase_ledger", "sales_ledger")]
    assert [row["year"] for row in found["vat_summary_reports"]] == sorted({int(period[:4]) for period in expected})


def test_the_figures_are_those_of_the_books(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(vouchers=300)
    found = tables(scenario, start_date="2025-01-01")
    company = scenario.company
    for row in found["vat_reports"]:
        year, month = map(int, row["period"].split("-"))
        if month_end((year, month)) >= TODAY:
            assert set(row) == {"period", "business_id"}
            continue
        posted = sum(
            (
                -line.sum
                for voucher in company.vouchers()
                if voucher.status == "valid" and f"{voucher.date:%Y-%m}" == row["period"]
                for line in voucher.lines
                if line.account in VAT_ACCOUNTS
            ),
            Decimal(0),
        )
        assert Decimal(str(row["payable_amount"])) == posted
    assert {"filing_date" in row for row in found["vat_reports"]} == {True, False}
    accounts = {"purchase_ledger": PAYABLES, "sales_ledger": RECEIVABLES}
    for row in found["ledger_reconciliations"]:
        year, month = map(int, row["period"].split("-"))
        balance = company.account_balance(accounts[row["ledger"]], month_end((year, month)))
        assert Decimal(str(row["bookkeeping_end_balance"])) == balance
        assert row["source_end_balance"] == row["bookkeeping_end_balance"], row
        assert (row["deviating_vouchers"], row["deviating_payments"]) == (0, 0)


def test_a_memo_voucher_on_the_receivables_deviates(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(vouchers=100)
    lines = ((RECEIVABLES, Decimal("100.00")), (8560, Decimal("-100.00")))
    scenario.changes.add_voucher(scenario.clock.local, date(2026, 1, 20), lines)
    found = tables(scenario, start_date="2025-12-01")["ledger_reconciliations"]
    sales = {row["period"]: row for row in found if row["ledger"] == "sales_ledger"}
    differences = {
        period: round(row["bookkeeping_end_balance"] - row["source_end_balance"], 2) for period, row in sales.items()
    }
    assert differences == {"2025-12": 0, "2026-01": 100, "2026-02": 100, "2026-03": 100}
    assert [row["deviating_vouchers"] for row in sales.values()] == [0, 1, 0, 0]
