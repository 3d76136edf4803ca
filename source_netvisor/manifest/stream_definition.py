"""The manifest's words: what of Netvisor a stream is made from, and how that is asked.

A stream's retriever in the manifest has these parts:

* `listing`: the resource that is asked first;
* `details`: a resource that is asked with the keys which the listing gave;
* `deletions`: the resource that lists deleted keys;
* `lines`: the stream has one record for each such element inside the listing's (or details') record element;
* `touched_by`: payments that change a document without Netvisor saying so (touched_documents.py);
* `open_items`: what of a row changes without Netvisor saying so, and when the connector looks (open_items.py);
* `fields`, `exclude`, `request_fields`, `deleted_when`: what the record builder cannot tell from names;
* `latest`: a property and the array and field (`transactions.time_stamp`) whose latest moment it holds.

In parameter values these words are replaced: `{from}`, `{to}` (first and last day of the window), `{day_before}`,
`{day_after}` (one day more at each end: Netvisor's documents do not say whether bounds belong to the range),
`{year_before}` (a year before the window), `{dates}` (month ends of the window), `{from_month}`, `{to_month}` (its
first and last month, YYYY-MM), `{since}` (day of the last read less
the lookback), `{until}` (tomorrow), `{today}`, `{keys}`, `{key}`, and the names in `for_each`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from source_netvisor.netvisor.client import Request

_WORD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Ask:
    """A resource, and how it is asked.

    Args:
        resource: `accountingledger.nv`.
        record: the names that its record element may have.
        beside: the names of rows of other streams in the same reply, which may be there without any of these records.
        parameters: sent with every request.
        optional: sent too, in place of a parameter of the same name, until Netvisor refuses it.
        first_read: added in a first read, or where the window is given by dates.
        changes: added when only what changed is asked; None: the resource has no such filter.
        ever_modified: with `changes`: the same filter from long ago on, for a filter that may leave out documents which
            nobody has modified; whether it does is found out (never_modified.py).
        window: how a first read is divided: `month`, `28 days`, `calendar year`, `month ends`, `24 months`
            (at most, and none across a December where more follow); None: not at all.
        reread_days: without `changes`: how far before the last read each read begins again.
        compares_older: with `reread_days`: what is dated further back is asked for in the same request, and sent if its
            day's checksum is not the state's (changed_days.py).
        ahead_days: without `changes`: how far the windows reach beyond today; None: no end.
        for_each: a word and its values; one request for each (`years`: from the start date's year to next year).
        page: the parameter that asks for a further page, and where the reply says whether there is one: `headers` or
            `attributes`.
        read_on: the parameter that asks for what lies above a key, and the numbers of rows at which a list may be cut.
        key: where the record element has its key.
        date: the record's property with the document's own date, which `start_date` limits.
        keys: the parameter that takes keys; `batch`: how many.
        deletion_list: the resource lists deletions and reaches back seven days.
        probe: the smallest request, for `check`.
        probe_refused: the probe asks for a key that does not exist, so a refusal means that the resource is readable.
    """

    resource: str
    record: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    optional: Mapping[str, str] = field(default_factory=dict)
    first_read: Mapping[str, str] = field(default_factory=dict)
    changes: Mapping[str, str] | None = None
    ever_modified: Mapping[str, str] | None = None
    window: str | None = None
    reread_days: int = 0
    compares_older: bool = False
    ahead_days: int | None = None
    for_each: Mapping[str, Any] = field(default_factory=dict)
    page: Mapping[str, str] = field(default_factory=dict)
    read_on: Mapping[str, Any] = field(default_factory=dict)
    key: tuple[str, ...] = ("NetvisorKey", "@NetvisorKey")
    date: str | None = None
    keys: str | None = None
    batch: int = 1
    deletion_list: bool = False
    probe: Mapping[str, str] = field(default_factory=dict)
    probe_refused: bool = False

    @staticmethod
    def from_manifest(words: Mapping[str, Any]) -> Ask:
        """Reads one of the retriever's parts.

        Raises:
            TypeError: a word that does not exist.
        """
        given = {name: value for name, value in words.items() if name not in ("type", "$parameters")}
        for name in ("record", "beside", "key"):
            if name in given:
                given[name] = (given[name],) if isinstance(given[name], str) else tuple(given[name])
        return Ask(**given)

    @property
    def identity(self) -> tuple[Any, ...]:
        """Two streams with the same one share their requests."""
        return (self.resource, tuple(self.parameters.items()), tuple(self.for_each), self.window)

    def request(self, extra: Mapping[str, str], values: Mapping[str, str]) -> Request:
        """The request with `extra` parameters, the words in all values replaced."""
        plain = Request(self.resource, _filled({**self.parameters, **extra}, values))
        if not self.optional:
            return plain
        return Request(self.resource, _filled({**self.parameters, **self.optional, **extra}, values), plain)


def _filled(parameters: Mapping[str, str], values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, fill(str(value), values)) for name, value in parameters.items())


def fill(text: str, values: Mapping[str, str]) -> str:
    """Replaces the words in braces."""
    return _WORD.sub(lambda match: values[match.group(1)], text)


@dataclass(frozen=True)
class Lines:
    """Records that are parts of a larger element.

    Args:
        element: the name of the part; `*`: each child of the record element; `Name/*`: each child of that element.
        parent: property -> place in the larger element.
        key: the property that holds the line's own key, second part of the primary key.
    """

    element: str
    parent: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TouchedBy:
    """Payments that change their document without Netvisor saying so.

    Args:
        listing: the list of payments.
        document: the element of a payment with its document's key.
        deleted: the list of deleted payments.
    """

    listing: Ask
    document: str
    deleted: Ask


@dataclass(frozen=True)
class OpenItemsWords:
    """Invoices whose open sum and status change without Netvisor saying so.

    Args:
        deleted_payments: the list of deleted payments.
        unpaid: parameters that limit the listing to open invoices.
        unpaid_statuses: which of the statuses these are, in lower case.
        status: places of a row that say the invoice's status, attributes as `InvoiceStatus/@substatus`.
        open_sum: the place of what is left to pay.
    """

    deleted_payments: Ask
    unpaid: Mapping[str, str]
    unpaid_statuses: tuple[str, ...]
    status: tuple[str, ...]
    open_sum: str


@dataclass(frozen=True)
class InvalidatedWords:
    """Documents whose status may change without Netvisor listing them as changed.

    Args:
        parameters: that limit the listing to those which are not valid, from a day on.
        status: the property that says the status.
    """

    parameters: Mapping[str, str]
    status: str


@dataclass(frozen=True)
class StreamDefinition:
    """One stream of the manifest."""

    name: str
    schema: Mapping[str, Any]
    primary_key: tuple[str, ...]
    cursor_field: str | None
    listing: Ask
    details: Ask | None = None
    deletions: Ask | None = None
    lines: Lines | None = None
    touched_by: TouchedBy | None = None
    open_items: OpenItemsWords | None = None
    invalidated: InvalidatedWords | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    exclude: Sequence[str] = ()
    request_fields: Mapping[str, str] = field(default_factory=dict)
    deleted_when: Mapping[str, str] = field(default_factory=dict)
    latest: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def from_manifest(stream: Mapping[str, Any], schema: Mapping[str, Any]) -> StreamDefinition:
        """Reads a resolved `DeclarativeStream` with our retriever."""
        retriever = stream["retriever"]
        key = stream["primary_key"]

        def ask(part: str) -> Ask | None:
            return Ask.from_manifest(retriever[part]) if retriever.get(part) else None

        listing = ask("listing")
        assert listing is not None, "every stream has a listing"
        lines = retriever.get("lines")
        touched, items = retriever.get("touched_by"), retriever.get("open_items")
        return StreamDefinition(
            name=stream["name"],
            schema=schema,
            primary_key=(key,) if isinstance(key, str) else tuple(key),
            cursor_field=stream.get("incremental_sync", {}).get("cursor_field"),
            listing=listing,
            details=ask("details"),
            deletions=ask("deletions"),
            lines=Lines(lines["element"], lines.get("parent", {})) if lines else None,
            touched_by=TouchedBy(
                Ask.from_manifest(touched["listing"]), touched["document"], Ask.from_manifest(touched["deleted"])
            )
            if touched
            else None,
            open_items=OpenItemsWords(
                Ask.from_manifest(items["deleted_payments"]),
                items["unpaid"],
                tuple(items["unpaid_statuses"]),
                tuple(items["status"]),
                items["open_sum"],
            )
            if items
            else None,
            invalidated=InvalidatedWords(**retriever["invalidated"]) if retriever.get("invalidated") else None,
            fields=retriever.get("fields", {}),
            exclude=retriever.get("exclude", ()),
            request_fields=retriever.get("request_fields", {}),
            deleted_when=retriever.get("deleted_when", {}),
            latest=retriever.get("latest", {}),
        )

    @property
    def source(self) -> Ask:
        """The resource whose reply the records are in."""
        return self.details or self.listing

    @property
    def asks(self) -> list[Ask]:
        """Every resource that the stream needs."""
        return [ask for ask in (self.listing, self.details, self.deletions) if ask]

    @property
    def told_by(self) -> list[Ask]:
        """Resources that give the stream no records, but tell it which documents to delete or to read again."""
        payments = (self.touched_by.listing, self.touched_by.deleted) if self.touched_by else ()
        deleted_payments = self.open_items.deleted_payments if self.open_items else None
        return [ask for ask in (self.deletions, *payments, deleted_payments) if ask]

    @property
    def sends_deletions(self) -> bool:
        """Whether records of the stream can be deletions."""
        return "_ab_cdc_deleted_at" in self.schema.get("properties", {})

    @property
    def is_register(self) -> bool:
        """Whether nothing but the whole list, now and then, shows which records are gone (register_reading.py)."""
        told = self.deletions or self.reads_days_again
        return self.cursor_field is not None and self.sends_deletions and not told

    @property
    def moment_of_change(self) -> str | None:
        """The cursor of a register whose rows tell when they were changed."""
        return self.cursor_field if self.is_register and self.cursor_field != "_ab_modified_until" else None

    @property
    def reads_days_again(self) -> Ask | None:
        """The resource whose days each sync reads again, where that alone shows which rows are gone."""
        asks = (ask for ask in (self.listing, self.details) if ask and ask.reread_days)
        return next(asks, None) if self.deletions is None else None
