"""The unpacked columns of the blocks that were used last, up to a fixed size."""

from __future__ import annotations

from array import array
from collections import OrderedDict

from source_netvisor.state.ledger_block import Block
from source_netvisor.state.ledger_columns import Columns

MOST_BYTES = 8 << 20
"""Enough for the keys of a million groups, or for all columns of some hundred blocks."""


class UnpackedBlocks:
    """Keys and columns of blocks.

    Looking for a key needs the keys of a block only, a third of its time and size; so they are kept alone until the
    rest is asked for.

    Args:
        most_bytes: what all arrays together may take; the block used last stays whatever it takes.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._blocks: OrderedDict[Block, array[int] | Columns] = OrderedDict()

    def keys(self, block: Block) -> array[int]:
        """The block's keys."""
        held = self._blocks.get(block)
        if held is None:
            held = block.keys()
            self.hold(block, held)
        else:
            self._blocks.move_to_end(block)
        return held.keys if isinstance(held, Columns) else held

    def columns(self, block: Block) -> Columns:
        """All of the block's columns."""
        held = self._blocks.get(block)
        if isinstance(held, Columns):
            self._blocks.move_to_end(block)
            return held
        columns = block.columns(held)
        self.hold(block, columns)
        return columns

    def hold(self, block: Block, held: array[int] | Columns) -> None:
        """Keeps what was unpacked, or is about to be packed, in place of what was kept of that block."""
        self.drop(block)
        self._blocks[block] = held
        self._bytes += _size(held)
        while self._bytes > self._most_bytes and len(self._blocks) > 1:
            self._bytes -= _size(self._blocks.popitem(last=False)[1])

    def holds(self, block: Block) -> bool:
        """Whether anything of the block is kept."""
        return block in self._blocks

    def taken(self, block: Block) -> Columns:
        """All of the block's columns, which are not kept any more."""
        held = self._blocks.get(block)
        self.drop(block)
        return held if isinstance(held, Columns) else block.columns(held)

    def drop(self, block: Block) -> None:
        """Keeps nothing of a block."""
        held = self._blocks.pop(block, None)
        if held is not None:
            self._bytes -= _size(held)

    def clear(self) -> None:
        """Keeps nothing."""
        self._blocks.clear()
        self._bytes = 0


def _size(held: array[int] | Columns) -> int:
    return held.size if isinstance(held, Columns) else 8 * len(held)
