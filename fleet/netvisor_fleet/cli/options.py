"""Options that several commands have; each can be set in the environment instead."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from netvisor_fleet.fleet.settings import REPOSITORY, TAG

ListFile = Annotated[Path, typer.Argument(help="The list of companies, a CSV file.", show_default=False)]
Url = Annotated[
    str,
    typer.Option(
        "--airbyte-url",
        envvar="AIRBYTE_URL",
        help="Airbyte's public API, as https://airbyte.example.com/api/public/v1; https://api.airbyte.com/v1 is Cloud.",
        show_default=False,
    ),
]
Workspace = Annotated[
    str,
    typer.Option(
        "--workspace", envvar="AIRBYTE_WORKSPACE_ID", help="ID of the workspace; needed if there are several."
    ),
]
DestinationId = Annotated[
    str,
    typer.Option(
        "--destination", envvar="AIRBYTE_DESTINATION_ID", help="ID of the destination; needed if there are several."
    ),
]
Image = Annotated[
    str, typer.Option("--image", envvar="NETVISOR_IMAGE", help="The connector's image and tag, for a new definition.")
]
DEFAULT_IMAGE = f"{REPOSITORY}:{TAG}"
DefinitionName = Annotated[str, typer.Option("--definition-name", help="The connector's name in Airbyte.")]
FleetTag = Annotated[str, typer.Option("--fleet-tag", help="The tag of this tool's connections in Airbyte.")]
NightHours = Annotated[
    str, typer.Option("--night", envvar="NETVISOR_NIGHT", help="Over which hours the companies are spread, in UTC.")
]
AtATime = Annotated[int, typer.Option("--at-a-time", min=1, max=32, help="Companies worked on in parallel.")]
Wait = Annotated[
    float,
    typer.Option(
        "--wait", min=0.001, max=60, help="Seconds before a failed call is repeated; further waits are twice as long."
    ),
]
OptionalUrl = Annotated[str, typer.Option("--airbyte-url", envvar="AIRBYTE_URL", help="Airbyte's public API.")]
Connector = Annotated[
    str,
    typer.Option("--connector", help="The connector's command; else source-netvisor, beside this tool or on the path."),
]
ConnectorImage = Annotated[str, typer.Option("--connector-image", help="Run the connector's check from this image.")]
Engine = Annotated[str, typer.Option("--engine", help="The container engine for --connector-image.")]
Only = Annotated[
    list[str] | None, typer.Option("--company", help="A Business ID; only this company (may be given several times).")
]
