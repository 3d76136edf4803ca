"""Whether Netvisor writes a list otherwise each time, so that every comparison sends it again."""

from __future__ import annotations

from datetime import date

from source_netvisor.state.stream_state import StreamState

FEW = 20
"""So many groups may differ every day."""


def note_instability(differing: int, shown: int, state: StreamState, today: date) -> bool:
    """Notes a day on which more than half of a list differs from what was read before; whether an earlier day was one.

    Args:
        differing: groups whose version was known, and is another one now.
        shown: groups that the list has.
        state: of the stream.
        today: in Finland.
    """
    if differing <= FEW or 2 * differing <= shown:
        state.unstable_on = None
        return False
    before, state.unstable_on = state.unstable_on, today
    return before is not None and before < today
