"""Documents by key, as many keys in a call as Netvisor takes; a key that it refuses costs the others nothing."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence

from source_netvisor.errors import NetvisorError
from source_netvisor.fetching.downloads import Downloads
from source_netvisor.manifest.endpoint import Endpoint
from source_netvisor.netvisor.reply import Reply
from source_netvisor.netvisor.request import Request

AHEAD = 2
"""Batches that are announced before they are read, so that they are in flight meanwhile."""
REFUSED_WITHOUT_ONE_ACCEPTED = 20
"""Refused keys after which the refusal is put down to the request and not to the keys."""


class DetailBatches:
    """Asks a resource for many documents.

    Args:
        endpoint: the resource, and how many keys it takes.
        windows: the placeholders of the windows to ask each batch in; none where it is asked by key alone.
        downloads: where replies come from.
        placeholders: those of the sync.

    Attributes:
        refused: key -> Netvisor's reason.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        windows: Sequence[Mapping[str, str]],
        downloads: Downloads,
        placeholders: Mapping[str, str],
    ) -> None:
        self._endpoint = endpoint
        self._windows = windows
        self._downloads = downloads
        self._placeholders = placeholders
        self._accepted = 0
        self.refused: dict[int, str] = {}

    def each(self, batches: Iterable[list[int]]) -> Iterator[list[int]]:
        """The batches in order, each announced before the ones ahead of it have been read."""
        ready: deque[list[int]] = deque()
        for batch in batches:
            self._downloads.expect((request for request, _ in self._requests(batch)), soon=True)
            ready.append(batch)
            if len(ready) > AHEAD:
                yield ready.popleft()
        yield from ready

    def replies(self, batch: list[int]) -> Iterator[tuple[Reply, dict[str, str]]]:
        """The replies for these keys, less the keys that Netvisor refuses; the caller closes them.

        Raises:
            NetvisorError: the resource, and not a key, is what Netvisor refuses.
        """
        for request, placeholders in self._requests(batch):
            yield from self._reply(request, placeholders, batch)

    def _requests(self, batch: Sequence[int]) -> list[tuple[Request, dict[str, str]]]:
        keys = ",".join(map(str, batch))
        found = []
        for window in self._windows or [{}]:
            placeholders = {**self._placeholders, **window, "keys": keys}
            if len(batch) == 1:
                placeholders["key"] = keys
            extra = {**(self._endpoint.dated if self._windows else {}), str(self._endpoint.keys): "{keys}"}
            found.append((self._endpoint.request(extra, placeholders), placeholders))
        return found

    def _reply(
        self, request: Request, placeholders: dict[str, str], batch: list[int]
    ) -> Iterator[tuple[Reply, dict[str, str]]]:
        try:
            reply = self._downloads.fetch(request)
        except NetvisorError as error:
            if not error.rejected and not (error.forbidden and self._about_a_key(batch)):
                raise
            yield from self._without_refused(placeholders, batch, error)
        else:
            self._accepted += 1
            yield reply, placeholders

    def _without_refused(
        self, placeholders: dict[str, str], batch: list[int], error: NetvisorError
    ) -> Iterator[tuple[Reply, dict[str, str]]]:
        if len(batch) == 1:
            self.refused[batch[0]] = error.words or error.code
            if not self._accepted and len(self.refused) >= REFUSED_WITHOUT_ONE_ACCEPTED:
                raise error
            return
        named = {int(number) for number in re.findall(r"\d+", error.words)} & set(batch)
        if len(named) == 1:
            self.refused[named.pop()] = error.words
            parts = [[key for key in batch if key not in self.refused]]
        else:
            parts = [batch[: len(batch) // 2], batch[len(batch) // 2 :]]
        for part in filter(None, parts):
            own = {**placeholders, "keys": ",".join(map(str, part))}
            if len(part) == 1:
                own["key"] = own["keys"]
            extra = {**(self._endpoint.dated if self._windows else {}), str(self._endpoint.keys): "{keys}"}
            yield from self._reply(self._endpoint.request(extra, own), own, part)

    def _about_a_key(self, batch: list[int]) -> bool:
        """Whether a right is missing for a document, not for the resource: others have been, or can be, read."""
        if self._accepted:
            return True
        if len(batch) == 1:
            return False
        for key in (batch[0], batch[-1]):
            request, _ = self._requests([key])[0]
            try:
                self._downloads.fetch(request).close()
            except NetvisorError:
                continue
            return True
        return False
