"""The properties of a record that its document does not say by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from source_netvisor.manifest.stream_definition import CURSOR, StreamDefinition
from source_netvisor.records.values import converter_for


class AddedProperties:
    """Adds them to the records of one stream.

    Args:
        definition: of the stream.
        business_id: of the company.
        cursor: of the sync's rows.

    Attributes:
        constant: what every record gets, the same in each.
        names: properties that are taken from the request, or worked out from others.
        key_is_asked_for: whether a document that does not show its key is the one that was asked for.
    """

    def __init__(self, definition: StreamDefinition, business_id: str, cursor: str) -> None:
        properties = definition.schema.get("properties", {})
        self.constant: dict[str, Any] = {"business_id": business_id}
        if CURSOR in properties:
            self.constant[CURSOR] = cursor
        if definition.sends_deletions:
            self.constant["_ab_cdc_deleted_at"] = None
        mark = definition.listing.mark
        words = {**definition.request_fields, **({mark.property: mark.property} if mark else {})}
        self._of_request = {name: (word, converter_for(properties.get(name, {}))) for name, word in words.items()}
        # `transactions.time_stamp`: an array and a field of its items
        self._latest = [(name, *place.split(".", 1)) for name, place in definition.latest.items()]
        self._deleted_when = definition.deleted_when
        self._cursor = cursor
        self._group_key = definition.group_key
        self.key_is_asked_for = definition.details is not None and definition.group_by is None
        self.names = frozenset((*words, *definition.latest))
        self._more = bool(self.names or self._deleted_when or self.key_is_asked_for)

    def add(self, record: dict[str, Any], values: Mapping[str, str]) -> None:
        """Adds what is not constant.

        Args:
            record: that a document gave.
            values: the words of the request.
        """
        if not self._more:
            return
        for name, (word, convert) in self._of_request.items():
            if record.get(name) is None and word in values:
                record[name] = convert(values[word])
        for name, array, field in self._latest:
            items = record.get(array)
            record[name] = _latest(items, field) if items else None
        if self.key_is_asked_for and "key" in values and record.get(self._group_key) is None:
            record[self._group_key] = int(values["key"])
        for name, value in self._deleted_when.items():
            if str(record.get(name) or "").lower() == value:
                record["_ab_cdc_deleted_at"] = self._cursor


def _latest(items: Iterable[Mapping[str, Any]], field: str) -> str | None:
    """The latest of the moments in an array of the record.

    Args:
        items: of the array, built from the reply.
        field: with their moments.
    """
    return max((item[field] for item in items if item.get(field)), key=datetime.fromisoformat, default=None)
