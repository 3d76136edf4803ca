"""Streams that are made from the same replies are read together: each reply is asked for once and parsed once.

A group is a listing with everything that hangs on it: the streams of its rows, of the details that its keys lead to,
and of its deletion log. A stream of the group that fails leaves the others alone.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import Any

from source_netvisor import clock
from source_netvisor.changes import triggers
from source_netvisor.changes.deletion_log import read_log
from source_netvisor.changes.reconciliation import Reconciliation
from source_netvisor.changes.slices import LOG_REACHES, log_slice
from source_netvisor.errors import NetvisorError
from source_netvisor.fetching.downloads import Downloads
from source_netvisor.fetching.replies import Replies
from source_netvisor.netvisor.client import Request
from source_netvisor.protocol.messages import Message
from source_netvisor.streams.stream_sync import StreamSync
from source_netvisor.sync.absences import Absences
from source_netvisor.sync.slice_reader import SliceReader
from source_netvisor.sync_context import SyncContext

logger = logging.getLogger("airbyte.source_netvisor")


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
        self._context = context
        self._replies = Replies(downloads, context.today)
        self._reader = SliceReader(self.members, self._replies, downloads, context)

    def prepare(self) -> list[Request]:
        """Plans the listings; what will be asked first."""
        for member in self.members:
            member.prepare()
        self._report_gap()
        listed = [request for piece, _ in self._reader.merged() for request in piece.requests]
        return list(dict.fromkeys([*self._auxiliary(), *triggers.log_requests(self.members, self._context), *listed]))

    def _report_gap(self) -> None:
        for log in self._logs().values():
            members = [member for member in log if member.log_has_gap]
            if not members:
                continue
            since = min(clock.helsinki_date(member.log_position) for member in members)
            names = ", ".join(member.name for member in members)
            logger.warning(
                f"{names}: the last sync was on {since}, and Netvisor lists deletions of the last {LOG_REACHES.days} "
                f"days only ({self._log_of(members).resource}); everything from {members[0].stream.start} on is "
                "compared, and what is gone is deleted. To avoid this, sync at least every six days."
            )

    def read(self) -> Iterator[Message]:
        """All messages of the group's streams.

        Raises:
            NetvisorError: one that concerns every stream of the sync.
        """
        for stream in self.streams:
            yield from stream.status.begin()
        try:
            self._replies.expect(self._auxiliary())
            self._replies.expect(triggers.log_requests(self.members, self._context))
            self._replies.expect(request for piece, _ in self._reader.merged() for request in piece.requests)
            self._read_auxiliary()
            for piece, members in self._reader.merged():
                yield from self._reader.read_slice(piece, members)
            yield from self._compare_where_changes_are_cut()
            absences = Absences(self._reader, self.members, self._context)
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

    def _compare_where_changes_are_cut(self) -> Iterator[Message]:
        """A list of changes that may have been cut makes the comparison due."""
        cut = [member for member in self.members if member.changes_cut and not member.plan.compares]
        for member in cut:
            logger.warning(
                f"{member.name}: the list of changes has a length at which {member.definition.listing.resource} may "
                "cut it, so the whole list is compared."
            )
            member.prepare(due=True)
        yield from self._reader.read_again(cut)


def _raise_if_fatal(members: Sequence[Reconciliation]) -> None:
    for member in members:
        failure = member.stream.status.failure
        if failure is not None and failure.aborts_sync:
            raise failure
