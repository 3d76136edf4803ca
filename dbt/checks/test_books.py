"""The tables hold what the simulated companies' own books hold, to the cent, in DuckDB and in PostgreSQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from story import SCHEMAS

from conftest import Synced, Warehouse
from netvisor_simulator.company import Company
from netvisor_simulator.company.chart import ACCOUNTS
from netvisor_simulator.company.full_books import closed_periods

ZERO = Decimal(0)
COST_CENTRES = "Kustannuspaikka"


def each(synced: Synced) -> Iterator[tuple[str, str, Company]]:
    """Schema, business id and books of each company."""
    for business_id, company in synced.story.companies.items():
        yield SCHEMAS[business_id], business_id, company


def lines(company: Company) -> Iterator[tuple[Any, Any]]:
    """The lines of the valid vouchers with their vouchers."""
    return ((v, line) for v in company.vouchers() if v.status == "valid" for line in v.lines)


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def month_ends(warehouse: Warehouse, schema: str) -> list[date]:
    return [
        row[0] for row in warehouse.rows(f"select month_end from books.dim_month where source_relation = '{schema}'")
    ]


def test_the_first_sync_reads_everything_and_the_second_what_changed(synced: Synced) -> None:
    before, after = synced.records
    assert all(after[company] < before[company] / 2 for company in before)
    for done in synced.done.values():
        assert all(done.values()), "each kind of change has been made"


def test_the_ledger_holds_every_posting(synced: Synced, warehouse: Warehouse) -> None:
    for schema, business_id, company in each(synced):
        expected = {
            (v.key, line.key, v.date, v.type.abbreviation, v.number, str(line.account), line.sum, line.vat_code)
            for v, line in lines(company)
        }
        rows = warehouse.rows(
            "select voucher_netvisor_key, line_netvisor_key, posting_date, voucher_type, voucher_number, "
            f"account_number, amount, vat_code from books.general_ledger where source_relation = '{schema}' "
            f"and business_id = '{business_id}'"
        )
        assert len(rows) == len(set(rows)) == len(expected)
        assert set(rows) == expected


def test_both_companies_have_equal_keys(synced: Synced, warehouse: Warehouse) -> None:
    rows = warehouse.rows(
        "select count(*) from (select voucher_netvisor_key, line_netvisor_key from books.general_ledger "
        "group by voucher_netvisor_key, line_netvisor_key having count(*) = 2) as twice"
    )
    assert rows[0][0] > 500


def test_the_year_is_closed_by_a_one_sided_voucher(synced: Synced, warehouse: Warehouse) -> None:
    for schema, _, company in each(synced):
        closed = [period.end for period in closed_periods(company)]
        rows = warehouse.rows(
            "select posting_date, count(*) from books.general_ledger "
            f"where is_closing and source_relation = '{schema}' group by posting_date order by posting_date"
        )
        assert closed and rows == [(day, 1) for day in closed]


def test_balances_of_every_account_at_every_month_end(synced: Synced, warehouse: Warehouse) -> None:
    for schema, _, company in each(synced):
        begins = {period.key: period.begin for period in company.periods()}
        rows = warehouse.rows(
            "select account_number, month_end, period_netvisor_key, ending_balance from books.general_ledger_by_period "
            f"where source_relation = '{schema}'"
        )
        assert len(rows) > 30 * 24
        for number, day, period, balance in rows:
            expected = company.account_balance(int(number), day)
            if not ACCOUNTS[int(number)].cumulative:
                expected -= company.account_balance(int(number), begins[period] - timedelta(days=1))
            assert balance == expected, (schema, number, day)


def test_the_balance_sheet_counts_closed_years_once(synced: Synced, warehouse: Warehouse) -> None:
    for schema, _, company in each(synced):
        rows = warehouse.rows(
            "select month_end, line, presented_balance from books.balance_sheet_statutory "
            f"where source_relation = '{schema}'"
        )
        shown = {(day, line): amount for day, line, amount in rows}
        cumulative = [account for account in ACCOUNTS.values() if account.cumulative]
        for day in month_ends(warehouse, schema):
            assets = sum(company.account_balance(a.number or 0, day) for a in cumulative if (a.number or 0) < 2000)
            assert shown[day, "BA"] == shown[day, "BL"] == assets
            period = next(one for one in company.periods() if one.begin <= day <= one.end)
            before = period.begin - timedelta(days=1)
            result = -sum(
                company.account_balance(a.number or 0, day) - company.account_balance(a.number or 0, before)
                for a in ACCOUNTS.values() if not a.cumulative
            )  # fmt: skip
            assert shown[day, "BL.A.IV"] == result, (schema, day)


def test_the_income_statement_is_the_result(synced: Synced, warehouse: Warehouse) -> None:
    for schema, _, company in each(synced):
        results: dict[date, Decimal] = defaultdict(Decimal)
        revenue: dict[date, Decimal] = defaultdict(Decimal)
        for voucher, line in lines(company):
            if not ACCOUNTS[line.account].cumulative:
                results[first_of_month(voucher.date)] -= line.sum
            if 3000 <= line.account < 3600:
                revenue[first_of_month(voucher.date)] -= line.sum
        for line_code, expected in (("IS15", results), ("IS1", revenue)):
            rows = warehouse.rows(
                "select month, amount, amount_rolling_12_months, amount_previous_year from books.income_statement "
                f"where source_relation = '{schema}' and line = '{line_code}' order by month"
            )
            assert {month: amount for month, amount, *_ in rows if amount} == {m: a for m, a in expected.items() if a}
            months = [row[0] for row in rows]
            for n, (_, _, rolling, previous) in enumerate(rows):
                assert rolling == sum(expected[month] for month in months[max(0, n - 11) : n + 1])
                assert previous == (expected[months[n - 12]] if n >= 12 else None)


def test_profit_and_loss_by_cost_centre(synced: Synced, warehouse: Warehouse) -> None:
    for schema, _, company in each(synced):
        expected: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
        for voucher, line in lines(company):
            if not ACCOUNTS[line.account].cumulative:
                item = next((tag.item for tag in line.tags if tag.dimension == COST_CENTRES), "(none)")
                expected[item, first_of_month(voucher.date)] -= line.sum
        rows = warehouse.rows(
            "select dimension_item, month, sum(amount) from books.profit_and_loss_by_dimension "
            f"where source_relation = '{schema}' and dimension_name = '{COST_CENTRES}' group by dimension_item, month"
        )
        assert {(item, month): amount for item, month, amount in rows} == dict(expected)


def test_open_invoices_on_every_day(synced: Synced, warehouse: Warehouse) -> None:
    for schema, _, company in each(synced):
        days = [row[0] for row in warehouse.rows(
            f"select as_of from books_staging.int_netvisor__as_of_dates where source_relation = '{schema}'"
        )]  # fmt: skip
        assert len(days) > 24
        for table, invoices, payments in (
            ("receivables_aged", list(company.sales_invoices()), company.payments_of_sale),
            ("payables_aged", list(company.purchase_invoices()), company.payments_of_purchase),
        ):
            expected: dict[tuple[date, int], Decimal] = {}
            for invoice in invoices:
                paid = [(payment.date, payment.sum) for payment in payments(invoice)]  # type: ignore[operator]
                for day in days:
                    amount = (invoice.total if invoice.date <= day else ZERO) - sum(s for d, s in paid if d <= day)
                    if amount:
                        expected[day, invoice.key] = amount
            rows = warehouse.rows(
                f"select as_of, invoice_netvisor_key, open_sum from books.{table} where source_relation = '{schema}'"
            )
            assert len(rows) == len(expected)
            assert {(day, key): amount for day, key, amount in rows} == expected, table


def test_credit_losses_are_no_payments(synced: Synced, warehouse: Warehouse) -> None:
    for schema, _, company in each(synced):
        payments = [one for invoice in company.sales_invoices() for one in company.payments_of_sale(invoice)]
        expected = {
            (one.key, "credit loss" if one.is_credit_loss else "payment", one.date, -one.sum) for one in payments
        }
        rows = warehouse.rows(
            "select payment_netvisor_key, event_type, event_date, amount from books.receivable_events "
            f"where source_relation = '{schema}' "
            "and payment_netvisor_key is not null and invoice_netvisor_key is not null"
        )
        assert set(rows) == expected and len(rows) == len(expected)
        assert {kind for _, kind, *_ in rows} == {"credit loss", "payment"}
        # what came in money is what the vouchers of payments posted on the bank's accounts
        received = warehouse.rows(
            "select sum(amount) from books.general_ledger where document_type = 'sales payment' "
            f"and account_number in ('1910', '1920') and source_relation = '{schema}'"
        )
        assert received[0][0] == sum(one.sum for one in payments if not one.is_credit_loss)


def test_vat_of_every_code(synced: Synced, warehouse: Warehouse) -> None:
    for schema, _, company in each(synced):
        expected: dict[tuple[date, str, Decimal], Decimal] = defaultdict(Decimal)
        for voucher, line in lines(company):
            if line.vat_code != "-":
                sign = -1 if line.account < 4000 else 1
                expected[first_of_month(voucher.date), line.vat_code, line.vat_percent] += sign * line.sum
        rows = warehouse.rows(
            "select month, vat_code, vat_percent, base from books.vat_by_code_and_month "
            f"where source_relation = '{schema}'"
        )
        assert {(month, code, percent): base for month, code, percent, base in rows} == dict(expected)
        assert len({code for _, code, _, _ in rows}) == 20


def test_the_vat_return_adds_up(synced: Synced, warehouse: Warehouse) -> None:
    rows = warehouse.rows("select source_relation, month, box, amount from books.vat_return")
    boxes = {(source, month, box): amount for source, month, box, amount in rows}
    assert {box for _, _, box in boxes} == {str(n) for n in (*range(301, 315), 318, 319, 320)}
    for (source, month, box), amount in boxes.items():
        if box == "308":
            owed = sum(boxes[source, month, one] for one in ("301", "302", "303", "304", "305", "306", "318"))
            assert amount == owed - boxes[source, month, "307"]
    for box in (
        "301",
        "302",
        "303",
        "304",
        "305",
        "306",
        "307",
        "309",
        "310",
        "311",
        "312",
        "313",
        "314",
        "318",
        "319",
    ):
        assert any(amount for (_, _, one), amount in boxes.items() if one == box), box


def test_sales_by_customer_product_and_month(synced: Synced, warehouse: Warehouse) -> None:
    for schema, _, company in each(synced):
        expected: dict[tuple[date, int, int, str], Decimal] = defaultdict(Decimal)
        foreign: dict[tuple[date, int, int, str], tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
        costs: dict[tuple[date, int, int, str], Decimal] = defaultdict(Decimal)
        for invoice in company.sales_invoices():
            for line in invoice.lines:
                key = first_of_month(invoice.date), invoice.customer_key, line.product_key, invoice.currency.code
                expected[key] += line.in_currency.net
                # half a cent is a cent: counted exactly, and not in binary fractions
                costs[key] += (line.quantity * line.purchase_price).quantize(Decimal("0.01"), ROUND_HALF_UP)
                euros, slack = foreign[key]
                # Netvisor rounds each line to cents, and the mart converts by the rate of the whole invoice
                foreign[key] = euros + line.net, slack + (invoice.currency.code != "EUR") * Decimal("0.01")
        rows = warehouse.rows(
            "select month, customer_netvisor_key, product_netvisor_key, currency_code, sum(net_amount_in_currency), "
            f"sum(net_amount), sum(cost) from books.sales where source_relation = '{schema}' "
            "group by month, customer_netvisor_key, product_netvisor_key, currency_code"
        )
        assert {tuple(row[:4]): row[4] for row in rows} == dict(expected)
        assert {tuple(row[:4]): row[6] for row in rows} == dict(costs)
        for *key, _, amount, _ in rows:
            euros, slack = foreign[tuple(key)]
            assert abs(amount - euros) <= slack, key
        assert {"USD", "SEK"} <= {row[3] for row in rows}


def test_cash_flow_ends_at_the_bank(synced: Synced, warehouse: Warehouse) -> None:
    for schema, _, company in each(synced):
        rows = warehouse.rows(
            "select month, amount from books.cash_flow_statement "
            f"where line = 'change in cash' and source_relation = '{schema}'"
        )
        for month, amount in rows:
            before, last = month - timedelta(days=1), (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
            cash = sum(company.account_balance(n, last) - company.account_balance(n, before) for n in (1910, 1920))
            assert amount == cash


def test_everything_reconciles(synced: Synced, warehouse: Warehouse) -> None:
    rows = warehouse.rows("select model, compared, differences from books_reconciliation.reconciliation")
    assert len(rows) == 16 and all(compared for _, compared, _ in rows)
    assert [row for row in rows if row[2]] == []
