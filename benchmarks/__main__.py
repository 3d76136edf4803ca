"""The benchmark: `make bench`, or `python -m benchmarks --help` for a part of it."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable
from pathlib import Path

from benchmarks import simulated, tables
from benchmarks.comparison import compare, ledger_size
from benchmarks.contestants import ROOT
from benchmarks.daily import daily
from benchmarks.estimates import estimates
from benchmarks.flaky import flaky
from benchmarks.growth import grow
from benchmarks.startup import startup

PARTS = ("comparison", "growth", "daily", "overlap", "flaky", "estimates", "calls", "startup")
FULL_LEDGER = 60_000


def main() -> None:
    """Runs the wanted parts, each with its page, and its chart where it has one."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", default=PARTS, help=f"some of: {', '.join(PARTS)}")
    parser.add_argument("--runs", type=int, default=5, help="of each contestant; the median counts")
    parser.add_argument("--vouchers", type=int, default=FULL_LEDGER, help="in the ledger, each with four lines")
    parser.add_argument("--cache", type=Path, default=ROOT / "benchmarks/.cache", help="for ledgers and outputs")
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks/results")
    given = parser.parse_args()
    unknown = set(given.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    given.results.mkdir(parents=True, exist_ok=True)
    given.cache.mkdir(parents=True, exist_ok=True)
    for part in given.parts:
        print(f"--- {part}", flush=True)
        page = _PARTS[part](given)
        page += f"\nMeasured on {_machine()}.\n"
        (given.results / f"{part}.md").write_text(page)
        print(page, flush=True)


def _comparison(given: argparse.Namespace) -> str:
    results = compare(given.cache, given.vouchers, given.runs, months=1)
    size = ledger_size(given.cache, given.vouchers, 1).size()
    title = f"A ledger of {given.vouchers:,} vouchers, {size / 1e6:.0f} MB, one reply"
    # only now: a process begins with the peak memory of the one that started it, and matplotlib is large
    from benchmarks import charts

    charts.comparison_chart(results, title, given.results / "comparison.svg")
    return tables.comparison(results, title, given.runs)


def _growth(given: argparse.Namespace) -> str:
    scale = given.vouchers / FULL_LEDGER
    sizes = grow(given.cache, [int(vouchers * scale) for vouchers in (10_000, 100_000, 1_000_000)])
    from benchmarks import charts

    charts.growth_chart(sizes, given.results / "growth.svg")
    return tables.growth(sizes)


def _daily(given: argparse.Namespace) -> str:
    found = daily(given.cache, given.vouchers * 5 // 3, given.runs)
    from benchmarks import charts

    charts.daily_chart(found, given.results / "daily.svg")
    return tables.daily(found)


def _flaky(given: argparse.Namespace) -> str:
    return tables.flaky(flaky(given.cache, given.vouchers // 20))


def _estimates(given: argparse.Namespace) -> str:
    found = estimates()
    from benchmarks import charts

    charts.estimates_chart(found, given.results / "estimates.svg")
    return tables.estimates(found)


def _overlap(given: argparse.Namespace) -> str:
    return tables.overlap(simulated.overlap(given.cache, given.vouchers // 20))


def _calls(given: argparse.Namespace) -> str:
    return tables.calls(simulated.calls(given.cache, given.vouchers // 6))


def _startup(given: argparse.Namespace) -> str:
    return tables.startup(startup(given.cache, given.runs))


_PARTS: dict[str, Callable[[argparse.Namespace], str]] = {
    "comparison": _comparison, "growth": _growth, "daily": _daily, "overlap": _overlap, "flaky": _flaky,
    "estimates": _estimates, "calls": _calls, "startup": _startup,
}  # fmt: skip


def _machine() -> str:
    load = os.getloadavg()[0]
    return (f"{os.cpu_count()} cores of {platform.machine()}, {platform.system()}, "
            f"Python {platform.python_version()}, load {load:.1f} at the end")  # fmt: skip


if __name__ == "__main__":
    main()
