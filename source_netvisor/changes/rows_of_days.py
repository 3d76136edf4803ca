"""Rows of the days that every sync reads again, and those of them that are gone.

Netvisor has no list of deleted hours, paychecks or balances: an entry just does not come any more, a paycheck that was
calculated anew has fewer lines, and whether an account without postings is listed at all is not documented. But their
days are read again as a whole, so that what was sent of such a day and is not met again is gone. The state has the
keys of these rows, about two bytes each; days that no later sync reads again are forgotten.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from source_netvisor.state.delivered_keys import DeliveredKeys
from source_netvisor.state.key_set import KeySet

_PARTS = 1 << 20
"""Room for the second part of a key, the number of a line."""


class RowsOfDays:
    """Compares one reading of the days with what had been sent of them.

    Args:
        saved: what `to_json` gave: day -> its rows.
        primary_key: of the stream.
        day: its cursor, the property with a row's day.

    Raises:
        ValueError: `saved` is something else.
    """

    def __init__(self, saved: Sequence[str], primary_key: Sequence[str], day: str) -> None:
        self._parts = [name for name in primary_key if name != day]
        self._moves = day not in primary_key
        self._day = day
        self._asked: Container[int] = ()
        self._kept_from = 0
        self._met: dict[int, KeySet] = {}
        self._everywhere = KeySet()
        self._json: list[str] | None = list(saved)
        self._news = False
        keys = DeliveredKeys(saved)
        self._before = {ordinal: KeySet(rows) for ordinal, rows in keys.lines_of(keys.documents).items()}
        self._known = {ordinal: KeySet(rows) for ordinal, rows in self._before.items()}

    def asks(self, days: Container[int], kept_from: date) -> None:
        """What this sync reads again.

        Args:
            days: ordinals.
            kept_from: rows of earlier days need not be known to any later sync.
        """
        self._asked = days
        self._kept_from = kept_from.toordinal()

    def note(self, rows: Iterable[dict[str, Any]]) -> None:
        """Rows of the reply, which are about to be sent, or have been."""
        for row in rows:
            day = row.get(self._day)
            parts = [part for part in map(row.get, self._parts) if isinstance(part, int)]
            if day is None or len(parts) < len(self._parts):
                continue
            ordinal = date.fromisoformat(day).toordinal()
            key = parts[0] if len(parts) == 1 else parts[0] * _PARTS + parts[1]
            if self._before:
                self._everywhere.add(key)
            if ordinal < self._kept_from:
                continue
            self._met.setdefault(ordinal, KeySet()).add(key)
            if self._known.setdefault(ordinal, KeySet()).add(key):
                self._news, self._json = True, None

    def has_news(self) -> bool:
        """Whether rows were noted since this was asked last that the state did not have."""
        news, self._news = self._news, False
        return news

    def gone(self) -> Iterator[dict[str, Any]]:
        """Primary key and day of rows that had been sent, of days that have been read again, and were not met."""
        for ordinal, keys in sorted(self._before.items()):
            if ordinal in self._asked:
                met = self._everywhere if self._moves else self._met.get(ordinal, KeySet())
                for key in keys:
                    if key not in met:
                        parts = [key] if len(self._parts) == 1 else list(divmod(key, _PARTS))
                        day = date.fromordinal(ordinal).isoformat()
                        yield {**dict(zip(self._parts, parts, strict=True)), self._day: day}

    def settle(self) -> None:
        """All days have been read again, and what is gone has been sent as such."""
        known = {ordinal: keys for ordinal, keys in self._known.items() if ordinal not in self._asked} | self._met
        self._known = {ordinal: keys for ordinal, keys in known.items() if ordinal >= self._kept_from}
        self._before, self._json = {}, None

    def to_json(self) -> list[str]:
        """As the state carries it."""
        if self._json is None:
            keys = DeliveredKeys()
            for ordinal, rows in sorted(self._known.items()):
                keys.put(ordinal, list(rows))
            self._json = keys.to_json()
        return self._json
