"""The ledger's groups whose records wait to be sent."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import NamedTuple


class WaitingGroup(NamedTuple):
    """A group of the ledger whose records wait.

    Args:
        key: of the group.
        fingerprint: 32 bits of what Netvisor sent.
        month: of its date; None: it has no date.
        rows: the keys of its rows, ascending.
    """

    key: int
    fingerprint: int
    month: int | None
    rows: tuple[int, ...]


class WaitingGroups:
    """A list of them in columns: an object for each would take 300 bytes, and a batch has tens of thousands."""

    def __init__(self) -> None:
        self._keys = array("q")
        self._fingerprints = array("I")
        self._months = array("I")
        self._row_counts = array("I")
        self._rows = array("q")

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[WaitingGroup]:
        at, rows = 0, self._rows
        for key, fingerprint, month, count in zip(
            self._keys, self._fingerprints, self._months, self._row_counts, strict=True
        ):
            yield WaitingGroup(key, fingerprint, month or None, tuple(rows[at : at + count]))
            at += count

    @property
    def row_count(self) -> int:
        """Rows of all groups."""
        return len(self._rows)

    def append(self, key: int, fingerprint: int, month: int | None, rows: tuple[int, ...]) -> None:
        """Adds one; the arguments are those of `WaitingGroup`."""
        self._keys.append(key)
        self._fingerprints.append(fingerprint)
        self._months.append(month or 0)
        self._row_counts.append(len(rows))
        self._rows.extend(rows)

    def extend(self, groups: Iterable[WaitingGroup]) -> None:
        """Adds several."""
        for group in groups:
            self.append(*group)

    def cut(self, length: int) -> None:
        """Drops all behind the first `length` groups."""
        del self._rows[sum(self._row_counts[:length]) :]
        for column in (self._keys, self._fingerprints, self._months, self._row_counts):
            del column[length:]
