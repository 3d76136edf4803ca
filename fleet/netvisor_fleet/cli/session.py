"""What a command works with: the list, Airbyte, the settings."""

from __future__ import annotations

import os
from pathlib import Path

import typer
from rich.console import Console
from rich.text import Text

from netvisor_fleet import secrecy
from netvisor_fleet.airbyte.access import Access, NoAccess
from netvisor_fleet.airbyte.api import Airbyte, destinations, workspaces
from netvisor_fleet.airbyte.calls import Calls
from netvisor_fleet.airbyte.patience import Patience
from netvisor_fleet.companies.list_file import CompanyList, read
from netvisor_fleet.companies.schedule import Night, UnreadableSchedule
from netvisor_fleet.fleet.settings import FleetProblem, Settings
from netvisor_fleet.tables import show_mistakes

WRONG = 2


def read_list(out: Console, path: Path, *, leave_out_mistakes: bool = False) -> CompanyList:
    """The list; ends the command when it has mistakes, before anything is called."""
    companies = read(path)
    if companies.mistakes:
        show_mistakes(out, companies, str(path))
        if not leave_out_mistakes or not companies.companies:
            out.print(Text("Nothing was done. Correct the list, and run the command again."))
            raise typer.Exit(WRONG)
        out.print(Text("The lines with mistakes are left out; their companies stay as they are."))
    return companies


def settings_of(destination_id: str, image: str, definition_name: str, fleet_tag: str, night: str) -> Settings:
    """The settings; ends the command when an option is wrong."""
    repository, colon, tag = image.rpartition(":")
    if not colon or "/" in tag or not repository or not tag:
        raise typer.BadParameter(
            "the image is written with its tag, as airbyte/source-netvisor:0.1.0", param_hint="--image"
        )
    try:
        hours = Night.parse(night)
    except UnreadableSchedule as error:
        raise typer.BadParameter(str(error), param_hint="--night") from None
    partner_id = os.environ.get("NETVISOR_PARTNER_ID", "").strip()
    partner_key = os.environ.get("NETVISOR_PARTNER_KEY", "").strip()
    secrecy.keep(partner_key)
    if bool(partner_id) != bool(partner_key):
        raise NoAccess("NETVISOR_PARTNER_ID and NETVISOR_PARTNER_KEY belong together; set both, or none if the "
                       "connector's image or Airbyte has them.")  # fmt: skip
    return Settings(
        destination_id,
        repository,
        tag,
        definition_name,
        fleet_tag,
        hours,
        partner_id=partner_id,
        partner_key=partner_key,
    )


def calls_of(url: str, wait: float) -> Calls:
    """Signs in to Airbyte with what the environment has.

    Args:
        wait: seconds before a failed call is repeated.
    """
    return Calls(Access.of(url, os.environ), Patience(first_wait=wait))


def airbyte_of(calls: Calls, workspace_id: str) -> Airbyte:
    """The workspace that is named, or the only one.

    Raises:
        FleetProblem: there are several.
    """
    return Airbyte(calls, workspace_id or _only("workspace", "--workspace", workspaces(calls)))


def destination_of(calls: Calls, airbyte: Airbyte, destination_id: str) -> str:
    """The destination that is named, or the only one of the workspace.

    Raises:
        FleetProblem: there are several, or none.
    """
    return destination_id or _only("destination", "--destination", destinations(calls, airbyte.workspace_id))


def _only(kind: str, option: str, found: dict[str, str]) -> str:
    if len(found) == 1:
        return next(iter(found))
    if not found:
        raise FleetProblem(f"Airbyte shows no {kind}; make one in Airbyte first.")
    names = ", ".join(f"{name} ({identity})" for identity, name in list(found.items())[:10])
    raise FleetProblem(f"Airbyte has {len(found)} {kind}s; say which one with {option}: {names}.")
