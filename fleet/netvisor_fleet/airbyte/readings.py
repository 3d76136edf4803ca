"""Airbyte's answers, read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from airbyte_api import models

from netvisor_fleet.airbyte.failures import unreadable
from netvisor_fleet.airbyte.things import (
    CheckAnswer,
    Connection,
    Definition,
    FailureReason,
    Job,
    Source,
    StreamModes,
)

_IDENTITIES = ("connectionId", "sourceId", "destinationId", "workspaceId")


def identity(row: Mapping[str, Any]) -> str:
    """The ID of a listed thing; a connection's comes before those that it refers to."""
    for name in _IDENTITIES:
        if name in row:
            return str(row[name])
    raise unreadable("read a list")


def definition(row: models.DefinitionResponse) -> Definition:
    """A connector's definition."""
    return Definition(row.id, row.name, row.docker_repository, row.docker_image_tag)


def source(row: Any) -> Source:
    """A source.

    Raises:
        AirbyteFailure: the answer is none.
    """
    try:
        configuration = row["configuration"]
        return Source(
            str(row["sourceId"]), str(row["name"]), str(row["definitionId"]),
            configuration if isinstance(configuration, Mapping) else {},
        )  # fmt: skip
    except (KeyError, TypeError):
        raise unreadable("read a source") from None


def stream_modes(row: Any) -> StreamModes:
    """What a stream can do."""
    try:
        return StreamModes(
            str(row["streamName"]),
            frozenset(row.get("syncModes") or ()),
            tuple(row.get("defaultCursorField") or ()),
            tuple(tuple(path) for path in row.get("sourceDefinedPrimaryKey") or ()),
        )
    except (KeyError, TypeError, AttributeError):
        raise unreadable("read the connector's streams") from None


def connection(row: Any) -> Connection:
    """A connection.

    Raises:
        AirbyteFailure: the answer is none.
    """
    try:
        schedule = row["schedule"]
        streams = (row.get("configurations") or {}).get("streams") or ()
        return Connection(
            id=str(row["connectionId"]),
            name=str(row["name"]),
            source_id=str(row["sourceId"]),
            destination_id=str(row["destinationId"]),
            status=str(row["status"]),
            schedule=str(schedule["scheduleType"]),
            cron=_cron(schedule.get("cronExpression")),
            namespace_definition=str(row.get("namespaceDefinition") or "destination"),
            namespace_format=str(row.get("namespaceFormat") or ""),
            prefix=str(row.get("prefix") or ""),
            schema_changes=str(row.get("nonBreakingSchemaUpdatesBehavior") or "ignore"),
            streams={str(each["name"]): str(each.get("syncMode") or "") for each in streams},
            tags={str(each["name"]): str(each["tagId"]) for each in row.get("tags") or ()},
            created=_epoch(row["createdAt"]),
            status_reason=str(row.get("statusReason") or ""),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise unreadable("read a connection") from None


def tag(row: models.TagResponse) -> models.Tag:
    """A tag, as a connection takes it."""
    return models.Tag(tag_id=row.tag_id, name=row.name, color=row.color, workspace_id=row.workspace_id)


def job(row: models.JobResponse) -> Job:
    """A job.

    Raises:
        AirbyteFailure: its moments cannot be read.
    """
    try:
        return Job(
            row.job_id,
            str(row.job_type.value),
            str(row.status.value),
            moment(row.start_time),
            moment(row.last_updated_at) if row.last_updated_at else None,
            row.rows_synced,
        )
    except ValueError:
        raise unreadable("read a job") from None


def check_answer(reply: Any) -> CheckAnswer:
    """What a check says; a check that could not be run has its reason in the job's."""
    if not isinstance(reply, Mapping):
        raise unreadable("check the source")
    message = str(reply.get("message") or "")
    job_info = reply.get("jobInfo")
    reason = job_info.get("failureReason") if isinstance(job_info, Mapping) else None
    if not message and isinstance(reason, Mapping):
        message = str(reason.get("externalMessage") or "The check could not be run.")
    return CheckAnswer(reply.get("status") == "succeeded", message)


def failure_reasons(reply: Any, job_id: int) -> list[FailureReason]:
    """Why a job failed, from its last attempt."""
    try:
        for row in reply["jobs"]:
            if int(row["job"]["id"]) != job_id:
                continue
            attempts = row.get("attempts") or [{}]
            failures = (attempts[-1].get("failureSummary") or {}).get("failures") or ()
            return [
                FailureReason(
                    str((each.get("streamDescriptor") or {}).get("name") or ""),
                    str(each.get("failureOrigin") or "unknown"),
                    str(each.get("externalMessage") or each.get("internalMessage") or ""),
                )
                for each in failures
            ]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise unreadable("read why a job failed") from None
    return []


def moment(text: str) -> datetime:
    """An ISO moment, which Airbyte also writes without seconds (`2026-03-01T02:30Z`); without a zone it is UTC."""
    found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)


def _cron(text: str | None) -> str | None:
    """Airbyte's server answers with the time zone behind the expression that it was given without one."""
    if not text:
        return None
    words = text.split()
    while words and words[-1].upper() == "UTC":
        words.pop()
    return " ".join(words)


def _epoch(number: Any) -> datetime:
    seconds = float(number)
    # seconds today; milliseconds would be the year 50000
    return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, tz=timezone.utc)
