"""Books that the simulator never keeps, written by hand, with every expected figure counted on paper.

A late edit in a closed year, a reopened year, a loss, a credit note, credit losses, broken and odd accounting periods,
a start date in the middle of a year, a company without a posting, and one of which little is synced; all of them have
equal keys.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pictures
import postgres_server
import postgres_tables
import pytest
from hand_books import HandBooks

from conftest import Warehouse

SHOP, WORKSHOP, EMPTY, MIDDLE, AGAIN, SPLIT, SPLIT_AGAIN, FEW, LOSSES = (
    "shop", "workshop", "no_postings", "middle_carried", "middle_reset", "split_carried", "split_reset", "ledger_only",
    "credit_losses",
)  # fmt: skip
YEARS = tuple((date(year, 1, 1), date(year, 12, 31)) for year in (2023, 2024, 2025))


def shop() -> HandBooks:
    """Calendar years, two of them closed, VAT, a credit note, and a cost posted into 2024 after it was closed."""
    books = HandBooks(SHOP, "1111111-1", YEARS, balances="carried")
    books.post("2023-01-01", ("19101", "10000"), ("2001", "-10000"))
    books.post("2023-02-01", ("1160", "1000"), ("19101", "-1000"))
    books.post("2023-03-10", ("1701", "1240"), ("3000", "-1000", "KOMY", "24"), ("2939", "-240"))
    books.post("2023-04-05", ("19101", "1240"), ("1701", "-1240"))
    books.post("2023-05-15", ("4000", "400", "KOOS", "24"), ("1763", "96"), ("2871", "-496"))
    books.post("2023-06-10", ("2871", "496"), ("19101", "-496"))
    books.post("2023-12-31", ("6870", "50.50"), ("1160", "-50.50"))
    books.close("2023-12-31", "549.50")
    books.post("2024-02-10", ("1701", "2480"), ("3000", "-2000", "KOMY", "24"), ("2939", "-480"))
    books.post("2024-03-01", ("1701", "-620"), ("3000", "500", "KOMY", "24"), ("2939", "120"))
    books.post("2024-04-20", ("5000", "300.33"), ("19101", "-300.33"))
    books.post("2024-12-31", ("9900", "239.94"), ("19101", "-239.94"))
    books.close("2024-12-31", "959.73")
    books.post("2024-11-15", ("8500", "77.77"), ("19101", "-77.77"))
    books.post("2025-09-01", ("1701", "125.50"), ("3000", "-100", "KOMY", "25.5"), ("2939", "-25.50"))
    books.post("2025-10-01", ("9460", "12.34"), ("19101", "-12.34"))
    invoices = (
        (1, "1001", "2023-03-10", 1240.0, 0.0), (2, "1002", "2024-02-10", 2480.0, 1860.0),
        (3, "1003", "2024-03-01", -620.0, 0.0), (4, "1004", "2025-09-01", 125.5, 125.5),
    )  # fmt: skip
    for key, number, day, total, open_ in invoices:
        invoice_date = date.fromisoformat(day)
        books.add("sales_invoices", netvisor_key=key, invoice_number=number, invoice_date=invoice_date,
                  invoice_due_date=invoice_date.replace(day=28), invoice_sum=total, open_sum=open_,
                  customer_netvisor_key=9, customer_name="Asiakas")  # fmt: skip
    books.add("sales_invoice_details", netvisor_key=3, credited_invoice_netvisor_key=2)
    books.add("sales_payments", netvisor_key=1, date=date(2023, 4, 5), sum=1240.0, invoice_number="1001", voucher_id=4)
    books.add("purchase_invoices", netvisor_key=1, invoice_number="A7", invoice_date=date(2023, 5, 15), sum=496.0,
              open_sum=0.0, vendor="Toimittaja")  # fmt: skip
    books.add("purchase_payments", netvisor_key=1, date=date(2023, 6, 10), home_currency_sum=496.0, invoice_key=1)
    return books


def workshop() -> HandBooks:
    """A first period of 16 months from mid-month, closed with a loss, opened and closed again; years from July."""
    periods = (
        (date(2023, 3, 15), date(2024, 6, 30)), (date(2024, 7, 1), date(2025, 6, 30)),
        (date(2025, 7, 1), date(2026, 6, 30)),
    )  # fmt: skip
    books = HandBooks(WORKSHOP, "2222222-2", periods, balances="reset")
    books.post("2023-03-15", ("19101", "2500"), ("2001", "-2500"))
    books.post("2023-08-01", ("19101", "800"), ("3000", "-800"))
    books.close("2024-06-30", "150", status="invalidated")
    books.post("2024-06-30", ("8500", "1000.10"), ("19101", "-1000.10"))
    books.close("2024-06-30", "-200.10")
    books.post("2024-12-31", ("1701", "300"), ("3000", "-300"))
    books.post("2025-06-30", ("8500", "45.05"), ("19101", "-45.05"))
    books.post("2025-08-15", ("19101", "60"), ("3000", "-60"))
    books.add("sales_invoices", netvisor_key=1, invoice_number="1001", invoice_date=date(2024, 12, 31),
              invoice_due_date=date(2025, 1, 14), invoice_sum=300.0, open_sum=300.0, customer_netvisor_key=9,
              customer_name="Toinen asiakas")  # fmt: skip
    return books


def begun_in_the_middle(schema: str, business_id: str, balances: str) -> HandBooks:
    """What the first four vouchers posted is known from Netvisor's balances only."""
    books = HandBooks(schema, business_id, YEARS, date(2024, 5, 10), balances)
    books.post("2023-05-01", ("19101", "5000"), ("2001", "-5000"))
    books.post("2023-06-01", ("19101", "700"), ("3000", "-700"))
    books.close("2023-12-31", "700")
    books.post("2024-02-01", ("19101", "90"), ("3000", "-90"))
    books.post("2024-05-05", ("8500", "20"), ("19101", "-20"))
    books.post("2024-06-15", ("19101", "110.10"), ("3000", "-110.10"))
    books.close("2024-12-31", "180.10")
    books.post("2025-03-01", ("8500", "30"), ("19101", "-30"))
    return books


def split_month(schema: str, business_id: str, balances: str) -> HandBooks:
    """A period that ends in the middle of a month."""
    periods = ((date(2024, 1, 1), date(2024, 6, 15)), (date(2024, 6, 16), date(2025, 12, 31)))
    books = HandBooks(schema, business_id, periods, balances=balances)
    books.post("2024-03-01", ("19101", "1000"), ("2001", "-1000"))
    books.post("2024-05-01", ("19101", "100"), ("3000", "-100"))
    books.post("2024-06-10", ("19101", "50"), ("3000", "-50"))
    books.post("2024-06-20", ("19101", "7"), ("3000", "-7"))
    books.close("2024-06-15", "150")
    books.post("2024-08-01", ("8500", "2"), ("19101", "-2"))
    return books


def ledger_only() -> HandBooks:
    """Accounts and postings; neither accounting periods nor balances are synced."""
    books = HandBooks(FEW, "7777777-7")
    books.post("2024-05-01", ("19101", "100"), ("3000", "-100"))
    books.post("2025-02-01", ("19101", "40"), ("3000", "-40"))
    return books


def credit_losses() -> HandBooks:
    """Paid in part and the rest written off with its VAT; written off whole; paid, where nobody says what it is."""
    books = HandBooks(LOSSES, "8888888-8", YEARS[2:], balances="carried")
    books.post("2025-01-02", ("19101", "5000"), ("2001", "-5000"))
    for day in ("2025-01-10", "2025-02-10", "2025-03-10"):
        books.post(day, ("1701", "1240"), ("3000", "-1000", "KOMY", "24"), ("2939", "-240"))
    books.post("2025-02-15", ("19101", "620"), ("1701", "-620"))
    books.post("2025-05-20", ("8780", "500", "KOMY", "24"), ("2939", "120"), ("1701", "-620"))
    books.post("2025-06-10", ("8780", "1000", "KOMY", "24"), ("2939", "240"), ("1701", "-1240"))
    books.post("2025-07-01", ("19101", "1240"), ("1701", "-1240"))
    for key, day in ((1, date(2025, 1, 10)), (2, date(2025, 2, 10)), (3, date(2025, 3, 10))):
        books.add("sales_invoices", netvisor_key=key, invoice_number=f"100{key}", invoice_date=day,
                  invoice_due_date=day.replace(day=24), invoice_sum=1240.0, open_sum=0.0, customer_netvisor_key=9,
                  customer_name="Asiakas")  # fmt: skip
    payments = (
        (1, "1001", date(2025, 2, 15), 620.0, 5, False), (2, "1001", date(2025, 5, 20), 620.0, 6, True),
        (3, "1002", date(2025, 6, 10), 1240.0, 7, True), (4, "1003", date(2025, 7, 1), 1240.0, 8, None),
    )  # fmt: skip
    for key, number, day, amount, voucher, is_credit_loss in payments:
        books.add("sales_payments", netvisor_key=key, date=day, sum=amount, invoice_number=number, voucher_id=voucher,
                  is_credit_loss=is_credit_loss)  # fmt: skip
    return books


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def warehouse(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """All of them in one database, built with warnings."""
    directory = tmp_path_factory.mktemp(request.param)
    database = directory / "by_hand.duckdb"
    companies = (
        shop(), workshop(), HandBooks(EMPTY, "3333333-3", YEARS), begun_in_the_middle(MIDDLE, "4444444-4", "carried"),
        begun_in_the_middle(AGAIN, "5555555-5", "reset"), split_month(SPLIT, "6666666-6", "carried"),
        split_month(SPLIT_AGAIN, "9999999-9", "reset"), ledger_only(), credit_losses(),
    )  # fmt: skip
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
