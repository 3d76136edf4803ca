"""Compares the registers with Netvisor's whole list, once a day: customers, vendors and products.

No list tells which of them were deleted (articles 77000554179, 77000554240), and the filter for changes does not name
what is gone. So the first sync of each day asks for the list a second time, whole, and compares the keys: what is not
in it any more is deleted. What is in it and was never sent is sent now, should the filter for changes leave out what
nobody has modified, which is not documented either.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence

from source_netvisor.errors import NetvisorError
from source_netvisor.fetching.row_identity import RowIdentity
from source_netvisor.manifest.stream_definition import Ask
from source_netvisor.netvisor.client import Reply, Request
from source_netvisor.protocol.messages import Message
from source_netvisor.state.key_set import KeySet
from source_netvisor.streams.stream_reading import StreamReading, fail
from source_netvisor.sync import plan
from source_netvisor.sync.plan import SyncContext, Task

logger = logging.getLogger("airbyte.source_netvisor")


class RegisterReading:
    """The register of one family, if it is one.

    Args:
        streams: of the family.
        read: stream -> keys that it has been given as changed in this sync.
        pages: fetches the pages of a list.
        details: reads the details of documents for streams.
        context: of the sync.
    """

    def __init__(
        self,
        streams: Sequence[StreamReading],
        read: Mapping[str, list[KeySet]],
        pages: Callable[[Ask, Request], Iterator[Reply]],
        details: Callable[[list[tuple[StreamReading, Task]], KeySet, Mapping[str, KeySet]], Iterator[Message]],
        context: SyncContext,
    ) -> None:
        self._streams = streams
        self._read = read
        self._pages = pages
        self._details = details
        self._context = context

    def read(self) -> Iterator[Message]:
        """Sends what the whole list has and the destination has not, and deletions of what only the latter has."""
        streams = [s for s in self._streams if not s.failure and s.progress.is_to_be_compared()]
        if not streams:
            return
        ask = streams[0].definition.listing
        listed, new = KeySet(), KeySet()
        try:
            pages, without_key = yield from self._list(ask, streams, listed, new)
            if without_key:
                told = ", ".join(stream.name for stream in streams)
                logger.warning(
                    f"{told}: what was deleted cannot be told from {ask.resource} now, because {without_key} of its "
                    "rows came without a key that can be read; the next sync compares again."
                )
                return
            if pages > 1 and any(key not in listed for s in streams for key in s.state.delivered.documents):
                # one that goes while pages are read moves another one to a page that has been read
                yield from self._list(ask, streams, listed, new)
        except NetvisorError as error:
            yield from fail(streams, error)
            return
        yield from self._details([(s, Task("touched", ())) for s in streams if s.definition.details], new, {})
        for stream in streams:
            if not stream.failure:
                yield from stream.compared_with(listed)

    def _list(
        self, ask: Ask, streams: Sequence[StreamReading], listed: KeySet, new: KeySet
    ) -> Generator[Message, None, tuple[int, int]]:
        """Reads the whole list, and sends rows that are new; how many pages it had, and how many rows without a key.

        Args:
            ask: the list.
            streams: that are compared with it.
            listed: the keys of the list; filled here.
            new: keys whose details are new to a stream; filled here.

        Raises:
            NetvisorError: it cannot be read.
        """
        request, words = plan.dated_task(ask, plan.LONG_AGO, self._context).requests[0]
        identity, pages, without_key = RowIdentity(ask), 0, 0
        for reply in self._pages(ask, request):
            pages += 1
            for row in reply.rows(ask.record):
                key, _ = identity.of(row)
                without_key += key is None
                if key is None or not listed.add(key):
                    continue
                for stream in streams:
                    if key in stream.state.delivered.documents or self._came(stream, key):
                        continue
                    if stream.definition.details is None:
                        yield from stream.row(row, key, dict(words))
                    else:
                        new.add(key)
        return pages, without_key

    def _came(self, stream: StreamReading, key: int) -> bool:
        """Whether it came as changed in this sync; if it is not among the delivered ones all the same, Netvisor has
        refused its details."""
        return any(key in keys for keys in self._read.get(stream.name, ()))
