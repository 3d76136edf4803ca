"""Columns of whole numbers as compressed bytes, at the speed of the standard library's C code.

The bytes of a column's numbers are put in planes before they are compressed (all lowest bytes, then all second ones,
and so on); planes that only repeat the sign are left out. A column of one repeated number, as many are, is that number.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from itertools import accumulate

from source_netvisor.state.ledger_group import LedgerDamaged

_CODES = {1: "b", 2: "h", 3: "i", 4: "i", 5: "q", 6: "q", 7: "q", 8: "q"}
"""Planes of a column -> the type code of the narrowest array that has room for them."""
_CONSTANT = 0
_SMALLEST = -(1 << 63)
_ALL_BITS = (1 << 64) - 1
_BIG_ENDIAN = sys.byteorder == "big"
_SIGN = bytes(128) + b"\xff" * 128
"""Translates a plane to the plane above it, if that only repeats the sign."""


def pack_numbers(numbers: array[int]) -> bytes:
    """At least one number, as bytes that `unpack_numbers` and, if none is negative, `unpack_naturals` read."""
    planes = _planes(numbers, numbers.itemsize)
    while len(planes) > 1 and planes[-1] == planes[-2].translate(_SIGN):
        planes.pop()
    if all(plane.count(plane[0]) == len(plane) for plane in planes):
        return bytes((_CONSTANT,)) + (numbers[0] & _ALL_BITS).to_bytes(8, "little")
    return bytes((len(planes),)) + _deflate(b"".join(planes))


def unpack_numbers(packed: bytes, count: int, code: str = "") -> array[int]:
    """The numbers that were packed.

    Args:
        packed: what `pack_numbers` gave.
        count: how many numbers they are.
        code: type code of the array that they come in; by default the one of the smallest width.

    Raises:
        LedgerDamaged: they are not `count` packed numbers.
    """
    planes, plain = _plain(packed, count)
    if planes == _CONSTANT:
        number = int.from_bytes(plain, "little", signed=True)
        width = next(width for width in _CODES if -(1 << 8 * width - 1) <= number < 1 << 8 * width - 1)
        code = code or _CODES[width]
        return _from_little_endian(code, plain[: array(code).itemsize]) * count
    return split_planes(plain, planes, code or _CODES[planes], signed=True)


def unpack_naturals(packed: bytes, count: int) -> array[int]:
    """The numbers that were packed, all from 0 up to 2**31 - 1, in an array of the type code `I`.

    Raises:
        LedgerDamaged: they are not `count` packed numbers; a negative one may also be read as a large one.
    """
    planes, plain = _plain(packed, count)
    if planes == _CONSTANT:
        number = int.from_bytes(plain, "little")
        if number >> 32:
            raise LedgerDamaged("a column of a number that is too large")
        return array("I", (number,)) * count
    if planes > 4:
        raise LedgerDamaged("a column of numbers that are too large")
    return split_planes(plain, planes, "I")


def _plain(packed: bytes, count: int) -> tuple[int, bytes]:
    """How many planes a column has, and their bytes."""
    planes = packed[0] if packed else -1
    if planes == _CONSTANT and len(packed) == 9:
        return planes, packed[1:]
    if planes not in _CODES:
        raise LedgerDamaged("a column of no known width")
    return planes, _inflate(packed[1:], count * planes)


def pack_steps(numbers: array[int], base: int) -> bytes:
    """At least one number of 64 bits, as differences between neighbours; the first one is compared with `base`.

    All differences are made in one go, by integers that hold the numbers in lanes of 64 bits. Each lane's highest bit
    is kept apart, so that no lane borrows from the next; a difference is right modulo 2**64.
    """
    size = 8 * len(numbers)
    highest = int.from_bytes(bytes((0, 0, 0, 0, 0, 0, 0, 128)) * len(numbers), "little")
    lanes = int.from_bytes(_little_endian(numbers), "little")
    before = (lanes << 64 | base & _ALL_BITS) & (1 << 8 * size) - 1
    steps = ((lanes | highest) - (before & ~highest)) ^ ((lanes ^ ~before) & highest)
    return pack_numbers(_from_little_endian("q", steps.to_bytes(size, "little")))


def unpack_steps(packed: bytes, count: int, base: int) -> array[int]:
    """The numbers whose differences were packed, in an array of 64 bits each.

    Raises:
        LedgerDamaged: they are not `count` packed numbers.
    """
    # through a list, because that makes an array twice as fast as an iterator
    numbers = list(accumulate(unpack_numbers(packed, count), initial=base))
    try:
        return array("q", numbers[1:])
    except OverflowError:
        return array("q", list(map(_wrapped, numbers[1:])))


def _wrapped(number: int) -> int:
    """The signed number of 64 bits that is equal modulo 2**64; a difference of two such numbers needs no more."""
    return ((number - _SMALLEST) & _ALL_BITS) + _SMALLEST


def join_planes(numbers: array[int], planes: int) -> bytes:
    """The lowest `planes` bytes of each number: all lowest ones, then all second ones, and so on."""
    return b"".join(_planes(numbers, planes))


def _planes(numbers: array[int], planes: int) -> list[bytes]:
    plain, width = _little_endian(numbers), numbers.itemsize
    return [plain[plane::width] for plane in range(planes)]


def split_planes(joined: bytes, planes: int, code: str, *, signed: bool = False) -> array[int]:
    """The numbers whose lowest `planes` bytes were joined, in an array of that type code.

    Args:
        signed: whether the highest bit that was joined is the sign; else the bytes that are missing are zero.
    """
    width, count = array(code).itemsize, len(joined) // planes
    plain = bytearray(count * width)
    for plane in range(planes):
        plain[plane::width] = joined[plane * count : (plane + 1) * count]
    if signed and planes < width:
        sign = joined[(planes - 1) * count :].translate(_SIGN)
        for plane in range(planes, width):
            plain[plane::width] = sign
    return _from_little_endian(code, plain)


def _little_endian(numbers: array[int]) -> bytes:
    if _BIG_ENDIAN:
        numbers = numbers[:]
        numbers.byteswap()
    return numbers.tobytes()


def _from_little_endian(code: str, plain: bytes | bytearray) -> array[int]:
    numbers = array(code)
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
