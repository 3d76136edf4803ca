"""Shows the connector at work from end to end; `make demo` runs it, and it needs nothing but this machine.

The connector is the installed console script, started as Airbyte starts it. Netvisor is the simulator of the
integration tests, with a made-up company of 3,000 vouchers.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from textwrap import fill
from typing import Any

from integration_tests.demo.console_script import ConnectorFailed, ConsoleScript
from integration_tests.demo.destination import Destination
from integration_tests.demo.progress import Progress
from integration_tests.demo.reconciliation import Reconciliation, reconcile
from integration_tests.demo.report import SyncFigures, requests_by_stream, table
from netvisor_simulator import NetvisorSimulator
from netvisor_simulator.company import Company
from source_netvisor.source import SourceNetvisor

BLOCKED = ("accountbalance.nv", "deletedvouchers.nv", "getpayrollpaycheckbatchlist.nv")


def main(arguments: Sequence[str] | None = None) -> int:
    """The whole story; exit status 0 if everything that it claims holds."""
    parser = argparse.ArgumentParser(prog="python -m integration_tests.demo", description=__doc__)
    parser.add_argument("--vouchers", type=int, default=3000, help="size of the company (default 3000)")
    vouchers = parser.parse_args(arguments).vouchers
    company = Company(seed=1, vouchers=vouchers, years=2)
    with NetvisorSimulator(company) as simulator, tempfile.TemporaryDirectory() as folder:
        _title("The company")
        print(f"{company.name}, business ID {simulator.config()['business_id']}: {vouchers:,} vouchers since "
              f"{company.plan.start}.\nIts Netvisor is simulated at {simulator.url}.")  # fmt: skip
        connector = ConsoleScript(Path(folder), simulator.config(start_date=company.plan.start.isoformat()))
        try:
            return _story(company, simulator, connector)
        except ConnectorFailed as failure:
            print(f"The connector failed: {failure}", file=sys.stderr)
            return 1


def _story(company: Company, simulator: NetvisorSimulator, connector: ConsoleScript) -> int:
    _title("Check, while Netvisor's administrator has not allowed three of the resources yet")
    simulator.rights.block(*BLOCKED)
    _print_status(connector.check())
    _title("The administrator allows them; check again")
    simulator.rights.allow()
    _print_status(connector.check())

    _title("Discover")
    streams = connector.discover()
    incremental = sum("incremental" in stream["supported_sync_modes"] for stream in streams)
    properties = sum(len(stream["json_schema"]["properties"]) for stream in streams)
    print(f"{len(streams)} streams with {properties:,} fields; {incremental} of them can be read incrementally.")
    destination = Destination(streams)

    _title("First sync: everything")
    first = _sync(connector, simulator, streams, destination)
    after_first = _reconcile(destination)

    _title("Meanwhile, a month's worth of work in Netvisor, all of it done just now")
    made = company.changes.a_month_of_changes(Random(1), simulator.now, timedelta(seconds=2))
    done = ", ".join(f"{kind.replace('_', ' ')} ({count})" for kind, count in sorted(made.items()))
    print(fill(f"{sum(made.values())} changes: {done}.", 110))

    _title("Second sync: what changed, and what cannot be asked for by change")
    second = _sync(connector, simulator, streams, destination)
    # balances are read again for thirteen month ends; an older voucher that changes leaves older balances behind
    after_second = _reconcile(destination, company.today - timedelta(days=365))

    _title("The streams")
    print(table([stream["name"] for stream in streams], first, second))

    _title("Do the books reconcile?")
    _print_reconciliation("After the first sync", after_first)
    _print_reconciliation("After the second sync, months whose balances it read again", after_second)
    same = _same_vouchers(company, destination)
    print(f"The {len(destination.rows('vouchers')):,} vouchers at the destination are "
          f"{'exactly' if same else 'NOT'} those in Netvisor, changes and deletions included.")  # fmt: skip
    complaints = simulator.calls.complaints()
    print("\n".join(complaints) or "Every call was signed, allowed, and the only one under way.")
    good = same and not complaints and not after_first.differences and not after_second.differences
    return 0 if good and destination.completed == set(destination.tables) else 1


def _sync(
    connector: ConsoleScript,
    simulator: NetvisorSimulator,
    streams: Sequence[Mapping[str, Any]],
    destination: Destination,
) -> SyncFigures:
    """Reads all streams from where the destination's states are."""
    simulator.calls.clear()
    states = [{"type": "STREAM", **state} for state in destination.states.values()]
    destination.begin()
    progress = Progress(len(streams))
    total = 0
    for message in connector.read(streams, states):
        name = destination.take(message)
        if message["type"] == "RECORD":
            total += 1
        if name is not None:
            progress.show(len(destination.completed), total, name)
    progress.end()
    seconds = progress.seconds
    requests = requests_by_stream(simulator.calls, SourceNetvisor().definitions())
    print(f"{total:,} records of {len(destination.completed)} streams with {sum(requests.values()):,} requests "
          f"in {seconds:.1f} seconds.")  # fmt: skip
    deleted = {name: len(keys) for name, keys in destination.deleted.items()}
    return SyncFigures(destination.records, deleted, requests, destination.seconds, seconds)


def _reconcile(destination: Destination, since: date | None = None) -> Reconciliation:
    return reconcile(destination.rows("voucher_lines"), destination.rows("account_balances"), since)


def _same_vouchers(company: Company, destination: Destination) -> bool:
    """Key, status and sum of the debits of every voucher."""
    there = {
        (voucher.key, voucher.status, sum(line.sum for line in voucher.lines if line.sum > 0))
        for voucher in company.vouchers()
        # a date may have been moved to before the start date
        if voucher.date >= company.plan.start
    }
    here = {
        (
            row["netvisor_key"],
            row["status"],
            sum(round(line["line_sum"] * 100) for line in row["voucher_lines"] if line["line_sum"] > 0),
        )
        for row in destination.rows("vouchers")
    }
    return {(key, status, int(total * 100)) for key, status, total in there} == here


def _title(text: str) -> None:
    print(f"\n== {text}", flush=True)


def _print_status(status: Mapping[str, Any]) -> None:
    print(status["status"])
    for line in status.get("message", "").splitlines():
        print(fill(line, 110, initial_indent="  ", subsequent_indent="    " if line.startswith("-") else "  "))


def _print_reconciliation(when: str, found: Reconciliation) -> None:
    verdict = f"{len(found.differences)} do NOT agree" if found.differences else "all agree to the cent"
    print(f"{when}: {found.months} months, {found.accounts} accounts, {found.turnover:,.2f} EUR posted;")
    print(f"  postings against change of balance in {found.compared:,} pairs of account and month: {verdict}.")
    for account, month, posted, change in found.differences[:5]:
        print(f"  account {account}, {month}: postings {posted:,.2f}, balance changed by {change:,.2f}")


if __name__ == "__main__":
    sys.exit(main())
