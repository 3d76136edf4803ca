"""The text of an element or attribute -> a typed value, as the stream's JSON schema asks.

Every notation that the reference found is read: decimal comma and point, thousands with a space, `31.12.2025`,
`1.1.2026`, `2017-1-1` and ISO days with and without a time, `1/0`, `True/False`, `Yes/No`, `Kyllä/Ei`, `Ja/Nej`.
A converter never raises: text that does not fit gives `UNFIT`, and the record keeps it elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Any, Final

from source_netvisor import clock
from source_netvisor.clock import HELSINKI

UNFIT: Final = object()
"""What a converter returns for a text that is no value of its type."""

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
_FINNISH_TIME = timezone(timedelta(hours=2))
"""In place of Helsinki's local mean time (+01:39:49, until May 1921): offsets of ISO moments are whole minutes."""


def to_string(text: str) -> str:
    """The text itself; codes, references and numbers that name something keep their leading zeros."""
    return text


@lru_cache(maxsize=1 << 14)
def to_number(text: str) -> Any:
    """`-17,18`, `244.12`, `14 016,00`, `7` -> float."""
    if not _NUMBER.fullmatch(text):
        text = _THOUSANDS.sub("", text).replace("\u2212", "-")
        if not _NUMBER.fullmatch(text):
            return UNFIT
    value = float(text.replace(",", "."))
    return value if -1e300 < value < 1e300 else UNFIT


def to_integer(text: str) -> Any:
    """`7`, `7,0` -> int of at most 64 bits, the widest that destinations take."""
    if len(text) < 19 and text.isdecimal() and text.isascii():
        return int(text)
    if not _INTEGER.fullmatch(text):
        return UNFIT
    digits = re.split("[.,]", text)[0]
    if len(digits) > _MOST_DIGITS:
        return UNFIT
    value = int(digits)
    return value if -_INT64 <= value < _INT64 else UNFIT


def to_boolean(text: str) -> Any:
    """Netvisor's flags in every notation and interface language."""
    word = text.lower()
    if word in _TRUE:
        return True
    return False if word in _FALSE else UNFIT


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


@lru_cache(maxsize=4096)
def to_date(text: str) -> Any:
    """Any notation of a day, with or without a time behind it -> `2025-12-31`."""
    found = _day(text)
    if not found or (found[1].strip() and not _TIME.fullmatch(found[1].rstrip())):
        return UNFIT
    return found[0].isoformat()


def to_date_time(text: str) -> Any:
    """Any notation of a moment -> ISO with its offset; a time without a zone is Finnish, a day alone its midnight."""
    found = _day(text)
    if not found:
        return UNFIT
    day, rest = found
    hour = minute = second = fraction = zone = None
    if rest.strip():
        match = _TIME.fullmatch(rest.rstrip())
        if not match:
            return UNFIT
        hour, minute, second, fraction, zone = match.groups()
    try:
        micro = int((fraction or "0")[:6].ljust(6, "0"))
        moment = datetime.combine(day, time(int(hour or 0), int(minute or 0), int(second or 0), micro, HELSINKI))
        if zone:
            offset = "+00:00" if zone == "Z" else zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
            return datetime.fromisoformat(moment.replace(tzinfo=None).isoformat() + offset).isoformat()
        if moment.hour == _HOUR_THAT_COMES_TWICE:
            moment = _latest_until_now(moment)
        if (moment.utcoffset() or timedelta(0)) % timedelta(minutes=1):
            moment = moment.replace(tzinfo=_FINNISH_TIME)
        return moment.isoformat()
    except (ValueError, OverflowError):
        return UNFIT


def to_moment(text: str | None) -> datetime | None:
    """The moment that a text says to the minute or better; None where it says a day alone, or nothing."""
    if not text or ":" not in text:
        return None
    moment = to_date_time(text)
    return datetime.fromisoformat(moment) if isinstance(moment, str) else None


def _latest_until_now(moment: datetime) -> datetime:
    """Of the two moments that a time of the night to winter time names, the later one, unless it is still to come.

    Netvisor's stamps do not say which of the two is meant. Were an edit of the second time put into the first, it would
    look older than the version before it, which deduplication would keep.
    """
    later = moment.replace(fold=1)
    is_later = (later.utcoffset() or timedelta(0)) < (moment.utcoffset() or timedelta(0))
    return later if is_later and later <= clock.now() else moment


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
