"""One stream during one sync: elements become its messages, and its state moves forward."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from airbyte_cdk.models import AirbyteMessage, FailureType, StreamDescriptor

from source_netvisor import clock
from source_netvisor.changes.changed_days import ChangedDays
from source_netvisor.changes.delivered_changes import put_documents, put_lines
from source_netvisor.changes.invalidated_documents import InvalidatedDocuments, KnownInvalidated
from source_netvisor.changes.open_items import KnownOpenItems
from source_netvisor.changes.rows_of_days import RowsOfDays
from source_netvisor.changes.touched_documents import ReadMeanwhile
from source_netvisor.errors import NetvisorError
from source_netvisor.manifest.stream_definition import StreamDefinition
from source_netvisor.parsing.record_text import Row
from source_netvisor.protocol import messages
from source_netvisor.protocol.messages import AirbyteStreamStatus, Message, Records
from source_netvisor.records.values import to_date_time, to_moment
from source_netvisor.state.delivered_keys import DeliveredKeys
from source_netvisor.state.key_set import KeySet
from source_netvisor.state.stream_state import NO_CURSOR, StreamState
from source_netvisor.streams.held_documents import Document, HeldDocuments
from source_netvisor.streams.stream_progress import StreamProgress
from source_netvisor.streams.stream_records import StreamRecords
from source_netvisor.streams.tombstones import Tombstones
from source_netvisor.sync import plan
from source_netvisor.sync.plan import SyncContext, Task

logger = logging.getLogger("airbyte.source_netvisor")

NO_CURSOR_STATE = {NO_CURSOR: True}


class StreamReading:
    """Reads one configured stream.

    Args:
        definition: of the stream.
        incremental: whether state is kept; otherwise everything is read.
        state: where the stream stands.
        context: of the sync.
    """

    def __init__(
        self, definition: StreamDefinition, incremental: bool, state: StreamState, context: SyncContext
    ) -> None:
        self.definition = definition
        self.name = definition.name
        self.incremental = incremental
        self.state = state
        self.context = context
        self.failure: NetvisorError | None = None
        self.finished = False
        self.records = 0
        self._began = False
        self._running = False
        cursor = state.next_cursor(context.now)
        self._keeps_keys = incremental and (definition.deletions is not None or definition.is_register)
        self.built = StreamRecords(definition, context.config.business_id, clock.to_text(cursor))
        self._tombstones = Tombstones(definition, self.built.added, cursor)
        self._held = HeldDocuments(
            definition.primary_key[-1] if definition.lines else None, definition.moment_of_change
        )
        self._living = KeySet()
        self._lacking = self._unsettled = False
        self.invalidated: InvalidatedDocuments | None = None
        if incremental and definition.invalidated:
            state.invalidated = state.invalidated or KnownInvalidated()
            self.invalidated = InvalidatedDocuments(state.invalidated, definition.invalidated.status)
        self._days: ChangedDays | None = None
        self._rows: RowsOfDays | None = None
        if incremental and definition.cursor_field and definition.reads_days_again:
            self._rows = RowsOfDays(state.rows_of_days, definition.primary_key, definition.cursor_field)
        self.progress = StreamProgress(definition, incremental, state, context)

    def plan(self) -> list[Task]:
        """The windows of the listing that this sync reads for the stream."""
        planned = self.progress.plan()
        ask = self.definition.listing
        if ask.compares_older and self.incremental:
            since = "" if self.state.first_read else plan.reread_from(ask, self.state, self.context).isoformat()
            cursor = self.definition.cursor_field or ""
            self._days = ChangedDays(cursor, self.state.day_checksums, since, self.built.added)
        again = self.definition.reads_days_again
        if self._rows is not None and again is not None:
            days = plan.days_read_again(again, self.state, planned, self.context)
            self._rows.asks(days, plan.first_day_kept(again, self.context))
        return planned

    # --- records --------------------------------------------------------------------------------------------------

    def begin(self) -> Iterator[Message]:
        """STARTED, once."""
        if not self._began:
            self._began = True
            yield self._status(AirbyteStreamStatus.STARTED)

    def row(self, row: Row, key: int | None, values: Mapping[str, str]) -> Iterator[Message]:
        """The messages that one record of the reply gives.

        Args:
            row: the record, or the larger element around the stream's lines.
            key: its Netvisor key.
            values: the words of the request.
        """
        found = self.built.of(row, values)
        if self._rows is not None:
            self._rows.note(found)
        if self._days is not None:
            found = [record for record in found if self._days.sends(record)]
            if not found:
                return
        if self._keeps_keys and key is None and found and self.definition.lines is None:
            # where the key lies deeper than the rows of a list have it
            key = found[0][self.definition.primary_key[0]]
        if self._keeps_keys and key is not None:
            yield from self._hold(key, found)
        elif self._rows is not None:
            yield from self._hold(0, found)
        else:
            yield from self._records(found)

    def invalidated_row(self, row: Row, key: int, values: Mapping[str, str]) -> Iterator[Message]:
        """A document that is not valid any more, of which no other list of this sync has told.

        A deleted one is left to the list of deletions: another one may live under its key.

        Args:
            row: of the document.
            key: its Netvisor key.
            values: the words of the request.
        """
        found = self.built.of(row, values)
        if found and found[0].get("_ab_cdc_deleted_at") is None:
            assert self.invalidated is not None
            self.invalidated.found()
            yield from self._hold(key, found)

    @property
    def compares_days(self) -> bool:
        """Whether all elements of a reply go through `note_days` before the first is given to `row`."""
        return self._days is not None

    def note_days(self, row: Row, values: Mapping[str, str]) -> None:
        """Counts a row, or its lines, into the checksums of their days."""
        assert self._days is not None
        self._days.note(self.built.of_uncounted(row, values))

    def days_noted(self) -> Iterator[Message]:
        """All rows of a reply have been noted; the days that are sent because they changed are not known any more."""
        assert self._days is not None
        if self._days.unsettle():
            yield self._state_message()

    def _hold(self, key: int, records: list[dict[str, Any]]) -> Iterator[Message]:
        """Keeps the document's records back until enough are together for a state."""
        if self.invalidated is not None and records:
            self.invalidated.note(key, records[0])
        if self._held.add(key, records):
            self._living.add(key)
        if self._held.is_enough(self.state.delivered.packed_size):
            yield from self.flush()

    def flush(self) -> Iterator[Message]:
        """Sends the records held back, and deletions of lines that their documents no longer have.

        The state goes out first whenever there are new keys: were the sync killed between the records and their state,
        a line that vanishes before the next sync, or a document deleted in a long pause, could never be deleted.
        """
        held = self._held.take()
        if not held:
            return
        if self._rows is not None:
            if self._rows.has_news():
                yield self._state_message()
            yield from self._send([data for document in held for data in document.data])
        elif self.definition.lines is None:
            yield from self._send_documents(held)
        else:
            yield from self._send_lines(held)
        if self.invalidated is not None:
            self.invalidated.sent()

    def _send_documents(self, held: list[Document]) -> Iterator[Message]:
        delivered = self.state.delivered
        if put_documents(held, delivered) or self._unsettled:
            self._unsettled = False
            yield self._state_message()
        yield from self._send([data for document in held for data in document.data])
        for document in held:
            if document.deleted:
                delivered.remove(document.key)

    def _send_lines(self, held: list[Document]) -> Iterator[Message]:
        delivered = self.state.delivered
        changed, lost = put_lines(held, delivered, self.state.delivered_before)
        if changed or self._unsettled:
            self._unsettled = False
            yield self._state_message()
        yield from self._send([data for document in held for data in document.data])
        for document in lost:
            for line in document.gone:
                yield from self._deletion(document.document, line, None)
            delivered.put(document.document, document.living)

    def _records(self, records: Iterable[dict[str, Any]]) -> Iterator[Message]:
        yield from self._send([messages.serialize_record(record) for record in records])

    def _send(self, data: list[bytes]) -> Iterator[Message]:
        if not self._running:
            self._running = True
            yield self._status(AirbyteStreamStatus.RUNNING)
        if data:
            self.records += len(data)
            yield Records(self.name, data)

    # --- deletions ------------------------------------------------------------------------------------------------

    def deleted(self, key: int, deleted_at: str | None) -> Iterator[Message]:
        """The messages for a document that Netvisor lists as deleted.

        A document that was deleted before this sync began, and met in it, lives again under its key. That Netvisor
        brings documents back is not known; a row that is there is right in any case.

        Args:
            key: of the document.
            deleted_at: Netvisor's text for the moment, to the minute.
        """
        moment = to_date_time(deleted_at) if deleted_at else None
        when = moment if isinstance(moment, str) else None
        before = to_moment(deleted_at)
        if before and key in self._living and before < self.context.now.replace(second=0, microsecond=0):
            return
        yield from self.flush()
        if self.definition.lines is None:
            yield from self._deletion(key, None, when)
        else:
            lines = set(self.state.delivered.lines_of([key]).get(key, ()))
            if self.state.delivered_before is not None:
                lines |= set(self.state.delivered_before.lines_of([key]).get(key, ()))
            for line in sorted(lines):
                yield from self._deletion(key, line, when)
        self.state.delivered.remove(key)
        if self.state.delivered_before is not None:
            self.state.delivered_before.remove(key)

    def _deletion(self, key: int, line: int | None, deleted_at: str | None) -> Iterator[Message]:
        yield from self._records((self._tombstones.of_document(key, line, deleted_at),))

    def _gone(self, task: Task) -> Iterator[Message]:
        """Deletions of rows whose days have been read again without them."""
        if self._rows is None or self._lacking or task.after is not None:
            return
        for keys in self._rows.gone():
            yield from self._records((self._tombstones.of_row(keys),))
        self._rows.settle()

    def lacks_details(self) -> None:
        """Details of some documents could not be read, so that what is not met may be there all the same."""
        self._lacking = True

    def _vanished(self) -> Iterator[Message]:
        """Deletions of what a repeated first read did not meet again."""
        before = self.state.delivered_before
        if before is None:
            return
        gone = [key for key in before.documents if key not in self.state.delivered.documents]
        for start in range(0, len(gone), 500):
            chunk = gone[start : start + 500]
            lines = before.lines_of(chunk)
            for key in chunk:
                if self.definition.lines is None:
                    yield from self._deletion(key, None, None)
                for line in lines.get(key, ()):
                    yield from self._deletion(key, line, None)
        self.state.delivered_before = None

    # --- moving forward -------------------------------------------------------------------------------------------

    def details_done(self, task: Task, key: int, done: int, total: int) -> Iterator[Message]:
        """Details up to this key have been read, `done` documents of `total`."""
        yield from self.flush()
        yield messages.estimate(self.name, self.records * total // done)
        if not self.incremental:
            return
        if self.progress.details_read(task, key):
            yield self._state_message()

    def task_done(self, task: Task) -> Iterator[Message]:
        """A whole window has been read."""
        yield from self.flush()
        if not self.incremental:
            return
        if self._days is not None:
            self._days.settle(complete=task.kind == "dates" and task.number == task.count)
        if task.kind == "touched":
            return
        if self.progress.completes_first_read(task):
            yield from self._vanished()
        if self.progress.completes_first_read(task) or (task.kind == "dates" and task.number == task.count):
            yield from self._gone(task)
        self.progress.task_read(task)
        if task.count > 1:
            logger.info(
                f"{self.name}: window {task.number} of {task.count} ({task.begins or 'changes'}) read, "
                f"{self.records} records so far."
            )
            yield messages.estimate(self.name, self.records * task.count // task.number)
        yield self._state_message()

    def deletions_done(self) -> Iterator[Message]:
        """The list of deletions has been read up to now."""
        self.state.deletions_until = self.context.now
        yield self._state_message()

    def compared_with(self, listed: KeySet) -> Iterator[Message]:
        """Deletions of what a whole list does not have, which was read to its end now.

        Args:
            listed: its keys.
        """
        yield from self.flush()
        delivered = self.state.delivered
        gone = [key for key in delivered.documents if key not in listed]
        moments = delivered.lines_of(gone) if self.definition.moment_of_change else {}
        for key in gone:
            moment = next(iter(moments.get(key, ())), None)
            yield from self._records((self._tombstones.of_register_entry(key, moment),))
            delivered.remove(key)
        yield from self.deletions_done()

    def payments_noted(self, unsettled: DeliveredKeys) -> Iterator[Message]:
        """Documents that payments touched are about to be read."""
        yield from self.begin()
        self.state.payments = unsettled
        yield self._state_message()

    def payments_done(self, seen: DeliveredKeys, meanwhile: ReadMeanwhile) -> Iterator[Message]:
        """The documents that these payments touched have been read."""
        yield from self.flush()
        self.state.payments, self.state.read_meanwhile = seen, meanwhile
        yield self._state_message()

    def sends_open_item(self, key: int) -> None:
        """An invoice is about to be sent with another open item than the state knows, and the state will say so before:
        were the sync killed, the invoice would be sent again, also if its item is then again what it was."""
        if self.state.open_items is not None:
            self.state.open_items.unsettled.append(key)
            self._unsettled = True

    def open_items_settled(self, known: KnownOpenItems) -> Iterator[Message]:
        """What the destination knows of open invoices."""
        yield from self.flush()
        self.state.open_items = known
        yield self._state_message()

    def looked_at_invalidated(self) -> Iterator[Message]:
        """All that is invalidated has been sent as such."""
        yield from self.flush()
        assert self.state.invalidated is not None
        self.state.invalidated.until = self.context.now
        yield self._state_message()

    def finish(self) -> Iterator[Message]:
        """Warnings, the last state, COMPLETE."""
        if self.failure:
            return
        yield from self.begin()
        yield from self.flush()
        self.built.warn()
        if not self.incremental:
            yield messages.state(self.name, NO_CURSOR_STATE)
        if not self._running:
            yield self._status(AirbyteStreamStatus.RUNNING)
        yield self._status(AirbyteStreamStatus.COMPLETE)
        self.finished = True
        logger.info(f"{self.name}: {self.records} records read.")

    def fail(self, error: NetvisorError) -> Iterator[Message]:
        """Why the stream cannot be read (on); what was read before stays good, its state is out."""
        if self.failure or self.finished:
            return
        yield from self.begin()
        self.failure = error
        self._held.clear()
        if self.invalidated is not None:
            self.invalidated.forget()
        self.built.warn()
        yield messages.error(self.name, f"{self.name}: {error}", error.failure_type or FailureType.system_error)
        yield self._status(AirbyteStreamStatus.INCOMPLETE)

    def _status(self, status: AirbyteStreamStatus) -> AirbyteMessage:
        return messages.status_message(StreamDescriptor(name=self.name), status)

    def _state_message(self) -> AirbyteMessage:
        if self._rows is not None:
            self.state.rows_of_days = self._rows.to_json()
        return messages.state(self.name, self.state.to_json(self.definition.cursor_field or ""))


def fail(streams: Iterable[StreamReading], error: NetvisorError) -> Iterator[Message]:
    """Why these streams cannot be read.

    Raises:
        NetvisorError: the same one, if no other stream can be read either.
    """
    for stream in streams:
        yield from stream.fail(error)
    if error.aborts_sync:
        raise error
