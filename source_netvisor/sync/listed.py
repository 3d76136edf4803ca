"""A row of a list, with what is known of it before a record is built."""

from __future__ import annotations

from functools import lru_cache

from source_netvisor.fetching.marks import marked_fingerprint
from source_netvisor.parsing.fingerprint import fingerprint
from source_netvisor.parsing.record_text import Row


class Listed:
    """A row with a key.

    Args:
        row: of the list.
        key: of its document.
        day: of its document, ISO; None: it shows none.
        of_row: the fingerprint of what Netvisor sent; None: it is worked out if somebody asks for it.

    Attributes:
        mark: whether the row is marked (`mark` in the manifest); None: it is not known, or nothing marks rows.
    """

    __slots__ = ("_fingerprint", "day", "key", "mark", "row")

    def __init__(self, row: Row, key: int, day: str | None, of_row: int | None = None) -> None:
        self.row = row
        self.key = key
        self.day = day
        self.mark: bool | None = None
        self._fingerprint = of_row

    @property
    def fingerprint(self) -> int:
        """Of what Netvisor sent, the mark included."""
        of_row = self._of_row() if self._fingerprint is None else self._fingerprint
        return of_row if self.mark is None else marked_fingerprint(of_row, self.mark)

    @property
    def fingerprints_under_any_mark(self) -> tuple[int, ...]:
        """Those that the row may have, whatever its mark is."""
        return tuple(marked_fingerprint(self._of_row(), mark) for mark in (None, False, True))

    def _of_row(self) -> int:
        if self._fingerprint is None:
            self._fingerprint = fingerprint(self.row)
        return self._fingerprint

    @property
    def month(self) -> int | None:
        """The month of the document as one number."""
        return _month(self.day) if self.day else None


@lru_cache(maxsize=1024)
def _month(day: str) -> int:
    return int(day[:4]) * 12 + int(day[5:7]) - 1
