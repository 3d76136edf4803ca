"""A set of Netvisor keys in little memory: a million neighbouring keys cost about 200 kB, not 60 MB."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_BITS = 10
_MASK = (1 << _BITS) - 1


class IntBitset:
    """Integers in bit fields of 1,024; iterates in ascending order."""

    def __init__(self, keys: Iterable[int] = ()) -> None:
        self._chunks: dict[int, int] = {}
        self._count = 0
        for key in keys:
            self.add(key)

    def add(self, key: int) -> bool:
        """Adds the key; whether it is new."""
        index, bit = key >> _BITS, 1 << (key & _MASK)
        chunk = self._chunks.get(index, 0)
        if chunk & bit:
            return False
        self._chunks[index] = chunk | bit
        self._count += 1
        return True

    def discard(self, key: int) -> None:
        """Takes the key out, if it is in."""
        index, bit = key >> _BITS, 1 << (key & _MASK)
        chunk = self._chunks.get(index, 0)
        if chunk & bit:
            self._chunks[index] = chunk ^ bit
            self._count -= 1

    def __contains__(self, key: int) -> bool:
        return bool(self._chunks.get(key >> _BITS, 0) >> (key & _MASK) & 1)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[int]:
        for index in sorted(self._chunks):
            chunk = self._chunks[index]
            while chunk:
                lowest = chunk & -chunk
                yield (index << _BITS) + lowest.bit_length() - 1
                chunk ^= lowest
