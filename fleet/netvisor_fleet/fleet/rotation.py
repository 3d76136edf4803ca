"""New keys, each tried before Airbyte gets it, in an order in which no night fails."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timezone

from netvisor_fleet.airbyte.api import Airbyte
from netvisor_fleet.airbyte.failures import AirbyteFailure
from netvisor_fleet.airbyte.things import CheckAnswer, Connection
from netvisor_fleet.companies.company import Company
from netvisor_fleet.fleet.plan import Plan, Row
from netvisor_fleet.fleet.settings import Settings
from netvisor_fleet.fleet.wanted import configuration, merged_configuration
from netvisor_fleet.health.checking import Verdict, understand
from netvisor_fleet.health.status import RUNNING

CREDENTIALS = ("api_key", "api_user_id", "partner_id", "partner_key")
"""Changes of a source that only a rotation makes."""
LOOK_SECONDS = 15.0
"""Between two looks at a sync that runs."""


class NewKeyRefused(AirbyteFailure):
    """The new key does not work, so the old one stays."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, status=400)


class PartnerRefused(AirbyteFailure):
    """The partner's new key does not work: it is the same for all, so nothing more is tried."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, status=403)


@dataclass(frozen=True)
class Rotation:
    """Gives companies their new keys.

    Args:
        airbyte: the workspace.
        settings: with the partner's credentials.
        check: the connector's check with the new keys, outside Airbyte.
        patience: seconds to wait for a sync that runs, which ends with the keys that it began with.
        wait: how much longer than usual to wait between two looks.
        sleep: how to wait.
    """

    airbyte: Airbyte
    settings: Settings
    check: Callable[[Company], CheckAnswer]
    patience: float
    wait: float = 1.0
    sleep: Callable[[float], None] = time.sleep

    def rotate(self, row: Row) -> None:
        """Tries the new keys, waits until no sync runs, and hands them to Airbyte.

        Raises:
            AirbyteFailure: the old keys are still in place; the sentence says why.
        """
        assert row.company is not None and row.source is not None
        self._try(row.company)
        if row.connection is not None:
            self._wait_until_idle(row.connection)
        wanted = configuration(row.company, self.settings)
        self.airbyte.sources.change(row.source.id, row.source.name, merged_configuration(row.source, wanted))

    def _try(self, company: Company) -> None:
        checked = understand(company, self.check(company))
        if checked.verdict in (Verdict.REFUSED, Verdict.UNREACHABLE):
            sentence = f"The new key was not taken into use: {checked.sentence}"
            raise (PartnerRefused if checked.of_partner else NewKeyRefused)(sentence)

    def _wait_until_idle(self, connection: Connection) -> None:
        waited = 0.0
        while any(job.status in RUNNING for job in self.airbyte.jobs.of(connection.id, 20)):
            if waited >= self.patience:
                raise NewKeyRefused("A sync is running that may still need the old key; run the command again later.")
            self.sleep(LOOK_SECONDS * self.wait)
            waited += LOOK_SECONDS


def due(plan: Plan, now: datetime | None = None) -> list[Row]:
    """The companies whose keys have changed, the one that syncs next first."""
    moment = now or datetime.now(timezone.utc)
    changed = [row for row in plan.rows if row.source is not None and set(row.source_changes) & set(CREDENTIALS)]
    return sorted(changed, key=lambda row: minutes_until(row.connection, moment))


def minutes_until(connection: Connection | None, now: datetime) -> int:
    """Minutes until a connection's next sync, as far as a daily cron expression says; a day for every other one."""
    fields = (connection.cron or "").split() if connection and connection.status == "active" else []
    if len(fields) < 6 or not (fields[1].isdigit() and fields[2].isdigit()):
        return 1440
    minute = int(fields[2]) * 60 + int(fields[1])
    return (minute - (now.hour * 60 + now.minute)) % 1440


def only(rows: Iterable[Row], business_ids: Iterable[str]) -> list[Row]:
    """Those of some companies; of all, if none is named."""
    wanted = set(business_ids)
    return [row for row in rows if not wanted or row.business_id in wanted]
