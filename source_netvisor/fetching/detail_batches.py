"""Details by key, as many keys in a call as Netvisor takes; a key that it refuses costs the others nothing."""

from __future__ import annotations

import logging
import re
from collections import deque
from collections.abc import Iterable, Iterator

from source_netvisor import errors
from source_netvisor.errors import NetvisorError
from source_netvisor.fetching.downloads import Downloads
from source_netvisor.manifest.stream_definition import Ask
from source_netvisor.netvisor.client import Reply, Request
from source_netvisor.sync.plan import SyncContext

logger = logging.getLogger("airbyte.source_netvisor")

AHEAD = 2
"""Batches that are announced before they are read, so that they are on the wire meanwhile."""
REFUSED_WITHOUT_ONE_ACCEPTED = 20
"""Refused keys after which the refusal is put down to the request and not to the keys."""


class DetailBatches:
    """Asks a resource for the details of many documents.

    Args:
        ask: the resource, and how many keys it takes.
        spans: the windows to ask each batch in; one empty one where there are none.
        downloads: where replies come from.
        context: of the sync.
    """

    def __init__(self, ask: Ask, spans: list[dict[str, str]], downloads: Downloads, context: SyncContext) -> None:
        self._ask = ask
        self._spans = spans
        self._downloads = downloads
        self._context = context
        self._accepted = 0
        self._refused: dict[int, str] = {}
        self._came = 0
        self._missing = 0
        self._missing_keys: list[int] = []

    def each(self, batches: Iterable[list[int]]) -> Iterator[list[int]]:
        """The batches in order, each announced before the ones ahead of it have been read."""
        ready: deque[list[int]] = deque()
        for batch in batches:
            self._downloads.expect(request for request, _ in self._requests(batch))
            ready.append(batch)
            if len(ready) > AHEAD:
                yield ready.popleft()
        yield from ready

    def replies(self, batch: list[int]) -> Iterator[tuple[Reply, dict[str, str]]]:
        """The replies for these keys, less the keys that Netvisor refuses.

        Raises:
            NetvisorError: the resource, and not a key, is what Netvisor refuses.
        """
        for request, words in self._requests(batch):
            yield from self._reply(request, words, batch)

    def _requests(self, batch: list[int]) -> list[tuple[Request, dict[str, str]]]:
        keys = ",".join(map(str, batch))
        found = []
        for span in self._spans:
            words = {**self._context.words(), **span, "keys": keys}
            if self._ask.batch == 1:
                words["key"] = keys
            extra = {**self._ask.first_read, str(self._ask.keys): "{keys}"}
            found.append((self._ask.request(extra, words), words))
        return found

    def _reply(
        self, request: Request, words: dict[str, str], batch: list[int]
    ) -> Iterator[tuple[Reply, dict[str, str]]]:
        try:
            reply = self._downloads.fetch(request)
        except NetvisorError as error:
            if not error.rejected and not (error.forbidden and self._about_a_key(batch)):
                raise
            yield from self._without_refused(words, batch, error)
        else:
            self._accepted += 1
            yield reply, words

    def _without_refused(
        self, words: dict[str, str], batch: list[int], error: NetvisorError
    ) -> Iterator[tuple[Reply, dict[str, str]]]:
        if len(batch) == 1:
            self._refused[batch[0]] = error.words or error.code
            if not self._accepted and len(self._refused) >= REFUSED_WITHOUT_ONE_ACCEPTED:
                raise error
            return
        named = {int(number) for number in re.findall(r"\d+", error.words)} & set(batch)
        if len(named) == 1:
            self._refused[named.pop()] = error.words
            parts = [[key for key in batch if key not in self._refused]]
        else:
            parts = [batch[: len(batch) // 2], batch[len(batch) // 2 :]]
        for part in parts:
            if part:
                own = {**words, "keys": ",".join(map(str, part))}
                request = self._ask.request({**self._ask.first_read, str(self._ask.keys): "{keys}"}, own)
                yield from self._reply(request, own, part)

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

    def expects(self, batch: list[int], came: list[int | None], key: int | None) -> None:
        """Looks at the first document of a batch before anything of it is sent.

        Raises:
            NetvisorError: nobody asked for it; these are the documents of somebody else.
        """
        if not came and key is not None and key not in batch:
            raise errors.unreadable(self._ask.resource, "details of other documents than asked for")

    def came(self, batch: list[int], keys: list[int | None]) -> None:
        """Notes which documents of a batch came, for resources that give one for each key.

        Args:
            batch: the keys that were asked.
            keys: of the documents that came; None where a document does not show its key.
        """
        known = {key for key in keys if key is not None}
        asked = [key for key in batch if key not in self._refused]
        self._came += len(keys)
        if None not in keys:
            self._missing_keys += [key for key in asked if key not in known]
        self._missing += len(asked) - len(known.intersection(asked)) if known else max(0, len(asked) - len(keys))

    @property
    def lacking(self) -> bool:
        """Whether some documents did not come."""
        return bool(self._refused or self._missing)

    def report(self, everything: bool) -> None:
        """Logs the keys that Netvisor refused, with its reasons, and those that it left out without one.

        Args:
            everything: the table is to have nothing but these documents.

        Raises:
            NetvisorError: not one of several came: taken for a success, that would empty the table.
        """
        if everything and not self._came and self._missing > 1:
            raise errors.unreadable(self._ask.resource, "not one of the documents that the list has")
        if self._missing:
            shown = ", ".join(map(str, self._missing_keys[:10])) + (", ..." if len(self._missing_keys) > 10 else "")
            logger.warning(
                f"{self._ask.resource}: Netvisor sent nothing for {self._missing} of the documents asked for (deleted "
                f"meanwhile, or not readable by this API user); the others were read. {shown}".rstrip()
            )
        if self._refused:
            shown = "; ".join(f"{key}: {reason}" for key, reason in list(self._refused.items())[:10])
            more = f"; and {len(self._refused) - 10} more" if len(self._refused) > 10 else ""
            logger.warning(
                f"{self._ask.resource}: Netvisor refused {len(self._refused)} keys (deleted meanwhile, or not "
                f"readable by this API "
                f"user); the others were read. {shown}{more}"
            )
