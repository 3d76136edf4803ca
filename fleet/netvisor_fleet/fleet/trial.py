"""A new image, tried with a few companies beside the fleet before all companies get it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from netvisor_fleet.airbyte.api import Airbyte
from netvisor_fleet.airbyte.failures import AirbyteFailure
from netvisor_fleet.airbyte.things import Connection, Definition, Job, Source
from netvisor_fleet.companies.company import Company
from netvisor_fleet.fleet import requests
from netvisor_fleet.fleet.inventory import TRIAL
from netvisor_fleet.fleet.plan import Row
from netvisor_fleet.fleet.settings import Settings
from netvisor_fleet.fleet.wanted import WantedConnection, configuration
from netvisor_fleet.health.status import RUNNING

LOOK_SECONDS = 15.0
TRIAL_DAYS = 40
"""Documents of so many days are read: enough to see each stream, little enough for Netvisor."""


class TrialFailed(AirbyteFailure):
    """The new image did not read a company; the sentence says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, status=400)


class Trial:
    """Syncs companies once with a new image, each into a namespace of its own.

    The regular connection rests meanwhile, since Netvisor takes one call at a time for a company. It is not changed
    otherwise, so that a failed trial leaves nothing behind but the trial's tables.

    Args:
        airbyte: the workspace.
        settings: of the fleet.
        tag: of the new image.
        patience: seconds for one sync.
        wait: how much longer than usual to wait between two looks.
        sleep: how to wait.
    """

    def __init__(
        self,
        airbyte: Airbyte,
        settings: Settings,
        tag: str,
        patience: float,
        wait: float = 1.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.airbyte = airbyte
        self.settings = settings
        self.tag = tag
        self._patience = patience
        self._wait = wait
        self._sleep = sleep
        self._lock = threading.Lock()
        self._definition: Definition | None = None

    def prepare(self) -> Definition:
        """A definition with the new image, made beside the fleet's."""
        with self._lock:
            if self._definition is None:
                name = f"{self.settings.definition_name}{TRIAL}{self.tag})"
                self._definition = self.airbyte.definitions.make(name, self.settings.repository, self.tag)
            return self._definition

    def try_with(self, row: Row) -> int:
        """One sync of a company.

        Returns:
            The records that arrived.

        Raises:
            AirbyteFailure: it failed, or could not be tried.
        """
        assert row.company is not None
        if row.connection and any(job.status in RUNNING for job in self.airbyte.jobs.of(row.connection.id, 20)):
            raise TrialFailed("A sync of the company is running; run the command again later.")
        resting = row.connection if row.connection and row.connection.status == "active" else None
        if resting:
            self.airbyte.connections.change(resting.id, requests.stopped_connection())
        try:
            return self._sync(row, row.company)
        finally:
            if resting:
                self.airbyte.connections.change(resting.id, requests.started_connection())

    def _sync(self, row: Row, company: Company) -> int:
        definition = self.prepare()
        recent = replace(company, start_date=(date.today() - timedelta(days=TRIAL_DAYS)).isoformat())  # noqa: DTZ011
        name = f"{company.source_name}{TRIAL}{self.tag})"
        source = self.airbyte.sources.make(definition.id, name, configuration(recent, self.settings))
        connection: Connection | None = None
        try:
            connection = self._connect(row, company, source)
            return self._result(connection, self._ended(self.airbyte.jobs.start_sync(connection.id)))
        finally:
            if connection:
                self.airbyte.connections.delete(connection.id)
            self.airbyte.sources.delete(source.id)

    def _connect(self, row: Row, company: Company, source: Source) -> Connection:
        streams = self.airbyte.sources.streams(source.id, self.settings.destination_id, fresh=True)
        wanted = WantedConnection.of(replace(company, schedule="manual"), self.settings, streams)
        lost = [name for name in wanted.missing if row.connection and name in row.connection.streams]
        if lost:
            raise TrialFailed(f"The new image has no {', '.join(lost)}; take it off the list first.")
        trial = replace(wanted, name=source.name, namespace=f"{wanted.namespace}_trial")
        request = requests.new_connection(trial, source.id, self.settings.destination_id, [])
        return self.airbyte.connections.make(request)

    def _ended(self, job: Job) -> Job:
        waited = 0.0
        while job.status in RUNNING:
            if waited >= self._patience:
                raise TrialFailed(f"The trial's sync (job {job.id}) has not ended; look at it in Airbyte.")
            self._sleep(LOOK_SECONDS * self._wait)
            waited += LOOK_SECONDS
            job = self.airbyte.jobs.get(job.id)
        return job

    def _result(self, connection: Connection, job: Job) -> int:
        if job.status == "succeeded":
            return job.rows or 0
        reasons = self.airbyte.jobs.failure_reasons(connection.id, job.id) or []
        said = next((reason.sentence for reason in reasons if reason.sentence), f"see Airbyte's log of job {job.id}.")
        raise TrialFailed(f"The sync with the new image {job.status}: {said}")


def clear_trials(airbyte: Airbyte, settings: Settings) -> int:
    """Removes what trials have left behind, also those that were killed.

    Returns:
        How many definitions.
    """
    old = [each for each in airbyte.definitions.all() if each.repository == settings.repository and TRIAL in each.name]
    if old:
        ids = {definition.id for definition in old}
        sources = {source.id for source in airbyte.sources.all() if source.definition_id in ids}
        for connection in airbyte.connections.all():
            if connection.source_id in sources:
                airbyte.connections.delete(connection.id)
        for source_id in sorted(sources):
            airbyte.sources.delete(source_id)
        for definition in old:
            airbyte.definitions.delete(definition.id)
    return len(old)
