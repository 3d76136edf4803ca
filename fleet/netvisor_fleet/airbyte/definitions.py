"""The connector's definition: its image and tag in a workspace."""

from __future__ import annotations

from airbyte_api import api, models

from netvisor_fleet.airbyte import readings
from netvisor_fleet.airbyte.calls import Calls, there
from netvisor_fleet.airbyte.things import Definition


class Definitions:
    """The source definitions of a workspace."""

    def __init__(self, calls: Calls, workspace_id: str) -> None:
        self._calls = calls
        self._workspace_id = workspace_id
        self._api = calls.client.source_definitions

    def all(self) -> list[Definition]:
        """Every one that the workspace knows."""
        request = api.ListSourceDefinitionsRequest(workspace_id=self._workspace_id)
        reply = self._calls.typed("list the connectors", lambda: self._api.list_source_definitions(request=request))
        return [readings.definition(row) for row in (reply.definitions_response or _NONE).data]

    def make(self, name: str, repository: str, tag: str) -> Definition:
        """Makes the connector known to the workspace.

        Raises:
            AirbyteFailure: also `uncertain`, when it may have been made.
        """
        body = models.CreateDefinitionRequest(name=name, docker_repository=repository, docker_image_tag=tag)
        request = api.CreateSourceDefinitionRequest(workspace_id=self._workspace_id, create_definition_request=body)
        doing = "add the connector"
        reply = self._calls.typed(
            doing, lambda: self._api.create_source_definition(request=request), repeatable=False
        )  # fmt: skip
        return readings.definition(there(reply.definition_response, doing))

    def retag(self, definition: Definition, tag: str) -> None:
        """Gives all sources of the definition another image."""
        request = api.UpdateSourceDefinitionRequest(
            workspace_id=self._workspace_id,
            definition_id=definition.id,
            update_definition_request=models.UpdateDefinitionRequest(name=definition.name, docker_image_tag=tag),
        )
        self._calls.typed("change the connector's image", lambda: self._api.update_source_definition(request=request))

    def delete(self, definition_id: str) -> None:
        """Removes a definition."""
        path = f"/workspaces/{self._workspace_id}/definitions/sources/{definition_id}"
        self._calls.delete("remove the connector's trial", path)


_NONE = models.DefinitionsResponse(data=[])
