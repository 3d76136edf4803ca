"""Small verdicts of a sync: lists that are doubted, news of a log, details by turns, deletion records."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_netvisor.changes.absence import doubt, is_doubtful, note_doubt
from source_netvisor.changes.deletion_log import is_news
from source_netvisor.state.stream_state import StreamState
from source_netvisor.streams.deletion_records import DeletionRecords
from source_netvisor.sync.pending_details import Turn
from unit_tests.reading import BUSINESS_ID, definitions

NOW = datetime(2026, 3, 10, 10, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("missing", "held", "shown", "logged", "wanted"),
    [
        (0, 0, 0, False, False),
        (0, 500, 0, False, False),
        (1, 1, 0, False, True),
        (20, 21, 1, True, False),
        (21, 105, 84, False, False),
        (21, 104, 83, False, True),
        (21, 2100, 2079, True, False),
        (21, 2099, 2078, True, True),
        (22, 2200, 2178, True, False),
    ],
)
def test_a_list_is_doubted_if_it_lacks_much(missing: int, held: int, shown: int, logged: bool, wanted: bool) -> None:
    assert is_doubtful(missing, held, shown, logged) == wanted


def test_a_doubted_list_is_trusted_on_a_later_day_that_says_the_same() -> None:
    state = StreamState(BUSINESS_ID, "integration.netvisor.fi", date(2024, 1, 1))
    today = date(2026, 3, 10)
    for missing, days, wanted in (
        (100, 0, False), (100, 0, False), (90, 0, False), (121, 1, False), (121, 1, False), (145, 2, True),
        (146, 2, False), (175, 3, True),
    ):  # fmt: skip
        assert note_doubt(missing, state, today + timedelta(days=days)) == wanted, (missing, days)
    sentence = str(doubt("customerlist.nv", "documents", 100, 300))
    assert sentence.startswith("customerlist.nv lacks 100 of the 300 documents that the destination has")


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ("2026-03-10 12:00", True), ("2026-03-10 11:01", True), ("2026-03-10 10:59", False), ("2026-03-10", True),
        ("2026-03-09", False), ("2026-03-08 23:00", False), ("10.3.2026", True), (None, True), ("soon", True),
    ],
)  # fmt: skip
def test_news_of_a_log(told: str | None, wanted: bool) -> None:
    """What is older than the last reading less an hour is none; a day without a time may be its last minute."""
    assert is_news(told, NOW) == wanted


@given(st.sets(st.integers(-50, 50)), st.none() | st.integers(-60, 60), st.integers(1, 9), st.randoms())
def test_details_have_their_turn_in_ascending_order_and_begin_again(
    keys: set[int], after: int | None, size: int, rng: Any
) -> None:
    turn = Turn(size, after)
    shuffled = list(keys)
    rng.shuffle(shuffled)
    for key in shuffled:
        turn.offer(key, key & 0xFF, None)
    above = sorted(key for key in keys if after is None or key > after)
    below = sorted(keys - set(above))
    assert turn.chosen() == [(key, key & 0xFF, None) for key in (above + below)[:size]]


@given(st.sets(st.integers(1, 60), min_size=1), st.integers(1, 9))
def test_every_document_has_its_turn(keys: set[int], size: int) -> None:
    after, met = None, set[int]()
    for _ in range(-(-len(keys) // size)):
        turn = Turn(size, after)
        for key in keys:
            turn.offer(key, 0, None)
        chosen = [key for key, _, _ in turn.chosen()]
        met |= set(chosen)
        after = chosen[-1]
    assert met == keys


@pytest.mark.parametrize(
    ("stream", "group", "row", "wanted"),
    [
        ("vouchers", 7, 7, {"netvisor_key": 7}),
        ("voucher_lines", 7, 70, {"voucher_netvisor_key": 7, "netvisor_key": 70}),
        ("payroll_paycheck_lines", 7, 3, {"paycheck_netvisor_key": 7, "line_number": 3}),
        ("account_balances", date(2026, 1, 31).toordinal(), 5, {"date": "2026-01-31", "account_netvisor_key": 5}),
        ("work_hours", 9, 9, {"netvisor_key": 9}),
    ],
)
def test_deletion_records(stream: str, group: int, row: int, wanted: dict[str, Any]) -> None:
    """They carry the key, and a cursor a millisecond later than the sync's rows."""
    made = DeletionRecords(definitions()[stream], {"business_id": BUSINESS_ID}, NOW).of(group, row, None)
    assert made == {
        **wanted,
        "business_id": BUSINESS_ID,
        "_ab_modified_until": "2026-03-10T10:00:00.001000Z",
        "_ab_cdc_deleted_at": "2026-03-10T10:00:00.000000Z",
    }
    assert set(definitions()[stream].primary_key) <= set(made)
    known = DeletionRecords(definitions()[stream], {"business_id": BUSINESS_ID}, NOW).of(group, row, "2026-03-09")
    assert known["_ab_cdc_deleted_at"] == "2026-03-09"
