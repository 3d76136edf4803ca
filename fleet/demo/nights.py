"""A week of nights in the fake Airbyte, as they would have been."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from fake_airbyte.connector import streams
from fake_airbyte.server import FakeAirbyte

NIGHTS = 8


def add_nights(airbyte: FakeAirbyte, business_id: str, failed: int, sentence: str, blocked: str = "") -> None:
    """Eight nights of a company, the last ones failed.

    Args:
        failed: how many.
        sentence: what the connector said then.
        blocked: the stream that failed; empty for the sync as a whole.
    """
    assert not blocked or blocked in streams()
    state = airbyte.state
    now = datetime.now(timezone.utc)
    (connection_id,) = [each for each in state.connections if state.business_id_of(each) == business_id]
    for ago in range(NIGHTS, 0, -1):
        bad = ago <= failed
        state.add_job(
            connection_id,
            "failed" if bad else "succeeded",
            now - timedelta(days=ago - 1, hours=5),
            rows=0 if bad else 400 + 37 * ago,
            failures=[(blocked, sentence)] if bad else None,
        )
