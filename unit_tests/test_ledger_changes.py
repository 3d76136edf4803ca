"""What a sync changes in a ledger: in one go and group by group it is the same, and what a dictionary would do."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_netvisor.state import ledger as ledger_module
from source_netvisor.state import ledger_columns
from source_netvisor.state.ledger import Columns, Group, Ledger
from source_netvisor.streams.ledger_changes import LedgerChanges
from source_netvisor.streams.record_counts import RecordCounts

NEVER = 1 << 40
"""So many groups for a block that all are put one by one."""
KEYS = st.one_of(st.integers(-9, 60), st.integers(-(1 << 63), (1 << 63) - 1))
ROWS = st.none() | st.lists(KEYS, max_size=4, unique=True).map(lambda rows: tuple(sorted(rows)))
GROUP = st.tuples(KEYS, st.integers(0, (1 << 32) - 1), st.none() | st.sampled_from([24_300, 24_301]), ROWS)
BATCHES = st.lists(
    st.tuples(st.lists(GROUP, max_size=30), st.sampled_from(["as it comes", "ascending", "descending"])), max_size=5
)

Batch = list[tuple[int, Group]]


def in_columns(batch: Batch) -> Columns:
    columns = Columns()
    for key, group in batch:
        columns.append(key, *group)
    return columns


def announced(plain: dict[int, Group], batch: Batch) -> dict[int, Group]:
    """The dictionary while the records are on their way: all rows, old and new, and no fingerprint."""
    after = dict(plain)
    for key, group in batch:
        known = after.get(key, Group(None, None, ()))
        rows = tuple(sorted({*known.rows, *group.rows}))
        after[key] = Group(None, known.month if group.month is None else group.month, rows)
    return after


def confirmed(plain: dict[int, Group], batch: Batch, bits: int) -> tuple[dict[int, Group], dict[int, set[int]]]:
    """The dictionary after them, and the rows that are to be deleted, whose groups wait."""
    lost: dict[int, set[int]] = {}
    held = {key: set(group.rows) for key, group in plain.items()}
    for key, group in batch:
        # what the ledger announces are rows that the destination has
        if gone := held.get(key, set()) - set(group.rows):
            lost[key] = gone
        held.setdefault(key, set()).update(group.rows)
    after = announced(plain, batch)
    for key, group in batch:
        if key not in lost:
            after[key] = group._replace(fingerprint=(group.fingerprint or 0) % (1 << bits))
    return after, lost


def told(changes: LedgerChanges) -> tuple[Any, ...]:
    return dict(changes.lost), changes.differing


@given(BATCHES, st.sampled_from([16, 24, 32]), st.sampled_from([1, 3]))
@settings(max_examples=120)
def test_batches(drawn: list[tuple[list[Any], str]], bits: int, worth: int) -> None:
    batches = []
    for groups, order in drawn:
        batch = [(key, Group(print_, month, (key,) if rows is None else rows)) for key, print_, month, rows in groups]
        if order != "as it comes":
            batch.sort(reverse=order == "descending")
        batches.append(batch)
    plain: dict[int, Group] = {}
    with pytest.MonkeyPatch.context() as patch:
        # blocks of a few groups
        patch.setattr(ledger_columns, "PART_WEIGHT", 5 * ledger_columns.GROUP_WEIGHT)
        ledgers = {number: Ledger(bits) for number in (worth, NEVER)}
        counts = {number: RecordCounts() for number in ledgers}
        changes = {number: LedgerChanges(ledger, counts[number]) for number, ledger in ledgers.items()}
        for batch in batches:
            expected, lost = confirmed(plain, batch, bits)
            for number, ledger in ledgers.items():
                patch.setattr(ledger_module, "WORTH_A_BLOCK", number)
                groups = in_columns(batch)
                changes[number].announce(groups)
                assert dict(ledger.items()) == announced(plain, batch)
                assert dict(Ledger.from_json(ledger.to_json(), bits).items()) == announced(plain, batch)
                changes[number].confirm(groups)
                assert dict(ledger.items()) == expected
                assert {key: set(rows) for key, (_, rows) in changes[number].lost.items()} == lost
                assert list(groups.items()) == batch
            assert told(changes[worth]) == told(changes[NEVER])
            assert counts[worth] == counts[NEVER]
            for number in ledgers:
                changes[number].confirm_lost()
            plain = expected | {
                key: group._replace(fingerprint=(group.fingerprint or 0) % (1 << bits))
                for key, group in batch
                if key in lost
            }
            assert dict(ledgers[worth].items()) == dict(ledgers[NEVER].items()) == plain
            assert Ledger.from_json(ledgers[worth].to_json(), bits).packed_size == ledgers[worth].packed_size


class Counting(Ledger):
    """A ledger that knows how often groups were put in one go."""

    in_one_go = 0

    def add(self, groups: Columns) -> bool:
        added = super().add(groups)
        self.in_one_go += added
        return added


@pytest.mark.parametrize("order", ["ascending", "shuffled", "between"])
@pytest.mark.parametrize("lines", [0, 7])
def test_a_large_ledger_in_one_go(order: str, lines: int) -> None:
    """Blocks of the usual size, and keys beyond, between and among those that the ledger has."""
    chance = random.Random(5)
    keys = list(range(0, 90_000, 3))
    if order == "shuffled":
        chance.shuffle(keys)
    if order == "between":
        keys = keys[::2] + keys[1::2]
    ledger, counts = Counting(), RecordCounts()
    changes = LedgerChanges(ledger, counts)
    plain: dict[int, Group] = {}
    for begin in range(0, len(keys), 10_000):
        batch = []
        for key in keys[begin : begin + 10_000]:
            rows = tuple(sorted({chance.randrange(1 << 40) for _ in range(lines)})) if lines else (key,)
            batch.append((key, Group(chance.randrange(1 << 32), chance.choice([None, 24_300]), rows)))
        groups = in_columns(batch)
        changes.announce(groups)
        assert all(group.fingerprint is None for key, group in ledger.items() if key not in plain)
        changes.confirm(groups)
        plain |= {key: group._replace(fingerprint=(group.fingerprint or 0) % (1 << 24)) for key, group in batch}
        assert dict(ledger.items()) == plain
    assert ledger.in_one_go == 3, "none was put by itself"
    assert counts == RecordCounts(new=sum(len(group.rows) for group in plain.values()))


def test_fingerprints_of_a_group_that_is_not_there() -> None:
    ledger = Ledger()
    assert ledger.add(in_columns([(key, Group(1, None, (key,))) for key in range(200)]))
    with pytest.raises(KeyError):
        ledger.set_fingerprints(in_columns([(300, Group(1, None, (300,)))]))


def test_what_is_not_put_in_one_go_is_not_put() -> None:
    ledger = Ledger()
    many = [(key, Group(1, None, (key,))) for key in range(200)]
    assert not ledger.add(in_columns(many[:5])), "too few for a block"
    assert not ledger.add(in_columns([*many, many[-1]])), "twice"
    assert len(ledger) == 0
    ledger.put(77, Group(5, 24_300, (78,)))
    assert not ledger.add(in_columns(many)), "one is known, though it is not in a block yet"
    assert list(ledger.items()) == [(77, Group(5, 24_300, (78,)))]
