"""Reads again the invoices of which something else is open than the warehouse knows (open_items.py)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import Any

from source_netvisor import clock
from source_netvisor.changes.deletion_lists import DeletionLists
from source_netvisor.changes.open_items import CLOSED, ItemReader, KnownOpenItems, OpenItems
from source_netvisor.errors import NetvisorError
from source_netvisor.fetching.row_identity import RowIdentity
from source_netvisor.manifest.stream_definition import Ask
from source_netvisor.netvisor.client import Reply, Request
from source_netvisor.parsing.record_text import Row
from source_netvisor.protocol.messages import Message
from source_netvisor.state.key_set import KeySet
from source_netvisor.streams.stream_reading import StreamReading, fail
from source_netvisor.sync import plan
from source_netvisor.sync.plan import SyncContext, Task

logger = logging.getLogger("airbyte.source_netvisor")


class OpenItemsReading:
    """The open items of one family.

    There are three reasons to look: a payment was deleted, a day has begun, or another sum is open of an invoice that
    came as changed (its payment may have been allocated to another one before). For the first the whole list is asked,
    because a payment may be missing from an invoice of any status, for the others only what is open.

    Args:
        streams: of the family.
        deletion_lists: of the family.
        pages: fetches the pages of a list.
        details: reads the details of documents for streams.
        read: stream -> keys of the documents that it has been given as changed or new in this sync.
        context: of the sync.
    """

    def __init__(
        self,
        streams: Sequence[StreamReading],
        deletion_lists: DeletionLists,
        pages: Callable[[Ask, Request], Iterator[Reply]],
        details: Callable[[list[tuple[StreamReading, Task]], KeySet, Mapping[str, KeySet]], Iterator[Message]],
        read: Mapping[str, list[KeySet]],
        context: SyncContext,
    ) -> None:
        self._read = read
        self._streams = [s for s in streams if s.definition.open_items and s.incremental and not s.failure]
        self._deletion_lists = deletion_lists
        self._pages = pages
        self._details = details
        self._context = context
        self._items: dict[str, OpenItems] = {}
        self._deleted: dict[str, dict[int, str | None] | None] = {}
        self._reader: ItemReader | None = None

    # --- before the documents -------------------------------------------------------------------------------------

    def prepare(self) -> list[Request]:
        """What will be asked first: deleted payments, with the request that their own stream makes."""
        for stream in self._streams:
            words = stream.definition.open_items
            assert words is not None
            self._items[stream.name] = OpenItems(stream.state.open_items)
            self._reader = self._reader or ItemReader(words)
        return list(dict.fromkeys(self._request(stream) for stream in self._known_before()))

    def _known_before(self) -> list[StreamReading]:
        """Streams for which deletions count; the others look at everything anyway."""
        return [stream for stream in self._streams if self._items[stream.name].known is not None]

    def _request(self, stream: StreamReading) -> Request:
        words, known = stream.definition.open_items, self._items[stream.name].known
        assert words is not None and known is not None
        return plan.deletions_task(words.deleted_payments, known.until, self._context).requests[0][0]

    def ask(self) -> None:
        """Asks for deleted payments before any document is read: one that is deleted meanwhile is new next time.

        Raises:
            NetvisorError: one that concerns every stream of the sync.
        """
        for request in dict.fromkeys(self._request(stream) for stream in self._known_before()):
            streams = [stream for stream in self._known_before() if self._request(stream) == request]
            words = streams[0].definition.open_items
            assert words is not None
            ask = words.deleted_payments
            try:
                deleted = self._deletion_lists.listed(ask, request)
                self._deleted.update((stream.name, deleted) for stream in streams)
            except NetvisorError as error:
                if error.aborts_sync:
                    raise
                self._deleted.update((stream.name, None) for stream in streams)
                why = "is blocked (SERVICE_ACCESS_ERROR)" if error.forbidden else f"could not be read: {error}"
                logger.warning(
                    f"{', '.join(stream.name for stream in streams)}: invoices one of whose payments was deleted may "
                    f"be shown as paid until the next sync that can tell, because {ask.resource} {why}"
                )

    def lists(self) -> set[Request]:
        """Lists that will be read once more, as far as that is known before the documents are read."""
        looking = [stream for stream in self._streams if not stream.state.first_read and self._reach(stream) == "all"]
        return {self._whole(stream.definition.listing)[0][0] for stream in looking}

    # --- while documents are read ---------------------------------------------------------------------------------

    def note(self, members: Sequence[tuple[StreamReading, Task]], key: int | None, row: Row) -> None:
        """A row of the list, which its streams send.

        Args:
            members: the streams that the list is read for, with their tasks.
            key: of the invoice.
            row: of the list.
        """
        item: int | None = None
        for stream, task in members:
            items = self._items.get(stream.name)
            if items is None or key is None:
                continue
            delivered = key in stream.state.delivered.documents
            if task.kind == "new" and delivered:
                continue
            if item is None:
                assert self._reader is not None
                item = self._reader.of(row)
            if task.after is not None and key <= task.after:
                items.note_sent_before(key, item)
                continue
            if not delivered or task.kind != "changes":
                items.note(key, item)
            elif items.note_change(key, item) and items.known:
                # were the sync killed before it looks, the next one would not know that it should
                items.known.look = items.known.look or "open"
                stream.sends_open_item(key)

    def listed(self, members: Sequence[tuple[StreamReading, Task]]) -> None:
        """A list has been read to its end."""
        for stream, task in members:
            if stream.name in self._items and task.kind == "first" and task.following is None:
                items, first = self._items[stream.name], stream.state.first_read
                items.complete = True
                if items.known is None and first:
                    items.known = stream.state.open_items = KnownOpenItems(first.began)

    def details_read(self, members: Sequence[tuple[StreamReading, Task]], key: int) -> None:
        """Details up to this key have been sent."""
        for stream, task in members:
            if stream.name in self._items and task.kind != "touched":
                self._items[stream.name].details_read(task.after, key)

    # --- after them -----------------------------------------------------------------------------------------------

    def read(self) -> Iterator[Message]:
        """Looks where there is a reason to, and reads what differs."""
        wanted: dict[str | None, list[StreamReading]] = {"all": [], "open": [], None: []}
        for stream in self._streams:
            if not stream.failure and not stream.state.first_read:
                wanted[self._reach(stream)].append(stream)
        for reach, streams in wanted.items():
            yield from self._look(reach, streams)

    def _reach(self, stream: StreamReading) -> str | None:
        """Whether to look, and at which invoices."""
        items, deleted = self._items[stream.name], self._deleted.get(stream.name)
        known = items.known
        if items.complete:
            return None
        if known is None or known.look == "all":
            return "all"
        since = clock.helsinki_date(known.until)
        forgotten = since <= self._context.today - plan.DELETIONS_REMEMBERED
        if deleted is not None and (
            forgotten or known.deleted_payments is None or any(known.is_news(*one) for one in deleted.items())
        ):
            return "all"
        return known.look or ("open" if since < self._context.today else None)

    def _look(self, reach: str | None, streams: list[StreamReading]) -> Iterator[Message]:
        found = {stream.name: KeySet(self._items[stream.name].stale) for stream in streams}
        try:
            try:
                met = yield from self._rows(reach, found, streams)
                missing = self._missing(reach, met, streams)
            except NetvisorError as error:
                if reach == "all" or not error.rejected:
                    raise
                missing = {stream.name: [] for stream in streams}
            if missing:
                met = yield from self._rows("all", found, streams)
                for name, keys in missing.items():
                    for key in keys:
                        if key not in met:
                            self._items[name].note(key, CLOSED)
        except NetvisorError as error:
            yield from fail(streams, error)
            return
        detailed = [(s, Task("touched", ())) for s in streams if s.definition.details and len(found[s.name])]
        for stream in streams:
            for key in self._items[stream.name].stale:
                stream.sends_open_item(key)
        yield from self._details(detailed, KeySet(key for stream, _ in detailed for key in found[stream.name]), {})
        for stream in streams:
            if not stream.failure:
                yield from self._settle(stream)

    def _missing(self, reach: str | None, met: KeySet, streams: list[StreamReading]) -> dict[str, list[int]]:
        """Stream -> invoices that are not open any more, and of which no list has told why: matched with a credit
        note, perhaps. Their rows come with the whole list only."""
        if reach != "open":
            return {}
        found = {s.name: self._items[s.name].missing(met, s.state.delivered.documents) for s in streams}
        return found if any(found.values()) else {}

    def _rows(
        self, reach: str | None, found: dict[str, KeySet], streams: list[StreamReading]
    ) -> Generator[Message, None, KeySet]:
        """Sends rows that differ, and finds the invoices whose details have to be read again; the keys of the list.

        Args:
            reach: `open`, or `all`: from the start date on, and if that does not give every invoice that was sent, from
                long ago on, since older ones come when they change; None: none.
            found: stream -> keys of invoices that differ; filled here.
            streams: that look.
        """
        met = KeySet()
        if reach is None or not streams:
            return met
        ask, words = streams[0].definition.listing, streams[0].definition.open_items
        assert words is not None and self._reader is not None
        for stream in streams:
            items = self._items[stream.name]
            items.known = stream.state.open_items = items.known or KnownOpenItems(self._context.now)
            items.known.look = reach
        asked = self._whole(ask)
        if reach == "open":
            asked = [(ask.request(words.unpaid, self._context.words()), ())]
        identity = RowIdentity(ask)
        for request, values in asked:
            lacking = any(key not in met for stream in streams for key in stream.state.delivered.documents)
            for reply in self._pages(ask, request) if lacking else ():
                for row in reply.rows(ask.record):
                    key, day = identity.of(row)
                    if key is None or not met.add(key):
                        continue
                    item = self._reader.of(row)
                    for stream in streams:
                        items, delivered = self._items[stream.name], key in stream.state.delivered.documents
                        if self._was_left_out(stream, key, day):
                            stream.state.never_modified = "out"
                            items.note(key, item)
                        elif not delivered or not items.differs(key, item):
                            continue
                        found[stream.name].add(key)
                        stream.sends_open_item(key)
                        if stream.definition.details is None:
                            yield from stream.row(row, key, dict(values))
        return met

    def _was_left_out(self, stream: StreamReading, key: int, day: str | None) -> bool:
        """Whether this is a new invoice that the filter for changes has left out, although it seemed to give such."""
        if stream.state.never_modified != "in" or key in stream.state.delivered.documents:
            return False
        if day is None or day < self._context.config.start_date.isoformat():
            return False
        return not any(key in keys for keys in self._read.get(stream.name, ()))

    def _whole(self, ask: Ask) -> list[tuple[Request, Any]]:
        days = (self._context.config.start_date, plan.LONG_AGO)
        return [plan.dated_task(ask, day, self._context).requests[0] for day in days]

    def _settle(self, stream: StreamReading) -> Iterator[Message]:
        deleted = self._deleted.get(stream.name, {})
        known = self._items[stream.name].settled(
            stream.state.delivered.documents, self._context.now, None if deleted is None else list(deleted)
        )
        yield from stream.open_items_settled(known)
