"""A resource of Netvisor's, and how it is asked: the manifest's words as an object.

What each word means is said in manifest.schema.json, from which docs/manifest.md is made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from source_netvisor.netvisor.request import Request
from source_netvisor.parsing.frame import expected_elements

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Cadence(Enum):
    """How often a list is compared with the ledger."""

    EVERY_SYNC = "every_sync"
    DAILY = "daily"


@dataclass(frozen=True)
class Comparison:
    """How a list is compared with the ledger (docs/incremental.md); fields as under `comparison` in the manifest."""

    cadence: Cadence = Cadence.DAILY
    recent_days: int = 0
    also: tuple[Mapping[str, str], ...] = ()

    @staticmethod
    def from_manifest(words: Mapping[str, Any]) -> Comparison:
        """Reads the manifest's `comparison`."""
        given = {name: value for name, value in words.items() if name not in ("type", "$parameters")}
        also = tuple(given.pop("also", ()))
        return Comparison(Cadence(given.pop("cadence")), also=also, **given)


@dataclass(frozen=True)
class Mark:
    """A property that the rows lack, and the filter that tells it; fields as under `mark` in the manifest."""

    property: str
    only: Mapping[str, str]
    others: Mapping[str, str]

    @staticmethod
    def from_manifest(words: Mapping[str, Any]) -> Mark:
        """Reads the manifest's `mark`."""
        return Mark(words["property"], dict(words["only"]), dict(words["others"]))


@dataclass(frozen=True)
class Endpoint:
    """A resource, and how it is asked.

    The fields are the words of the manifest's resources. None, or an empty tuple or mapping, is what is not said.
    """

    resource: str
    record: tuple[str, ...] = ()
    list_element: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    optional: Mapping[str, str] = field(default_factory=dict)
    dated: Mapping[str, str] = field(default_factory=dict)
    changes: Mapping[str, str] | None = None
    comparison: Comparison | None = None
    mark: Mark | None = None
    window: str | None = None
    ahead_days: int | None = None
    for_each: Mapping[str, Any] = field(default_factory=dict)
    page: Mapping[str, str] = field(default_factory=dict)
    read_on: Mapping[str, str] = field(default_factory=dict)
    halve: Mapping[str, str] = field(default_factory=dict)
    key: tuple[str, ...] = ("NetvisorKey", "@NetvisorKey")
    date: str | None = None
    keys: str | None = None
    batch: int = 1
    probe: Mapping[str, str] = field(default_factory=dict)
    probe_refused: bool = False

    @staticmethod
    def from_manifest(words: Mapping[str, Any]) -> Endpoint:
        """Reads one of the retriever's parts, which `validation.validate` has checked."""
        given = {name: value for name, value in words.items() if name not in ("type", "$parameters")}
        for name in ("record", "list_element", "beside", "key"):
            if name in given:
                given[name] = (given[name],) if isinstance(given[name], str) else tuple(given[name])
        if "comparison" in given:
            given["comparison"] = Comparison.from_manifest(given["comparison"])
        if "mark" in given:
            given["mark"] = Mark.from_manifest(given["mark"])
        return Endpoint(**given)

    @property
    def identity(self) -> tuple[Any, ...]:
        """Two streams with the same one share their requests."""
        return (self.resource, tuple(self.parameters.items()), tuple(self.for_each), self.window)

    def request(self, extra: Mapping[str, str], values: Mapping[str, str]) -> Request:
        """The request with `extra` parameters, the placeholders in all values replaced."""
        expected = expected_elements((*self.record, *self.beside), self.list_element)
        plain = Request(self.resource, _filled({**self.parameters, **extra}, values), expected)
        if not self.optional:
            return plain
        return Request(self.resource, _filled({**self.parameters, **self.optional, **extra}, values), expected, plain)


def _filled(parameters: Mapping[str, str], values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, fill(str(value), values)) for name, value in parameters.items())


def fill(text: str, values: Mapping[str, str]) -> str:
    """Replaces the placeholders."""
    return _PLACEHOLDER.sub(lambda match: values[match.group(1)], text)
