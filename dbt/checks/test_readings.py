"""What Netvisor leaves open, and books that begin in the middle of a year: the balances reconcile either way."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from story import SCHEMAS

from conftest import Synced, Warehouse
from netvisor_simulator.company import Company
from netvisor_simulator.company.chart import ACCOUNTS
from netvisor_simulator.company.plan import HELSINKI

FIRST = "first_company"
OF_RESULT = f"(select netvisor_key from {FIRST}.accounts where not is_cumulative)"
BUILD = (
    "build",
    "--select",
    *("+reconciliation_account_balances", "+balance_sheet_statutory", "+reconciliation_balance_sheet"),
)


def test_balances_of_profit_and_loss_may_begin_anew_in_each_period(duckdb_warehouse: Warehouse, tmp_path: Path) -> None:
    reading = "select distinct reading from books_staging.int_netvisor__balance_reading"
    assert duckdb_warehouse.rows(reading) == [("carried",)]
    copy = duckdb_warehouse.copy(tmp_path)
    copy.change(
        f"update {FIRST}.account_balances as own set balance = own.balance - coalesce((select earlier.balance "
        f"from {FIRST}.account_balances as earlier join {FIRST}.accounting_periods as period "
        "on earlier.date = period.begin_date - interval 1 day "
        "where earlier.account_netvisor_key = own.account_netvisor_key "
        f"and own.date between period.begin_date and period.end_date), 0) where account_netvisor_key in {OF_RESULT}"
    )
    assert copy.dbt(*BUILD) == 0, copy.said
    assert copy.rows(f"{reading} where source_relation = '{FIRST}'") == [("reset",)]
    query = "select month, account_number, ending_balance from books.general_ledger_by_period order by all"
    assert copy.rows(query) == duckdb_warehouse.rows(query)


def test_books_that_begin_in_the_middle_of_a_month(synced: Synced, duckdb_warehouse: Warehouse, tmp_path: Path) -> None:
    """As a start date makes them: no older voucher, and the first balance at that month's end."""
    copy = duckdb_warehouse.copy(tmp_path)
    year = datetime.now(HELSINKI).year - 1
    copy.change(
        f"delete from {FIRST}.voucher_lines where voucher_date < '{year}-03-10'",
        f"delete from {FIRST}.account_balances where date < '{year}-03-31'",
    )
    assert copy.dbt(*BUILD) == 0, copy.said
    company = synced.story.companies[next(iter(SCHEMAS))]
    rows = copy.rows(
        "select account_number, month_end, ending_balance from books.general_ledger_by_period "
        f"where source_relation = '{FIRST}' and statement = 'balance sheet'"
    )
    assert min(day for _, day, _ in rows).isoformat() == f"{year}-03-31"
    for number, day, balance in rows:
        assert balance == company.account_balance(int(number), day), (number, day)
    # the year's result before the data is the year's all the same
    rows = copy.rows(
        "select month_end, presented_balance from books.balance_sheet_statutory "
        f"where source_relation = '{FIRST}' and line = 'BL.A.IV'"
    )
    assert len(rows) > 12
    for day, balance in rows:
        assert balance == result_of_period(company, day), day


def result_of_period(company: Company, day: date) -> Decimal:
    """The result of the accounting period that a day is in, up to that day."""
    begin = next(period.begin for period in company.periods() if period.begin <= day <= period.end)
    return -sum(
        (
            line.sum
            for voucher in company.vouchers()
            if voucher.status == "valid" and begin <= voucher.date <= day
            for line in voucher.lines
            if not ACCOUNTS[line.account].cumulative
        ),
        Decimal(0),
    )


def test_a_company_may_number_its_accounts_as_it_likes(duckdb_warehouse: Warehouse, tmp_path: Path) -> None:
    """Receivables, payables, VAT and result under other numbers: the default accounts and the dates tell them."""
    copy = duckdb_warehouse.copy(tmp_path)
    numbers = {"1701": "1711", "2871": "2881", "1763": "1773", "2939": "2949", "2948": "2958", "2371": "2361"}
    for old, new in numbers.items():
        copy.change(
            f"update {FIRST}.accounts set number = '{new}' where number = '{old}'",
            *(
                f"update {FIRST}.{table} set account_number = '{new}' where account_number = '{old}'"
                for table in ("voucher_lines", "account_balances", "default_accounts")
            ),
        )
    assert copy.dbt("build") == 0, copy.said
    closing = f"select count(*) from books.general_ledger where is_closing and source_relation = '{FIRST}'"
    assert copy.rows(closing) == duckdb_warehouse.rows(closing)
    differ = "select sum(differences) from books_reconciliation.reconciliation"
    assert copy.rows(differ)[0][0] == 0
    for table, column, line in (("income_statement", "amount", "IS15"), ("balance_sheet_statutory", "balance", "BA")):
        query = f"select source_relation, month, {column} from books.{table} where line = '{line}' order by all"
        assert copy.rows(query) == duckdb_warehouse.rows(query)
