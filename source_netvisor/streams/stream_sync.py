"""One stream during one sync: what it gets becomes its messages, and its state moves forward.

For every batch: announce, send, confirm (ledger_changes.py). A state goes out that announces the rows of the batch;
then the records; and the next state has what was sent.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from airbyte_cdk.models import AirbyteMessage

from source_netvisor import clock, errors
from source_netvisor.errors import NetvisorError
from source_netvisor.manifest.stream_definition import StreamDefinition
from source_netvisor.parsing.record_text import Row
from source_netvisor.protocol import messages
from source_netvisor.protocol.messages import Message
from source_netvisor.records.raw_texts import RAW
from source_netvisor.state.ledger import Columns, Group, Ledger
from source_netvisor.state.stream_state import StreamState
from source_netvisor.streams.deletion_records import AFTER_THE_ROWS, DeletionRecords
from source_netvisor.streams.ledger_changes import LedgerChanges
from source_netvisor.streams.record_buffer import RecordBuffer
from source_netvisor.streams.record_counts import RecordCounts
from source_netvisor.streams.stream_deletions import StreamDeletions
from source_netvisor.streams.stream_records import StreamRecords
from source_netvisor.streams.stream_status import StreamStatus
from source_netvisor.sync_context import SyncContext

logger = logging.getLogger("airbyte.source_netvisor")

FULL_REFRESH_STATE = {"__ab_no_cursor_state_message": True}
"""The only thing that the state of a full refresh says, by Airbyte's convention."""
SECONDS_BETWEEN_STATES = 60
TEMPLATES_FROM = 1 << 20
"""Bytes of replies whose records are built by templates."""
REFUSED_ASKED_DAILY = timedelta(days=7)
"""For how long details that Netvisor refuses are asked for every day; later by turns."""
SMALL_STATE = 1 << 18
"""Characters of a state up to which one goes out for each window."""


class StreamSync:
    """Reads one configured stream.

    Args:
        definition: of the stream.
        state: where it stands; None: a full refresh.
        context: of the sync.
        batch: bytes of records in a batch.

    Attributes:
        ledger: what the destination holds; empty for a full refresh.
        changes: of the ledger.
        built: makes the records.
        counts: of the records.
        deletions: sends what is gone.
        status: of the stream.
        last_state: the last STATE that went out.
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
        self.counts = RecordCounts()
        self.status = StreamStatus(self.name)
        self.ledger = state.ledger if state is not None else Ledger()
        self.changes = LedgerChanges(self.ledger, self.counts)
        self.deletions = StreamDeletions(
            DeletionRecords(definition, self.built.added.constant, cursor),
            self.changes,
            self.counts,
            self.status,
            self.state_message,
        )
        self._buffer = RecordBuffer(batch)
        self._batches = 0
        self.last_state: AirbyteMessage | None = None
        self._last_state = time.monotonic()
        self._sent_since_state = 0

    @property
    def incremental(self) -> bool:
        """Whether a state is kept."""
        return self.state is not None

    @property
    def taken_in(self) -> int:
        """Records so far, with those that wait to be sent."""
        return self.counts.total + self._buffer.groups.row_count

    def group(self, key: int) -> Group | None:
        """What the ledger has of a document."""
        return self.ledger.get(key)

    # --- records --------------------------------------------------------------------------------------------------

    def send(self, row: Row, placeholders: Mapping[str, str]) -> None:
        """Takes in the records of a row without looking at the ledger: of a full refresh, or without a key."""
        for record in self.built.of(row, placeholders):
            self._buffer.add(_line(record))
            self.counts.unjudged += 1

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
        rows = (key,) if self.definition.lines is None else _row_keys(records, self.definition.row_key)
        self._buffer.groups.append(key, fingerprint, month, rows)
        return True

    def is_deleted(self, row: Row) -> bool:
        """Whether Netvisor shows a document as a deleted one."""
        records = self.built.of_uncounted(row, {}) if self.definition.deleted_when else []
        return bool(records) and records[0].get("_ab_cdc_deleted_at") is not None

    def send_records(self, groups: Mapping[int, Group], records: Iterable[dict[str, Any]]) -> None:
        """Takes in groups whose records come mixed."""
        for record in records:
            self._buffer.add(_line(record))
        for key, group in groups.items():
            self._buffer.groups.append(key, *group)

    def refuse(self, key: int, month: int | None) -> None:
        """Netvisor does not give the details of a document that its list has: what the destination has of it stays."""
        if self.state is not None:
            compared, today = self.state.compared, self.context.today
            # refusals before a long pause do not count: nobody asked meanwhile
            paused = compared is None or today - clock.helsinki_date(compared) > REFUSED_ASKED_DAILY
            self.changes.refuse(key, month, today, paused)

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
            self.status.problem(errors.built_wrong(self.definition.source.resource))

    # --- batches --------------------------------------------------------------------------------------------------

    @property
    def is_due(self) -> bool:
        """Whether what waits should be sent now."""
        if not self._buffer.size and not self._buffer.groups:
            return False
        return self._buffer.is_full or time.monotonic() - self._last_state > SECONDS_BETWEEN_STATES

    def flush(self) -> Iterator[Message]:
        """Announces, sends and confirms the records that wait."""
        groups, self._buffer.groups = self._buffer.groups, Columns()
        self._batches += 1
        if self.state is not None:
            self.changes.announce(groups)
            if groups:
                yield self.state_message()
            self._sent_since_state += self._buffer.size
        for data in self._buffer.take():
            yield from self.status.records(data)
        self.changes.confirm(groups)

    # --- moving forward -------------------------------------------------------------------------------------------

    def window_done(self, following: date | None) -> Iterator[Message]:
        """A window has been read to its end, and so have all before it.

        Args:
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
        if state is not None:
            yield self.state_message()

    def state_message(self) -> AirbyteMessage:
        """The state as it is now."""
        self._last_state, self._sent_since_state = time.monotonic(), 0
        if self.state is None:
            return messages.state(self.name, FULL_REFRESH_STATE)
        self.last_state = messages.state(self.name, self.state.to_json())
        return self.last_state

    def finish(self) -> Iterator[Message]:
        """The last records, warnings, the last state, COMPLETE or INCOMPLETE."""
        if self.status.finished:
            return
        yield from self.status.begin()
        yield from self.flush()
        self.status.finished = True
        self.built.warn()
        if self.status.failure is None or self.incremental:
            yield self.state_message()
        yield from self.status.end()

    def fail(self, error: NetvisorError) -> Iterator[Message]:
        """The stream cannot be read on; what was sent before stays good, its state is out."""
        if self.status.finished:
            return
        yield from self.status.begin()
        self.status.problem(error)
        self._buffer.clear()
        self.built.warn()
        yield from self.status.end()


def _row_keys(records: Iterable[Mapping[str, Any]], name: str) -> tuple[int, ...]:
    keys = [record[name] for record in records if isinstance(record.get(name), int)]
    return tuple(keys) if all(map(int.__lt__, keys, keys[1:])) else tuple(sorted(set(keys)))


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
