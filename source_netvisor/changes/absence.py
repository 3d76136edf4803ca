"""Whether what is missing from a list is believed to be gone: a wrong list must not empty a table."""

from __future__ import annotations

from datetime import date

from airbyte_cdk.models import FailureType

from source_netvisor.errors import NetvisorError
from source_netvisor.state.stream_state import StreamState

FEW = 20
"""So many groups or rows may go at once without a doubt."""
ANY_SHARE = 5
"""Above them, at most a fifth of what the destination has,"""
LOGGED_SHARE = 100
"""or a hundredth, where a deletion log could have told of each."""


def is_doubtful(missing: int, held: int, shown: int, logged: bool) -> bool:
    """Whether a list lacks more than is believed at once.

    Args:
        missing: groups, or rows, that nothing explains.
        held: how many the destination has.
        shown: how many the list has.
        logged: whether the deletion log could have told of each.
    """
    if missing and not shown:
        return True
    return missing > FEW and missing * (LOGGED_SHARE if logged else ANY_SHARE) > held


def note_doubt(missing: int, state: StreamState, today: date) -> bool:
    """Notes the day; whether an earlier day said the same, so that it is used.

    Args:
        missing: groups or rows.
        state: of the stream.
        today: in Finland.
    """
    doubted = state.doubted
    if doubted is not None and doubted[0] < today and missing <= doubted[1] + max(FEW, doubted[1] // 5):
        return True
    if doubted is None or missing > doubted[1]:
        state.doubted = (today, missing)
    return False


def doubt(resource: str, what: str, missing: int, held: int) -> NetvisorError:
    """Why a stream fails whose list lacks more than is believed at once."""
    return NetvisorError(
        "doubtful_list",
        f"{resource} lacks {missing} of the {held} {what} that the destination has, and nothing says that they were "
        "deleted, so they were kept and everything else was delivered. If they are really gone, the next day's sync "
        "deletes them; if not, report it to the developers.",
        FailureType.transient_error,
    )
