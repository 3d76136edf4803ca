"""What the fake keeps."""

from __future__ import annotations

import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any


def new_id() -> str:
    """A UUID."""
    return str(uuid.uuid4())


@dataclass
class FakeJob:
    """A job.

    Args:
        status: as Airbyte's JobStatusEnum.
        failures: (stream, sentence) of its last attempt.
        polls_left: so many looks until a running job has ended.
    """

    id: int
    connection_id: str
    kind: str
    status: str
    started: datetime
    seconds: int = 300
    rows: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)
    polls_left: int = 0


@dataclass
class State:
    """Everything, by ID."""

    workspace_id: str = field(default_factory=new_id)
    destination_id: str = field(default_factory=new_id)
    destination_modes: tuple[str, ...] = ("append", "overwrite", "append_dedup")
    definitions: dict[str, dict[str, Any]] = field(default_factory=dict)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    connections: dict[str, dict[str, Any]] = field(default_factory=dict)
    tags: dict[str, dict[str, Any]] = field(default_factory=dict)
    jobs: dict[int, FakeJob] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    other_destinations: dict[str, str] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    """Business IDs whose sources are refused."""
    polls_of_a_sync: int = 2
    failing_syncs: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """By Business ID: a started sync of these fails with these failures."""

    def business_id_of(self, connection_id: str) -> str:
        """Whose company a connection reads."""
        source = self.sources[self.connections[connection_id]["sourceId"]]
        return str(source["configuration"]["business_id"])

    def add_job(
        self,
        connection_id: str,
        status: str,
        started: datetime,
        *,
        rows: int = 0,
        failures: list[tuple[str, str]] | None = None,
        kind: str = "sync",
        polls_left: int = 0,
    ) -> FakeJob:
        """A job of any night."""
        job = FakeJob(
            len(self.jobs) + 1,
            connection_id,
            kind,
            status,
            started,
            rows=rows,
            failures=failures or [],
            polls_left=polls_left,
        )
        self.jobs[job.id] = job
        return job

    def running(self, connection_id: str) -> bool:
        """Whether a job of the connection has not ended."""
        return any(
            job.connection_id == connection_id and job.status in ("pending", "queued", "running", "incomplete")
            for job in self.jobs.values()
        )


def epoch() -> int:
    """Now, in seconds."""
    return int(time.time())


def iso(moment: datetime) -> str:
    """As Airbyte's server writes it."""
    return moment.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
