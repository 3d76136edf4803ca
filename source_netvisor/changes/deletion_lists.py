"""Lists of deletions: streams of their own, and what tells the streams of the documents that something is gone."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

from lxml import etree

from source_netvisor.errors import NetvisorError
from source_netvisor.fetching.downloads import Downloads
from source_netvisor.fetching.row_identity import RowIdentity
from source_netvisor.manifest.stream_definition import Ask
from source_netvisor.netvisor.client import Reply, Request
from source_netvisor.parsing.naming import normalize
from source_netvisor.protocol.messages import Message
from source_netvisor.streams.stream_reading import StreamReading, fail
from source_netvisor.sync import plan
from source_netvisor.sync.plan import SyncContext, Task

logger = logging.getLogger("airbyte.source_netvisor")


class DeletionLists:
    """The deletions of one family of streams.

    Args:
        streams: of the family.
        downloads: where replies come from.
        context: of the sync.
    """

    def __init__(self, streams: Sequence[StreamReading], downloads: Downloads, context: SyncContext) -> None:
        self._streams = streams
        self._downloads = downloads
        self._context = context
        self._told: set[str] = set()
        self._fresh: dict[Request, Reply] = {}

    def catch_up(self, stream: StreamReading) -> None:
        """After a pause longer than Netvisor remembers, all is read anew, unless the list is blocked anyway."""
        definition = stream.definition
        since = stream.progress.deletions_since
        assert definition.deletions is not None and since is not None
        task = plan.deletions_task(definition.deletions, since, self._context)
        request = task.requests[0][0]
        try:
            if request not in self._fresh:
                self._fresh[request] = self._downloads.fetch(request)
        except NetvisorError as error:
            if error.blocked:
                return
        logger.warning(
            f"{stream.name}: the last sync was on {since.date()}, and Netvisor lists deletions of the last "
            f"{plan.DELETIONS_REMEMBERED.days} days only ({definition.deletions.resource}); the stream is read "
            f"anew from {self._context.config.start_date}, and what is gone is deleted. To avoid this, sync at least "
            "every six days."
        )
        stream.progress.read_anew()

    def listed(self, ask: Ask, request: Request) -> dict[int, str | None]:
        """Key -> Netvisor's text for the moment, of a list that tells others in this sync as well; it is kept for them.

        Args:
            ask: the list.
            request: for it.

        Raises:
            NetvisorError: it cannot be read.
        """
        if request not in self._fresh:
            self._fresh[request] = self._fetch(ask, request)
        identity = RowIdentity(ask)
        rows = ((identity.of(row)[0], _delete_date(row)) for row in self._fresh[request].elements(ask.record))
        return {key: moment for key, moment in rows if key is not None}

    def read(self, task: Task, members: list[tuple[StreamReading, Task]]) -> Iterator[Message]:
        """A stream of deletions; the streams of the documents are told in the same pass if they want the same days."""
        request = task.requests[0][0]
        ask = members[0][0].definition.listing
        tell = [s for s in self._tellable(ask) if self._request(s) == request]
        for element, key in self._rows(ask, request, tell):
            for stream, _ in members:
                yield from stream.row(element, key, dict(task.requests[0][1]))
            for stream in tell:
                if key is not None:
                    yield from stream.deleted(key, _delete_date(element))
        for stream, own in members:
            yield from stream.task_done(own)
        for stream in tell:
            self._told.add(stream.name)
            yield from stream.deletions_done()

    def tell_the_rest(self) -> Iterator[Message]:
        """Deletions for the streams of the documents."""
        by_request: dict[Request, list[StreamReading]] = {}
        for stream in self._streams:
            if stream.definition.deletions and stream in self._tellable(stream.definition.deletions):
                request = self._request(stream)
                if stream.name not in self._told:
                    by_request.setdefault(request, []).append(stream)
        for request, streams in by_request.items():
            ask = streams[0].definition.deletions
            assert ask is not None
            try:
                for element, key in self._rows(ask, request, streams):
                    for stream in streams:
                        if key is not None:
                            yield from stream.deleted(key, _delete_date(element))
            except NetvisorError as error:
                if error.fatal or not error.blocked:
                    yield from fail(streams, error)
                    continue
                names = ", ".join(stream.name for stream in streams)
                logger.warning(
                    f"{names}: deletions cannot be delivered, because {ask.resource} is blocked "
                    "(SERVICE_ACCESS_ERROR); what is deleted in Netvisor stays in the destination until the resource "
                    f"is set to Allowed. {error.words}".rstrip()
                )
                continue
            for stream in streams:
                yield from stream.deletions_done()

    def _tellable(self, ask: Ask) -> list[StreamReading]:
        """Streams that have delivered something before this sync, and learn of deletions from this list."""
        return [
            stream
            for stream in self._streams
            if stream.definition.deletions is not None
            and stream.definition.deletions.resource == ask.resource
            and stream.incremental
            and not stream.failure
            and stream.state.deletions_until is not None
            and stream.state.deletions_until < self._context.now
        ]

    def _request(self, stream: StreamReading) -> Request:
        deletions, since = stream.definition.deletions, stream.state.deletions_until
        assert deletions is not None and since is not None
        return plan.deletions_task(deletions, since, self._context).requests[0][0]

    def _rows(
        self, ask: Ask, request: Request, told: Sequence[StreamReading]
    ) -> Iterator[tuple[etree._Element, int | None]]:
        """The rows with their keys; of those without one, the log tells for the streams that would learn of them."""
        identity, without = RowIdentity(ask), 0
        for element in self._elements(ask, request):
            key, _ = identity.of(element)
            without += key is None
            yield element, key
        if without and told:
            logger.warning(
                f"{', '.join(stream.name for stream in told)}: {without} rows of {ask.resource} came without a key "
                "that can be read; what they say is deleted stays in the destination."
            )

    def _fetch(self, ask: Ask, request: Request) -> Reply:
        """A list of deletions.

        That the list reaches seven days back may mean six full days and a part of the seventh: where the first request
        is refused, it is made again for a day less.
        """
        try:
            return self._downloads.fetch(request)
        except NetvisorError as error:
            limit = plan.deletions_task(ask, self._context.now - plan.DELETIONS_REMEMBERED, self._context)
            if not error.refused or request != limit.requests[0][0]:
                raise
            stricter = plan.deletions_task(ask, self._context.now - plan.DELETIONS_REMEMBERED, self._context, 1)
            return self._downloads.fetch(stricter.requests[0][0])

    def _elements(self, ask: Ask, request: Request) -> Iterator[etree._Element]:
        reply = self._fresh.pop(request, None) or self._fetch(ask, request)
        try:
            yield from reply.elements(ask.record)
        finally:
            reply.close()

    def close(self) -> None:
        """Drops lists that nobody is told of any more."""
        for reply in self._fresh.values():
            reply.close()


def _delete_date(element: etree._Element) -> str | None:
    for child in element:
        if isinstance(child.tag, str) and normalize(child.tag) == "deletedate":
            return child.text
    return None
