"""The slices of a group of streams, read one after the other: each list with the details that it leads to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from source_netvisor.changes.reconciliation import Reconciliation
from source_netvisor.changes.slices import Slice, SliceKind, dated_slice
from source_netvisor.changes.windows import Window, windows
from source_netvisor.fetching.downloads import Downloads
from source_netvisor.fetching.replies import Replies
from source_netvisor.protocol.messages import Message
from source_netvisor.sync.document_counts import DocumentCounts
from source_netvisor.sync.progress import Progress
from source_netvisor.sync.slice_reading import Members, SliceReading
from source_netvisor.sync_context import SyncContext


class SliceReader:
    """Reads slices for the streams of one group.

    Args:
        members: the streams.
        replies: of the group.
        downloads: where replies come from.
        progress: of the sync.
        context: of the sync.
    """

    def __init__(
        self,
        members: Sequence[Reconciliation],
        replies: Replies,
        downloads: Downloads,
        progress: Progress,
        context: SyncContext,
    ) -> None:
        self._members = members
        self._replies = replies
        self.downloads = downloads
        self._context = context
        self._progress = progress
        self._counts = DocumentCounts()

    def merged(self) -> list[tuple[Slice, Members]]:
        """Each slice once, with the streams that want it: comparisons by date, then what changed."""
        wanted: dict[Any, Members] = {}
        for member in self._members:
            for piece in member.plan.slices:
                identity = (member.definition.listing.identity, piece.requests, piece.order[0])
                wanted.setdefault(identity, []).append((member, piece))
        merged = [(members[0][1], members) for members in wanted.values()]
        return sorted(merged, key=lambda found: found[0].order)

    def reading(self, piece: Slice, members: Members) -> SliceReading:
        """A slice that is read in two steps."""
        return SliceReading(piece, members, self._replies, self.downloads, self._counts, self._progress, self._context)

    def read_slice(self, piece: Slice, members: Members) -> Iterator[Message]:
        """A slice of the listing with the details that it leads to."""
        one = self.reading(piece, members)
        yield from one.read_list()
        yield from one.read_details()

    # --- for the judgement of what is missing ---------------------------------------------------------------------

    def read_again(self, members: Sequence[Reconciliation]) -> Iterator[Message]:
        """The lists that the streams are compared with, once more."""
        for piece, wanting in self.merged():
            concerned = [(m, own) for m, own in wanting if m in members and own.kind is SliceKind.COMPARISON]
            if concerned:
                yield from self.read_slice(piece, concerned)

    def read_days(self, members: Sequence[Reconciliation], days: set[date]) -> Iterator[Message]:
        """The windows of these days that the streams have not read; what they lack says nothing."""
        listing = members[0].definition.listing
        first = min(member.stream.start for member in members)
        for window in windows(listing, first, self._context.today):
            if any(window.begin <= day <= window.end for day in days):
                piece = dated_slice(SliceKind.LOOK, listing, window, self._context)
                yield from self.read_slice(piece, [(m, piece) for m in members if window not in m.read_windows])

    def read_older(self, members: Sequence[Reconciliation]) -> Iterator[Message]:
        """The windows that this sync has not read: what is missing may have moved there."""
        for member in members:
            older, member.plan.older_windows = member.plan.older_windows, []
            if member.plan.windows:
                yield from self._read_older_details(member, older)
                continue
            listing = member.definition.listing
            for window in older:
                piece = dated_slice(SliceKind.COMPARISON, listing, window, self._context)
                yield from self.read_slice(piece, [(member, piece)])

    def _read_older_details(self, member: Reconciliation, older: list[Window]) -> Iterator[Message]:
        planned, member.plan.windows = member.plan.windows, older
        for piece in [one for one in member.plan.slices if one.kind is SliceKind.COMPARISON]:
            yield from self.read_slice(piece, [(member, piece)])
        member.plan.windows = [*planned, *older]
