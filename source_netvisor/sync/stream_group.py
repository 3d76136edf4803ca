"""Streams that are made from the same replies are read together: each reply is asked for once and parsed once.

A group is a listing with everything that hangs on it: the streams of its rows, of the details that its keys lead to,
and of its deletion log. A stream of the group that fails leaves the others alone.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

from source_netvisor.changes.reconciliation import Reconciliation
from source_netvisor.changes.slices import Slice, SliceKind
from source_netvisor.errors import NetvisorError
from source_netvisor.fetching.downloads import Downloads
from source_netvisor.fetching.replies import Replies
from source_netvisor.netvisor.request import Request
from source_netvisor.protocol.messages import Message
from source_netvisor.streams.stream_sync import StreamSync
from source_netvisor.sync.absences import Absences
from source_netvisor.sync.auxiliary_lists import AuxiliaryLists
from source_netvisor.sync.progress import Progress
from source_netvisor.sync.slice_reader import SliceReader
from source_netvisor.sync.slice_reading import Members, SliceReading
from source_netvisor.sync.window_joiner import WindowJoiner, calls, can_be_joined, held_back
from source_netvisor.sync_context import SyncContext

logger = logging.getLogger("airbyte.source_netvisor")

SAMPLE = 2
"""Lists of a group that are read before those of the other groups: the first one may be of a time without documents."""


class StreamGroup:
    """Reads the streams of one group.

    Args:
        streams: the selected ones.
        downloads: where replies come from.
        progress: of the sync.
        context: of the sync.
    """

    def __init__(
        self, streams: Sequence[StreamSync], downloads: Downloads, progress: Progress, context: SyncContext
    ) -> None:
        self.streams = list(streams)
        self.members = [Reconciliation(stream, context) for stream in streams]
        self._context = context
        self._replies = Replies(downloads, context.today)
        self._auxiliary = AuxiliaryLists(self.members, self._replies, context)
        self._reader = SliceReader(self.members, self._replies, downloads, progress, context)
        self._progress = progress
        self._planned: list[Request] = []
        self._slices: list[tuple[Slice, Members]] = []
        self._joiner = WindowJoiner([], self._replies, progress, context)
        self._readings: dict[int, SliceReading] = {}
        self._has_begun = False

    def prepare(self) -> list[Request]:
        """Plans the listings; what is certain to be asked."""
        for member in self.members:
            member.prepare()
        self._auxiliary.report_gaps()
        self._slices = self._reader.merged()
        listed = [request for piece, _ in self._slices for request in piece.requests]
        before = self._auxiliary.requests()
        self._planned = list(dict.fromkeys([*before, *listed]))
        for request in self._planned:
            self._progress.plan(request.resource)
        waiting = set(held_back(self._slices))
        return [request for request in self._planned if request not in waiting]

    def calls_of_months(self, month_size: float) -> int:
        """How many calls the months take that can be joined; to be called after `prepare`.

        Args:
            month_size: bytes of a month.
        """
        return calls([one for one in self._slices if can_be_joined(*one)], month_size)

    def requests_ahead(self, first: bool) -> list[Request]:
        """What `look_ahead` asks; to be called after `prepare`."""
        slices = self._ahead(self._slices)
        ahead = [request for piece, _ in (slices[:SAMPLE] if first else slices) for request in piece.requests]
        before = self._auxiliary.requests() if ahead else []
        return list(dict.fromkeys([*before, *ahead]))

    def uncertainty(self) -> tuple[int, int]:
        """How much is not known before `look_ahead`: its lists, and the kinds of details that take a call for each key
        of a list."""
        details = {one.identity for member in self.members if (one := member.definition.details) and one.batch == 1}
        return len(self._ahead(self._slices)), len(details)

    def look_ahead(self, first: bool) -> Iterator[Message]:
        """Reads what tells how long the group takes: the lists that lead to details, with some batches of these, and
        one of several windows of each other list.

        Args:
            first: some of the lists; otherwise all others.

        Raises:
            NetvisorError: one that concerns every stream of the sync.
        """
        if not self._ahead(self._slices):
            return
        yield from self._begin()
        slices = self._ahead(self._slices)
        for piece, members in slices[:SAMPLE] if first else slices[SAMPLE:]:
            one = self._readings[id(piece)] = self._reader.reading(piece, members)
            yield from one.read_list()
            # others are read before the group goes on, and records that wait take memory
            for member, _ in members:
                yield from member.stream.flush()

    def read(self) -> Iterator[Message]:
        """All other messages of the group's streams.

        Raises:
            NetvisorError: one that concerns every stream of the sync.
        """
        yield from self._begin()
        self._joiner.reads_on = True
        for piece, members in self._joiner:
            one = self._readings.pop(id(piece), None)
            if one is None:
                yield from self._reader.read_slice(piece, members)
            else:
                yield from one.read_details()
        yield from self._compare_where_changes_are_cut()
        absences = Absences(self._reader, self.members, self._context)
        yield from absences.settle()
        self.close()
        for stream in self.streams:
            yield from stream.finish()

    def _begin(self) -> Iterator[Message]:
        """Before the first slice: the lists that say what is gone and what is to be compared."""
        if self._has_begun:
            return
        self._has_begun = True
        for stream in self.streams:
            yield from stream.status.begin()
        self._replies.expect(self._auxiliary.requests())
        self._replies.expect(request for piece, _ in self._slices for request in piece.requests)
        self._auxiliary.read()
        # what is compared depends on them
        self._slices = self._reader.merged()
        self._joiner = WindowJoiner(self._slices, self._replies, self._progress, self._context)
        for request in {request for piece, _ in self._slices for request in piece.requests}.difference(self._planned):
            self._progress.plan(request.resource)

    @staticmethod
    def _ahead(slices: Sequence[tuple[Slice, Members]]) -> list[tuple[Slice, Members]]:
        """The slices that tell how much there is to be read, in an order in which the first ones are a fair sample."""
        found = []
        for piece, members in slices:
            leads_to_details = any(member.definition.details is not None for member, _ in members)
            first_of_many = piece.count > 1 and piece.number == 1
            if piece.kind in (SliceKind.COMPARISON, SliceKind.FULL) and (leads_to_details or first_of_many):
                found.append((piece, members))
        return sorted(found, key=lambda one: _spread(one[0].number - 1))

    def close(self) -> None:
        """Drops the replies that were kept for somebody who did not come."""
        self._replies.close()

    @property
    def failed(self) -> bool:
        """Whether no stream of it is read any more."""
        return all(stream.status.finished for stream in self.streams)

    def fail(self, error: NetvisorError) -> Iterator[Message]:
        """Why no stream of the group can be read on."""
        for stream in self.streams:
            yield from stream.fail(error)

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


def _spread(number: int) -> float:
    """A place between 0 and 1 for each number, as far as can be from those of all lower numbers: its bits reversed
    (the sequence of van der Corput)."""
    return int(f"{number:032b}"[::-1], 2) / (1 << 32)
