"""The windows that a sync asks for: every day, no day outside Netvisor's limits, at any date of the calendar."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from source_netvisor.state.delivered_keys import DeliveredKeys
from source_netvisor.sync.plan import SyncContext, Task

from source_netvisor import clock
from source_netvisor.config import NetvisorConfig
from source_netvisor.state.stream_state import ChangedDetails, FirstRead, StreamState
from source_netvisor.sync import plan
from unit_tests.reading import BUSINESS_ID, CONFIG, definitions

DAY = timedelta(days=1)
DATED = sorted(name for name, one in definitions().items() if one.cursor_field and not one.listing.deletion_list)
CHANGING = [name for name in DATED if definitions()[name].listing.changes is not None]
REREAD = [name for name in DATED if definitions()[name].listing.changes is None]
DELETIONS = sorted(name for name, one in definitions().items() if one.listing.deletion_list)
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


def context(today: date, start: date, at: time = time(12), lookback: int = 1) -> SyncContext:
    """A sync on that Finnish day at that Finnish time."""
    now = datetime.combine(today, at, clock.HELSINKI).astimezone(timezone.utc)
    config = NetvisorConfig.parse({**CONFIG, "start_date": "2000-01-01", "lookback_days": lookback}, {})
    object.__setattr__(config, "start_date", start)
    return SyncContext(config, now)


def state(start: date, read_until: datetime | None = None) -> StreamState:
    """A stream that has delivered documents and knows that the filter for changes gives those never modified."""
    delivered = DeliveredKeys()
    for key in range(plan.FEW):
        delivered.put(key + 1)
    return StreamState(BUSINESS_ID, start, read_until, delivered=delivered, never_modified="in")


def parameters(task: Task) -> dict[str, str]:
    [(request, _)] = task.requests
    return dict(request.parameters)


def day(text: str) -> date:
    return date.fromisoformat(text[:10])


def contiguous(tasks: list[Task]) -> None:
    """The windows of a first read follow each other, and each knows the next."""
    for task, following in pairwise(tasks):
        assert task.following == following.begins
        assert task.begins < following.begins
    assert tasks[-1].following is None
    assert [task.number for task in tasks] == list(range(1, len(tasks) + 1))
    assert {task.count for task in tasks} == {len(tasks)}


@st.composite
def calendars(draw: st.DrawFn) -> tuple[date, date]:
    """(start date, today)"""
    today = draw(TODAYS)
    return today - timedelta(days=draw(st.one_of(st.integers(0, 40), st.integers(0, 4000)))), today


# --- first reads ------------------------------------------------------------------------------------------------------


@given(calendars(), TIMES)
def test_the_ledger_is_read_month_by_month_with_a_day_more_at_each_end(calendar: tuple[date, date], at: time) -> None:
    start, today = calendar
    tasks = plan.tasks(definitions()["vouchers"], state(start), context(today, start, at))
    contiguous(tasks)
    assert all(task.kind == "first" for task in tasks)
    spans = [(day(parameters(task)["startdate"]), day(parameters(task)["enddate"])) for task in tasks]
    assert spans[0][0] == start - DAY
    assert spans[-1][1] >= date(2099, 12, 31)
    for (_, end), (begin, _) in pairwise(spans):
        assert end == begin + DAY, "one day more at each end, whatever the bounds mean"
    for begin, end in spans[:-1]:
        assert (end - begin).days <= 32
    months = (today.year - start.year) * 12 + today.month - start.month + 1
    assert len(tasks) == months
    assert all(parameters(task)["voucherstatus"] == "1" for task in tasks)


@given(calendars(), TIMES)
def test_paychecks_are_asked_for_at_most_30_days_at_once(calendar: tuple[date, date], at: time) -> None:
    start, today = calendar
    tasks = plan.tasks(definitions()["payroll_paychecks"], state(start), context(today, start, at))
    contiguous(tasks)
    spans = [(day(parameters(task)["startdate"]), day(parameters(task)["enddate"])) for task in tasks]
    assert spans[0][0] == start - DAY
    assert spans[-1][1] > today + timedelta(days=31), "open paychecks are dated ahead"
    for begin, end in spans:
        assert (end - begin).days + 1 <= 30
        assert begin <= end
    for (_, end), (begin, _) in pairwise(spans):
        assert end == begin + DAY


@given(calendars(), TIMES, st.integers(0, 366))
def test_work_days_are_asked_for_within_one_calendar_year(calendar: tuple[date, date], at: time, lookback: int) -> None:
    start, today = calendar
    ask = definitions()["work_hours"].details
    assert ask is not None
    sync = context(today, start, at, lookback)
    for read_until in (None, sync.now - DAY, sync.now - timedelta(days=100)):
        first = plan.reread_from(ask, state(start, read_until), sync)
        assert first >= start
        if read_until:
            assert first <= max(start, clock.helsinki_date(read_until) - timedelta(days=90))
        windows = plan.windows(ask, first, sync)
        spans = [(day(window["from"]), day(window["to"])) for window in windows]
        found = [begin + n * DAY for begin, end in spans for n in range((end - begin).days + 1)]
        assert found[0] == first
        assert found == [first + n * DAY for n in range(len(found))]
        assert found[-1] >= today + timedelta(days=31)
        assert all(begin.year == end.year for begin, end in spans)


@given(calendars(), TIMES)
def test_balances_of_every_month_end(calendar: tuple[date, date], at: time) -> None:
    start, today = calendar
    tasks = plan.tasks(definitions()["account_balances"], state(start), context(today, start, at))
    contiguous(tasks)
    dates = [day(text) for task in tasks for text in parameters(task)["balancedates"].split(",")]
    assert dates == sorted(set(dates))
    assert all((one + DAY).day == 1 for one in dates)
    assert (dates[0].year, dates[0].month) == (start.year, start.month)
    assert (dates[-1].year, dates[-1].month) == (today.year, today.month)
    assert len(dates) == (today.year - start.year) * 12 + today.month - start.month + 1
    assert all(len(parameters(task)["balancedates"]) < 2000 for task in tasks)


@pytest.mark.parametrize("name", DATED)
@given(calendar=calendars())
@settings(max_examples=15)
def test_a_first_read_begins_before_the_start_date_or_on_it(name: str, calendar: tuple[date, date]) -> None:
    start, today = calendar
    tasks = plan.tasks(definitions()[name], state(start), context(today, start))
    contiguous(tasks)
    asked = dict(tasks[0].requests[0][0].parameters)
    begins = [value for key, value in asked.items() if "begin" in key or key == "startdate"]
    assert all(day(value) <= start for value in begins)
    ends = [value for task in tasks for key, value in task.requests[0][0].parameters if key == "enddate"]
    assert not ends or max(map(day, ends)) > today


@given(calendars())
def test_each_year_from_the_start_dates_to_the_next(calendar: tuple[date, date]) -> None:
    start, today = calendar
    for name in ("budgets", "budget_accounts", "contract_invoicing"):
        [task] = plan.tasks(definitions()[name], state(start), context(today, start))
        asked = [dict(request.parameters)["year"] for request, _ in task.requests]
        assert asked == [str(year) for year in range(start.year, today.year + 2)]
        assert [dict(words)["year"] for _, words in task.requests] == asked


# --- a first read that was interrupted --------------------------------------------------------------------------------


@given(calendars(), st.data(), st.integers(0, 60))
def test_an_interrupted_first_read_goes_on_where_it_was(
    calendar: tuple[date, date], data: st.DataObject, pause: int
) -> None:
    start, today = calendar
    for name in ("vouchers", "payroll_paychecks", "sales_invoices", "account_balances"):
        began = context(today, start)
        whole = plan.tasks(definitions()[name], state(start), began)
        place = data.draw(st.integers(0, len(whole) - 1))
        interrupted = state(start)
        interrupted.first_read = FirstRead(began.now, whole[place].begins, data.draw(st.none() | st.integers(1, 9)))
        later = context(today + timedelta(days=pause), start)
        rest = plan.tasks(definitions()[name], interrupted, later)
        firsts = [task for task in rest if task.kind == "first"]
        assert firsts[0].begins == whole[place].begins
        assert firsts[0].after == interrupted.first_read.after
        assert all(task.after is None for task in firsts[1:])
        assert {task.begins for task in whole[place:]} <= {task.begins for task in firsts}
        changes = [task for task in rest if task.kind == "changes"]
        if definitions()[name].listing.changes is not None and pause:
            [task] = changes
            assert rest[-1] == task
            assert (task.since, task.until) == (began.now, later.now)
        else:
            assert not changes


# --- later reads ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CHANGING)
@given(today=TODAYS, at=TIMES, hours=st.integers(0, 2000), lookback=st.integers(0, 366))
@settings(max_examples=25)
def test_changes_overlap_the_last_read(name: str, today: date, at: time, hours: int, lookback: int) -> None:
    sync = context(today, date(2000, 1, 1), at, lookback)
    read_until = sync.now - timedelta(hours=hours)
    [task] = plan.tasks(definitions()[name], state(date(2000, 1, 1), read_until), sync)
    assert (task.kind, task.since, task.until) == ("changes", read_until, sync.now)
    asked = parameters(task)
    [since] = [
        value for key, value in asked.items() if key in ("changedsince", "lastmodifiedstart", "productchangedsince")
    ]
    assert day(since) == clock.helsinki_date(read_until) - timedelta(days=lookback + 1)
    for key, value in asked.items():
        if key == "lastmodifiedend":
            assert day(value) > today, "what changes during the read must not fall behind the bound"


@pytest.mark.parametrize("name", REREAD)
@given(today=TODAYS, at=TIMES, age=st.integers(0, 400), lookback=st.integers(0, 366))
@settings(max_examples=25)
def test_lists_without_a_filter_for_changes_are_read_again(
    name: str, today: date, at: time, age: int, lookback: int
) -> None:
    definition = definitions()[name]
    start = date(2000, 1, 1)
    sync = context(today, start, at, lookback)
    read_until = sync.now - timedelta(days=age)
    tasks = plan.tasks(definition, state(start, read_until), sync)
    assert all(task.kind == "dates" for task in tasks)
    asked = dict(tasks[0].requests[0][0].parameters)
    again = clock.helsinki_date(read_until) - timedelta(days=max(definition.listing.reread_days, lookback))
    if name == "account_balances":
        dates = [day(text) for task in tasks for text in parameters(task)["balancedates"].split(",")]
        assert len([one for one in dates if one <= clock.month_ends(today, today)[0]]) >= 13 or dates[0].year == 2000
        assert dates[0] <= max(start, again) + timedelta(days=31)
    if name == "purchase_payments":
        # all of them, and those that may have been made ahead for an invoice, in one call
        assert day(asked["limitbegindate"]) == start - timedelta(days=366)
        assert len(tasks) == 1
        assert plan.reread_from(definition.listing, state(start, read_until), sync) == max(start, again)
    for key in ("startdate",):
        if key in asked:
            assert day(asked[key]) <= max(start, again)
            assert day(asked[key]) >= max(start, again) - timedelta(days=29)


@given(TODAYS, TIMES, st.integers(0, 200), st.integers(0, 4000))
def test_every_month_end_is_asked_for_again_and_thirteen_are_sent(today: date, at: time, hours: int, age: int) -> None:
    start = today - timedelta(days=age)
    sync = context(today, start, at)
    known = state(start, sync.now - timedelta(hours=hours))
    tasks = plan.tasks(definitions()["account_balances"], known, sync)
    dates = [day(text) for task in tasks for text in parameters(task)["balancedates"].split(",")]
    assert dates == clock.month_ends(start, today)
    assert len(tasks) == -(-len(dates) // plan.MOST_DATES)
    sent = [one for one in dates if one >= plan.reread_from(definitions()["account_balances"].listing, known, sync)]
    assert len(sent) in (13, 14, 15) or sent == dates


@given(TODAYS, TIMES, TIMES, st.integers(0, 40), st.integers(1, 10**6))
def test_details_that_were_interrupted(today: date, at: time, before: time, days: int, after: int) -> None:
    sync = context(today, date(2000, 1, 1), at)
    until = context(today - timedelta(days=days), date(2000, 1, 1), before).now
    if until > sync.now:
        return
    interrupted = state(date(2000, 1, 1), until - timedelta(days=5))
    interrupted.changed_details = ChangedDetails(until - timedelta(days=5), until, after)
    tasks = plan.tasks(definitions()["sales_invoice_details"], interrupted, sync)
    assert tasks[0].since == until - timedelta(days=5)
    assert tasks[-1].until == sync.now
    if len(tasks) == 1:
        assert tasks[0].after is None, "the keys above may have changed again"
    else:
        assert [task.after for task in tasks] == [after, None]
        assert tasks[0].until == tasks[1].since
    # what changed after the interruption is asked for from before it on, whatever was left out by its key
    assert day(parameters(tasks[-1])["lastmodifiedstart"]) < clock.helsinki_date(until)


# --- deletions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DELETIONS)
@given(today=TODAYS, at=TIMES, hours=st.none() | st.integers(0, 2000), lookback=st.integers(0, 366))
@settings(max_examples=25)
def test_deletions_reach_back_at_most_seven_days(
    name: str, today: date, at: time, hours: int | None, lookback: int
) -> None:
    sync = context(today, date(2000, 1, 1), at, lookback)
    read_until = None if hours is None else sync.now - timedelta(hours=hours)
    [task] = plan.tasks(definitions()[name], state(date(2000, 1, 1), read_until), sync)
    since = day(parameters(task)["deletedsince"])
    assert today - timedelta(days=7) <= since <= today
    assert task.until == sync.now
    if read_until is None:
        assert since == today - timedelta(days=7)
    else:
        wanted = max(today - timedelta(days=7), clock.helsinki_date(read_until) - timedelta(days=lookback))
        assert wanted - DAY <= since <= wanted


# --- everything -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(definitions()))
@given(calendar=calendars(), at=TIMES)
@settings(max_examples=10)
def test_no_word_is_left_in_any_request(name: str, calendar: tuple[date, date], at: time) -> None:
    start, today = calendar
    sync = context(today, start, at)
    for position in (None, sync.now - timedelta(days=3)):
        for task in plan.tasks(definitions()[name], state(start, position), sync):
            for request, _ in task.requests:
                for key, value in request.parameters:
                    assert "{" not in value
                    assert value
                    assert key == key.lower()
                names: list[Any] = [key for key, _ in request.parameters]
                assert len(set(names)) == len(names)


@given(calendars(), TIMES)
def test_two_plans_of_one_moment_are_the_same(calendar: tuple[date, date], at: time) -> None:
    start, today = calendar
    for name in DATED:
        sync = context(today, start, at)
        assert plan.tasks(definitions()[name], state(start), sync) == plan.tasks(
            definitions()[name], state(start), sync
        )


# --- documents that nobody has modified -------------------------------------------------------------------------------

MAY_LEAVE_OUT = [name for name in CHANGING if definitions()[name].listing.ever_modified is not None]


@pytest.mark.parametrize("name", MAY_LEAVE_OUT)
@given(today=TODAYS, at=TIMES, days=st.integers(0, 40), up_to=st.none() | st.integers(0, 10**9))
@settings(max_examples=25)
def test_new_documents_are_asked_for_where_the_changes_may_leave_them_out(
    name: str, today: date, at: time, days: int, up_to: int | None
) -> None:
    start = date(2000, 1, 1)
    sync = context(today, start, at)
    known = state(start, sync.now - timedelta(days=days))
    known.complete_up_to = up_to
    ask = definitions()[name].listing
    for reading, kinds in (("in", ["changes"]), ("out", ["changes", "new"]), (None, ["changes", "new"])):
        known.never_modified = reading
        tasks = plan.tasks(definitions()[name], known, sync)
        assert [task.kind for task in tasks] == kinds
        assert [task.order for task in tasks] == sorted(task.order for task in tasks)
        for task in tasks[1:]:
            asked = parameters(task)
            above = asked.pop("invoicesabovenetvisorkey", None)
            assert above == (str(up_to) if ask.read_on and reading == "out" and up_to is not None else None)
            first = plan.tasks(definitions()[name], state(start), sync)
            assert asked == parameters(first[0]), "as a first read asks"
    known.delivered = DeliveredKeys()
    for reading in ("in", "out", None):
        known.never_modified = reading
        assert [task.kind for task in plan.tasks(definitions()[name], known, sync)] == ["first"]


@pytest.mark.parametrize("name", MAY_LEAVE_OUT)
@given(
    today=TODAYS, at=TIMES, days=st.integers(0, 40), ended=st.none() | st.integers(0, 40),
    delivered=st.integers(1, 2 * plan.FEW),
)  # fmt: skip
@settings(max_examples=25)
def test_few_documents_are_not_believed_once_a_day(
    name: str, today: date, at: time, days: int, ended: int | None, delivered: int
) -> None:
    start = date(2000, 1, 1)
    sync = context(today, start, at)
    known = state(start, sync.now - timedelta(days=days))
    known.deletions_until = None if ended is None else context(today - timedelta(days=ended), start, at).now
    known.delivered = DeliveredKeys()
    for key in range(delivered):
        known.delivered.put(key + 1)
    kinds = [task.kind for task in plan.tasks(definitions()[name], known, sync)]
    assert kinds == ["changes"] + ["new"] * (delivered < 20 and ended != 0)
