"""A resource of Netvisor's, and how it is asked: the manifest's words as an object.

In parameter values these placeholders are replaced: `{from}`, `{to}` (first and last day of the window),
`{day_before}`, `{day_after}` (one day more at each end: Netvisor's documents do not say whether bounds belong to the
range), `{year_before}` (a year before the window), `{dates}` (month ends of the window), `{from_month}`, `{to_month}`
(its first and last month, YYYY-MM), `{since}` (day of the last read less the lookback), `{until}` (tomorrow),
`{today}`, `{keys}`, `{key}`, and the names in `for_each`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from source_netvisor.netvisor.client import Request
from source_netvisor.parsing.frame import expected_elements

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Cadence(Enum):
    """How often a list is compared with the ledger."""

    EVERY_SYNC = "every_sync"
    DAILY = "daily"


@dataclass(frozen=True)
class Comparison:
    """How a list is held against what the destination has (docs/incremental.md).

    Args:
        cadence: how often.
        recent_days: of a list that is read in windows: the windows that reach into so many days before today, and later
            ones, are compared at that cadence; the older ones by turns, one a day.
        also: parameters of further lists that are looked through once a day; what they lack says nothing.
    """

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
class Endpoint:
    """A resource, and how it is asked.

    Args:
        resource: `accountingledger.nv`.
        record: the names that its record element may have.
        list_element: names of the reply's list element, where they are not the plural of a record's or a record's name
            and `List`: a reply that says OK and has neither it nor a record is refused.
        beside: the names of rows of other streams in the same reply, which may be there without any of these records.
        parameters: sent with every request.
        optional: sent too, in place of a parameter of the same name, until Netvisor refuses it.
        dated: added where documents are asked for by their date: in a comparison, or in a full read.
        changes: added when only what changed is asked; None: the resource has no such filter.
        comparison: how the list is compared with the ledger; None: it is a list of deletions, or has no ledger.
        window: how `dated` requests are divided: `month`, `28 days`, `calendar year`, `month ends`, `24 months` (at
            most, and none across a December where more follow); None: not at all.
        ahead_days: how far the windows reach beyond today; None: no end.
        for_each: a placeholder and its values; one request for each (`years`: from the start date's year to next year).
        page: the parameter that asks for a further page, and where the reply says whether there is one: `headers` or
            `attributes`.
        read_on: the `parameter` that asks for what lies above a key, for a list that may be cut (fetching/paging.py).
        halve: the parameters with the first and the last day of the rows (`begin`, `end`), for a list that may be cut
            and does not ascend by key, or that times out.
        key: where the record element has its key.
        date: the record's property with the document's own date, which `start_date` limits.
        keys: the parameter that takes keys; `batch`: how many.
        probe: the smallest request, for `check`.
        probe_refused: the probe asks for a key that does not exist, so a refusal means that the resource is readable.
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
        """Reads one of the retriever's parts.

        Raises:
            TypeError: a word that does not exist.
        """
        given = {name: value for name, value in words.items() if name not in ("type", "$parameters")}
        for name in ("record", "list_element", "beside", "key"):
            if name in given:
                given[name] = (given[name],) if isinstance(given[name], str) else tuple(given[name])
        if "comparison" in given:
            given["comparison"] = Comparison.from_manifest(given["comparison"])
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
