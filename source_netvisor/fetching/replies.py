"""The replies of a group's listings; one that several passes read is downloaded once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from typing import Any

from source_netvisor.fetching.downloads import Downloads
from source_netvisor.fetching.marks import MarkReader
from source_netvisor.fetching.paging import ListReader
from source_netvisor.manifest.endpoint import Endpoint
from source_netvisor.netvisor.reply import Reply
from source_netvisor.netvisor.request import Request


class Replies:
    """Those of one group of streams.

    Args:
        downloads: where they come from.
        today: in Finland.

    Attributes:
        fetched: how many replies were read.
        on_reply: called with each reply before it is read.
    """

    def __init__(self, downloads: Downloads, today: date) -> None:
        self._downloads = downloads
        self._today = today
        self._wanted: Counter[Request] = Counter()
        self._kept: dict[Request, Reply] = {}
        self._marks: dict[Any, MarkReader] = {}
        self.fetched = 0
        self.on_reply: Callable[[Request, Reply], None] | None = None

    def expect(self, requests: Iterable[Request]) -> None:
        """What will be read, once for each time that it is named."""
        self._wanted.update(list(requests))

    def reader(self, endpoint: Endpoint, request: Request) -> ListReader:
        """Reads a listing once, with all further replies that it takes.

        Args:
            endpoint: of the listing.
            request: for its first reply.
        """
        self._wanted[request] -= 1
        keep = self._wanted[request] > 0

        def fetch(asked: Request) -> Reply:
            reply = self._kept.pop(asked, None) or self._downloads.fetch(asked)
            self.fetched += 1
            if self.on_reply is not None:
                self.on_reply(asked, reply)
            return reply

        def release(reply: Reply) -> None:
            if keep:
                self._kept[reply.request] = reply
            else:
                reply.close()

        return ListReader(endpoint, fetch, release, self._today)

    def marks(self, endpoint: Endpoint) -> MarkReader | None:
        """Tells which rows of a listing are marked; None where nothing marks them."""
        if endpoint.mark is None:
            return None
        read = partial(self.reader, endpoint)
        return self._marks.setdefault(endpoint.identity, MarkReader(endpoint, endpoint.mark, read))

    def ask_ahead(self, requests: Iterable[Request], soon: bool) -> None:
        """Has what is expected downloaded.

        Args:
            requests: what comes next.
            soon: before everything that others expect.
        """
        self._downloads.expect(requests, soon)

    def forget(self, requests: Iterable[Request]) -> None:
        """Takes back what was expected and will not be read."""
        requests = list(requests)
        self._wanted.subtract(requests)
        self._downloads.forget(request for request in requests if self._wanted[request] <= 0)

    def close(self) -> None:
        """Drops what was kept for somebody who did not come."""
        for reply in self._kept.values():
            reply.close()
        self._kept.clear()
