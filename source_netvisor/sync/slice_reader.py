"""The slices of a group of streams, read one after the other: each list with the details that it leads to."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from source_netvisor.changes.reconciliation import Reconciliation
from source_netvisor.changes.slices import Slice, SliceKind, dated_slice, shorter_log_slice
from source_netvisor.changes.windows import Window, windows
from source_netvisor.errors import NetvisorError
from source_netvisor.fetching.downloads import Downloads
from source_netvisor.fetching.replies import Replies
from source_netvisor.protocol.messages import Message
from source_netvisor.sync.detail_pass import DetailPass, fail_members
from source_netvisor.sync.listing_pass import ListingPass
from source_netvisor.sync.pending_details import PendingDetails
from source_netvisor.sync_context import SyncContext

logger = logging.getLogger("airbyte.source_netvisor")

Members = list[tuple[Reconciliation, Slice]]
"""The streams that want a slice, each with its own part of the plan."""


class SliceReader:
    """Reads slices for the streams of one group.

    Args:
        members: the streams.
        replies: of the group.
        downloads: where replies come from.
        context: of the sync.
    """

    def __init__(
        self, members: Sequence[Reconciliation], replies: Replies, downloads: Downloads, context: SyncContext
    ) -> None:
        self._members = members
        self._replies = replies
        self.downloads = downloads
        self._context = context
        self._logged = 0

    def merged(self) -> list[tuple[Slice, Members]]:
        """Each slice once, with the streams that want it: comparisons by date, then what changed."""
        wanted: dict[Any, Members] = {}
        for member in self._members:
            for piece in member.plan.slices:
                identity = (member.definition.listing.identity, piece.requests, piece.order[0])
                wanted.setdefault(identity, []).append((member, piece))
        merged = [(members[0][1], members) for members in wanted.values()]
        return sorted(merged, key=lambda found: found[0].order)

    def read_slice(self, piece: Slice, members: Members) -> Iterator[Message]:
        """A slice of the listing with the details that it leads to."""
        able = [(member, own) for member, own in members if not _is_hopeless(member)]
        if not able:
            self._replies.forget(piece.requests)
            return
        kinds = [(member, own.kind) for member, own in able]
        reading = ListingPass(piece, kinds, self._replies)
        try:
            yield from reading.read()
        except NetvisorError as error:
            shorter = shorter_log_slice(piece, able[0][0].definition.listing, self._context) if error.rejected else None
            if shorter is not None:
                yield from self.read_slice(shorter, [(member, shorter) for member, _ in able])
                return
            for member, own in able:
                member.problem(error, own.kind)
            if error.aborts_sync:
                raise
            return
        for member, own in able:
            if own.kind is SliceKind.COMPARISON:
                member.listed += reading.listed
                member.judges_absence &= reading.complete and not reading.cut_suspected
            if own.kind is SliceKind.CHANGES and reading.cut_suspected:
                member.changes_cut = True
        for pending in reading.details.values():
            if any(own.kind is SliceKind.COMPARISON for _, own in able):
                pending.take_turns()
            yield from self._read_details(pending)
        yield from self._slice_done(able)

    def _read_details(self, pending: PendingDetails) -> Iterator[Message]:
        """The details of the documents that a list has; a resource that fails leaves the others alone."""
        if not len(pending):
            return
        planned = pending.members[0].plan.windows
        try:
            yield from DetailPass(pending, planned, self.downloads, self._context).read()
        except NetvisorError as error:
            fail_members(pending.members, error)

    def _slice_done(self, able: Members) -> Iterator[Message]:
        windowed = [own for _, own in able if own.count > 1]
        for member, own in able:
            if own.kind is SliceKind.COMPARISON and own.window is not None:
                member.read_windows += member.plan.windows or [own.window]
            slices = [one for one in member.plan.slices if one.kind is own.kind]
            following = slices[own.number].window if own.number < len(slices) else None
            if own.kind in (SliceKind.COMPARISON, SliceKind.FULL) and member.stream.status.failure is None:
                begin = following.begin if following is not None else None
                yield from member.stream.window_done(own.number, own.count, begin)
        total = sum(member.stream.counts.total for member, _ in able)
        if windowed and total > self._logged:
            self._logged = total
            names = ", ".join(member.name for member, _ in able)
            first_day = windowed[0].window.begin if windowed[0].window else ""
            done = f"window {windowed[0].number} of {windowed[0].count} ({first_day})"
            logger.info(f"{names}: {done} read, {total:,} records so far.")

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


def _is_hopeless(member: Reconciliation) -> bool:
    """Whether another window of the listing cannot be read either: Netvisor does not allow it, or does not answer."""
    failure = member.stream.status.failure
    return failure is not None and (failure.forbidden or failure.no_response)
