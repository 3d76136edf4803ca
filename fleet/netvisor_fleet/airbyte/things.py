"""What Airbyte has, as far as a fleet looks at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

SECRET_MASK = "**********"  # noqa: S105 - what Airbyte shows instead of a secret
INCREMENTAL_DEDUPED = "incremental_deduped_history"
OVERWRITE = "full_refresh_overwrite"


@dataclass(frozen=True)
class Definition:
    """A connector's definition in a workspace: its image and tag."""

    id: str
    name: str
    repository: str
    tag: str


@dataclass(frozen=True)
class Source:
    """A source; the secrets in its configuration are masked by Airbyte."""

    id: str
    name: str
    definition_id: str
    configuration: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class StreamModes:
    """What a stream can do between this source and destination."""

    name: str
    modes: frozenset[str]
    cursor: tuple[str, ...] = ()
    primary_key: tuple[tuple[str, ...], ...] = ()

    @property
    def best(self) -> str:
        """Incremental deduped where source and destination can, else overwrite."""
        return INCREMENTAL_DEDUPED if INCREMENTAL_DEDUPED in self.modes else OVERWRITE


@dataclass(frozen=True)
class Connection:
    """A connection.

    Args:
        cron: the expression without its time zone; None for another kind of schedule.
        schedule: `cron`, `manual` or `basic`.
        streams: mode by name.
        created: when it was made.
    """

    id: str
    name: str
    source_id: str
    destination_id: str
    status: str
    schedule: str
    cron: str | None
    namespace_definition: str
    namespace_format: str
    prefix: str
    schema_changes: str
    streams: Mapping[str, str]
    tags: Mapping[str, str]
    created: datetime
    status_reason: str = ""


@dataclass(frozen=True)
class Job:
    """One sync, refresh, clear or reset.

    Args:
        status: pending, queued, running, incomplete, failed, succeeded or cancelled.
        rows: that arrived in the destination; None where Airbyte does not say.
    """

    id: int
    kind: str
    status: str
    started: datetime
    ended: datetime | None
    rows: int | None


@dataclass(frozen=True)
class FailureReason:
    """Why an attempt failed, in the connector's own sentence.

    Args:
        stream: that failed; empty for the sync as a whole.
        origin: source, destination, replication, airbyte_platform, ...
    """

    stream: str
    origin: str
    sentence: str


@dataclass(frozen=True)
class CheckAnswer:
    """What the connector's check says.

    Args:
        succeeded: whether a sync can start.
        report: the connector's own words, several lines.
    """

    succeeded: bool
    report: str
