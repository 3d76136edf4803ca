"""Tags, by which connections are grouped in Airbyte."""

from __future__ import annotations

from airbyte_api import api, models

from netvisor_fleet.airbyte import readings
from netvisor_fleet.airbyte.calls import Calls, there
from netvisor_fleet.airbyte.failures import AirbyteFailure


class Tags:
    """The tags of a workspace."""

    def __init__(self, calls: Calls, workspace_id: str) -> None:
        self._calls = calls
        self._workspace_id = workspace_id
        self._api = calls.client.tags

    def all(self) -> dict[str, models.Tag]:
        """By name."""
        request = api.ListTagsRequest(workspace_ids=[self._workspace_id])
        reply = self._calls.typed("list the tags", lambda: self._api.list_tags(request=request))
        rows = reply.tags_response.data if reply.tags_response else []
        return {row.name: readings.tag(row) for row in rows}

    def make(self, name: str, color: str) -> models.Tag:
        """Makes a tag; one that is there meanwhile is as good.

        Args:
            color: hexadecimal, as `FF5733`.
        """
        request = models.TagCreateRequest(name=name, color=color, workspace_id=self._workspace_id)
        doing = f"make the tag {name}"
        try:
            # Airbyte refuses a second one of a name, so the call may be repeated
            reply = self._calls.typed(doing, lambda: self._api.create_tag(request=request))
        except AirbyteFailure as failure:
            there_already = self.all().get(name) if failure.status == 409 else None
            if there_already is None:
                raise
            return there_already
        return readings.tag(there(reply.tag_response, doing))
