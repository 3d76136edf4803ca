"""One stream during one sync: elements become its messages, and its state moves forward."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from airbyte_cdk.models import AirbyteMessage, FailureType, StreamDescriptor

from source_netvisor import clock, errors, messages, plan
from source_netvisor.changed_days import ChangedDays
from source_netvisor.delivered_keys import DeliveredKeys
from source_netvisor.discretion import shown_names
from source_netvisor.element_names import RAW
from source_netvisor.errors import NetvisorError
from source_netvisor.held_documents import Document, HeldDocuments
from source_netvisor.key_set import KeySet
from source_netvisor.line_records import LineRecords
from source_netvisor.messages import AirbyteStreamStatus, Message, Records
from source_netvisor.naming import plurals, squash
from source_netvisor.plan import DELETIONS_REMEMBERED, SyncContext, Task
from source_netvisor.record_text import RecordText, Row
from source_netvisor.records import RecordBuilder
from source_netvisor.state import NO_CURSOR, ChangedDetails, FirstRead, StreamState
from source_netvisor.stream_definition import StreamDefinition
from source_netvisor.values import converter_for, to_date_time

logger = logging.getLogger("airbyte.source_netvisor")

AFTER_EVERY_DATE = "9999-12-31"
"""Cursor of a deletion where the cursor is a document's date: it must win over a version dated in the future."""
AFTER_THE_ROWS = timedelta(microseconds=1)
"""By which a deletion's change window ends later than that of the rows of the same sync, which it must win over: where
cursors are equal, destinations go by the moment of emission, which is counted in milliseconds."""
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
        self._cursor = clock.to_text(cursor)
        self._cursor_of_deletions = clock.to_text(cursor + AFTER_THE_ROWS)
        self._without_key = 0
        properties = definition.schema.get("properties", {})
        self._added: dict[str, Any] = {"business_id": context.config.business_id}
        if "_ab_modified_until" in properties:
            self._added["_ab_modified_until"] = self._cursor
        if definition.sends_deletions:
            self._added["_ab_cdc_deleted_at"] = None
        self._keeps_keys = incremental and definition.sends_deletions
        self._request_converters = {
            name: (word, converter_for(properties.get(name, {}))) for name, word in definition.request_fields.items()
        }
        lines = definition.lines
        self._numbered = "line_number" in properties and lines is not None
        own = {name: schema for name, schema in properties.items() if not lines or name not in lines.parent}
        own = {name: schema for name, schema in own.items() if "{" not in name}
        self._builder = RecordBuilder(
            {"properties": own},
            definition.primary_key,
            definition.fields,
            definition.exclude,
            reserved=tuple(properties),
        )
        self._lines: LineRecords | None = None
        if lines is not None:
            parent = RecordBuilder({"properties": properties}, (), lines.parent, exclusive=True)
            self._lines = LineRecords(parent, self._builder, lines.element)
        self._whole: StreamReading | None = None
        self._lines_of_whole = ""
        self._latest: tuple[Row, dict[str, Any]] | None = None
        self._held = HeldDocuments(definition.primary_key[-1] if lines else None)
        self._days: ChangedDays | None = None
        self._seen_up_to: int | None = None
        self._highest_listed: int | None = None
        self._never_modified: str | None = None

    # --- planning -------------------------------------------------------------------------------------------------

    def plan(self) -> list[Task]:
        """The windows of the listing that this sync reads for the stream."""
        planned = plan.tasks(self.definition, self.state, self.context)
        ask = self.definition.listing
        begins = plan.begins_with_a_first_read(self.definition, self.state)
        if self.incremental and self.state.first_read is None and begins:
            self.state.first_read, self.state.changed_details = FirstRead(self.context.now), None
        self._seen_up_to = self.state.complete_up_to
        if ask.compares_older and self.incremental:
            since = "" if self.state.first_read else plan.reread_from(ask, self.state, self.context).isoformat()
            cursor = self.definition.cursor_field or ""
            self._days = ChangedDays(cursor, self.state.day_checksums, since, self._added)
        return planned

    def missed_deletions(self) -> bool:
        """Whether deletions may have happened that Netvisor does not remember any more."""
        since = self.deletions_since
        if not self.incremental or not self.definition.sends_deletions or since is None:
            return False
        # the day itself counts as missed: whether the list has the day that it is asked from is not documented
        return clock.helsinki_date(since) <= self.context.today - DELETIONS_REMEMBERED

    @property
    def deletions_since(self) -> datetime | None:
        """From when on deletions concern what was delivered; None before anything was."""
        first = self.state.first_read
        if first and (first.anew or self.state.deletions_until is None):
            return first.began
        return self.state.deletions_until

    def read_anew(self) -> None:
        """Starts a first read again; what it does not meet is deleted at its end."""
        before = self.state.delivered_before
        # a repeated read that was itself interrupted for too long: both of its halves may have lost documents
        self.state.delivered_before = before.updated(self.state.delivered) if before else self.state.delivered
        self.state.delivered = DeliveredKeys()
        self.state.first_read = FirstRead(self.context.now, anew=True)
        self.state.changed_details = None

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
        if self._lines is not None:
            yield from self._line_rows(row, key, values)
            return
        record = self._record(row, values)
        if self._days is not None and not self._days.sends(record):
            return
        self._latest = row, record
        if "key" in values and record[self.definition.primary_key[0]] not in (int(values["key"]), None):
            raise errors.unreadable(self.definition.source.resource, "the details of another document")
        if not self._keeps_keys or key is None:
            yield from self._records((record,))
            return
        yield from self._hold(key, [record])

    def _record(self, row: Row, values: Mapping[str, str]) -> dict[str, Any]:
        record = self._builder.build(row)
        self._complete(record, values)
        return record

    @property
    def compares_days(self) -> bool:
        """Whether all elements of a reply go through `note_days` before the first is given to `element`."""
        return self._days is not None

    def note_days(self, row: Row, values: Mapping[str, str]) -> None:
        """Counts a row, or its lines, into the checksums of their days."""
        assert self._days is not None
        builders = [self._builder, self._lines.parent] if self._lines else [self._builder]
        counted = [builder.unfit.copy() for builder in builders], self._without_key
        self._days.note(self._line_records(row, values) if self._lines else (self._record(row, values),))
        # the element comes once more, to be sent, and what does not fit in it is told once
        for builder, unfit in zip(builders, counted[0], strict=True):
            builder.unfit = unfit
        self._without_key = counted[1]

    def days_noted(self) -> Iterator[Message]:
        """All rows of a reply have been noted; the days that are sent because they changed are not known any more."""
        assert self._days is not None
        if self._days.unsettle():
            yield self._state_message()

    def lacks(self, key: int) -> bool:
        """Whether a document of a list that was asked for new ones has not been delivered, or not for certain."""
        if self._seen_up_to is not None:
            return key > self._seen_up_to
        if key in self.state.delivered.documents:
            return False
        # were the sync killed with this key in its state, but before its record, the key would not show what is lacking
        self.state.complete_up_to = self.state.complete_up_to or 0
        return True

    def listed(self, keys: KeySet, never_modified: str | None) -> None:
        """A complete list, or one of all new documents, has been read.

        Args:
            keys: of the list.
            never_modified: what a comparison has shown (never_modified.py); None: none was made.
        """
        self._highest_listed = max(keys, default=None)
        self._never_modified = never_modified

    def take_lines_from(self, others: Iterable[StreamReading]) -> None:
        """Looks for the stream whose records hold this stream's lines, so that they are built once.

        Args:
            others: streams that are given each element before this one.
        """
        lines = self.definition.lines
        if lines is None or self.definition.fields or self.definition.exclude:
            return
        for other in others:
            if other.definition.lines is None and other.definition.source.identity == self.definition.source.identity:
                for name, schema in other.definition.schema.get("properties", {}).items():
                    if "array" in schema.get("type", ()) and squash(name) in plurals(squash(lines.element)):
                        self._whole, self._lines_of_whole = other, name

    def _line_rows(self, row: Row, key: int | None, values: Mapping[str, str]) -> Iterator[Message]:
        found = self._line_records(row, values)
        if self._days is not None:
            found = [record for record in found if self._days.sends(record)]
        if not self._keeps_keys or key is None:
            yield from self._records(found)
        else:
            yield from self._hold(key, found)

    def _line_records(self, row: Row, values: Mapping[str, str]) -> list[dict[str, Any]]:
        assert self._lines is not None
        latest = self._whole._latest if self._whole else None
        if latest and latest[0] is row and not isinstance(row, RecordText) and RAW not in latest[1]:
            # the whole document's record, which has just been built of the same row, has the lines already
            parent = self._lines.parent.build(row)
            found = [{n: v for n, v in line.items() if n != "line_number"} for line in latest[1][self._lines_of_whole]]
        else:
            parent, found = self._lines.build(row)
        raw = parent.pop(RAW, None)
        for number, record in enumerate(found, 1):
            record.update(parent)
            if raw:
                record[RAW] = {**record.get(RAW, {}), **raw}
            if self._numbered:
                record["line_number"] = number
            self._complete(record, values)
        return found

    def _hold(self, key: int, records: list[dict[str, Any]]) -> Iterator[Message]:
        """Keeps the document's records back until enough are together for a state."""
        self._held.add(key, records)
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
        if self.definition.lines is None:
            yield from self._send_documents(held)
        else:
            yield from self._send_lines(held)

    def _send_documents(self, held: list[Document]) -> Iterator[Message]:
        delivered = self.state.delivered
        new = False
        for document in held:
            if document.key not in delivered.documents and not document.deleted:
                delivered.put(document.key)
                new = True
        if new:
            yield self._state_message()
        yield from self._send([data for document in held for data in document.data])
        for document in held:
            if document.deleted:
                delivered.remove(document.key)

    def _send_lines(self, held: list[Document]) -> Iterator[Message]:
        delivered = self.state.delivered
        before = delivered.lines_of(document.key for document in held)
        if self.state.delivered_before is not None:
            for key, lines in self.state.delivered_before.lines_of(document.key for document in held).items():
                before[key] = tuple(dict.fromkeys((*before.get(key, ()), *lines)))
        new = False
        now: dict[int, list[int]] = {}
        for document in held:
            key, living = document.key, document.lines
            if key in now:
                living = sorted({*living, *now[key]})
            now[key] = living
            earlier = before.get(key, ())
            union = sorted({*living, *earlier}) if earlier else living
            if key not in delivered.documents or union != sorted(earlier):
                delivered.put(key, union)
                new = True
        if new:
            yield self._state_message()
        yield from self._send([data for document in held for data in document.data])
        for key, earlier in before.items():
            gone = sorted(set(earlier) - set(now[key]))
            for line_gone in gone:
                yield from self._deletion(key, line_gone, None)
            if gone:
                delivered.put(key, now[key])

    def _complete(self, record: dict[str, Any], values: Mapping[str, str]) -> bool:
        """Adds what the reply does not say; whether the record is one that Netvisor calls deleted."""
        for name, (word, convert) in self._request_converters.items():
            if record.get(name) is None and word in values:
                record[name] = convert(values[word])
        record.update(self._added)
        deleted = False
        for name, value in self.definition.deleted_when.items():
            if str(record.get(name) or "").lower() == value:
                record["_ab_cdc_deleted_at"] = self._cursor
                deleted = True
        for name in self.definition.primary_key:
            if record.get(name) is None:
                self._without_key += 1
                record[name] = None
        return deleted

    def _records(self, records: Iterable[dict[str, Any]]) -> Iterator[Message]:
        yield from self._send([messages.written(record) for record in records])

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

        Args:
            key: of the document.
            deleted_at: Netvisor's text for the moment.
        """
        yield from self.flush()
        moment = to_date_time(deleted_at) if deleted_at else None
        when = moment if isinstance(moment, str) else None
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
        record: dict[str, Any] = {self.definition.primary_key[0]: key}
        if line is not None:
            record[self.definition.primary_key[-1]] = line
        record.update(self._added)
        record["_ab_cdc_deleted_at"] = deleted_at or self._cursor
        if "_ab_modified_until" in record:
            record["_ab_modified_until"] = self._cursor_of_deletions
        cursor = self.definition.cursor_field
        if cursor and cursor != "_ab_modified_until":
            schema = self.definition.schema["properties"][cursor]
            record[cursor] = AFTER_EVERY_DATE if schema.get("format") == "date" else self._cursor_of_deletions
        yield from self._records((record,))

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
        if task.kind == "first" and self.state.first_read:
            self.state.first_read.next = task.begins or None
            self.state.first_read.after = key
        elif task.kind == "new":
            self.state.complete_up_to = key
        elif task.kind == "changes" and task.since and task.until:
            self.state.changed_details = ChangedDetails(task.since, task.until, key)
        else:
            return
        yield self._state_message()

    def task_done(self, task: Task) -> Iterator[Message]:
        """A whole window has been read."""
        yield from self.flush()
        if not self.incremental:
            return
        if self._days is not None:
            self._days.settle(complete=task.kind == "dates" and task.number == task.count)
        first = self.state.first_read
        if task.kind == "first" and first:
            first.next, first.after = task.following, None
            if task.following is None:
                yield from self._first_read_done(first)
        elif task.kind in ("changes", "deletions"):
            self.state.read_until = task.until
            self.state.changed_details = None
            if task.kind == "deletions":
                self.state.first_read = None
        elif task.kind == "new":
            self._complete_list_done()
        elif task.kind == "touched":
            return
        elif task.number == task.count:
            self.state.read_until = self.context.now
        if task.count > 1:
            logger.info(
                f"{self.name}: window {task.number} of {task.count} ({task.begins or 'changes'}) read, "
                f"{self.records} records so far."
            )
            yield messages.estimate(self.name, self.records * task.count // task.number)
        yield self._state_message()

    def _first_read_done(self, first: FirstRead) -> Iterator[Message]:
        yield from self._vanished()
        self._complete_list_done()
        self.state.read_until = first.began
        self.state.first_read = None
        if (self.definition.deletions and self.state.deletions_until is None) or first.anew:
            self.state.deletions_until = first.began

    def _complete_list_done(self) -> None:
        self.state.never_modified = self.state.never_modified or self._never_modified
        if self.state.never_modified != "out":
            self.state.complete_up_to = None
        elif self._highest_listed is not None:
            self.state.complete_up_to = max(self._highest_listed, self.state.complete_up_to or 0)

    def deletions_done(self) -> Iterator[Message]:
        """The list of deletions has been read up to now."""
        self.state.deletions_until = self.context.now
        yield self._state_message()

    def payments_noted(self, unsettled: DeliveredKeys) -> Iterator[Message]:
        """Documents that payments touched are about to be read."""
        yield from self.begin()
        self.state.payments = unsettled
        yield self._state_message()

    def payments_done(self, seen: DeliveredKeys) -> Iterator[Message]:
        """The documents that these payments touched have been read."""
        yield from self.flush()
        self.state.payments = seen
        yield self._state_message()

    def finish(self) -> Iterator[Message]:
        """Warnings, the last state, COMPLETE."""
        if self.failure:
            return
        yield from self.begin()
        yield from self.flush()
        self._warn()
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
        self._warn()
        yield messages.error(self.name, f"{self.name}: {error}", error.failure_type or FailureType.system_error)
        yield self._status(AirbyteStreamStatus.INCOMPLETE)

    def _warn(self) -> None:
        builders = [self._builder, *([self._lines.parent] if self._lines else [])]
        for builder in builders:
            if builder.unfit:
                counts = shown_names(f"{name} {count}" for name, count in builder.unfit.items())
                logger.warning(
                    f"{self.name}: values that do not fit their type became null; their text is in {RAW} ({counts})."
                )
            if builder.unknown and builder is self._builder:
                logger.info(
                    f"{self.name}: Netvisor sends fields that the schema does not know; they are kept: "
                    f"{shown_names(builder.unknown)}."
                )
        if self._without_key:
            key = ", ".join(self.definition.primary_key)
            logger.warning(f"{self.name}: {self._without_key} records came without their key ({key}).")

    def _status(self, status: AirbyteStreamStatus) -> AirbyteMessage:
        return messages.status_message(StreamDescriptor(name=self.name), status)

    def _state_message(self) -> AirbyteMessage:
        return messages.state(self.name, self.state.to_json(self.definition.cursor_field or ""))


def fail(streams: Iterable[StreamReading], error: NetvisorError) -> Iterator[Message]:
    """Why these streams cannot be read.

    Raises:
        NetvisorError: the same one, if no other stream can be read either.
    """
    for stream in streams:
        yield from stream.fail(error)
    if error.fatal:
        raise error
