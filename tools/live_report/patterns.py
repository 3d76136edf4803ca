"""How a text is written, without what it says: `31.12.2025` is `dd.mm.yyyy`, `-17,18` is `-99,99`."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 24
_DATES = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*"), "yyyy-mm-ddThh:mm:ss"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?"), "yyyy-mm-dd hh:mm"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "yyyy-mm-dd"),
    (re.compile(r"\d{4}-\d\d"), "yyyy-mm"),
    (re.compile(r"\d{4}-\d{1,2}-\d{1,2}"), "yyyy-m-d"),
    (re.compile(r"\d\d\.\d\d\.\d{4}"), "dd.mm.yyyy"),
    (re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}"), "d.m.yyyy"),
    (re.compile(r"\d{1,2}\.\d{1,2}\.\d{4} \d{1,2}:\d\d:\d\d"), "d.m.yyyy h:mm:ss"),
)
_PUNCTUATION = frozenset({"Pd", "Sc", "Po"})
"""Categories of characters that tell of a notation: dashes, signs of currencies, marks such as a middle dot."""
_NUMBER = re.compile(r"-?\d[\d \u00a0\u202f]*([.,]\d+)?")


def pattern(text: str) -> str:
    """The notation of a text: 9 for digits, a for letters; a run of either is at most three long."""
    text = text.strip()
    for form, name in _DATES:
        if form.fullmatch(text):
            return name
    marked = "".join("9" if one.isnumeric() else "a" if one.isalpha() else _plain(one) for one in text)
    marked = re.sub(r"9{3,}", "999", re.sub(r"a{3,}", "aaa", marked))
    return marked if len(marked) <= LONGEST else f"{marked[:LONGEST]}..."


def _plain(character: str) -> str:
    """Punctuation as it is; what would not show, or would break a table, by a word; of all else that it is there."""
    if character in "\u00a0\u202f":
        return "<nbsp>"
    if character.isspace():
        return " "
    if character in "|`":
        return "<bar>" if character == "|" else "<tick>"
    return character if character.isascii() or unicodedata.category(character) in _PUNCTUATION else "<other>"


def masked(name: str) -> str:
    """The name of an element or attribute, without its namespace, and without a number that may be a key."""
    return re.sub(r"\d{3,}", "999", name.rpartition("}")[2])


def notation(text: str) -> str | None:
    """The pattern of a date or a number; None for any other text, whose pattern says nothing of use."""
    text = text.strip()
    for form, name in _DATES:
        if form.fullmatch(text):
            return name
    found = _NUMBER.fullmatch(text)
    if not found:
        return None
    separator = "," if "," in text else "." if "." in text else ""
    thousands = "9 " if re.search(r"\d[ \u00a0\u202f]\d", text) else ""
    decimals = f"{separator}{'9' * min(3, len(text.partition(separator)[2]))}" if separator else ""
    return f"{'-' if text.startswith('-') else ''}{thousands}9{decimals}"


def size(count: int) -> str:
    """Bytes in words: whole kilobytes or megabytes, so that no exact number stands in the report."""
    if count < 1000:
        return "under 1 kB"
    return f"{count // 1000} kB" if count < 1_000_000 else f"{count // 1_000_000} MB"


def seconds(duration: float) -> str:
    """Seconds in words."""
    return "under 1 s" if duration < 1 else f"{duration:.0f} s"


def rows(count: int) -> str:
    """A number of rows: exact to 99, then its size only."""
    if count < 100:
        return str(count)
    digits = len(str(count)) - 1
    first = str(count)[0]
    magnitude = ("hundred", "thousand", "0 thousand", "00 thousand", "million")[min(digits - 2, 4)]
    return f"over {first}{'' if magnitude[0] == '0' else ' '}{magnitude}"
