"""What a sync asks: every day, none outside Netvisor's limits, at any date of the calendar; older windows by turns."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_netvisor import clock
from source_netvisor.changes import plan
from source_netvisor.changes.plan import full_plan, incremental_plan, is_first_of_day, log_has_gap
from source_netvisor.changes.slices import Slice, SliceKind, log_slice
from source_netvisor.changes.windows import MOST_DATES, Window, covered_months, month_of, windows
from source_netvisor.config import NetvisorConfig
from source_netvisor.state.ledger import Group
from source_netvisor.state.stream_state import StreamState
from source_netvisor.sync_context import SyncContext
from unit_tests.reading import BUSINESS_ID, CONFIG, definitions

DAY = timedelta(days=1)
LEDGERS = sorted(name for name, one in definitions().items() if one.comparison is not None)
CHANGING = [name for name in LEDGERS if definitions()[name].listing.changes is not None]
LOGS = sorted(name for name, one in definitions().items() if one.is_deletion_log)
WINDOWED = ("vouchers", "payroll_paychecks", "work_hours")
BORDERS = st.sampled_from(
    [
        # leap days, ends of years and months, both clock changes
        date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1), date(2025, 2, 28), date(2023, 12, 31),
        date(2024, 1, 1), date(2025, 12, 31), date(2026, 1, 1), date(2026, 3, 28), date(2026, 3, 29),
        date(2026, 3, 30), date(2026, 10, 24), date(2026, 10, 25), date(2026, 10, 26), date(2000, 2, 29),
    ]
)  # fmt: skip
TODAYS = st.one_of(BORDERS, st.dates(date(2000, 1, 1), date(2040, 12, 31)))
TIMES = st.times()


def context(today: date, start: date, at: time = time(12), lookback: int = 1, comparison: str = "daily") -> SyncContext:
    """A sync on that Finnish day at that Finnish time."""
    now = datetime.combine(today, at, clock.HELSINKI).astimezone(timezone.utc)
    config = NetvisorConfig.parse(
        {**CONFIG, "start_date": "2000-01-01", "lookback_days": lookback, "comparison": comparison}, {}
    )
    object.__setattr__(config, "start_date", start)
    return SyncContext(config, now)


def state(start: date, position: datetime | None = None, compared: datetime | None = None) -> StreamState:
    """A stream that knows a document."""
    made = StreamState(BUSINESS_ID, "integration.netvisor.fi", start, position=position, compared=compared)
    made.ledger.put(1, Group(1, month_of(start), (1,)))
    return made


def parameters(piece: Slice) -> dict[str, str]:
    [request] = piece.requests
    return dict(request.parameters)


def day(text: str) -> date:
    return date.fromisoformat(text[:10])


@st.composite
def calendars(draw: st.DrawFn) -> tuple[date, date]:
    """(start date, today)"""
    today = draw(TODAYS)
    return today - timedelta(days=draw(st.one_of(st.integers(0, 40), st.integers(0, 4000)))), today


def first_read(name: str, start: date, sync: SyncContext) -> list[Slice]:
    """The comparisons of a stream whose state says nothing."""
    empty = StreamState(BUSINESS_ID, "integration.netvisor.fi", start)
    made = incremental_plan(definitions()[name], empty, False, sync)
    assert [one.kind for one in made.slices] == [SliceKind.COMPARISON] * len(made.slices)
    assert [one.number for one in made.slices] == list(range(1, len(made.slices) + 1))
    assert {one.count for one in made.slices} == {len(made.slices)}
    assert made.whole and made.compares
    return made.slices


# --- whole reads ------------------------------------------------------------------------------------------------------


@given(calendars(), TIMES)
def test_vouchers_are_read_month_by_month_with_a_day_more_at_each_end(calendar: tuple[date, date], at: time) -> None:
    start, today = calendar
    slices = first_read("vouchers", start, context(today, start, at))
    spans = [(day(parameters(one)["startdate"]), day(parameters(one)["enddate"])) for one in slices]
    assert spans[0][0] == start - DAY
    assert spans[-1][1] >= date(2099, 12, 31)
    for (_, end), (begin, _) in pairwise(spans):
        assert end == begin + DAY, "one day more at each end, whatever the bounds mean"
    assert all((end - begin).days <= 32 for begin, end in spans[:-1])
    assert len(slices) == month_of(today) - month_of(start) + 1
    assert all(parameters(one)["voucherstatus"] == "1" for one in slices)


@given(calendars(), TIMES)
def test_paychecks_are_asked_for_at_most_30_days_at_once(calendar: tuple[date, date], at: time) -> None:
    start, today = calendar
    slices = first_read("payroll_paychecks", start, context(today, start, at))
    spans = [(day(parameters(one)["startdate"]), day(parameters(one)["enddate"])) for one in slices]
    assert spans[0][0] == start - DAY
    assert spans[-1][1] > today + timedelta(days=31), "open paychecks are dated ahead"
    assert all(begin <= end and (end - begin).days + 1 <= 30 for begin, end in spans)
    for (_, end), (begin, _) in pairwise(spans):
        assert end == begin + DAY


@given(calendars(), TIMES)
def test_balances_of_every_month_end(calendar: tuple[date, date], at: time) -> None:
    start, today = calendar
    slices = first_read("account_balances", start, context(today, start, at))
    dates = [day(text) for one in slices for text in parameters(one)["balancedates"].split(",")]
    assert dates == sorted(set(dates))
    assert all((one + DAY).day == 1 for one in dates)
    assert len(dates) == month_of(today) - month_of(start) + 1
    assert len(slices) == -(-len(dates) // MOST_DATES)
    assert all(len(parameters(one)["balancedates"]) < 2000 for one in slices)


@pytest.mark.parametrize("name", LEDGERS)
@given(calendar=calendars())
@settings(max_examples=15)
def test_a_whole_read_begins_before_the_start_date_or_on_it(name: str, calendar: tuple[date, date]) -> None:
    start, today = calendar
    slices = first_read(name, start, context(today, start))
    asked = parameters(slices[0])
    begins = [value for key, value in asked.items() if "begin" in key or key == "startdate"]
    assert all(day(value) <= start for value in begins)
    ends = [value for one in slices for key, value in one.requests[0].parameters if key == "enddate"]
    assert not ends or max(map(day, ends)) > today
    full = full_plan(definitions()[name], start, context(today, start))
    assert [one.requests for one in full.slices] == [one.requests for one in slices]


@given(calendars(), TIMES)
def test_hours_are_asked_for_within_one_calendar_year(calendar: tuple[date, date], at: time) -> None:
    start, today = calendar
    sync = context(today, start, at)
    made = incremental_plan(
        definitions()["work_hours"], StreamState(BUSINESS_ID, "integration.netvisor.fi", start), False, sync
    )
    found = [one.begin + n * DAY for one in made.windows for n in range((one.end - one.begin).days + 1)]
    assert found == [start + n * DAY for n in range(len(found))]
    assert found[-1] >= today + timedelta(days=31)
    assert all(one.begin.year == one.end.year for one in made.windows)


@given(calendars())
def test_each_year_from_the_start_dates_to_the_next(calendar: tuple[date, date]) -> None:
    start, today = calendar
    for name in ("budgets", "budget_accounts", "contract_invoicing"):
        [piece] = full_plan(definitions()[name], start, context(today, start)).slices
        asked = [dict(request.parameters)["year"] for request in piece.requests]
        assert asked == [str(year) for year in range(start.year, today.year + 2)]
        assert [dict(values)["year"] for _, values in piece.asked] == asked


@pytest.mark.parametrize("name", sorted(definitions()))
@given(calendar=calendars(), at=TIMES)
@settings(max_examples=10)
def test_no_placeholder_is_left_in_any_request(name: str, calendar: tuple[date, date], at: time) -> None:
    start, today = calendar
    sync = context(today, start, at)
    plans = [full_plan(definitions()[name], start, sync)]
    if definitions()[name].incremental:
        plans += [
            incremental_plan(definitions()[name], state(start, position, position), False, sync)
            for position in (None, sync.now - timedelta(days=3))
        ]
    for request in (request for made in plans for piece in made.slices for request in piece.requests):
        for key, value in request.parameters:
            assert value and "{" not in value
            assert key == key.lower()
        names: list[Any] = [key for key, _ in request.parameters]
        assert len(set(names)) == len(names)


# --- comparisons by turns ---------------------------------------------------------------------------------------------


def months_judged(name: str, today: date, made: plan.StreamPlan, start: date) -> set[int]:
    """The months of which everything is read."""
    read = made.windows or [one.window for one in made.slices if one.kind is SliceKind.COMPARISON and one.window]
    return covered_months(read, start)


@pytest.mark.parametrize("name", WINDOWED)
@given(calendar=calendars())
@settings(max_examples=40)
def test_every_older_month_has_its_turn(name: str, calendar: tuple[date, date]) -> None:
    """The recent months each day, and all older ones, whole, within as many days as there are months."""
    start, today = calendar
    definition = definitions()[name]
    known = state(start)
    due = {month_of(start + timedelta(days=n)) for n in range((today - start).days + 1)}
    assert definition.comparison is not None
    recent = {month_of(today - timedelta(days=n)) for n in range(definition.comparison.recent_days)} & due
    judged: set[int] = set()
    for number in range(len(due) + 1):
        sync = context(today, start)
        known.position = known.compared = sync.now - timedelta(days=1)
        made = incremental_plan(definition, known, False, sync)
        found = months_judged(name, today, made, start)
        assert recent <= found, number
        judged |= found
        known.turn = made.next_turn if made.next_turn is not None else known.turn
    assert due <= judged


@given(calendars())
def test_a_later_sync_of_the_day_asks_for_what_changed_only(calendar: tuple[date, date]) -> None:
    start, today = calendar
    sync = context(today, start, time(23))
    known = state(start, sync.now - timedelta(hours=2), sync.now - timedelta(hours=2))
    for name in CHANGING:
        made = incremental_plan(definitions()[name], known, False, sync)
        assert [one.kind for one in made.slices] == [SliceKind.CHANGES], name
        made = incremental_plan(
            definitions()[name], known, False, context(today, start, time(23), comparison="every_sync")
        )
        assert made.slices[0].kind is SliceKind.COMPARISON and made.slices[-1].kind is SliceKind.CHANGES
        assert made.next_turn is None


@given(TODAYS, st.integers(0, 72 * 60))
def test_the_first_sync_of_a_finnish_day(today: date, minutes: int) -> None:
    sync = context(today, date(2000, 1, 1))
    compared = sync.now - timedelta(minutes=minutes)
    wanted = clock.helsinki_date(compared) < today or minutes >= 20 * 60 or minutes == 0
    assert is_first_of_day(state(date(2000, 1, 1), compared, compared), sync) == wanted


@given(calendars(), st.data())
def test_an_interrupted_first_read_goes_on_where_it_was(calendar: tuple[date, date], data: st.DataObject) -> None:
    """And reads the recent windows again, since no list tells of what changed in them."""
    start, today = calendar
    for name in ("vouchers", "payroll_paychecks"):
        sync = context(today, start)
        whole = [one.window for one in first_read(name, start, sync)]
        place = data.draw(st.integers(0, len(whole) - 1))
        known = state(start, sync.now - timedelta(hours=1))
        known.backfill = whole[place].begin if whole[place] else None
        made = incremental_plan(definitions()[name], known, False, sync)
        rest = [one.window for one in made.slices if one.kind is SliceKind.COMPARISON]
        assert set(whole[place:]) <= set(rest) <= set(whole)
        assert month_of(today) in covered_months([one for one in rest if one], start)
        assert made.whole


# --- months -----------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 150), st.integers(0, 70)), max_size=6), st.integers(0, 60))
def test_a_month_is_covered_if_each_of_its_days_is(spans: list[tuple[int, int]], offset: int) -> None:
    base = date(2025, 1, 1)
    start = base + timedelta(days=offset)
    read = [
        Window(base + timedelta(days=begin), base + timedelta(days=begin + length))
        for begin, length in spans
        if begin + length >= offset
    ]
    days = {one.begin + n * DAY for one in read for n in range((one.end - one.begin).days + 1)}
    wanted = set()
    for number in range(12):
        first = date(2025, number + 1, 1)
        following = (first + timedelta(days=32)).replace(day=1)
        own = {first + n * DAY for n in range((following - first).days) if first + n * DAY >= start}
        if own and own <= days:
            wanted.add(month_of(first))
    assert {month for month in covered_months(read, start) if month in range(month_of(start), month_of(base) + 12)} == {
        month for month in wanted if month >= month_of(start)
    }


@given(calendars())
def test_the_windows_of_a_list_cover_every_day_once(calendar: tuple[date, date]) -> None:
    start, today = calendar
    for name in WINDOWED:
        definition = definitions()[name]
        endpoint = definition.details if definition.details and definition.details.window else definition.listing
        found = windows(endpoint, start, today)
        assert found[0].begin == start and found[-1].end >= today
        assert all(one.end + DAY == following.begin for one, following in pairwise(found))


# --- what changed, and what was deleted -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CHANGING)
@given(today=TODAYS, at=TIMES, hours=st.integers(0, 2000), lookback=st.integers(0, 366))
@settings(max_examples=25)
def test_changes_overlap_the_last_read(name: str, today: date, at: time, hours: int, lookback: int) -> None:
    sync = context(today, date(2000, 1, 1), at, lookback)
    position = sync.now - timedelta(hours=hours)
    made = incremental_plan(definitions()[name], state(date(2000, 1, 1), position, sync.now), False, sync)
    [changes] = [one for one in made.slices if one.kind is SliceKind.CHANGES]
    asked = parameters(changes)
    [since] = [asked[key] for key in ("changedsince", "lastmodifiedstart", "productchangedsince") if key in asked]
    assert day(since) == clock.helsinki_date(position) - timedelta(days=lookback + 1)
    if "lastmodifiedend" in asked:
        assert day(asked["lastmodifiedend"]) > today, "what changes during the read must not fall behind the bound"


@pytest.mark.parametrize("name", LOGS)
@given(today=TODAYS, at=TIMES, hours=st.none() | st.integers(1, 2000), lookback=st.integers(0, 366))
@settings(max_examples=25)
def test_deletions_reach_back_at_most_seven_days(
    name: str, today: date, at: time, hours: int | None, lookback: int
) -> None:
    sync = context(today, date(2000, 1, 1), at, lookback)
    position = None if hours is None else sync.now - timedelta(hours=hours)
    [piece] = incremental_plan(definitions()[name], state(date(2000, 1, 1), position), False, sync).slices
    since = day(parameters(piece)["deletedsince"])
    assert piece.kind is SliceKind.LOG
    assert today - timedelta(days=7) <= since <= today
    if position is None:
        assert since == today - timedelta(days=7)
    else:
        wanted = max(today - timedelta(days=7), clock.helsinki_date(position) - timedelta(days=lookback))
        assert wanted - DAY <= since <= wanted
    [stricter] = log_slice(definitions()[name].listing, sync.now - timedelta(days=30), sync, 1).requests
    assert day(dict(stricter.parameters)["deletedsince"]) == today - timedelta(days=6)


@given(TODAYS, TIMES, st.integers(0, 40 * 24))
def test_a_log_has_a_gap_after_seven_days(today: date, at: time, hours: int) -> None:
    sync = context(today, date(2000, 1, 1), at)
    known = state(date(2000, 1, 1))
    assert not log_has_gap(known, sync)
    known.deletions_until = sync.now - timedelta(hours=hours)
    assert log_has_gap(known, sync) == (clock.helsinki_date(known.deletions_until) <= today - timedelta(days=7))
