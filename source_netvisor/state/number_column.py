"""Columns of whole numbers as compressed bytes, at the speed of the standard library's C code.

The bytes of a column's numbers are put in planes before they are compressed (all lowest bytes, then all second ones,
and so on): the high bytes of small numbers are equal, and cost nothing. A column of one repeated number, as many are,
is that number.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Sequence
from itertools import accumulate
from operator import sub

from source_netvisor.state.ledger_group import LedgerDamaged

_CODES = {1: "b", 2: "h", 4: "i", 8: "q"}
_CONSTANT = 0
_SMALLEST = -(1 << 63)
_BIG_ENDIAN = sys.byteorder == "big"


def pack_numbers(numbers: Sequence[int]) -> bytes:
    """At least one number of 64 bits, as bytes that `unpack_numbers` reads."""
    low, high = min(numbers), max(numbers)
    if low == high:
        return bytes((_CONSTANT,)) + low.to_bytes(8, "little", signed=True)
    width = _width(low, high)
    return bytes((width,)) + _deflate(join_planes(array(_CODES[width], numbers), width))


def _width(low: int, high: int) -> int:
    """How many bytes each of the numbers needs that lie between these two."""
    return next(width for width in _CODES if -(1 << 8 * width - 1) <= low and high < 1 << 8 * width - 1)


def unpack_numbers(packed: bytes, count: int) -> array[int]:
    """The numbers that were packed, in an array of the smallest width for all.

    Raises:
        LedgerDamaged: they are not `count` packed numbers.
    """
    width, plain = _plain(packed, count)
    if width == _CONSTANT:
        number = int.from_bytes(plain, "little", signed=True)
        return array(_CODES[_width(number, number)], (number,)) * count
    return split_planes(plain, width, _CODES[width])


def unpack_naturals(packed: bytes, count: int) -> array[int]:
    """The numbers that were packed, all from 0 up to 2**31 - 1, in an array of the type code `I`.

    Raises:
        LedgerDamaged: they are not `count` packed numbers; a negative one may also be read as one above 2**31.
    """
    width, plain = _plain(packed, count)
    if width > 4:
        raise LedgerDamaged("a column of numbers that are too large")
    if width == _CONSTANT:
        number = int.from_bytes(plain, "little")
        if number >> 32:
            raise LedgerDamaged("a column of a number that is too large")
        return array("I", (number,)) * count
    return split_planes(plain, width, "I")


def _plain(packed: bytes, count: int) -> tuple[int, bytes]:
    """The width of a column and its bytes."""
    width = packed[0] if packed else -1
    if width == _CONSTANT and len(packed) == 9:
        return width, packed[1:]
    if width not in _CODES:
        raise LedgerDamaged("a column of no known width")
    return width, _inflate(packed[1:], count * width)


def pack_steps(numbers: Sequence[int], base: int) -> bytes:
    """At least one number of 64 bits, as differences between neighbours; the first one is compared with `base`."""
    before = (base, *numbers[:-1])
    steps: Sequence[int]
    try:
        steps = array("q", map(sub, numbers, before))
    except OverflowError:
        steps = [_wrapped(step) for step in map(sub, numbers, before)]
    return pack_numbers(steps)


def unpack_steps(packed: bytes, count: int, base: int) -> array[int]:
    """The numbers whose differences were packed, in an array of 64 bits each.

    Raises:
        LedgerDamaged: they are not `count` packed numbers.
    """
    steps = unpack_numbers(packed, count)
    try:
        numbers = array("q", accumulate(steps, initial=base))
    except OverflowError:
        numbers = array("q", map(_wrapped, accumulate(steps, initial=base)))
    del numbers[0]
    return numbers


def _wrapped(number: int) -> int:
    """The signed number of 64 bits that is equal modulo 2**64; a difference of two such numbers needs no more."""
    return ((number - _SMALLEST) & ((1 << 64) - 1)) + _SMALLEST


def join_planes(numbers: array[int], planes: int) -> bytes:
    """The lowest `planes` bytes of each number: all lowest ones, then all second ones, and so on."""
    if _BIG_ENDIAN:
        numbers = numbers[:]
        numbers.byteswap()
    plain, width = numbers.tobytes(), numbers.itemsize
    return plain if width == 1 else b"".join([plain[plane::width] for plane in range(planes)])


def split_planes(joined: bytes, planes: int, code: str) -> array[int]:
    """The numbers whose lowest `planes` bytes were joined, in an array of that type code; higher bytes are zero."""
    numbers = array(code)
    width = numbers.itemsize
    if width == 1:
        numbers.frombytes(joined)
        return numbers
    count = len(joined) // planes
    plain = bytearray(count * width)
    for plane in range(planes):
        plain[plane::width] = joined[plane * count : (plane + 1) * count]
    numbers.frombytes(plain)
    if _BIG_ENDIAN:
        numbers.byteswap()
    return numbers


def _deflate(plain: bytes) -> bytes:
    # of the settings that were measured the smallest for such columns, a tenth of the default's time where rows jump
    packer = zlib.compressobj(4, zlib.DEFLATED, -15, 8, zlib.Z_FILTERED)
    return packer.compress(plain) + packer.flush()


def _inflate(packed: bytes, size: int) -> bytes:
    unpacker = zlib.decompressobj(-15)
    try:
        plain = unpacker.decompress(packed, size + 1)
    except zlib.error:
        raise LedgerDamaged("a column that can't be unpacked") from None
    if len(plain) != size or not unpacker.eof or unpacker.unused_data:
        raise LedgerDamaged("a column of another length")
    return plain
