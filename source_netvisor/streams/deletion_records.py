"""Records that say that a row is gone: its key, the cursor and `_ab_cdc_deleted_at`.

Airbyte's destinations keep the record with the highest cursor, and of several with the same one that came last. A
deletion has to win over the row that it takes away, and to lose against one that comes in a later sync.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from source_netvisor import clock
from source_netvisor.manifest.stream_definition import CURSOR, StreamDefinition

AFTER_THE_ROWS = timedelta(milliseconds=1)
"""By which a deletion's cursor is later than that of its sync's rows; some destinations keep no finer moment."""


class DeletionRecords:
    """Makes them for one stream.

    Args:
        definition: of the stream.
        added: the properties that every record of the stream gets.
        cursor: of the sync's rows.
    """

    def __init__(self, definition: StreamDefinition, added: Mapping[str, Any], cursor: datetime) -> None:
        self._definition = definition
        self._added = {**added, CURSOR: clock.to_text(cursor + AFTER_THE_ROWS)}
        self._found_at = clock.to_text(cursor)
        keys = [name for name in definition.primary_key if name != "business_id"] or ["business_id"]
        self._by_date = definition.group_by is not None and len(keys) > 1
        self._group = definition.group_by if definition.group_by in keys else keys[0]
        self._row = next((name for name in reversed(keys) if name != self._group), self._group)

    def of(self, group: int, row: int, deleted_at: str | None) -> dict[str, Any]:
        """The deletion of one row.

        Args:
            group: the key of its group, or the ordinal of its day.
            row: its own key.
            deleted_at: Netvisor's moment, ISO; None: it is not known, and the moment of the sync is given.
        """
        keys: dict[str, Any] = {self._group: date.fromordinal(group).isoformat() if self._by_date else group}
        if self._row != self._group:
            keys[self._row] = row
        return {**keys, **self._added, "_ab_cdc_deleted_at": deleted_at or self._found_at}
