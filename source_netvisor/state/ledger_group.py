"""What a ledger knows of one group of rows."""

from __future__ import annotations

from datetime import date
from enum import IntEnum
from typing import NamedTuple


class LedgerDamaged(ValueError):
    """These are no blocks that a ledger wrote; the text says what is wrong, without their content."""


class Mark(IntEnum):
    """What is special about a group."""

    NONE = 0
    REFUSED = 1


class Group(NamedTuple):
    """What the destination holds of one document, or of one day.

    Args:
        fingerprint: checksum of the text as Netvisor sent it; None: not known, so it differs from everything.
        month: year * 12 + month - 1 of the document's date; None: the document has no date.
        rows: the keys of its rows in the destination, ascending.
        refused_on: the day since when Netvisor refuses its details; its fingerprint is then None.
    """

    fingerprint: int | None
    month: int | None
    rows: tuple[int, ...]
    refused_on: date | None = None

    @property
    def mark(self) -> Mark:
        """Whether Netvisor refuses its details."""
        return Mark.NONE if self.refused_on is None else Mark.REFUSED
