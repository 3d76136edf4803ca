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
    # postings of the second company on an account that its chart lacks
    "delete from second_company.accounts where number = '8700'",
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
    # a sale and a purchase at other rates than their tax, and a code that nobody knows
    f"update {BENT}.voucher_lines set vat_percent = 14 where vat_code = 'KOMY' and description = 'KOMY' "
    f"and vat_percent = 25.5 and voucher_date between '{YEAR}-07-01' and '{YEAR}-12-31'",
    f"update {BENT}.voucher_lines set vat_percent = 10 where vat_code = 'KOOS' and description = 'KOOS' "
    f"and voucher_date between '{YEAR}-01-01' and '{YEAR}-06-30'",
    f"update {BENT}.voucher_lines set vat_code = 'HUH' where vat_code = 'MUUL'",
    # Netvisor's own figures of the next year: the sales ledger in March, the purchase ledger's account in April, VAT in
    # June; and three months' reports as one of a quarter, listed under its first month, one euro too much
    f"update {BENT}.ledger_reconciliations set source_end_balance = source_end_balance + 1 "
    f"where period = '{YEAR + 1}-03' and ledger = 'sales_ledger'",
    f"update {BENT}.ledger_reconciliations set bookkeeping_end_balance = bookkeeping_end_balance - 2 "
    f"where period = '{YEAR + 1}-04' and ledger = 'purchase_ledger'",
    f"update {BENT}.vat_reports set payable_amount = payable_amount - 100 where period = '{YEAR + 1}-06'",
    f"update {BENT}.vat_reports set tax_period = 'Quarter', payable_amount = 1 + (select sum(payable_amount) from "
    f"{BENT}.vat_reports where period between '{YEAR + 1}-07' and '{YEAR + 1}-09') where period = '{YEAR + 1}-07'",
)


@pytest.fixture(scope="module")
def bent(synced: Synced, duckdb_warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A copy of the warehouse after an edit in a closed year, with everything bent, built again with warnings."""
    copy = duckdb_warehouse.copy(tmp_path_factory.mktemp("bent"))
    with synced.story.simulator() as simulator:
        config = synced.story.config(simulator, FIRST)
        key = edit_in_closed_year(synced.story.companies[FIRST], simulator.now)
        sync.sync(config, copy.cache(BENT), STREAMS, show_progress=False)
        synced.story.companies[FIRST].changes.delete_voucher(simulator.now, key)
    copy.change(*BENDS)
    assert copy.dbt("build", netvisor_test_severity="warn") == 0, copy.said
    return copy


def differences(warehouse: Warehouse, model: str, columns: str) -> set[tuple[object, ...]]:
    return set(warehouse.rows(f"select {columns} from books_reconciliation.{model} where is_difference"))


def test_each_reconciliation_warns(bent: Warehouse) -> None:
    models = {path.stem for path in (Path(__file__).parent.parent / "tests").glob("reconciles_*.sql")}
    assert models == set(re.findall(r"WARN \d+ (reconciles_\w+)", bent.said))


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
    assert found == {
        (BENT, "9750", "no line in the statements"),
        ("second_company", "8700", "not in the chart of accounts"),
    }
    # its postings are in no statement, and that shows
    found = differences(bent, "reconciliation_row_counts", "source_relation, model")
    assert found == {("second_company", "general_ledger_by_period")}
    assert ("second_company",) in differences(bent, "reconciliation_balance_sheet", "source_relation")


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
    assert {(holds, day.year, day.month > 6) for holds, day in found} == {  # type: ignore[attr-defined]
        ("debt", YEAR, True),
        ("receivable", YEAR, False),
    }
    assert differences(bent, "reconciliation_vat_codes", "source_relation, vat_code") == {(BENT, "HUH")}


def test_netvisors_own_reconciliations(bent: Warehouse) -> None:
    found = differences(bent, "reconciliation_ledgers", "ledger, month_end, open_sum_difference, account_difference")
    of_that_year = {(ledger, str(day)[:7], *rest) for ledger, day, *rest in found if str(day).startswith(str(YEAR + 1))}
    assert of_that_year == {
        ("sales", f"{YEAR + 1}-03", Decimal(-1), Decimal(0)),
        ("purchase", f"{YEAR + 1}-04", Decimal(0), Decimal(-2)),
    }


def test_reports_of_vat(bent: Warehouse) -> None:
    found = differences(bent, "reconciliation_vat_reports", "period, difference")
    of_that_year = {(period, amount) for period, amount in found if str(period).startswith(str(YEAR + 1))}
    assert of_that_year == {(f"{YEAR + 1}-06", Decimal(100)), (f"{YEAR + 1}-07", Decimal(-1))}


def test_a_late_edit_in_a_closed_year(bent: Warehouse) -> None:
    """The closing voucher keeps the old result; what it lacks stands in the balance sheet, which still adds up."""
    rows = bent.rows(
        "select source_relation, difference from books_reconciliation.reconciliation_year_end where is_difference "
        f"and closing_vouchers > 0 and source_relation = '{BENT}' order by end_date desc limit 1"
    )
    assert rows == [(BENT, Decimal("-123.45"))]
    rows = bent.rows(
        f"select presented_balance from books.balance_sheet where source_relation = '{BENT}' and is_generated "
        "and account_name like 'Result of earlier%' order by month desc limit 1"
    )
    assert rows == [(Decimal("-123.45"),)]


MONTH = f"{YEAR + 1}-05-01"
DIMENSION = "Kustannuspaikka"

TABLES_BENT = {
    "general_ledger": (
        "insert into books.general_ledger select * from books.general_ledger where account_number = '1910' limit 1"
    ),
    "sales": "delete from books.sales where sales_key = (select min(sales_key) from books.sales)",
    "purchases": "insert into books.purchases select * from books.purchases limit 1",
    "working_hours": "update books.working_hours set hours = hours + 1 where working_hours_key = "
    "(select min(working_hours_key) from books.working_hours)",
    "income statement": (
        f"update books.income_statement set amount = amount + 1 where line = 'IS15' and month = '{MONTH}'"
    ),
    "profit and loss": (
        f"update books.profit_and_loss set amount = amount + 1 where account_number = '3000' and month = '{MONTH}'"
    ),
    f"by dimension {DIMENSION}": f"delete from books.profit_and_loss_by_dimension where month = '{MONTH}' "
    f"and dimension_name = '{DIMENSION}' and dimension_item = '(none)'",
    "balance sheet": (
        f"update books.balance_sheet_statutory set presented_balance = 0 where line = 'BA' and month = '{MONTH}'"
    ),
    "cash flow statement": (
        f"update books.cash_flow_statement set amount = amount - 1 where line = 'cash accounts' and month = '{MONTH}'"
    ),
}
"""What bends a table, by the name of the comparison that has to see it."""


def failed(warehouse: Warehouse) -> set[str]:
    """The tests of dbt's that failed in its last command."""
    return set(re.findall(r"FAIL \d+ (\w+) \.", warehouse.said))


def test_tables_that_were_bent(duckdb_warehouse: Warehouse, tmp_path: Path) -> None:
    """Every comparison of a table with what it is made of, and the keys: a row that is there twice shows."""
    copy = duckdb_warehouse.copy(tmp_path)
    copy.change(*TABLES_BENT.values())
    assert copy.dbt("build", "--select", "reconciliation_row_counts", "reconciliation_statements") == 1
    assert failed(copy) == {"reconciles_row_counts", "reconciles_statements"}, "errors in the project's own tests"
    assert copy.dbt("test", "--select", "test_name:unique_together") == 1
    assert failed(copy) == {
        "unique_together_general_ledger_ledger_line_key",
        "unique_together_purchases_purchases_key",
    }
    found = {row[0] for row in differences(copy, "reconciliation_row_counts", "model")}
    found |= {row[0] for row in differences(copy, "reconciliation_statements", "statement")}
    # a posting that is there twice makes the ledger differ from its months too
    assert found == {*TABLES_BENT, "general_ledger_by_period"}
    rows = differences(copy, "reconciliation_statements", "statement, month")
    assert {statement for statement, month in rows if str(month) == MONTH} == {statement for statement, _ in rows}, (
        "each shows in the month that was bent"
    )


def test_a_line_of_ones_own_that_no_statement_has(duckdb_warehouse: Warehouse, tmp_path: Path) -> None:
    """And a voucher whose status nobody knows: neither is dropped without a word."""
    copy = duckdb_warehouse.copy(tmp_path)
    copy.change(
        "insert into books_staging.netvisor_account_lines values (null, '8560', 'IS99', null)",
        f"update {BENT}.voucher_lines set voucher_status = 'pending' where voucher_netvisor_key = 100709",
    )
    words = ("build", "--select", "int_netvisor__account_lines+", "general_ledger+")
    assert copy.dbt(*words, netvisor_test_severity="warn") == 0, copy.said
    found = differences(copy, "reconciliation_account_lines", "account_number, problem")
    assert found == {("8560", "a line that its statement does not have")}
    assert ("general_ledger",) in differences(copy, "reconciliation_row_counts", "model")
    assert ("income statement",) in differences(copy, "reconciliation_statements", "statement")
