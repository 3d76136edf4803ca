"""What one sync asks of a listing for one stream: the windows that its state leaves to be read."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from source_netvisor import clock
from source_netvisor.config import NetvisorConfig
from source_netvisor.manifest.stream_definition import Ask, StreamDefinition
from source_netvisor.netvisor.client import Request
from source_netvisor.state.stream_state import StreamState

DELETIONS_REMEMBERED = timedelta(days=7)
"""How far back a list of deletions reaches (articles 766891, 769769, ...)."""
SAFETY = timedelta(days=1)
"""Added to the lookback: whether `changedsince`, `lastmodifiedstart` and `deletedsince` include their own day is not
documented."""
YEAR = timedelta(days=366)
FIRST_MONTH = date(2000, 1, 1)
"""The first month that financialobligationstatus.nv takes (article 77000595410)."""
LONG_AGO = date(1990, 1, 1)
"""Before every document."""
FEW = 20
"""Documents below which all of them may well have been modified, so that they cannot show whether the filter for
changes leaves out what nobody has modified (never_modified.py)."""
MOST_DATES = 120
"""Balance dates in one request; a request for 500 keys, which Netvisor documents as allowed, is longer."""


@dataclass(frozen=True)
class SyncContext:
    """What all streams of a sync have in common.

    Args:
        config: the company.
        now: the moment that the sync began; what is read later counts as read then, so nothing falls between two syncs.
    """

    config: NetvisorConfig
    now: datetime

    @property
    def today(self) -> date:
        """In Finland."""
        return clock.helsinki_date(self.now)

    def words(self) -> dict[str, str]:
        """The words in parameters that do not depend on a window."""
        tomorrow = (self.today + timedelta(days=1)).isoformat()
        return {"today": self.today.isoformat(), "tomorrow": tomorrow, "until": tomorrow}


@dataclass(frozen=True)
class Task:
    """One window of a listing.

    Args:
        kind: `whole` (all there is), `first` (a window of a first read), `dates` (a window that each sync reads again),
            `changes` (what changed since a moment), `new` (documents that the filter for changes may leave out),
            `deletions`.
        begins: its place in the order.
        requests: what is asked, with the values of the words, in order; several only where the listing is asked for
            each of some values.
        following: the `begins` of the next window of the same first read.
        since: of `changes`.
        until: of `changes`: everything up to here has been seen when it is done.
        number: this window among `count`.
    """

    kind: str
    requests: tuple[tuple[Request, tuple[tuple[str, str], ...]], ...]
    begins: str = ""
    following: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: int | None = field(default=None, compare=False)
    number: int = field(default=1, compare=False)
    count: int = field(default=1, compare=False)

    @property
    def order(self) -> tuple[int, str, str]:
        """First windows by date, then changes by moment: a stream's state may only move forward.

        New documents come after the changes: a document made in between is among them, whichever list was too early.
        """
        rank = {"whole": 0, "first": 0, "dates": 0, "changes": 1, "new": 2, "deletions": 3}[self.kind]
        return rank, self.begins, clock.to_text(self.since) if self.since else ""


def windows(ask: Ask, first: date, context: SyncContext) -> list[dict[str, str]]:
    """The windows from `first` on, as values of `from`, `to`, `day_before`, `day_after`, `year_before`, `dates`,
    `from_month`, `to_month`."""
    today = context.today
    ahead = today + timedelta(days=ask.ahead_days or 0)
    if ask.window is None:
        spans = [(first, clock.END_OF_TIME)]
    elif ask.window == "month":
        spans = clock.months(first, max(today, first))
        # what is dated in the future belongs to the last window
        spans[-1] = (spans[-1][0], clock.END_OF_TIME)
    elif ask.window == "calendar year":
        spans = clock.years(first, ahead)
    elif ask.window == "24 months":
        return _stretches_of_months(max(first, FIRST_MONTH), max(today, first))
    elif ask.window == "month ends":
        ends = clock.month_ends(first, max(today, first))
        chunks = [list(chunk) for _, chunk in groupby(ends, key=lambda end: ends.index(end) // MOST_DATES)]
        return [{"from": chunk[0].isoformat(), "dates": ",".join(end.isoformat() for end in chunk)} for chunk in chunks]
    else:
        spans = clock.stretches(first, ahead, int(ask.window.split()[0]))
    return [_span(begin, end) for begin, end in spans]


def _stretches_of_months(first: date, last: date) -> list[dict[str, str]]:
    """At most 24 months each, the last one in a December: a reply's rows of years then meet in no other reply."""
    stretches = []
    begin = first
    while begin <= last:
        end = min(date(begin.year + 1, 12, 31), last)
        stretches.append({"from_month": f"{begin:%Y-%m}", "to_month": f"{end:%Y-%m}"})
        begin = date(begin.year + 2, 1, 1)
    return stretches


def whole_span(first: date, context: SyncContext) -> dict[str, str]:
    """All words for one request from `first` on."""
    return {**context.words(), **_span(first, clock.END_OF_TIME)}


def _span(begin: date, end: date) -> dict[str, str]:
    day = timedelta(days=1)
    return {
        "from": begin.isoformat(), "to": end.isoformat(),
        "day_before": (begin - day).isoformat(), "day_after": (end + day).isoformat(),
        "year_before": (begin - YEAR).isoformat(),
    }  # fmt: skip


def tasks(definition: StreamDefinition, state: StreamState, context: SyncContext) -> list[Task]:
    """The windows of the listing that the stream still needs, in order.

    Args:
        definition: of the stream.
        state: where it stands; a state without any position is a first read.
        context: of the sync.
    """
    ask = definition.listing
    if definition.cursor_field is None:
        return _numbered([_whole(ask, context)])
    if ask.deletion_list:
        since = state.read_until or context.now - DELETIONS_REMEMBERED
        return [deletions_task(ask, since, context)]
    if begins_with_a_first_read(definition, state):
        planned = _first_read(ask, state, context)
        began = state.first_read.began if state.first_read else context.now
        if ask.changes is not None and began < context.now:
            planned.append(changes_task(ask, began, context.now, context))
        return _numbered(planned)
    if ask.changes is None:
        begins = state.start_date if ask.compares_older else reread_from(ask, state, context)
        return _numbered([_dated(ask, window, context, "dates") for window in windows(ask, begins, context)])
    if state.changed_details:
        left = state.changed_details
        unfinished = replace(changes_task(ask, left.since, left.until, context), after=left.after)
        rest = changes_task(ask, left.until, context.now, context)
        if unfinished.requests == rest.requests:
            # within one day both ask the same: once is enough, but then nothing may be skipped
            planned = [changes_task(ask, left.since, context.now, context)]
        else:
            planned = [unfinished, rest]
    else:
        assert state.read_until is not None
        planned = [changes_task(ask, state.read_until, context.now, context)]
    if ask.ever_modified is not None and _asks_for_new(state, context):
        planned.append(_new_task(ask, state, context))
    return planned


def _asks_for_new(state: StreamState, context: SyncContext) -> bool:
    """Whether documents are asked for that the filter for changes may leave out.

    Until a stream has delivered enough documents for "in" to be believed, the first sync of each day looks.
    """
    if state.never_modified != "in":
        return True
    return len(state.delivered.documents) < FEW and is_first_of_day(state, context)


def is_first_of_day(state: StreamState, context: SyncContext) -> bool:
    """Whether no sync of this day, in Finland, has read the stream to its end."""
    return state.deletions_until is None or clock.helsinki_date(state.deletions_until) < context.today


def begins_with_a_first_read(definition: StreamDefinition, state: StreamState) -> bool:
    """Whether a stream is read the way a first read does.

    As long as it has delivered no document, that is one call and complete, and nothing need be known of the filter for
    changes, of which nothing can be known without documents.
    """
    if state.first_read or state.read_until is None:
        return True
    return definition.listing.ever_modified is not None and not len(state.delivered.documents)


def reread_from(ask: Ask, state: StreamState, context: SyncContext) -> date:
    """The first day that a resource without a filter for changes is read from again."""
    if state.read_until is None or state.first_read is not None:
        return state.start_date
    again = clock.helsinki_date(state.read_until) - timedelta(days=max(ask.reread_days, context.config.lookback_days))
    return max(state.start_date, again)


def days_read_again(ask: Ask, state: StreamState, planned: list[Task], context: SyncContext) -> Container[int]:
    """The days, as ordinals, of which a sync reads all rows.

    Args:
        ask: the resource whose days are read again.
        state: of the stream.
        planned: its windows.
        context: of the sync.
    """
    if ask.window == "month ends":
        told = [dict(words)["dates"] for task in planned for _, words in task.requests]
        return {date.fromisoformat(day).toordinal() for days in told for day in days.split(",")}
    begins = reread_from(ask, state, context)
    if state.first_read and state.first_read.next:
        begins = max(begins, date.fromisoformat(state.first_read.next))
    return range(begins.toordinal(), (context.today + timedelta(days=(ask.ahead_days or 0) + 1)).toordinal())


def first_day_kept(ask: Ask, context: SyncContext) -> date:
    """Earlier days are not read again by any later sync."""
    if ask.compares_older:
        return LONG_AGO
    return context.today - timedelta(days=max(ask.reread_days, context.config.lookback_days))


def _first_read(ask: Ask, state: StreamState, context: SyncContext) -> list[Task]:
    planned = [_dated(ask, window, context, "first") for window in windows(ask, state.start_date, context)]
    planned = [
        replace(task, following=planned[index + 1].begins if index + 1 < len(planned) else None)
        for index, task in enumerate(planned)
    ]
    first = state.first_read
    if first and first.next:
        planned = [task for task in planned if task.begins >= first.next] or planned[-1:]
    if first and first.after is not None and planned:
        planned[0] = replace(planned[0], after=first.after)
    return planned


def _dated(ask: Ask, window: dict[str, str], context: SyncContext, kind: str) -> Task:
    return Task(kind, _requests(ask, ask.first_read, window, context), begins=window["from"])


def _whole(ask: Ask, context: SyncContext) -> Task:
    """All there is; where that takes several windows, one request for each."""
    spans = windows(ask, context.config.start_date, context) if ask.window else [{}]
    extra = ask.first_read if ask.window else {}
    return Task("whole", tuple(request for span in spans for request in _requests(ask, extra, span, context)))


def _new_task(ask: Ask, state: StreamState, context: SyncContext) -> Task:
    """The list as a first read asks it; where it can be asked for what lies above a key, for the keys not yet seen."""
    extra = dict(ask.first_read)
    if ask.read_on and state.never_modified == "out" and state.complete_up_to is not None:
        extra[ask.read_on["parameter"]] = str(state.complete_up_to)
    window = windows(ask, state.start_date, context)[0]
    return Task("new", _requests(ask, extra, window, context), begins=window["from"])


def dated_task(ask: Ask, first: date, context: SyncContext) -> Task:
    """The first window of a listing from a day on; the only one where the listing has no windows."""
    return _dated(ask, windows(ask, first, context)[0], context, "dates")


def changes_task(ask: Ask, since: datetime, until: datetime, context: SyncContext) -> Task:
    """What changed since the moment, with the configured overlap."""
    day = clock.helsinki_date(since) - timedelta(days=context.config.lookback_days) - SAFETY
    return Task(
        "changes", _requests(ask, ask.changes or {}, {"since": day.isoformat()}, context), since=since, until=until
    )


def deletions_task(ask: Ask, since: datetime, context: SyncContext, earlier: int = 0) -> Task:
    """What was deleted since the moment, as far back as Netvisor remembers.

    Args:
        earlier: days by which to stay within Netvisor's limit, should it count the seven days more strictly.
    """
    limit = context.today - DELETIONS_REMEMBERED + timedelta(days=earlier)
    wanted = clock.helsinki_date(since) - timedelta(days=context.config.lookback_days) - SAFETY
    day = min(max(wanted, limit), context.today)
    changes = ask.changes or {}
    return Task(
        "deletions",
        _requests(ask, changes, {"since": day.isoformat()}, context),
        begins=day.isoformat(),
        until=context.now,
    )


def _requests(
    ask: Ask, extra: object, values: dict[str, str], context: SyncContext
) -> tuple[tuple[Request, tuple[tuple[str, str], ...]], ...]:
    words = {**context.words(), **values}
    combinations: list[dict[str, str]] = [{}]
    for name, choices in ask.for_each.items():
        wanted: Sequence[object] = (
            range(context.config.start_date.year, context.today.year + 2) if choices == "years" else choices
        )
        combinations = [{**known, name: str(value)} for known in combinations for value in wanted]
    assert isinstance(extra, dict)
    return tuple(
        (ask.request(extra, {**words, **combination}), tuple({**words, **combination}.items()))
        for combination in combinations
    )


def _numbered(planned: list[Task]) -> list[Task]:
    return [replace(task, number=index + 1, count=len(planned)) for index, task in enumerate(planned)]
