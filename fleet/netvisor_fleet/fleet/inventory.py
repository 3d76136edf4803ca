"""What Airbyte has of the fleet now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from netvisor_fleet.airbyte.api import Airbyte
from netvisor_fleet.airbyte.things import Connection, Definition, Source
from netvisor_fleet.companies import business_id
from netvisor_fleet.fleet.settings import FleetProblem, Settings

TRIAL = " (trial of "
"""In the name of a definition that `upgrade` makes and removes."""


@dataclass(frozen=True)
class Inventory:
    """The connector's definition, its sources and their connections.

    Args:
        definition: None before the first `apply`.
        sources: by Business ID; more than one where somebody made a second.
        nameless: sources of the connector without a readable Business ID.
        connections: by source ID.
    """

    definition: Definition | None
    sources: dict[str, list[Source]]
    nameless: tuple[Source, ...]
    connections: dict[str, list[Connection]]

    def connections_of(self, source: Source) -> list[Connection]:
        """Those that read from the source."""
        return self.connections.get(source.id, [])

    def company_of(self, connection: Connection) -> str | None:
        """The Business ID that a connection reads."""
        for identity, sources in self.sources.items():
            if any(source.id == connection.source_id for source in sources):
                return identity
        return None


def collect(airbyte: Airbyte, settings: Settings) -> Inventory:
    """Asks Airbyte.

    Raises:
        AirbyteFailure: a list could not be read.
        FleetProblem: it is unclear which definition is the connector's.
    """
    definition = find_definition(airbyte.definitions.all(), settings)
    if definition is None:
        return Inventory(None, {}, (), {})
    sources: dict[str, list[Source]] = defaultdict(list)
    nameless = []
    for source in airbyte.sources.all():
        if source.definition_id != definition.id:
            continue
        identity = identity_of(source)
        if identity:
            sources[identity].append(source)
        else:
            nameless.append(source)
    connections: dict[str, list[Connection]] = defaultdict(list)
    for connection in airbyte.connections.all():
        if connection.status != "deprecated":
            connections[connection.source_id].append(connection)
    return Inventory(definition, dict(sources), tuple(nameless), dict(connections))


def find_definition(definitions: Sequence[Definition], settings: Settings) -> Definition | None:
    """The connector's definition.

    Raises:
        FleetProblem: there are several of the image, and none or many have the fleet's name.
    """
    found = [each for each in definitions if each.repository == settings.repository and TRIAL not in each.name]
    if len(found) > 1:
        named = [each for each in found if each.name == settings.definition_name]
        if len(named) != 1:
            raise FleetProblem(
                f"Airbyte has {len(found)} connectors with the image {settings.repository}, and it is unclear which "
                f"one is the fleet's: keep one, or name it with --definition-name "
                f"({', '.join(each.name for each in found)})."
            )
        found = named
    return found[0] if found else None


def identity_of(source: Source) -> str | None:
    """The Business ID that a source reads: from its configuration, else from its name."""
    configured = source.configuration.get("business_id")
    if isinstance(configured, str):
        try:
            return business_id.parse(configured)
        except business_id.NotABusinessId:
            pass
    return business_id.find(source.name)
