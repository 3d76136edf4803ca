"""Definitions, sources, tags and jobs: what each call does to the state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from . import connector
from .refusal import Refusal, only
from .state import FakeJob, State, epoch, iso, new_id

SECRET_REFERENCE = "secret_coordinate::"


def page(rows: list[dict[str, Any]], query: Mapping[str, str], allowed: tuple[str, ...]) -> dict[str, Any]:
    """One page of a list."""
    only(query, (), (*allowed, "limit", "offset"))
    limit, offset = int(query.get("limit", "20")), int(query.get("offset", "0"))
    if not 1 <= limit <= 100 or offset < 0:
        raise Refusal(400, "The limit goes from 1 to 100.")
    part = rows[offset : offset + limit]
    address = "http://fake/page"  # ignore-https-check
    following = f"{address}?limit={limit}&offset={offset + limit}" if part else ""
    return {"previous": "", "next": following, "data": part}


def make_definition(state: State, body: Any) -> dict[str, Any]:
    """POST .../definitions/sources."""
    given = only(body, ("name", "dockerRepository", "dockerImageTag"), ("documentationUrl",))
    row = {"id": new_id(), **given}
    state.definitions[row["id"]] = row
    return row


def retag_definition(state: State, definition_id: str, body: Any) -> dict[str, Any]:
    """PUT .../definitions/sources/{definitionId}."""
    given = only(body, ("name", "dockerImageTag"))
    row = _found(state.definitions, definition_id)
    row.update(given)
    return row


def delete_definition(state: State, definition_id: str) -> None:
    """DELETE: its sources and their connections go with it."""
    _found(state.definitions, definition_id)
    for source in [each for each in state.sources.values() if each["definitionId"] == definition_id]:
        delete_source(state, source["sourceId"])
    del state.definitions[definition_id]


def show_source(state: State, row: Mapping[str, Any]) -> dict[str, Any]:
    """A source as it is answered: its secrets masked."""
    return {**row, "configuration": connector.masked(row["configuration"])}


def make_source(state: State, body: Any) -> dict[str, Any]:
    """POST /sources."""
    given = only(body, ("name", "workspaceId", "configuration"), ("definitionId", "secretId", "resourceAllocation"))
    if given["workspaceId"] != state.workspace_id:
        raise Refusal(403, "The workspace is another one.")
    definition = _found(state.definitions, str(given.get("definitionId")))
    if "sourceType" in given["configuration"]:
        raise Refusal(422, "The configuration is that of another connector.")
    _check(given["configuration"])
    if given["configuration"]["business_id"] in state.refused:
        raise Refusal(422, f"The fake refuses the key {given['configuration']['api_key']}.")
    row = {
        "sourceId": new_id(),
        "name": given["name"],
        "sourceType": "netvisor",
        "definitionId": definition["id"],
        "workspaceId": state.workspace_id,
        "configuration": dict(given["configuration"]),
        "createdAt": epoch(),
    }
    state.sources[row["sourceId"]] = row
    return show_source(state, row)


def change_source(state: State, source_id: str, body: Any) -> dict[str, Any]:
    """PATCH /sources/{sourceId}: merged into what is there."""
    given = only(body, (), ("name", "configuration"))
    row = _found(state.sources, source_id)
    configuration = {**row["configuration"], **given.get("configuration", {})}
    if connector.MASK in configuration.values():
        raise Refusal(422, "A mask is no secret.")
    _check(configuration)
    row["configuration"] = configuration
    row["name"] = given.get("name", row["name"])
    return show_source(state, row)


def _check(configuration: Mapping[str, Any]) -> None:
    wrong = connector.mistakes(configuration)
    if wrong:
        raise Refusal(422, f"The provided configuration does not fulfill the specification: {wrong}")


def delete_source(state: State, source_id: str) -> None:
    """DELETE /sources/{sourceId}: its connections go with it."""
    _found(state.sources, source_id)
    for connection in [each for each in state.connections.values() if each["sourceId"] == source_id]:
        del state.connections[connection["connectionId"]]
    del state.sources[source_id]


def make_tag(state: State, body: Any) -> dict[str, Any]:
    """POST /tags."""
    given = only(body, ("name", "color", "workspaceId"))
    if any(tag["name"] == given["name"] for tag in state.tags.values()):
        raise Refusal(409, "Tag with same name already exists")
    row = {"tagId": new_id(), **given}
    state.tags[row["tagId"]] = row
    return row


def list_jobs(state: State, query: Mapping[str, str]) -> dict[str, Any]:
    """GET /jobs."""
    order = query.get("orderBy", "createdAt|DESC")
    jobs = [job for job in state.jobs.values() if job.connection_id == query.get("connectionId", job.connection_id)]
    jobs.sort(key=lambda job: job.started, reverse=order.endswith("DESC"))
    rows = [show_job(job) for job in jobs]
    return page(rows, query, ("connectionId", "orderBy", "jobType", "status", "workspaceIds"))


def show_job(job: FakeJob) -> dict[str, Any]:
    """A job as it is answered."""
    row: dict[str, Any] = {
        "jobId": job.id,
        "status": job.status,
        "jobType": job.kind,
        "startTime": iso(job.started),
        "connectionId": job.connection_id,
        "duration": f"PT{job.seconds}S",
        "bytesSynced": job.rows * 300,
        "rowsSynced": job.rows,
    }
    if job.status in ("failed", "succeeded", "cancelled"):
        row["lastUpdatedAt"] = iso(job.started + timedelta(seconds=job.seconds))
    return row


def start_job(state: State, body: Any) -> dict[str, Any]:
    """POST /jobs."""
    given = only(body, ("connectionId", "jobType"))
    _found(state.connections, given["connectionId"])
    if state.running(given["connectionId"]):
        raise Refusal(409, "A sync is already running.")
    now = datetime.now(timezone.utc)
    job = state.add_job(given["connectionId"], "running", now, kind=given["jobType"], polls_left=state.polls_of_a_sync)
    return show_job(job)


def get_job(state: State, job_id: int) -> dict[str, Any]:
    """GET /jobs/{jobId}: a running job ends after some looks."""
    job = state.jobs.get(job_id)
    if job is None:
        raise Refusal(404, "Could not find job with id")
    if job.status == "running":
        job.polls_left -= 1
        if job.polls_left <= 0:
            job.failures = state.failing_syncs.get(state.business_id_of(job.connection_id), [])
            job.status, job.rows = ("failed", 0) if job.failures else ("succeeded", 1200)
    return show_job(job)


def jobs_with_attempts(state: State, body: Any) -> dict[str, Any]:
    """POST /api/v1/jobs/list of the configuration API."""
    given = only(body, ("configTypes",), ("configId", "includingJobId", "pagination"))
    jobs = [job for job in state.jobs.values() if job.connection_id == given.get("configId")]
    rows = []
    for job in sorted(jobs, key=lambda job: job.started, reverse=True):
        failures = [
            {
                "failureOrigin": "source",
                "failureType": "config_error",
                "externalMessage": sentence,
                "timestamp": int(job.started.timestamp() * 1000),
                **({"streamDescriptor": {"name": stream}} if stream else {}),
            }
            for stream, sentence in job.failures
        ]
        attempt: dict[str, Any] = {"id": 0, "status": job.status, "createdAt": 0, "updatedAt": 0}
        if failures:
            attempt["failureSummary"] = {"failures": failures, "partialSuccess": False}
        rows.append({"job": {"id": job.id, "configType": "sync", "configId": job.connection_id, "createdAt": 0,
                             "updatedAt": 0, "status": job.status}, "attempts": [attempt]})  # fmt: skip
    return {"jobs": rows, "totalJobCount": len(rows)}


def _found(things: Mapping[str, dict[str, Any]], identity: str) -> dict[str, Any]:
    if identity not in things:
        raise Refusal(404, "Not found")
    return things[identity]
