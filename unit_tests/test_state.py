"""The saved position: it comes back as it was, and what cannot be right is never obeyed in silence."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from airbyte_cdk.models import FailureType
from hypothesis import given, settings
from hypothesis import strategies as st
from source_netvisor.changes.open_items import KnownOpenItems
from source_netvisor.changes.touched_documents import ReadMeanwhile
from source_netvisor.state.delivered_keys import DeliveredKeys
from source_netvisor.state.key_set import KeySet

from source_netvisor import clock
from source_netvisor.errors import NetvisorError
from source_netvisor.state.stream_state import ChangedDetails, FirstRead, StreamState, read_state

NOW = datetime(2026, 1, 15, 10, 0, 0, 123456, tzinfo=timezone.utc)
OWN, OTHER = "1967543-8", "0737546-2"
START = date(2024, 1, 1)
CURSOR = "_ab_modified_until"

MOMENTS = st.datetimes(datetime(2024, 1, 1), NOW.replace(tzinfo=None), timezones=st.just(timezone.utc))  # noqa: DTZ001
KEYS = st.integers(-(2**63), 2**63 - 1)


def delivered(content: dict[int, list[int]]) -> DeliveredKeys:
    keys = DeliveredKeys()
    for document, lines in content.items():
        keys.put(document, lines)
    return keys


CONTENTS = st.dictionaries(st.integers(1, 10**9), st.lists(st.integers(1, 10**9), max_size=4, unique=True), max_size=6)


@st.composite
def states(draw: st.DrawFn) -> StreamState:
    state = StreamState(OWN, START, deletions_until=draw(st.none() | MOMENTS), delivered=delivered(draw(CONTENTS)))
    state.read_until = draw(st.none() | MOMENTS)
    if state.read_until is None or draw(st.booleans()):
        following = draw(st.none() | st.dates(START, NOW.date()))
        state.first_read = FirstRead(
            draw(MOMENTS), following.isoformat() if following else None, draw(st.none() | KEYS), draw(st.booleans())
        )
    if draw(st.booleans()):
        state.changed_details = ChangedDetails(draw(MOMENTS), draw(MOMENTS), draw(KEYS))
    if draw(st.booleans()):
        state.delivered_before = delivered(draw(CONTENTS))
    if draw(st.booleans()):
        state.payments = delivered(draw(CONTENTS))
    if draw(st.booleans()):
        neighbours = draw(st.none() | st.lists(KEYS, max_size=4))
        state.read_meanwhile = ReadMeanwhile(draw(KEYS), None if neighbours is None else KeySet(neighbours))
    days = st.dates().map(date.isoformat)
    state.never_modified = draw(st.sampled_from([None, "in", "out"]))
    state.complete_up_to = draw(st.none() | KEYS)
    state.day_checksums = draw(st.dictionaries(days, st.just("00ff00ff00ff00ff"), max_size=3))
    if draw(st.booleans()):
        keys = st.lists(st.integers(1, 10**9), max_size=3)
        state.open_items = KnownOpenItems(
            draw(MOMENTS), delivered(draw(CONTENTS)), draw(st.none() | keys),
            draw(st.sampled_from([None, "open", "all"])), draw(keys), delivered(draw(CONTENTS)),
        )  # fmt: skip
    state.rows_of_days = delivered(draw(CONTENTS)).to_json()
    return state


def saved(state: StreamState, cursor: str = CURSOR) -> dict[str, Any]:
    """As the platform keeps it: JSON and back."""
    value: dict[str, Any] = json.loads(json.dumps(state.to_json(cursor)))
    return value


def read(value: Any, cursor: str = CURSOR, start: date = START, now: datetime = NOW) -> tuple[StreamState, str | None]:
    return read_state(value, cursor, OWN, start, now)


def contents(keys: DeliveredKeys | None) -> Any:
    return keys if keys is None else keys.lines_of(keys.documents)


@given(states(), st.sampled_from([CURSOR, "date", "delete_date"]))
def test_a_state_comes_back_as_it_was(state: StreamState, cursor: str) -> None:
    back, warning = read(saved(state, cursor), cursor)
    assert warning is None
    assert (back.business_id, back.start_date) == (state.business_id, state.start_date)
    assert (back.read_until, back.deletions_until) == (state.read_until, state.deletions_until)
    assert back.first_read == state.first_read
    assert back.changed_details == state.changed_details
    assert contents(back.delivered) == contents(state.delivered)
    assert contents(back.payments) == contents(state.payments)
    assert (back.read_meanwhile is None) == (state.read_meanwhile is None)
    if back.read_meanwhile and state.read_meanwhile:
        assert back.read_meanwhile.to_json() == state.read_meanwhile.to_json()
    assert contents(back.delivered_before) == contents(state.delivered_before)
    assert back.day_checksums == state.day_checksums
    assert back.rows_of_days == state.rows_of_days
    assert (back.open_items is None) == (state.open_items is None)
    if back.open_items and state.open_items:
        one, other = back.open_items, state.open_items
        assert (one.until, one.deleted_payments, one.look, one.unsettled) == (
            other.until, other.deleted_payments, other.look, other.unsettled,
        )  # fmt: skip
        assert contents(one.items) == contents(other.items.updated(other.newer))
    assert (back.never_modified, back.complete_up_to) == (state.never_modified, state.complete_up_to)


@given(states())
def test_writing_again_changes_nothing(state: StreamState) -> None:
    once = saved(state)
    assert saved(read(once)[0]) == once


@pytest.mark.parametrize("nothing", [None, {}])
def test_no_state_is_a_first_read_without_a_warning(nothing: Any) -> None:
    state, warning = read(nothing)
    assert warning is None
    assert (state.read_until, state.first_read, state.start_date) == (None, None, START)


def good() -> dict[str, Any]:
    state = StreamState(OWN, START, NOW - timedelta(days=2), NOW - timedelta(days=2))
    state.delivered = delivered({7: [70, 71]})
    state.first_read = FirstRead(NOW - timedelta(days=3), "2024-02-01", 5, True)
    state.changed_details = ChangedDetails(NOW - timedelta(days=3), NOW - timedelta(days=2), 9)
    state.delivered_before = delivered({8: []})
    state.open_items = KnownOpenItems(NOW - timedelta(days=2), delivered({7: [1 << 40]}), [3], "open", [7])
    state.rows_of_days = delivered({739_000: [5, 6]}).to_json()
    state.read_meanwhile = ReadMeanwhile(7, KeySet([3]))
    return saved(state)


def test_the_state_of_a_full_refresh_says_what_to_do() -> None:
    state, warning = read({"__ab_no_cursor_state_message": True})
    assert state.read_until is None
    assert warning is not None and "full refresh" in warning and "clear the stream's data" in warning


# --- another company --------------------------------------------------------------------------------------------------


def test_the_state_of_another_company_is_refused_with_a_sentence() -> None:
    with pytest.raises(NetvisorError) as refused:
        read({**good(), "business_id": OTHER})
    assert refused.value.failure_type == FailureType.config_error
    assert OTHER in str(refused.value)
    assert OWN in str(refused.value)


def test_another_companys_state_is_refused_even_where_it_is_damaged() -> None:
    with pytest.raises(NetvisorError):
        read({**good(), "business_id": OTHER, "version": 99, "start_date": None})


# --- from the future --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", [CURSOR, "deletions_until"])
@pytest.mark.parametrize("ahead", [timedelta(seconds=1), timedelta(hours=3), timedelta(hours=25)])
def test_a_little_ahead_is_drawn_back_to_now(field: str, ahead: timedelta) -> None:
    state, warning = read({**good(), field: clock.to_text(NOW + ahead)})
    assert warning
    assert "ahead" in warning
    moments = [state.read_until, state.deletions_until]
    assert all(moment is not None and moment <= NOW for moment in moments)
    assert contents(state.delivered) == {7: (70, 71)}


@pytest.mark.parametrize("ahead", [timedelta(days=2), timedelta(days=400), timedelta(days=365 * 70)])
@pytest.mark.parametrize("place", [CURSOR, "deletions_until", "first_read", "changed_details"])
def test_far_ahead_means_reading_anew(place: str, ahead: timedelta) -> None:
    value = good()
    moment = clock.to_text(NOW + ahead)
    if place == "first_read":
        value[place]["began"] = moment
    elif place == "changed_details":
        value[place]["until"] = moment
    else:
        value[place] = moment
    state, warning = read(value)
    assert warning
    assert "future" in warning
    assert state.read_until is None
    assert state.first_read is None
    assert state.start_date == START


# --- the start date ---------------------------------------------------------------------------------------------------


def test_a_start_date_moved_back_reads_anew_and_keeps_what_was_delivered() -> None:
    state, warning = read(good(), start=date(2020, 1, 1))
    assert warning
    assert "2020-01-01" in warning
    assert state.start_date == date(2020, 1, 1)
    assert state.first_read is not None
    # what changed since the interrupted read began is read too: older documents may have been delivered
    assert state.first_read.began == NOW - timedelta(days=3)
    assert state.first_read.next is None
    assert state.changed_details is None
    assert contents(state.delivered) == {7: (70, 71)}
    # and after a restart in the middle of it, the new start date is not moved again
    back, again = read(saved(state), start=date(2020, 1, 1), now=NOW + timedelta(hours=1))
    assert again is None
    assert back.first_read == state.first_read


def test_a_start_date_moved_back_with_a_state_from_a_clock_that_ran_ahead() -> None:
    value = {**good(), CURSOR: clock.to_text(NOW + timedelta(hours=5)), "deletions_until": None}
    state, _ = read(value, start=date(2020, 1, 1))
    assert state.first_read is not None
    assert state.read_until is None or state.read_until <= NOW


def test_a_start_date_moved_forward_reads_on() -> None:
    state, warning = read(good(), start=date(2025, 1, 1))
    assert warning is None
    assert state.start_date == date(2025, 1, 1)
    assert state.read_until == NOW - timedelta(days=2)


# --- mangled ----------------------------------------------------------------------------------------------------------

OPEN_ITEMS = good()["open_items"]
BROKEN: list[tuple[str, Any]] = [
    *[(CURSOR, value) for value in ("x", "", 5, [], {}, True, "2026-01-15", "2026-01-15T10:00:00")],
    *[("start_date", value) for value in (None, "x", 5, [], "2026-13-01")],
    *[("version", value) for value in (None, 0, 2, "1", [], {})],
    *[("business_id", value) for value in (None, 5, [], {})],
    *[("deletions_until", value) for value in ("x", 5, [], "2026-01-15T10:00:00")],
    *[("delivered", value) for value in ("x", 5, {}, [5], ["x"], [None])],
    *[("delivered_before", value) for value in ("x", 5, {}, ["x"])],
    *[("first_read", value) for value in (5, "x", [], {}, {"began": None, "next": None}, {"began": clock.to_text(NOW)},
      {"began": clock.to_text(NOW), "next": "x"}, {"began": clock.to_text(NOW), "next": 5},
      {"began": clock.to_text(NOW), "next": None, "after": "5"},
      {"began": clock.to_text(NOW), "next": None, "after": True})],
    *[("changed_details", value) for value in (5, "x", [], {}, {"since": clock.to_text(NOW)},
      {"since": clock.to_text(NOW), "until": clock.to_text(NOW), "after": None},
      {"since": clock.to_text(NOW), "until": clock.to_text(NOW), "after": 1.5})],
    *[("open_items", value) for value in (5, "x", [], {}, {**OPEN_ITEMS, "until": None}, {**OPEN_ITEMS, "items": ["x"]},
      {**OPEN_ITEMS, "items": 5}, {**OPEN_ITEMS, "deleted_payments": "x"}, {**OPEN_ITEMS, "deleted_payments": 5},
      {**OPEN_ITEMS, "unsettled": ["x"]}, {**OPEN_ITEMS, "unsettled": None}, {**OPEN_ITEMS, "look": "x"},
      {**OPEN_ITEMS, "look": []})],
    *[("read_meanwhile", value) for value in (5, "x", [], {}, {"up_to": "7", "documents": None}, {"up_to": 7},
      {"up_to": True, "documents": None}, {"up_to": 7, "documents": ""}, {"up_to": 7, "documents": ["x"]})],
    *[("rows_of_days", value) for value in (5, "x", {}, ["x"], [None])],
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), BROKEN)
def test_whatever_is_mangled_is_read_anew_with_a_warning(field: str, value: Any) -> None:
    state, warning = read({**good(), field: value})
    assert warning
    assert state.read_until is None
    assert state.first_read is None
    assert contents(state.delivered) == {}


@pytest.mark.parametrize("field", ["start_date", "version", "business_id"])
def test_whatever_is_missing_is_read_anew_with_a_warning(field: str) -> None:
    value = good()
    del value[field]
    assert read(value)[1]


def test_no_position_at_all_is_no_position() -> None:
    state, warning = read({**good(), CURSOR: None, "first_read": None})
    assert warning
    assert state.read_until is None


@pytest.mark.parametrize("value", ["x", 5, [1], [[]], True])
def test_what_is_no_object(value: Any) -> None:
    state, warning = read(value)
    assert warning
    assert state.read_until is None


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30), MOMENTS.map(clock.to_text)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=8,
)


@given(JSON)
@settings(max_examples=200)
def test_arbitrary_json_never_crashes(value: Any) -> None:
    state, warning = read(json.loads(json.dumps(value)))
    assert warning or not value
    assert state.read_until is None


@given(st.dictionaries(st.sampled_from(sorted(good())), JSON, min_size=1, max_size=3))
@settings(max_examples=500)
def test_arbitrary_json_in_a_good_state_never_crashes(changes: dict[str, Any]) -> None:
    value = {**good(), **json.loads(json.dumps(changes))}
    owner = value["business_id"]
    if isinstance(owner, str) and owner != OWN:
        with pytest.raises(NetvisorError):
            read(value)
        return
    state, _ = read(value)
    for moment in (state.read_until, state.deletions_until):
        assert moment is None or moment <= NOW
