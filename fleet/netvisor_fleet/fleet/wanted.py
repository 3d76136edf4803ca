"""What Airbyte shall have of a company, as the list and the settings say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from netvisor_fleet.airbyte.things import OVERWRITE, SECRET_MASK, Connection, Source, StreamModes
from netvisor_fleet.companies.company import Company
from netvisor_fleet.companies.schedule import MANUAL
from netvisor_fleet.fleet.settings import Settings
from netvisor_fleet.secrecy import fingerprint

FINGERPRINTS = {"api_key": "fleet_fingerprint", "partner_key": "fleet_partner_fingerprint"}
"""Properties of the source's configuration that the connector does not read. Airbyte never shows a secret again, so
this is how a changed key is noticed without sending every key every time."""
CUSTOM_NAMESPACE = "custom_format"
PROPAGATE = "propagate_columns"
"""New columns arrive by themselves. New streams do not: they would come without a mode, and with payroll."""


def configuration(company: Company, settings: Settings) -> dict[str, Any]:
    """The source's configuration, with its secrets."""
    wanted: dict[str, Any] = {
        "company_name": company.company_name,
        "business_id": company.business_id,
        "api_user_id": company.api_user_id,
        "api_key": company.api_key.value,
        **company.options,
    }
    if company.start_date:
        wanted["start_date"] = company.start_date
    if settings.partner_id:
        wanted["partner_id"] = settings.partner_id
    if settings.partner_key:
        wanted["partner_key"] = settings.partner_key
    for secret, name in FINGERPRINTS.items():
        if secret in wanted:
            wanted[name] = fingerprint(company.business_id, wanted[secret])
    return wanted


def configuration_changes(source: Source, wanted: Mapping[str, Any]) -> list[str]:
    """Which properties differ, by name; secrets by their fingerprint."""
    now = source.configuration
    compared = {name: FINGERPRINTS.get(name, name) for name in wanted if name not in FINGERPRINTS.values()}
    return [name for name, shown in compared.items() if now.get(shown) != wanted[shown]]


def merged_configuration(source: Source, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What is sent: what this tool does not manage stays, as far as Airbyte shows it."""
    return {**{name: value for name, value in source.configuration.items() if value != SECRET_MASK}, **wanted}


@dataclass(frozen=True)
class WantedConnection:
    """A connection as the list wants it.

    Args:
        cron: without a time zone, UTC; None for manual.
        streams: by name; None while the connector's streams are not known.
        missing: wanted streams that the connector in Airbyte does not have.
        tags: names.
    """

    name: str
    namespace: str
    cron: str | None
    streams: Mapping[str, StreamModes] | None
    missing: tuple[str, ...]
    tags: frozenset[str]

    @staticmethod
    def of(company: Company, settings: Settings, modes: Mapping[str, StreamModes] | None) -> WantedConnection:
        """What the list says of a company's connection."""
        when = company.schedule
        names = company.streams.names
        return WantedConnection(
            company.source_name,
            company.namespace,
            settings.night.cron_of(company.business_id) if when is None else None if when == MANUAL else when,
            None if modes is None else {name: modes[name] for name in names if name in modes},
            () if modes is None else tuple(name for name in names if name not in modes),
            frozenset((settings.fleet_tag, *company.tags)),
        )

    def changes(self, now: Connection) -> list[str]:
        """What differs, as parts of ConnectionPatchRequest: name, status, schedule, schema_changes, streams, tags."""
        wanted_modes = {name: modes.best for name, modes in (self.streams or {}).items()}
        differs = {
            "name": now.name != self.name,
            "status": now.status != "active",
            "schedule": (now.schedule, now.cron) != (("cron", self.cron) if self.cron else ("manual", None)),
            "schema_changes": now.schema_changes != PROPAGATE,
            "streams": self.streams is not None and _with_modes(now.streams) != wanted_modes,
            "tags": frozenset(now.tags) != self.tags,
        }
        return [part for part, is_so in differs.items() if is_so]

    def misplaced(self, now: Connection) -> bool:
        """It writes elsewhere; a change would leave the new tables without all that was read before."""
        return (now.namespace_definition, now.namespace_format, now.prefix) != (CUSTOM_NAMESPACE, self.namespace, "")


def _with_modes(streams: Mapping[str, str]) -> dict[str, str]:
    # Airbyte itself takes a stream without a mode for one that is overwritten
    return {name: mode or OVERWRITE for name, mode in streams.items()}
