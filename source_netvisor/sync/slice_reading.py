"""One slice, read in two steps: the list with the first batches of what it leads to, and the rest of that."""

from __future__ import annotations

from collections.abc import Iterator

from source_netvisor.changes.reconciliation import Reconciliation
from source_netvisor.changes.slices import Slice, SliceKind, shorter_log_slice
from source_netvisor.errors import NetvisorError
from source_netvisor.fetching.downloads import Downloads
from source_netvisor.fetching.replies import Replies
from source_netvisor.protocol import messages
from source_netvisor.protocol.messages import Message
from source_netvisor.sync.detail_pass import DetailPass, fail_members
from source_netvisor.sync.document_counts import DocumentCounts
from source_netvisor.sync.listing_pass import ListingPass
from source_netvisor.sync.pending_details import PendingDetails
from source_netvisor.sync.progress import LEARNT_FROM, Progress
from source_netvisor.sync_context import SyncContext

Members = list[tuple[Reconciliation, Slice]]
"""The streams that want a slice, each with its own part of the plan."""


class SliceReading:
    """Reads one slice for the streams of a group that want it.

    Args:
        piece: the slice.
        members: the streams.
        replies: of the group.
        downloads: where replies come from.
        counts: the documents of the group's details.
        progress: of the sync.
        context: of the sync.
    """

    def __init__(
        self,
        piece: Slice,
        members: Members,
        replies: Replies,
        downloads: Downloads,
        counts: DocumentCounts,
        progress: Progress,
        context: SyncContext,
    ) -> None:
        self._piece = piece
        self._members = members
        self._replies = replies
        self._downloads = downloads
        self._counts = counts
        self._progress = progress
        self._context = context
        self._details: list[DetailPass] = []

    def read_list(self) -> Iterator[Message]:
        """The list, and some batches of each kind of details: by then it is known what is to come."""
        self._members = [(member, own) for member, own in self._members if not _is_hopeless(member)]
        if not self._members:
            self._replies.forget(self._piece.requests)
            for request in self._piece.requests:
                self._progress.plan(request.resource, -1)
            return
        reading = ListingPass(self._piece, [(member, own.kind) for member, own in self._members], self._replies)
        try:
            yield from reading.read()
        except NetvisorError as error:
            listing = self._members[0][0].definition.listing
            shorter = shorter_log_slice(self._piece, listing, self._context) if error.rejected else None
            if shorter is not None:
                self._piece = shorter
                self._members = [(member, shorter) for member, _ in self._members]
                yield from self.read_list()
                return
            # rows without a key that have been sent could not be told from those that come again
            if self._piece.parts and not reading.keyless and not (error.forbidden or error.aborts_sync):
                yield from self._read_parts()
                return
            for member, own in self._members:
                member.problem(error, own.kind)
            self._members = []
            if error.aborts_sync:
                raise
            return
        self._judge(reading)
        yield from self._estimates()
        for pending in reading.details.values():
            if any(own.kind is SliceKind.COMPARISON for _, own in self._members):
                pending.take_turns()
            self._expect(pending)
        for one in self._details:
            if not self._progress.has_met(one.resource):
                yield from self._guarded(one, one.read_first(LEARNT_FROM))

    def _read_parts(self) -> Iterator[Message]:
        """The windows one by one, since together they cannot be had."""
        members, self._members = self._members, []
        self._progress.plan(self._piece.requests[0].resource, len(self._piece.parts))
        for number, part in enumerate(self._piece.parts):
            wanting = [(member, own.parts[number]) for member, own in members]
            one = SliceReading(
                part, wanting, self._replies, self._downloads, self._counts, self._progress, self._context
            )
            yield from one.read_list()
            yield from one.read_details()

    def _estimates(self) -> Iterator[Message]:
        """How many records there will be of the streams that are made of the rows of several lists."""
        for member, own in self._members:
            if own.count > 1 and member.definition.details is None:
                member.lists_read += max(len(own.parts), 1)
                if member.stream.taken_in:
                    yield messages.estimate(member.name, member.stream.taken_in * own.count // member.lists_read)

    def _expect(self, pending: PendingDetails) -> None:
        """What the list leads to, and what the lists that have not been read may lead to."""
        resource, windows = pending.endpoint.resource, pending.members[0].plan.windows
        self._counts.list_read(resource, self._piece.count)
        if len(pending):
            found = DetailPass(pending, windows, self._downloads, self._counts, self._context)
            self._details.append(found)
            self._progress.plan(resource, found.calls)
        documents = self._counts.unseen(resource)
        self._progress.guess(resource, -(-documents // pending.endpoint.batch) * max(len(windows), 1))

    def read_details(self) -> Iterator[Message]:
        """All that is left of the details."""
        for one in self._details:
            if all(map(_is_hopeless, one.members)):
                self._progress.plan(one.resource, -one.calls)
            elif not one.has_failed:
                yield from self._guarded(one, one.read())
        yield from self._slice_done()

    def _judge(self, reading: ListingPass) -> None:
        for member, own in self._members:
            if own.kind is SliceKind.COMPARISON:
                member.listed += reading.listed
                member.judges_absence &= reading.complete and not reading.cut_suspected
            if own.kind is SliceKind.CHANGES and reading.cut_suspected:
                member.changes_cut = True

    @staticmethod
    def _guarded(one: DetailPass, reading: Iterator[Message]) -> Iterator[Message]:
        """A resource that fails leaves the others alone."""
        try:
            yield from reading
        except NetvisorError as error:
            one.has_failed = True
            fail_members(one.members, error)

    def _slice_done(self) -> Iterator[Message]:
        for member, own in self._members:
            if own.kind is SliceKind.COMPARISON and own.window is not None:
                member.read_windows += member.plan.windows or own.windows
            slices = [one for one in member.plan.slices if one.kind is own.kind]
            following = slices[own.number].window if own.number < len(slices) else None
            if own.kind in (SliceKind.COMPARISON, SliceKind.FULL) and member.stream.status.failure is None:
                yield from member.stream.window_done(following.begin if following is not None else None)


def _is_hopeless(member: Reconciliation) -> bool:
    """Whether another window of the listing cannot be read either: Netvisor does not allow it, or does not answer."""
    failure = member.stream.status.failure
    return failure is not None and (failure.forbidden or failure.no_response)
