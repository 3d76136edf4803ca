"""One stream of the manifest: what of Netvisor it is made from.

What each word under a stream's retriever means is said in manifest.schema.json, from which docs/manifest.md is made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from source_netvisor.manifest.endpoint import Comparison, Endpoint

CURSOR = "_ab_modified_until"


@dataclass(frozen=True)
class Lines:
    """Records that are parts of a larger element.

    Args:
        element: the name of the part; `*`: each child of the record element; `Name/*`: each child of that element.
        parent: property -> place in the larger element.
        without: properties of the one record that stands for an element without such a part, where one of its own
            numbers is not zero; none: it has no record then.
    """

    element: str
    parent: Mapping[str, Any] = field(default_factory=dict)
    without: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Triggers:
    """Lists of other documents that change a document without Netvisor saying so.

    Args:
        deletions: a deletion log; a new entry makes the comparison due.
        listing: a list; another checksum of it makes the comparison due.
    """

    deletions: Endpoint | None = None
    listing: Endpoint | None = None


@dataclass(frozen=True)
class Settled:
    """Documents whose details are read once a day, and not in each sync.

    Args:
        element: of the list's row.
        value: its text.
    """

    element: str
    value: str


@dataclass(frozen=True)
class StreamDefinition:
    """One stream of the manifest.

    Args:
        name: of the stream.
        schema: its JSON schema.
        primary_key: properties; the first one is `business_id`.
        incremental: whether it is read incrementally.
        group_by: the record's property that names its group in the ledger: a key, or a date.
    """

    name: str
    schema: Mapping[str, Any]
    primary_key: tuple[str, ...]
    incremental: bool
    listing: Endpoint
    details: Endpoint | None = None
    deletions: Endpoint | None = None
    lines: Lines | None = None
    group_by: str | None = None
    settled: Settled | None = None
    compare_after: Triggers = field(default_factory=Triggers)
    record_version: int = 1
    fields: Mapping[str, Any] = field(default_factory=dict)
    exclude: Sequence[str] = ()
    request_fields: Mapping[str, str] = field(default_factory=dict)
    deleted_when: Mapping[str, str] = field(default_factory=dict)
    latest: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def from_manifest(stream: Mapping[str, Any], schema: Mapping[str, Any]) -> StreamDefinition:
        """Reads a resolved `DeclarativeStream` with our retriever."""
        retriever = {name: part for name, part in stream["retriever"].items() if part is not None}

        def endpoint(part: str) -> Endpoint | None:
            return Endpoint.from_manifest(retriever[part]) if part in retriever else None

        key = stream["primary_key"]
        lines, settled = retriever.get("lines"), retriever.get("settled")
        triggers = {
            name: Endpoint.from_manifest(words) for name, words in _parts(retriever.get("compare_after", {})).items()
        }
        return StreamDefinition(
            name=stream["name"],
            schema=schema,
            primary_key=(key,) if isinstance(key, str) else tuple(key),
            incremental="incremental_sync" in stream,
            listing=Endpoint.from_manifest(retriever["listing"]),
            details=endpoint("details"),
            deletions=endpoint("deletions"),
            lines=Lines(lines["element"], lines.get("parent", {}), lines.get("without", {})) if lines else None,
            group_by=retriever.get("group_by"),
            settled=Settled(**_parts(settled)) if settled else None,
            compare_after=Triggers(**triggers),
            record_version=retriever.get("record_version", 1),
            fields=retriever.get("fields", {}),
            exclude=retriever.get("exclude", ()),
            request_fields=retriever.get("request_fields", {}),
            deleted_when=retriever.get("deleted_when", {}),
            latest=retriever.get("latest", {}),
        )

    @property
    def source(self) -> Endpoint:
        """The resource whose reply the records are in."""
        return self.details or self.listing

    @property
    def asks(self) -> list[Endpoint]:
        """Every resource that the stream needs."""
        return [endpoint for endpoint in (self.listing, self.details, self.deletions) if endpoint]

    @property
    def auxiliary(self) -> list[Endpoint]:
        """Resources that give the stream no records, but say which documents are gone or may have changed."""
        triggers = self.compare_after
        return [endpoint for endpoint in (self.deletions, triggers.deletions, triggers.listing) if endpoint]

    @property
    def row_key(self) -> str:
        """The property with a row's own key: the last part of the primary key."""
        return self.primary_key[-1]

    @property
    def group_key(self) -> str:
        """The property with the key of the row's group: the first part of the primary key after the company's."""
        return next((name for name in self.primary_key if name != "business_id"), self.primary_key[0])

    @property
    def comparison(self) -> Comparison | None:
        """How the stream is compared with its ledger; None: it is not."""
        of_details = self.details.comparison if self.details else None
        return (of_details or self.listing.comparison) if self.incremental else None

    @property
    def is_deletion_log(self) -> bool:
        """Whether the stream's records are the entries of a deletion log."""
        return self.incremental and self.comparison is None

    @property
    def sends_deletions(self) -> bool:
        """Whether records of the stream can be deletions."""
        return self.incremental and not self.is_deletion_log


def _parts(words: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in words.items() if name not in ("type", "$parameters")}
