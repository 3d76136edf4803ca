"""The saved state: it comes back as it was, and what can't be right is never obeyed in silence."""

from __future__ import annotations

import json
import time
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from airbyte_cdk.models import FailureType
from hypothesis import given, settings
from hypothesis import strategies as st

from source_netvisor import clock
from source_netvisor.errors import NetvisorError
from source_netvisor.state.ledger import Group, Ledger
from source_netvisor.state.state_reader import NO_CURSOR, ReadState, is_foreign, read_state
from source_netvisor.state.stream_state import StreamState

NOW = datetime(2026, 1, 15, 10, 0, 0, 123456, tzinfo=timezone.utc)
TODAY = date(2026, 1, 15)
OWN, OTHER = "1967543-8", "0737546-2"
HOST, TEST_HOST = "isvapi.netvisor.fi", "isvapi.example.fi"
START = date(2024, 1, 1)
POSITION = "_ab_modified_until"

MOMENTS = st.datetimes(datetime(2024, 1, 1), NOW.replace(tzinfo=None), timezones=st.just(timezone.utc))  # noqa: DTZ001
DAYS = st.dates(START, TODAY)
KEYS = st.integers(-(1 << 63), (1 << 63) - 1)


def ledger(*keys: int) -> Ledger:
    held = Ledger()
    for key in keys:
        held.put(key, Group(key & 0xFFFF, 24300, (key,)))
    return held


@st.composite
def states(draw: st.DrawFn) -> StreamState:
    state = StreamState(OWN, HOST, START, ledger=ledger(*draw(st.lists(KEYS, max_size=5))))
    state.position = draw(st.none() | MOMENTS)
    state.cursor = draw(st.none() | MOMENTS)
    state.shape = draw(st.sampled_from(["", "fi 1", "en withdetails=1 record 3"]))
    state.compared = draw(st.none() | MOMENTS) if state.position else None
    state.turn, state.turn_key = draw(st.none() | DAYS), draw(st.none() | KEYS)
    state.backfill, state.backfill_began = draw(st.none() | DAYS), draw(st.none() | MOMENTS)
    state.doubted = draw(st.none() | st.tuples(DAYS, st.integers(0, 10**6)))
    state.unstable_on = draw(st.none() | DAYS)
    state.deletions_until = draw(st.none() | MOMENTS)
    state.triggers = draw(st.dictionaries(st.sampled_from(["salespaymentlist.nv", "x"]), st.integers(0, (1 << 32) - 1)))
    return state


def saved(state: StreamState) -> dict[str, Any]:
    """As the platform keeps it: JSON and back."""
    value: dict[str, Any] = json.loads(json.dumps(state.to_json()))
    return value


def read(value: Any, start: date | None = START, now: datetime = NOW) -> ReadState:
    return read_state(value, business_id=OWN, host=HOST, start_date=start, now=now, bits=24)


def good() -> dict[str, Any]:
    before = NOW - timedelta(days=2)
    state = StreamState(OWN, HOST, START, before, before, "fi 1", before, date(2024, 5, 1), 77)
    state.backfill, state.backfill_began = date(2025, 3, 1), before
    state.doubted, state.deletions_until = (date(2026, 1, 14), 25), before
    state.triggers = {"purchasepaymentlist.nv": 5}
    state.ledger = ledger(1, 2, 3)
    return saved(state)


def assert_compared_again(result: ReadState) -> None:
    """The destination's content is known, nothing else is trusted, and it is said."""
    state = result.state
    assert result.warning
    assert [key for key, _ in state.ledger.items()] == [1, 2, 3]
    assert all(group.fingerprint is None for _, group in state.ledger.items())
    assert (state.position, state.compared, state.deletions_until, state.backfill, state.turn) == (None,) * 5
    assert (state.shape, state.doubted, state.triggers) == ("", None, {})


def assert_fresh(result: ReadState) -> None:
    """The stream is read from its beginning, and it is said."""
    assert result.warning
    assert len(result.state.ledger) == 0
    assert result.state.position is None


@given(states())
def test_a_state_comes_back_as_it_was(state: StreamState) -> None:
    back = read(saved(state))
    assert (back.warning, back.saved_start) == (None, START)
    assert list(back.state.ledger.items()) == list(state.ledger.items())
    state.ledger = back.state.ledger
    assert back.state == state
    assert saved(back.state) == saved(state)


@pytest.mark.parametrize("nothing", [None, {}])
@pytest.mark.parametrize(("configured", "start"), [(START, START), (None, START)])
def test_no_state_is_no_warning(nothing: Any, configured: date | None, start: date) -> None:
    result = read(nothing, configured)
    assert (result.warning, result.saved_start) == (None, None)
    assert (result.state.position, result.state.start_date, len(result.state.ledger)) == (None, start, 0)


def test_the_position_is_seen_by_whoever_looks_at_the_connection() -> None:
    assert good()[POSITION] == "2026-01-13T10:00:00.123456Z"
    assert saved(StreamState(OWN, HOST, START))[POSITION] is None


# --- another company, another host ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("field", "other"), [("business_id", OTHER), ("host", TEST_HOST)])
@pytest.mark.parametrize("more", [{}, {"version": 99, "start_date": None, "ledger": "x"}])
def test_a_state_of_other_data_is_refused_with_a_sentence(field: str, other: str, more: dict[str, Any]) -> None:
    value = {**good(), field: other, **more}
    with pytest.raises(NetvisorError) as refused:
        read(value)
    assert refused.value.code == "foreign_state"
    assert refused.value.failure_type == FailureType.config_error
    assert other in str(refused.value)
    assert good()[field] in str(refused.value)
    assert is_foreign(value, OWN, HOST)


@pytest.mark.parametrize("value", [None, {}, 5, "x", [], {NO_CURSOR: True}, {"business_id": 5}, {"host": None}])
def test_what_says_no_owner_is_not_foreign(value: Any) -> None:
    assert not is_foreign(value, OWN, HOST)
    assert not is_foreign(good(), OWN, HOST)


def test_a_hostile_owner_is_shown_short_and_on_one_line() -> None:
    with pytest.raises(NetvisorError) as refused:
        read({**good(), "business_id": "x\ny\ud800" * 500_000})
    assert len(str(refused.value)) < 600
    assert "\n" not in str(refused.value)
    str(refused.value).encode()


# --- ahead of the clock -----------------------------------------------------------------------------------------------

MOMENT_FIELDS = [POSITION, "compared", "deletions_until", "began"]


def with_moment(field: str, moment: datetime) -> dict[str, Any]:
    value = good()
    (value["backfill"] if field == "began" else value)[field] = clock.to_text(moment)
    return value


@pytest.mark.parametrize("field", MOMENT_FIELDS)
@pytest.mark.parametrize("ahead", [timedelta(seconds=1), timedelta(hours=3), timedelta(hours=25)])
def test_a_little_ahead_is_drawn_back_to_now(field: str, ahead: timedelta) -> None:
    result = read(with_moment(field, NOW + ahead))
    state = result.state
    assert result.warning and "ahead" in result.warning
    moments = [state.position, state.compared, state.deletions_until, state.backfill_began]
    assert max(moment for moment in moments if moment) == NOW
    assert list(state.ledger.items()) == list(ledger(1, 2, 3).items())


@pytest.mark.parametrize("field", MOMENT_FIELDS)
@pytest.mark.parametrize("ahead", [timedelta(days=2), timedelta(days=400), timedelta(days=365 * 70)])
def test_far_ahead_means_comparing_everything(field: str, ahead: timedelta) -> None:
    result = read(with_moment(field, NOW + ahead))
    assert_compared_again(result)
    assert "future" in str(result.warning)


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=400)])
def test_a_cursor_ahead_is_kept_because_rows_carry_it(ahead: timedelta) -> None:
    cursor = NOW + ahead
    result = read({**good(), "cursor": clock.to_text(cursor)})
    assert result.state.cursor == cursor
    assert result.warning is None
    # also where the rest of the state can't be used
    for wrong in ({"version": 1}, {"ledger": ["x"]}, {"shape": 5}):
        assert read({**good(), "cursor": clock.to_text(cursor), **wrong}).state.cursor == cursor


def test_a_position_ahead_becomes_the_cursor_where_none_can_be_read() -> None:
    ahead = NOW + timedelta(days=400)
    value = {**with_moment(POSITION, ahead), "cursor": "x"}
    assert_compared_again(read(value))
    assert read(value).state.cursor == ahead


# --- the start date ---------------------------------------------------------------------------------------------------


def test_a_start_date_moved_back_compares_everything_from_there() -> None:
    result = read(good(), date(2020, 1, 1))
    assert result.warning and "2020-01-01" in result.warning
    assert (result.state.start_date, result.saved_start) == (date(2020, 1, 1), START)
    assert (result.state.compared, result.state.backfill, result.state.turn) == (None, None, None)
    assert result.state.position == NOW - timedelta(days=2)
    assert list(result.state.ledger.items()) == list(ledger(1, 2, 3).items())
    again = read(saved(result.state), date(2020, 1, 1))
    assert (again.warning, again.saved_start) == (None, date(2020, 1, 1))


def test_a_start_date_moved_forward_goes_on_with_what_is_left() -> None:
    result = read(good(), date(2025, 6, 1))
    assert result.warning and "2025-06-01" in result.warning
    assert (result.state.start_date, result.saved_start) == (date(2025, 6, 1), START)
    assert result.state.position == NOW - timedelta(days=2)
    assert result.state.compared is None
    assert (result.state.backfill, result.state.turn) == (date(2025, 6, 1), None)


def test_an_empty_start_date_is_that_of_the_state() -> None:
    result = read({**good(), "start_date": "2019-05-01"}, None)
    assert (result.state.start_date, result.warning) == (date(2019, 5, 1), None)
    # also after New Year's Night, and where the rest of the state can't be used
    assert read({**good(), "start_date": "2019-05-01"}, None, NOW + timedelta(days=400)).state.start_date.year == 2019
    assert read({**good(), "start_date": "2019-05-01", "version": 1}, None).state.start_date == date(2019, 5, 1)
    assert read({**good(), "start_date": "9999-05-01"}, None).state.start_date == START


# --- mangled ----------------------------------------------------------------------------------------------------------

MOMENTS_OF_NO_SYNC = [
    "x", "", 5, 10**30, [], {}, True, "2026-01-15", "2026-01-15T10:00:00", "2026-01-15T10:00:00+14:00",
    "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2026-W01-1T00:00:00Z",
    "2026-01-15T10:00:00.1234567Z", "2026-02-30T10:00:00Z", "2026-01-15T25:00:00Z", "٢٠٢٦-01-15T10:00:00Z",
    " 2026-01-15T10:00:00Z", "2026-01-15T10:00:00Z\n", "2026-01-15T10:00:00Z" * 100_000,
]  # fmt: skip
DAYS_OF_NO_SYNC = [
    "x", "", 5, 10**30, [], {}, True, 9999, "2026-13-01", "2026-02-30", "0001-01-01", "9999-12-31", "2026-W01-1",
    "20260115", "2030-01-01", "٢٠٢٦-01-15", "2026-01-15\n",
]  # fmt: skip
NO_INTEGERS = ["5", 5.0, 1.5, [], {}, True, 10**30, -(10**30), 1 << 63]
BROKEN: list[tuple[str, Any]] = [
    *[(name, value) for name in (POSITION, "cursor", "compared", "deletions_until") for value in MOMENTS_OF_NO_SYNC],
    *[(name, value) for name in ("start_date", "turn") for value in DAYS_OF_NO_SYNC],
    ("start_date", None),
    *[("version", value) for value in (None, 0, 1, 3, 10**30, "2", 2.0, [], {}, True)],
    *[(name, value) for name in ("business_id", "host") for value in (None, 5, 10**30, [], {})],
    *[("shape", value) for value in (None, 5, [], {}, "x" * 3000, "x\n", "\ud800", "é")],
    *[("turn_key", value) for value in NO_INTEGERS],
    *[("backfill", value) for value in (5, "x", [], {}, {"next": None}, {"next": None, "began": None, "more": 1})],
    *[("backfill", {"next": value, "began": None}) for value in DAYS_OF_NO_SYNC],
    *[("backfill", {"next": None, "began": value}) for value in MOMENTS_OF_NO_SYNC],
    *[("doubted", value) for value in (5, "x", [], {}, {"day": "2026-01-14"}, {"day": None, "count": 5})],
    *[("doubted", {"day": value, "count": 5}) for value in DAYS_OF_NO_SYNC],
    *[("unstable_on", value) for value in DAYS_OF_NO_SYNC],
    *[("doubted", {"day": "2026-01-14", "count": value}) for value in [*NO_INTEGERS, None, -1]],
    *[("triggers", value) for value in (5, "x", [], {"x": None}, {"x": -1}, {"x": 1 << 64}, {"x": 10**30}, {"é": 1})],
    ("triggers", {str(number): 1 for number in range(1000)}),
]
BROKEN_LEDGERS = [None, 5, 10**30, "x", {}, [5], ["x"], [None], [["x"]], [10**30], ["A" * 2_000_000]]


@pytest.mark.parametrize(("field", "value"), BROKEN, ids=lambda value: repr(value)[:30])
def test_whatever_is_mangled_leads_to_a_comparison(field: str, value: Any) -> None:
    assert_compared_again(read({**good(), field: value}))


@pytest.mark.parametrize("field", ["start_date", "version", "business_id", "host", "shape", POSITION])
def test_whatever_is_missing_leads_to_a_comparison(field: str) -> None:
    value = good()
    del value[field]
    assert_compared_again(read(value))


@pytest.mark.parametrize("value", BROKEN_LEDGERS, ids=lambda value: repr(value)[:30])
def test_without_a_ledger_the_stream_is_read_from_its_beginning(value: Any) -> None:
    for more in ({}, {"version": 1}, {POSITION: "x"}):
        result = read({**good(), "ledger": value, **more})
        assert_fresh(result)
        assert "clear the stream's data" in str(result.warning)


@pytest.mark.parametrize(
    "value", ["x", "", 5, 0, [], [1], [[]], True, False, {"x": 1}, {"version": 2}, {NO_CURSOR: True}]
)
def test_what_is_no_state(value: Any) -> None:
    assert_fresh(read(value))


def test_the_state_of_a_full_refresh_is_called_so() -> None:
    assert "full refresh" in str(read({NO_CURSOR: True}).warning)


JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.sampled_from([10**30, -(10**30), 1 << 63]), st.floats(),
        st.text(max_size=30), MOMENTS.map(clock.to_text), st.datetimes().map(datetime.isoformat),
        st.dates().map(date.isoformat),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=8,
)  # fmt: skip


@given(JSON)
@settings(max_examples=200)
def test_arbitrary_json_never_crashes(value: Any) -> None:
    result = read(json.loads(json.dumps(value)))
    assert result.warning or not value
    assert result.state.position is None


def assert_usable(result: ReadState) -> None:
    """What a sync does with it: nothing overflows, and it can be written as UTF-8."""
    state = result.state
    for moment in (state.position, state.compared, state.deletions_until, state.backfill_began):
        assert moment is None or moment <= NOW
    for day in (state.start_date, state.turn, state.backfill):
        assert day is None or 1950 <= day.year <= NOW.year + 3
    if state.cursor:
        state.cursor += timedelta(days=1)
    # orjson takes integers of 64 bits only
    json.dumps(state.to_json(), ensure_ascii=False).encode()
    assert all(abs(number) < 1 << 64 for number in state.triggers.values())
    list(state.ledger.items())


@given(st.dictionaries(st.sampled_from(sorted(good())), JSON, min_size=1, max_size=3))
@settings(max_examples=500)
def test_arbitrary_json_in_a_good_state_never_crashes(changes: dict[str, Any]) -> None:
    value = {**good(), **json.loads(json.dumps(changes))}
    if is_foreign(value, OWN, HOST):
        with pytest.raises(NetvisorError):
            read(value)
        return
    assert_usable(read(value))


@given(st.integers(0, 5000), st.characters(codec="utf-8"), st.booleans())
@settings(max_examples=1000)
def test_a_changed_character_never_crashes(place: int, letter: str, inserted: bool) -> None:
    text = json.dumps(good())
    place %= len(text)
    try:
        value = json.loads(text[:place] + letter + text[place + (not inserted) :])
    except ValueError:
        return
    if is_foreign(value, OWN, HOST):
        return
    assert_usable(read(value))


def test_no_state_takes_long() -> None:
    """Two megabytes in each place that takes a text, a number or a list."""
    large = [
        10**4000,
        "9" * 2_000_000,
        ["AAAA"] * 100_000,
        {str(number): number for number in range(100_000)},
        "gA" * 10**6,
    ]
    began = time.process_time()
    for name in good():
        for value in large:
            changed = {**good(), name: value}
            if not is_foreign(changed, OWN, HOST):
                assert read(changed).warning
    assert time.process_time() - began < 10
