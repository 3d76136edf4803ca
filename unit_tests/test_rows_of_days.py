"""Rows of days that are read again: which are gone."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from source_netvisor.changes.rows_of_days import RowsOfDays

FIRST = date(2026, 1, 1).toordinal()
DAYS = st.integers(0, 9)
KEYS = st.integers(-(2**63), 2**63 - 1) | st.integers(1, 30)
LINE = ("paycheck_netvisor_key", "line_number")


def row(day: int, *parts: int, names: tuple[str, ...] = ("netvisor_key",)) -> dict[str, Any]:
    return {**dict(zip(names, parts, strict=True)), "date": date.fromordinal(FIRST + day).isoformat(), "hours": 7.5}


def read(saved: list[str], rows: list[dict[str, Any]], asked: range, key: tuple[str, ...] = ("netvisor_key",)) -> Any:
    """What a sync finds gone, and what it saves."""
    days = RowsOfDays(saved, key, "date")
    days.asks(range(FIRST + asked.start, FIRST + asked.stop), date.fromordinal(FIRST))
    days.note(rows)
    gone = list(days.gone())
    days.settle()
    return gone, days.to_json()


@given(st.dictionaries(KEYS, DAYS), st.dictionaries(KEYS, DAYS), DAYS)
def test_what_is_not_met_on_a_day_read_again_is_gone(before: dict[int, int], now: dict[int, int], since: int) -> None:
    _, saved = read([], [row(day, key) for key, day in before.items()], range(10))
    gone, _ = read(saved, [row(day, key) for key, day in now.items()], range(since, 10))
    wanted = {key: day for key, day in before.items() if key not in now and day >= since}
    assert {one["netvisor_key"]: one["date"] for one in gone} == {
        key: row(day, key)["date"] for key, day in wanted.items()
    }


@given(st.sets(st.tuples(KEYS, st.integers(1, 2000))), st.sets(st.tuples(KEYS, st.integers(1, 2000))))
def test_lines_of_documents(before: set[tuple[int, int]], now: set[tuple[int, int]]) -> None:
    def rows(lines: set[tuple[int, int]]) -> list[dict[str, Any]]:
        return [row(3, *line, names=LINE) for line in lines]

    _, saved = read([], rows(before), range(10), LINE)
    gone, again = read(saved, rows(now), range(10), LINE)
    assert {(one[LINE[0]], one[LINE[1]]) for one in gone} == before - now
    assert read(again, rows(now), range(10), LINE) == ([], again)


def test_where_the_day_is_a_part_of_the_key_a_row_of_another_day_is_another_row() -> None:
    key = ("account_netvisor_key", "date")
    names = ("account_netvisor_key",)
    _, saved = read([], [row(day, 5, names=names) for day in (1, 2)], range(10), key)
    gone, _ = read(saved, [row(2, 5, names=names)], range(10), key)
    assert gone == [{"account_netvisor_key": 5, "date": row(1, 5)["date"]}]


def test_rows_without_key_or_day_are_nobodys() -> None:
    rows = [{"netvisor_key": None, "date": "2026-01-02"}, {"netvisor_key": 4, "date": None}, {}]
    assert read([], rows, range(10)) == ([], [])
