"""Sources: a company's configuration, and what its streams can do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from netvisor_fleet.airbyte import readings
from netvisor_fleet.airbyte.calls import Calls, path_id, there
from netvisor_fleet.airbyte.failures import unreadable
from netvisor_fleet.airbyte.things import Source, StreamModes


class Sources:
    """The sources of a workspace."""

    def __init__(self, calls: Calls, workspace_id: str) -> None:
        self._calls = calls
        self._workspace_id = workspace_id

    def all(self) -> list[Source]:
        """Every one, whatever its connector."""
        rows = self._calls.pages("list the sources", "/sources", {"workspaceIds": self._workspace_id})
        return [readings.source(row) for row in rows]

    def make(self, definition_id: str, name: str, configuration: Mapping[str, Any]) -> Source:
        """Makes a source.

        Raises:
            AirbyteFailure: also `uncertain`, when it may have been made.
        """
        body = {
            "name": name,
            "workspaceId": self._workspace_id,
            "definitionId": definition_id,
            "configuration": dict(configuration),
        }
        doing = "make the source"
        return readings.source(there(self._calls.plain(doing, "POST", "/sources", body=body, repeatable=False), doing))

    def change(self, source_id: str, name: str, configuration: Mapping[str, Any]) -> None:
        """Gives a source another name and configuration.

        What the configuration leaves out stays as it is, by the platform's source code. The description does not say
        so; hence the caller gives everything that shall be there.
        """
        body = {"name": name, "configuration": dict(configuration)}
        self._calls.plain("change the source", "PATCH", f"/sources/{path_id(source_id)}", body=body)

    def delete(self, source_id: str) -> None:
        """Removes a source; one that is gone already is no failure."""
        self._calls.delete("remove the source", f"/sources/{path_id(source_id)}")

    def streams(self, source_id: str, destination_id: str, *, fresh: bool = False) -> dict[str, StreamModes]:
        """What each stream of a source can do with a destination, by name."""
        doing = "read the connector's streams"
        query = {"sourceId": source_id, "destinationId": destination_id, "ignoreCache": "true" if fresh else "false"}
        rows = self._calls.plain(doing, "GET", "/streams", query=query)
        if not isinstance(rows, list):
            raise unreadable(doing)
        return {modes.name: modes for modes in map(readings.stream_modes, rows)}
