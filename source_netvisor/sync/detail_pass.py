"""The details of the documents that a list has, read by key for all streams that want them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from source_netvisor import errors
from source_netvisor.changes.reconciliation import Reconciliation
from source_netvisor.changes.windows import Window
from source_netvisor.errors import NetvisorError
from source_netvisor.fetching.detail_batches import DetailBatches
from source_netvisor.fetching.downloads import Downloads
from source_netvisor.fetching.row_identity import RowIdentity
from source_netvisor.netvisor.reply import Reply
from source_netvisor.parsing.fingerprint import fingerprint
from source_netvisor.parsing.record_text import Row
from source_netvisor.protocol import messages
from source_netvisor.protocol.messages import Message
from source_netvisor.sync.document_counts import DocumentCounts
from source_netvisor.sync.listing_pass import flush_due, read_groups
from source_netvisor.sync.pending_details import PendingDetails
from source_netvisor.sync_context import SyncContext

logger = logging.getLogger("airbyte.source_netvisor")

SHOWN = 10
"""Keys that a warning names."""


class DetailPass:
    """Reads the details of one resource.

    Args:
        pending: the documents and the streams.
        windows: in which each key is asked; none where it is asked by key alone.
        downloads: where replies come from.
        counts: of the group's documents.
        context: of the sync.

    Attributes:
        members: the streams.
        resource: of the details.
        calls: that the details take, where no key is refused.
        has_failed: whether they cannot be read.
    """

    def __init__(
        self,
        pending: PendingDetails,
        windows: list[Window],
        downloads: Downloads,
        counts: DocumentCounts,
        context: SyncContext,
    ) -> None:
        self._pending = pending
        self._waiting = pending.batches()
        self._position = 0
        self._endpoint = pending.endpoint
        self.resource = pending.endpoint.resource
        self._members = self.members = pending.members
        self.calls = -(-len(pending) // pending.endpoint.batch) * max(len(windows), 1)
        self.has_failed = False
        self._counts = counts
        counts.listed(self.resource, len(pending))
        spans = [window.placeholders() for window in windows]
        self._batches = DetailBatches(pending.endpoint, spans, downloads, context.placeholders())
        self._identity = RowIdentity(pending.endpoint)
        # an employee may have no hours, but a document has its details
        self._one_each = not windows and (
            pending.endpoint.batch > 1 or any(m.definition.lines is None or m.incremental for m in self._members)
        )
        self._received = 0
        self._left_out: list[int] = []
        self._missing: list[tuple[int, int | None]] = []

    def read_first(self, batches: int) -> Iterator[Message]:
        """The first batches, by which is known how long a call takes.

        Args:
            batches: so many.

        Raises:
            NetvisorError: the resource cannot be read.
        """
        yield from self._read(islice(self._waiting, batches))

    def read(self) -> Iterator[Message]:
        """All that is left.

        Raises:
            NetvisorError: the resource cannot be read.
        """
        yield from self._read(self._waiting)
        self._report()
        self._refuse_missing()

    def _read(self, batches: Iterable[list[int]]) -> Iterator[Message]:
        for batch in self._batches.each(batches):
            places = {key: self._position + number for number, key in enumerate(batch)}
            yield from self._batch(batch, places)
            if self._received:
                self._refuse_missing()
            self._position += len(batch)
            yield from self._estimate(len(batch))

    def _batch(self, batch: list[int], places: Mapping[int, int]) -> Iterator[Message]:
        received: set[int] = set()
        unnamed: list[Row] = []
        for reply, placeholders in self._batches.replies(batch):
            try:
                marks = [(member, member.stream.mark(reply.size)) for member in self._members]
                found = self._take_reply(reply, placeholders, places, received)
                if reply.must_be_read_again():
                    for member, mark in marks:
                        member.stream.take_back(mark)
                    found = self._take_reply(reply, placeholders, places, received, again=True)
                unnamed += found
            finally:
                reply.close()
            yield from flush_due(self._members)
        self._take_unnamed(unnamed, batch, received, places)
        self._received += len(received)
        if self._one_each:
            self._note_missing(batch, received, places)
        yield from flush_due(self._members)

    def _take_reply(
        self,
        reply: Reply,
        placeholders: Mapping[str, str],
        places: Mapping[int, int],
        received: set[int],
        again: bool = False,
    ) -> list[Row]:
        """Takes in the documents of a reply; those that do not show their key are given back."""
        if any(member.definition.group_by for member in self._members):
            self._take_groups(reply, placeholders, again)
            return []
        unnamed = []
        asked = int(placeholders["key"]) if "key" in placeholders else None
        for row in reply.rows(self._endpoint.record):
            key = self._key_of(row, asked)
            if key is None:
                unnamed.append(row)
                continue
            if key not in places:
                raise errors.unreadable(self._endpoint.resource, "details of other documents than asked for")
            received.add(key)
            self._take(key, places[key], row, {**placeholders, "key": str(key)})
        return unnamed

    def _key_of(self, row: Row, asked: int | None) -> int | None:
        key, _ = self._identity.of(row)
        if asked is not None and key is not None and key != asked and self._one_each:
            raise errors.unreadable(self._endpoint.resource, "the details of another document")
        return asked if asked is not None else key

    def _take_unnamed(
        self, unnamed: list[Row], batch: list[int], received: set[int], places: Mapping[int, int]
    ) -> None:
        """Documents that do not show their key: one that is alone can only be the one that is missing."""
        missing = [key for key in batch if key not in received and key not in self._batches.refused]
        if len(unnamed) == 1 and len(missing) == 1:
            received.add(missing[0])
            self._take(missing[0], places[missing[0]], unnamed[0], {"key": str(missing[0])})
        elif unnamed:
            for key in missing:
                for reply, placeholders in self._batches.replies([key]):
                    self._take_reply(reply, placeholders, places, received)
                    reply.close()

    def _take(self, key: int, place: int, row: Row, placeholders: Mapping[str, str]) -> None:
        listed, month = self._pending.facts(place)
        for member in self._members:
            if not self._pending.wants(member, key):
                continue
            if not member.incremental:
                member.stream.send(row, placeholders)
                continue
            found = listed if member.definition.settled is None else fingerprint(row)
            member.handled.add(key)
            if member.definition.settled is not None and member.knows(key, found):
                continue
            if not member.stream.send_group(key, found, month, row, placeholders):
                member.is_deleted(key)

    def _take_groups(self, reply: Reply, placeholders: Mapping[str, str], again: bool) -> None:
        for member in self._members:
            read_groups(
                member,
                again,
                lambda: ((row, placeholders) for row in reply.rows(self._endpoint.record)),
            )

    def _note_missing(self, batch: list[int], received: set[int], places: Mapping[int, int]) -> None:
        for key in batch:
            if key in received:
                continue
            if key not in self._batches.refused:
                self._left_out.append(key)
            self._missing.append((key, self._pending.facts(places[key])[1]))

    def _refuse_missing(self) -> None:
        """Marks what the list has and Netvisor does not give: not before one document has been received, since a
        resource that gives none is what cannot be read, and not its documents."""
        for key, month in self._missing:
            for member in self._members:
                if self._pending.wants(member, key):
                    member.handled.add(key)
                    member.stream.refuse(key, month)
        self._missing.clear()

    def _estimate(self, documents: int) -> Iterator[Message]:
        if self._counts.read(self.resource, documents):
            for member in self._members:
                if member.stream.taken_in:
                    rows = self._counts.in_all(self.resource, member.stream.taken_in)
                    yield messages.estimate(member.name, rows)

    def _report(self) -> None:
        """Logs the keys that Netvisor refused, with its reasons, and those that it left out without one.

        Raises:
            NetvisorError: not one of several was received.
        """
        refused, left_out = self._batches.refused, self._left_out
        if refused and not self._one_each:
            for member in self._members:
                member.comparison_failed = True
        if not self._received and len(refused) + len(left_out) > 1:
            raise errors.unreadable(self._endpoint.resource, "not one of the documents that the list has")
        if left_out:
            shown = ", ".join(map(str, left_out[:SHOWN])) + (", ..." if len(left_out) > SHOWN else "")
            logger.warning(
                f"{self._endpoint.resource}: Netvisor sent nothing for {len(left_out)} of the documents asked for "
                f"(deleted meanwhile, or not readable by this API user); the others were read. {shown}".rstrip()
            )
        if refused:
            shown = "; ".join(f"{key}: {reason}" for key, reason in list(refused.items())[:SHOWN])
            more = f"; and {len(refused) - SHOWN} more" if len(refused) > SHOWN else ""
            logger.warning(
                f"{self._endpoint.resource}: Netvisor refused {len(refused)} keys (deleted meanwhile, or not readable "
                f"by this API user); the others were read. {shown}{more}"
            )


def fail_members(members: list[Reconciliation], error: NetvisorError) -> None:
    """The details of these streams cannot be read.

    Raises:
        NetvisorError: the same one, if no other stream can be read either.
    """
    for member in members:
        member.problem(error)
    if error.aborts_sync:
        raise error
