"""What has to be done so that Airbyte looks like the list."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from netvisor_fleet.airbyte.things import Connection, Source, StreamModes
from netvisor_fleet.companies.company import Company
from netvisor_fleet.fleet.inventory import Inventory
from netvisor_fleet.fleet.settings import Settings
from netvisor_fleet.fleet.wanted import WantedConnection, configuration, configuration_changes


class Action(str, Enum):
    """What happens with a company."""

    MAKE = "make"
    CHANGE = "change"
    KEEP = "keep"
    STOP = "stop"
    REMOVE = "remove"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Row:
    """One company in the plan.

    Args:
        details: what is made, changed or wrong, for a person.
        company: of the list; None if it left.
        source: that is there; None if it is made.
        connection: that is there; None if it is made.
        source_changes: names of properties, and `name`.
        connection_changes: parts of the connection, as `WantedConnection.changes` names them.
        spare: sources that were made twice, and are removed.
        leaving: connections that are stopped or removed.
    """

    business_id: str
    company_name: str
    action: Action
    details: tuple[str, ...] = ()
    company: Company | None = None
    source: Source | None = None
    connection: Connection | None = None
    source_changes: tuple[str, ...] = ()
    connection_changes: tuple[str, ...] = ()
    spare: tuple[Source, ...] = ()
    leaving: tuple[Connection, ...] = ()


@dataclass(frozen=True)
class Plan:
    """All rows, in the order in which they are carried out.

    Args:
        notes: what else somebody should know.
    """

    rows: tuple[Row, ...]
    notes: tuple[str, ...] = field(default=())

    def count(self) -> Counter[str]:
        """Rows by action."""
        return Counter(row.action.value for row in self.rows)

    @property
    def work(self) -> tuple[Row, ...]:
        """The rows with something to do."""
        return tuple(row for row in self.rows if row.action not in (Action.KEEP, Action.PROBLEM))


def make_plan(
    companies: Sequence[Company],
    named: Collection[str],
    inventory: Inventory,
    settings: Settings,
    modes: Mapping[str, StreamModes] | None,
    *,
    remove: bool = False,
) -> Plan:
    """Compares the list with Airbyte.

    Args:
        companies: of the list.
        named: Business IDs that the list names, also in lines with mistakes: those companies are left alone.
        inventory: what Airbyte has.
        settings: of the fleet.
        modes: the connector's streams; None while no source is there to ask.
        remove: whether companies that left are removed instead of stopped.
    """
    rows = [_row(company, inventory, settings, modes) for company in companies]
    rows += [
        row
        for identity in sorted(inventory.sources)
        if identity not in named
        for row in _left(identity, inventory, settings, remove=remove)
    ]
    return Plan(tuple(rows), tuple(_notes(inventory, settings, rows, modes)))


def _row(company: Company, inventory: Inventory, settings: Settings, modes: Mapping[str, StreamModes] | None) -> Row:
    wanted = WantedConnection.of(company, settings, modes)
    row = Row(company.business_id, company.company_name, Action.KEEP, company=company)
    sources = inventory.sources.get(company.business_id, [])
    used = [source for source in sources if inventory.connections_of(source)]
    if len(used) > 1:
        return _problem(row, f"{len(used)} sources with connections read this company; remove all but one in Airbyte.")
    source = next(iter(used or sources), None)
    spare = tuple(each for each in sources if each is not source)
    foreign = [each for each in spare if not made_here(each)]
    if foreign:
        return _problem(row, f"the source {foreign[0].name!r} is for the same company; remove it in Airbyte.")
    connections = inventory.connections_of(source) if source else []
    here = [each for each in connections if each.destination_id == settings.destination_id]
    own = [each for each in here if settings.fleet_tag in each.tags]
    for each in connections:
        if settings.fleet_tag not in each.tags and each.status == "active":
            return _problem(
                row,
                f"the connection {each.name!r} reads this company already, and was not made by this tool: stop it in "
                f"Airbyte, or give it the tag {settings.fleet_tag} to hand it over.",
            )
    if len(own) > 1:
        return _problem(row, f"{len(own)} connections read this company; remove all but one in Airbyte.")
    return _compared(row, company, settings, wanted, source, own[0] if own else None, spare)


def _compared(
    row: Row,
    company: Company,
    settings: Settings,
    wanted: WantedConnection,
    source: Source | None,
    connection: Connection | None,
    spare: tuple[Source, ...],
) -> Row:
    if connection and wanted.misplaced(connection):
        return _problem(
            row,
            f"its connection does not write to the namespace {wanted.namespace}: delete the connection in Airbyte (the "
            "data stay) and apply again, since a changed namespace would begin without the earlier records.",
        )
    if connection and connection.status == "locked":
        return _problem(row, f"Airbyte has locked its connection ({connection.status_reason or 'no reason is given'}).")
    source_changes: list[str] = []
    if source:
        source_changes = configuration_changes(source, configuration(company, settings))
        source_changes += ["name"] if source.name != company.source_name else []
    connection_changes = wanted.changes(connection) if connection else []
    details = [f"source: {', '.join(source_changes)}"] if source_changes else []
    details += _connection_details(connection_changes, connection, wanted)
    details += ["a second source of the company is removed"] if spare else []
    if source and not source_changes and not company.start_date and source.configuration.get("start_date"):
        details.append(f"the start date stays {source.configuration['start_date']}; write the one that you want")
    if source is None:
        action, details = Action.MAKE, [f"source and connection into {wanted.namespace}"]
    elif connection is None:
        action, details = Action.MAKE, [f"connection into {wanted.namespace}", *details]
    else:
        action = Action.CHANGE if source_changes or connection_changes or spare else Action.KEEP
    if wanted.missing:
        details.append(f"the connector in Airbyte has no {', '.join(wanted.missing)}")
    return Row(
        row.business_id, row.company_name, action, tuple(details), company, source, connection, tuple(source_changes),
        tuple(connection_changes), spare,
    )  # fmt: skip


def _connection_details(parts: Sequence[str], now: Connection | None, wanted: WantedConnection) -> list[str]:
    if now is None:
        return []
    words = {
        "name": "name",
        "status": f"starts again (it is {now.status})",
        "schedule": f"schedule: {wanted.cron or 'manual'}",
        "schema_changes": "schema changes propagated",
        "streams": f"streams: {_difference(now.streams, wanted)}",
        "tags": f"tags: {', '.join(sorted(wanted.tags))}",
    }
    return [words[part] for part in parts]


def _difference(now: Mapping[str, str], wanted: WantedConnection) -> str:
    modes = {name: stream.best for name, stream in (wanted.streams or {}).items()}
    more = sorted(modes.keys() - now.keys())
    less = sorted(now.keys() - modes.keys())
    other = sorted(name for name in modes.keys() & now.keys() if modes[name] != now[name])
    parts = (
        [f"+{name}" for name in more] + [f"-{name}" for name in less] + [f"{name} to {modes[name]}" for name in other]
    )
    return " ".join(parts[:6]) + (f" and {len(parts) - 6} more" if len(parts) > 6 else "")


def _left(identity: str, inventory: Inventory, settings: Settings, *, remove: bool) -> list[Row]:
    """A company that is in Airbyte and not on the list."""
    sources = inventory.sources[identity]
    own = [each for source in sources for each in inventory.connections_of(source) if settings.fleet_tag in each.tags]
    orphans = tuple(source for source in sources if made_here(source) and not inventory.connections_of(source))
    name = sources[0].name
    if remove and (own or orphans):
        ours = {each.id for each in own}
        emptied = tuple(
            source
            for source in sources
            if source in orphans
            or (inventory.connections_of(source) and all(each.id in ours for each in inventory.connections_of(source)))
        )
        details = ("it left the list: connection and source are removed, its tables stay",)
        return [Row(identity, name, Action.REMOVE, details, spare=emptied, leaving=tuple(own))]
    running = tuple(each for each in own if each.status == "active")
    if not running:
        return []
    return [Row(identity, name, Action.STOP, ("it left the list: its connection is stopped",), leaving=running)]


def made_here(source: Source) -> bool:
    """Whether the source is named as this tool names them."""
    return re.search(r" \([0-9]{7}-[0-9]\)$", source.name) is not None


def _problem(row: Row, sentence: str) -> Row:
    return Row(row.business_id, row.company_name, Action.PROBLEM, (sentence,), row.company)


def _notes(
    inventory: Inventory, settings: Settings, rows: Sequence[Row], modes: Mapping[str, StreamModes] | None
) -> list[str]:
    notes = []
    definition = inventory.definition
    if definition is None:
        notes.append(f"The connector is added to Airbyte: {settings.repository}:{settings.tag}.")
    elif definition.tag != settings.tag:
        notes.append(
            f"The connector in Airbyte has the image {definition.repository}:{definition.tag}; apply does not change "
            f"it, netvisor-fleet upgrade {settings.tag} does."
        )
    if modes is None and any(row.action is Action.MAKE for row in rows):
        notes.append("The streams' modes are known as soon as the first source is made.")
    if inventory.nameless:
        names = ", ".join(repr(source.name) for source in inventory.nameless[:5])
        notes.append(f"{len(inventory.nameless)} sources of the connector have no readable Business ID ({names}).")
    return notes
