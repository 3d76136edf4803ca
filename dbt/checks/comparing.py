"""Compares tables of different databases, without what their clients differ in."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any


def plain(value: Any) -> Any:
    """A value without what clients differ in: the kind of number, the zone UTC, spaces in JSON."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float | Decimal):
        return Decimal(str(value)).quantize(Decimal("1.000000000")).normalize() + 0
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, date):
        return value
    text = str(value)
    return json.dumps(json.loads(text), sort_keys=True) if text[:1] in ("[", "{") else text


def counted(columns: list[str], rows: list[tuple[Any, ...]]) -> Counter[Any]:
    """The rows in no order."""
    places = sorted(range(len(columns)), key=lambda place: columns[place])
    return Counter(tuple(plain(row[place]) for place in places) for row in rows)
