"""How each company's nights went, from Airbyte's jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from zoneinfo import ZoneInfo

from netvisor_fleet.airbyte.things import Connection, FailureReason, Job
from netvisor_fleet.health import report
from netvisor_fleet.secrecy import safe

HELSINKI = ZoneInfo("Europe/Helsinki")
RED_DAYS = 5
"""From so many days without a success: Netvisor's lists of deletions reach seven days back (article 766891), and after
that the streams with deletions are read again from their beginning."""
YELLOW_DAYS = 2
RED_FAILURES = 20
"""Failed jobs in a row. Airbyte warns at 20 and disables a connection after 30 failed jobs and 7 days without a success
(its platform's code)."""
SYNCS = ("sync", "refresh")
RUNNING = ("pending", "queued", "running", "incomplete")


class Colour(str, Enum):
    """How urgent a company is."""

    RED = "red"
    YELLOW = "yellow"
    GREY = "grey"
    GREEN = "green"


@dataclass(frozen=True)
class Status:
    """A company's state.

    Args:
        last_success: when the last successful sync began; None for never.
        days: calendar days in Helsinki since then, or since the connection was made.
        rows: of the last success; None where Airbyte does not say.
        failures: syncs in a row that failed.
        at_least: there may be more failures than Airbyte's page of jobs shows.
        sentence: why the last one failed, in the connector's own words.
        blocked: streams that Netvisor does not allow.
        reasons: why the colour is what it is.
        action: what to do; empty for nothing.
        running: whether a sync runs now.
    """

    business_id: str
    company_name: str
    colour: Colour
    last_success: datetime | None = None
    days: int | None = None
    rows: int | None = None
    failures: int = 0
    at_least: bool = False
    sentence: str = ""
    blocked: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    action: str = ""
    running: bool = False


@dataclass(frozen=True)
class Nights:
    """What the jobs of a connection say, before it is judged.

    Args:
        failed_job: the newest job that ended, if it failed.
    """

    last_success: Job | None
    failures: int
    at_least: bool
    failed_job: Job | None
    running: bool
    empty: bool


def nights(jobs: Sequence[Job], page: int) -> Nights:
    """Sums up jobs.

    Args:
        jobs: of a connection, newest first.
        page: how many jobs Airbyte was asked for.
    """
    syncs = [job for job in jobs if job.kind in SYNCS]
    ended = [job for job in syncs if job.status in ("succeeded", "failed")]
    last_success = next((job for job in ended if job.status == "succeeded"), None)
    failures = next((number for number, job in enumerate(ended) if job.status == "succeeded"), len(ended))
    return Nights(
        last_success,
        failures,
        at_least=last_success is None and len(jobs) >= page,
        failed_job=ended[0] if failures else None,
        running=any(job.status in RUNNING for job in syncs),
        empty=not syncs,
    )


def missing(business_id: str, company_name: str) -> Status:
    """A company of the list that has no connection."""
    reasons = ("it has no connection in Airbyte",)
    return Status(business_id, company_name, Colour.RED, reasons=reasons, action="run netvisor-fleet apply")


def left(business_id: str, company_name: str) -> Status:
    """A running connection of a company that is not on the list."""
    reasons = ("it is not on the list, and still syncs",)
    return Status(business_id, company_name, Colour.YELLOW, reasons=reasons, action="run netvisor-fleet apply")


@dataclass
class _Judgement:
    """Collects reasons; the worst colour wins."""

    colour: Colour = Colour.GREEN
    reasons: list[str] = field(default_factory=list)

    def add(self, colour: Colour, reason: str) -> None:
        order = list(Colour)
        self.colour = min(self.colour, colour, key=order.index)
        self.reasons.append(reason)


def judge(
    business_id: str,
    company_name: str,
    connection: Connection,
    found: Nights,
    failed: Sequence[FailureReason] | None,
    now: datetime,
) -> Status:
    """The state of a company.

    Args:
        found: its nights.
        failed: why the last job failed; None where Airbyte does not say.
        now: with a time zone.
    """
    since = found.last_success.started if found.last_success else connection.created
    days = max((now.astimezone(HELSINKI).date() - since.astimezone(HELSINKI).date()).days, 0)
    blocked = _blocked(failed or ())
    judgement = _Judgement()
    if connection.status != "active":
        reason = f" ({safe(connection.status_reason)})" if connection.status_reason else ""
        judgement.add(Colour.RED, f"its connection is {connection.status}{reason}: nothing is synced")
    if days >= RED_DAYS:
        judgement.add(Colour.RED, f"{days} days without a success, and Netvisor lists deletions for seven only")
    elif days >= YELLOW_DAYS:
        judgement.add(Colour.YELLOW, f"{days} days without a success")
    if found.failures >= RED_FAILURES:
        more = "at least " if found.at_least else ""
        reason = f"{more}{found.failures} failures in a row: Airbyte disables it after 30 and seven days"
        judgement.add(Colour.RED, reason)
    elif found.failures:
        reason = "the last sync failed" if found.failures == 1 else f"the last {found.failures} syncs failed"
        judgement.add(Colour.YELLOW, reason)
    if blocked:
        judgement.add(
            Colour.YELLOW, "one stream is blocked" if len(blocked) == 1 else f"{len(blocked)} streams are blocked"
        )
    if found.empty and judgement.colour is Colour.GREEN:
        judgement.add(Colour.GREY, "it waits for its first night")
    success = found.last_success
    return Status(
        business_id,
        company_name,
        judgement.colour,
        last_success=success.started if success else None,
        days=days,
        rows=success.rows if success else None,
        failures=found.failures,
        at_least=found.at_least,
        sentence=_sentence(found.failed_job, failed),
        blocked=blocked,
        reasons=tuple(judgement.reasons),
        action=_action(connection, found, blocked, failed),
        running=found.running,
    )


def _blocked(failed: Sequence[FailureReason]) -> tuple[str, ...]:
    names = {each.stream for each in failed if each.stream and report.BLOCKED in each.sentence}
    for each in failed:
        names.update(name for resource in report.read(each.sentence).blocked for name in resource.streams)
    return tuple(sorted(names))


def _sentence(failed_job: Job | None, failed: Sequence[FailureReason] | None) -> str:
    if failed_job is None:
        return ""
    if failed is None:
        return f"This Airbyte does not say why to other programs; see its log of job {failed_job.id}."
    said = sorted(
        (each for each in failed if each.sentence), key=lambda each: (each.origin != "source", bool(each.stream))
    )
    if not said:
        return f"No reason is given; see Airbyte's log of job {failed_job.id}."
    first = said[0]
    where = f"{first.stream}: " if first.stream else "" if first.origin == "source" else f"{first.origin}: "
    return where + safe(first.sentence)


def _action(
    connection: Connection, found: Nights, blocked: Sequence[str], failed: Sequence[FailureReason] | None
) -> str:
    text = " ".join(each.sentence for each in failed or ())
    if blocked:
        return "have the resources allowed (netvisor-fleet check --letters), or take the streams off the list"
    if "AUTHENTICATION_FAILED" in text:
        return "get new API identifiers, write them into the list, and run netvisor-fleet rotate"
    if connection.status != "active":
        return "find out why, then run netvisor-fleet apply, which starts it again"
    if any(each.origin == "destination" for each in failed or ()):
        return "look at the destination"
    if found.failures:
        return "run netvisor-fleet check; if that is fine, see Airbyte's log"
    return ""
