"""`netvisor-fleet status`: how the nights went, as a table and as a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from netvisor_fleet.cli import options
from netvisor_fleet.cli.apply import progress
from netvisor_fleet.cli.session import airbyte_of, calls_of, read_list, settings_of
from netvisor_fleet.fleet.inventory import collect
from netvisor_fleet.fleet.settings import DEFINITION_NAME, FLEET_TAG, NIGHT
from netvisor_fleet.health import page
from netvisor_fleet.health.looking import look
from netvisor_fleet.health.status import HELSINKI, Colour, Status
from netvisor_fleet.tables import console, table

STYLES = {Colour.RED: "bold red", Colour.YELLOW: "yellow", Colour.GREY: "dim", Colour.GREEN: "green"}
COLUMNS = ("state", "Business ID", "company", "last success", "days", "records", "failures", "why", "to do")


def status(
    companies: options.ListFile,
    airbyte_url: options.Url,
    workspace: options.Workspace = "",
    image: options.Image = options.DEFAULT_IMAGE,
    definition_name: options.DefinitionName = DEFINITION_NAME,
    fleet_tag: options.FleetTag = FLEET_TAG,
    at_a_time: options.AtATime = 8,
    wait: options.Wait = 1.0,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page to this file, too.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Show the green companies, too.")] = False,
) -> None:
    """Shows how the nights went: last success, age, records, failures, blocked streams; 1 if anything is red."""
    out = console()
    listed = read_list(out, companies, leave_out_mistakes=True)
    settings = settings_of("", image, definition_name, fleet_tag, NIGHT)
    with calls_of(airbyte_url, wait) as calls:
        airbyte = airbyte_of(calls, workspace)
        inventory = collect(airbyte, settings)
        now = datetime.now(timezone.utc)
        with progress(out, len(listed.companies), "companies") as step:
            statuses = look(airbyte, listed, inventory, settings, now, at_a_time, step)
    show(out, statuses, everything=everything)
    if html:
        page.write(html, page.render(statuses, now))
        out.print(Text(f"The page is {html}."))
    if any(each.colour is Colour.RED for each in statuses):
        raise typer.Exit(1)


def show(out: Console, statuses: Sequence[Status], *, everything: bool) -> None:
    """The table; green companies only if asked for."""
    shown = [each for each in statuses if everything or each.colour is not Colour.GREEN]
    if shown:
        out.print(table("Status", COLUMNS, map(_cells, shown)))
    count = Counter(each.colour for each in statuses)
    out.print(
        Text(", ".join(f"{count[colour]} {colour.value}" for colour in Colour if count[colour]) or "No companies.")
    )


def _cells(each: Status) -> tuple[str | Text, ...]:
    why = [*each.reasons, *([f"blocked: {', '.join(each.blocked)}"] if each.blocked else []), each.sentence]
    return (
        Text(each.colour.value + (" (syncing)" if each.running else ""), STYLES[each.colour]),
        each.business_id,
        each.company_name,
        each.last_success.astimezone(HELSINKI).strftime("%Y-%m-%d %H:%M") if each.last_success else "never",
        "" if each.days is None else str(each.days),
        "" if each.rows is None else str(each.rows),
        f"{each.failures}{'+' if each.at_least else ''}" if each.failures else "",
        "\n".join(filter(None, why)),
        each.action,
    )
