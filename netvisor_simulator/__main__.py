"""Run the simulated Netvisor from the command line: `python -m netvisor_simulator --help`."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import threading
from collections.abc import Sequence
from datetime import datetime

from .assumptions import CHOICES, ApiAssumptions
from .query import HELSINKI
from .server import NetvisorSimulator


def arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Parse the command line; ends the program where it is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m netvisor_simulator",
        description="A Netvisor on 127.0.0.1 with a made-up company. Prints its address and a configuration of the "
        "connector that reads it, and runs until Ctrl-C.",
        epilog="assumptions: "
        + "; ".join(f"{name}={'|'.join(map(str, choices))}" for name, choices in CHOICES.items()),
    )
    parser.add_argument("--port", type=int, default=0, help="port; default any free one")
    parser.add_argument("--seed", type=int, default=1, help="the company's seed: the same seed, the same company")
    parser.add_argument("--vouchers", type=int, default=3000, help="number of vouchers (default 3000)")
    parser.add_argument("--years", type=int, default=2, help="calendar years that they spread over (default 2)")
    parser.add_argument("--first-month", type=int, default=1, help="month that accounting periods begin in (default 1)")
    parser.add_argument("--full-books", action="store_true", help="closed years, settled VAT, and every VAT code")
    parser.add_argument("--block", nargs="*", default=[], metavar="RESOURCE", help="blocked resources")
    parser.add_argument(
        "--block-everything", action="store_true", help="block every resource that --allow does not name"
    )
    parser.add_argument("--allow", nargs="*", default=[], metavar="RESOURCE", help="resources to allow nevertheless")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before the first byte of each answer")
    parser.add_argument("--rate", type=float, default=None, help="bytes a second of each body; default without limit")
    parser.add_argument("--assumptions", nargs="*", default=[], metavar="NAME=CHOICE", help="see below")
    chosen = parser.parse_args(argv)
    try:
        chosen.assumptions = ApiAssumptions.parse(chosen.assumptions)
    except ValueError as error:
        parser.error(str(error))
    return chosen


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until interrupted; the configuration goes to standard output, everything else to standard error."""
    chosen = arguments(argv)
    from .company import Company  # only now: --help shall not need a company

    today = datetime.now(HELSINKI).date()
    company = Company(chosen.seed, chosen.vouchers, chosen.years, today, first_month=chosen.first_month)
    if chosen.full_books:
        from .company.full_books import keep_full_books

        keep_full_books(company)
    simulator = NetvisorSimulator(
        company,
        assumptions=chosen.assumptions,
        latency=chosen.latency,
        bytes_per_second=chosen.rate,
        port=chosen.port,
    )
    if chosen.block_everything:
        simulator.rights.block()
    if chosen.block:
        simulator.rights.block(*chosen.block)
    if chosen.allow:
        simulator.rights.allow(*chosen.allow)
    with simulator:
        print(f"{simulator.url}  assumptions: {chosen.assumptions}  (Ctrl-C ends it)", file=sys.stderr)
        print(json.dumps(simulator.config(), indent=2), flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
    print(f"{len(simulator.calls)} calls", *simulator.calls.complaints(), sep="\n", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
