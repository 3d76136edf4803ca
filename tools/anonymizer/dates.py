"""Dates, moved by whole leap cycles: order, distances, days, months and lengths stay."""

from __future__ import annotations

import re
from datetime import date

CYCLE = 4
"""Years after which the calendar has a 29 February again."""
_FORMS = (
    re.compile(r"(?P<before>)(?P<year>\d{4})(?P<after>-\d{1,2}-\d{1,2})(?P<time>(?:[T ]\d{1,2}:\d\d.*)?)", re.S),
    re.compile(r"(?P<before>\d{1,2}\.\d{1,2}\.)(?P<year>\d{4})(?P<after>)(?P<time>(?:[T ]\d{1,2}:\d\d.*)?)", re.S),
    re.compile(r"(?P<before>)(?P<year>\d{4})(?P<after>-(?:0[1-9]|1[0-2]))(?P<time>)"),
)


def parts(text: str) -> re.Match[str] | None:
    """A date, a moment or a month in one of Netvisor's notations."""
    for form in _FORMS:
        found = form.fullmatch(text)
        if found and int(found["year"]) >= 1000:
            return found
    return None


def moved(text: str, years: int) -> str | None:
    """The same date some years later; None where the text is no date, or would be none then.

    Args:
        text: a value.
        years: a multiple of `CYCLE`, negative for earlier.
    """
    found = parts(text)
    if found is None:
        return None
    numbers = [int(one) for one in re.findall(r"\d+", found["before"] + found["after"])]
    month, day = (1, 1) if not numbers else (numbers[0], 1) if len(numbers) == 1 else (numbers[0], numbers[1])
    if found["before"]:
        month, day = day, month
    year = int(found["year"]) + years
    try:
        date(int(found["year"]), month, day)
        date(year, month, day)
    except ValueError:
        return None
    return f"{found['before']}{year:04d}{found['after']}{found['time']}" if year >= 1000 else None
