"""The set of keys against a plain set."""

from __future__ import annotations

import sys

from hypothesis import given
from hypothesis import strategies as st

from source_netvisor.state.int_bitset import IntBitset

KEYS = st.one_of(
    st.integers(-50, 50), st.integers(1000, 1050), st.integers(-(2**63), 2**63 - 1), st.integers(-(2**70), 2**70)
)


@given(st.lists(st.tuples(st.sampled_from(["add", "discard", "ask"]), KEYS), max_size=80))
def test_it_is_a_set(steps: list[tuple[str, int]]) -> None:
    ours, plain = IntBitset(), set[int]()
    for what, key in steps:
        if what == "add":
            assert ours.add(key) is (key not in plain)
            plain.add(key)
        elif what == "discard":
            ours.discard(key)
            plain.discard(key)
        assert (key in ours) is (key in plain)
        assert len(ours) == len(plain)
    assert list(ours) == sorted(plain)


@given(st.lists(KEYS))
def test_made_from_keys(keys: list[int]) -> None:
    assert list(IntBitset(keys)) == sorted(set(keys))
    assert bool(IntBitset(keys)) is bool(keys)


def test_a_million_neighbours_cost_little() -> None:
    keys = IntBitset(range(5_000_000, 6_000_000))
    assert len(keys) == 1_000_000
    size = sum(sys.getsizeof(chunk) + 64 for chunk in keys._chunks.values()) + sys.getsizeof(keys._chunks)
    assert size < 400_000
