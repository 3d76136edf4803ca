"""Streams that are made from the same replies are read together: each reply is asked for once and parsed once.

A group is a listing with everything that hangs on it: the streams of its rows, of the details that its keys lead to,
and of its deletion log. A stream of the group that fails leaves the others alone.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from source_netvisor.changes import triggers
from source_netvisor.changes.deletion_log import read_log
from source_netvisor.changes.reconciliation import Reconciliation
from source_netvisor.changes.slices import Slice, SliceKind, dated_slice, log_slice
from source_netvisor.changes.windows import Window, windows
from source_netvisor.errors import NetvisorError
from source_netvisor.fetching.downloads import Downloads
from source_netvisor.fetching.replies import Replies
from source_netvisor.netvisor.client import Request
from source_netvisor.protocol.messages import Message
from source_netvisor.streams.stream_sync import StreamSync
from source_netvisor.sync.absences import Absences
from source_netvisor.sync.detail_pass import DetailPass, fail_members
from source_netvisor.sync.listing_pass import ListingPass
from source_netvisor.sync.pending_details import PendingDetails
from source_netvisor.sync_context import SyncContext

logger = logging.getLogger("airbyte.source_netvisor")

Members = list[tuple[Reconciliation, Slice]]
"""The streams that want a slice, each with its own part of the plan."""


class StreamGroup:
    """Reads the streams of one group.

    Args:
        streams: the selected ones.
        downloads: where replies come from.
        context: of the sync.
    """

    def __init__(self, streams: Sequence[StreamSync], downloads: Downloads, context: SyncContext) -> None:
        self.streams = list(streams)
        self.members = [Reconciliation(stream, context) for stream in streams]
        self.downloads = downloads
        self._context = context
        self._replies = Replies(downloads, context.today)
        self._logged = 0

    def prepare(self) -> list[Request]:
        """Plans the listings; what will be asked first."""
        for member in self.members:
            member.prepare()
        listed = [request for piece, _ in self._merged() for request in piece.requests]
        return list(dict.fromkeys([*self._auxiliary(), *triggers.log_requests(self.members, self._context), *listed]))

    def read(self) -> Iterator[Message]:
        """All messages of the group's streams.

        Raises:
            NetvisorError: one that concerns every stream of the sync.
        """
        for stream in self.streams:
            yield from stream.begin()
        try:
            self._replies.expect(self._auxiliary())
            self._replies.expect(triggers.log_requests(self.members, self._context))
            self._replies.expect(request for piece, _ in self._merged() for request in piece.requests)
            self._read_auxiliary()
            for piece, members in self._merged():
                yield from self.read_slice(piece, members)
            absences = Absences(self, self.members, self._context)
            yield from absences.settle()
        finally:
            self._replies.close()
        for stream in self.streams:
            yield from stream.finish()

    def fail(self, error: NetvisorError) -> Iterator[Message]:
        """Why no stream of the group can be read on."""
        for stream in self.streams:
            yield from stream.fail(error)

    # --- what is asked --------------------------------------------------------------------------------------------

    def _merged(self) -> list[tuple[Slice, Members]]:
        """Each slice once, with the streams that want it: comparisons by date, then what changed."""
        wanted: dict[Any, Members] = {}
        for member in self.members:
            for piece in member.plan.slices:
                identity = (member.definition.listing.identity, piece.requests, piece.order[0])
                wanted.setdefault(identity, []).append((member, piece))
        merged = [(members[0][1], members) for members in wanted.values()]
        return sorted(merged, key=lambda found: found[0].order)

    def _auxiliary(self) -> list[Request]:
        """The deletion logs and the lists that make comparisons due."""
        requests: list[Request] = []
        for members in self._logs().values():
            since = min(member.log_position for member in members)
            requests += log_slice(self._log_of(members), since, self._context).requests
        for member in self.members:
            endpoint = member.definition.compare_after.listing
            if endpoint is not None and member.incremental:
                requests.append(triggers.list_request(endpoint, member, self._context))
        return list(dict.fromkeys(requests))

    def _logs(self) -> dict[Any, list[Reconciliation]]:
        found: dict[Any, list[Reconciliation]] = {}
        for member in self.members:
            if member.incremental and member.definition.deletions is not None:
                found.setdefault(member.definition.deletions.identity, []).append(member)
        return found

    @staticmethod
    def _log_of(members: list[Reconciliation]) -> Any:
        return next(member.definition.deletions for member in members if member.definition.deletions)

    def _read_auxiliary(self) -> None:
        for members in self._logs().values():
            read_log(self._log_of(members), members, self._replies, self._context)
            _raise_if_fatal(members)
        incremental = [member for member in self.members if member.incremental]
        triggers.follow_lists(incremental, self._replies, self._context)
        triggers.follow_deletions(incremental, self._replies, self._context)

    # --- slices ---------------------------------------------------------------------------------------------------

    def read_slice(self, piece: Slice, members: Members) -> Iterator[Message]:
        """A slice of the listing with the details that it leads to."""
        able = [(member, own) for member, own in members if not _is_forbidden(member)]
        if not able:
            self._replies.forget(piece.requests)
            return
        kinds = [(member, own.kind) for member, own in able]
        reading = ListingPass(piece, kinds, self._replies)
        try:
            yield from reading.read()
        except NetvisorError as error:
            for member, own in able:
                member.problem(error, own.kind)
            if error.aborts_sync:
                raise
            return
        for member, own in able:
            if own.kind is SliceKind.COMPARISON and (reading.cut_suspected or not reading.complete):
                member.judges_absence = False
            if own.kind is SliceKind.CHANGES and reading.cut_suspected:
                member.changes_cut = True
        for pending in reading.details.values():
            if any(own.kind is SliceKind.COMPARISON for _, own in able):
                pending.take_turns()
            yield from self.read_details(pending)
        yield from self._slice_done(able)

    def read_details(self, pending: PendingDetails, windows: list[Window] | None = None) -> Iterator[Message]:
        """The details of the documents that a list has; a resource that fails leaves the others alone.

        Args:
            pending: the documents.
            windows: in which they are asked; None: those of the plan.
        """
        if not len(pending):
            return
        planned = pending.members[0].plan.windows if windows is None else windows
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
            if own.kind in (SliceKind.COMPARISON, SliceKind.FULL) and member.stream.failure is None:
                begin = following.begin if following is not None else None
                yield from member.stream.window_done(own.number, own.count, begin)
        total = sum(member.stream.records for member, _ in able)
        if windowed and total > self._logged:
            self._logged = total
            names = ", ".join(member.name for member, _ in able)
            first_day = windowed[0].window.begin if windowed[0].window else ""
            done = f"window {windowed[0].number} of {windowed[0].count} ({first_day})"
            logger.info(f"{names}: {done} read, {total:,} records so far.")

    # --- for the judgement of what is missing ---------------------------------------------------------------------

    def read_again(self, members: Sequence[Reconciliation]) -> Iterator[Message]:
        """The lists that the streams are compared with, once more."""
        for piece, wanting in self._merged():
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


def _is_forbidden(member: Reconciliation) -> bool:
    """Whether Netvisor has refused the listing already: another window of it will not be allowed either."""
    failure = member.stream.failure
    return failure is not None and failure.forbidden


def _raise_if_fatal(members: Sequence[Reconciliation]) -> None:
    for member in members:
        failure = member.stream.failure
        if failure is not None and failure.aborts_sync:
            raise failure
