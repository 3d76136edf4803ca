"""`netvisor-fleet rotate`: new keys, each tried before Airbyte gets it."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from netvisor_fleet.cli import options
from netvisor_fleet.cli.apply import INTERRUPTED, progress
from netvisor_fleet.cli.check import local_check
from netvisor_fleet.cli.session import airbyte_of, calls_of, destination_of, read_list, settings_of
from netvisor_fleet.fleet.crew import Crew
from netvisor_fleet.fleet.plan import Row
from netvisor_fleet.fleet.rotation import Rotation, due, only
from netvisor_fleet.fleet.settings import DEFINITION_NAME, FLEET_TAG, NIGHT
from netvisor_fleet.fleet.work import prepare
from netvisor_fleet.health.connector import LocalConnector
from netvisor_fleet.tables import console, table


def rotate(
    companies: options.ListFile,
    airbyte_url: options.Url,
    workspace: options.Workspace = "",
    destination: options.DestinationId = "",
    image: options.Image = options.DEFAULT_IMAGE,
    definition_name: options.DefinitionName = DEFINITION_NAME,
    fleet_tag: options.FleetTag = FLEET_TAG,
    connector: options.Connector = "",
    connector_image: options.ConnectorImage = "",
    engine: options.Engine = "docker",
    at_a_time: options.AtATime = 4,
    wait: options.Wait = 1.0,
    company: options.Only = None,
    patience: Annotated[float, typer.Option("--patience", min=0, help="Minutes to wait for a sync that runs.")] = 30,
) -> None:
    """Takes new keys into use: those of the list, and the partner's from the environment.

    Each is tried with the connector's check first. One that does not work is not given to Airbyte: the old one stays.
    """
    out = console()
    listed = read_list(out, companies)
    settings = settings_of(destination, image, definition_name, fleet_tag, NIGHT)
    local = LocalConnector.of(connector, connector_image, engine)
    with calls_of(airbyte_url, wait) as calls:
        airbyte = airbyte_of(calls, workspace)
        settings = settings_of(destination_of(calls, airbyte, destination), image, definition_name, fleet_tag, NIGHT)
        rows = only(due(prepare(airbyte, listed, settings).plan), company or ())
        if not rows:
            out.print(Text("No key has changed."))
            return
        rotation = Rotation(airbyte, settings, lambda each: local_check(local, each, settings), patience * 60, wait)
        crew: Crew[Row, None] = Crew(at_a_time, rotation.rotate)
        ended = {}
        with progress(out, len(rows), "keys") as step:
            for each in crew.run(rows):
                ended[each.item.business_id] = str(each.failure or "")
                step("")
    late = "Not begun; run the command again."
    all_rows = [(row.business_id, row.company_name, ended.get(row.business_id, late)) for row in rows]
    left = [cells for cells in all_rows if cells[2]]
    if left:
        out.print(table(f"{len(left)} keep their old key", ("Business ID", "company", "why"), left))
    out.print(Text(f"{len(rows) - len(left)} of {len(rows)} new keys are in use."))
    if crew.interrupted:
        raise typer.Exit(INTERRUPTED)
    if left:
        raise typer.Exit(1)
