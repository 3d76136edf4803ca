"""Records that say that a row is gone: its key, the cursor and `_ab_cdc_deleted_at`.

Airbyte's destinations keep the record with the highest cursor, and of several with the same one that came last. A
deletion has to win over the row that it takes away, and to lose against one that comes later.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from source_netvisor import clock
from source_netvisor.manifest.stream_definition import StreamDefinition

AFTER_EVERY_DATE = "9999-12-31"
"""Cursor of a deletion where the cursor is a document's date: it must win over a version dated in the future."""
AFTER_THE_ROWS = timedelta(microseconds=1)
"""By which a deletion's change window ends later than that of the rows of the same sync, which it must win over: where
cursors are equal, destinations go by the moment of emission, which is counted in milliseconds."""


class Tombstones:
    """Makes them for one stream.

    Args:
        definition: of the stream.
        added: the properties that every record of the stream gets.
        cursor: the end of the sync's change window.
    """

    def __init__(self, definition: StreamDefinition, added: Mapping[str, Any], cursor: datetime) -> None:
        self._definition = definition
        self._added = added
        self._cursor = clock.to_text(cursor)
        self._after_the_rows = clock.to_text(cursor + AFTER_THE_ROWS)

    def of_document(self, key: int, line: int | None, deleted_at: str | None) -> dict[str, Any]:
        """The deletion of a document, or of one of its lines.

        Args:
            key: of the document.
            line: the line's key; None: the stream has one record for the document.
            deleted_at: Netvisor's moment, ISO, to the minute; None: it is not known.
        """
        keys: dict[str, Any] = {self._definition.primary_key[0]: key}
        if line is not None:
            keys[self._definition.primary_key[-1]] = line
        cursor = self._definition.cursor_field
        if cursor and cursor != "_ab_modified_until":
            is_date = self._definition.schema["properties"][cursor].get("format") == "date"
            keys[cursor] = AFTER_EVERY_DATE if is_date else self._after_moments(deleted_at)
        return self._record(keys, deleted_at)

    def of_register_entry(self, key: int, moment: int | None) -> dict[str, Any]:
        """The deletion of a customer, vendor or product that the whole list does not have any more.

        Args:
            key: of it.
            moment: when its row said that it was changed, in seconds: the deletion's cursor where that is the row's,
                since an entry may come back without another change; None: that is not known.
        """
        record = self.of_document(key, None, None)
        if moment is not None and self._definition.cursor_field:
            record[self._definition.cursor_field] = _finnish(datetime.fromtimestamp(moment, timezone.utc))
        return record

    def of_row(self, keys: Mapping[str, Any]) -> dict[str, Any]:
        """The deletion of a row of a day that was read again.

        Args:
            keys: primary key and cursor. The cursor is the row's own day: the deletion comes after the row, and a row
                that comes back comes after the deletion.
        """
        return self._record(keys, None)

    def _record(self, keys: Mapping[str, Any], deleted_at: str | None) -> dict[str, Any]:
        record = {**keys, **self._added, "_ab_cdc_deleted_at": deleted_at or self._cursor}
        if "_ab_modified_until" in record:
            record["_ab_modified_until"] = self._after_the_rows
        return record

    def _after_moments(self, deleted_at: str | None) -> str:
        """Cursor of a deletion where the cursor is Netvisor's own moment of change, whose clock may be ahead."""
        moment = clock.from_text(self._after_the_rows)
        if deleted_at is not None:
            moment = max(moment, datetime.fromisoformat(deleted_at) + timedelta(minutes=1))
        return _finnish(moment)


def _finnish(moment: datetime) -> str:
    """With the offset that rows have it with: whoever compares cursors as texts gets the same order."""
    return moment.astimezone(clock.HELSINKI).isoformat()
