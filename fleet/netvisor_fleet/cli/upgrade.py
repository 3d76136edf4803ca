"""`netvisor-fleet upgrade`: a new image, first for a few companies, then for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from netvisor_fleet.cli import options
from netvisor_fleet.cli.apply import INTERRUPTED, progress
from netvisor_fleet.cli.session import airbyte_of, calls_of, destination_of, read_list, settings_of
from netvisor_fleet.fleet.crew import Crew
from netvisor_fleet.fleet.plan import Row
from netvisor_fleet.fleet.rotation import only
from netvisor_fleet.fleet.settings import DEFINITION_NAME, FLEET_TAG, NIGHT, FleetProblem
from netvisor_fleet.fleet.trial import Trial, clear_trials
from netvisor_fleet.fleet.work import prepare
from netvisor_fleet.tables import console, table


def upgrade(
    tag: Annotated[str, typer.Argument(help="The new image's tag.", show_default=False)],
    companies: options.ListFile,
    airbyte_url: options.Url,
    workspace: options.Workspace = "",
    destination: options.DestinationId = "",
    image: options.Image = options.DEFAULT_IMAGE,
    definition_name: options.DefinitionName = DEFINITION_NAME,
    fleet_tag: options.FleetTag = FLEET_TAG,
    first: Annotated[int, typer.Option("--first", min=0, help="Companies that the image is tried with.")] = 3,
    company: options.Only = None,
    trial_only: Annotated[bool, typer.Option("--trial-only", help="Try, and leave the fleet as it is.")] = False,
    at_a_time: options.AtATime = 3,
    wait: options.Wait = 1.0,
    patience: Annotated[float, typer.Option("--patience", min=0, help="Minutes for one trial sync.")] = 120,
) -> None:
    """Tries a new image with a few companies, and gives it to all if every trial succeeds.

    A trial reads the last weeks of a company into the namespace netvisor_..._trial. The company's own tables are not
    touched, and its connection rests meanwhile. Drop the trial's tables when they have been looked at.
    """
    out = console()
    listed = read_list(out, companies)
    settings = settings_of(destination, image, definition_name, fleet_tag, NIGHT)
    with calls_of(airbyte_url, wait) as calls:
        airbyte = airbyte_of(calls, workspace)
        settings = settings_of(destination_of(calls, airbyte, destination), image, definition_name, fleet_tag, NIGHT)
        clear_trials(airbyte, settings)
        prepared = prepare(airbyte, listed, settings)
        definition = prepared.inventory.definition
        if definition is None:
            raise FleetProblem("The connector is not in Airbyte yet; run netvisor-fleet apply first.")
        if definition.tag == tag:
            out.print(Text(f"All companies have {definition.repository}:{tag} already."))
            return
        chosen = only((row for row in prepared.plan.rows if row.company and row.source), company or ())
        chosen = chosen if company else chosen[:first]
        if chosen:
            _try(out, Trial(airbyte, settings, tag, patience * 60, wait), chosen, at_a_time)
        if trial_only:
            out.print(Text(f"The fleet keeps {definition.repository}:{definition.tag}: this was a trial only."))
            return
        airbyte.definitions.retag(definition, tag)
        out.print(
            Text(f"From their next sync on all companies have {definition.repository}:{tag} (was {definition.tag}).")
        )
        out.print(Text("Run netvisor-fleet apply for streams that are new in it."))


def _try(out: Console, trial: Trial, rows: Sequence[Row], at_a_time: int) -> None:
    """The trials; ends the command if one fails."""
    trial.prepare()
    crew: Crew[Row, int] = Crew(at_a_time, trial.try_with)
    results: dict[str, str] = {}
    failed = False
    try:
        with progress(out, len(rows), "trials") as step:
            for ended in crew.run(rows):
                failed = failed or ended.failure is not None
                results[ended.item.business_id] = str(ended.failure or f"succeeded, {ended.result} records")
                step("")
    finally:
        clear_trials(trial.airbyte, trial.settings)
    cells = [(row.business_id, row.company_name, results.get(row.business_id, "not begun")) for row in rows]
    out.print(table(f"Trial of {trial.settings.repository}:{trial.tag}", ("Business ID", "company", "trial"), cells))
    if failed or len(results) < len(rows):
        out.print(Text("The fleet keeps its image."))
        raise typer.Exit(INTERRUPTED if crew.interrupted else 1)
