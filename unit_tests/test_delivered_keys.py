"""The record of what was delivered against a plain dictionary, through any number of states."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from source_netvisor.state.delivered_keys import MOST_SEGMENTS, DeliveredKeys

DOCUMENTS = st.one_of(st.integers(-5, 12), st.integers(-(2**63), 2**63 - 1))
LINES = st.lists(st.one_of(st.integers(-3, 30), st.integers(-(2**63), 2**63 - 1)), max_size=6, unique=True)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), DOCUMENTS, LINES),
        st.tuples(st.just("remove"), DOCUMENTS, st.none()),
        st.tuples(st.just("state"), st.none(), st.none()),
        st.tuples(st.just("restart"), st.none(), st.none()),
    ),
    max_size=60,
)


def same(ours: DeliveredKeys, plain: dict[int, tuple[int, ...]]) -> bool:
    asked = [*plain, 424242, -7]
    found = {key: tuple(lines) for key, lines in ours.lines_of(asked).items()}
    return list(ours.documents) == sorted(plain) and found == plain


@given(STEPS)
@settings(max_examples=300)
def test_it_is_a_dictionary(steps: list[tuple[str, Any, Any]]) -> None:
    ours, plain = DeliveredKeys(), dict[int, tuple[int, ...]]()
    for what, document, lines in steps:
        if what == "put":
            ours.put(document, lines)
            plain[document] = tuple(lines)
        elif what == "remove":
            ours.remove(document)
            plain.pop(document, None)
        elif what == "state":
            # a state in the middle of a sync must not disturb what is written after it
            assert same(DeliveredKeys(ours.to_json()), plain)
        else:
            ours = DeliveredKeys(json.loads(json.dumps(ours.to_json())))
        assert list(ours.documents) == sorted(plain)
    assert same(ours, plain)
    assert same(DeliveredKeys(ours.to_json()), plain)


@given(st.lists(st.tuples(st.integers(1, 15), st.one_of(st.none(), LINES)), min_size=1, max_size=40))
@settings(max_examples=100)
def test_segments_are_merged_without_loss(changes: list[tuple[int, list[int] | None]]) -> None:
    """One restart after each change: every change is a segment of its own, until they are too many."""
    ours, plain = DeliveredKeys(), dict[int, tuple[int, ...]]()
    for document, lines in changes:
        if lines is None:
            ours.remove(document)
            plain.pop(document, None)
        else:
            ours.put(document, lines)
            plain[document] = tuple(lines)
        segments = ours.to_json()
        assert len(segments) <= MOST_SEGMENTS
        ours = DeliveredKeys(segments)
    assert same(ours, plain)


def test_merging_happens_and_the_keys_go_on_after_it() -> None:
    ours = DeliveredKeys()
    lengths = []
    for document in range(3 * MOST_SEGMENTS):
        ours.put(document, [document * 10, document * 10 + 1])
        if document % 5 == 4:
            ours.remove(document - 1)
        segments = ours.to_json()
        lengths.append(len(segments))
        ours = DeliveredKeys(segments)
    assert max(lengths) == MOST_SEGMENTS
    assert lengths.count(1) > 1
    expected = {d: (d * 10, d * 10 + 1) for d in range(3 * MOST_SEGMENTS) if (d + 1) % 5 != 4}
    assert same(ours, expected)


def test_a_document_that_comes_again_after_its_deletion() -> None:
    ours = DeliveredKeys()
    ours.put(7, [70, 71])
    ours = DeliveredKeys(ours.to_json())
    ours.remove(7)
    ours = DeliveredKeys(ours.to_json())
    assert 7 not in ours.documents
    assert ours.lines_of([7]) == {}
    ours.put(7, [72])
    ours = DeliveredKeys(ours.to_json())
    assert ours.lines_of([7]) == {7: (72,)}
    ours.put(7, [])
    assert ours.lines_of([7]) == {7: ()}
    assert 7 in DeliveredKeys(ours.to_json()).documents


def test_removing_what_is_not_there_writes_nothing() -> None:
    ours = DeliveredKeys()
    ours.remove(7)
    assert ours.to_json() == []


def test_nothing_delivered_is_nothing() -> None:
    assert DeliveredKeys().to_json() == []
    assert DeliveredKeys([]).lines_of([1]) == {}


def test_a_state_without_changes_stays_the_same() -> None:
    ours = DeliveredKeys()
    for document in range(100):
        ours.put(document, range(document, document + 3))
    first = ours.to_json()
    assert ours.to_json() == first
    assert DeliveredKeys(first).to_json() == first


def test_size_is_about_a_byte_a_line() -> None:
    ours = DeliveredKeys()
    line = 1
    for document in range(1_000, 21_000):
        ours.put(document, range(line, line + 4))
        line += 4
    assert sum(map(len, ours.to_json())) < 80_000


@pytest.mark.parametrize(
    "segments",
    [["x"], ["é"], ["AAAA"], [""], ["eJwDAAAAAAE"], ["eJwDAAAAAAE=", "!!!!"], [None], [7], [b"AAAA"], ["eJwDAAAAAAE="]],
)
def test_damage_is_a_value_error_or_nothing(segments: Any) -> None:
    try:
        found = DeliveredKeys(segments)
    except ValueError:
        return
    assert len(found.documents) == 0


def test_every_damage_to_a_real_segment_is_noticed_or_harmless() -> None:
    """Cut at each place: never another exception, and never documents that were not delivered."""
    ours = DeliveredKeys()
    for document in range(1, 40):
        ours.put(document, [document * 2])
    [segment] = ours.to_json()
    for length in range(len(segment)):
        with pytest.raises(ValueError, match=r"damaged|breaks off"):
            DeliveredKeys([segment[:length]])


@given(st.lists(st.text(max_size=30), max_size=3))
def test_arbitrary_texts_never_crash(segments: list[str]) -> None:
    try:
        DeliveredKeys(segments)
    except ValueError:
        return


@given(st.lists(st.binary(max_size=60), max_size=3))
@settings(max_examples=300)
def test_arbitrary_bytes_inside_a_good_wrapping_never_crash(contents: list[bytes]) -> None:
    import base64
    import zlib

    try:
        found = DeliveredKeys([base64.b64encode(zlib.compress(content)).decode() for content in contents])
    except ValueError:
        return
    assert len(found.documents) <= sum(map(len, contents))
