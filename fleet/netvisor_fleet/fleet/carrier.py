"""Carries out one row of a plan."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

from airbyte_api import models

from netvisor_fleet.airbyte.api import Airbyte
from netvisor_fleet.airbyte.failures import AirbyteFailure
from netvisor_fleet.airbyte.things import Connection, Definition, Source, StreamModes
from netvisor_fleet.companies.company import Company
from netvisor_fleet.fleet import requests
from netvisor_fleet.fleet.inventory import find_definition, identity_of
from netvisor_fleet.fleet.plan import Action, Row
from netvisor_fleet.fleet.settings import Settings
from netvisor_fleet.fleet.wanted import WantedConnection, configuration, merged_configuration

_T = TypeVar("_T")
TAG_COLOR = "75DCFF"
LOOKS = 4
"""After a call without an answer Airbyte is looked at so often, for what the call may have made."""


class Carrier:
    """Does what a plan says, one company at a time; safe to use from several threads.

    Args:
        airbyte: the workspace.
        settings: of the fleet.
        modes: the connector's streams, if they are known already.
        wait: seconds before the first look at what an unanswered call made; each further wait is twice as long.
        sleep: how to wait.
    """

    def __init__(
        self,
        airbyte: Airbyte,
        settings: Settings,
        definition: Definition | None,
        modes: Mapping[str, StreamModes] | None,
        wait: float = 2.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._airbyte = airbyte
        self._settings = settings
        self._definition = definition
        self._modes = modes
        self._wait = wait
        self._sleep = sleep
        self._lock = threading.Lock()
        self._tags: dict[str, models.Tag] = {}

    def carry_out(self, row: Row) -> None:
        """Makes Airbyte look like the row.

        Raises:
            AirbyteFailure: with a sentence; what was done before stays, and the next run goes on from there.
        """
        if row.action is Action.STOP:
            for connection in row.leaving:
                self._airbyte.connections.change(connection.id, requests.stopped_connection())
        elif row.action is Action.REMOVE:
            for connection in row.leaving:
                self._airbyte.connections.delete(connection.id)
            for source in row.spare:
                self._airbyte.sources.delete(source.id)
        elif row.company is not None:
            self._make_or_change(row, row.company)

    def _make_or_change(self, row: Row, company: Company) -> None:
        wanted_configuration = configuration(company, self._settings)
        source = row.source
        if source is None:
            source = self._new_source(company)
        elif row.source_changes:
            merged = merged_configuration(source, wanted_configuration)
            self._airbyte.sources.change(source.id, company.source_name, merged)
        for spare in row.spare:
            self._airbyte.sources.delete(spare.id)
        if row.connection is None:
            self._new_connection(company, source)
        elif row.connection_changes:
            wanted = WantedConnection.of(company, self._settings, self._modes_of(source.id))
            tags = self._tags_of(wanted) if "tags" in row.connection_changes else []
            body = requests.changed_connection(wanted, row.connection_changes, tags)
            self._airbyte.connections.change(row.connection.id, body)

    # --- making, without making anything twice ------------------------------------------------------------------------

    def _new_source(self, company: Company) -> Source:
        definition = self.definition()
        return self._made_once(
            lambda: self._airbyte.sources.make(
                definition.id, company.source_name, configuration(company, self._settings)
            ),
            lambda: next(
                (
                    each
                    for each in self._airbyte.sources.all()
                    if each.definition_id == definition.id and identity_of(each) == company.business_id
                ),
                None,
            ),
        )

    def _new_connection(self, company: Company, source: Source) -> Connection:
        wanted = WantedConnection.of(company, self._settings, self._modes_of(source.id))
        body = requests.new_connection(wanted, source.id, self._settings.destination_id, self._tags_of(wanted))
        return self._made_once(
            lambda: self._airbyte.connections.make(body),
            lambda: next((each for each in self._airbyte.connections.all() if each.source_id == source.id), None),
        )

    def definition(self) -> Definition:
        """The connector's definition, made if it is not there."""
        with self._lock:
            if self._definition is None:
                settings = self._settings
                self._definition = self._made_once(
                    lambda: self._airbyte.definitions.make(settings.definition_name, settings.repository, settings.tag),
                    lambda: find_definition(self._airbyte.definitions.all(), settings),
                )
            return self._definition

    def _made_once(self, make: Callable[[], _T], find: Callable[[], _T | None]) -> _T:
        """Makes a thing; after a call that may have been carried out, looks before it tries again."""
        for attempt in range(3):
            try:
                return make()
            except AirbyteFailure as failure:
                if not failure.uncertain:
                    raise
                for look in range(LOOKS):
                    self._sleep(self._wait * 2**look)
                    found = find()
                    if found is not None:
                        return found
                    if failure.status is not None:
                        break  # an answer came, so the call has ended
                if attempt == 2:
                    raise
        raise AssertionError("the last attempt returns or raises")

    # --- what all companies share -------------------------------------------------------------------------------------

    def _modes_of(self, source_id: str) -> Mapping[str, StreamModes]:
        with self._lock:
            if self._modes is None:
                self._modes = self._airbyte.sources.streams(source_id, self._settings.destination_id)
            return self._modes

    def _tags_of(self, wanted: WantedConnection) -> list[models.Tag]:
        with self._lock:
            if not self._tags:
                self._tags = self._airbyte.tags.all()
            for name in sorted(wanted.tags - self._tags.keys()):
                self._tags[name] = self._airbyte.tags.make(name, TAG_COLOR)
            return [self._tags[name] for name in sorted(wanted.tags)]
