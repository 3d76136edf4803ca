"""How far a stream has been read: what STATE messages carry, and what is done with a state that cannot be right.

A state is never obeyed in silence when it is from the future, from another company, or mangled: the first is mended,
the second refused, the third means reading anew, each with a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from airbyte_cdk.models import FailureType

from source_netvisor import clock
from source_netvisor.changes.invalidated_documents import KnownInvalidated
from source_netvisor.changes.open_items import KnownOpenItems
from source_netvisor.changes.rows_of_days import RowsOfDays
from source_netvisor.changes.touched_documents import ReadMeanwhile
from source_netvisor.errors import NetvisorError
from source_netvisor.redaction import safe_text
from source_netvisor.state.delivered_keys import DeliveredKeys

VERSION = 1
NO_CURSOR = "__ab_no_cursor_state_message"
"""The only thing that the state of a full refresh says, by Airbyte's convention."""
CLOCK_TOLERANCE = timedelta(hours=26)
"""A state this far ahead of now is put down to a clock that was set since; the overlap of the next read covers it."""


class StateProblem(Exception):
    """The state cannot be used; the text says why, for a log line."""


@dataclass
class FirstRead:
    """A first read that is not finished.

    Args:
        began: when; what changed since is read again at its end.
        next: the first day of the window that comes next; None: from the beginning.
        after: within that window, details are read up to and including this key.
        anew: it repeats an earlier one, and what it does not meet again is to be deleted at its end.
    """

    began: datetime
    next: str | None = None
    after: int | None = None
    anew: bool = False


@dataclass
class ChangedDetails:
    """Details of changed documents that are not all read: those listed as changed after `since`, up to key `after`."""

    since: datetime
    until: datetime
    after: int


@dataclass
class StreamState:
    """The position of one stream.

    Args:
        business_id: of the company that it belongs to.
        start_date: from which day on the first read was made.
        read_until: everything that was so at this moment has been read; None before the first read is finished.
        deletions_until: the same for the list of deletions.
        first_read: while one is under way.
        changed_details: while changed documents' details are being read.
        delivered: what the destination holds, for streams that send deletions.
        delivered_before: the same from before a repeated first read.
        payments: checksums of the payments that were seen, for streams that they touch (touched_documents.py).
        read_meanwhile: documents that may show a later payment than those; None: that is not known.
        open_items: open invoices, for streams of theirs; None: nothing is known of them (open_items.py).
        invalidated: documents that are not valid, for streams of vouchers; None: nothing is known of them.
        never_modified: whether the filter for changes gives documents that nobody has modified: `in`, `out`, or None if
            that is not known.
        complete_up_to: every document with a key up to this one has been delivered; only where `never_modified` is not
            `in`. New documents have higher keys: Netvisor offers keys as positions in its lists
            (`invoicesabovenetvisorkey`, `limitabovenetvisorkey`).
        day_checksums: day -> checksum of its rows, for streams that send older days only if they changed.
        rows_of_days: keys of the rows of days that are read again, where Netvisor tells no deletions (rows_of_days.py).
        cursor: the latest change window's end that any record may carry; ahead of now after a clock was set back.
    """

    business_id: str
    start_date: date
    read_until: datetime | None = None
    deletions_until: datetime | None = None
    first_read: FirstRead | None = None
    changed_details: ChangedDetails | None = None
    delivered: DeliveredKeys = field(default_factory=DeliveredKeys)
    delivered_before: DeliveredKeys | None = None
    payments: DeliveredKeys | None = None
    read_meanwhile: ReadMeanwhile | None = None
    open_items: KnownOpenItems | None = None
    invalidated: KnownInvalidated | None = None
    never_modified: str | None = None
    complete_up_to: int | None = None
    day_checksums: dict[str, str] = field(default_factory=dict)
    rows_of_days: list[str] = field(default_factory=list)
    cursor: datetime | None = None

    def next_cursor(self, now: datetime) -> datetime:
        """The end of the change window of a sync that began now: later than that of any sync before, or the warehouse
        would keep what those have sent."""
        if self.cursor is not None and self.cursor > now:
            # the deletions of that sync were a microsecond later than its rows
            now = self.cursor + timedelta(microseconds=2)
        self.cursor = now
        return now

    def to_json(self, cursor_field: str) -> dict[str, Any]:
        """As STATE carries it; the cursor's name shows the position to whoever looks at the connection's state."""
        value: dict[str, Any] = {
            cursor_field: clock.to_text(self.read_until) if self.read_until else None,
            "business_id": self.business_id,
            "start_date": self.start_date.isoformat(),
            "version": VERSION,
        }
        if self.cursor and self.cursor != self.read_until:
            value["cursor"] = clock.to_text(self.cursor)
        if self.deletions_until:
            value["deletions_until"] = clock.to_text(self.deletions_until)
        if self.first_read:
            first = self.first_read
            value["first_read"] = {
                "began": clock.to_text(first.began), "next": first.next, "after": first.after, "anew": first.anew,
            }  # fmt: skip
        if self.changed_details:
            details = self.changed_details
            value["changed_details"] = {
                "since": clock.to_text(details.since), "until": clock.to_text(details.until), "after": details.after,
            }  # fmt: skip
        delivered = self.delivered.to_json()
        if delivered:
            value["delivered"] = delivered
        if self.delivered_before:
            value["delivered_before"] = self.delivered_before.to_json()
        if self.payments is not None:
            value["payment_checksums"] = self.payments.to_json()
        if self.read_meanwhile is not None:
            value["read_meanwhile"] = self.read_meanwhile.to_json()
        if self.open_items is not None:
            value["open_items"] = self.open_items.to_json(clock.to_text(self.open_items.until))
        if self.invalidated is not None:
            value["invalidated"] = self.invalidated.to_json()
        if self.never_modified:
            value["never_modified"] = self.never_modified
        if self.complete_up_to is not None:
            value["complete_up_to"] = self.complete_up_to
        if self.rows_of_days:
            value["rows_of_days"] = self.rows_of_days
        if self.day_checksums:
            value["day_checksums"] = dict(sorted(self.day_checksums.items()))
        return value


def read_state(
    saved: Mapping[str, Any] | None, cursor_field: str, business_id: str, start_date: date, now: datetime
) -> tuple[StreamState, str | None]:
    """The state that was saved, and a warning if it had to be mended.

    Args:
        saved: the stream's part of the state file; None or empty: nothing was saved.
        cursor_field: of the stream.
        business_id: of the configured company.
        start_date: as configured.
        now: the moment that this sync began.

    Raises:
        NetvisorError: the state belongs to another company.
    """
    if not saved:
        return StreamState(business_id, start_date), None
    try:
        if not isinstance(saved, Mapping):
            raise StateProblem("it is not an object")
        owner = saved.get("business_id")
        if isinstance(owner, str) and owner != business_id:
            raise NetvisorError(
                "foreign_state",
                f"The saved state belongs to the company {safe_text(owner, 20) or '?'}, but the configuration names "
                f"{business_id}. Give each company a connection of its own, or clear the data of this connection's "
                "streams to start over.",
                FailureType.config_error,
            )
        if NO_CURSOR in saved and "version" not in saved:
            raise StateProblem(
                "it is of a full refresh; if the table still has its rows, clear the stream's data as well, because "
                "what was deleted since then would stay"
            )
        if saved.get("version") != VERSION or owner != business_id:
            raise StateProblem("this version of the connector did not write it")
        state = _parse(saved, cursor_field, StreamState(business_id, start_date))
        return _plausible(state, start_date, now)
    except StateProblem as problem:
        fresh = StreamState(business_id, start_date)
        return fresh, f"the saved state cannot be used ({problem}); the stream is read anew from {start_date}"


def _parse(saved: Mapping[str, Any], cursor_field: str, state: StreamState) -> StreamState:
    try:
        state.start_date = date.fromisoformat(saved["start_date"])
        state.read_until = _moment(saved.get(cursor_field))
        state.deletions_until = _moment(saved.get("deletions_until"))
        state.cursor = _moment(saved.get("cursor")) or state.read_until
        state.delivered = DeliveredKeys(_texts(saved.get("delivered", [])))
        if saved.get("delivered_before") is not None:
            state.delivered_before = DeliveredKeys(_texts(saved["delivered_before"]))
        # earlier versions kept `payments` of the last days only: such a state reads all that may have been paid again
        if saved.get("payment_checksums") is not None:
            state.payments = DeliveredKeys(_texts(saved["payment_checksums"]))
        if saved.get("read_meanwhile") is not None:
            state.read_meanwhile = ReadMeanwhile.from_json(saved["read_meanwhile"])
        if saved.get("open_items") is not None:
            until = clock.from_text(saved["open_items"]["until"])
            state.open_items = KnownOpenItems.from_json(saved["open_items"], until)
        if saved.get("invalidated") is not None:
            _texts(saved["invalidated"]["documents"])
            state.invalidated = KnownInvalidated.from_json(saved["invalidated"])
        state.never_modified = saved.get("never_modified")
        if state.never_modified not in (None, "in", "out"):
            raise ValueError("no reading")
        state.complete_up_to = _key(saved.get("complete_up_to"))
        for day, checksum in saved.get("day_checksums", {}).items():
            state.day_checksums[date.fromisoformat(day).isoformat()] = str(checksum)
        state.rows_of_days = _texts(saved.get("rows_of_days", []))
        RowsOfDays(state.rows_of_days, (), "")
        first = saved.get("first_read")
        if first is not None:
            following = first["next"]
            if following is not None:
                date.fromisoformat(following)
            state.first_read = FirstRead(
                clock.from_text(first["began"]), following, _key(first.get("after")), first.get("anew") is True
            )
        details = saved.get("changed_details")
        if details is not None:
            after = _key(details["after"])
            if after is None:
                raise ValueError("no key")
            state.changed_details = ChangedDetails(
                clock.from_text(details["since"]), clock.from_text(details["until"]), after
            )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise StateProblem("it is damaged") from error
    if state.read_until is None and state.first_read is None:
        raise StateProblem("it says no position")
    return state


def _plausible(state: StreamState, start_date: date, now: datetime) -> tuple[StreamState, str | None]:
    """A position ahead of now is drawn back to now if a clock explains it, and not believed otherwise."""
    moments = [state.read_until, state.deletions_until]
    moments += [known.until for known in (state.open_items, state.invalidated) if known]
    if state.first_read:
        moments.append(state.first_read.began)
    if state.changed_details:
        moments += [state.changed_details.since, state.changed_details.until]
    ahead = max((moment - now for moment in moments if moment), default=timedelta(0))
    if max(ahead, state.cursor - now if state.cursor else ahead) > CLOCK_TOLERANCE:
        raise StateProblem(
            "its position is in the future; if this machine's clock was, clear the stream's data as well, because rows "
            "stamped in the future hide later ones"
        )
    warning = None
    if ahead > timedelta(0):
        _draw_back(state, now)
        minutes = ahead.total_seconds() / 60
        warning = f"the saved state was {minutes:.0f} minutes ahead of this machine's clock and was drawn back"
    if state.start_date > start_date:
        # what changed since the last sync is read after it, because older documents that changed may be there as well
        under_way = state.first_read
        began = under_way.began if under_way else state.read_until or now
        state.first_read = FirstRead(began, anew=under_way is not None and under_way.anew)
        state.changed_details = None
        warning = f"the start date was moved back to {start_date}; the stream is read anew from there"
    state.start_date = start_date
    return state, warning


def _draw_back(state: StreamState, now: datetime) -> None:
    state.read_until = min(state.read_until, now) if state.read_until else None
    state.deletions_until = min(state.deletions_until, now) if state.deletions_until else None
    if state.open_items:
        state.open_items.until = min(state.open_items.until, now)
    if state.invalidated and state.invalidated.until:
        state.invalidated.until = min(state.invalidated.until, now)
    if state.first_read:
        state.first_read.began = min(state.first_read.began, now)
    if state.changed_details:
        state.changed_details.since = min(state.changed_details.since, now)
        state.changed_details.until = min(state.changed_details.until, now)


def _moment(text: Any) -> datetime | None:
    return None if text is None else clock.from_text(text)


def _key(value: Any) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise ValueError("a key that is no number")


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise ValueError("not a list of texts")
    return value
