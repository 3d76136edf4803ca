"""The packed groups of a ledger, in blocks that ascend."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping

from source_netvisor.state.ledger_block import Block
from source_netvisor.state.ledger_columns import Columns
from source_netvisor.state.ledger_group import Group
from source_netvisor.state.unpacked_blocks import UnpackedBlocks


class SortedBlocks:
    """Finds groups in them, and packs changes into those that the changes fall into.

    Args:
        bits: how many bits of a fingerprint are kept.

    Attributes:
        count: groups of all blocks.
        row_count: rows of all groups.
        packed_size: characters of all blocks as base64.
    """

    def __init__(self, bits: int) -> None:
        self._bits = bits
        self._unpacked = UnpackedBlocks()
        self.set([])

    def __iter__(self) -> Iterator[Block]:
        return iter(self._blocks)

    def set(self, blocks: list[Block]) -> None:
        """These blocks, and no others."""
        self._blocks = blocks
        self._firsts = [block.first for block in blocks]
        self.count: int = sum(block.count for block in blocks)
        self.row_count: int = sum(block.row_count for block in blocks)
        self.packed_size = sum(4 * ((len(block.packed) + 2) // 3) for block in blocks)

    def has(self, key: int) -> bool:
        """Whether there is a group of that key."""
        return self._find(key) is not None

    def get(self, key: int) -> Group | None:
        """The group of that key; None: there is none."""
        found = self._find(key)
        return found and self._unpacked.columns(found[0]).group(found[1])

    def _find(self, key: int) -> tuple[Block, int] | None:
        """The block of that key and the place in it."""
        index = bisect_right(self._firsts, key) - 1
        if index < 0:
            return None
        block = self._blocks[index]
        if key > block.last:
            return None
        keys = self._unpacked.keys(block)
        place = bisect_left(keys, key)
        return (block, place) if keys[place] == key else None

    def touched_by(self, keys: Iterable[int]) -> int:
        """How many blocks these keys fall into."""
        return len({bisect_right(self._firsts, key) for key in keys})

    def merge(self, changes: Mapping[int, Group | None]) -> None:
        """Packs changes into the blocks.

        Args:
            changes: key -> the group that it has now; None: it is taken out.
        """
        changed = sorted(changes)
        merged: list[Block] = []
        done = 0
        for index, keys in self._by_block(changed):
            merged += self._blocks[done:index]
            merged += self._rewritten(index, keys, changes)
            done = index + 1
        merged += self._blocks[done:]
        self.set(merged)

    def _by_block(self, changed: list[int]) -> Iterator[tuple[int, list[int]]]:
        """The index of each block that changes, with the keys that change in it; the outer blocks take what is beyond
        them, and the first one may be still to come."""
        begin = 0
        while begin < len(changed):
            index = max(bisect_right(self._firsts, changed[begin]) - 1, 0)
            last = index + 1 >= len(self._firsts)
            end = len(changed) if last else bisect_left(changed, self._firsts[index + 1], begin)
            yield index, changed[begin:end]
            begin = end

    def _rewritten(self, index: int, changed: list[int], changes: Mapping[int, Group | None]) -> list[Block]:
        """The blocks that take the place of one, or of none yet."""
        old = self._blocks[index] if index < len(self._blocks) else None
        in_use = old is not None and self._unpacked.holds(old)
        columns = Columns() if old is None else self._unpacked.taken(old)
        blocks = []
        for part in columns.merged(changed, changes).divided():
            blocks.append(Block.pack(part, self._bits))
            if in_use:
                self._unpacked.hold(blocks[-1], part.keys)
        return blocks

    def forget_fingerprints(self) -> None:
        """All fingerprints become unknown."""
        self._unpacked.clear()
        forgotten = []
        for block in self._blocks:
            columns = block.columns()
            columns.forget_fingerprints()
            forgotten.append(Block.pack(columns, self._bits))
        self.set(forgotten)
