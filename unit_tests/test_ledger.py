"""The ledger against a plain dictionary, through any number of states, and against bytes that no ledger wrote."""

from __future__ import annotations

import base64
import contextlib
import json
import random
import struct
import tracemalloc
import zlib
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_netvisor.state.ledger import Group, Ledger, LedgerDamaged, Mark

SMALLEST, LARGEST = -(1 << 63), (1 << 63) - 1
KEYS = st.one_of(
    st.integers(-5, 40),
    st.integers(10_000, 10_020),
    st.sampled_from([SMALLEST, LARGEST]),
    st.integers(SMALLEST, LARGEST),
)
SHORT_ROWS = st.lists(KEYS, max_size=4, unique=True).map(lambda rows: tuple(sorted(rows)))
# so many rows that a block is divided
LONG_ROWS = st.builds(
    lambda begin, count: tuple(range(begin, begin + count)), st.integers(-9, 10**6), st.sampled_from([3000, 9000])
)
GROUPS = st.builds(
    Group,
    st.none() | st.integers(0, (1 << 32) - 1),
    st.none() | st.integers(12, 9999 * 12 + 11),
    SHORT_ROWS | LONG_ROWS | st.none(),
    st.none() | st.dates(),
)  # fmt: skip
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), KEYS, GROUPS),
        st.tuples(st.just("put"), KEYS, GROUPS),
        st.tuples(st.sampled_from(["remove", "look"]), KEYS, st.none()),
        st.tuples(st.sampled_from(["state", "restart", "forget"]), st.none(), st.none()),
    ),
    max_size=40,
)


def restarted(ledger: Ledger, bits: int) -> Ledger:
    """As the platform hands it back: JSON and back."""
    return Ledger.from_json(json.loads(json.dumps(ledger.to_json())), bits)


def assert_same(ledger: Ledger, plain: dict[int, Group]) -> None:
    assert list(ledger.items()) == sorted(plain.items())
    assert list(ledger.keys()) == sorted(plain)
    assert list(ledger.months()) == [(key, plain[key].month) for key in sorted(plain)]
    assert len(ledger) == len(plain)
    assert bool(ledger) is bool(plain)
    assert ledger.row_count == sum(len(group.rows) for group in plain.values())
    assert ledger.packed_size == sum(map(len, ledger.to_json()))


@given(STEPS, st.sampled_from([16, 24, 32]))
@settings(max_examples=200)
def test_it_is_a_dictionary(steps: list[tuple[str, Any, Any]], bits: int) -> None:
    ledger, plain = Ledger(bits), dict[int, Group]()
    for what, key, group in steps:
        if what == "put":
            # a document's one row has its own key
            group = group._replace(rows=(key,)) if group.rows is None else group
            ledger.put(key, group)
            known = group.fingerprint
            plain[key] = group if known is None else group._replace(fingerprint=known % (1 << bits))
        elif what == "remove":
            ledger.remove(key)
            plain.pop(key, None)
        elif what == "look":
            assert ledger.get(key) == plain.get(key)
            assert (key in ledger) is (key in plain)
        elif what == "state":
            assert_same(restarted(ledger, bits), plain)
        elif what == "restart":
            ledger = restarted(ledger, bits)
        else:
            ledger.forget_fingerprints()
            plain = {other: held._replace(fingerprint=None) for other, held in plain.items()}
    for key in plain:
        assert ledger.get(key) == plain[key]
    assert_same(ledger, plain)
    assert_same(restarted(ledger, bits), plain)


def history(seed: int, spread: int) -> tuple[Ledger, dict[int, Group]]:
    """A ledger of many blocks after several syncs, and the dictionary that it should equal."""
    chance = random.Random(seed)
    ledger, plain = Ledger(24), dict[int, Group]()
    for _ in range(6):
        for _ in range(4000):
            key = chance.randrange(spread)
            rows = (
                (key,)
                if chance.random() < 0.5
                else tuple(sorted({chance.randrange(spread) for _ in range(chance.randrange(5))}))
            )
            group = Group(chance.randrange(1 << 24), chance.choice([None, 24300, 24301]), rows)
            ledger.put(key, group)
            plain[key] = group
        for key in chance.sample(sorted(plain), 500):
            ledger.remove(key)
            del plain[key]
        for key in chance.choices(range(spread), k=300):
            assert ledger.get(key) == plain.get(key)
        ledger = restarted(ledger, 24)
    return ledger, plain


@pytest.mark.parametrize("spread", [20_000, 10**6, 1 << 62])
def test_many_blocks_through_several_syncs(spread: int) -> None:
    ledger, plain = history(7, spread)
    assert len(ledger.to_json()) > 5
    assert_same(ledger, plain)


def test_only_blocks_with_changes_are_packed_again() -> None:
    ledger, plain = history(8, 20_000)
    before = ledger.to_json()
    assert restarted(ledger, 24).to_json() == before
    key = sorted(plain)[len(plain) // 2]
    ledger.put(key, plain[key]._replace(month=24302))
    after = ledger.to_json()
    assert len(after) == len(before)
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 1


def test_an_order_of_changes_leaves_no_trace() -> None:
    """The same groups, put ascending and shuffled."""
    groups = [(key, Group(key * 7919 & 0xFFFF, 24300, (key,))) for key in range(0, 30_000, 3)]
    ascending, shuffled = Ledger(16), Ledger(16)
    for key, group in groups:
        ascending.put(key, group)
    random.Random(1).shuffle(groups)
    for key, group in groups:
        shuffled.put(key, group)
    assert list(ascending.items()) == list(shuffled.items())


def test_a_ledger_that_was_emptied_is_empty() -> None:
    ledger, plain = history(9, 20_000)
    for key in plain:
        ledger.remove(key)
    assert ledger.to_json() == []
    assert not ledger
    assert ledger.get(sorted(plain)[0]) is None


# --- fingerprints and marks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bits", [16, 24, 32])
def test_fingerprints_are_compared_in_the_bits_that_are_kept(bits: int) -> None:
    ledger = Ledger(bits)
    ledger.put(1, Group(0xDEADBEEF, None, (1,)))
    group = restarted(ledger, bits).get(1)
    assert group is not None
    assert group.fingerprint == 0xDEADBEEF % (1 << bits)
    assert ledger.matches(group, 0xDEADBEEF)
    assert not ledger.matches(group, 0xDEADBEEE)
    # the same number, before it was truncated
    assert ledger.matches(Group(0xDEADBEEF, None, ()), 0xDEADBEEF)


def test_an_unknown_fingerprint_differs_from_everything_and_zero_is_not_unknown() -> None:
    ledger = Ledger(16)
    ledger.put(1, Group(None, None, ()))
    ledger.put(2, Group(0, None, ()))
    for held in (ledger, restarted(ledger, 16)):
        unknown, zero = held.get(1), held.get(2)
        assert unknown is not None and zero is not None
        assert not held.matches(unknown, 0)
        assert held.matches(zero, 0)


def test_a_ledger_of_other_bits_keeps_all_but_the_fingerprints() -> None:
    ledger, plain = history(10, 20_000)
    for bits in (16, 32):
        expected = {key: group._replace(fingerprint=None) for key, group in plain.items()}
        assert_same(restarted(ledger, bits), expected)


def test_refused_details() -> None:
    ledger = Ledger()
    day = date(2026, 1, 15)
    for key in range(3000):
        ledger.put(key, Group(None, 24300, (), day) if key % 1000 == 1 else Group(5, 24300, (key,)))
    held = restarted(ledger, 24)
    assert [key for key, group in held.items() if group.mark == Mark.REFUSED] == [1, 1001, 2001]
    refused, other = held.get(1001), held.get(1002)
    assert refused is not None and other is not None
    assert (refused.refused_on, other.refused_on) == (day, None)
    held.put(1001, Group(5, 24300, (1001,)))
    again = restarted(held, 24).get(1001)
    assert again is not None
    assert again.mark == Mark.NONE


def test_keys_beyond_64_bits_are_refused() -> None:
    ledger = Ledger()
    for key, rows in (
        (LARGEST + 1, ()),
        (SMALLEST - 1, ()),
        (1, (1, LARGEST + 1)),
        (1, (SMALLEST - 1, 1)),
        (10**30, ()),
    ):
        with pytest.raises(ValueError, match="64 bits"):
            ledger.put(key, Group(1, None, rows))
        assert key not in ledger
    assert ledger.to_json() == []
    assert ledger.get(10**30) is None
    ledger.remove(10**30)
    assert ledger.to_json() == []


def test_rows_in_any_order_are_kept_ascending() -> None:
    ledger = Ledger()
    ledger.put(1, Group(1, None, (9, 3, 3, 5)))
    for held in (ledger, restarted(ledger, 24)):
        assert held.get(1) == Group(1, None, (3, 5, 9))


def test_bits_that_are_not_kept() -> None:
    with pytest.raises(ValueError, match="16, 24 or 32"):
        Ledger(20)


# --- size and memory --------------------------------------------------------------------------------------------------


def company(vouchers: int, bits: int, order: str) -> tuple[Ledger, Ledger]:
    """The ledgers of vouchers and their four lines each."""
    chance = random.Random(3)
    documents, lines = Ledger(bits), Ledger(bits)
    numbers = list(range(vouchers))
    if order == "shuffled":
        chance.shuffle(numbers)
    for number in numbers:
        key = 10_000_000 + 2 * number
        month = 24300 + number * 36 // vouchers
        documents.put(key, Group(chance.randrange(1 << 32), month, (key,)))
        line = 40_000_000 + 4 * number
        lines.put(key, Group(chance.randrange(1 << 32), month, tuple(range(line, line + 4))))
    return documents, lines


@pytest.mark.parametrize("order", ["ascending", "shuffled"])
def test_six_characters_hold_a_voucher_and_its_lines(order: str) -> None:
    documents, lines = company(20_000, 16, order)
    size = len(json.dumps(documents.to_json())) + len(json.dumps(lines.to_json()))
    assert size < 20_000 * 6
    assert documents.packed_size + lines.packed_size <= size


def test_groups_at_rest_take_little_memory() -> None:
    documents, _ = company(50_000, 16, "ascending")
    blocks = documents.to_json()
    del documents
    tracemalloc.start()
    held = Ledger.from_json(blocks, 16)
    for number in range(10):
        assert 10_000_000 + 10_000 * number in held
    held.put(10_000_001, Group(5, 24300, (10_000_001,)))
    held.to_json()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # 3 bytes a group packed, as much as text, and a block or two unpacked
    assert peak < 50_000 * 16


# --- damage -----------------------------------------------------------------------------------------------------------


def small() -> Ledger:
    ledger = Ledger(16)
    for key in range(100, 160):
        ledger.put(key, Group(key * 7919 & 0xFFFF, 24300 + key % 3, (key,) if key % 2 else (key * 4, key * 4 + 1)))
    ledger.put(171, Group(None, None, (), date(2026, 1, 15)))
    return ledger


def used(blocks: Any) -> None:
    """Everything that may be asked of a ledger."""
    ledger = Ledger.from_json(blocks, 16)
    for key, month in ledger.months():
        assert SMALLEST <= key <= LARGEST
        assert month is None or date(month // 12, month % 12 + 1, 1)
    for key, group in ledger.items():
        assert ledger.get(key) == group
    ledger.forget_fingerprints()
    ledger.put(130, Group(1, 24300, (130,)))
    ledger.to_json()


@pytest.mark.parametrize(
    "blocks",
    [None, 5, "x", {}, True, ["x"], ["é"], [""], [None], [5], [b"AAAA"], [["x"]], ["AAAA"], ["A" * 200],
     ["eJwDAAAAAAE="], ["\ud800"], [base64.b64encode(b"\0" * 100).decode()]],
)  # fmt: skip
def test_what_is_no_ledger(blocks: Any) -> None:
    with pytest.raises(LedgerDamaged):
        Ledger.from_json(blocks, 16)


def test_every_flipped_bit_and_every_cut_is_noticed_at_once() -> None:
    [text] = small().to_json()
    packed = base64.b64decode(text)
    for place in range(len(packed)):
        flipped = bytearray(packed)
        flipped[place] ^= 1 << place % 8
        for damaged in (bytes(flipped), packed[:place]):
            with pytest.raises(LedgerDamaged):
                Ledger.from_json([base64.b64encode(damaged).decode()], 16)


def test_blocks_in_another_order_or_twice() -> None:
    blocks = history(11, 20_000)[0].to_json()
    for wrong in ([blocks[1], blocks[0]], [blocks[0], blocks[0]], [*blocks, *small().to_json()]):
        with pytest.raises(LedgerDamaged):
            Ledger.from_json(wrong, 24)
    # a block that is missing can't be noticed; the groups are then sent again
    assert len(Ledger.from_json(blocks[1:], 24)) < len(Ledger.from_json(blocks, 24))


def sealed(packed: bytes) -> str:
    """With the checksum that it should have."""
    return base64.b64encode(struct.pack("<I", zlib.crc32(packed[4:])) + packed[4:]).decode()


@given(st.integers(4, 1 << 16), st.integers(1, 255), st.integers(0, 3))
@settings(max_examples=500)
def test_damage_behind_a_right_checksum_is_noticed_or_harmless(place: int, change: int, more: int) -> None:
    packed = bytearray(base64.b64decode(small().to_json()[0]))
    for offset in range(more + 1):
        packed[4 + (place + 31 * offset - 4) % (len(packed) - 4)] ^= change
    with contextlib.suppress(LedgerDamaged):
        used([sealed(bytes(packed))])
