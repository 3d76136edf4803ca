"""What the destination holds of one stream: each group of rows, with what a comparison needs to know of it.

At rest the groups are bytes in sorted blocks; there is no object for each of them. Changes are collected, and merged
into the blocks that they fall into when a state is written or when they are many. Unpacked blocks are kept up to a
fixed size, those used last.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from itertools import pairwise
from operator import lt
from typing import Any

from source_netvisor.state.ledger_block import Block
from source_netvisor.state.ledger_columns import LARGEST_KEY, SMALLEST_KEY, Columns
from source_netvisor.state.ledger_group import Group, LedgerDamaged, Mark
from source_netvisor.state.sorted_blocks import SortedBlocks

__all__ = ["Columns", "Group", "Ledger", "LedgerDamaged", "Mark"]

MOST_CHANGES = 30_000
"""Changes that are collected, at a few hundred bytes each."""
CHANGES_LOOKED_AT = 2048
"""When so many changes are collected, and twice as many, and so on, they are merged if they fall into few blocks."""
WORTH_A_BLOCK = 128
"""So many changes are worth packing a block again."""
MOST_GROUPS = 10_000_000
MOST_ROWS = 50_000_000
"""More than Airbyte takes in a state, whatever they are compressed to."""


class Ledger:
    """A map from a group's key to its group. Keys of groups and rows are signed numbers of 64 bits.

    Args:
        bits: how many bits of a fingerprint are kept: 16, 24 or 32.
    """

    def __init__(self, bits: int = 24) -> None:
        if bits not in (16, 24, 32):
            raise ValueError("a ledger keeps 16, 24 or 32 bits of a fingerprint")
        self._bits = bits
        self._mask = (1 << bits) - 1
        self._blocks = SortedBlocks(bits)
        self._changes: dict[int, Group | None] = {}
        self._looked_at = CHANGES_LOOKED_AT

    def __len__(self) -> int:
        """How many groups there are; merges the changes first, as all that is asked of the whole ledger does."""
        self._merge()
        return self._blocks.count

    def __contains__(self, key: int) -> bool:
        if key in self._changes:
            return self._changes[key] is not None
        return self._blocks.has(key)

    @property
    def row_count(self) -> int:
        """Rows of all groups."""
        self._merge()
        return self._blocks.row_count

    @property
    def packed_size(self) -> int:
        """How many characters the blocks of `to_json` have; of changes that are not merged yet about how many."""
        of_one = self._blocks.packed_size / self._blocks.count if self._blocks.count else 8
        return self._blocks.packed_size + round(of_one * len(self._changes))

    def get(self, key: int) -> Group | None:
        """The group of that key; None where the destination holds none."""
        if key in self._changes:
            return self._changes[key]
        return self._blocks.get(key)

    def matches(self, group: Group, fingerprint: int | None) -> bool:
        """Whether the group has this fingerprint of 32 bits; an unknown one differs from everything."""
        known = group.fingerprint
        return known is not None and fingerprint is not None and (known ^ fingerprint) & self._mask == 0

    def put(self, key: int, group: Group) -> None:
        """The destination holds, or is about to hold, this group.

        Args:
            key: of the group.
            group: its fingerprint may have 32 bits; the ledger's are kept.

        Raises:
            ValueError: a key has more than 64 bits.
        """
        fingerprint, month, rows, refused_on = group
        if len(rows) > 1 and not all(map(lt, rows, rows[1:])):
            rows = tuple(sorted(set(rows)))
            group = Group(fingerprint, month, rows, refused_on)
        if not SMALLEST_KEY <= key <= LARGEST_KEY or (rows and not SMALLEST_KEY <= rows[0] <= rows[-1] <= LARGEST_KEY):
            raise ValueError("a key of more than 64 bits")
        if fingerprint is not None and fingerprint > self._mask:
            group = Group(fingerprint & self._mask, month, rows, refused_on)
        self._change(key, group)

    def add(self, groups: Columns) -> bool:
        """The destination is about to hold these groups, none of which the ledger has: as many times `put` of groups
        whose fingerprints are not known, in a fraction of the time.

        Args:
            groups: in the order of their keys.

        Returns:
            Whether they were put. Else nothing has happened: a key is known, or comes twice, or they are too few for
            the blocks that they fall into.
        """
        keys = groups.keys
        if len(keys) < WORTH_A_BLOCK * self._blocks.touched_by(keys) or not all(map(lt, keys, memoryview(keys)[1:])):
            return False
        self._merge()
        if self._blocks.has_any(keys):
            return False
        unknown = groups.part(0, len(groups))
        unknown.forget_fingerprints()
        self._blocks.add(unknown)
        return True

    def set_fingerprints(self, groups: Columns) -> None:
        """The destination holds these groups, which the ledger has.

        Args:
            groups: in the order of their keys; their fingerprints may have 32 bits.

        Raises:
            KeyError: the ledger does not have one of them.
        """
        self._merge()
        self._blocks.set_fingerprints(groups)

    def remove(self, key: int) -> None:
        """The destination does not hold the group any more; nothing happens where it never did."""
        self._change(key, None)

    def _change(self, key: int, group: Group | None) -> None:
        self._changes[key] = group
        if len(self._changes) >= self._looked_at:
            touched = self._blocks.touched_by(self._changes)
            if len(self._changes) >= MOST_CHANGES or len(self._changes) >= WORTH_A_BLOCK * touched:
                self._merge()
            else:
                self._looked_at = min(2 * len(self._changes), MOST_CHANGES)

    def keys(self) -> Iterator[int]:
        """All keys, ascending; the ledger may be changed only after the iteration."""
        self._merge()
        for block in self._blocks:
            yield from block.keys()

    def items(self) -> Iterator[tuple[int, Group]]:
        """All keys with their groups, ascending; the ledger may be changed only after the iteration."""
        self._merge()
        for block in self._blocks:
            yield from block.columns().items()

    def months(self) -> Iterator[tuple[int, int | None]]:
        """All keys, ascending, with the months of their documents; cheaper than `items`."""
        self._merge()
        for block in self._blocks:
            for key, month in zip(block.keys(), block.months(), strict=True):
                yield key, month or None

    def forget_fingerprints(self) -> None:
        """All fingerprints become unknown, so that each group differs from whatever a comparison sees."""
        self._merge()
        self._blocks.forget_fingerprints()

    def _merge(self) -> None:
        """Packs the changes into the blocks that they fall into."""
        if self._changes:
            self._blocks.merge(self._changes)
            self._changes.clear()
            self._looked_at = CHANGES_LOOKED_AT

    def to_json(self) -> list[str]:
        """The blocks as base64; only those with changes are packed again."""
        self._merge()
        return [binascii.b2a_base64(block.packed, newline=False).decode("ascii") for block in self._blocks]

    @classmethod
    def from_json(cls, blocks: Any, bits: int = 24) -> Ledger:
        """The ledger that `to_json` gave; where it kept other bits of the fingerprints, they become unknown.

        Raises:
            LedgerDamaged: the blocks are not what `to_json` gives.
        """
        ledger = cls(bits)
        if not isinstance(blocks, list):
            raise LedgerDamaged("no list of blocks")
        read = [_block(text) for text in blocks]
        if sum(block.count for block in read) > MOST_GROUPS or sum(block.row_count for block in read) > MOST_ROWS:
            raise LedgerDamaged("more groups or rows than a state holds")
        if any(block.last >= following.first for block, following in pairwise(read)):
            raise LedgerDamaged("blocks that do not ascend")
        if len({block.bits for block in read}) > 1:
            raise LedgerDamaged("blocks of different fingerprints")
        for block in read:
            # what is damaged shows now, not in the middle of a sync; a million groups take about 0.2 seconds
            block.columns()
        ledger._blocks.set(read)
        if read and read[0].bits != bits:
            ledger.forget_fingerprints()
        return ledger


def _block(text: Any) -> Block:
    if not isinstance(text, str):
        raise LedgerDamaged("a block that is no text")
    try:
        return Block(base64.b64decode(text, validate=True))
    except binascii.Error:
        raise LedgerDamaged("a block that is no base64") from None
    except LedgerDamaged:
        raise
    except ValueError:
        raise LedgerDamaged("a block with letters that base64 has not") from None
