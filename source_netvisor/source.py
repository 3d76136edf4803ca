"""The Airbyte source: form and streams from the manifest; check and read in Netvisor's way."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
from airbyte_cdk.models import (
    AirbyteCatalog,
    AirbyteConnectionStatus,
    AirbyteMessage,
    AirbyteStateMessage,
    ConfiguredAirbyteCatalog,
    FailureType,
    Status,
)
from airbyte_cdk.sources.declarative.yaml_declarative_source import YamlDeclarativeSource
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_netvisor import clock
from source_netvisor.check import Check
from source_netvisor.config import ConfigError, NetvisorConfig
from source_netvisor.manifest import rules, validation
from source_netvisor.manifest.mistakes import ManifestError
from source_netvisor.manifest.stream_definition import StreamDefinition
from source_netvisor.netvisor.client import Client
from source_netvisor.protocol.messages import Message, Records
from source_netvisor.redaction import shown_names
from source_netvisor.streams.record_buffer import BATCH
from source_netvisor.sync.sync import Sync
from source_netvisor.sync_context import SyncContext

MANIFEST = Path(__file__).with_name("manifest.yaml")
"""With its whole path: the CDK takes a file of that name in the working directory first, whoever's it is."""
SCHEMAS = MANIFEST.with_name("schemas")


class SourceNetvisor(YamlDeclarativeSource):
    """Reads a company's accounting, sales, purchases, products, payroll and users out of Visma Netvisor."""

    def __init__(
        self,
        catalog: ConfiguredAirbyteCatalog | None = None,
        config: Mapping[str, Any] | None = None,
        state: list[AirbyteStateMessage] | None = None,
        **kwargs: Any,
    ) -> None:
        # the CDK's own handling of state is not used: it would refuse ours before we can say why
        try:
            super().__init__(catalog=catalog, config=config, state=None, path_to_yaml=str(MANIFEST), **kwargs)
        except Exception as error:
            if mistake := validation.refused_by_the_cdk(error, MANIFEST):
                raise mistake from None
            raise

        self.batch = BATCH
        """Bytes of records after which a state goes out."""

    def configure(self, config: Mapping[str, Any], temp_dir: str) -> Mapping[str, Any]:
        """The configuration as it is: the CDK would leave its keys in a file, and that file behind after a kill."""
        return config

    def definitions(self) -> dict[str, StreamDefinition]:
        """Every stream of the manifest, by name.

        Raises:
            ManifestError: the manifest or a schema has a mistake.
        """
        found = {}
        for stream in self.resolved_manifest["streams"]:
            definition = StreamDefinition.from_manifest(stream, _schema(stream["name"]))
            rules.check(definition)
            if definition.name in found:
                raise ManifestError(definition.name, "name", "another stream has the same name")
            found[definition.name] = definition
        return found

    def _validate_source(self) -> None:
        """Called by the CDK when the manifest is loaded: what stands under a retriever means nothing to the CDK."""
        for stream in self.resolved_manifest["streams"]:
            validation.validate(stream)
        super()._validate_source()

    def discover(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteCatalog:
        """The streams with their schemas, as the CDK makes them of a manifest without mistakes."""
        self.definitions()
        catalog = super().discover(logger, config)
        for stream in catalog.streams:
            # said otherwise, Airbyte keeps the rows of a full refresh that failed and adds those of the next attempt
            stream.is_resumable = False
        return catalog

    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        """Which resources can be read, all in one report; see `check.Check`."""
        try:
            parsed = NetvisorConfig.parse(config)
        except ConfigError as error:
            return AirbyteConnectionStatus(status=Status.FAILED, message=error.message)
        return Check(self.definitions(), Client(parsed, Check.RETRY_POLICY), SyncContext(parsed, clock.now())).run(
            logger
        )

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
        parsed = NetvisorConfig.parse(config)
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
        client = Client(parsed)
        sync = Sync(definitions, client, SyncContext(parsed, clock.now()), self.batch, show)
        yield from sync.read(catalog, _states(state))


def _schema(stream: str) -> dict[str, Any]:
    """The same file as the CDK takes, in a tenth of the CDK's time."""
    file = SCHEMAS / f"{stream}.json"
    if not file.is_file():
        raise ManifestError(stream, "", f"the file schemas/{stream}.json is missing")
    schema: dict[str, Any] = orjson.loads(file.read_bytes())
    return schema


def _states(saved: list[AirbyteStateMessage] | None) -> dict[str, Any]:
    """Stream name -> what its last STATE carried."""
    states: dict[str, Any] = {}
    for message in saved or []:
        stream = getattr(message, "stream", None)
        if stream is not None and stream.stream_state is not None:
            states[stream.stream_descriptor.name] = dict(vars(stream.stream_state))
    return states
