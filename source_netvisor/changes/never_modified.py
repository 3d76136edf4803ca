"""Documents that nobody has modified since they were made, and whether the filter for changes tells of them.

Netvisor's documents say of `lastmodifiedstart` only that it finds what was modified. Whether that includes what was
made in that time and never touched again, they do not say. So the connector looks: it asks a list once as a first read
does, and once with the filter from long ago on. What the first reply has and the second one has not proves that the
filter leaves such documents out ("out"); from then on the list is asked for new documents as well.

If nothing is missing, the filter gives them ("in"), or every document that was compared had been modified. The two
cannot be told apart. So the comparison is made again at the end of every first or repeated read; "out" is for good.
Fewer than `plan.FEW` documents are not believed: the first sync of each day asks for new ones too, as long as a stream
has delivered so few, and one that only this finds is a proof as well (stream_progress.py); so is a new sales invoice
among those that are looked at because they are open (open_items_reading.py).
A document that is deleted between the two calls gives a wrong "out", which costs a call in each sync and loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from source_netvisor.errors import NetvisorError
from source_netvisor.fetching.row_identity import RowIdentity
from source_netvisor.manifest.stream_definition import Ask
from source_netvisor.netvisor.client import Reply, Request
from source_netvisor.state.key_set import KeySet
from source_netvisor.streams.stream_reading import StreamReading
from source_netvisor.sync.plan import SyncContext

NEWEST = 400
"""Documents that are compared where the list can be asked for those above a key; fewer than the rows at which a list
may be cut."""


class NeverModified:
    """What the comparison shows for the listings of one family.

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
        self._streams = streams
        self._pages = pages
        self._context = context
        self._found: dict[Any, str] = {}

    def compare(self, ask: Ask, listed: KeySet, streams: Sequence[StreamReading], first: bool) -> None:
        """Compares, once a sync, a complete list with what was ever modified; streams learn what that shows.

        Args:
            ask: the listing.
            listed: the keys of the list.
            streams: that it was read for.
            first: whether the list is that of a first or repeated read.

        Raises:
            NetvisorError: what was ever modified cannot be read.
        """
        incremental = [stream for stream in streams if stream.incremental]
        if len(listed) and any(stream.progress.may_learn(first) for stream in incremental):
            if ask.identity not in self._found:
                self._found[ask.identity] = self._in_or_out(ask, listed)
            if self._found[ask.identity] == "out":
                for stream in self._streams:
                    if stream.incremental and stream.definition.listing.identity == ask.identity:
                        stream.state.never_modified = "out"
        for stream in incremental:
            stream.progress.listed(listed, self._found.get(ask.identity))

    def _in_or_out(self, ask: Ask, listed: KeySet) -> str:
        sample, identity, modified = _sample(ask, listed), RowIdentity(ask), KeySet()
        try:
            for reply in self._pages(ask, self._request_for_modified(ask, sample)):
                for element in reply.elements(ask.record):
                    key, _ = identity.of(element)
                    if key is not None:
                        modified.add(key)
        except NetvisorError as error:
            if not error.rejected:
                raise
            # a filter that cannot be asked cannot be relied on
            return "out"
        return "in" if all(key in modified for key in sample) else "out"

    def _request_for_modified(self, ask: Ask, sample: KeySet) -> Request:
        """Asks for every document that was ever modified, from the first key of the sample on."""
        assert ask.ever_modified is not None
        extra = dict(ask.ever_modified)
        if ask.read_on:
            extra[ask.read_on["parameter"]] = str(next(iter(sample)) - 1)
        return ask.request(extra, self._context.words())


def _sample(ask: Ask, listed: KeySet) -> KeySet:
    """The documents of a complete list that are looked for among those modified."""
    if not ask.read_on:
        return listed
    return KeySet(islice(listed, max(0, len(listed) - NEWEST), None))
