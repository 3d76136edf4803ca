"""Writes the report: `python -m tools.live_report CONFIG`, or `make live-report CONFIG=...`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from source_netvisor.clock import HELSINKI
from source_netvisor.config import NetvisorConfig
from tools.live_report.netvisor import MOST_CALLS, Netvisor, NoMoreCalls
from tools.live_report.page import page
from tools.live_report.questions import QUESTIONS, Company, Finding
from tools.live_report.questions.finding import day_of
from tools.live_report.sweep import Sweep


def main(argv: Sequence[str] | None = None) -> int:
    """Asks for consent, asks Netvisor, writes the page."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.live_report",
        description="Reports how a company's Netvisor behaves, without any of the company's data. It only reads, one "
        "call at a time.",
    )
    parser.add_argument("config", type=Path, help="the configuration of the connector, as a JSON file")
    parser.add_argument("--output", type=Path, default=Path("netvisor-report.md"), help="the page to write")
    parser.add_argument("--most-calls", type=int, default=MOST_CALLS, help=f"at most {MOST_CALLS} calls")
    parser.add_argument("--yes", action="store_true", help="do not ask before the first call")
    chosen = parser.parse_args(argv)
    try:
        config = NetvisorConfig.parse(json.loads(chosen.config.read_text(encoding="utf-8")))
    except OSError as error:
        print(f"{chosen.config} cannot be read: {error.strerror}.", file=sys.stderr)
        return 2
    except ValueError:
        print(f"{chosen.config} is no JSON.", file=sys.stderr)
        return 2
    except Exception as error:  # noqa: BLE001 - the connector's own sentences about the configuration
        print(getattr(error, "message", None) or str(error), file=sys.stderr)
        return 2
    most = max(1, min(chosen.most_calls, MOST_CALLS))
    print(f"This makes at most {most} calls to {config.base_url}, one at a time, and only reads.", file=sys.stderr)
    print(
        "A few of them are meant to be refused: one with a wrong signature, some with a time stamp that is off, some "
        "without a parameter.",
        file=sys.stderr,
    )
    if not chosen.yes and input("Go on? [y/N] ").strip().lower() not in ("y", "yes"):
        return 1
    chosen.output.write_text(report(Netvisor(config, most), config), encoding="utf-8")
    print(f"{chosen.output} is written. Read it through before you send it.", file=sys.stderr)
    return 0


def report(netvisor: Netvisor, config: NetvisorConfig) -> str:
    """The page.

    Args:
        netvisor: who is asked.
        config: of the company.
    """
    today = _today(netvisor)
    sweep = Sweep(netvisor, today, config.business_id)
    company = Company(netvisor, sweep, today)
    findings: list[Finding] = []
    try:
        for facts in sweep.run():
            outcome = facts.answer.code if facts.answer else facts.problem
            print(f"{netvisor.calls:>3}  {facts.resource}: {outcome}", file=sys.stderr)
        for question in QUESTIONS:
            findings.append(_answered(question, company))
            print(
                f"{netvisor.calls:>3}  {findings[-1].name}: {findings[-1].answer or 'cannot be answered'}",
                file=sys.stderr,
            )
    except NoMoreCalls:
        return page(list(sweep.facts.values()), findings, stopped=True)
    return page(list(sweep.facts.values()), findings, stopped=False)


def _answered(question: object, company: Company) -> Finding:
    """The finding; a reply of a form that nobody foresaw ends one question and not the report."""
    assert callable(question)
    try:
        found: Finding = question(company)
    except NoMoreCalls:
        raise
    except Exception as error:  # noqa: BLE001 - as said
        return Finding(
            question.__name__, question.__name__, "", f"the replies could not be read ({type(error).__name__})"
        )
    return found


def _today(netvisor: Netvisor) -> date:
    """The day on Netvisor's own clock."""
    answer = netvisor.ask("accountlist.nv")
    stamp = answer.document.time_stamp if answer.document is not None else ""
    return day_of(stamp) or datetime.now(HELSINKI).date()


if __name__ == "__main__":
    sys.exit(main())
