"""The packed groups of a ledger, in blocks that ascend."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

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
        self._rewrite(changed, lambda columns, begin, end: columns.merged(changed[begin:end], changes))

    def add(self, groups: Columns) -> None:
        """Packs groups into the blocks that have none of their keys.

        Args:
            groups: in the order of their keys.
        """
        self._rewrite(groups.keys, lambda columns, begin, end: columns.joined(groups.part(begin, end)))

    def set_fingerprints(self, groups: Columns) -> None:
        """Keeps the fingerprints of groups that are in the blocks.

        Args:
            groups: in the order of their keys.
        """
        blocks = self._blocks[:]
        for index, begin, end in self._by_block(groups.keys):
            old = blocks[index]
            in_use, keys = self._unpacked.holds(old), self._unpacked.keys(old)
            blocks[index] = old.with_fingerprints(keys, groups.part(begin, end))
            self._unpacked.drop(old)
            if in_use:
                self._unpacked.hold(blocks[index], keys)
        self.set(blocks)

    def has_any(self, keys: array[int]) -> bool:
        """Whether there is a group of any of these keys, which ascend."""
        for index, begin, end in self._by_block(keys) if self._blocks else ():
            block = self._blocks[index]
            if (
                keys[begin] <= block.last
                and keys[end - 1] >= block.first
                and not set(keys[begin:end]).isdisjoint(self._unpacked.keys(block))
            ):
                return True
        return False

    def _rewrite(self, changed: Sequence[int], change: Callable[[Columns, int, int], Columns]) -> None:
        """Packs the blocks again that have changes.

        Args:
            changed: keys, ascending.
            change: makes of a block's groups those that are to be, by the range of the keys that fall into it.
        """
        rewritten: list[Block] = []
        done = 0
        for index, begin, end in self._by_block(changed):
            rewritten += self._blocks[done:index]
            old = self._blocks[index] if index < len(self._blocks) else None
            in_use = old is not None and self._unpacked.holds(old)
            columns = Columns() if old is None else self._unpacked.taken(old)
            for part in change(columns, begin, end).divided():
                rewritten.append(Block.pack(part, self._bits))
                if in_use:
                    self._unpacked.hold(rewritten[-1], part.keys)
            done = index + 1
        rewritten += self._blocks[done:]
        self.set(rewritten)

    def _by_block(self, changed: Sequence[int]) -> Iterator[tuple[int, int, int]]:
        """The index of each block that changes, with the range of the keys that change in it; the outer blocks take
        what is beyond them, and the first one may be still to come."""
        begin = 0
        while begin < len(changed):
            index = max(bisect_right(self._firsts, changed[begin]) - 1, 0)
            last = index + 1 >= len(self._firsts)
            end = len(changed) if last else bisect_left(changed, self._firsts[index + 1], begin)
            yield index, begin, end
            begin = end

    def forget_fingerprints(self) -> None:
        """All fingerprints become unknown."""
        self._unpacked.clear()
        forgotten = []
        for block in self._blocks:
            columns = block.columns()
            columns.forget_fingerprints()
            forgotten.append(Block.pack(columns, self._bits))
        self.set(forgotten)
