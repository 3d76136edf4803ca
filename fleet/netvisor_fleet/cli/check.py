"""`netvisor-fleet check`: the connector's check of each company, as one table."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from netvisor_fleet.airbyte.api import Airbyte
from netvisor_fleet.airbyte.things import CheckAnswer
from netvisor_fleet.cli import options
from netvisor_fleet.cli.apply import progress
from netvisor_fleet.cli.session import airbyte_of, calls_of, read_list, settings_of
from netvisor_fleet.companies.company import Company
from netvisor_fleet.fleet.crew import Crew
from netvisor_fleet.fleet.inventory import collect
from netvisor_fleet.fleet.settings import DEFINITION_NAME, FLEET_TAG, NIGHT, FleetProblem, Settings
from netvisor_fleet.fleet.wanted import configuration
from netvisor_fleet.health import letters
from netvisor_fleet.health.checking import Checked, not_checked, understand
from netvisor_fleet.health.connector import CheckFailed, LocalConnector
from netvisor_fleet.tables import console, table

MOST = 6
"""Blocked resources of a company that the terminal names; file and letters name all."""
COLUMNS = ("Business ID", "company", "verdict", "readable", "blocked", "what to do", "whom to write to")


def check(
    companies: options.ListFile,
    connector: options.Connector = "",
    connector_image: options.ConnectorImage = "",
    engine: options.Engine = "docker",
    through_airbyte: Annotated[
        bool, typer.Option("--through-airbyte", help="Let a self-managed Airbyte run the checks of its sources.")
    ] = False,
    airbyte_url: options.OptionalUrl = "",
    workspace: options.Workspace = "",
    image: options.Image = options.DEFAULT_IMAGE,
    definition_name: options.DefinitionName = DEFINITION_NAME,
    at_a_time: options.AtATime = 4,
    wait: options.Wait = 1.0,
    csv_file: Annotated[Path | None, typer.Option("--csv", help="Write the table to this file, too.")] = None,
    letters_folder: Annotated[
        Path | None, typer.Option("--letters", help="Write a text for each customer who has to act, into this folder.")
    ] = None,
) -> None:
    """Checks each company: what can be read, what is blocked, what to do, and whom to write to."""
    out = console()
    wanted = read_list(out, companies).companies
    settings = settings_of("", image, definition_name, FLEET_TAG, NIGHT)
    if through_airbyte:
        if not airbyte_url:
            raise typer.BadParameter("say where Airbyte is", param_hint="--airbyte-url")
        with calls_of(airbyte_url, wait) as calls:
            checked = check_all(out, wanted, _airbytes_check(airbyte_of(calls, workspace), settings), at_a_time)
    else:
        local = LocalConnector.of(connector, connector_image, engine)
        checked = check_all(out, wanted, lambda company: local_check(local, company, settings), at_a_time)
    _show(out, checked)
    if csv_file:
        _write_csv(csv_file, checked)
        out.print(Text(f"The table is in {csv_file}."))
    if letters_folder:
        written = [letters.write(letters_folder, each) for each in checked if each.customer_acts]
        out.print(Text(f"Letters to {len(written)} customers are in {letters_folder}."))
    if len(checked) < len(wanted) or not all(each.fine for each in checked):
        raise typer.Exit(1)


def local_check(connector: LocalConnector, company: Company, settings: Settings) -> CheckAnswer:
    """The check on this machine.

    Raises:
        CheckFailed: the key is where only Airbyte can read it, or the connector could not be run.
    """
    if company.api_key.in_airbyte:
        raise CheckFailed("Its key is in Airbyte's secret store; check it with --through-airbyte.")
    return connector.check(configuration(company, settings))


def check_all(
    out: Console, companies: Sequence[Company], check_one: Callable[[Company], CheckAnswer], at_a_time: int
) -> list[Checked]:
    """Checks several companies at a time; the result is in the order of the list."""
    crew: Crew[Company, CheckAnswer] = Crew(at_a_time, check_one)
    found: dict[str, Checked] = {}
    with progress(out, len(companies), "companies checked") as step:
        for ended in crew.run(companies):
            company = ended.item
            if ended.result is None:
                found[company.business_id] = not_checked(company, str(ended.failure))
            else:
                found[company.business_id] = understand(company, ended.result)
            step("")
    return [found.get(each.business_id) or not_checked(each, "It was not reached.") for each in companies]


def _airbytes_check(airbyte: Airbyte, settings: Settings) -> Callable[[Company], CheckAnswer]:
    inventory = collect(airbyte, settings)

    def check_one(company: Company) -> CheckAnswer:
        sources = inventory.sources.get(company.business_id)
        if not sources:
            raise CheckFailed("It is not in Airbyte; run netvisor-fleet apply.")
        answer = airbyte.jobs.check(sources[0].id)
        if answer is None:
            raise FleetProblem("This Airbyte offers no check to other programs; check without --through-airbyte.")
        return answer

    return check_one


def _cells(checked: Checked, most: int = 1000) -> tuple[str, ...]:
    """A row of the table.

    Args:
        most: resources that are named; the others are counted.
    """
    names = [f"{each.name} ({', '.join(each.streams)})" if each.streams else each.name for each in checked.blocked]
    more = [f"and {len(names) - most} more"] if len(names) > most else []
    blocked = "\n".join(names[:most] + more)
    if checked.others:
        blocked += f"{chr(10) if blocked else ''}{checked.others} more, not needed by its streams"
    action = f"{checked.action}\n{checked.sentence}".strip()
    name, identity = checked.company.company_name, checked.company.business_id
    return identity, name, checked.verdict.value, checked.readable, blocked, action, checked.whom


def _show(out: Console, checked: Sequence[Checked]) -> None:
    out.print(table("Check", COLUMNS, (_cells(each, MOST) for each in checked)))
    count = Counter(each.verdict.value for each in checked)
    out.print(Text(", ".join(f"{number} {verdict}" for verdict, number in count.items())))


def _write_csv(path: Path, checked: Sequence[Checked]) -> None:
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        # a cell that begins like a formula is none
        writer.writerows([["'" + c if c[:1] in ("=", "+", "-", "@") else c for c in _cells(each)] for each in checked])
