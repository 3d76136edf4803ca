"""A block of a ledger: some thousand neighbouring groups as bytes, unpacked when they are needed.

The bytes are a checksum, a header, and the columns one after the other. Keys and first rows are kept as steps from one
group to the next; the fingerprints are kept as they are, because checksums can't be compressed.
"""

from __future__ import annotations

import struct
import zlib
from array import array
from datetime import date
from operator import lt

from source_netvisor.state.ledger_columns import LISTED_ROWS, OWN_ROW, UNKNOWN, Columns
from source_netvisor.state.ledger_group import LedgerDamaged
from source_netvisor.state.number_column import (
    join_planes,
    pack_numbers,
    pack_steps,
    split_planes,
    unpack_naturals,
    unpack_numbers,
    unpack_steps,
)

MOST_GROUPS = 1 << 13
MOST_ROWS = 1 << 21
"""Rows of one block: the lines of one document are not divided."""
_MONTHS = range(12, 9999 * 12 + 12)
_DAYS = range(1, date.max.toordinal() + 1)
_FLAGS = {rows | known for rows in (0, OWN_ROW, LISTED_ROWS) for known in (0, UNKNOWN)}

_HEADER = struct.Struct("<IBHHIIqq8I")
"""Checksum of what follows; bits of a fingerprint; groups, refused groups, rows, steps between rows; first and last
key; lengths of the columns of keys, months, flags, first rows, counts of steps, steps between rows, places of refused
groups and days of refusal."""
_CHECKSUM = struct.Struct("<I")


class Block:
    """Groups with neighbouring keys.

    Args:
        packed: what `pack` gave.

    Attributes:
        packed: the bytes.
        bits: of a fingerprint.
        count: how many groups it has.
        row_count: rows of all its groups.
        first: the smallest key.
        last: the largest key.

    Raises:
        LedgerDamaged: the checksum or the header is wrong.
    """

    __slots__ = ("_lengths", "_refused", "_steps", "bits", "count", "first", "last", "packed", "row_count")

    def __init__(self, packed: bytes) -> None:
        if len(packed) < _HEADER.size:
            raise LedgerDamaged("a block that is too short")
        header = _HEADER.unpack_from(packed)
        checksum, self.bits, self.count, self._refused, self.row_count, self._steps, self.first, self.last = header[:8]
        self._lengths = header[8:]
        self.packed = packed
        if checksum != zlib.crc32(memoryview(packed)[_CHECKSUM.size :]):
            raise LedgerDamaged("a block with a wrong checksum")
        if not 0 < self.count <= MOST_GROUPS or self._refused > self.count:
            raise LedgerDamaged("a block of no or too many groups")
        if not self._steps <= self.row_count <= MOST_ROWS:
            raise LedgerDamaged("a block of too many rows")
        fingerprints = self.count * self.bits // 8
        if self.first > self.last or _HEADER.size + sum(self._lengths) + fingerprints != len(packed):
            raise LedgerDamaged("a block whose header is wrong")

    @classmethod
    def pack(cls, columns: Columns, bits: int) -> Block:
        """The block of these groups, of which there is at least one."""
        keys = columns.keys
        parts = [
            pack_steps(keys, keys[0]),
            pack_numbers(columns.months),
            pack_numbers(array("b", columns.flags)),
            pack_steps(columns.first_rows, keys[0]),
            pack_numbers(columns.step_counts),
            pack_numbers(columns.row_steps) if columns.row_steps else b"",
            b"",
            b"",
        ]
        if columns.refused:
            places = [place for place, key in enumerate(keys) if key in columns.refused]
            days = [columns.refused[keys[place]] for place in places]
            parts[6:] = pack_numbers(array("I", places)), pack_numbers(array("I", days))
        counts = len(keys), len(columns.refused), columns.row_count, len(columns.row_steps)
        return cls(_sealed(bits, counts, keys[0], keys[-1], parts, columns.fingerprints))

    def with_fingerprints(self, keys: array[int], groups: Columns) -> Block:
        """The same block in which some of the groups have other fingerprints; cheaper than to pack all columns again.

        Args:
            keys: of the block.
            groups: of the block, with the fingerprints that they have now.

        Raises:
            KeyError: the block does not have one of the groups.
        """
        flags, fingerprints = self._flags(), self._fingerprints()
        place_of = dict(zip(keys, range(len(keys)), strict=True))
        for key, fingerprint in zip(groups.keys, groups.fingerprints, strict=True):
            place = place_of[key]
            fingerprints[place] = fingerprint
            flags[place] &= ~UNKNOWN
        parts = [self._part(index) for index in range(len(self._lengths))]
        parts[2] = pack_numbers(array("b", flags))
        counts = self.count, self._refused, self.row_count, self._steps
        return Block(_sealed(self.bits, counts, self.first, self.last, parts, fingerprints))

    def keys(self) -> array[int]:
        """The keys of its groups, ascending.

        Raises:
            LedgerDamaged: they are not ascending, or not those that the header says.
        """
        keys = unpack_steps(self._part(0), self.count, self.first)
        if keys[0] != self.first or keys[-1] != self.last or not _ascends(keys):
            raise LedgerDamaged("a block whose keys do not ascend")
        return keys

    def months(self) -> array[int]:
        """The months of its groups; 0: none.

        Raises:
            LedgerDamaged: there are no such months.
        """
        months = unpack_naturals(self._part(1), self.count)
        if not all(month == 0 or month in _MONTHS for month in set(months)):
            raise LedgerDamaged("a block of months that there are not")
        return months

    def columns(self, keys: array[int] | None = None) -> Columns:
        """Its groups.

        Args:
            keys: if they have been unpacked.

        Raises:
            LedgerDamaged: a column is not one that was packed.
        """
        columns = Columns()
        columns.keys = self.keys() if keys is None else keys
        columns.months = self.months()
        columns.flags = self._flags()
        columns.first_rows = unpack_steps(self._part(3), self.count, self.first)
        columns.step_counts = unpack_naturals(self._part(4), self.count)
        if sum(columns.step_counts) != self._steps:
            raise LedgerDamaged("a block whose rows are not those of its groups")
        if self._steps:
            columns.row_steps = unpack_numbers(self._part(5), self._steps, "Q")
        if self._refused:
            columns.refused = self._days_of_refusal(columns.keys)
        columns.fingerprints = self._fingerprints()
        if columns.row_count != self.row_count:
            raise LedgerDamaged("a block whose rows are not those that its header says")
        return columns

    def _flags(self) -> bytearray:
        flags = unpack_numbers(self._part(2), self.count)
        if not _FLAGS.issuperset(flags):
            raise LedgerDamaged("a block of flags that there are not")
        return bytearray(flags.tobytes())

    def _fingerprints(self) -> array[int]:
        return split_planes(self.packed[len(self.packed) - self.count * self.bits // 8 :], self.bits // 8, "I")

    def _days_of_refusal(self, keys: array[int]) -> dict[int, int]:
        places = unpack_naturals(self._part(6), self._refused)
        days = unpack_naturals(self._part(7), self._refused)
        if max(places) >= len(keys) or min(days) not in _DAYS or max(days) not in _DAYS:
            raise LedgerDamaged("a block of refusals that there are not")
        return {keys[place]: day for place, day in zip(places, days, strict=True)}

    def _part(self, index: int) -> bytes:
        begin = _HEADER.size + sum(self._lengths[:index])
        return self.packed[begin : begin + self._lengths[index]]


def _sealed(
    bits: int, counts: tuple[int, int, int, int], first: int, last: int, parts: list[bytes], fingerprints: array[int]
) -> bytes:
    """The bytes of a block; the arguments come in the order of its header."""
    header = _HEADER.pack(0, bits, *counts, first, last, *map(len, parts))
    body = b"".join([header[_CHECKSUM.size :], *parts, join_planes(fingerprints, bits // 8)])
    return _CHECKSUM.pack(zlib.crc32(body)) + body


def _ascends(keys: array[int]) -> bool:
    return all(map(lt, keys, memoryview(keys)[1:]))
