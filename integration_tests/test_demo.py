"""The demonstration: it tells its story to the end, and what it claims is checked by more than itself."""

from __future__ import annotations

import io
import subprocess
import sys
from datetime import date
from decimal import Decimal

from integration_tests.connection import discovered
from integration_tests.demo.__main__ import BLOCKED
from integration_tests.demo.progress import Progress
from integration_tests.demo.reconciliation import reconcile
from source_netvisor.netvisor.allowed_resources import ALLOWED_RESOURCES


def test_the_demo_tells_its_story_to_the_end() -> None:
    words = [sys.executable, "-m", "integration_tests.demo", "--vouchers", "150"]
    run = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stderr == ""
    for words_of_it in (
        f"{len(ALLOWED_RESOURCES) - len(BLOCKED)} of {len(ALLOWED_RESOURCES)} resources can be read.",
        "- accountbalance.nv: account_balances",
        f"{len(discovered())} streams with",
        "First sync: everything",
        "Second sync",
        "voucher_lines  ",
        "all agree to the cent",
        "exactly those in Netvisor",
        "Every call was signed, allowed, and the only one under way.",
    ):
        assert words_of_it in run.stdout
    assert "\r" not in run.stdout, "no bar where there is no terminal"
    assert max(map(len, run.stdout.splitlines())) <= 130


def line(account: str, day: str, amount: float, status: str = "valid") -> dict[str, object]:
    return {"account_number": account, "voucher_date": day, "line_sum": amount, "voucher_status": status}


def balance(account: str, day: str, amount: float) -> dict[str, object]:
    return {"account_number": account, "date": day, "balance": amount}


LINES = [
    line("3000", "2026-02-03", -100.10),
    line("1910", "2026-02-03", 100.10),
    line("1910", "2026-02-05", 9, "deleted"),
]
BALANCES = [
    balance("1910", "2026-01-31", 5),
    balance("1910", "2026-02-28", 105.10),
    balance("3000", "2026-02-28", -100.1),
]


def test_books_that_reconcile() -> None:
    found = reconcile(LINES, BALANCES)
    assert (found.months, found.accounts, found.compared, found.differences) == (1, 2, 2, ())
    assert found.turnover == Decimal("100.10")


def test_a_posting_that_is_missing_shows() -> None:
    assert reconcile(LINES[1:], BALANCES).differences == (("3000", "2026-02", Decimal(0), Decimal("-100.10")),)


def test_a_posting_to_an_account_without_balance_shows() -> None:
    found = reconcile([*LINES, line("9999", "2026-02-09", 1)], BALANCES)
    assert found.differences == (("9999", "2026-02", Decimal("1.00"), Decimal(0)),)


def test_months_before_the_first_are_left_out() -> None:
    assert reconcile(LINES, BALANCES, date(2026, 2, 1)).compared == 0


class Terminal(io.StringIO):
    """Says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_bar_in_a_terminal() -> None:
    terminal = Terminal()
    progress = Progress(4, terminal, pause=0)
    progress.show(1, 1200, "vouchers")
    progress.show(4, 3400, "users")
    progress.end()
    first, second, last = terminal.getvalue().split("\r")[1:4]
    assert first.startswith("   [######..................]  1 of 4 streams,  1,200 records")
    assert second.startswith("   [########################]  4 of 4 streams,  3,400 records")
    assert not last.strip() and "\n" not in terminal.getvalue()
