"""The Airbyte source as the CDK knows it: form and streams from the manifest, check and read in Netvisor's way."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from airbyte_cdk.models import AirbyteCatalog, AirbyteStateMessage, ConfiguredAirbyteCatalog
from airbyte_cdk.sources.declarative.yaml_declarative_source import YamlDeclarativeSource

from source_netvisor.manifest import files, validation
from source_netvisor.reading_source import ReadingSource


class SourceNetvisor(ReadingSource, YamlDeclarativeSource):
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
            super().__init__(catalog=catalog, config=config, state=None, path_to_yaml=str(files.MANIFEST), **kwargs)
        except Exception as error:
            if mistake := validation.refused_by_the_cdk(error, files.MANIFEST):
                raise mistake from None
            raise

    def streams_of_manifest(self) -> Sequence[Mapping[str, Any]]:
        """Those that the CDK resolved."""
        streams: Sequence[Mapping[str, Any]] = self.resolved_manifest["streams"]
        return streams

    def _validate_source(self) -> None:
        """Called by the CDK when the manifest is loaded: what stands under a retriever means nothing to the CDK."""
        for stream in self.streams_of_manifest():
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
