"""Every reconciliation finds what is bent for it, and an edit in a closed year shows in the balance sheet."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sync
from story import SCHEMAS, edit_in_closed_year

from conftest import STREAMS, Synced, Warehouse
from netvisor_simulator.company.plan import HELSINKI

FIRST = next(iter(SCHEMAS))
BENT = "first_company"
YEAR = datetime.now(HELSINKI).year - 2
"""The year that the books begin in."""

BENDS = (
    # a voucher line lost a cent: its voucher, its account and the balance sheet
    f"update {BENT}.voucher_lines set line_sum = line_sum + 0.01 "
    "where voucher_netvisor_key = 100709 and line_number = 1",
    # Netvisor says another balance in one month
    f"update {BENT}.account_balances set balance = balance + 3 where account_number = '1800' and date = "
    f"(select max(date) from {BENT}.account_balances where date < current_date)",
    # an account with a number out of all ranges, in no group that tells its line
    f"update {BENT}.accounts set number = '9750', father_netvisor_key = 0 where number = '8700'",
    f"update {BENT}.voucher_lines set account_number = '9750' where account_number = '8700'",
    # the first company's business id in the second company's source
    f"insert into second_company.accounts select * replace ('{FIRST}' as business_id) from {BENT}.accounts limit 1",
    # open sums that payments do not explain
    f"update {BENT}.sales_invoices set open_sum = open_sum + 5 where netvisor_key = 20002",
    f"update {BENT}.purchase_invoices set open_sum = open_sum + 7 where netvisor_key = 60001",
    # payments that the ledger does not have
    f"update {BENT}.sales_payments set sum = sum + 11 where netvisor_key = "
    f"(select min(netvisor_key) from {BENT}.sales_payments where sum is not null)",
    f"update {BENT}.purchase_payments set home_currency_sum = home_currency_sum + 13 where netvisor_key = "
    f"(select min(netvisor_key) from {BENT}.purchase_payments where home_currency_sum is not null)",
    # a sale at another rate than its tax, and a code that nobody knows
    f"update {BENT}.voucher_lines set vat_percent = 14 where vat_code = 'KOMY' and description = 'KOMY' "
    f"and vat_percent = 25.5 and voucher_date between '{YEAR}-07-01' and '{YEAR}-12-31'",
    f"update {BENT}.voucher_lines set vat_code = 'HUH' where vat_code = 'MUUL'",
)

OWN_RECONCILIATIONS = (
    f"create or replace table {BENT}.ledger_reconciliations as select '{FIRST}' as business_id, "
    "strftime(month_end, '%Y-%m') as period, 'sales' as ledger, 0 as deviating_vouchers, 0 as deviating_payments, "
    "sum(open_sum) as source_end_balance, sum(open_sum) as bookkeeping_end_balance "
    "from books.receivables_aged join books.dim_month on as_of = month_end and "
    "receivables_aged.source_relation = dim_month.source_relation "
    f"where receivables_aged.source_relation = '{BENT}' group by month_end",
    f"update {BENT}.ledger_reconciliations set source_end_balance = source_end_balance + 1 "
    f"where period = '{YEAR + 1}-03'",
    f"create or replace table {BENT}.vat_reports as select '{FIRST}' as business_id, "
    "strftime(month, '%Y-%m') as period, "
    "cast(null as date) as filing_date, 'Sent' as status, 'Month' as tax_period, amount as payable_amount "
    f"from books.vat_return where source_relation = '{BENT}' and box = '308' "
    f"and month between '{YEAR + 1}-01-01' and '{YEAR + 1}-12-01'",
    f"update {BENT}.vat_reports set payable_amount = payable_amount - 100 where period = '{YEAR + 1}-06'",
    f"insert into {BENT}.vat_reports select '{FIRST}', '{YEAR}-03', null, 'Sent', 'Quarter', sum(amount) "
    f"from books.vat_return where source_relation = '{BENT}' and box = '308' "
    f"and month between '{YEAR}-01-01' and '{YEAR}-03-01'",
)
"""Netvisor's own reconciliations, made of the tables themselves, with one month of each bent."""


@pytest.fixture(scope="module")
def bent(synced: Synced, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A copy of the warehouse after an edit in a closed year, with everything bent, built again with warnings."""
    original = synced.warehouses["duckdb"]
    if not original.said:
        assert original.dbt("build") == 0, original.said
    copy = original.copy(tmp_path_factory.mktemp("bent"))
    with synced.story.simulator() as simulator:
        config = synced.story.config(simulator, FIRST)
        key = edit_in_closed_year(synced.story.companies[FIRST], simulator.now)
        sync.sync(config, copy.cache(BENT), STREAMS, show_progress=False)
        synced.story.companies[FIRST].changes.delete_voucher(simulator.now, key)
    copy.change(*OWN_RECONCILIATIONS, *BENDS)
    assert copy.dbt("build", netvisor_test_severity="warn") == 0, copy.said
    return copy


def differences(warehouse: Warehouse, model: str, columns: str) -> set[tuple[object, ...]]:
    return set(warehouse.rows(f"select {columns} from books_reconciliation.{model} where is_difference"))


def test_each_reconciliation_warns(bent: Warehouse) -> None:
    models = {path.stem for path in (Path(__file__).parent.parent / "tests").glob("reconciles_*.sql")}
    warned = set(re.findall(r"WARN \d+ (reconciles_\w+)", bent.said))
    # it compares tables with what they are made of: test_tables_that_were_bent
    assert models - warned == {"reconciles_row_counts"}


def test_vouchers(bent: Warehouse) -> None:
    assert differences(bent, "reconciliation_vouchers", "voucher_netvisor_key, difference") == {
        (100709, Decimal("0.01"))
    }
    by_month = bent.rows("select distinct difference from books_reconciliation.reconciliation_balance_sheet")
    assert {Decimal(0), Decimal("0.01")} <= {row[0] for row in by_month}


def test_account_balances(bent: Warehouse) -> None:
    found = differences(bent, "reconciliation_account_balances", "account_number, difference")
    assert ("1800", Decimal(-3)) in found
    assert any(amount == Decimal("0.01") for _, amount in found)


def test_accounts(bent: Warehouse) -> None:
    found = differences(bent, "reconciliation_account_lines", "source_relation, account_number, problem")
    assert found == {(BENT, "9750", "no line in the statements")}


def test_an_account_that_is_not_in_the_chart(duckdb_warehouse: Warehouse, tmp_path: Path) -> None:
    copy = duckdb_warehouse.copy(tmp_path)
    copy.change(f"delete from {BENT}.accounts where number = '8700'")
    assert copy.dbt("build", netvisor_test_severity="warn") == 0, copy.said
    found = differences(copy, "reconciliation_account_lines", "source_relation, account_number, problem")
    assert found == {(BENT, "8700", "not in the chart of accounts")}
    # its postings are in no statement, and that shows
    assert {"general_ledger_by_period"} == {row[0] for row in differences(copy, "reconciliation_row_counts", "model")}
    assert differences(copy, "reconciliation_balance_sheet", "month_end")


def test_companies(bent: Warehouse) -> None:
    assert differences(bent, "reconciliation_companies", "business_id, sources") == {(FIRST, 2)}


def test_open_sums(bent: Warehouse) -> None:
    found = differences(bent, "reconciliation_receivable_invoices", "invoice_netvisor_key, difference")
    assert (20002, Decimal(-5)) in found and len(found) == 2
    found = differences(bent, "reconciliation_payable_invoices", "invoice_netvisor_key, difference")
    assert (60001, Decimal(-7)) in found and len(found) == 2


def test_payments(bent: Warehouse) -> None:
    assert {row[0] for row in differences(bent, "reconciliation_receivables", "difference")} == {Decimal(11)}
    assert {row[0] for row in differences(bent, "reconciliation_payables", "difference")} == {Decimal(-13)}


def test_vat(bent: Warehouse) -> None:
    found = differences(bent, "reconciliation_vat", "holds, month")
    assert found and {holds for holds, _ in found} == {"debt"}
    assert differences(bent, "reconciliation_vat_codes", "source_relation, vat_code") == {(BENT, "HUH")}


def test_netvisors_own_reconciliations(bent: Warehouse) -> None:
    months = {str(day)[:7] for (day,) in differences(bent, "reconciliation_ledgers", "month_end")}
    assert f"{YEAR + 1}-03" in months
    assert differences(bent, "reconciliation_vat_reports", "period") == {(f"{YEAR + 1}-06",)}
    rows = bent.rows(
        "select difference from books_reconciliation.reconciliation_vat_reports where tax_period = 'Quarter'"
    )
    assert rows == [(Decimal(0),)]


def test_a_late_edit_in_a_closed_year(bent: Warehouse) -> None:
    """The closing voucher keeps the old result; what it lacks stands in the balance sheet, which still adds up."""
    rows = bent.rows(
        "select source_relation, difference from books_reconciliation.reconciliation_year_end where is_difference "
        "and closing_vouchers > 0 order by end_date desc limit 1"
    )
    assert rows == [(BENT, Decimal("-123.45"))]
    rows = bent.rows(
        f"select presented_balance from books.balance_sheet where source_relation = '{BENT}' and is_generated "
        "and account_name like 'Result of earlier%' order by month desc limit 1"
    )
    assert rows == [(Decimal("-123.45"),)]


def test_tables_that_were_bent(duckdb_warehouse: Warehouse, tmp_path: Path) -> None:
    copy = duckdb_warehouse.copy(tmp_path)
    copy.change(
        "insert into books.general_ledger select * from books.general_ledger where account_number = '8560' limit 1",
        f"update books.income_statement set amount = amount + 1 where line = 'IS15' and month = '{YEAR + 1}-05-01'",
    )
    status = copy.dbt("build", "--select", "reconciliation_row_counts", "reconciliation_statements")
    assert status == 1, "they are errors in the project's own tests"
    failed = set(re.findall(r"FAIL \d+ (reconciles_\w+)", copy.said))
    assert failed == {"reconciles_row_counts", "reconciles_statements"}
    assert {row[0] for row in differences(copy, "reconciliation_row_counts", "model")} == {
        "general_ledger",
        "general_ledger_by_period",
    }
