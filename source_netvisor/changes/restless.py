"""Whether Netvisor writes a list otherwise each time, so that every comparison sends it again."""

from __future__ import annotations

from datetime import date

from source_netvisor.state.stream_state import StreamState

FEW = 20
"""So many groups may differ every day."""


def is_restless(differing: int, shown: int, state: StreamState, today: date) -> bool:
    """Whether more than half of a list differs from what was read before, and did so on an earlier day; notes the day.

    Args:
        differing: groups whose version was known, and is another one now.
        shown: groups that the list has.
        state: of the stream.
        today: in Finland.
    """
    if differing <= FEW or 2 * differing <= shown:
        state.restless_on = None
        return False
    before, state.restless_on = state.restless_on, today
    return before is not None and before < today
