"""When a company is read: Quartz cron expressions in UTC, which is all that Airbyte's API takes."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

MANUAL = "manual"


class UnreadableSchedule(ValueError):
    """The text says which notations there are."""


@dataclass(frozen=True)
class Night:
    """The hours over which the companies are spread.

    Args:
        start: minutes after midnight UTC.
        minutes: its length.
    """

    start: int
    minutes: int

    @staticmethod
    def parse(text: str) -> Night:
        """Reads `20:00-03:00`, in UTC; the end may be on the next day.

        Raises:
            UnreadableSchedule: another notation, or no minute between the two.
        """
        found = re.fullmatch(r"\s*(\d\d?):(\d\d)\s*-\s*(\d\d?):(\d\d)\s*", text)
        if not found:
            raise UnreadableSchedule("the night is written as 20:00-03:00, in UTC.")
        first_hour, first_minute, last_hour, last_minute = map(int, found.groups())
        if max(first_hour, last_hour) > 23 or max(first_minute, last_minute) > 59:
            raise UnreadableSchedule("the night's hours go from 00:00 to 23:59.")
        start, end = first_hour * 60 + first_minute, last_hour * 60 + last_minute
        if start == end:
            raise UnreadableSchedule("the night must have some length.")
        return Night(start, (end - start) % 1440)

    def cron_of(self, business_id: str) -> str:
        """One minute of the night, always the same for a company, and evenly spread for many."""
        number = int.from_bytes(hashlib.sha256(business_id.encode()).digest()[:8], "big")
        minute = (self.start + number % self.minutes) % 1440
        return daily(minute)


def daily(minute: int) -> str:
    """Once a day, so many minutes after midnight UTC."""
    return f"0 {minute % 60} {minute // 60} * * ?"


def parse(text: str) -> str | None:
    """What the list says: None for the night, `manual`, or a cron expression.

    Args:
        text: empty, `manual`, a time of the day in UTC as `02:30`, or a Quartz cron expression of six or seven fields.

    Raises:
        UnreadableSchedule: anything else, and what Airbyte would refuse: a `*` for seconds or minutes.
    """
    text = " ".join(text.split())
    if not text:
        return None
    if text.lower() == MANUAL:
        return MANUAL
    time = re.fullmatch(r"(\d\d?):(\d\d)", text)
    if time:
        hour, minute = map(int, time.groups())
        if hour < 24 and minute < 60:
            return daily(hour * 60 + minute)
        raise UnreadableSchedule("the time of the day goes from 00:00 to 23:59, in UTC.")
    fields = text.removesuffix(" UTC").split(" ")
    if len(fields) not in (6, 7) or not all(re.fullmatch(r"[0-9A-Za-z*?,/#-]+", each) for each in fields):
        raise UnreadableSchedule("write manual, a time of the day in UTC as 02:30, or a Quartz cron expression.")
    if not (fields[0].isdigit() and fields[1].isdigit()):
        raise UnreadableSchedule("seconds and minutes of a cron expression must be plain numbers, since Airbyte syncs "
                                 "at most once an hour.")  # fmt: skip
    if "?" not in (fields[3], fields[5]):
        raise UnreadableSchedule("either the day of the month or the day of the week must be ?, as in 0 30 2 * * ?.")
    return " ".join(fields)
