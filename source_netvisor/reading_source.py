"""What `check` and `read` are made of: the streams of the manifest, asked in Netvisor's way."""

from __future__ import annotations

import logging
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from airbyte_cdk.models import (
    AirbyteConnectionStatus,
    AirbyteMessage,
    AirbyteStateMessage,
    ConfiguredAirbyteCatalog,
    FailureType,
    Status,
)
from airbyte_cdk.sources import Source
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_netvisor import clock
from source_netvisor.check import Check
from source_netvisor.config import ConfigError, NetvisorConfig
from source_netvisor.manifest import loading
from source_netvisor.manifest.stream_definition import StreamDefinition
from source_netvisor.netvisor.client import Client
from source_netvisor.netvisor.retry_policy import RetryPolicy
from source_netvisor.protocol.messages import Message, Records
from source_netvisor.redaction import shown_names
from source_netvisor.streams.record_buffer import BATCH
from source_netvisor.sync.sync import Sync
from source_netvisor.sync_context import SyncContext


class ReadingSource(Source):
    """A source that checks and reads by itself; its subclasses have the streams and the form from the manifest."""

    batch = BATCH
    """Bytes of records after which a state goes out."""
    retry_policy = RetryPolicy()
    """When the calls of a sync are repeated, and how long they may take."""
    retry_policy_of_checks = Check.RETRY_POLICY
    """The same for those of a check, for which somebody waits."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC. Calls are signed with this machine's, whatever this says."""
        return clock.now()

    @abstractmethod
    def streams_of_manifest(self) -> Sequence[Mapping[str, Any]]:
        """What stands under `streams` in the resolved manifest; its words are valid."""

    def configure(self, config: Mapping[str, Any], temp_dir: str) -> Mapping[str, Any]:
        """The configuration as it is: the CDK would leave its keys in a file, and that file behind after a kill."""
        return config

    def definitions(self) -> dict[str, StreamDefinition]:
        """Every stream of the manifest, by name.

        Raises:
            ManifestError: the manifest or a schema has a mistake.
        """
        return loading.definitions(self.streams_of_manifest())

    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        """Which resources can be read, all in one report; see `check.Check`."""
        try:
            parsed = NetvisorConfig.parse(config, now=self.now())
        except ConfigError as error:
            return AirbyteConnectionStatus(status=Status.FAILED, message=error.message)
        client = Client(parsed, self.retry_policy_of_checks)
        return Check(self.definitions(), client, SyncContext(parsed, self.now())).run(logger)

    def read(
        self,
        logger: logging.Logger,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: list[AirbyteStateMessage] | None = None,
    ) -> Iterator[AirbyteMessage]:
        """The selected streams as the CDK's messages; otherwise as `messages`."""
        for message in self.messages(config, catalog, state):
            if isinstance(message, Records):
                yield from message.messages()
            else:
                yield message

    def messages(
        self,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: list[AirbyteStateMessage] | None = None,
        show: Callable[[AirbyteMessage], None] | None = None,
    ) -> Iterator[Message]:
        """The selected streams; see `sync.Sync`.

        Raises:
            AirbyteTracedException: the configuration or the catalog is wrong, or a stream failed.
        """
        parsed = NetvisorConfig.parse(config, now=self.now())
        definitions = self.definitions()
        selected = [s.stream.name for s in catalog.streams]
        twice = {name for name in selected if selected.count(name) > 1} if len(set(selected)) < len(selected) else ()
        if twice:
            raise AirbyteTracedException(
                message=f"The catalog selects streams more than once: {shown_names(twice)}. Refresh the source's "
                "schema and save the connection.",
                internal_message="streams selected twice",
                failure_type=FailureType.config_error,
            )
        unknown = [name for name in selected if name not in definitions]
        if unknown:
            raise AirbyteTracedException(
                message=f"The catalog selects streams that this connector does not have: {shown_names(unknown)}. "
                "Refresh the source's schema and save the connection.",
                internal_message="unknown streams",
                failure_type=FailureType.config_error,
            )
        client = Client(parsed, self.retry_policy)
        sync = Sync(definitions, client, SyncContext(parsed, self.now()), self.batch, show)
        yield from sync.read(catalog, _states(state))


def _states(saved: list[AirbyteStateMessage] | None) -> dict[str, Any]:
    """Stream name -> what its last STATE carried."""
    states: dict[str, Any] = {}
    for message in saved or []:
        stream = getattr(message, "stream", None)
        if stream is not None and stream.stream_state is not None:
            states[stream.stream_descriptor.name] = dict(vars(stream.stream_state))
    return states
