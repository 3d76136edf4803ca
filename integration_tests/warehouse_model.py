"""An Airbyte destination in memory: what a warehouse holds after any sequence of syncs.

It does what Airbyte's typed destinations do with `append_dedup`: every record that was emitted is appended, also those
of a sync that was killed afterwards; then, for each primary key, the record with the newest cursor stays (a null cursor
is older than any; moments are compared as moments, whatever their offsets), of several with the same cursor the one
that came last, and a record with `_ab_cdc_deleted_at` takes the row away. Streams in `overwrite` mode hold what their
last sync brought.

It knows nothing of Netvisor or of the connector: what counts is the catalog and the messages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any

import orjson

DELETED_AT = "_ab_cdc_deleted_at"
Key = tuple[Any, ...]
Row = dict[str, Any]


class BrokenStream(AssertionError):
    """A message that no destination could use."""


@dataclass
class Table:
    """One stream's records.

    Args:
        primary_key: top-level properties.
        cursor_field: top-level property; None: the stream has none, the last record to come wins.
        deduplicated: whether the destination keeps one row a key; otherwise `rows` is refused.
        overwrite: whether a new sync replaces what there was.
    """

    primary_key: tuple[str, ...]
    cursor_field: str | None
    deduplicated: bool = True
    overwrite: bool = False
    received: int = 0
    moments: bool = False
    """Whether the cursor's type is a moment, which destinations compare as such and not as text."""
    _newest: dict[Key, tuple[str, Row]] = field(default_factory=dict)

    def clear(self) -> None:
        """Drops everything."""
        self._newest.clear()

    def append(self, record: Row) -> None:
        """Takes in one record.

        Raises:
            BrokenStream: a part of the primary key is missing or null, or the cursor is no text.
        """
        self.received += 1
        key = tuple(record.get(name) for name in self.primary_key)
        if any(part is None for part in key):
            raise BrokenStream(f"a record without its primary key {self.primary_key}: {record}")
        cursor = record.get(self.cursor_field) if self.cursor_field else None
        if cursor is not None and not isinstance(cursor, str):
            raise BrokenStream(f"the cursor {self.cursor_field} is no text: {record}")
        position = _utc(cursor) if cursor and self.moments else cursor or ""
        known = self._newest.get(key)
        if known is None or position >= known[0]:
            self._newest[key] = (position, record)

    def rows(self) -> dict[Key, Row]:
        """The current rows, by primary key; without the company, since a connection has one."""
        assert self.deduplicated, "the stream is not deduplicated"
        newest = sorted(self._newest.items(), key=lambda item: str(item[0]))
        return {self._own(key): row for key, (_, row) in newest if row.get(DELETED_AT) is None}

    def deletions(self) -> dict[Key, Row]:
        """The keys whose newest record is a deletion."""
        return {self._own(key): row for key, (_, row) in self._newest.items() if row.get(DELETED_AT) is not None}

    def _own(self, key: Key) -> Key:
        return key[1:] if self.primary_key[0] == "business_id" and len(key) > 1 else key


@lru_cache(maxsize=1024)
def _utc(cursor: str) -> str:
    """A moment with an offset as text in UTC, so that text order is time order."""
    moment = datetime.fromisoformat(cursor.replace("Z", "+00:00"))
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")


class Warehouse:
    """The tables of a connection, and the state that its platform has saved.

    Args:
        catalog: a configured catalog as JSON has it.
    """

    def __init__(self, catalog: Mapping[str, Any]) -> None:
        self.tables: dict[str, Table] = {}
        self.states: dict[str, dict[str, Any]] = {}
        """Stream name -> its last STATE message's `state`."""
        self.traces: list[dict[str, Any]] = []
        self.logs: list[dict[str, Any]] = []
        self.sent: list[tuple[str, Row]] = []
        """Stream and data of each record of the last sync, deletions included."""
        for configured in catalog["streams"]:
            stream = configured["stream"]
            key = configured.get("primary_key") or stream.get("source_defined_primary_key") or []
            cursor = configured.get("cursor_field") or stream.get("default_cursor_field") or []
            mode = configured["destination_sync_mode"]
            incremental = configured["sync_mode"] == "incremental"
            field_name = cursor[0] if cursor and incremental else None
            schema = stream["json_schema"]["properties"].get(field_name, {})
            self.tables[stream["name"]] = Table(
                tuple(part[0] for part in key),
                field_name,
                deduplicated=bool(key),
                overwrite=mode.startswith("overwrite"),
                moments=schema.get("format") == "date-time",
            )

    def begin_sync(self) -> None:
        """A sync begins: tables in `overwrite` mode are emptied, the messages of the last one forgotten."""
        self.traces.clear()
        self.logs.clear()
        self.sent.clear()
        for table in self.tables.values():
            if table.overwrite:
                table.clear()

    def receive(self, message: str | bytes | Mapping[str, Any]) -> None:
        """Takes in one message, as a line of the connector's output or already parsed."""
        parsed: Mapping[str, Any] = orjson.loads(message) if isinstance(message, str | bytes) else message
        kind = parsed["type"]
        if kind == "RECORD":
            record = parsed["record"]
            if record["stream"] not in self.tables:
                raise BrokenStream(f"a record of the stream {record['stream']}, which was not selected")
            self.tables[record["stream"]].append(record["data"])
            self.sent.append((record["stream"], record["data"]))
        elif kind == "STATE":
            state = parsed["state"]
            self.states[state["stream"]["stream_descriptor"]["name"]] = {
                "type": state["type"],
                "stream": state["stream"],
            }
        elif kind == "TRACE":
            self.traces.append(parsed["trace"])
        elif kind == "LOG":
            self.logs.append(parsed["log"])

    def receive_all(self, messages: Iterable[str | Mapping[str, Any]]) -> None:
        """Takes in a sync's messages."""
        for message in messages:
            self.receive(message)

    def state(self) -> list[dict[str, Any]]:
        """What the platform hands to the next sync: the last STATE of each stream."""
        return list(self.states.values())

    def stream_state(self, stream: str) -> dict[str, Any]:
        """The content of a stream's last STATE; empty where there was none."""
        state = self.states.get(stream)
        return dict(state["stream"]["stream_state"]) if state else {}

    def rows(self, stream: str) -> dict[Key, Row]:
        """A stream's current rows, by primary key."""
        return self.tables[stream].rows()

    def sent_of(self, stream: str) -> list[Row]:
        """What the last sync sent of a stream."""
        return [row for name, row in self.sent if name == stream]

    def errors(self) -> list[str]:
        """The error sentences of the last sync."""
        return [trace["error"]["message"] for trace in self.traces if trace["type"] == "ERROR"]

    def warnings(self) -> list[str]:
        """The warnings of the last sync."""
        return [log["message"] for log in self.logs if log["level"] == "WARN"]

    def statuses(self, stream: str) -> list[str]:
        """The stream's statuses in the last sync, in order."""
        found = []
        for trace in self.traces:
            status = trace.get("stream_status")
            if status and status["stream_descriptor"]["name"] == stream:
                found.append(status["status"])
        return found
