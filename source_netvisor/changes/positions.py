"""How far a stream has been read: the positions of its state move when everything has been sent."""

from __future__ import annotations

import logging

from source_netvisor.changes.reconciliation import Reconciliation
from source_netvisor.changes.slices import SliceKind
from source_netvisor.changes.unstable_list import note_instability

logger = logging.getLogger("airbyte.source_netvisor")


def move_positions(member: Reconciliation, doubted: bool) -> None:
    """Everything has been sent: the positions of what was read move.

    Args:
        member: a stream.
        doubted: whether more is missing than is believed at once.
    """
    context = member.stream.context
    state, now = member.stream.state, context.now
    if state is None:
        return
    compared = member.plan.compares and not member.comparison_failed and not doubted
    if member.definition.is_deletion_log or member.definition.listing.changes is None:
        state.position = now if compared else state.position
    elif member.triggered and not compared:
        # the news would not be news again
        pass
    elif not member.changes_failed and any(one.kind is SliceKind.CHANGES for one in member.plan.slices):
        state.position = now
    if member.log_read or (compared and member.judges_absence and member.has_read_everything):
        state.deletions_until = now
    if not compared or member.definition.is_deletion_log:
        return
    if note_instability(member.stream.changes.differing, member.listed, state, context.today):
        logger.warning(
            f"{member.name}: for the second day, more than half of the rows of {member.definition.listing.resource} "
            "differ from what was read the day before, so they were sent again. If nobody has changed them, report "
            "it to the developers."
        )
    whole = member.plan.whole or state.compared is not None
    if whole:
        state.compared, state.backfill, state.doubted = now, None, None
    if member.plan.next_turn is not None:
        state.turn = member.plan.next_turn
    if member.next_turn_key is not None:
        state.turn_key = member.next_turn_key
    resource = member.definition.compare_after.listing
    if resource is not None and member.checksum is not None:
        state.triggers[resource.resource] = member.checksum
