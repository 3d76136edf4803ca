"""The text of an element or attribute -> a typed value, as the stream's JSON schema asks.

Every notation that the reference found is read: decimal comma and point, thousands with a space, `31.12.2025`,
`1.1.2026`, `2017-1-1` and ISO days with and without a time, `1/0`, `True/False`, `Yes/No`, `Kyllä/Ei`, `Ja/Nej`.
A converter never raises: what it cannot take over whole it returns as `Partly`, and the record keeps the text too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from source_netvisor.clock import HELSINKI


class Partly:
    """What a converter returns for a text that the value does not say as it is.

    Args:
        value: what stands in the field: a rounded number, or None where the text is no value of the type.
    """

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


UNPARSABLE: Final = Partly(None)
"""For a text that is no value of its type."""

Converter = Callable[[str], Any]

_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d+(?:[.,]0*)?", re.ASCII)
_THOUSANDS = re.compile(r"[ \u00a0\u2007\u202f](?=\d{3}(?:\D|$))")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_FINNISH_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_TIME = re.compile(r"[T ]\s*(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?", re.ASCII)
_HOUR_THAT_COMES_TWICE = 3
_TRUE = frozenset({"1", "true", "yes", "kyllä", "ja"})
_FALSE = frozenset({"0", "false", "no", "ei", "nej"})
_INT64 = 2**63
_MOST_DIGITS = 100
"""More than any number has that fits; Python itself refuses to read integers of some thousands of digits."""
_EXACT_DIGITS = 15
"""A double holds each decimal number of so many digits, and some of more."""
_LONGEST_REMEMBERED = 40
"""Characters of a text whose value is remembered."""
_EMPTY_DATE = date(1, 1, 1)
"""The date that the system behind Netvisor writes where there is none: `1.1.0001 0:00:00`."""
_MIDNIGHT_AT_THE_END = 24
_FINNISH_TIME = timezone(timedelta(hours=2))
"""In place of Helsinki's local mean time (+01:39:49, until May 1921): offsets of ISO moments are whole minutes."""


def to_string(text: str) -> str:
    """The text itself; codes, references and numbers that name something keep their leading zeros."""
    return text


def to_number(text: str) -> Any:
    """`-17,18`, `244.12`, `14 016,00`, `7` -> float; `Partly` where it has more digits than a double holds."""
    return _short_number(text) if len(text) <= _LONGEST_REMEMBERED else _number(text)


def _number(text: str) -> Any:
    if not _NUMBER.fullmatch(text):
        text = _THOUSANDS.sub("", text).replace("\u2212", "-")
        if not _NUMBER.fullmatch(text):
            return UNPARSABLE
    text = text.replace(",", ".")
    value = float(text)
    if not -1e300 < value < 1e300:
        return UNPARSABLE
    if len(text) > _EXACT_DIGITS and Decimal(repr(value)) != Decimal(text):
        return Partly(value)
    return value


_short_number = lru_cache(maxsize=1 << 14)(_number)


def to_integer(text: str) -> Any:
    """`7`, `7,0` -> int of at most 64 bits, the widest that destinations take."""
    if len(text) < 19 and text.isdecimal() and text.isascii():
        return int(text)
    if not _INTEGER.fullmatch(text):
        return UNPARSABLE
    digits = re.split("[.,]", text)[0]
    if len(digits) > _MOST_DIGITS:
        return UNPARSABLE
    value = int(digits)
    return value if -_INT64 <= value < _INT64 else UNPARSABLE


def to_boolean(text: str) -> Any:
    """Netvisor's flags in every notation and interface language."""
    word = text.lower()
    if word in _TRUE:
        return True
    return False if word in _FALSE else UNPARSABLE


def _day(text: str) -> tuple[date, str] | None:
    """The day that the text begins with, and the rest of the text."""
    match = _ISO_DAY.match(text)
    if match:
        year, month, day = match.groups()
    else:
        match = _FINNISH_DAY.match(text)
        if not match:
            return None
        day, month, year = match.groups()
    try:
        return date(int(year), int(month), int(day)), text[match.end() :]
    except ValueError:
        return None


def to_date(text: str) -> Any:
    """Any notation of a day, with or without a time behind it -> `2025-12-31`; with a zone, the day in Finland."""
    return _short_date(text) if len(text) <= _LONGEST_REMEMBERED else _date(text)


def _date(text: str) -> Any:
    found = _day(text)
    if not found:
        return UNPARSABLE
    day, rest = found
    if not rest.strip():
        return _unless_empty(day)
    time_of_day = _TIME.fullmatch(rest.rstrip())
    if not time_of_day or day == _EMPTY_DATE:
        return None if time_of_day else UNPARSABLE
    moment = _moment(day, time_of_day)
    if moment is None:
        return UNPARSABLE
    try:
        return (moment.astimezone(HELSINKI) if time_of_day[5] else moment).date().isoformat()
    except OverflowError:
        return UNPARSABLE


_short_date = lru_cache(maxsize=4096)(_date)


def _unless_empty(day: date) -> str | None:
    return None if day == _EMPTY_DATE else day.isoformat()


def to_date_time(text: str) -> Any:
    """Any notation of a moment -> ISO with its offset; a time without a zone is Finnish, a day alone its midnight."""
    found = _day(text)
    if not found:
        return UNPARSABLE
    day, rest = found
    time_of_day = _TIME.fullmatch(rest.rstrip() or "T0:00")
    if not time_of_day or day == _EMPTY_DATE:
        return None if time_of_day else UNPARSABLE
    moment = _moment(day, time_of_day)
    if moment is None:
        return UNPARSABLE
    if not time_of_day[5]:
        if moment.hour == _HOUR_THAT_COMES_TWICE:
            moment = _later(moment)
        if (moment.utcoffset() or timedelta(0)) % timedelta(minutes=1):
            moment = moment.replace(tzinfo=_FINNISH_TIME)
    return moment.isoformat()


def _moment(day: date, time_of_day: re.Match[str]) -> datetime | None:
    """The moment; without a zone, Finnish. None where there is no such time."""
    hour, minute, second, fraction, zone = time_of_day.groups()
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    try:
        if int(hour) == _MIDNIGHT_AT_THE_END:
            if int(minute) or int(second or 0) or micro:
                return None
            day, hour = day + timedelta(days=1), "0"
        moment = datetime.combine(day, time(int(hour), int(minute), int(second or 0), micro))
        if not zone:
            return moment.replace(tzinfo=HELSINKI)
        offset = "+00:00" if zone == "Z" else zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
        return datetime.fromisoformat(moment.isoformat() + offset)
    except (ValueError, OverflowError):
        return None


def to_moment(text: str | None) -> datetime | None:
    """The moment that a text says to the minute or better; None where it says a day alone, or nothing."""
    if not text or ":" not in text:
        return None
    moment = to_date_time(text)
    return datetime.fromisoformat(moment) if isinstance(moment, str) else None


def _later(moment: datetime) -> datetime:
    """Of the two moments that a time of the night to winter time names, the later one.

    Netvisor's stamps do not say which of the two is meant. It is the same one whenever the stamp is read, so that the
    rows of two syncs are alike; a deletion that seems later than it was is news once more, and never missed.
    """
    later = moment.replace(fold=1)
    is_later = (later.utcoffset() or timedelta(0)) < (moment.utcoffset() or timedelta(0))
    return later if is_later else moment


def converter_for(schema: Mapping[str, Any]) -> Converter:
    """The converter that a property's JSON schema asks for; text where it says nothing."""
    declared = schema.get("type", "string")
    kinds = {declared} if isinstance(declared, str) else set(declared)
    if "number" in kinds:
        return to_number
    if "integer" in kinds:
        return to_integer
    if "boolean" in kinds:
        return to_boolean
    by_format: dict[str, Converter] = {"date": to_date, "date-time": to_date_time}
    return by_format.get(schema.get("format", ""), to_string)
