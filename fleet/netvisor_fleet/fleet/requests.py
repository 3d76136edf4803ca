"""Connections as Airbyte's API takes them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from airbyte_api import models

from netvisor_fleet.airbyte.things import INCREMENTAL_DEDUPED, StreamModes
from netvisor_fleet.fleet.wanted import CUSTOM_NAMESPACE, PROPAGATE, WantedConnection


def new_connection(
    wanted: WantedConnection, source_id: str, destination_id: str, tags: Sequence[models.Tag]
) -> models.ConnectionCreateRequest:
    """The request that makes a connection."""
    return models.ConnectionCreateRequest(
        name=wanted.name,
        source_id=source_id,
        destination_id=destination_id,
        configurations=_streams(wanted.streams or {}),
        schedule=_schedule(wanted.cron),
        namespace_definition=models.NamespaceDefinitionEnum(CUSTOM_NAMESPACE),
        namespace_format=wanted.namespace,
        prefix="",
        non_breaking_schema_updates_behavior=models.NonBreakingSchemaUpdatesBehaviorEnum(PROPAGATE),
        status=models.ConnectionStatusEnum.ACTIVE,
        tags=list(tags),
    )


def changed_connection(
    wanted: WantedConnection, parts: Collection[str], tags: Sequence[models.Tag]
) -> models.ConnectionPatchRequest:
    """The request that changes the named parts, and nothing else.

    Streams above all are sent only if they differ, since Airbyte then runs the connector's discover.
    """
    behavior = models.NonBreakingSchemaUpdatesBehaviorEnumNoDefault(PROPAGATE)
    return models.ConnectionPatchRequest(
        name=wanted.name if "name" in parts else None,
        status=models.ConnectionStatusEnum.ACTIVE if "status" in parts else None,
        schedule=_schedule(wanted.cron) if "schedule" in parts else None,
        non_breaking_schema_updates_behavior=behavior if "schema_changes" in parts else None,
        configurations=_streams(wanted.streams or {}) if "streams" in parts else None,
        tags=list(tags) if "tags" in parts else None,
    )


def stopped_connection() -> models.ConnectionPatchRequest:
    """The request that stops a connection, and keeps it."""
    return models.ConnectionPatchRequest(status=models.ConnectionStatusEnum.INACTIVE)


def started_connection() -> models.ConnectionPatchRequest:
    """The request that lets a stopped connection go on."""
    return models.ConnectionPatchRequest(status=models.ConnectionStatusEnum.ACTIVE)


def _schedule(cron: str | None) -> models.AirbyteAPIConnectionSchedule:
    kind = models.ScheduleTypeEnum.CRON if cron else models.ScheduleTypeEnum.MANUAL
    return models.AirbyteAPIConnectionSchedule(schedule_type=kind, cron_expression=cron)


def _streams(streams: Mapping[str, StreamModes]) -> models.StreamConfigurations:
    return models.StreamConfigurations(streams=[_stream(modes) for modes in streams.values()])


def _stream(modes: StreamModes) -> models.StreamConfiguration:
    """One stream, its mode named: without one Airbyte would overwrite it each time."""
    deduped = modes.best == INCREMENTAL_DEDUPED
    return models.StreamConfiguration(
        name=modes.name,
        sync_mode=models.ConnectionSyncModeEnum(modes.best),
        # the source defines both; they are repeated since the API's description asks for them in this mode
        cursor_field=list(modes.cursor) or None if deduped else None,
        primary_key=[list(path) for path in modes.primary_key] or None if deduped else None,
    )
