"""Two companies' books, from Netvisor to statements and pictures; `make warehouse-demo` runs it.

Netvisor is the project's simulator with made-up companies. They are synced into DuckDB, their bookkeepers edit and
delete, they are synced again, and dbt builds the tables.

    dbt/.venv/bin/python dbt/warehouse/demo.py [--vouchers 2000] [--directory .tmp/warehouse]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
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
from story import NAMES, SCHEMAS, Story, bookkeepers_at_work  # noqa: E402

from netvisor_simulator import NetvisorSimulator  # noqa: E402


def table(rows: Sequence[Sequence[Any]], heads: Sequence[str]) -> str:
    """Rows as text; numbers to the right."""
    cells = [[f"{c:,.2f}" if isinstance(c, Decimal) else "" if c is None else str(c) for c in row] for row in rows]
    widths = [max(len(line[n]) for line in (heads, *cells)) for n in range(len(heads))]
    right = [bool(rows) and isinstance(rows[0][n], (int, Decimal)) for n in range(len(heads))]
    return "\n".join(
        "  " + "  ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in zip(line, widths, right, strict=True)).rstrip()
        for line in (heads, *cells)
    )


def sync_all(story: Story, simulator: NetvisorSimulator, database: Path) -> None:
    """Sync every company into its schema."""
    for company, schema in SCHEMAS.items():
        calls, began = len(simulator.calls), time.monotonic()
        cache = sync.duckdb_file(database, schema)
        records = sync.sync(story.config(simulator, company), cache, (*sync.STREAMS, *sync.HOURS))
        print(
            f"{NAMES[company]}: {records:,} records in {time.monotonic() - began:.0f} s, "
            f"{len(simulator.calls) - calls} calls to Netvisor",
            flush=True,
        )


def variables(severity: str = "warn") -> dict[str, Any]:
    """The project's variables for both companies."""
    return {
        **build.sources(list(SCHEMAS.values())),
        "netvisor_company_names": NAMES,
        "netvisor_test_severity": severity,
    }


def show(database: Path) -> bool:
    """Print what an analyst looks at first; whether everything reconciles."""
    with duckdb.connect(str(database), read_only=True) as connection:
        for business_id, name in NAMES.items():
            rows = connection.execute(
                "SELECT name_fi, sum(amount) FILTER (period_end < as_of AND month > as_of - INTERVAL 800 DAY "
                "  AND period_end > as_of - INTERVAL 366 DAY), sum(amount) FILTER (as_of BETWEEN period_begin AND "
                "  period_end AND NOT line.is_unfinished) "
                "FROM books.income_statement AS line JOIN books.dim_month USING (source_relation, business_id, month) "
                "JOIN books.dim_company USING (source_relation, business_id) "
                "WHERE business_id = ? AND line.level = 1 GROUP BY name_fi, sort_order "
                "HAVING bool_or(amount <> 0) ORDER BY sort_order",
                [business_id],
            ).fetchall()
            print(f"\nTuloslaskelma, {name}, euros\n{table(rows, ('', 'last closed year', 'this year so far'))}")
        checks = connection.execute(
            "SELECT what, compared, differences::INTEGER FROM books_reconciliation.reconciliation ORDER BY model"
        ).fetchall()
    print(f"\nReconciliations\n{table(checks, ('', 'compared', 'differences'))}")
    return not any(differences for _, _, differences in checks)


def main() -> int:
    """The whole story; exit status 0 if the books reconcile."""
    parser = argparse.ArgumentParser(description="From Netvisor to the analyst's tables, with simulated companies.")
    parser.add_argument("--vouchers", type=int, default=2000, help="of the larger company, 800 or more (default 2000)")
    parser.add_argument("--directory", type=Path, default=ROOT / ".tmp" / "warehouse", help="for database and pictures")
    chosen = parser.parse_args()
    chosen.directory.mkdir(parents=True, exist_ok=True)
    database = (chosen.directory / "warehouse.duckdb").resolve()
    database.unlink(missing_ok=True)
    story = Story(chosen.vouchers)
    with story.simulator() as simulator:
        print("First sync: everything since the start date", flush=True)
        sync_all(story, simulator, database)
        print("\nMeanwhile in Netvisor:")
        for business_id, company in story.companies.items():
            done = bookkeepers_at_work(company, simulator.now)
            print(f"{NAMES[business_id]}: " + "; ".join(f"{len(keys)} {what}" for what, keys in done.items() if keys))
        print("\nSecond sync: what changed", flush=True)
        sync_all(story, simulator, database)
        simulator.assert_clean()
    print("\ndbt builds the tables and tests them", flush=True)
    pages = chosen.directory.resolve() / "dbt"
    if not build_tables(database, pages):
        return 1
    reconciled = show(database)
    print("\nPictures:", *pictures.draw(database, chosen.directory, NAMES), sep="\n  ")
    print(f"What every table and column is: {pages / 'target' / 'static_index.html'}")
    print(f"The tables: {database} (schema books)")
    return 0 if reconciled else 1


def build_tables(database: Path, directory: Path) -> bool:
    """Build and test the tables, and the pages that describe them; whether dbt succeeded."""
    environment = build.settings({"NETVISOR_DUCKDB": str(database)}, directory)
    for words in (["build"], ["docs", "generate", "--static"]):
        status, said = build.dbt(
            *words, environment=environment, variables=variables(), show_progress=words == ["build"]
        )
        if status:
            print(said)
            return False
    return True


if __name__ == "__main__":
    sys.exit(main())
