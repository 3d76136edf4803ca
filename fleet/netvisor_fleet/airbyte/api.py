"""Airbyte as one object: its API by what it is about."""

from __future__ import annotations

from netvisor_fleet.airbyte.calls import Calls
from netvisor_fleet.airbyte.connections import Connections
from netvisor_fleet.airbyte.definitions import Definitions
from netvisor_fleet.airbyte.jobs import Jobs
from netvisor_fleet.airbyte.sources import Sources
from netvisor_fleet.airbyte.tags import Tags


class Airbyte:
    """One workspace of one Airbyte.

    Args:
        calls: to its server.
        workspace_id: whose things are listed and made.
    """

    def __init__(self, calls: Calls, workspace_id: str) -> None:
        self.workspace_id = workspace_id
        self.definitions = Definitions(calls, workspace_id)
        self.sources = Sources(calls, workspace_id)
        self.connections = Connections(calls, workspace_id)
        self.tags = Tags(calls, workspace_id)
        self.jobs = Jobs(calls)


def workspaces(calls: Calls) -> dict[str, str]:
    """Name by ID."""
    return {row["workspaceId"]: row["name"] for row in calls.pages("list the workspaces", "/workspaces", {})}


def destinations(calls: Calls, workspace_id: str) -> dict[str, str]:
    """Name by ID."""
    rows = calls.pages("list the destinations", "/destinations", {"workspaceIds": workspace_id})
    return {row["destinationId"]: row["name"] for row in rows}
