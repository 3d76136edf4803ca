"""The calendar: Finnish days, moments that sort as text, and stretches of days without gaps."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_netvisor import clock

UTC = timezone.utc
MOMENTS = st.datetimes(datetime(1950, 1, 1), datetime(2099, 12, 31), timezones=st.timezones())  # noqa: DTZ001
DAYS = st.dates(date(1950, 1, 1), date(2060, 12, 31))


def test_now_is_aware_and_utc() -> None:
    assert clock.now().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2025, 12, 31, 21, 59, 59, tzinfo=UTC), date(2025, 12, 31)),
        (datetime(2025, 12, 31, 22, 0, tzinfo=UTC), date(2026, 1, 1)),
        (datetime(2026, 6, 30, 20, 59, 59, tzinfo=UTC), date(2026, 6, 30)),
        (datetime(2026, 6, 30, 21, 0, tzinfo=UTC), date(2026, 7, 1)),
        # the days of both clock changes begin by the time that still counts
        (datetime(2026, 3, 28, 21, 59, tzinfo=UTC), date(2026, 3, 28)),
        (datetime(2026, 3, 28, 22, 0, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 21, 0, tzinfo=UTC), date(2026, 3, 30)),
        (datetime(2026, 10, 24, 21, 0, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 21, 59, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 22, 0, tzinfo=UTC), date(2026, 10, 26)),
        (datetime(2026, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=14))), date(2025, 12, 31)),
    ],
)
def test_the_finnish_day(moment: datetime, day: date) -> None:
    assert clock.helsinki_date(moment) == day


@given(MOMENTS)
def test_moments_come_back(moment: datetime) -> None:
    assert clock.from_text(clock.to_text(moment)) == moment.astimezone(UTC)


@given(MOMENTS, MOMENTS)
def test_texts_sort_as_moments_do(one: datetime, other: datetime) -> None:
    if one.astimezone(UTC) < other.astimezone(UTC):
        assert clock.to_text(one) < clock.to_text(other)


@given(st.integers(0, 4 * 3600))
def test_texts_sort_through_the_hour_that_comes_twice(seconds: int) -> None:
    start = datetime(2026, 10, 24, 23, 0, tzinfo=UTC)
    later = start + timedelta(seconds=seconds + 1)
    assert clock.to_text(start.astimezone(clock.HELSINKI)) < clock.to_text(later.astimezone(clock.HELSINKI))


@pytest.mark.parametrize("text", ["", "x", "2026-01-01", "2026-01-01T00:00:00", "2026-02-30T00:00:00Z", "now"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        clock.from_text(text)


def covered(windows: list[tuple[date, date]]) -> list[date]:
    return [begin + timedelta(days=n) for begin, end in windows for n in range((end - begin).days + 1)]


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@given(DAYS, st.integers(0, 1500))
def test_months_cover_every_day_once(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    windows = clock.months(first, last)
    found = covered(windows)
    assert found[: length + 1] == days(first, last)
    assert len(set(found)) == len(found)
    assert all(begin.month == end.month and begin.year == end.year for begin, end in windows)
    assert all((end + timedelta(days=1)).day == 1 for _, end in windows)
    assert found[-1] < last + timedelta(days=31)


@given(DAYS, st.integers(0, 3000))
def test_years_cover_every_day_once(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    windows = clock.years(first, last)
    assert covered(windows) == days(first, last)
    assert all(begin.year == end.year for begin, end in windows)


@given(DAYS, st.integers(0, 800), st.integers(1, 40))
def test_stretches_cover_every_day_once(first: date, length: int, size: int) -> None:
    last = first + timedelta(days=length)
    windows = clock.stretches(first, last, size)
    found = covered(windows)
    assert found[: length + 1] == days(first, last)
    assert len(found) <= length + size
    assert all((end - begin).days < size for begin, end in windows)
    # a later start asks for the same stretches, but for the first one's beginning
    later = clock.stretches(first + timedelta(days=length // 2), last, size)
    assert set(later[1:]) <= set(windows)


@given(DAYS, st.integers(0, 1500))
def test_month_ends(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    ends = clock.month_ends(first, last)
    assert all((end + timedelta(days=1)).day == 1 for end in ends)
    assert {(end.year, end.month) for end in ends} == {(day.year, day.month) for day in days(first, last)}
    assert ends == sorted(set(ends))


def test_leap_days() -> None:
    assert clock.months(date(2024, 2, 1), date(2024, 2, 1)) == [(date(2024, 2, 1), date(2024, 2, 29))]
    assert clock.months(date(2100, 2, 28), date(2100, 2, 28)) == [(date(2100, 2, 28), date(2100, 2, 28))]
    assert clock.month_ends(date(2024, 1, 31), date(2024, 3, 1)) == [
        date(2024, 1, 31),
        date(2024, 2, 29),
        date(2024, 3, 31),
    ]
