"""Columns of numbers come back as they were, and bytes that are none are refused."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

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

EDGES = [
    edge + step
    for bits in (7, 8, 15, 16, 23, 24, 31, 32, 63)
    for edge in (1 << bits, -(1 << bits))
    for step in (-1, 0, 1)
]
SIGNED = st.sampled_from([edge for edge in EDGES if -(1 << 63) <= edge < 1 << 63]) | st.integers(
    -(1 << 63), (1 << 63) - 1
)
NUMBERS = st.lists(SIGNED | st.integers(-3, 3), min_size=1, max_size=30)


@given(NUMBERS)
@example([1 << 62] * 3)
def test_numbers_come_back(numbers: list[int]) -> None:
    assert list(unpack_numbers(pack_numbers(array("q", numbers)), len(numbers))) == numbers


@given(st.lists(st.integers(0, (1 << 64) - 1) | st.integers(0, 3), min_size=1, max_size=30))
def test_unsigned_numbers_come_back(numbers: list[int]) -> None:
    assert unpack_numbers(pack_numbers(array("Q", numbers)), len(numbers), "Q") == array("Q", numbers)


@given(st.lists(st.integers(0, (1 << 31) - 1) | st.integers(0, 300), min_size=1, max_size=30))
def test_naturals_come_back(numbers: list[int]) -> None:
    assert unpack_naturals(pack_numbers(array("I", numbers)), len(numbers)) == array("I", numbers)


@given(NUMBERS, SIGNED)
def test_steps_come_back_whatever_they_jump(numbers: list[int], base: int) -> None:
    assert unpack_steps(pack_steps(array("q", numbers), base), len(numbers), base) == array("q", numbers)


@given(st.lists(st.integers(0, (1 << 32) - 1), min_size=1, max_size=30), st.integers(2, 4))
def test_planes_are_the_lowest_bytes(numbers: list[int], planes: int) -> None:
    joined = join_planes(array("I", numbers), planes)
    assert len(joined) == planes * len(numbers)
    assert list(split_planes(joined, planes, "I")) == [number % (1 << 8 * planes) for number in numbers]


def test_small_numbers_and_repeated_ones_are_small() -> None:
    assert len(pack_numbers(array("q", [1 << 40] * 5000))) == 9
    assert len(pack_steps(array("q", range(1 << 40, (1 << 40) + 50_000, 5)), (1 << 40) - 5)) == 9
    assert len(pack_numbers(array("q", [1, 2, 3, 4] * 256))) < 50


@pytest.mark.parametrize("packed", [b"", b"\0", b"\0" * 8, b"\0" * 10, b"\x09abc", b"\xff", b"\x01", b"\x01abcdef"])
def test_what_is_no_column(packed: bytes) -> None:
    for unpack in (unpack_numbers, unpack_naturals):
        with pytest.raises(LedgerDamaged):
            unpack(packed, 3)


@pytest.mark.parametrize("count", [1, 2, 4, 1000])
def test_a_column_of_another_length(count: int) -> None:
    with pytest.raises(LedgerDamaged):
        unpack_numbers(pack_numbers(array("q", [1, 2, 3])), count)


def test_what_comes_behind_a_column() -> None:
    with pytest.raises(LedgerDamaged):
        unpack_numbers(pack_numbers(array("q", [1, 2, 3])) + b"x", 3)


def test_naturals_that_are_too_large() -> None:
    for numbers in ([1 << 40], [1 << 40, 3], [-1]):
        with pytest.raises(LedgerDamaged):
            unpack_naturals(pack_numbers(array("q", numbers)), len(numbers))


def test_a_column_that_would_fill_the_memory_is_not_unpacked() -> None:
    bomb = pack_numbers(array("b", bytes(50_000_000) + b"\1"))
    assert len(bomb) < 100_000
    with pytest.raises(LedgerDamaged):
        unpack_numbers(bomb, 1000)
