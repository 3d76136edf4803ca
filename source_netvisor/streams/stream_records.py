"""The complete records of one stream: what a reply says, and what only the connector knows."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from source_netvisor import errors
from source_netvisor.manifest.stream_definition import StreamDefinition
from source_netvisor.parsing.record_text import Row
from source_netvisor.records.line_records import LineRecords
from source_netvisor.records.raw_texts import RAW
from source_netvisor.records.record_builder import RecordBuilder
from source_netvisor.records.unknown_elements import UNKNOWN
from source_netvisor.redaction import shown_names
from source_netvisor.streams.added_properties import AddedProperties
from source_netvisor.streams.shared_lines import SharedLines, array_of_lines

logger = logging.getLogger("airbyte.source_netvisor")


class StreamRecords:
    """Builds them.

    Args:
        definition: of the stream.
        business_id: of the company.
        cursor: the end of the change window, for streams that carry one.

    Attributes:
        added: the properties that the documents do not say.
    """

    def __init__(self, definition: StreamDefinition, business_id: str, cursor: str) -> None:
        self._definition = definition
        self._key = tuple(part for part in definition.primary_key if part != "business_id")
        self.added = AddedProperties(definition, business_id, cursor)
        properties = definition.schema.get("properties", {})
        lines = definition.lines
        own = {
            name: schema
            for name, schema in properties.items()
            if "{" not in name and (not lines or name not in lines.parent)
        }
        self.builder = RecordBuilder({"properties": own}, self._key, definition.fields, definition.exclude)
        self._numbered = "line_number" in properties
        self._lines: LineRecords | None = None
        self._without: Mapping[str, Any] = {}
        self._own_numbers: list[str] = []
        if lines is not None:
            parent = RecordBuilder({"properties": properties}, (), lines.parent, exclusive=True)
            self._lines = LineRecords(parent, self.builder, lines.element)
            self._without = lines.without
            self._own_numbers = [name for name in lines.parent if "number" in properties.get(name, {}).get("type", ())]
        self._without_key = 0
        self._whole: StreamRecords | None = None
        self._shared: SharedLines | None = None
        # whether another stream takes its lines from this one's records, and the record of the latest row
        self._gives_lines = False
        self._latest: tuple[Row, dict[str, Any]] | None = None

    def of(self, row: Row, values: Mapping[str, str]) -> list[dict[str, Any]]:
        """The records that a row gives: one, or those of its lines.

        Args:
            row: the record, or the larger element around the stream's lines.
            values: the words of the request.

        Raises:
            NetvisorError: it is another document than the request asked for.
        """
        if self._lines is not None:
            return self._of_lines(self._lines, row, values)
        record = self.builder.build(row)
        gives_lines = self._gives_lines and all(record.get(name) is not None for name in self._key)
        record.update(self.added.constant)
        self.added.add(record, values)
        self._look_for_key(record)
        if "key" in values and record[self._definition.group_key] not in (int(values["key"]), None):
            raise errors.unreadable(self._definition.source.resource, "the details of another document")
        self._latest = (row, record) if gives_lines else None
        return [record]

    def of_uncounted(self, row: Row, values: Mapping[str, str]) -> list[dict[str, Any]]:
        """The same for a row that comes once more: what does not fit in it is told once."""
        before = self.counted
        found = self.of(row, values)
        self.counted = before
        return found

    @property
    def counted(self) -> tuple[list[Counter[str]], int]:
        """How much was met that is not as the schema has it: values of each builder, and records without a key."""
        return [builder.kept.copy() for builder in self._builders()], self._without_key

    @counted.setter
    def counted(self, counted: tuple[list[Counter[str]], int]) -> None:
        for builder, kept in zip(self._builders(), counted[0], strict=True):
            builder.kept = kept
        self._without_key = counted[1]

    def _builders(self) -> list[RecordBuilder]:
        return [self.builder, self._lines.parent] if self._lines else [self.builder]

    def take_lines_from(self, others: Iterable[StreamRecords]) -> None:
        """Looks for the stream whose records hold this stream's lines, so that they are built once.

        Args:
            others: of streams that are given each element before this one.
        """
        definition = self._definition
        if self._lines is None or definition.lines is None or definition.fields or definition.exclude:
            return
        for other in others:
            whole = other._definition
            if whole.lines is not None or whole.source.identity != definition.source.identity:
                continue
            array = array_of_lines(definition.lines.element, whole.schema.get("properties", {}))
            if array is not None and self._whole is not other:
                self._whole, other._gives_lines = other, True
                self._shared = SharedLines(other.builder.names, array, other.added.names, self._lines)

    def _of_lines(self, lines: LineRecords, row: Row, values: Mapping[str, str]) -> list[dict[str, Any]]:
        shared = None
        if self._whole is not None and self._shared is not None:
            latest = self._whole._latest
            shared = self._shared.of(row, latest[1]) if latest is not None and latest[0] is row else None
        parent, found = shared or lines.build(row)
        raw, unknown = parent.pop(RAW, None), parent.pop(UNKNOWN, None)
        if not found and self._without and any(parent.get(name) for name in self._own_numbers):
            found = [dict(self._without)]
        parent.update(self.added.constant)
        for number, record in enumerate(found, 1):
            record.update(parent)
            if raw:
                record[RAW] = {**record.get(RAW, {}), **raw}
            if unknown:
                record[UNKNOWN] = {**unknown, **record.get(UNKNOWN, {})}
            if self._numbered:
                record["line_number"] = number
            self.added.add(record, values)
            self._look_for_key(record)
        return found

    def _look_for_key(self, record: dict[str, Any]) -> None:
        """Counts a record that lacks a part of its key."""
        for name in self._key:
            if record.get(name) is None:
                self._without_key += 1
                record.update({part: record.get(part) for part in self._key})
                break

    def warn(self) -> None:
        """Logs what was met that is not as the schema has it."""
        name = self._definition.name
        for builder in self._builders():
            if builder.kept:
                counts = shown_names(f"{field} {count}" for field, count in builder.kept.items())
                logger.warning(
                    f"{name}: values that do not fit their fields became null, or what fits; their text is in {RAW} "
                    f"({counts})."
                )
        if self.builder.unknown:
            logger.info(
                f"{name}: Netvisor sends fields that the schema does not know; they are in {UNKNOWN}: "
                f"{shown_names(self.builder.unknown)}."
            )
        if self._without_key:
            key = ", ".join(self._key)
            logger.warning(f"{name}: {self._without_key} records came without their key ({key}).")
