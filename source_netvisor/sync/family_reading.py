"""Streams that are made from the same replies are read together: each reply is asked for once and parsed once.

A family is a listing with everything that hangs on it: the streams of its rows, of the details that its keys lead to,
and of the list of deletions. A stream of the family that fails leaves the others alone.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from source_netvisor import errors
from source_netvisor.changes.deletion_lists import DeletionLists
from source_netvisor.changes.invalidated_reading import InvalidatedReading
from source_netvisor.changes.never_modified import NeverModified
from source_netvisor.changes.open_items_reading import OpenItemsReading
from source_netvisor.changes.register_reading import RegisterReading
from source_netvisor.changes.touched_reading import TouchedReading
from source_netvisor.errors import NetvisorError
from source_netvisor.fetching.detail_batches import DetailBatches
from source_netvisor.fetching.downloads import Downloads
from source_netvisor.fetching.listed_rows import ListedRows
from source_netvisor.fetching.paging import ListReader
from source_netvisor.fetching.row_identity import RowIdentity
from source_netvisor.manifest.stream_definition import Ask
from source_netvisor.netvisor.client import Reply, Request
from source_netvisor.protocol.messages import Message
from source_netvisor.state.key_set import KeySet
from source_netvisor.streams.stream_reading import StreamReading, fail
from source_netvisor.sync import plan
from source_netvisor.sync.plan import SyncContext, Task

logger = logging.getLogger("airbyte.source_netvisor")

STEP = 25
"""Documents after which a state goes out, where details come one by one."""


class FamilyReading:
    """Reads the streams of one family.

    Args:
        streams: the selected ones.
        downloads: where replies come from.
        context: of the sync.
    """

    def __init__(self, streams: Sequence[StreamReading], downloads: Downloads, context: SyncContext) -> None:
        self._streams = streams
        self._downloads = downloads
        self._context = context
        self._tasks: list[tuple[Task, list[tuple[StreamReading, Task]]]] = []
        self._listed = ListedRows(context)
        self._kept: dict[Request, Reply] = {}
        self._read: dict[str, list[KeySet]] = {}
        self._again: set[Request] = set()
        self._never_modified = NeverModified(streams, self._pages, context)
        self._deletion_lists = DeletionLists(streams, downloads, context)
        self._open_items = OpenItemsReading(
            streams, self._deletion_lists, self._pages, self._details_of, self._read, context
        )
        self._touched = TouchedReading(
            streams, self._read, self._deletion_lists, self._keep, self._pages, self._details_of, context
        )
        self._invalidated = InvalidatedReading(streams, self._pages, context)
        self._registers = RegisterReading(streams, self._read, self._pages, self._details_of, context)

    def prepare(self) -> list[Request]:
        """Plans the listings; what will be asked first.

        Raises:
            NetvisorError: never; a failure shows when the stream is read.
        """
        for stream in self._streams:
            if stream.progress.missed_deletions():
                self._deletion_lists.catch_up(stream)
        requests = [*self._touched.prepare(), *self._open_items.prepare()]
        self._tasks = self._merged()
        return requests + [request for task, _ in self._tasks for request, _ in task.requests]

    def _asked_again(self) -> set[Request]:
        """What more than one task asks for, or a task and who reads documents again: such replies are kept."""
        asked = Counter(request for task, _ in self._tasks for request, _ in task.requests)
        asked.update(self._touched.lists())
        asked.update(self._open_items.lists())
        return {request for request, times in asked.items() if times > 1}

    def _merged(self) -> list[tuple[Task, list[tuple[StreamReading, Task]]]]:
        """Each task once, with the streams that want it, in an order in which every state only moves forward.

        Streams that stand at different moments may want the same replies. Such a task takes the latest of the places
        that they give it, which keeps the order of each stream's own: equal requests are for equal days.
        """
        wanted: dict[Any, list[tuple[StreamReading, Task]]] = {}
        for stream in self._streams:
            for task in stream.plan():
                asked = tuple(request for request, _ in task.requests)
                wanted.setdefault((stream.definition.listing.identity, asked, task.order[0]), []).append((stream, task))
        tasks = [(max((task for _, task in members), key=lambda task: task.order), members)
                 for members in wanted.values()]  # fmt: skip
        return sorted(tasks, key=lambda item: item[0].order)

    def read(self) -> Iterator[Message]:
        """All messages of the family's streams.

        Raises:
            NetvisorError: one that concerns every stream of the sync.
        """
        try:
            self._open_items.ask()
            self._again = self._asked_again()
            yield from self._touched.note()
            yield from self._read_tasks()
            yield from self._touched.read()
            yield from self._deletion_lists.tell_the_rest()
            yield from self._open_items.read()
            yield from self._invalidated.read()
            yield from self._registers.read()
        finally:
            self._deletion_lists.close()
            for reply in self._kept.values():
                reply.close()
        for stream in self._streams:
            yield from stream.finish()

    def fail(self, error: NetvisorError) -> Iterator[Message]:
        """Why no stream of the family can be read on."""
        for stream in self._streams:
            yield from stream.fail(error)

    def _read_tasks(self) -> Iterator[Message]:
        for task, members in self._tasks:
            alive = [(stream, own) for stream, own in members if not stream.failure]
            if not alive:
                self._downloads.forget(request for request, _ in task.requests)
                continue
            for stream, _ in alive:
                yield from stream.begin()
            try:
                if task.kind == "deletions":
                    yield from self._deletion_lists.read(task, alive)
                else:
                    yield from self._listing(task, alive)
            except NetvisorError as error:
                yield from fail((stream for stream, _ in alive), error)

    # --- listings -------------------------------------------------------------------------------------------------

    def _listing(self, task: Task, members: list[tuple[StreamReading, Task]]) -> Iterator[Message]:
        ask = members[0][0].definition.listing
        detailed = [(stream, own) for stream, own in members if stream.definition.details is not None]
        kinds: dict[tuple[str, ...], list[StreamReading]] = {}
        for stream, _ in members:
            rows = kinds.setdefault(stream.definition.listing.record, [])
            if stream.definition.details is None:
                rows.append(stream)
        readers = {record: _documents_first(rows) for record, rows in kinds.items()}
        streams = [stream for stream, _ in members]
        keys = KeySet()
        had: dict[str, KeySet] = {}
        listed = keyed = 0
        for request, words in task.requests:
            values = dict(words)
            for reply in self._pages(ask, request):
                for record, rows in readers.items():
                    comparing = [stream for stream in rows if stream.compares_days]
                    for row, _, _ in self._listed.rows(streams, record, reply, task) if comparing else ():
                        for stream in comparing:
                            stream.note_days(row, values)
                    for stream in comparing:
                        yield from stream.days_noted()
                    for row, key, again in self._listed.rows(streams, record, reply, task):
                        listed += 1
                        self._open_items.note(members, key, row)
                        for name in again:
                            assert key is not None
                            had.setdefault(name, KeySet()).add(key)
                        for stream in rows:
                            if stream.name in again:
                                continue
                            if task.kind != "new" or key is None or self._lacks(stream, key):
                                yield from stream.row(row, key, values)
                        if key is not None:
                            keyed += 1
                            keys.add(key)
        if detailed and not keyed and listed:
            error = errors.unreadable(ask.resource, "a list whose rows have no keys")
            yield from fail((stream for stream, _ in detailed), error)
            detailed = []
        elif detailed and keyed < listed:
            told = ", ".join(stream.name for stream, _ in detailed)
            logger.warning(
                f"{told}: {listed - keyed} rows of {ask.resource} came without a key that can be read, so their "
                "details could not be asked for."
            )
        self._open_items.listed(members)
        if ask.ever_modified is not None and task.kind in ("first", "new"):
            self._never_modified.compare(ask, keys, streams, task.kind == "first")
        lacking = KeySet()
        for stream, _ in detailed if task.kind == "new" else ():
            for key in keys:
                if self._lacks(stream, key):
                    lacking.add(key)
        for stream, own in members:
            if task.kind in ("changes", "new") or (ask.ever_modified is not None and own.after is None):
                read = lacking if task.kind == "new" else keys
                # what a killed sync had read of this list, it had read before the payments that are compared now
                after = own.after
                read = read if after is None else KeySet(key for key in read if key > after)
                self._read.setdefault(stream.name, []).append(read)
            if stream.definition.details is None:
                yield from stream.task_done(own)
        yield from self._details_of(detailed, lacking if task.kind == "new" else keys, had)

    def _lacks(self, stream: StreamReading, key: int) -> bool:
        """Whether a listed document is new to the stream and was not among the changed ones."""
        return not any(key in read for read in self._read.get(stream.name, [])) and stream.progress.lacks(key)

    def _details_of(
        self, detailed: list[tuple[StreamReading, Task]], keys: KeySet, had: Mapping[str, KeySet]
    ) -> Iterator[Message]:
        """Details of the listed keys, for each resource that gives some; one that fails leaves the others alone.

        Args:
            detailed: the streams, with their tasks.
            keys: of the documents.
            had: stream -> which of them it has had from another task of this sync.
        """
        groups: dict[Any, list[tuple[StreamReading, Task]]] = {}
        for stream, own in detailed:
            assert stream.definition.details is not None
            groups.setdefault(stream.definition.details.identity, []).append((stream, own))
        for group in groups.values():
            try:
                yield from self._details(group, keys, had)
            except NetvisorError as error:
                yield from fail((stream for stream, _ in group), error)

    def _keep(self, request: Request) -> Reply:
        """A reply that is read more than once; it is closed with the family."""
        if request not in self._kept:
            self._kept[request] = self._downloads.fetch(request)
        return self._kept[request]

    def _pages(self, ask: Ask, request: Request) -> Iterator[Reply]:
        """Each page of a listing."""

        def fetch(asked: Request) -> Reply:
            if request in self._again:
                self._again.add(asked)
            return self._kept.pop(asked, None) or self._downloads.fetch(asked)

        def release(reply: Reply) -> None:
            if reply.request in self._again:
                self._kept[reply.request] = reply
            else:
                reply.close()

        for page in ListReader(ask, fetch, release, self._context.today).replies(request):
            yield page.reply

    # --- details --------------------------------------------------------------------------------------------------

    def _details(
        self, members: list[tuple[StreamReading, Task]], keys: KeySet, had: Mapping[str, KeySet]
    ) -> Iterator[Message]:
        ask = members[0][0].definition.details
        assert ask is not None
        streams = _documents_first([stream for stream, _ in members])
        skipped = min((own.after if own.after is not None else -(2**63) for _, own in members), default=0)
        pending = (key for key in keys if key > skipped)
        total, done, step = sum(key > skipped for key in keys), 0, max(ask.batch, STEP)
        batches = DetailBatches(ask, self._spans(ask, streams[0]), self._downloads, self._context)
        identity = RowIdentity(ask)
        one_each = ask.batch > 1 or any(stream.definition.lines is None for stream in streams)
        for batch in batches.each(iter(lambda: list(islice(pending, ask.batch)), [])):
            came: list[int | None] = []
            for reply, words in batches.replies(batch):
                try:
                    for row in reply.rows(ask.record):
                        key = int(words["key"]) if "key" in words else identity.of(row)[0]
                        if one_each:
                            batches.expects(batch, came, key)
                        came.append(key)
                        for stream in streams:
                            if not had or key is None or key not in had.get(stream.name, ()):
                                yield from stream.row(row, key, words)
                finally:
                    reply.close()
            if one_each:
                batches.came(batch, came)
            done += len(batch)
            if done // step > (done - len(batch)) // step:
                logger.info(f"{ask.resource}: {done} of {total} documents read.")
                self._open_items.details_read(members, batch[-1])
                for stream, own in members:
                    yield from stream.details_done(own, batch[-1], done, total)
        if batches.lacking:
            for stream, _ in members:
                stream.lacks_details()
        batches.report(any(not stream.incremental or own.kind == "first" for stream, own in members))
        for stream, own in members:
            yield from stream.task_done(own)

    def _spans(self, ask: Ask, stream: StreamReading) -> list[dict[str, str]]:
        """The windows in which each key's details are asked, where they are limited by date."""
        if ask.window is None:
            return [{}]
        return plan.windows(ask, plan.reread_from(ask, stream.state, self._context), self._context)


def _documents_first(streams: list[StreamReading]) -> list[StreamReading]:
    """The streams of whole documents before those of their lines, which then need not be built again."""
    ordered = sorted(streams, key=lambda stream: stream.definition.lines is not None)
    for stream in ordered:
        stream.built.take_lines_from(other.built for other in ordered)
    return ordered
