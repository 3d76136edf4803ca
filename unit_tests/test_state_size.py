"""The warning of states that come near to what Airbyte takes."""

from __future__ import annotations

import json
import logging

import pytest

from source_netvisor.state.ledger import Group, Ledger
from source_netvisor.state.stream_state import StreamState
from source_netvisor.streams.stream_sync import StreamSync
from source_netvisor.sync import state_size
from unit_tests.reading import BUSINESS_ID, context, definitions


def stream(name: str, documents: int, lines: int = 1) -> StreamSync:
    """A stream whose state knows so many documents."""
    sync = context()
    state = StreamState(BUSINESS_ID, sync.config.host, sync.config.start_date, ledger=Ledger(16))
    for key in range(documents):
        rows = tuple(key * lines * 7 + place for place in range(lines))
        state.ledger.put(key * 3, Group(key * 40503 & 0xFFFF, 24300, rows))
    return StreamSync(definitions()[name], state, sync, 1)


@pytest.mark.parametrize("documents", [0, 1, 20_000])
def test_the_size_is_that_of_the_states(documents: int) -> None:
    streams = [stream("vouchers", documents), stream("voucher_lines", documents, 4)]
    states = [json.dumps(one.state.to_json(), separators=(",", ":")) for one in streams if one.state]
    assert state_size.total(streams, {}) == pytest.approx(sum(map(len, states)), rel=0.05, abs=800)


def test_states_of_streams_that_are_not_selected_count(caplog: pytest.LogCaptureFixture) -> None:
    selected = [stream("vouchers", 10)]
    saved = {"vouchers": {"ledger": ["x" * 50_000_000]}, "customers": {"ledger": ["x" * 5_900_000]}}
    with caplog.at_level(logging.WARNING):
        state_size.warn_if_large(selected, saved)
        assert caplog.messages == []
        saved["products"] = {"ledger": ["x" * 200_000]}
        state_size.warn_if_large(selected, saved)
    [warning] = caplog.messages
    assert warning.startswith("The states of this connection's streams have 6.1 MB together.")
