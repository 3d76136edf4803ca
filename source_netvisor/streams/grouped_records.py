"""Records whose group in the ledger is not the element that Netvisor shows: balances of a day, single hour entries.

A group's fingerprint is the sum of its records', since their order is not promised. So all of a reply is read to see
which groups are others than they were; the records of a large one are not kept meanwhile, and it is read once more.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import orjson

from source_netvisor.manifest.stream_definition import CURSOR, StreamDefinition
from source_netvisor.parsing.record_text import Row
from source_netvisor.state.ledger import Group
from source_netvisor.streams.stream_records import StreamRecords

Rows = Callable[[], Iterable[tuple[Row, Mapping[str, str]]]]
"""The rows of a reply with the placeholders of their request, as often as they are asked for."""
MOST_KEPT = 1000
"""Records of a reply that are kept until it is known which of them are sent."""


class GroupedRecords:
    """The groups of one stream.

    Args:
        definition: of the stream.
        built: its records.

    Attributes:
        without_group: records that do not say which group they belong to.
    """

    def __init__(self, definition: StreamDefinition, built: StreamRecords) -> None:
        # the entries of a deletion log are their own groups
        self._group = definition.group_by or definition.group_key
        others = [name for name in definition.primary_key if name not in ("business_id", self._group)]
        self._row = others[-1] if others else self._group
        self._built = built
        # None: they are too many
        self._kept: list[dict[str, Any]] | None = []
        self._counted = built.counted
        self.without_group = 0

    def groups(self, rows: Rows) -> dict[int, Group]:
        """Each group with the sum of its records' fingerprints and the keys of its rows."""
        found: dict[int, tuple[int, int | None, set[int]]] = {}
        built, before = self._built, self._built.counted
        for row, placeholders in rows():
            records = built.of(row, placeholders)
            if self._kept is not None:
                self._kept += records
                if len(self._kept) > MOST_KEPT:
                    self._kept = None
            for record in records:
                key = self.key_of(record)
                if key is None:
                    self.without_group += 1
                    continue
                total, month, keys = found.get(key) or (0, _month_of(record), set())
                if isinstance(record.get(self._row), int):
                    keys.add(record[self._row])
                found[key] = (total + _fingerprint(record)) & 0xFFFFFFFF, month, keys
        # what does not fit its field counts where it is sent
        self._counted, built.counted = built.counted, before
        return {key: Group(total, month, tuple(sorted(keys))) for key, (total, month, keys) in found.items()}

    def records(self, rows: Rows, wanted: Mapping[int, Group]) -> Iterable[dict[str, Any]]:
        """The records of these groups, and of none."""
        for record in self._records_again(rows):
            key = self.key_of(record)
            if key is None or key in wanted:
                yield record

    def _records_again(self, rows: Rows) -> Iterable[dict[str, Any]]:
        if self._kept is not None:
            self._built.counted = self._counted
            yield from self._kept
            return
        for row, placeholders in rows():
            yield from self._built.of(row, placeholders)

    def key_of(self, record: Mapping[str, Any]) -> int | None:
        """The key of a record's group: a Netvisor key, or the ordinal of a day."""
        value = record.get(self._group)
        if isinstance(value, int):
            return value
        return date.fromisoformat(value).toordinal() if isinstance(value, str) else None


def _fingerprint(record: Mapping[str, Any]) -> int:
    return zlib.crc32(orjson.dumps({name: value for name, value in record.items() if name != CURSOR}))


def _month_of(record: Mapping[str, Any]) -> int | None:
    day = record.get("date")
    return int(day[:4]) * 12 + int(day[5:7]) - 1 if isinstance(day, str) else None
