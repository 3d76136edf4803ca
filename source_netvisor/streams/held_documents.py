"""Documents whose records are held back until the state that knows their keys has gone out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from source_netvisor import clock
from source_netvisor.protocol import messages

BYTES_AT_ONCE = 3 << 19
"""Bytes of records that are held back at least."""
MOST_BYTES = 6 << 20
"""Bytes of records that are held back at the most: they lie in memory."""
RECORDS_FOR_STATE = 5
"""Bytes of records for each byte of delivered keys: the larger the state, the rarer it goes out."""


@dataclass
class Document:
    """What one document gave.

    Args:
        key: of the document.
        lines: the keys of its living lines, ascending; or, where the stream has no lines but Netvisor's own moment of
            change as cursor, that moment, in seconds; otherwise empty.
        deleted: whether Netvisor shows it as a deleted one.
        data: its records' JSON.
    """

    key: int
    lines: list[int]
    deleted: bool
    data: list[bytes]


class HeldDocuments:
    """Those held back.

    Args:
        line_key: the property with a line's key; None: the stream has no lines.
        moment: the property with the moment of change, if that is to be known.
    """

    def __init__(self, line_key: str | None, moment: str | None = None) -> None:
        self._line_key = line_key
        self._moment = moment
        self._documents: list[Document] = []
        self._bytes = 0

    def add(self, key: int, records: Sequence[dict[str, Any]]) -> bool:
        """Holds a document's records back; whether it is a living one.

        Args:
            key: of the document.
            records: of the document; complete, they are written down here.
        """
        living = [record for record in records if record.get("_ab_cdc_deleted_at") is None]
        lines: list[int] = []
        if self._line_key is not None:
            keys = {record.get(self._line_key) for record in living}
            lines = sorted(key for key in keys if isinstance(key, int))
        elif self._moment is not None:
            moments = [record[self._moment] for record in living if record.get(self._moment)]
            lines = [math.ceil(clock.from_text(moment).timestamp()) for moment in moments[-1:]]
        data = [messages.serialize_record(record) for record in records]
        deleted = len(living) < len(records)
        self._documents.append(Document(key, lines, deleted, data))
        self._bytes += sum(map(len, data))
        return not deleted

    def is_enough(self, state_bytes: int) -> bool:
        """Whether a state may go out for them.

        Args:
            state_bytes: about how many bytes the delivered keys take in it.
        """
        wanted = max(BYTES_AT_ONCE, RECORDS_FOR_STATE * state_bytes)
        return self._bytes >= min(wanted, max(MOST_BYTES, BYTES_AT_ONCE))

    def take(self) -> list[Document]:
        """The documents, which are held back no longer."""
        taken, self._documents, self._bytes = self._documents, [], 0
        return taken

    def clear(self) -> None:
        """Drops them."""
        self.take()
