"""Asks Airbyte how the companies of a list are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from netvisor_fleet.airbyte.api import Airbyte
from netvisor_fleet.airbyte.calls import PAGE
from netvisor_fleet.airbyte.failures import AirbyteFailure
from netvisor_fleet.airbyte.things import Connection
from netvisor_fleet.companies.list_file import CompanyList
from netvisor_fleet.fleet.crew import Crew
from netvisor_fleet.fleet.inventory import Inventory
from netvisor_fleet.fleet.settings import Settings
from netvisor_fleet.health.status import Colour, Status, judge, left, missing, nights

_Item = tuple[str, str, Connection]


def look(
    airbyte: Airbyte,
    companies: CompanyList,
    inventory: Inventory,
    settings: Settings,
    now: datetime,
    at_a_time: int,
    step: Callable[[str], None],
) -> list[Status]:
    """The state of every company, the most urgent first.

    Args:
        inventory: what Airbyte has.
        now: with a time zone.
        at_a_time: companies asked for in parallel.
        step: called with each company that has been asked for.

    Raises:
        AirbyteFailure: Airbyte refuses the credentials, or does not answer.
    """
    found: list[Status] = []
    items: list[_Item] = []
    for business_id, company_name in _names(companies, inventory).items():
        connection = fleet_connection(inventory, settings, business_id)
        if connection is None:
            found.append(missing(business_id, company_name))
        else:
            items.append((business_id, company_name, connection))
    if companies.complete:
        found += _not_on_the_list(companies, inventory, settings)
    crew: Crew[_Item, Status] = Crew(at_a_time, lambda item: _status(airbyte, item, now))
    for ended in crew.run(items):
        if ended.result is None:
            raise ended.failure or AirbyteFailure("A company could not be looked at.")
        found.append(ended.result)
        step("")
    return sorted(found, key=urgency)


def urgency(status: Status) -> tuple[int, int, str]:
    """Sorts the most urgent first."""
    return list(Colour).index(status.colour), -(status.days or 0), status.company_name


def fleet_connection(inventory: Inventory, settings: Settings, business_id: str) -> Connection | None:
    """The fleet's connection of a company."""
    own = [
        each
        for source in inventory.sources.get(business_id, ())
        for each in inventory.connections_of(source)
        if settings.fleet_tag in each.tags
    ]
    return next(iter(sorted(own, key=lambda each: each.status != "active")), None)


def _names(companies: CompanyList, inventory: Inventory) -> dict[str, str]:
    """Every company of the list, also those in whose lines something is wrong."""
    names = {company.business_id: company.company_name for company in companies.companies}
    for business_id in sorted(companies.named - names.keys()):
        sources = inventory.sources.get(business_id)
        names[business_id] = sources[0].name if sources else "(a line with mistakes)"
    return names


def _status(airbyte: Airbyte, item: _Item, now: datetime) -> Status:
    business_id, company_name, connection = item
    summed = nights(airbyte.jobs.of(connection.id), PAGE)
    failed = airbyte.jobs.failure_reasons(connection.id, summed.failed_job.id) if summed.failed_job else []
    return judge(business_id, company_name, connection, summed, failed, now)


def _not_on_the_list(companies: CompanyList, inventory: Inventory, settings: Settings) -> Sequence[Status]:
    found = []
    for business_id, sources in inventory.sources.items():
        connection = fleet_connection(inventory, settings, business_id)
        if business_id not in companies.named and connection and connection.status == "active":
            found.append(left(business_id, sources[0].name))
    return found
