"""A company's books, from Netvisor to the analyst's tables and two pictures; `make warehouse-demo` runs it.

Netvisor is the simulator of the integration tests with a made-up company. It is synced into DuckDB, its bookkeepers
edit and delete, it is synced again, and the SQL of `sql/` makes the tables.

    python examples/warehouse/demo.py [--vouchers 3000] [--directory .tmp/warehouse]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT)]

import build  # noqa: E402
import duckdb  # noqa: E402
import pictures  # noqa: E402
import sync  # noqa: E402

from netvisor_simulator import NetvisorSimulator  # noqa: E402
from netvisor_simulator.company import Company  # noqa: E402


def bookkeepers_at_work(company: Company, now: datetime) -> dict[str, list[int]]:
    """Edits, payments and deletions of every kind that the warehouse has to follow, all of them of this moment.

    Args:
        company: the simulated company.
        now: the moment.

    Returns:
        Netvisor keys by what was done.
    """
    changes = company.changes
    today = now.date()
    # account balances are read again for thirteen month ends: older books are closed in practice
    recent = [v for v in company.vouchers() if today - timedelta(days=300) < v.date < today and v.status == "valid"]
    memos = [v.key for v in recent if v.linked_key is None and v.type.abbreviation in ("MU", "TO", "JA")]
    sold = [i for i in company.sales_invoices() if today - timedelta(days=300) < i.date < today and i.voucher_key]
    bought = [i for i in company.purchase_invoices() if today - timedelta(days=300) < i.date < today and i.voucher_key]
    sold_open = [i.key for i in sold if company.open_sum(i) > 0]
    sold_paid = [i for i in sold if company.payments_of_sale(i)]
    bought_open = [i.key for i in bought if company.open_sum(i) > 0]
    bought_paid = [i for i in bought if company.payments_of_purchase(i)]
    bought_paid_lately = [
        payment.key for i in bought_paid for payment in company.payments_of_purchase(i)
        if payment.date > today - timedelta(days=60)
    ]  # fmt: skip
    products = [product.key for product in company.products() if not product.deleted]
    done: dict[str, list[int]] = {
        "voucher edited": [changes.edit_voucher(now, memos[-1]).key],
        "voucher moved to another month": [
            changes.backdate_voucher(now, memos[-2], company.voucher_store.get(memos[-2]).date - timedelta(days=31)).key
        ],
        "voucher invalidated": [changes.invalidate_voucher(now, key).key for key in memos[-4:-2]],
        "voucher deleted": memos[-6:-4],
        "voucher added": [changes.add_voucher(now, lines=((7430, Decimal("480.50")), (1910, Decimal("-480.50")))).key],
        "sales invoice added": [changes.add_sales_invoice(now).key],
        "sales invoice edited": [changes.edit_sales_invoice(now, sold_open[-1], ((products[0], Decimal(7)),)).key],
        "sales invoice paid in part": [changes.pay_sales_invoice(now, sold_open[-2], Decimal("10.00")).invoice_key],
        "sales invoice deleted": [sold_paid[-2].key],
        "sales payment deleted": [company.payments_of_sale(sold_paid[-1])[0].key],
        "purchase invoice paid": [changes.pay_purchase_invoice(now, bought_open[-1]).invoice_key],
        "purchase invoice deleted": [bought_open[-2]],
        "purchase payment deleted": bought_paid_lately[-1:],
    }
    for key in done["voucher deleted"]:
        changes.delete_voucher(now, key)
    changes.delete_sales_payment(now, done["sales payment deleted"][0])
    changes.delete_sales_invoice(now, done["sales invoice deleted"][0])
    changes.delete_purchase_invoice(now, done["purchase invoice deleted"][0])
    for key in done["purchase payment deleted"]:
        changes.delete_purchase_payment(now, key)
    return done


def table(rows: Sequence[Sequence[Any]], heads: Sequence[str]) -> str:
    """Rows as text; numbers to the right."""
    cells = [[f"{c:,.2f}" if isinstance(c, Decimal) else "" if c is None else str(c) for c in row] for row in rows]
    widths = [max(len(line[n]) for line in (heads, *cells)) for n in range(len(heads))]
    right = [bool(rows) and isinstance(rows[0][n], (int, Decimal)) for n in range(len(heads))]
    return "\n".join(
        "  " + "  ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in zip(line, widths, right, strict=True)).rstrip()
        for line in (heads, *cells)
    )


def _sync(simulator: NetvisorSimulator, database: Path) -> None:
    calls, began = len(simulator.calls), time.monotonic()
    records = sync.sync(simulator.config(start_date=_start(simulator).isoformat()), database)
    print(f"{records:,} records in {time.monotonic() - began:.0f} s, {len(simulator.calls) - calls} calls to Netvisor")


def _start(simulator: NetvisorSimulator) -> date:
    company: Company = next(iter(simulator.companies.values()))
    return company.plan.start


def _show(database: Path) -> bool:
    """Print what an analyst looks at first; whether the books reconcile."""
    with duckdb.connect(str(database), read_only=True) as connection:

        def show(title: str, query: str, *heads: str) -> None:
            print(f"\n{title}\n{table(connection.execute(query).fetchall(), heads)}")

        show(
            "Profit and loss by accounting period, euros",
            "SELECT account_group, period_name, sum(amount) FROM books.profit_and_loss_by_month "
            "JOIN books.dim_month USING (month) GROUP BY ALL ORDER BY min(sort_order), min(month)",
            "group", "period", "amount",
        )  # fmt: skip
        show(
            "Open receivables and payables by age, euros",
            "SELECT age_group, sum(open_sum) FILTER (kind = 'r'), sum(open_sum) FILTER (kind = 'p') FROM ("
            "SELECT age_group, open_sum, 'r' AS kind FROM books.receivables_by_age UNION ALL "
            "SELECT age_group, open_sum, 'p' FROM books.payables_by_age) GROUP BY age_group "
            "ORDER BY nullif(regexp_extract(age_group, '[0-9]+'), '')::INTEGER, age_group LIKE 'over%'",
            "age", "receivables", "payables",
        )  # fmt: skip
        show(
            "Balance sheet at the newest month end, euros",
            "SELECT account_group, sum(balance) FROM books.balance_sheet WHERE month_end = "
            "(SELECT max(month_end) FROM books.balance_sheet) GROUP BY account_group "
            "ORDER BY min(sort_order) NULLS LAST, account_group",
            "group", "balance",
        )  # fmt: skip
        query = (
            "SELECT count(*), sum(accounts), sum(accounts_that_differ), sum(total_difference), "
            "(SELECT max(abs(difference)) FROM books.balance_sheet_check) FROM books.reconciliation_by_month"
        )
        months, accounts, differ, difference, sheet = connection.execute(query).fetchall()[0]
    print(
        f"\nReconciliation: {accounts:,} monthly changes of accounts in {months} months, as Netvisor's own balances "
        f"have them and\nas the postings add up to: {differ} differ, by {difference:,.2f} euros in all. "
        f"The balance sheet is out by {sheet:,.2f} euros."
    )
    return not differ and not sheet


def main() -> int:
    """The whole story; exit status 0 if the books reconcile."""
    parser = argparse.ArgumentParser(description="From Netvisor to the analyst's tables, with a simulated company.")
    parser.add_argument("--vouchers", type=int, default=3000, help="size of the company, 500 or more (default 3000)")
    parser.add_argument("--directory", type=Path, default=ROOT / ".tmp" / "warehouse", help="for database and pictures")
    chosen = parser.parse_args()
    chosen.directory.mkdir(parents=True, exist_ok=True)
    database = chosen.directory / "warehouse.duckdb"
    database.unlink(missing_ok=True)
    company = Company(seed=1, vouchers=chosen.vouchers)
    with NetvisorSimulator(company) as simulator:
        print(f"First sync: everything since {company.plan.start}")
        _sync(simulator, database)
        done = bookkeepers_at_work(company, simulator.now)
        print("\nMeanwhile in Netvisor: " + "; ".join(f"{len(keys)} {what}" for what, keys in done.items() if keys))
        print("\nSecond sync: what changed")
        _sync(simulator, database)
        simulator.assert_clean()
    build.build(database)
    reconciled = _show(database)
    print("\nPictures:", *pictures.draw(database, chosen.directory), sep="\n  ")
    print(f"The tables: {database} (schema books)")
    return 0 if reconciled else 1


if __name__ == "__main__":
    sys.exit(main())
