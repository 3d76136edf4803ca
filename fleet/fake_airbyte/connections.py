"""Connections, checked as the platform checks them, and a little more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from . import connector
from .refusal import Refusal, only
from .state import State, epoch, new_id

OPTIONAL = (
    "name", "configurations", "schedule", "namespaceDefinition", "namespaceFormat", "prefix",
    "nonBreakingSchemaUpdatesBehavior", "status", "tags",
)  # fmt: skip


def make(state: State, body: Any) -> dict[str, Any]:
    """POST /connections."""
    given = only(body, ("sourceId", "destinationId"), OPTIONAL)
    if given["sourceId"] not in state.sources:
        raise Refusal(404, "Not found")
    if given["destinationId"] not in (state.destination_id, *state.other_destinations):
        raise Refusal(404, "Not found")
    if not (given.get("configurations") or {}).get("streams"):
        raise Refusal(400, "Without streams Airbyte takes all of them, payroll too, and overwrites each.")
    row: dict[str, Any] = {
        "connectionId": new_id(),
        "name": given.get("name", "unnamed"),
        "sourceId": given["sourceId"],
        "destinationId": given["destinationId"],
        "workspaceId": state.workspace_id,
        "status": "active",
        "schedule": {"scheduleType": "manual"},
        "nonBreakingSchemaUpdatesBehavior": "ignore",
        "namespaceDefinition": "destination",
        "namespaceFormat": "",
        "prefix": "",
        "configurations": {"streams": []},
        "createdAt": epoch(),
        "tags": [],
    }
    _take(state, row, given)
    state.connections[row["connectionId"]] = row
    return row


def change(state: State, connection_id: str, body: Any) -> dict[str, Any]:
    """PATCH /connections/{connectionId}."""
    given = only(body, (), OPTIONAL)
    row = state.connections.get(connection_id)
    if row is None:
        raise Refusal(404, "Not found")
    if row["status"] == "locked":
        raise Refusal(409, "The connection is locked.")
    changed = dict(row)
    _take(state, changed, given)
    row.update(changed)
    return row


def delete(state: State, connection_id: str) -> None:
    """DELETE /connections/{connectionId}."""
    if state.connections.pop(connection_id, None) is None:
        raise Refusal(404, "Not found")


def _take(state: State, row: dict[str, Any], given: Mapping[str, Any]) -> None:
    for name in (
        "name",
        "namespaceDefinition",
        "namespaceFormat",
        "prefix",
        "nonBreakingSchemaUpdatesBehavior",
        "status",
    ):
        if name in given:
            row[name] = given[name]
    if row["namespaceDefinition"] == "custom_format" and not row["namespaceFormat"]:
        raise Refusal(400, "A custom namespace needs a format.")
    if "schedule" in given:
        row["schedule"] = _schedule(given["schedule"])
    if "tags" in given:
        for tag in given["tags"]:
            if state.tags.get(tag.get("tagId")) != tag:
                raise Refusal(400, "There is no such tag.")
        row["tags"] = [dict(tag) for tag in given["tags"]]
    if "configurations" in given:
        row["configurations"] = {"streams": [_stream(state, each) for each in given["configurations"]["streams"]]}


def _schedule(given: Any) -> dict[str, Any]:
    schedule = only(given, ("scheduleType",), ("cronExpression",))
    if schedule["scheduleType"] == "manual":
        return {"scheduleType": "manual"}
    fields = str(schedule.get("cronExpression", "")).removesuffix("UTC").split()
    if len(fields) not in (6, 7) or not (fields[0].isdigit() and fields[1].isdigit()):
        raise Refusal(400, "The cron expression is not valid or is less than the one hour minimum.")
    if (fields[3] == "?") == (fields[5] == "?") or not re.fullmatch(r"[0-9*/,-]+", fields[2]):
        raise Refusal(400, "The cron expression is not valid.")
    # the server shows the time zone behind the expression
    return {"scheduleType": "cron", "cronExpression": " ".join(fields) + " UTC"}


def _stream(state: State, given: Any) -> dict[str, Any]:
    wanted = only(given, ("name",), ("syncMode", "cursorField", "primaryKey"))
    name = wanted["name"]
    known = {each["streamName"]: each for each in connector.stream_properties(state.destination_modes)}
    if name not in known:
        raise Refusal(400, f"Invalid stream found. The list of valid streams does not include {name}.")
    if "syncMode" not in wanted:
        raise Refusal(400, f"The stream {name} has no mode.")
    stream = known[name]
    mode = wanted["syncMode"]
    if mode not in stream["syncModes"]:
        raise Refusal(400, f"Cannot set sync mode to {mode} for stream {name}.")
    row = {"name": name, "syncMode": mode, "primaryKey": stream["sourceDefinedPrimaryKey"]}
    if mode == "incremental_deduped_history":
        if wanted.get("cursorField", stream["defaultCursorField"]) != stream["defaultCursorField"]:
            raise Refusal(400, f"Cursor Field is already defined by source for stream: {name}.")
        if wanted.get("primaryKey", stream["sourceDefinedPrimaryKey"]) != stream["sourceDefinedPrimaryKey"]:
            raise Refusal(400, f"Primary key for stream: {name} is already pre-defined.")
        row["cursorField"] = stream["defaultCursorField"]
    return row
