"""The analyst's tables hold what the simulated company's own books hold, after a first and after a second sync.

Everything is compared in cents, and in both directions: what is missing fails as well as what should not be there.
Run by `make warehouse-demo` in the example's own environment.
"""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import build
import demo
import duckdb
import pictures
import pytest
import sync
from progress import Progress

from netvisor_simulator import NetvisorSimulator
from netvisor_simulator.company import Company
from netvisor_simulator.company.chart import CHART

ZERO = Decimal(0)


@dataclass
class Story:
    """Two syncs of one company, with its bookkeepers at work in between."""

    company: Company
    database: Path
    done: dict[str, list[int]] = field(default_factory=dict)
    records: list[int] = field(default_factory=list)
    second_calls: list[tuple[str, str]] = field(default_factory=list)
    postings_first: set[Any] = field(default_factory=set)
    books_first: set[Any] = field(default_factory=set)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a query gives."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(query, list(values)).fetchall()

    @property
    def as_of(self) -> date:
        """The day of the last sync."""
        return self.rows("SELECT as_of FROM books.warehouse")[0][0]


POSTINGS = (
    "SELECT voucher_netvisor_key, line_netvisor_key, posting_date, series, voucher_number, account_number, amount, "
    "vat_percent, list_sort(map_entries(dimensions)) FROM books.fact_posting"
)


def postings(story: Story) -> set[Any]:
    """The warehouse's postings."""
    rows = story.rows(POSTINGS)
    found = {(*row[:-1], tuple(sorted((tag["key"], tag["value"]) for tag in row[-1]))) for row in rows}
    assert len(found) == len(rows)
    return found


def books(company: Company) -> set[Any]:
    """The company's postings: every line of its valid vouchers."""
    return {
        (
            voucher.key, line.key, voucher.date, voucher.type.abbreviation, voucher.number, str(line.account), line.sum,
            line.vat_percent, tuple(sorted((tag.dimension, tag.item) for tag in line.tags)),
        )
        for voucher in company.vouchers() if voucher.status == "valid" for line in voucher.lines
    }  # fmt: skip


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    database = tmp_path_factory.mktemp("warehouse") / "warehouse.duckdb"
    company = Company(seed=7, vouchers=600)
    story = Story(company, database)
    with NetvisorSimulator(company) as simulator:
        config = simulator.config(start_date=company.plan.start.isoformat())
        story.records.append(sync.sync(config, database, show_progress=False))
        build.build(database)
        story.postings_first, story.books_first = postings(story), books(company)
        calls = len(simulator.calls)
        story.done = demo.bookkeepers_at_work(company, simulator.now)
        story.records.append(sync.sync(config, database, show_progress=False))
        simulator.assert_clean()
        story.second_calls = [(call.resource, call.query) for call in list(simulator.calls)[calls:]]
    build.build(database)
    return story


def test_the_first_sync_brings_every_posting(story: Story) -> None:
    assert story.postings_first == story.books_first


def test_the_second_sync_follows_every_edit_and_deletion(story: Story) -> None:
    assert all(story.done.values()), "each kind of change has been made"
    assert postings(story) == books(story.company)
    assert postings(story) != story.postings_first


def test_the_second_sync_asks_only_for_what_changed(story: Story) -> None:
    assert story.records[1] < story.records[0] / 2
    ledger = [query for resource, query in story.second_calls if resource == "accountingledger.nv"]
    assert ledger and all("changedsince=" in query for query in ledger)


def test_deleted_and_invalidated_vouchers_are_in_the_cache_and_do_not_count(story: Story) -> None:
    """PyAirbyte's merge does not delete: the row stays, with the moment of its deletion and (mostly) nothing else."""
    deleted, invalidated = story.done["voucher deleted"], story.done["voucher invalidated"]
    rows = story.rows(
        "SELECT _ab_cdc_deleted_at, line_sum FROM netvisor.voucher_lines "
        "WHERE voucher_netvisor_key IN (SELECT unnest(?))", deleted,
    )  # fmt: skip
    assert rows and all(moment is not None for moment, _ in rows)
    assert any(amount is None for _, amount in rows)
    statuses = story.rows(
        "SELECT DISTINCT voucher_status FROM netvisor.voucher_lines WHERE voucher_netvisor_key IN (SELECT unnest(?))",
        invalidated,
    )
    assert statuses == [("invalidated",)]
    counted = story.rows(
        "SELECT count(*) FROM books.fact_posting WHERE voucher_netvisor_key IN (SELECT unnest(?))",
        [*deleted, *invalidated],
    )
    assert counted == [(0,)]


def test_a_key_that_is_there_twice_counts_once(story: Story, tmp_path: Path) -> None:
    """Other destinations append, and a record may come twice in one sync: the newest version counts."""
    copy = tmp_path / "copy.duckdb"
    copy.write_bytes(story.database.read_bytes())
    with duckdb.connect(str(copy)) as connection:
        connection.execute(
            "INSERT INTO netvisor.voucher_lines SELECT * REPLACE (line_sum + 1 AS line_sum, "
            "_airbyte_extracted_at - INTERVAL 1 HOUR AS _airbyte_extracted_at) FROM netvisor.voucher_lines"
        )
    build.build(copy)
    assert postings(Story(story.company, copy)) == books(story.company)


def test_postings_name_the_document_the_customer_and_the_supplier(story: Story) -> None:
    company = story.company
    expected: dict[int, tuple[Any, ...]] = {}
    for sale in company.sales_invoices():
        customer = company.customer_store.get(sale.customer_key)
        assert customer is not None
        party = (customer.key, customer.name, None, None)
        if sale.voucher_key:
            expected[sale.voucher_key] = ("sales invoice", sale.key, str(sale.number), *party)
        for payment in company.payments_of_sale(sale):
            if payment.voucher_key:
                expected[payment.voucher_key] = ("sales payment", payment.key, str(sale.number), *party)
    for bill in company.purchase_invoices():
        vendor = company.vendor_store.get(bill.vendor_key)
        assert vendor is not None
        party = (None, None, vendor.key, vendor.name)
        if bill.voucher_key:
            expected[bill.voucher_key] = ("purchase invoice", bill.key, bill.number, *party)
        for paid in company.payments_of_purchase(bill):
            if paid.voucher_key:
                expected[paid.voucher_key] = ("purchase payment", paid.key, bill.number, *party)
    valid = {voucher.key for voucher in company.vouchers() if voucher.status == "valid"}
    rows = story.rows(
        "SELECT DISTINCT voucher_netvisor_key, document_type, document_netvisor_key, document_number, "
        "customer_netvisor_key, customer_name, supplier_netvisor_key, supplier_name FROM books.fact_posting"
    )
    assert len(rows) == len({row[0] for row in rows}) == len(valid)
    assert {row[0]: row[1:] for row in rows if row[1]} == {k: v for k, v in expected.items() if k in valid}


def test_accounts_know_their_groups(story: Story) -> None:
    names = {account.key: account.name_en or account.name for account in CHART}
    expected = {
        (
            account.key,
            None if account.number is None else str(account.number),
            "balance sheet" if account.cumulative else "profit and loss",
            f"{names[account.father]} / {names[account.key]}" if account.father else names[account.key],
        )
        for account in CHART
    }
    rows = story.rows("SELECT account_netvisor_key, account_number, statement, path FROM books.dim_account")
    assert len(rows) == len(expected)
    assert set(rows) == expected


def test_periods_carry_the_lock_dates(story: Story) -> None:
    locks = story.company.locks()
    rows = story.rows(
        "SELECT period_netvisor_key, period_name, begin_date, end_date, accounting_period_lock_date, "
        "vat_period_lock_date, purchase_lock_date FROM books.dim_period ORDER BY begin_date"
    )
    assert rows == [(*period, locks.accounting, locks.vat, locks.purchases) for period in story.company.periods()]
    locked = story.rows("SELECT max(month_end) FROM books.dim_month WHERE accounting_is_locked")
    assert locked == [(locks.accounting,)]
    wrong = story.rows(
        "SELECT count(*) FROM books.fact_posting WHERE is_locked <> (posting_date <= ?)", locks.accounting
    )
    assert wrong == [(0,)]


def test_profit_and_loss_by_month_and_by_cost_centre(story: Story) -> None:
    by_month: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
    by_centre: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    results = {account.number for account in CHART if not account.cumulative}
    for voucher in story.company.vouchers():
        for line in voucher.lines if voucher.status == "valid" else ():
            if line.account in results:
                month = voucher.date.replace(day=1)
                centre = next((tag.item for tag in line.tags if tag.dimension == "Kustannuspaikka"), "(none)")
                by_month[month, str(line.account)] -= line.sum
                by_centre[centre, month] -= line.sum
    months = story.rows("SELECT month, account_number, sum(amount) FROM books.profit_and_loss_by_month GROUP BY ALL")
    assert {row[:2]: row[2] for row in months} == by_month
    centres = story.rows(
        "SELECT cost_centre, month, sum(amount) FROM books.profit_and_loss_by_cost_centre GROUP BY ALL"
    )
    assert {row[:2]: row[2] for row in centres} == by_centre
    total = story.rows("SELECT sum(result) FROM books.result_by_month")
    assert total == [(sum(by_month.values()),)]


def test_every_dimension_adds_up_to_the_whole(story: Story) -> None:
    (whole,) = story.rows("SELECT sum(result) FROM books.result_by_month")
    rows = story.rows("SELECT dimension_name, sum(amount) FROM books.profit_and_loss_by_dimension GROUP BY ALL")
    assert len(rows) == 3 and all(amount == whole[0] for _, amount in rows)


def test_balances_at_every_month_end(story: Story) -> None:
    rows = story.rows("SELECT month_end, account_number, balance FROM books.balance_by_month")
    month_ends = {month_end for month_end, _, _ in rows}
    accounts = [account.number for account in CHART if account.number is not None]
    assert len(rows) == len(month_ends) * len(accounts) and len(month_ends) > 24
    for month_end, number, balance in rows:
        assert balance == story.company.account_balance(int(number), month_end), (month_end, number)


def test_the_balance_sheet_balances(story: Story) -> None:
    rows = story.rows("SELECT month_end, difference FROM books.balance_sheet_check")
    assert len(rows) > 24 and all(difference == 0 for _, difference in rows)
    company = story.company
    last = max(month_end for month_end, _ in rows)
    before = date(last.year - 1, 12, 31)
    result = -sum(
        company.account_balance(account.number, last) - company.account_balance(account.number, before)
        for account in CHART if account.number is not None and not account.cumulative
    )  # fmt: skip
    shown = story.rows(
        "SELECT balance FROM books.balance_sheet "
        "WHERE month_end = ? AND account_group = 'Result of the accounting period'",
        last,
    )
    assert shown == [(-result,)]


def test_the_postings_reconcile_with_account_balances(story: Story) -> None:
    rows = story.rows("SELECT accounts, accounts_that_differ FROM books.reconciliation_by_month")
    assert len(rows) > 24 and all(accounts == 47 and not differ for accounts, differ in rows)


def test_the_reconciliation_finds_a_posting_that_is_missing(story: Story, tmp_path: Path) -> None:
    copy = tmp_path / "copy.duckdb"
    copy.write_bytes(story.database.read_bytes())
    key = story.done["voucher edited"][0]
    with duckdb.connect(str(copy)) as connection:
        connection.execute("DELETE FROM netvisor.voucher_lines WHERE voucher_netvisor_key = ?", [key])
    build.build(copy)
    voucher = story.company.voucher_store.get(key)
    assert voucher is not None
    missing: dict[str, Decimal] = defaultdict(Decimal)
    for line in voucher.lines:
        missing[str(line.account)] += line.sum
    rows = Story(story.company, copy).rows(
        "SELECT month_end, account_number, difference FROM books.reconciliation WHERE difference <> 0"
    )
    assert {number: amount for _, number, amount in rows} == missing
    assert {(month_end.year, month_end.month) for month_end, _, _ in rows} == {(voucher.date.year, voucher.date.month)}


def age_group(due: date, as_of: date) -> str:
    """The age group of an open invoice."""
    days = (as_of - due).days
    for most, name in ((0, "0 not due"), (30, "1-30 days"), (60, "31-60 days"), (90, "61-90 days")):
        if days <= most:
            return name
    return "over 90 days"


def test_open_receivables_and_payables_by_age(story: Story) -> None:
    company, as_of = story.company, story.as_of
    for kind, party, invoices, key in (
        ("receivables", "customer", list(company.sales_invoices()), "customer_key"),
        ("payables", "supplier", list(company.purchase_invoices()), "vendor_key"),
    ):
        open_invoices: dict[int, Decimal] = {}
        by_age: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
        for invoice in invoices:
            amount = company.open_sum(invoice)
            if amount:
                open_invoices[invoice.key] = amount
                by_age[getattr(invoice, key), age_group(invoice.due_date, as_of)] += amount
        single = story.rows(f"SELECT invoice_netvisor_key, open_sum FROM books.open_{kind}")
        assert dict(single) == open_invoices, kind
        assert len(single) == len(open_invoices)
        grouped = story.rows(f"SELECT {party}_netvisor_key, age_group, open_sum FROM books.{kind}_by_age")
        assert {row[:2]: row[2] for row in grouped} == by_age, kind


def test_age_groups(story: Story) -> None:
    for days in (None, -1, 0, 1, 30, 31, 60, 61, 90, 91):
        expected = age_group(date(2025, 6, 1), date(2025, 6, 1) + timedelta(days=days or 0))
        assert story.rows("SELECT books.age_group(?::INTEGER)", days) == [(expected,)]


def test_pictures_are_drawn(story: Story, tmp_path: Path) -> None:
    for file in pictures.draw(story.database, tmp_path):
        content = file.read_bytes()
        width, height = struct.unpack(">II", content[16:24])
        assert content.startswith(b"\x89PNG") and width > 900 and height > 300
        assert 10_000 < len(content) < 100_000


def test_the_bar_follows_estimates_and_finished_streams() -> None:
    output = io.StringIO()
    progress = Progress(["accounts", "voucher_lines"], output, 100)
    status = '{"type":"TRACE","trace":{"stream_status":{"stream_descriptor":{"name":"accounts"},"status":"COMPLETE"}}}'
    progress.follow(status)
    assert progress.share == 0.5
    progress.follow('{"type":"TRACE","trace":{"type":"ESTIMATE","estimate":{"name":"voucher_lines","row_estimate":4}}}')
    for _ in range(2):
        progress.follow('{"type":"RECORD","record":{"stream":"voucher_lines","data":{}}}')
    assert progress.share == 0.75
    progress.end()
    assert "[##################......]  1 of 2 streams, 2 records" in output.getvalue()


def test_the_commands_of_the_page(story: Story, tmp_path: Path) -> None:
    """Sync, build and draw from the command line; the bar is drawn while PyAirbyte reads."""

    def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(Path(demo.HERE, script)), *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=120)

    with NetvisorSimulator(story.company) as simulator:
        config = simulator.config(start_date=story.as_of.replace(day=1).isoformat())
        (tmp_path / "config.json").write_text(json.dumps(config))
        synced = run("sync.py", "config.json", "company.duckdb")
    assert f"[{'#' * 24}] 14 of 14 streams" in synced.stderr
    assert synced.stdout.rstrip().endswith(" records")
    run("build.py", "company.duckdb")
    drawn = run("pictures.py", "company.duckdb", "pictures/").stdout.split()
    assert len(drawn) == 2 and all((tmp_path / name).exists() for name in drawn)


def test_a_file_with_the_name_of_a_schema_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"another name than books\.duckdb"):
        sync.sync({}, tmp_path / "books.duckdb")


def test_the_query_of_the_page(story: Story) -> None:
    lines = Path(demo.HERE, "README.md").read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("    SELECT"))
    rows = story.rows("\n".join(lines[start : lines.index("", start)]))
    assert rows and all(customer and amount for customer, amount in rows)


def test_a_company_without_a_single_document(tmp_path: Path) -> None:
    """Every table is there, and empty where nothing is."""
    database = tmp_path / "new.duckdb"
    with NetvisorSimulator(Company(1, 1)) as simulator:
        sync.sync(simulator.config(start_date=simulator.now.date().isoformat()), database, show_progress=False)
    build.build(database)
    with duckdb.connect(str(database), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM books.open_payables").fetchall() == [(0,)]
        assert connection.execute("SELECT count(*) FROM books.dim_account").fetchall() == [(len(CHART),)]


def test_one_blocked_resource_and_nothing_is_written(story: Story, tmp_path: Path) -> None:
    """As the page says: PyAirbyte takes the whole sync back."""
    database = tmp_path / "blocked.duckdb"
    with NetvisorSimulator(story.company) as simulator:
        simulator.rights.block("accountbalance.nv")
        with pytest.raises(sync.airbyte.exceptions.AirbyteConnectorFailedError):
            sync.sync(simulator.config(start_date=story.as_of.isoformat()), database, show_progress=False)
    with duckdb.connect(str(database), read_only=True) as connection:
        query = "SELECT sum(estimated_size) FROM duckdb_tables() WHERE table_name IN (SELECT unnest(?))"
        assert connection.execute(query, [list(sync.STREAMS)]).fetchall() in ([(None,)], [(0,)])
