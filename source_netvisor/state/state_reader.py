"""What is done with a saved state: it is used, repaired, or refused, and never obeyed where it cannot be right.

Every number, date and size is bounded here. A state that this version did not write in just this form still says what
the destination holds, if its ledger can be read; then everything is compared again. Without a ledger the stream is
read from its beginning. Both are reported with a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from source_netvisor import clock, errors
from source_netvisor.state.ledger import Ledger, LedgerDamaged
from source_netvisor.state.stream_state import VERSION, StreamState

NO_CURSOR = "__ab_no_cursor_state_message"
"""The only name in the state of a full refresh, by Airbyte's convention."""
CLOCK_TOLERANCE = timedelta(hours=26)
"""A state this far ahead of now is put down to a clock that was set since; the overlap of the next read covers it."""
EARLIEST_DAY = date(1950, 1, 1)
EARLIEST_MOMENT = datetime(2000, 1, 1, tzinfo=timezone.utc)
LATEST_MOMENT = datetime(2100, 1, 1, tzinfo=timezone.utc)
FURTHEST_WINDOW = timedelta(days=800)
"""The beginning of a window lies at most this far ahead of today: in the calendar year after the next."""
MOST_TRIGGERS = 100
LONGEST_TEXT = 2000

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")


@dataclass(frozen=True)
class ReadState:
    """What came of a saved state.

    Args:
        state: to go on from; its start date is the configured one.
        warning: a sentence, if the state could not be used as it was.
        saved_start: the start date that the state was made with; None where nothing usable was saved.
    """

    state: StreamState
    warning: str | None = None
    saved_start: date | None = None


class _StateProblem(Exception):
    """The state cannot be used as it is; the text says why."""


def is_foreign(saved: Any, business_id: str, host: str) -> bool:
    """Whether a saved state belongs to another company, or to the same company of another Netvisor."""
    return _foreign_owner(saved, business_id, host) is not None


def _foreign_owner(saved: Any, business_id: str, host: str) -> tuple[str, str] | None:
    if isinstance(saved, Mapping):
        for owner, own in ((saved.get("business_id"), business_id), (saved.get("host"), host)):
            if isinstance(owner, str) and owner != own:
                return owner, own
    return None


def default_start(today: date) -> date:
    """The start date where neither the configuration nor a state says one: New Year's Day two calendar years back."""
    return date(today.year - 2, 1, 1)


def read_state(
    saved: Any,
    *,
    business_id: str,
    host: str,
    start_date: date | None,
    now: datetime,
    bits: int = 24,
    dated: bool = True,
) -> ReadState:
    """The state that was saved, made fit to go on from.

    Args:
        saved: the stream's part of the state file; None or empty: nothing was saved.
        business_id: of the configured company.
        host: of the configured Netvisor address.
        start_date: as configured; None: that of the state, or `default_start`.
        now: the moment that this sync began.
        bits: of the fingerprints of the stream's ledger.
        dated: whether the stream's documents have dates, so that another start date changes what it has.

    Raises:
        NetvisorError: the state belongs to another company or another host (`foreign_state`).
    """
    today = clock.helsinki_date(now)
    fresh = StreamState(business_id, host, start_date or default_start(today), ledger=Ledger(bits))
    if saved is None or saved == {}:
        return ReadState(fresh)
    if not isinstance(saved, Mapping):
        return ReadState(fresh, _read_from_the_beginning("it is not an object", fresh.start_date))
    foreign = _foreign_owner(saved, business_id, host)
    if foreign:
        raise errors.foreign_state(*foreign)
    ledger = _ledger(saved, bits)
    try:
        state = _fields(saved, business_id, host, now)
        if ledger is None:
            raise _StateProblem("its ledger is damaged")
        state.ledger = ledger
        return _at_this_moment(state, start_date, now, dated)
    except _StateProblem as problem:
        fresh.cursor = _or_none(_moment, saved.get("cursor")) or _or_none(_moment, saved.get("_ab_modified_until"))
        if start_date is None:
            fresh.start_date = _or_none(_start_date, saved.get("start_date"), today) or fresh.start_date
        if not ledger:
            return ReadState(fresh, _read_from_the_beginning(str(problem), fresh.start_date))
        ledger.forget_fingerprints()
        fresh.ledger = ledger
        return ReadState(
            fresh,
            f"the saved state cannot be used as it is ({problem}); it still says what the destination holds, and "
            "everything is compared with Netvisor",
        )


def _read_from_the_beginning(problem: str, start_date: date) -> str:
    return (
        f"the saved state cannot be used ({problem}); the stream is read again from {start_date}. If its table still "
        "has rows, clear the stream's data as well: what was deleted in Netvisor since then would stay"
    )


def _ledger(saved: Mapping[str, Any], bits: int) -> Ledger | None:
    try:
        return Ledger.from_json(saved.get("ledger"), bits)
    except LedgerDamaged:
        return None


def _fields(saved: Mapping[str, Any], business_id: str, host: str, now: datetime) -> StreamState:
    """Everything but the ledger."""
    if NO_CURSOR in saved and "version" not in saved:
        raise _StateProblem("it is that of a full refresh")
    if saved.get("version") != VERSION or not isinstance(saved["version"], int):
        raise _StateProblem("this version of the connector did not write it")
    if saved.get("business_id") != business_id or saved.get("host") != host:
        raise _StateProblem("it does not say whose it is")
    today = clock.helsinki_date(now)
    furthest = today + FURTHEST_WINDOW
    backfill = _object(saved.get("backfill"), "next", "began")
    doubted = _object(saved.get("doubted"), "day", "count")
    state = StreamState(business_id, host, _start_date(saved.get("start_date"), today))
    state.position = _optional(_moment, saved.get("_ab_modified_until"))
    state.cursor = _optional(_moment, saved.get("cursor"))
    state.shape = _short_text(saved.get("shape"))
    state.compared = _optional(_moment, saved.get("compared"))
    state.turn = _optional(_day, saved.get("turn"), furthest)
    state.turn_key = _optional(_integer, saved.get("turn_key"), -(1 << 63), (1 << 63) - 1)
    if backfill:
        state.backfill = _optional(_day, backfill["next"], furthest)
        state.backfill_began = _optional(_moment, backfill["began"])
    if doubted:
        state.doubted = (_day(doubted["day"], today + timedelta(days=2)), _integer(doubted["count"], 0, 1 << 32))
    state.unstable_on = _optional(_day, saved.get("unstable_on"), today + timedelta(days=2))
    state.deletions_until = _optional(_moment, saved.get("deletions_until"))
    state.triggers = _triggers(saved.get("triggers"))
    if state.compared and not state.position:
        raise _StateProblem("it says no position")
    return state


def _at_this_moment(state: StreamState, start_date: date | None, now: datetime, dated: bool) -> ReadState:
    """The state, with positions that are not ahead of now, and with the configured start date."""
    warnings = []
    moments = (state.position, state.compared, state.deletions_until, state.backfill_began)
    ahead = max((moment - now for moment in moments if moment), default=timedelta(0))
    if ahead > CLOCK_TOLERANCE:
        raise _StateProblem("its position is in the future")
    if ahead > timedelta(0):
        _draw_back(state, now)
        minutes = ahead.total_seconds() / 60
        warnings.append(f"the saved state was {minutes:.0f} minutes ahead of this machine's clock and was drawn back")
    saved_start = state.start_date
    if start_date is not None and start_date != saved_start:
        if dated:
            warnings.append(_move_start(state, start_date))
        state.start_date = start_date
    if state.turn and state.turn < state.start_date:
        state.turn = None
    if state.backfill and state.backfill < state.start_date:
        state.backfill = state.start_date
    return ReadState(state, "; ".join(warnings) or None, saved_start)


def _draw_back(state: StreamState, now: datetime) -> None:
    state.position = state.position and min(state.position, now)
    state.compared = state.compared and min(state.compared, now)
    state.deletions_until = state.deletions_until and min(state.deletions_until, now)
    state.backfill_began = state.backfill_began and min(state.backfill_began, now)


def _move_start(state: StreamState, start_date: date) -> str:
    """Gives the state the configured start date; a comparison of everything is due. Returns what to warn of."""
    earlier = start_date < state.start_date
    state.start_date = start_date
    state.compared = None
    if not earlier:
        return f"the start date was moved forward to {start_date}; documents dated before it are deleted"
    state.turn = state.backfill = state.backfill_began = None
    return f"the start date was moved back to {start_date}; the documents dated from there on are read too"


def _optional(read: Any, value: Any, *limits: Any) -> Any:
    return None if value is None else read(value, *limits)


def _or_none(read: Any, value: Any, *limits: Any) -> Any:
    """What can be read of a state that is damaged."""
    try:
        return read(value, *limits)
    except _StateProblem:
        return None


_DAMAGED = "it is damaged"


def _moment(value: Any) -> datetime:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise _StateProblem(_DAMAGED)
    try:
        moment = clock.from_text(value).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        raise _StateProblem(_DAMAGED) from None
    if not EARLIEST_MOMENT <= moment < LATEST_MOMENT:
        raise _StateProblem("it names a moment that no sync was made at")
    return moment


def _day(value: Any, latest: date) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise _StateProblem(_DAMAGED)
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise _StateProblem(_DAMAGED) from None
    if not EARLIEST_DAY <= day <= latest:
        raise _StateProblem("it names a day that no sync was at")
    return day


def _start_date(value: Any, today: date) -> date:
    return _day(value, today + timedelta(days=2))


def _integer(value: Any, lowest: int, highest: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
        raise _StateProblem(_DAMAGED)
    return value


def _short_text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or not (value.isascii() and value.isprintable()):
        raise _StateProblem(_DAMAGED)
    return value


def _object(value: Any, *names: str) -> Mapping[str, Any] | None:
    if value is not None and (not isinstance(value, Mapping) or set(value) != set(names)):
        raise _StateProblem(_DAMAGED)
    return value


def _triggers(value: Any) -> dict[str, int]:
    if value is None:
        return {}
    if not isinstance(value, Mapping) or len(value) > MOST_TRIGGERS:
        raise _StateProblem(_DAMAGED)
    return {_short_text(name): _integer(checksum, 0, (1 << 64) - 1) for name, checksum in value.items()}
