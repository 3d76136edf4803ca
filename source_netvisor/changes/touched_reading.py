"""Reads again the documents whose payments changed without Netvisor saying so (touched_documents.py)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence

from source_netvisor.changes.deletion_lists import DeletionLists
from source_netvisor.changes.touched_documents import Asked, ReadMeanwhile, Touches, checksums, compare
from source_netvisor.errors import NetvisorError
from source_netvisor.fetching.row_identity import RowIdentity
from source_netvisor.manifest.stream_definition import Ask, TouchedBy
from source_netvisor.netvisor.client import Reply, Request
from source_netvisor.protocol.messages import Message
from source_netvisor.state.delivered_keys import DeliveredKeys
from source_netvisor.state.key_set import KeySet
from source_netvisor.streams.stream_reading import StreamReading, fail
from source_netvisor.sync import plan
from source_netvisor.sync.plan import SyncContext, Task

logger = logging.getLogger("airbyte.source_netvisor")


class TouchedReading:
    """The touched documents of one family.

    Args:
        streams: of the family.
        read: stream -> keys of the documents that it has been given as changed or new in this sync.
        deletion_lists: of the family.
        keep: fetches a reply that others read as well.
        pages: fetches the pages of a list.
        details: reads the details of documents for streams.
        context: of the sync.
    """

    def __init__(
        self,
        streams: Sequence[StreamReading],
        read: dict[str, list[KeySet]],
        deletion_lists: DeletionLists,
        keep: Callable[[Request], Reply],
        pages: Callable[[Ask, Request], Iterator[Reply]],
        details: Callable[[list[tuple[StreamReading, Task]], KeySet, Mapping[str, KeySet]], Iterator[Message]],
        context: SyncContext,
    ) -> None:
        self._streams = streams
        self._read = read
        self._deletion_lists = deletion_lists
        self._keep = keep
        self._pages = pages
        self._details = details
        self._context = context
        self._payments: dict[str, Request] = {}
        self._touches: dict[str, Touches] = {}
        self._asked: dict[str, Asked] = {}

    def prepare(self) -> list[Request]:
        """What will be asked first: the payments, with the request that their own stream makes."""
        for stream in self._streams:
            touched_by = stream.definition.touched_by
            if touched_by and stream.incremental and not stream.failure:
                task = plan.dated_task(touched_by.listing, self._context.config.start_date, self._context)
                self._payments[stream.name] = task.requests[0][0]
        deleted = [self._deletions_of(s) for s in self._streams if s.name in self._payments and s.state.read_meanwhile]
        return list(dict.fromkeys([*self._payments.values(), *deleted]))

    def lists(self) -> list[Request]:
        """Lists that may be read once more for the sake of touched rows."""
        rows = [stream for stream in self._streams if stream.name in self._payments]
        return [self._whole_list(stream).requests[0][0] for stream in rows if stream.definition.details is None]

    def note(self) -> Iterator[Message]:
        """Compares the payments before any document is read, so that a payment made meanwhile is new next time."""
        seen: dict[Request, tuple[DeliveredKeys, int]] = {}
        for stream in self._streams:
            if stream.name not in self._payments:
                continue
            request = self._payments[stream.name]
            touched_by = stream.definition.touched_by
            assert touched_by is not None
            try:
                if request not in seen:
                    seen[request] = checksums(touched_by, self._keep(request))
                payments, highest = seen[request]
                first = stream.state.first_read
                if stream.state.payments is None and first and first.began == self._context.now:
                    # from the first attempt on: a first read may be interrupted, and paid for meanwhile
                    stream.state.payments = payments
                before = stream.state.payments
                meanwhile = self._read_meanwhile(stream, touched_by, highest)
                self._touches[stream.name] = touches = compare(payments, before, meanwhile)
                if before is not None and touches.neighbours:
                    yield from stream.payments_noted(touches.unsettled(before))
            except NetvisorError as error:
                if not error.forbidden:
                    yield from fail([stream], error)
                    continue
                logger.warning(
                    f"{stream.name}: sums of documents that were only paid may lag behind, because "
                    f"{touched_by.listing.resource} is blocked (SERVICE_ACCESS_ERROR)."
                )

    def _deletions_of(self, stream: StreamReading) -> Request:
        touched_by, state = stream.definition.touched_by, stream.state
        assert touched_by is not None
        since = state.first_read.began if state.first_read else state.read_until
        return plan.deletions_task(touched_by.deleted, since or self._context.now, self._context).requests[0][0]

    def _read_meanwhile(self, stream: StreamReading, touched_by: TouchedBy, highest: int) -> KeySet | None:
        """Neighbours that are read again because a payment was deleted that has never been seen.

        Args:
            stream: of the documents.
            touched_by: the lists of payments.
            highest: key of a payment that is seen now.

        Raises:
            NetvisorError: one that concerns every stream of the sync.
        """
        known, first = stream.state.read_meanwhile, stream.state.first_read is not None
        deleted: KeySet | None = KeySet()
        if known is not None:
            try:
                deleted = KeySet(self._deletion_lists.listed(touched_by.deleted, self._deletions_of(stream)))
            except NetvisorError as error:
                if error.aborts_sync:
                    raise
                # the streams of deletions say so; what is known is kept until the list can be read
                deleted = None
        self._asked[stream.name] = Asked(known, deleted, highest, first)
        # were the sync killed, it would not be known what it has read
        stream.state.read_meanwhile = ReadMeanwhile(known.up_to if known else highest)
        return self._asked[stream.name].to_read_again()

    def _done(self, stream: StreamReading) -> Iterator[Message]:
        read = KeySet(key for keys in self._read.get(stream.name, ()) for key in keys)
        yield from stream.payments_done(self._touches[stream.name].seen, self._asked[stream.name].after_reading(read))

    def read(self) -> Iterator[Message]:
        """Reads the touched documents that have not come as changed anyway, of those that have been delivered."""
        rows: list[tuple[StreamReading, KeySet]] = []
        detailed: list[tuple[StreamReading, Task]] = []
        keys = KeySet()
        for stream in self._streams:
            touches = self._touches.get(stream.name)
            if touches is None or stream.failure or stream.state.first_read:
                continue
            read = list(self._read.get(stream.name, ()))
            touched = touches.documents(stream.state.delivered.documents)
            left = KeySet(key for key in touched if not any(key in keys for keys in read))
            self._read.setdefault(stream.name, []).append(KeySet(left))
            if not len(left):
                yield from self._done(stream)
            elif stream.definition.details is None:
                rows.append((stream, left))
            else:
                detailed.append((stream, Task("touched", ())))
                for key in left:
                    keys.add(key)
        yield from self._details(detailed, keys, {})
        for stream, _ in detailed:
            if not stream.failure:
                yield from self._done(stream)
        for stream, left in rows:
            yield from self._rows(stream, left)

    def _whole_list(self, stream: StreamReading) -> Task:
        return plan.dated_task(stream.definition.listing, self._context.config.start_date, self._context)

    def _rows(self, stream: StreamReading, left: KeySet) -> Iterator[Message]:
        """Rows of a list have no filter by key: it is read from the start date on, and the touched rows are taken.

        Where that does not give all of them, once more from long ago on: older documents came when they were changed.
        """
        ask = stream.definition.listing
        identity = RowIdentity(ask)
        try:
            for task in (self._whole_list(stream), plan.dated_task(ask, plan.LONG_AGO, self._context)):
                request, words = task.requests[0]
                for reply in self._pages(ask, request) if len(left) else ():
                    for row in reply.rows(ask.record):
                        key, _ = identity.of(row)
                        if key is not None and key in left:
                            left.discard(key)
                            yield from stream.row(row, key, dict(words))
        except NetvisorError as error:
            yield from fail([stream], error)
        else:
            yield from self._done(stream)
