"""How many records of a stream were sent, by what they were to the destination."""

from __future__ import annotations

from dataclasses import astuple, dataclass


@dataclass
class RecordCounts:
    """Records of one stream in one sync.

    Args:
        new: rows that the destination did not hold.
        changed: rows that it held otherwise, or of which it was not known how it held them.
        deleted: deletion records.
        repeated: rows that it held just so.
        unjudged: of a full refresh, or without a key.
    """

    new: int = 0
    changed: int = 0
    deleted: int = 0
    repeated: int = 0
    unjudged: int = 0

    @property
    def total(self) -> int:
        """All records, deletions included."""
        return sum(astuple(self))
