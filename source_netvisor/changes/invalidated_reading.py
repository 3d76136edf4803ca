"""Asks for invalidated vouchers alone, and sends those that the destination has as valid (invalidated_documents.py).

All of them from the start date on come in one call. The first sync of each day makes it; once it has found a voucher of
which no other list told, every sync.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from source_netvisor import clock
from source_netvisor.errors import NetvisorError
from source_netvisor.fetching.row_identity import RowIdentity
from source_netvisor.manifest.stream_definition import Ask
from source_netvisor.netvisor.client import Reply, Request
from source_netvisor.protocol.messages import Message
from source_netvisor.streams.stream_reading import StreamReading, fail
from source_netvisor.sync import plan
from source_netvisor.sync.plan import SyncContext


class InvalidatedReading:
    """The invalidated documents of one family.

    Args:
        streams: of the family.
        pages: fetches the pages of a list.
        context: of the sync.
    """

    def __init__(
        self,
        streams: Sequence[StreamReading],
        pages: Callable[[Ask, Request], Iterator[Reply]],
        context: SyncContext,
    ) -> None:
        self._pages = pages
        self._context = context
        self._streams = [stream for stream in streams if stream.invalidated]
        # a first read that this sync begins and ends has just read the status of everything
        self._fresh = {s.name for s in self._streams if s.state.read_until is None and s.state.first_read is None}

    def read(self) -> Iterator[Message]:
        """Looks where it is time to, and sends what is invalidated and was not sent as such."""
        streams = [s for s in self._streams if not s.failure and not s.state.first_read]
        looking = [stream for stream in streams if self._is_due(stream)]
        try:
            if looking:
                yield from self._look(looking)
        except NetvisorError as error:
            yield from fail(looking, error)
        for stream in streams:
            if not stream.failure and (stream in looking or stream.name in self._fresh):
                yield from stream.looked_at_invalidated()

    def _is_due(self, stream: StreamReading) -> bool:
        known = stream.state.invalidated
        if known is None or stream.name in self._fresh:
            return False
        return known.until is None or known.untold or clock.helsinki_date(known.until) < self._context.today

    def _look(self, streams: Sequence[StreamReading]) -> Iterator[Message]:
        ask, words = streams[0].definition.listing, streams[0].definition.invalidated
        assert words is not None
        span = plan.whole_span(self._context.config.start_date, self._context)
        identity = RowIdentity(ask)
        for reply in self._pages(ask, ask.request(words.parameters, span)):
            for row in reply.rows(ask.record):
                key, _ = identity.of(row)
                for stream in streams if key is not None else ():
                    assert key is not None and stream.invalidated is not None
                    if key in stream.state.delivered.documents and not stream.invalidated.knows(key):
                        yield from stream.invalidated_row(row, key, span)
