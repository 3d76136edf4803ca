"""`_netvisor_unknown`: what Netvisor sends and the schema does not know.

It mirrors the record's XML, less what the schema knows: each name (snake_case) holds an array with an entry for each
occurrence, a text or an object of the same kind. So its shape depends neither on how many there are nor on what stands
beside them. An attribute stands beside its element, as `<element>_<attribute>`. The items of a known array have entries
at the same positions as in the array.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lxml import etree

from source_netvisor import errors
from source_netvisor.parsing.naming import snake_case

UNKNOWN = "_netvisor_unknown"
TEXT = "text"
"""The name of a text that stands between the elements of a record or an item."""
MOST_NAMES = 2000
"""Different names in one record, and attributes of one element."""
MOST_CHARACTERS = 1 << 20
"""Of names and texts in one record."""
DEEPEST = 100
"""Levels of elements in a record. The writer of JSON takes 254 levels of arrays and objects, two for each of these."""

Unknown = dict[str, list[Any]]


def put_unknown(record: dict[str, Any], around: Sequence[str], name: str, value: Any) -> None:
    """Adds a text or an object to `_netvisor_unknown`.

    Args:
        record: the record or the item.
        around: the names of the elements around it in the record, the outermost first.
        name: its own.
        value: the text, or the object.
    """
    unknown: Unknown = record.setdefault(UNKNOWN, {})
    for outer in around:
        entries = unknown.setdefault(outer, [])
        if not entries or not isinstance(entries[-1], dict):
            entries.append({})
        unknown = entries[-1]
    unknown.setdefault(name, []).append(value)


def lift_unknown(record: dict[str, Any], array: str, index: int, item: dict[str, Any]) -> None:
    """Moves an item's unknown elements to its record, to the item's position."""
    entries = record.setdefault(UNKNOWN, {}).setdefault(array, [])
    entries.extend({} for _ in range(index - len(entries)))
    entries.append(item.pop(UNKNOWN))


def whole_element(element: etree._Element, depth: int = 0) -> Any:
    """An element that is unknown with all that it has: its text, or an object; None where it says nothing.

    Raises:
        NetvisorError: it is nested deeper than a record may be.
    """
    if depth > DEEPEST:
        raise errors.record_too_deep(DEEPEST)
    text = (element.text or "").strip()
    if not len(element):
        return text or None
    found: Unknown = {TEXT: [text]} if text else {}
    for child in element:
        add_whole(found, child, depth + 1)
        tail = (child.tail or "").strip()
        if tail:
            found.setdefault(TEXT, []).append(tail)
    return found or None


def add_whole(unknown: Unknown, element: etree._Element, depth: int = 0) -> None:
    """Adds an unknown element with all that it has, and its attributes beside it."""
    name = snake_case(str(element.tag))
    value = whole_element(element, depth)
    if value is not None:
        unknown.setdefault(name, []).append(value)
    for attribute, text in element.items():
        if text.strip():
            unknown.setdefault(f"{name}_{snake_case(str(attribute))}", []).append(text.strip())


def check_size(unknown: Unknown) -> None:
    """Refuses a record with more unknown names or text than any company's data explains.

    Raises:
        NetvisorError: there is more.
    """
    names: set[str] = set()
    characters = 0
    remaining: list[Any] = [unknown]
    while remaining:
        value = remaining.pop()
        if isinstance(value, str):
            characters += len(value)
            continue
        for name, entries in value.items():
            names.add(name)
            characters += len(name)
            remaining.extend(entries)
        if len(names) > MOST_NAMES:
            raise errors.too_many_fields(MOST_NAMES)
        if characters > MOST_CHARACTERS:
            raise errors.too_much_unknown(MOST_CHARACTERS)
    if characters > MOST_CHARACTERS:
        raise errors.too_much_unknown(MOST_CHARACTERS)
