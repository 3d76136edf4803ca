"""What one sync asks for one stream, from what its state says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from source_netvisor import clock
from source_netvisor.changes.slices import (
    LOG_REACHES,
    Slice,
    SliceKind,
    changes_slice,
    dated_slice,
    log_slice,
    numbered,
)
from source_netvisor.changes.windows import Window, is_recent, windows
from source_netvisor.manifest.endpoint import Cadence, Comparison, Endpoint
from source_netvisor.manifest.stream_definition import StreamDefinition
from source_netvisor.state.stream_state import StreamState
from source_netvisor.sync_context import SyncContext

LONGEST_UNCOMPARED = timedelta(hours=20)
"""After which a comparison is due, whatever the calendar says."""


@dataclass
class StreamPlan:
    """What a stream asks in a sync.

    Args:
        slices: of its listing.
        windows: in which the details of each key are asked, where they are asked by date.
        older_windows: the same for what the sync reads only if something is missing in `windows`.
        compares: whether the comparison is due: at its end the state says so.
        whole: whether it compares everything there is, and not some windows.
        first_of_day: whether what is done once a day is done.
        asks_refused: whether details that Netvisor refused lately are asked for again.
        next_turn: the state's `turn` after the sync.
    """

    slices: list[Slice] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    older_windows: list[Window] = field(default_factory=list)
    compares: bool = False
    whole: bool = False
    first_of_day: bool = False
    asks_refused: bool = False
    next_turn: date | None = None


def is_first_of_day(state: StreamState, context: SyncContext) -> bool:
    """Whether no sync of this day, in Finland, has compared the stream."""
    if state.compared is None:
        return True
    # a comparison that seems to be made only now was made under a clock that was ahead
    long_ago = not timedelta(0) < context.now - state.compared < LONGEST_UNCOMPARED
    return long_ago or clock.helsinki_date(state.compared) < context.today


def log_has_gap(state: StreamState, context: SyncContext) -> bool:
    """Whether deletions may have happened that Netvisor's log does not list any more."""
    if state.deletions_until is None:
        return False
    # the day itself counts as missed: whether the log has the day that it is asked from is not documented
    return clock.helsinki_date(state.deletions_until) <= context.today - LOG_REACHES


def full_plan(definition: StreamDefinition, start: date, context: SyncContext) -> StreamPlan:
    """What a full refresh asks.

    Args:
        definition: of the stream.
        start: the start date.
        context: of the sync.
    """
    listing = definition.listing
    if definition.is_deletion_log:
        return StreamPlan([log_slice(listing, context.now - LOG_REACHES, context)])
    slices = [dated_slice(SliceKind.FULL, listing, w, context) for w in windows(listing, start, context.today)]
    return StreamPlan(numbered(slices), _detail_windows(definition, start, context), whole=True, first_of_day=True)


def incremental_plan(
    definition: StreamDefinition, state: StreamState, due: bool, context: SyncContext, asks_changes: bool = True
) -> StreamPlan:
    """What an incremental sync asks.

    Args:
        definition: of the stream.
        state: where it stands; its position is set, and its `compared` is None where everything is to be compared.
        due: whether something other than the calendar makes the comparison due.
        context: of the sync.
        asks_changes: whether an earlier sync has set the position.
    """
    listing = definition.listing
    if definition.comparison is None:
        since = state.position if state.position and state.position < context.now else context.now - LOG_REACHES
        return StreamPlan([log_slice(listing, since, context)], compares=True)
    first_of_day = is_first_of_day(state, context)
    every_sync = context.config.comparison == "every_sync"
    plan = StreamPlan(
        compares=first_of_day or due or every_sync or definition.comparison.cadence is Cadence.EVERY_SYNC,
        whole=state.compared is None,
        first_of_day=first_of_day,
        asks_refused=first_of_day or every_sync,
    )
    if plan.compares:
        _compare(plan, definition, definition.comparison, state, context)
    if listing.changes is not None and state.position is not None and asks_changes:
        plan.slices.append(changes_slice(listing, state.position, context))
    return plan


def _compare(
    plan: StreamPlan, definition: StreamDefinition, comparison: Comparison, state: StreamState, context: SyncContext
) -> None:
    listing = definition.listing
    dated = definition.details if definition.details and definition.details.window else listing
    chosen, older = _chosen(plan, dated, comparison, state, context)
    if dated is listing:
        slices = [dated_slice(SliceKind.COMPARISON, listing, window, context) for window in chosen]
        plan.older_windows = older
    else:
        slices = [
            dated_slice(SliceKind.COMPARISON, listing, windows(listing, state.start_date, context.today)[0], context)
        ]
        plan.windows, plan.older_windows = chosen, older
    everything = Window(state.start_date, clock.END_OF_TIME)
    looks = [
        dated_slice(SliceKind.LOOK, listing, everything, context, parameters)
        for parameters in comparison.also
        if len(chosen) < len(windows(dated, state.start_date, context.today))
        and (plan.first_of_day or context.config.comparison == "every_sync")
    ]
    plan.slices = [*numbered(slices), *looks]


def _chosen(
    plan: StreamPlan, endpoint: Endpoint, comparison: Comparison, state: StreamState, context: SyncContext
) -> tuple[list[Window], list[Window]]:
    """The windows that are read, and those that are not."""
    every = windows(endpoint, state.start_date, context.today)
    recent = [window for window in every if is_recent(window, comparison.recent_days, context.today)]
    if plan.whole:
        first = state.backfill
        # what a sync that was killed had read of these may have changed, and no list tells of it
        return [w for w in every if first is None or w.end >= first or w in recent], []
    if endpoint.window is None or not comparison.recent_days:
        plan.whole = True
        return every, []
    older = [window for window in every if window not in recent]
    if not plan.first_of_day or not older:
        return recent, older
    turn = _turn(older, state)
    following = turn[-1].end + timedelta(days=1)
    plan.next_turn = following.replace(day=1) if turn[-1] is not older[-1] else state.start_date
    return [*turn, *recent], [window for window in older if window not in turn]


def _turn(older: list[Window], state: StreamState) -> list[Window]:
    """The older windows whose turn it is: those of a whole month, since what is gone is judged by months."""
    first = next((w for w in older if state.turn is None or w.end >= state.turn), older[0])
    month = max(first.begin, state.turn) if state.turn is not None and state.turn <= first.end else first.begin
    following = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
    begin = max(month.replace(day=1), state.start_date)
    return [window for window in older if window.end >= begin and window.begin < following]


def _detail_windows(definition: StreamDefinition, start: date, context: SyncContext) -> list[Window]:
    details = definition.details
    return windows(details, start, context.today) if details and details.window else []
