"""The replies of a group's listings, page by page; one that several passes read is downloaded once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from source_netvisor.fetching.downloads import Downloads
from source_netvisor.fetching.paging import Pages
from source_netvisor.manifest.endpoint import Endpoint
from source_netvisor.netvisor.client import Reply, Request


class Replies:
    """Those of one group of streams.

    Args:
        downloads: where they come from.
    """

    def __init__(self, downloads: Downloads) -> None:
        self._downloads = downloads
        self._wanted: Counter[Request] = Counter()
        self._kept: dict[Request, list[Reply]] = {}

    def expect(self, requests: Iterable[Request]) -> None:
        """What will be read, once for each time that it is named."""
        self._wanted.update(requests)

    def pages(self, endpoint: Endpoint, request: Request) -> Iterator[Reply]:
        """Each page of a listing, in order.

        Args:
            endpoint: of the listing.
            request: for its first page.

        Raises:
            NetvisorError: of a call, or of pages that do not fit together.
        """
        first = request
        self._wanted[first] -= 1
        keep = self._wanted[first] > 0
        if first in self._kept:
            yield from self._kept[first] if keep else self._taken(first)
            return
        kept: list[Reply] = []
        try:
            yield from self._fetched(endpoint, request, kept, keep)
        except BaseException:
            for reply in kept:
                reply.close()
            raise
        if keep:
            self._kept[first] = kept

    def _fetched(self, endpoint: Endpoint, request: Request, kept: list[Reply], keep: bool) -> Iterator[Reply]:
        asked, pages = {request}, Pages(endpoint)
        following: Request | None = request
        while following is not None:
            request = following
            reply = self._downloads.fetch(request)
            if keep:
                kept.append(reply)
            try:
                yield reply
                following = pages.following(request, reply)
            finally:
                if not keep:
                    reply.close()
            if following in asked:
                return
            if following is not None:
                asked.add(following)

    def _taken(self, first: Request) -> Iterator[Reply]:
        for reply in self._kept.pop(first):
            with_reply = reply
            try:
                yield with_reply
            finally:
                with_reply.close()

    def forget(self, requests: Iterable[Request]) -> None:
        """Takes back what was expected and will not be read."""
        requests = list(requests)
        self._wanted.subtract(requests)
        self._downloads.forget(request for request in requests if self._wanted[request] <= 0)

    def close(self) -> None:
        """Drops what was kept for somebody who did not come."""
        for replies in self._kept.values():
            for reply in replies:
                reply.close()
        self._kept.clear()
