"""A row's key and its document's date, without building a record."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from source_netvisor.manifest.endpoint import Endpoint
from source_netvisor.parsing.naming import normalize
from source_netvisor.parsing.record_text import RecordText, Row, element_of
from source_netvisor.records.values import to_date, to_integer

LARGEST_KEY = (1 << 63) - 1
MOST_LESSONS = 20
"""Beginnings of rows that are learnt."""
PLAIN_DIGITS = 18
"""Digits of a key that is surely below the largest one."""
MOST_DAYS = 5000
"""Texts of dates remembered."""
MOST_OPENINGS = 2000
"""Opening tags remembered; there are more only where attributes hold data."""


# as ranges, since for each byte of `[^<>]` one character is asked for after the other: a third less
_NO_TAG = r"[?-\xff\x00-;=]*"
_PLAIN_TEXT = r"[=-\xff'-;\x00-%]*"
"""Neither `<` nor `&`."""

Identity = tuple[int | None, str | None]
"""A row's key and its document's ISO date; None for what is missing or unreadable."""


class RowIdentity:
    """Finds a row's key and its document's date without building a record.

    Args:
        ask: says where they are.
    """

    def __init__(self, ask: Endpoint) -> None:
        self._keys = [name for name in ask.key if not name.startswith("@") and "/" not in name]
        self._paths = [[normalize(step) for step in name.split("/")] for name in ask.key if "/" in name]
        self._wanted = {normalize(name): "key" for name in self._keys}
        self._dated = ask.date is not None
        if ask.date:
            self._wanted[normalize(ask.date)] = "date"
        self._attributes = {normalize(name[1:]) for name in ask.key if name.startswith("@")}
        self._tags: dict[Any, str | None] = {}
        self._openings: dict[str, str] = {}
        self._days: dict[bytes, str | None] = {}
        self._lessons = 0
        self._usual: re.Pattern[bytes] | None = None

    def of(self, row: Row) -> Identity:
        """What the row says."""
        return self._of_text(row) if isinstance(row, RecordText) else self._of_element(row)

    def _of_element(self, element: etree._Element) -> Identity:
        key: str | None = None
        day: str | None = None
        for child in element:
            tag = child.tag
            if tag not in self._tags:
                self._tags[tag] = self._wanted.get(normalize(tag)) if isinstance(tag, str) else None
            what = self._tags[tag]
            if what == "key" and key is None:
                key = child.text
            elif what == "date" and day is None:
                day = child.text
            else:
                continue
            if key is not None and (day is not None or not self._dated):
                break
        if key is None:
            key = next((text for path in self._paths if (text := _text_at(element, path)) is not None), None)
        if key is None and self._attributes:
            key = next((value for name, value in element.items() if normalize(str(name)) in self._attributes), None)
        return self._typed(key, day)

    def _of_text(self, row: RecordText) -> Identity:
        """The same from the record's text, as long as its first elements have nothing but plain text in them."""
        usual = self._usual.match(row.raw) if self._usual else None
        if usual is not None:
            return self._usual_values(usual["key"], usual["date"] if self._dated else b"")
        found: dict[str, str] = {}
        pattern = rf"\s*<{_NO_TAG}>"
        chunks = iter(row.beginning()[1:])
        for chunk in chunks:
            opening, _, text = chunk.partition(">")
            what = self._openings.get(opening) or self._wanted_by(opening)
            if what == "else" or next(chunks, "")[:1] != "/" or "&" in text:
                break
            group = f"?P<{what}>" if what != "other" and what not in found else "?:"
            pattern += rf"\s*<{re.escape(opening)}>({group}{_PLAIN_TEXT})</{_NO_TAG}>"
            found.setdefault(what, text)
            if "key" in found and ("date" in found or not self._dated):
                if self._lessons < MOST_LESSONS:
                    self._lessons += 1
                    self._usual = re.compile(pattern.encode())
                return self._typed(found["key"], found.get("date"))
        return self._of_element(row.element)

    def _usual_values(self, key: bytes, date: bytes) -> Identity:
        """The same as `_typed` gives; most keys are digits, and most dates have been met before."""
        if date in self._days:
            day = self._days[date]
        else:
            day = self._typed(None, date.decode())[1]
            if len(self._days) < MOST_DAYS:
                self._days[date] = day
        if key.isdigit() and len(key) <= PLAIN_DIGITS:
            return int(key), day
        return self._typed(key.decode(), None)[0], day

    def _wanted_by(self, opening: str) -> str:
        """What an opening tag begins: `key`, `date`, `other`, or `else` where its attributes may hold a `>`."""
        plain = opening.count('"') % 2 == 0 and opening.count("'") % 2 == 0 and opening[0] != "/"
        what = self._wanted.get(normalize(opening.split()[0]), "other") if plain else "else"
        if len(self._openings) < MOST_OPENINGS:
            self._openings[opening] = what
        return what

    @staticmethod
    def _typed(key: str | None, day: str | None) -> Identity:
        number = to_integer(key.strip()) if key and key.strip() else None
        date = to_date(day.strip()) if day and day.strip() else None
        # a key of more than 64 bits is none that Netvisor gives
        is_key = isinstance(number, int) and -LARGEST_KEY <= number <= LARGEST_KEY
        return (number if is_key else None), (date if isinstance(date, str) else None)

    @staticmethod
    def text_of(row: Row, name: str) -> str:
        """The text of one of the row's own elements."""
        return (_text_at(element_of(row), [normalize(name)]) or "").strip()


def _text_at(element: etree._Element, path: list[str]) -> str | None:
    for child in element:
        if isinstance(child.tag, str) and normalize(child.tag) == path[0]:
            return child.text if len(path) == 1 else _text_at(child, path[1:])
    return None
