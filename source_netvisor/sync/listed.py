"""A row of a list, with what is known of it before a record is built."""

from __future__ import annotations

from source_netvisor.parsing.fingerprint import fingerprint
from source_netvisor.parsing.record_text import Row


class Listed:
    """A row with a key.

    Args:
        row: of the list.
        key: of its document.
        day: of its document, ISO; None: it shows none.
    """

    __slots__ = ("_fingerprint", "day", "key", "row")

    def __init__(self, row: Row, key: int, day: str | None) -> None:
        self.row = row
        self.key = key
        self.day = day
        self._fingerprint: int | None = None

    @property
    def fingerprint(self) -> int:
        """Of what Netvisor sent."""
        if self._fingerprint is None:
            self._fingerprint = fingerprint(self.row)
        return self._fingerprint

    @property
    def month(self) -> int | None:
        """The month of the document as one number."""
        return int(self.day[:4]) * 12 + int(self.day[5:7]) - 1 if self.day else None
