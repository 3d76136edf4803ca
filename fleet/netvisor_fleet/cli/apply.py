"""`netvisor-fleet apply`: Airbyte is made to look like the list."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from netvisor_fleet.cli import options
from netvisor_fleet.cli.session import airbyte_of, calls_of, destination_of, read_list, settings_of
from netvisor_fleet.fleet.settings import DEFINITION_NAME, FLEET_TAG, NIGHT
from netvisor_fleet.fleet.work import Outcome, carry_out, guard_against_a_wrong_list, prepare
from netvisor_fleet.tables import console, show_plan, show_result

INTERRUPTED = 130


def apply(
    companies: options.ListFile,
    airbyte_url: options.Url,
    workspace: options.Workspace = "",
    destination: options.DestinationId = "",
    image: options.Image = options.DEFAULT_IMAGE,
    night: options.NightHours = NIGHT,
    definition_name: options.DefinitionName = DEFINITION_NAME,
    fleet_tag: options.FleetTag = FLEET_TAG,
    at_a_time: options.AtATime = 8,
    wait: options.Wait = 1.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan and do nothing.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Show the companies that stay as they are, too.")] = False,
    remove: Annotated[
        bool, typer.Option("--remove", help="Remove companies that left the list, instead of stopping them.")
    ] = False,
    many_leave: Annotated[bool, typer.Option("--many-leave", help="Go on although a large part has left.")] = False,
    leave_out_mistakes: Annotated[
        bool, typer.Option("--leave-out-mistakes", help="Go on without the lines that have mistakes.")
    ] = False,
) -> None:
    """Makes Airbyte look like the list: a source and a connection for each company."""
    out = console()
    wanted = read_list(out, companies, leave_out_mistakes=leave_out_mistakes)
    settings_of(destination, image, definition_name, fleet_tag, night)
    with calls_of(airbyte_url, wait) as calls:
        airbyte = airbyte_of(calls, workspace)
        destination = destination_of(calls, airbyte, destination)
        settings = settings_of(destination, image, definition_name, fleet_tag, night)
        prepared = prepare(airbyte, wanted, settings, remove=remove)
        show_plan(out, prepared.plan, everything=everything or dry_run)
        if dry_run:
            out.print(Text("Nothing was done: this is a dry run."))
            return
        if not many_leave:
            guard_against_a_wrong_list(prepared.plan)
        with progress(out, len(prepared.plan.work), "companies") as step:
            result = carry_out(airbyte, settings, prepared, at_a_time, wait, lambda outcome: step(_line(outcome)))
    show_result(out, result)
    if result.interrupted:
        raise typer.Exit(INTERRUPTED)
    if result.left or wanted.mistakes:
        raise typer.Exit(1)


def _line(outcome: Outcome) -> str:
    """What is worth a line while the work goes on."""
    row = outcome.row
    return "" if outcome.done else f"{row.business_id} {row.company_name}: {outcome.sentence}"


@contextmanager
def progress(out: Console, total: int, what: str) -> Iterator[Callable[[str], None]]:
    """Shows how far the work is: a bar on a terminal, else a line for each tenth.

    Yields:
        What is called with each item that has ended, and a line about it, which may be empty.
    """
    if sys.stdout.isatty():
        columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=out) as bar:
            task = bar.add_task(what, total=total)

            def step(line: str) -> None:
                if line:
                    out.print(Text(line))
                bar.advance(task)

            yield step
        return
    done = 0

    def step_without_terminal(line: str) -> None:
        nonlocal done
        done += 1
        if line:
            out.print(Text(line))
        if total >= 20 and done % (total // 10) == 0:
            out.print(Text(f"{done} of {total} {what}"))

    yield step_without_terminal
