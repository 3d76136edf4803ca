"""What the ledger has and no list has shown: deleted, where that is certain enough; and the end of a group's sync."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from itertools import islice

from source_netvisor.changes.absence import doubt, is_doubtful, note_doubt
from source_netvisor.changes.positions import move_positions
from source_netvisor.changes.reconciliation import Reconciliation
from source_netvisor.errors import NetvisorError
from source_netvisor.protocol.messages import Message
from source_netvisor.sync.keyed_pass import days_by_key
from source_netvisor.sync.slice_reader import SliceReader
from source_netvisor.sync_context import SyncContext

logger = logging.getLogger("airbyte.source_netvisor")

AT_ONCE = 500
"""Groups whose deletions go out together."""


class Absences:
    """Judges them for one group of streams.

    Args:
        reader: that reads lists again.
        members: its streams.
        context: of the sync.
    """

    def __init__(self, reader: SliceReader, members: Sequence[Reconciliation], context: SyncContext) -> None:
        self._reader = reader
        self._members = [member for member in members if member.incremental]
        self._context = context

    def settle(self) -> Iterator[Message]:
        """Sends the deletions, and moves the positions.

        Raises:
            NetvisorError: one that concerns every stream of the sync.
        """
        absent = {member.name: member.absent() for member in self._members}
        missing = [
            member
            for member in self._members
            if absent[member.name] or (_asks_by_key(member) and member.deleted_only())
        ]
        if missing:
            yield from self._look_closer(missing, absent)
        for member in self._members:
            yield from member.stream.flush()
            yield from self._delete(member, absent[member.name])

    def _look_closer(self, missing: Sequence[Reconciliation], absent: dict[str, list[int]]) -> Iterator[Message]:
        """Asks for what is missing: by key, in the windows that were not read, or in the same list once more."""
        by_key = [member for member in missing if _asks_by_key(member)]
        if by_key:
            keys = sorted({key for member in by_key for key in (*absent[member.name], *member.deleted_only())})
            days = days_by_key(by_key, keys, self._reader.downloads, self._context)
            yield from self._reader.read_days(by_key, days)
        yield from self._reader.read_older([m for m in missing if not _asks_by_key(m) and m.plan.older_windows])
        lacking = [m for m in missing if absent[m.name]]
        again = [m for m in lacking if m.definition.listing.page or self._is_doubtful(m, m.absent())]
        yield from self._reader.read_again(again)
        for member in missing:
            absent[member.name] = member.absent()

    def _is_doubtful(self, member: Reconciliation, absent: list[int]) -> bool:
        held = len(member.stream.ledger)
        unexplained = sum(key not in member.alive and not member.may_precede_start(key) for key in absent)
        return is_doubtful(unexplained, held, member.listed, member.log_read and not member.log_has_gap)

    def _delete(self, member: Reconciliation, absent: list[int]) -> Iterator[Message]:
        doubted = self._doubts(member, absent)
        gone = {key: when for key, when in member.gone.items() if key not in member.alive}
        gone.update(dict.fromkeys(member.deleted_only()))
        if not doubted:
            yield from member.stream.deletions.of_lost_rows()
            gone.update(dict.fromkeys(absent))
        keys = iter(sorted(gone))
        while chunk := list(islice(keys, AT_ONCE)):
            yield from member.stream.deletions.of_groups({key: gone[key] for key in chunk})
        if member.definition.is_deletion_log and not member.comparison_failed:
            member.stream.changes.forget_all_but(member.alive)
        move_positions(member, doubted)

    def _doubts(self, member: Reconciliation, absent: list[int]) -> bool:
        """Whether more is missing than is believed at once; the stream then fails at its end."""
        ledger, state = member.stream.ledger, member.stream.state
        if state is None:
            return False
        rows = sum(len(gone) for _, gone in member.stream.changes.lost.values())
        problem: NetvisorError | None = None
        if self._is_doubtful(member, absent):
            held = len(ledger)
            if not note_doubt(len(absent), state, self._context.today):
                problem = doubt(member.definition.listing.resource, "documents", len(absent), held)
        elif is_doubtful(rows, ledger.row_count, ledger.row_count, False) and not note_doubt(
            rows, state, self._context.today
        ):
            problem = doubt(member.definition.source.resource, "rows", rows, ledger.row_count)
        if problem is not None:
            member.stream.status.problem(problem)
        return problem is not None


def _asks_by_key(member: Reconciliation) -> bool:
    """Whether the listing can be asked for single documents."""
    return member.definition.listing.keys is not None and member.definition.listing.window is not None
