"""The query string of a call: its notation and its parameters, by each resource's own list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from .resource import Parameter, Refusal, Resource

HELSINKI = ZoneInfo("Europe/Helsinki")
_SAFE = re.compile(r"[A-Za-z0-9\-._~,:]+")
_INT = re.compile(r"[0-9]{1,18}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)


def parse(raw: str, resource: Resource, encoded_commas: bool = False) -> Mapping[str, Any]:
    """Parameter values by lower-case name, each of its kind.

    Netvisor's documents do not say whether the signature is over the encoded or the decoded query, and clients
    disagree. This simulator therefore refuses whatever would look different in the two: only unreserved
    characters, comma and colon may occur.

    Args:
        raw: the query string.
        resource: whose parameters these are.
        encoded_commas: whether a list of keys may have `%2C` for its commas.

    Raises:
        Refusal: INVALID_DATA, naming the parameter.
    """
    known = {parameter.name: parameter for parameter in resource.parameters}
    values: dict[str, Any] = {}
    for part in raw.split("&") if raw else []:
        name, equals, text = part.partition("=")
        key = name.lower()
        if encoded_commas and key in known and known[key].kind == "ints":
            text = text.replace("%2C", ",").replace("%2c", ",")
        if not equals or not _SAFE.fullmatch(name) or not _SAFE.fullmatch(text):
            raise _refusal(f"{name or part!r}: empty, or characters that need encoding")
        if key not in known:
            raise _refusal(f"{resource.name} has no parameter {name}")
        if key in values:
            raise _refusal(f"{name} is given twice")
        values[key] = _value(known[key], text)
    missing = [p.name for p in resource.parameters if p.required and p.name not in values]
    if missing:
        raise _refusal(f"{resource.name} requires {', '.join(missing)}")
    return values


def _refusal(detail: str) -> Refusal:
    """The beginning is that of a recorded reply, full stop after the colon included."""
    return Refusal("INVALID_DATA", f"Data form incorrect:. {detail}")


def _value(parameter: Parameter, text: str) -> Any:
    name = parameter.name
    items = text.split(",")
    if parameter.max_items is not None and len(items) > parameter.max_items:
        raise _refusal(f"{name}: {len(items)} items, at most {parameter.max_items}")
    try:
        value = _parsed(parameter.kind, text)
    except ValueError:
        raise _refusal(f"{name}: {text[:60]} is not of the form {parameter.kind}") from None
    if parameter.choices is not None:
        for item in value if parameter.kind == "ints" else [value]:
            if item not in parameter.choices:
                raise _refusal(f"{name}: {item} is not one of {', '.join(map(str, parameter.choices))}")
    return value


def _parsed(kind: str, text: str) -> Any:
    """Raises ValueError where the notation is another."""
    if kind == "text":
        return text
    if kind == "flag" and text in ("0", "1"):
        return text == "1"
    if kind == "int" and _INT.fullmatch(text):
        return int(text)
    if kind == "ints" and all(_INT.fullmatch(item) for item in text.split(",")):
        return tuple(int(item) for item in text.split(","))
    if kind in ("date", "datetime") and _DATE.fullmatch(text):
        return date.fromisoformat(text)
    if kind == "datetime" and _MOMENT.fullmatch(text):
        return datetime.fromisoformat(text).replace(tzinfo=HELSINKI)
    raise ValueError(text)
