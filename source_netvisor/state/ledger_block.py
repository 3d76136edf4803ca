"""Groups of a ledger as text."""

from __future__ import annotations

import base64
import json
import zlib
from datetime import date
from enum import IntEnum
from typing import Any, NamedTuple


class LedgerDamaged(ValueError):
    """These are no blocks that a ledger wrote."""


class Mark(IntEnum):
    """What a group says about itself."""

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


def pack_groups(groups: list[tuple[int, Group]]) -> str:
    """The groups as text."""
    plain = [
        [key, group.fingerprint, group.month, group.rows, group.refused_on and group.refused_on.toordinal()]
        for key, group in groups
    ]
    return base64.b64encode(zlib.compress(json.dumps(plain).encode())).decode()


def unpack_groups(block: Any) -> list[tuple[int, Group]]:
    """The groups of a block.

    Raises:
        LedgerDamaged: it is none.
    """
    try:
        plain = json.loads(zlib.decompressobj().decompress(base64.b64decode(block, validate=True), 1 << 26))
        return [
            (key, Group(print_, month, tuple(rows), refused and date.fromordinal(refused)))
            for key, print_, month, rows, refused in plain
        ]
    except (ValueError, TypeError, zlib.error, OverflowError) as error:
        raise LedgerDamaged("no block of a ledger") from error
