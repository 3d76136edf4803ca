"""One stream during one sync: what it gets becomes its messages, and its state moves forward.

For every batch: announce, send, confirm. A state goes out that has the rows of the batch, old and new, and no
fingerprint of its groups; then the records; and the next state has what was sent. A sync that is killed in between
leaves groups of which nothing is known, and the next comparison sends them again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from airbyte_cdk.models import AirbyteMessage, FailureType, StreamDescriptor

from source_netvisor import clock, errors
from source_netvisor.errors import NetvisorError
from source_netvisor.manifest.stream_definition import StreamDefinition
from source_netvisor.parsing.record_text import Row
from source_netvisor.protocol import messages
from source_netvisor.protocol.messages import AirbyteStreamStatus, Message, Records
from source_netvisor.records.raw_texts import RAW
from source_netvisor.state.int_bitset import IntBitset
from source_netvisor.state.ledger import Group, Ledger
from source_netvisor.state.stream_state import StreamState
from source_netvisor.streams.deletion_records import AFTER_THE_ROWS, DeletionRecords
from source_netvisor.streams.record_buffer import RecordBuffer, WaitingGroup
from source_netvisor.streams.stream_records import StreamRecords
from source_netvisor.sync_context import SyncContext

logger = logging.getLogger("airbyte.source_netvisor")

FULL_REFRESH_STATE = {"__ab_no_cursor_state_message": True}
"""The only thing that the state of a full refresh says, by Airbyte's convention."""
SECONDS_BETWEEN_STATES = 60
TEMPLATES_FROM = 1 << 20
"""Bytes of replies whose records are built by templates."""
SMALL_STATE = 1 << 18
"""Characters of a state up to which one goes out for each window."""


class StreamSync:
    """Reads one configured stream.

    Args:
        definition: of the stream.
        state: where it stands; None: a full refresh.
        context: of the sync.
        batch: bytes of records in a batch.
    """

    def __init__(
        self, definition: StreamDefinition, state: StreamState | None, context: SyncContext, batch: int
    ) -> None:
        self.definition = definition
        self.name = definition.name
        self.state = state
        self.context = context
        self.start = state.start_date if state else context.config.start_date
        self.start_text = self.start.isoformat()
        cursor = _next_cursor(state, context.now)
        self.built = StreamRecords(definition, context.config.business_id, clock.to_text(cursor))
        self._deletions = DeletionRecords(definition, self.built.added, cursor)
        self._buffer = RecordBuffer(batch)
        self.lost: dict[int, tuple[WaitingGroup, tuple[int, ...]]] = {}
        """Groups that were sent with fewer rows: what is to be confirmed, and the rows that are gone."""
        self.failure: NetvisorError | None = None
        self.finished = False
        self.new = self.changed = self.deleted = self.repeated = self.unjudged = 0
        self._began = self._running = False
        self._batches = 0
        self._waits_with_failure = False
        self.last_state: AirbyteMessage | None = None
        self._last_state = time.monotonic()
        self._sent_since_state = 0

    # --- beginning ------------------------------------------------------------------------------------------------

    @property
    def incremental(self) -> bool:
        """Whether a state is kept."""
        return self.state is not None

    @property
    def ledger(self) -> Ledger:
        """What the destination holds."""
        if self.state is None:
            raise TypeError("a full refresh has no ledger")
        return self.state.ledger

    @property
    def records(self) -> int:
        """Records so far, deletions included."""
        return self.new + self.changed + self.deleted + self.repeated + self.unjudged

    def begin(self) -> Iterator[Message]:
        """STARTED, once."""
        if not self._began:
            self._began = True
            yield self._status(AirbyteStreamStatus.STARTED)

    # --- what is known of a document ------------------------------------------------------------------------------

    def group(self, key: int) -> Group | None:
        """What the ledger has of a document; None for a full refresh too."""
        return self.state.ledger.get(key) if self.state is not None else None

    # --- records --------------------------------------------------------------------------------------------------

    def send(self, row: Row, placeholders: Mapping[str, str]) -> None:
        """Takes in the records of a row without looking at the ledger: of a full refresh, or without a key."""
        for record in self.built.of(row, placeholders):
            self._buffer.add(_line(record))
            self.unjudged += 1

    def send_group(
        self, key: int, fingerprint: int, month: int | None, row: Row, placeholders: Mapping[str, str]
    ) -> bool:
        """Takes in a document; False where Netvisor shows it as a deleted one, which is not sent.

        Args:
            key: of the document.
            fingerprint: of what Netvisor sent.
            month: of its date.
            row: the element that it is.
            placeholders: of the request.
        """
        records = self.built.of(row, placeholders)
        if records and records[0].get("_ab_cdc_deleted_at") is not None:
            return False
        for record in records:
            self._buffer.add(_line(record))
        rows = (key,) if self.definition.lines is None else self._row_keys(records)
        self._buffer.groups.append(WaitingGroup(key, fingerprint, month, rows))
        return True

    def send_records(self, groups: Iterable[WaitingGroup], records: Iterable[dict[str, Any]]) -> None:
        """Takes in groups whose records come mixed."""
        for record in records:
            self._buffer.add(_line(record))
        for group in groups:
            self._buffer.groups.append(group)

    def _row_keys(self, records: list[dict[str, Any]]) -> tuple[int, ...]:
        name = self.definition.row_key
        keys = [record[name] for record in records if isinstance(record.get(name), int)]
        return tuple(keys) if all(map(int.__lt__, keys, keys[1:])) else tuple(sorted(set(keys)))

    def refuse(self, key: int, month: int | None) -> None:
        """Netvisor does not give the details of a document that its list has: what the destination has of it stays."""
        if self.state is None:
            return
        known = self.ledger.get(key)
        since = known.refused_on if known and known.refused_on else self.context.today
        rows = known.rows if known else ()
        self.ledger.put(key, Group(None, month if month is not None else known and known.month, rows, since))

    def mark(self, size: int) -> tuple[int, tuple[int, int, int]] | None:
        """A place to go back to, for a reply of so many bytes whose records may turn out to have been built wrong."""
        if size < TEMPLATES_FROM:
            return None
        return self._batches, self._buffer.mark()

    def take_back(self, mark: tuple[int, tuple[int, int, int]] | None) -> None:
        """Drops the records since the mark; of a full refresh, what was sent cannot be taken back."""
        if mark is not None and mark[0] == self._batches:
            self._buffer.take_back(mark[1])
        elif self.state is None:
            self.problem(errors.built_wrong(self.definition.source.resource))

    # --- batches --------------------------------------------------------------------------------------------------

    @property
    def is_due(self) -> bool:
        """Whether what waits should be sent now."""
        if not self._buffer.size and not self._buffer.groups:
            return False
        return self._buffer.is_full or time.monotonic() - self._last_state > SECONDS_BETWEEN_STATES

    def flush(self) -> Iterator[Message]:
        """Announces, sends and confirms the records that wait."""
        groups, self._buffer.groups = self._buffer.groups, []
        self._batches += 1
        if self.state is None:
            yield from self._send_waiting()
            return
        before = self._announce(groups)
        if groups:
            yield self.state_message()
        self._sent_since_state += self._buffer.size
        yield from self._send_waiting()
        self._confirm(groups, before)

    def _announce(self, groups: list[WaitingGroup]) -> list[tuple[int, ...]]:
        """The ledger gets the old rows and the new ones, and no fingerprint; what the old rows were."""
        before: list[tuple[int, ...]] = []
        ledger = self.ledger
        for key, fingerprint, month, rows in groups:
            known = ledger.get(key)
            if known is None:
                before.append(())
                ledger.put(key, Group(None, month, rows))
                self.new += len(rows)
                continue
            before.append(known.rows)
            same = len(set(rows).intersection(known.rows))
            if known.rows == rows and ledger.matches(known, fingerprint):
                self.repeated += same
            else:
                self.changed += same
            self.new += len(rows) - same
            union = rows if known.rows == rows else tuple(sorted({*rows, *known.rows}))
            ledger.put(key, Group(None, month if month is not None else known.month, union))
        return before

    def _send_waiting(self) -> Iterator[Message]:
        for lines in self._buffer.take():
            if not self._running:
                self._running = True
                yield self._status(AirbyteStreamStatus.RUNNING)
            yield Records(self.name, lines)

    def _confirm(self, groups: list[WaitingGroup], before: list[tuple[int, ...]]) -> None:
        ledger = self.ledger
        for group, old in zip(groups, before, strict=True):
            if old and old != group.rows and (gone := set(old).difference(group.rows)):
                self.lost[group.key] = group, tuple(sorted(gone))
            else:
                ledger.put(group.key, Group(group.fingerprint, group.month, group.rows))

    def forget_all_but(self, kept: IntBitset) -> None:
        """The ledger keeps these groups only; the destination keeps all."""
        for key in [key for key, _ in self.ledger.months() if key not in kept]:
            self.ledger.remove(key)

    # --- deletions ------------------------------------------------------------------------------------------------

    def delete_lost_rows(self) -> Iterator[Message]:
        """Deletions of rows that their documents do not have any more."""
        if not self.lost:
            return
        yield self.state_message()
        for group, rows in self.lost.values():
            yield from self._delete(group.key, rows, None)
            self.ledger.put(group.key, Group(group.fingerprint, group.month, group.rows))
        self.lost.clear()

    def delete_groups(self, keys: Mapping[int, str | None]) -> Iterator[Message]:
        """Deletions of whole groups.

        Args:
            keys: of the groups, with Netvisor's moment where it is known.
        """
        known = {key: group for key in keys if (group := self.ledger.get(key)) is not None}
        for key, group in known.items():
            self.ledger.put(key, Group(None, group.month, group.rows, group.refused_on))
        if any(group.rows for group in known.values()):
            yield self.state_message()
        for key, group in known.items():
            yield from self._delete(key, group.rows, keys[key])
            self.ledger.remove(key)

    def _delete(self, key: int, rows: Iterable[int], deleted_at: str | None) -> Iterator[Message]:
        remaining = iter(rows)
        while some := list(islice(remaining, messages.LINES_AT_ONCE)):
            self.deleted += len(some)
            if not self._running:
                self._running = True
                yield self._status(AirbyteStreamStatus.RUNNING)
            made = [messages.serialize_record(self._deletions.of(key, row, deleted_at)) for row in some]
            yield Records(self.name, made)

    # --- moving forward -------------------------------------------------------------------------------------------

    def window_done(self, number: int, count: int, following: date | None) -> Iterator[Message]:
        """A window has been read to its end.

        Args:
            number: of the window.
            count: of the windows.
            following: the first day of the next one; None after the last.
        """
        waited = time.monotonic() - self._last_state > SECONDS_BETWEEN_STATES
        state = self.state
        enough = state is None or state.ledger.packed_size < max(
            SMALL_STATE, 4 * (self._sent_since_state + self._buffer.size)
        )
        if not (waited or enough):
            return
        yield from self.flush()
        if state is not None and state.backfill is not None and following is not None:
            state.backfill = max(state.backfill, following)
        if count > 1:
            yield messages.estimate(self.name, self.records * count // number)
        if state is not None:
            yield self.state_message()

    def state_message(self) -> AirbyteMessage:
        """The state as it is now."""
        self._last_state, self._sent_since_state = time.monotonic(), 0
        if self.state is None:
            return messages.state(self.name, FULL_REFRESH_STATE)
        self.last_state = messages.state(self.name, self.state.to_json())
        return self.last_state

    @property
    def is_open(self) -> bool:
        """Whether the stream has begun and not ended."""
        return self._began and not self.finished

    def problem(self, error: NetvisorError) -> None:
        """Something of the stream could not be read; the rest is, and the stream fails at the end."""
        # a traceback would keep the reply open
        self.failure = self.failure or error.with_traceback(None)

    def finish(self) -> Iterator[Message]:
        """The last records, warnings, the last state, COMPLETE or INCOMPLETE."""
        if self.finished:
            return
        yield from self.begin()
        yield from self.flush()
        self.finished = True
        self.built.warn()
        if self.failure is not None:
            if self.incremental:
                yield self.state_message()
            yield from self._incomplete(self.failure)
            return
        yield self.state_message()
        if not self._running:
            yield self._status(AirbyteStreamStatus.RUNNING)
        yield self._status(AirbyteStreamStatus.COMPLETE)

    def fail(self, error: NetvisorError) -> Iterator[Message]:
        """The stream cannot be read on; what was sent before stays good, its state is out."""
        if self.finished:
            return
        yield from self.begin()
        self.problem(error)
        self.finished = True
        self._buffer.clear()
        self.built.warn()
        yield from self._incomplete(self.failure or error)

    def report_failure(self) -> Iterator[Message]:
        """Why the stream failed, where a person has to act: after the failures of all other streams."""
        if self._waits_with_failure and self.failure is not None:
            yield from self._incomplete(self.failure)

    def _incomplete(self, error: NetvisorError) -> Iterator[Message]:
        # Airbyte decides by the first failure whether the sync is tried again
        if error.failure_type is FailureType.config_error and not self._waits_with_failure:
            self._waits_with_failure = True
            return
        self._waits_with_failure = False
        yield messages.error(self.name, f"{self.name}: {error}", error.failure_type or FailureType.system_error)
        yield self._status(AirbyteStreamStatus.INCOMPLETE)

    def _status(self, status: AirbyteStreamStatus) -> AirbyteMessage:
        return messages.status_message(StreamDescriptor(name=self.name), status)


def _line(record: dict[str, Any]) -> bytes:
    """A record's JSON; fields whose value was made null since it did not fit are named in its `meta` too."""
    raw = record.get(RAW)
    if not raw:
        return messages.serialize_record(record)
    return messages.serialize_record(record, [name for name in raw if name in record and record[name] is None])


def _next_cursor(state: StreamState | None, now: datetime) -> datetime:
    """The cursor of the sync's rows: later than every one used before, whatever the clock says, or the warehouse would
    keep what earlier syncs have sent."""
    cursor = now.replace(microsecond=now.microsecond // 1000 * 1000)
    if state is None:
        return cursor
    if state.cursor is not None and state.cursor >= cursor:
        cursor = state.cursor + timedelta(milliseconds=1)
    state.cursor = cursor + AFTER_THE_ROWS
    return cursor
