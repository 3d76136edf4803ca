"""Now, and the calendar of Netvisor.

Netvisor states no time zone anywhere; its servers' stamps are Finnish local time, so every time without a zone is read
as Europe/Helsinki. Moments that the connector itself writes (cursors, state) are UTC, so that they also sort as text
across both clock changes of the year.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

HELSINKI = ZoneInfo("Europe/Helsinki")
END_OF_TIME = date(2099, 12, 31)
"""Upper bound sent where a document may be dated in the future and Netvisor wants an end date."""


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(timezone.utc)


def helsinki_date(moment: datetime) -> date:
    """The calendar day in Finland at that moment."""
    return moment.astimezone(HELSINKI).date()


def to_text(moment: datetime) -> str:
    """`2026-11-22T08:15:30.123456Z`: UTC, fixed width, so that text order is time order."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def from_text(text: str) -> datetime:
    """Reads what `to_text` wrote, and any other ISO moment that says its zone.

    Raises:
        ValueError: the text is no moment, or says no zone.
    """
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment


def months(first: date, last: date) -> list[tuple[date, date]]:
    """The calendar months from `first` to `last` as (first day, last day); the first one begins at `first`."""
    windows = []
    begin = first
    while begin <= last:
        following = (begin.replace(day=1) + timedelta(days=32)).replace(day=1)
        windows.append((begin, following - timedelta(days=1)))
        begin = following
    return windows


def years(first: date, last: date) -> list[tuple[date, date]]:
    """The stretches of one calendar year each from `first` to `last`, both included."""
    return [(max(first, date(year, 1, 1)), min(last, date(year, 12, 31))) for year in range(first.year, last.year + 1)]


def stretches(first: date, last: date, days: int) -> list[tuple[date, date]]:
    """Consecutive stretches of `days` days from `first`; the last one may reach beyond `last`.

    They are counted from the fixed day 2000-01-01, so that two reads with different starts ask for the same stretches.
    """
    epoch = date(2000, 1, 1)
    begin = epoch + timedelta(days=(first - epoch).days // days * days)
    windows = []
    while begin <= last:
        windows.append((max(begin, first), begin + timedelta(days=days - 1)))
        begin += timedelta(days=days)
    return windows


def month_ends(first: date, last: date) -> list[date]:
    """The last days of the calendar months from the month of `first` to the month of `last`."""
    return [end for _, end in months(first, last)]
