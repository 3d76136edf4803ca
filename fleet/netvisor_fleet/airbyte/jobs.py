"""Jobs: what Airbyte did with a connection, and why it failed."""

from __future__ import annotations

from typing import Any

from airbyte_api import api, models

from netvisor_fleet.airbyte import readings
from netvisor_fleet.airbyte.calls import PAGE, Calls, there
from netvisor_fleet.airbyte.failures import AirbyteFailure
from netvisor_fleet.airbyte.things import CheckAnswer, FailureReason, Job


class Jobs:
    """The jobs of connections.

    The public API says that a job failed, not why, and has no check. Both are asked of the configuration API, which a
    self-managed Airbyte has beside it (`sources/check_connection`, `jobs/list`).
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._api = calls.client.jobs

    def of(self, connection_id: str, most: int = PAGE) -> list[Job]:
        """The newest jobs of a connection, newest first."""
        request = api.ListJobsRequest(connection_id=connection_id, limit=min(most, PAGE), order_by="createdAt|DESC")
        reply = self._calls.typed("list the jobs", lambda: self._api.list_jobs(request=request))
        rows = reply.jobs_response.data if reply.jobs_response else []
        return sorted((readings.job(row) for row in rows), key=lambda job: (job.started, job.id), reverse=True)

    def start_sync(self, connection_id: str) -> Job:
        """Starts a sync; Airbyte refuses one that would run beside another."""
        request = models.JobCreateRequest(connection_id=connection_id, job_type=models.JobTypeEnum.SYNC)
        doing = "start a sync"
        reply = self._calls.typed(doing, lambda: self._api.create_job(request=request), repeatable=False)
        return readings.job(there(reply.job_response, doing))

    def get(self, job_id: int) -> Job:
        """How a job is."""
        request = api.GetJobRequest(job_id=job_id)
        doing = "look at the job"
        reply = self._calls.typed(doing, lambda: self._api.get_job(request=request))
        return readings.job(there(reply.job_response, doing))

    def failure_reasons(self, connection_id: str, job_id: int) -> list[FailureReason] | None:
        """Why a job failed; None where this Airbyte does not say."""
        base_url = self._calls.access.configuration_url
        if base_url is None:
            return None
        body = {
            "configTypes": ["sync", "refresh"],
            "configId": connection_id,
            "includingJobId": job_id,
            "pagination": {"pageSize": 5, "rowOffset": 0},
        }
        try:
            reply = self._calls.plain("read why a job failed", "POST", "/jobs/list", body=body, base_url=base_url)
        except AirbyteFailure as failure:
            if failure.status in (401, 403, 404, 405):
                return None
            raise
        return readings.failure_reasons(reply, job_id)

    def check(self, source_id: str) -> CheckAnswer | None:
        """The connector's check of a source, run by Airbyte; None where this Airbyte offers none."""
        base_url = self._calls.access.configuration_url
        if base_url is None:
            return None
        doing = "check the source"
        try:
            reply: Any = self._calls.plain(
                doing, "POST", "/sources/check_connection", body={"sourceId": source_id}, base_url=base_url
            )
        except AirbyteFailure as failure:
            if failure.status in (403, 404, 405):
                return None
            raise
        return readings.check_answer(reply)
