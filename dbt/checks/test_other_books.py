"""Statements of books that the simulator never keeps (other_books.py), against figures counted on paper."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pictures
import postgres_server
import postgres_tables
import pytest
from other_books import AGAIN, EMPTY, FEW, LOSSES, MIDDLE, SHOP, SPLIT, SPLIT_AGAIN, WORKSHOP, everything

from conftest import Warehouse


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def warehouse(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """All of them in one database, built with warnings."""
    directory = tmp_path_factory.mktemp(request.param)
    database = directory / "by_hand.duckdb"
    companies = everything()
    for books in companies:
        books.write(database)
    sources = [{"schema": books.schema} for books in companies]

    def built(warehouse: Warehouse) -> Warehouse:
        variables = {"netvisor_sources": sources, "netvisor_company_names": {}, "netvisor_test_severity": "warn"}
        assert warehouse.dbt("build", **variables) == 0, warehouse.said
        return warehouse

    if request.param == "duckdb":
        yield built(Warehouse("duckdb", database, directory))
        return
    with postgres_server.server() as port:
        postgres_tables.copy(database, [books.schema for books in companies], port)
        server = Warehouse("postgres", port, directory)
        # as PyAirbyte leaves them there: see postgres_tables.py
        server.change(f"update {SHOP}.accounts set number = number || '.0'")
        yield built(server)


def lines(warehouse: Warehouse, source: str, day: str) -> dict[str, Decimal]:
    """The lines of the balance sheet that hold something."""
    rows = warehouse.rows(
        "select line, presented_balance from books.balance_sheet_statutory "
        f"where source_relation = '{source}' and month_end = '{day}' and presented_balance <> 0"
    )
    return dict(rows)


def result(
    warehouse: Warehouse, source: str, month: str, column: str = "amount_year_to_date", line: str = "IS15"
) -> Any:
    """A figure of the income statement."""
    rows = warehouse.rows(
        f"select {column} from books.income_statement where source_relation = '{source}' and line = '{line}' "
        f"and month = '{month}-01'"
    )
    assert len(rows) == 1
    return rows[0][0]


def decimals(**figures: str) -> dict[str, Decimal]:
    """Lines with their figures; `BA_B` is the line BA.B."""
    return {name.replace("_", "."): Decimal(text) for name, text in figures.items()}


def test_closed_years_and_a_late_edit(warehouse: Warehouse) -> None:
    assert lines(warehouse, SHOP, "2025-10-31") == decimals(
        BA="12144.62", BA_A="949.50", BA_A_II="949.50", BA_B="11195.12", BA_B_II="2081.50", BA_B_II_2="2081.50",
        BA_B_IV="9113.62",
        # 549.50 and 959.73, less the 77.77 that no closing voucher has
        BL="12144.62", BL_A="11519.12", BL_A_I="10000", BL_A_III="1431.46", BL_A_IV="87.66",
        BL_D="625.50", BL_D_2="625.50",
    )  # fmt: skip
    assert lines(warehouse, SHOP, "2024-12-31")["BL.A.IV"] == Decimal("881.96")
    assert lines(warehouse, SHOP, "2024-12-31")["BL.A.III"] == Decimal("549.50")
    assert result(warehouse, SHOP, "2023-12") == Decimal("549.50")
    assert result(warehouse, SHOP, "2024-12") == Decimal("881.96")
    assert result(warehouse, SHOP, "2024-12", "amount_year_to_date_previous_year") == Decimal("549.50")
    assert result(warehouse, SHOP, "2025-10") == Decimal("87.66")
    assert result(warehouse, SHOP, "2025-10", line="IS10") == Decimal("-12.34")
    assert result(warehouse, SHOP, "2024-11", line="IS8") == Decimal("-77.77")
    rows = warehouse.rows(
        "select period_name, closing_vouchers, result, closed_result, difference "
        f"from books_reconciliation.reconciliation_year_end where source_relation = '{SHOP}' order by begin_date"
    )
    assert [row[1:] for row in rows] == [
        (1, Decimal("549.50"), Decimal("549.50"), Decimal(0)),
        (1, Decimal("881.96"), Decimal("959.73"), Decimal("-77.77")),
        (0, Decimal("87.66"), None, None),
    ]


def test_broken_years_a_loss_and_a_year_opened_again(warehouse: Warehouse) -> None:
    for month, expected in (
        ("2024-05", "800"), ("2024-06", "-200.10"), ("2024-07", "0"), ("2024-12", "300"), ("2025-06", "254.95"),
        ("2025-07", "0"), ("2025-10", "60"),
    ):  # fmt: skip
        assert result(warehouse, WORKSHOP, month) == Decimal(expected), month
    assert result(warehouse, WORKSHOP, "2024-08", "amount_year_to_date_previous_year") == Decimal(800)
    assert lines(warehouse, WORKSHOP, "2024-06-30")["BL.A.IV"] == Decimal("-200.10")
    # the second year is not closed yet: its result stands beside that of the first
    assert lines(warehouse, WORKSHOP, "2025-10-31") == decimals(
        BA="2614.85", BA_B="2614.85", BA_B_II="300", BA_B_II_2="300", BA_B_IV="2314.85",
        BL="2614.85", BL_A="2614.85", BL_A_I="2500", BL_A_III="54.85", BL_A_IV="60",
    )  # fmt: skip


def test_a_company_without_a_posting(warehouse: Warehouse) -> None:
    assert warehouse.rows(f"select as_of from books.dim_company where source_relation = '{EMPTY}'") == [
        (date(2025, 11, 15),)
    ]
    assert lines(warehouse, EMPTY, "2025-11-30") == {}
    assert result(warehouse, EMPTY, "2025-11") == 0


@pytest.mark.parametrize("source", [MIDDLE, AGAIN])
def test_a_start_date_in_the_middle_of_a_year(warehouse: Warehouse, source: str) -> None:
    """The year's result before the data stands with the year's, and the closing voucher of all of it closes both."""
    expected = {
        # 90 - 20 before the data, 110.10 after the start date
        "2024-06-30": decimals(BL_A_III="700", BL_A_IV="180.10"),
        "2024-12-31": decimals(BL_A_III="700", BL_A_IV="180.10"),
        "2025-01-31": decimals(BL_A_III="880.10"),
        "2025-06-30": decimals(BL_A_III="880.10", BL_A_IV="-30"),
    }
    for day, figures in expected.items():
        found = lines(warehouse, source, day)
        assert {line: amount for line, amount in found.items() if line in ("BL.A.III", "BL.A.IV")} == figures, day
        assert found["BA"] == found["BL"]
    generated = warehouse.rows(
        "select account_name, presented_balance from books.balance_sheet where is_generated "
        f"and month_end = '2025-06-30' and presented_balance <> 0 and source_relation = '{source}'"
    )
    assert generated == [("Result of the accounting period, not closed", Decimal(-30))]


def test_the_year_to_date_from_before_the_data(warehouse: Warehouse) -> None:
    """Netvisor's balances tell it where they begin at nothing in each period; else it begins with the data."""
    assert result(warehouse, AGAIN, "2024-06") == Decimal("180.10")
    assert result(warehouse, MIDDLE, "2024-06") == Decimal("110.10")
    for source in (MIDDLE, AGAIN):
        assert result(warehouse, source, "2024-06", "amount") == Decimal("110.10")
        assert result(warehouse, source, "2025-06") == Decimal("-30")


@pytest.mark.parametrize("source", [SPLIT, SPLIT_AGAIN])
def test_a_period_that_ends_in_the_middle_of_a_month(warehouse: Warehouse, source: str) -> None:
    """The month is the newer period's: its balances leave out what the older one posted; columns tell it."""
    assert result(warehouse, source, "2024-05") == Decimal(100)
    assert result(warehouse, source, "2024-06", "amount") == Decimal(57)
    assert result(warehouse, source, "2024-06") == Decimal(7)
    assert result(warehouse, source, "2024-08") == Decimal(5)
    found = lines(warehouse, source, "2024-06-30")
    assert (found["BL.A.III"], found["BL.A.IV"]) == (Decimal(150), Decimal(7))
    of_june = f"source_relation = '{source}' and month = '2024-06-01'"
    rows = warehouse.rows(
        "select account_number, beginning_balance, debit, credit, debit_before_period, credit_before_period, "
        "closing_change, closing_change_before_period, ending_balance from books.general_ledger_by_period "
        f"where {of_june} and debit + credit <> 0"
    )
    assert sorted(tuple(map(int, row)) for row in rows) == [
        (2371, 0, 150, 150, 0, 150, -150, -150, 0),
        (2375, 0, 0, 150, 0, 0, 0, 0, -150),
        (3000, 0, 0, 57, 0, 50, 0, 0, -7),
        (19101, 1100, 57, 0, 50, 0, 0, 0, 1157),
    ]  # fmt: skip
    rows = warehouse.rows(
        "select account_number, balance_at_period_start, debit_in_period, credit_in_period, ending_balance "
        f"from books.trial_balance where {of_june} and debit + credit <> 0"
    )
    assert sorted(tuple(map(int, row)) for row in rows) == [
        (2371, -150, 150, 0, 0), (2375, 0, 0, 150, -150), (3000, 0, 0, 7, -7), (19101, 1150, 7, 0, 1157),
    ]  # fmt: skip
    rows = warehouse.rows(
        "select month, line, amount, amount_year_to_date from books.cash_flow_statement "
        f"where source_relation = '{source}' and line in ('result', 'change in cash') "
        "and month in ('2024-05-01', '2024-06-01', '2024-08-01') order by month, sort_order"
    )
    assert [(day.month, line, int(amount), int(to_date)) for day, line, amount, to_date in rows] == [
        (5, "result", 100, 100), (5, "change in cash", 100, 1100),
        (6, "result", 57, 7), (6, "change in cash", 57, 7),
        (8, "result", -2, 5), (8, "change in cash", -2, 5),
    ]  # fmt: skip


def test_each_balance_follows_from_the_one_before(warehouse: Warehouse) -> None:
    """By account and month: it begins where it ended, a profit and loss account at nothing in each period."""
    rows = warehouse.rows(
        "select source_relation, account_number, statement, period_netvisor_key, beginning_balance, debit, credit, "
        "debit_before_period, credit_before_period, ending_balance from books.general_ledger_by_period "
        "order by source_relation, account_number, month"
    )
    assert len(rows) > 1000
    for before, row in zip([None, *rows], rows, strict=False):
        source, account, statement, period, begin, debit, credit, older_debit, older_credit, end = row
        change = debit - credit
        if statement == "profit and loss":
            change -= older_debit - older_credit
        assert begin + change == end, row
        if before is not None and before[:2] == (source, account):
            goes_on = statement == "balance sheet" or before[3] == period
            assert begin == (before[-1] if goes_on else 0), row


def test_without_accounting_periods_a_year_is_a_calendar_year(warehouse: Warehouse) -> None:
    assert result(warehouse, FEW, "2024-12") == Decimal(100)
    assert result(warehouse, FEW, "2025-02") == Decimal(40)
    assert lines(warehouse, FEW, "2025-02-28") == decimals(
        BA="140", BA_B="140", BA_B_IV="140", BL="140", BL_A="140", BL_A_III="100", BL_A_IV="40"
    )


def test_receivables_with_a_credit_note(warehouse: Warehouse) -> None:
    rows = warehouse.rows(
        "select source_relation, as_of, invoice_number, open_sum, age_group from books.receivables_aged "
        "where as_of in ('2023-03-31', '2024-02-29', '2024-03-31', '2025-10-31') "
        "order by as_of, source_relation, invoice_number"
    )
    assert rows == [
        (SHOP, date(2023, 3, 31), "1001", Decimal(1240), "1-30 days"),
        (SHOP, date(2024, 2, 29), "1002", Decimal(2480), "1-30 days"),
        (SHOP, date(2024, 3, 31), "1002", Decimal(1860), "31-60 days"),
        (SHOP, date(2025, 10, 31), "1002", Decimal(1860), "over 90 days"),
        (SHOP, date(2025, 10, 31), "1004", Decimal("125.50"), "31-60 days"),
        (WORKSHOP, date(2025, 10, 31), "1001", Decimal(300), "over 90 days"),
    ]


def test_a_credit_loss_is_no_payment(warehouse: Warehouse) -> None:
    """It ends what the customer owes on its day, but no money comes: it is a cost, and its VAT comes back."""
    of_losses = f"source_relation = '{LOSSES}'"
    rows = warehouse.rows(
        "select event_type, event_date, invoice_number, payment_netvisor_key, amount from books.receivable_events "
        f"where {of_losses} and payment_netvisor_key is not null order by event_date"
    )
    assert rows == [
        ("payment", date(2025, 2, 15), "1001", 1, Decimal(-620)),
        ("credit loss", date(2025, 5, 20), "1001", 2, Decimal(-620)),
        ("credit loss", date(2025, 6, 10), "1002", 3, Decimal(-1240)),
        # nobody says whether it is one
        ("payment", date(2025, 7, 1), "1003", 4, Decimal(-1240)),
    ]
    rows = warehouse.rows(f"select distinct event_type from books.receivable_events where {of_losses} order by 1")
    assert rows == [("credit loss",), ("invoice",), ("payment",)], "nothing is left to explain"
    rows = warehouse.rows(
        f"select as_of, invoice_number, open_sum from books.receivables_aged where {of_losses} "
        "and as_of between '2025-04-30' and '2025-11-15' order by as_of, invoice_number"
    )
    april, may, june = date(2025, 4, 30), date(2025, 5, 31), date(2025, 6, 30)
    assert rows == [
        (april, "1001", Decimal(620)), (april, "1002", Decimal(1240)), (april, "1003", Decimal(1240)),
        (may, "1002", Decimal(1240)), (may, "1003", Decimal(1240)),
        (june, "1003", Decimal(1240)),
    ]  # fmt: skip
    rows = warehouse.rows(
        "select distinct document_type, document_netvisor_key from books.general_ledger "
        f"where {of_losses} and document_type is not null order by document_netvisor_key"
    )
    assert rows == [("sales payment", 1), ("credit loss", 2), ("credit loss", 3), ("sales payment", 4)]


def test_a_credit_loss_moves_no_money(warehouse: Warehouse) -> None:
    of_losses = f"source_relation = '{LOSSES}'"
    rows = warehouse.rows(
        "select month, money_in, money_out from books.bank_balance "
        f"where {of_losses} and (money_in <> 0 or money_out <> 0) order by month"
    )
    assert rows == [
        (date(2025, 1, 1), Decimal(5000), Decimal(0)), (date(2025, 2, 1), Decimal(620), Decimal(0)),
        (date(2025, 7, 1), Decimal(1240), Decimal(0)),
    ]  # fmt: skip
    rows = warehouse.rows(
        "select line, amount from books.cash_flow_statement "
        f"where {of_losses} and month = '2025-05-01' and amount <> 0 order by sort_order"
    )
    assert rows == [("result", Decimal(-500)), ("receivables", Decimal(620)), ("payables", Decimal(-120))]
    assert result(warehouse, LOSSES, "2025-06", "amount", "IS8") == Decimal(-1000)
    assert result(warehouse, LOSSES, "2025-06", "amount", "IS1") == 0
    rows = warehouse.rows(
        f"select month, amount from books.vat_return where {of_losses} and box = '301' and month >= '2025-04-01' "
        "and amount <> 0 order by month"
    )
    assert rows == [(date(2025, 5, 1), Decimal(-120)), (date(2025, 6, 1), Decimal(-240))]


def test_the_vat_return(warehouse: Warehouse) -> None:
    rows = warehouse.rows(
        f"select month, box, amount from books.vat_return where source_relation = '{SHOP}' and amount <> 0 "
        "order by month, box"
    )
    assert rows == [
        (date(2023, 3, 1), "301", Decimal(240)), (date(2023, 3, 1), "308", Decimal(240)),
        (date(2023, 5, 1), "307", Decimal(96)), (date(2023, 5, 1), "308", Decimal(-96)),
        (date(2024, 2, 1), "301", Decimal(480)), (date(2024, 2, 1), "308", Decimal(480)),
        (date(2024, 3, 1), "301", Decimal(-120)), (date(2024, 3, 1), "308", Decimal(-120)),
        (date(2025, 9, 1), "301", Decimal("25.50")), (date(2025, 9, 1), "308", Decimal("25.50")),
    ]  # fmt: skip


def test_what_differs_is_the_late_edit_alone(warehouse: Warehouse) -> None:
    rows = warehouse.rows("select model, differences from books_reconciliation.reconciliation where differences <> 0")
    assert rows == [("reconciliation_year_end", 1)]
    compared = dict(warehouse.rows("select model, compared from books_reconciliation.reconciliation"))
    assert compared["reconciliation_account_balances"] > 1000
    assert compared["reconciliation_receivables"] and compared["reconciliation_payables"]
    assert compared["reconciliation_companies"] == 9


def test_pictures_of_odd_books(warehouse: Warehouse, tmp_path: Path) -> None:
    """A company without a posting, one without cost centres and one of a single month have pictures too."""
    if warehouse.engine == "duckdb":
        files = pictures.draw(warehouse.place, tmp_path)
        assert len(files) == 9 * len(pictures.PICTURES) and all(file.stat().st_size > 5000 for file in files)
