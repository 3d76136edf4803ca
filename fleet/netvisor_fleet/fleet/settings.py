"""What holds for the whole fleet."""

from __future__ import annotations

from dataclasses import dataclass, field

from netvisor_fleet.companies.schedule import Night

REPOSITORY = "airbyte/source-netvisor"
TAG = "0.1.0"
DEFINITION_NAME = "Visma Netvisor"
FLEET_TAG = "netvisor-fleet"
NIGHT = "20:00-03:00"


class FleetProblem(Exception):
    """Nothing can be done before somebody decides; the text says what."""


@dataclass(frozen=True)
class Settings:
    """Options of a command.

    Args:
        destination_id: where every company's namespace is.
        repository: of the connector's image.
        tag: of the image, for a definition that is made.
        fleet_tag: by which this tool knows its own connections in Airbyte.
        night: over which the companies are spread.
        partner_id: the software partner's credentials; empty where Airbyte or the image has them.
        partner_key: as `partner_id`.
    """

    destination_id: str
    repository: str = REPOSITORY
    tag: str = TAG
    definition_name: str = DEFINITION_NAME
    fleet_tag: str = FLEET_TAG
    night: Night = field(default_factory=lambda: Night.parse(NIGHT))
    partner_id: str = ""
    partner_key: str = field(default="", repr=False)
