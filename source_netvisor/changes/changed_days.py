"""Which days' rows are others than they were: a checksum for each day, kept in the state.

A resource that tells no changes can be asked for all its days in one call: balances of all month ends, or payments from
the start date on. What lies further back seldom changes, but it does: an edit of an old voucher moves every later
balance, and a payment may be entered late. So all days are asked for, and those far back are sent only if their
checksum is another one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from typing import Any

_ROOM = 1 << 64


class ChangedDays:
    """Compares one reading of a stream with the one before.

    Args:
        day: the property that says a row's day, ISO.
        saved: day -> checksum of its rows, as the state has it; brought up to date by `settle`.
        since: days from this one on, ISO, are sent whether they changed or not.
        left_out: properties that the connector adds by itself, which are no change.
    """

    def __init__(self, day: str, saved: dict[str, str], since: str, left_out: Collection[str]) -> None:
        self._day = day
        self._saved = saved
        self._since = since
        self._left_out = frozenset(left_out)
        self._sums: dict[str, int] = {}
        self._met: set[str] = set()

    def note(self, rows: Iterable[dict[str, Any]]) -> None:
        """Counts rows into the checksums of their days; all rows of a reply come here before one is sent.

        The checksum of a day is the sum of those of its rows, so their order, which Netvisor does not promise, is
        no change.
        """
        for row in rows:
            day = row.get(self._day)
            if day is not None:
                kept = {name: value for name, value in row.items() if name not in self._left_out}
                digest = hashlib.blake2b(json.dumps(kept, sort_keys=True).encode(), digest_size=8).digest()
                self._sums[day] = (self._sums.get(day, 0) + int.from_bytes(digest, "big")) % _ROOM

    def unsettle(self) -> bool:
        """Forgets the checksums of older days that are about to be sent; whether there are any.

        Were the sync killed, such a day is sent again, also if its rows are then again what they were before.
        """
        changed = [day for day in self._sums if day in self._saved and self._saved[day] != _text(self._sums[day])]
        older = [day for day in changed if day < self._since]
        for day in older:
            del self._saved[day]
        return bool(older)

    def sends(self, row: dict[str, Any]) -> bool:
        """Whether the row belongs to a day that is sent; one without a day always is."""
        day = row.get(self._day)
        return day is None or day >= self._since or self._saved.get(day) != _text(self._sums[day])

    def settle(self, complete: bool) -> None:
        """The rows have been sent: from now on these checksums are those to compare with.

        Args:
            complete: with these, all days have been read; days that have no rows any more are forgotten.
        """
        self._saved.update((day, _text(value)) for day, value in self._sums.items())
        self._met.update(self._sums)
        self._sums.clear()
        if complete:
            for day in self._saved.keys() - self._met:
                del self._saved[day]


def _text(value: int) -> str:
    return f"{value:016x}"
