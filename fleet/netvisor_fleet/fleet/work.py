"""A plan, made and carried out; what `apply` does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from netvisor_fleet.airbyte.api import Airbyte
from netvisor_fleet.airbyte.failures import AirbyteFailure
from netvisor_fleet.airbyte.things import StreamModes
from netvisor_fleet.companies.list_file import CompanyList
from netvisor_fleet.fleet.carrier import Carrier
from netvisor_fleet.fleet.crew import Crew
from netvisor_fleet.fleet.inventory import Inventory, collect
from netvisor_fleet.fleet.plan import Action, Plan, Row, make_plan
from netvisor_fleet.fleet.settings import FleetProblem, Settings

MANY = 10
"""So many leaving companies, and more than a tenth of the fleet, are rather a wrong list."""


@dataclass(frozen=True)
class Outcome:
    """What became of a row of the plan.

    Args:
        done: whether Airbyte looks like the list now.
        sentence: why not, and what to do; empty if done.
    """

    row: Row
    done: bool
    sentence: str = ""


@dataclass
class Result:
    """What became of a plan.

    Args:
        outcomes: of the rows that were begun, and of those with problems.
        not_begun: rows for which there was no time.
        interrupted: by Ctrl-C.
    """

    outcomes: list[Outcome] = field(default_factory=list)
    not_begun: list[Row] = field(default_factory=list)
    interrupted: bool = False

    @property
    def left(self) -> list[Outcome]:
        """What still differs from the list."""
        late = [Outcome(row, done=False, sentence="Not begun; run the command again.") for row in self.not_begun]
        return [outcome for outcome in self.outcomes if not outcome.done] + late


@dataclass(frozen=True)
class Prepared:
    """A plan and what it was made from."""

    plan: Plan
    inventory: Inventory
    modes: Mapping[str, StreamModes] | None


def prepare(airbyte: Airbyte, companies: CompanyList, settings: Settings, *, remove: bool = False) -> Prepared:
    """Looks at Airbyte and compares.

    Raises:
        AirbyteFailure: Airbyte could not be looked at.
        FleetProblem: it is unclear what is the fleet's.
    """
    inventory = collect(airbyte, settings)
    modes = stream_modes(airbyte, inventory, settings)
    plan = make_plan(companies.companies, companies.named, inventory, settings, modes, remove=remove)
    if not companies.complete:
        # a line whose Business ID cannot be read may be any company's
        kept = tuple(row for row in plan.rows if row.action not in (Action.STOP, Action.REMOVE))
        note = ("Lines of the list have no readable Business ID, so nothing is stopped.",) if kept != plan.rows else ()
        plan = Plan(kept, (*plan.notes, *note))
    return Prepared(plan, inventory, modes)


def stream_modes(airbyte: Airbyte, inventory: Inventory, settings: Settings) -> Mapping[str, StreamModes] | None:
    """What the connector's streams can do: the same for each source, so one is asked, or another where that fails.

    Raises:
        AirbyteFailure: three sources in a row do not answer.
    """
    sources = sorted(
        (source for found in inventory.sources.values() for source in found),
        key=lambda source: not inventory.connections_of(source),
    )[:3]
    for number, source in enumerate(sources, start=1):
        try:
            return airbyte.sources.streams(source.id, settings.destination_id)
        except AirbyteFailure:
            if number == len(sources):
                raise
    return None


def guard_against_a_wrong_list(plan: Plan) -> None:
    """Refuses to stop a large part of the fleet, as a truncated list would.

    Raises:
        FleetProblem: with what to do if it is meant.
    """
    leaving = sum(row.action in (Action.STOP, Action.REMOVE) for row in plan.rows)
    if leaving > MANY and leaving * 10 > len(plan.rows):
        raise FleetProblem(
            f"{leaving} of {len(plan.rows)} companies have left the list, which looks like a wrong list: nothing was "
            "done. Add --many-leave if it is meant."
        )


def carry_out(
    airbyte: Airbyte,
    settings: Settings,
    prepared: Prepared,
    at_a_time: int,
    wait: float,
    report: Callable[[Outcome], None],
) -> Result:
    """Carries out the plan.

    Args:
        at_a_time: companies worked on in parallel.
        wait: seconds before the first look at what an unanswered call made.
        report: called with each row that has ended.
    """
    result = Result([Outcome(row, False, " ".join(row.details)) for row in prepared.plan.rows if _problem(row)])
    carrier = Carrier(airbyte, settings, prepared.inventory.definition, prepared.modes, wait)
    work = list(prepared.plan.work)
    crew: Crew[Row, None] = Crew(at_a_time, carrier.carry_out)
    begun = set()
    for ended in crew.run(work):
        begun.add(ended.item.business_id)
        outcome = Outcome(ended.item, ended.failure is None, str(ended.failure or ""))
        result.outcomes.append(outcome)
        report(outcome)
    result.not_begun = [row for row in work if row.business_id not in begun]
    result.interrupted = crew.interrupted
    return result


def _problem(row: Row) -> bool:
    return row.action is Action.PROBLEM


__all__ = ["FleetProblem", "Outcome", "Prepared", "Result", "carry_out", "guard_against_a_wrong_list", "prepare"]
