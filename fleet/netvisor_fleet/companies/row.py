"""One line of companies.csv: its fields checked, and each mistake said."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from netvisor_fleet.companies import business_id, key, schedule, streams
from netvisor_fleet.companies.company import Company

REQUIRED = ("company_name", "business_id", "api_user_id", "api_key")
EARLIEST_START = date(1950, 1, 1)
"""The connector takes no earlier one."""
_T = TypeVar("_T")


@dataclass(frozen=True, order=True)
class Mistake:
    """Something wrong in the list.

    Args:
        line: of the file; 0 for the file itself.
        field: the column; empty for the whole line.
        problem: one sentence: what is wrong, and what to do. No key is in it.
    """

    line: int
    field: str
    problem: str


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        for choice in choices:
            if text.lower() == choice.lower():
                return choice
        raise ValueError(f"it must be one of {', '.join(choices)}.")

    return parse


def _whole_number(lowest: int, highest: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if re.fullmatch(r"[0-9]{1,4}", text) and lowest <= int(text) <= highest:
            return int(text)
        raise ValueError(f"it must be a whole number from {lowest} to {highest}.")

    return parse


def _flag(text: str) -> bool:
    if text.lower() in ("true", "yes", "1"):
        return True
    if text.lower() in ("false", "no", "0"):
        return False
    raise ValueError("it must be true or false.")


def _address(text: str) -> str:
    loopback = r"http://(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]+)?/?"  # ignore-https-check
    if re.fullmatch(rf"https://[^/\s]+/?|{loopback}", text):
        return text.rstrip("/")
    raise ValueError("it must be an https address without a path, as https://isvapi.netvisor.fi.")


OPTIONS: Mapping[str, Callable[[str], Any]] = {
    "base_url": _address,
    "language": _one_of("EN", "FI", "SE"),
    "lookback_days": _whole_number(0, 366),
    "max_concurrent_requests": _whole_number(1, 4),
    "comparison": _one_of("daily", "every_sync"),
    "fail_check_on_blocked_resources": _flag,
}
"""The other fields of the connector's form, each a column of the list that may be left out."""
COLUMNS = (*REQUIRED, "start_date", "streams", "schedule", "tags", "contact", *OPTIONS)


def identity_of(fields: Mapping[str, str]) -> str | None:
    """The line's Business ID, if it can be read."""
    try:
        return business_id.parse(fields.get("business_id", ""))
    except business_id.NotABusinessId:
        return None


def company_of(
    line: int, fields: Mapping[str, str], environment: Mapping[str, str], folder: Path
) -> tuple[Company | None, list[Mistake]]:
    """The company of a line, or everything that is wrong in it.

    Args:
        line: its number, for the mistakes.
        fields: by column, trimmed.
        environment: where keys written as `env:NAME` are.
        folder: what the paths of keys written as `file:PATH` are relative to.
    """
    mistakes: list[Mistake] = []

    def checked(name: str, parse: Callable[[str], _T], text: str | None = None) -> _T | None:
        try:
            return parse(fields.get(name, "") if text is None else text)
        except ValueError as error:
            mistakes.append(Mistake(line, name, str(error)))
            return None

    mistakes += [Mistake(line, name, "it is empty; fill it in.") for name in REQUIRED if not fields.get(name)]
    given = {name for name in fields if fields[name]}
    identity = checked("business_id", business_id.parse) if "business_id" in given else None
    secret = checked("api_key", lambda text: key.resolve(text, environment, folder)) if "api_key" in given else None
    user = checked("api_user_id", _plain) if "api_user_id" in given else None
    company_name = checked("company_name", _plain) if "company_name" in given else None
    start = checked("start_date", _start_date) if "start_date" in given else None
    choice = checked("streams", streams.parse)
    when = checked("schedule", schedule.parse)
    options = {name: checked(name, parse) for name, parse in OPTIONS.items() if name in given}
    if mistakes or not (company_name and identity and user and secret and choice):
        return None, mistakes
    tags = tuple(dict.fromkeys(tag.strip() for tag in re.split(r"[,;|]", fields.get("tags", "")) if tag.strip()))
    return Company(
        line, company_name, identity, user, secret, start, choice, when, tags, fields.get("contact", ""), options
    ), []


def _plain(text: str) -> str:
    if not text.isprintable():
        raise ValueError("it has a line break or a control character in it; remove it.")
    return text


def _start_date(text: str) -> str:
    finnish = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text)
    if finnish:
        day, month, year = map(int, finnish.groups())
        text = f"{year:04}-{month:02}-{day:02}"
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        raise ValueError("it is not a date; write a day as YYYY-MM-DD, for example 2024-01-01.")
    try:
        start = date.fromisoformat(text)
    except ValueError:
        raise ValueError("there is no such day; write a day as YYYY-MM-DD, for example 2024-01-01.") from None
    if start > datetime.now(ZoneInfo("Europe/Helsinki")).date():
        raise ValueError("it is in the future; write today or an earlier day.")
    if start < EARLIEST_START:
        raise ValueError(f"it is before {EARLIEST_START}; write a later day.")
    return text
