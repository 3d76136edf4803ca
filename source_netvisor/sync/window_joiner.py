"""Several months of a list in one call, where its replies are small.

Netvisor documents no longest stretch of dates for its ledger; months are this connector's choice, which keeps the
replies of a large company small. Most companies have little in a month, and a call takes seconds whatever it brings.
So each call asks for up to twice as many months as the one before, as long as no reply is expected to be larger than
`LARGEST`. One that turns out larger is only slower. A list that does not come in time is asked for in halves, and what
cannot be had together, month by month.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from source_netvisor.changes.slices import Slice, SliceKind, joined
from source_netvisor.fetching.replies import Replies
from source_netvisor.netvisor.reply import Reply
from source_netvisor.netvisor.request import Request
from source_netvisor.sync.progress import Progress
from source_netvisor.sync.slice_reading import Members
from source_netvisor.sync_context import SyncContext

LARGEST = 4 << 20
"""Bytes that a reply to several months may have, as the replies before let one expect: about as many vouchers as the
longest list whose cut would be noticed."""

Planned = Sequence[tuple[Slice, Members]]
"""Slices in their order, each with the streams that want it."""


def can_be_joined(piece: Slice, members: Members) -> bool:
    """Whether the slice is a month of a list that Netvisor gives for any stretch of dates."""
    return members[0][0].definition.listing.window == "month" and piece.kind in (SliceKind.COMPARISON, SliceKind.FULL)


def held_back(slices: Planned) -> list[Request]:
    """The requests that are not to be made before it is known whether they are joined: all but the first."""
    months = [piece for piece, members in slices if can_be_joined(piece, members)]
    return [request for piece in months[1:] for request in piece.requests]


def calls(slices: Planned, month_size: float, most: int = 0) -> int:
    """How many calls slices take that can be joined.

    Args:
        slices: the ones that are left.
        month_size: bytes of a month.
        most: months that a call has asked for so far; 0: there was none.
    """
    at = count = 0
    while at < len(slices):
        length = _length(slices, at, month_size, most)
        most = max(most, length)
        at += length
        count += 1
    return count


def _length(slices: Planned, at: int, month_size: float, most: int) -> int:
    """How many months the next call asks for."""
    return max(1, min(2 * most, int(LARGEST / max(month_size, 1)), _neighbours(slices, at)))


def _neighbours(slices: Planned, at: int) -> int:
    """How many slices from there on follow each other without a gap, for the same streams."""
    count = 1
    while at + count < len(slices):
        (before, wanting), (after, also) = slices[at + count - 1 : at + count + 1]
        follows = before.window and after.window and after.window.begin - before.window.end == timedelta(days=1)
        if not follows or [(m, own.kind) for m, own in wanting] != [(m, own.kind) for m, own in also]:
            break
        count += 1
    return count


class WindowJoiner:
    """The slices of a group, with months joined where that is better.

    Args:
        slices: as they were planned.
        replies: of the group.
        progress: of the sync.
        context: of the sync.

    Attributes:
        reads_on: whether the group is read to its end now, and what comes next is wanted soon.
    """

    def __init__(self, slices: Planned, replies: Replies, progress: Progress, context: SyncContext) -> None:
        self._slices = slices
        self._months = [one for one in slices if can_be_joined(*one)]
        self._replies = replies
        self._progress = progress
        self._context = context
        self._month_size = 0.0
        self._most = 0
        self._joins = True
        self._foreseen = len(self._months)
        # by the number of their first month: what is asked next, and calls that have been asked for ahead
        self._next: dict[int, tuple[Slice, Members]] = {}
        self._under_way: set[int] = set()
        self._begun: set[int] = set()
        # request -> the months that it asks for: the first one, and the one behind the last
        self._asked = {piece.requests[0]: (at, at + 1) for at, (piece, _) in enumerate(self._months)}
        self.reads_on = False
        if self._months:
            replies.on_reply = self._arrived

    def __iter__(self) -> Iterator[tuple[Slice, Members]]:
        """Each slice that is to be read."""
        at = joined_until = 0
        for one in self._slices:
            if not can_be_joined(*one):
                yield one
                continue
            if at == joined_until:
                found = self._next.pop(at, one)
                joined_until += len(found[0].parts) or 1
                before = self._replies.fetched
                yield found
                # a list that was cut, refused or too slow is better asked for month by month
                self._joins &= self._replies.fetched <= before + 1
            at += 1
        # what is read again after this is not joined
        self._replies.on_reply = None

    def _arrived(self, request: Request, reply: Reply) -> None:
        """Decides what is asked after a reply, before it is parsed."""
        months = self._asked.pop(request, None)
        if months is None:
            return
        begin, end = months
        self._begun.update(range(begin, end))
        self._under_way.discard(begin)
        self._most = max(self._most, end - begin)
        self._month_size = max(self._month_size, reply.size / (end - begin))
        if end < len(self._months) and end not in self._begun:
            self._decide(end)
        left = [month for number, month in enumerate(self._months) if number not in self._begun]
        foreseen = len(self._under_way) + (calls(left, self._month_size, self._most) if self._joins else len(left))
        self._progress.plan(request.resource, foreseen - self._foreseen + 1)
        self._foreseen = foreseen

    def _decide(self, at: int) -> None:
        # streams that stand at different months have more than one first month that was read ahead
        until = min((number for number in self._begun if number > at), default=len(self._months))
        length = _length(self._months[:until], at, self._month_size, self._most) if self._joins else 1
        chosen = self._months[at : at + length]
        found = chosen[0]
        if length > 1:
            found = self._joined(chosen)
            for piece, _ in chosen:
                self._replies.forget(piece.requests)
                del self._asked[piece.requests[0]]
            self._replies.expect(found[0].requests)
            self._asked[found[0].requests[0]] = at, at + length
        self._begun.update(range(at, at + length))
        self._under_way.add(at)
        self._next[at] = found
        self._replies.ask_ahead(found[0].requests, self.reads_on)

    def _joined(self, chosen: Planned) -> tuple[Slice, Members]:
        members = chosen[0][1]
        listing = members[0][0].definition.listing
        whole = joined([piece for piece, _ in chosen], listing, self._context)
        return whole, [
            (member, joined([wanting[number][1] for _, wanting in chosen], listing, self._context))
            for number, (member, _) in enumerate(members)
        ]
