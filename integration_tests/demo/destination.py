"""A destination in memory: it keeps the newest version of every record, as a warehouse with deduplication does."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


class Destination:
    """The tables, the states, and what the last sync brought.

    Args:
        streams: of the catalog.

    Attributes:
        tables: stream -> primary key -> record; deleted records are gone.
        states: stream -> its last STATE message's state.
        records: stream -> records of the sync under way, or of the last one.
        deleted: stream -> keys that it deleted.
        seconds: stream -> seconds in which the sync waited for messages of this stream.
        completed: streams that said COMPLETE.
    """

    def __init__(self, streams: Iterable[Mapping[str, Any]]) -> None:
        self._keys: dict[str, tuple[str, ...]] = {
            stream["name"]: tuple(part[0] for part in stream["source_defined_primary_key"]) for stream in streams
        }
        self.tables: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {name: {} for name in self._keys}
        self.states: dict[str, Any] = {}
        self.begin()

    def begin(self) -> None:
        """Starts counting anew: another sync begins."""
        self.records = dict.fromkeys(self._keys, 0)
        self.deleted: dict[str, set[tuple[Any, ...]]] = {name: set() for name in self._keys}
        self.seconds = dict.fromkeys(self._keys, 0.0)
        self.completed: set[str] = set()
        self._last = time.monotonic()

    def take(self, message: Mapping[str, Any]) -> str | None:
        """Takes one message in; the name of its stream, if it is of one."""
        name: str | None = None
        if message["type"] == "RECORD":
            name = message["record"]["stream"]
            self._store(name, message["record"]["data"])
        elif message["type"] == "STATE":
            name = message["state"]["stream"]["stream_descriptor"]["name"]
            self.states[name] = message["state"]
        elif message["type"] == "TRACE" and message["trace"]["type"] == "STREAM_STATUS":
            status = message["trace"]["stream_status"]
            name = status["stream_descriptor"]["name"]
            if status["status"] == "COMPLETE":
                self.completed.add(name)
        if name is not None:
            now = time.monotonic()
            self.seconds[name] += now - self._last
            self._last = now
        return name

    def rows(self, stream: str) -> Sequence[dict[str, Any]]:
        """The living records of a stream."""
        return list(self.tables[stream].values())

    def _store(self, name: str, record: dict[str, Any]) -> None:
        key = tuple(record[part] for part in self._keys[name])
        self.records[name] += 1
        if record.get("_ab_cdc_deleted_at"):
            self.deleted[name].add(key)
            self.tables[name].pop(key, None)
        else:
            self.tables[name][key] = record
