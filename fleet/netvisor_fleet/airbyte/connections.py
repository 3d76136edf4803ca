"""Connections: from a company's source to its namespace in the destination."""

from __future__ import annotations

from airbyte_api import api, models

from netvisor_fleet.airbyte import readings
from netvisor_fleet.airbyte.calls import Calls, path_id, there
from netvisor_fleet.airbyte.things import Connection


class Connections:
    """The connections of a workspace."""

    def __init__(self, calls: Calls, workspace_id: str) -> None:
        self._calls = calls
        self._workspace_id = workspace_id
        self._api = calls.client.connections

    def all(self) -> list[Connection]:
        """Every one, whoever made it."""
        rows = self._calls.pages("list the connections", "/connections", {"workspaceIds": self._workspace_id})
        return [readings.connection(row) for row in rows]

    def make(self, body: models.ConnectionCreateRequest) -> Connection:
        """Makes a connection.

        Raises:
            AirbyteFailure: also `uncertain`, when it may have been made.
        """
        doing = "make the connection"
        reply = self._calls.typed(doing, lambda: self._api.create_connection(request=body), repeatable=False)
        return readings.connection(there(reply.connection_response, doing).model_dump(by_alias=True, mode="json"))

    def change(self, connection_id: str, body: models.ConnectionPatchRequest) -> None:
        """Changes what the body names."""
        request = api.PatchConnectionRequest(connection_id=path_id(connection_id), connection_patch_request=body)
        self._calls.typed("change the connection", lambda: self._api.patch_connection(request=request))

    def delete(self, connection_id: str) -> None:
        """Removes a connection; one that is gone already is no failure."""
        self._calls.delete("remove the connection", f"/connections/{path_id(connection_id)}")
