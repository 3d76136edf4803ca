"""Tables and sentences on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from netvisor_fleet.companies.list_file import CompanyList
from netvisor_fleet.fleet.plan import Action, Plan
from netvisor_fleet.fleet.work import Result

STYLES = {
    Action.MAKE: "green",
    Action.CHANGE: "yellow",
    Action.KEEP: "dim",
    Action.STOP: "magenta",
    Action.REMOVE: "red",
    Action.PROBLEM: "bold red",
}
WIDTH_OF_FILES = 160
"""Columns where the output is no terminal."""


def console(*, errors: bool = False) -> Console:
    """Where a command writes to."""
    stream = sys.stderr if errors else sys.stdout
    return Console(file=stream, width=None if stream.isatty() else WIDTH_OF_FILES, highlight=False, soft_wrap=False)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> Table:
    """A table whose texts are shown as they are."""
    made = Table(title=title, title_justify="left", title_style="bold", expand=False)
    for number, name in enumerate(columns):
        made.add_column(name, overflow="fold", no_wrap=number == 0)
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    return made


def show_mistakes(out: Console, companies: CompanyList, path: str) -> None:
    """What is wrong in the list, all of it."""
    rows = [(str(m.line or ""), m.field, m.problem) for m in companies.mistakes]
    title = "1 mistake" if len(rows) == 1 else f"{len(rows)} mistakes"
    out.print(table(f"{title} in {path}", ("line", "field", "what is wrong"), rows))


def show_plan(out: Console, plan: Plan, *, everything: bool) -> None:
    """The plan; companies that stay as they are only if asked for."""
    shown = [row for row in plan.rows if everything or row.action is not Action.KEEP]
    if shown:
        rows = [
            (Text(row.action.value, STYLES[row.action]), row.business_id, row.company_name, "; ".join(row.details))
            for row in shown
        ]
        out.print(table("Plan", ("action", "Business ID", "company", "what"), rows))
    for note in plan.notes:
        out.print(Text(note))
    count = plan.count()
    out.print(Text(", ".join(f"{count[action.value]} {action.value}" for action in Action if count[action.value]) or
                   "Nothing in the list and nothing in Airbyte."))  # fmt: skip


def show_result(out: Console, result: Result) -> None:
    """What was done, and what is left."""
    left = result.left
    done = sum(outcome.done for outcome in result.outcomes)
    if left:
        rows = [(o.row.business_id, o.row.company_name, o.row.action.value, o.sentence) for o in left]
        out.print(table(f"{len(left)} left", ("Business ID", "company", "action", "why"), rows))
    if result.outcomes or left:
        out.print(Text(f"{done} done, {len(left)} left."))
    if not left:
        out.print(Text("Airbyte looks like the list."))
    if result.interrupted:
        out.print(Text("Interrupted. What was begun is finished; run the command again to go on."))
