"""The connector of the console script, which starts with every command."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from airbyte_cdk.models import AirbyteCatalog, ConnectorSpecification, ConnectorSpecificationSerializer

from source_netvisor.manifest import loading
from source_netvisor.manifest.mistakes import ManifestError
from source_netvisor.reading_source import ReadingSource

FORM = {"connection_specification": "connectionSpecification", "documentation_url": "documentationUrl"}
"""Words of the manifest's `spec` -> the protocol's."""
CDK_WORDS = {"type", "$parameters"}


class QuickSource(ReadingSource):
    """The same connector as `SourceNetvisor`, but without the CDK's declarative source, which `discover` needs.

    Raises:
        ManifestError: the manifest has a mistake.
    """

    def __init__(self) -> None:
        self._manifest = loading.resolved()

    def streams_of_manifest(self) -> Sequence[Mapping[str, Any]]:
        """Those of the file."""
        streams: Sequence[Mapping[str, Any]] = self._manifest["streams"]
        return streams

    def spec(self, logger: logging.Logger) -> ConnectorSpecification:
        """The form, as the CDK makes it of the manifest."""
        form = self._manifest["spec"]
        if others := form.keys() - FORM.keys() - CDK_WORDS:
            raise ManifestError("", "spec", f'only `SourceNetvisor` can read the word "{min(others)}"')
        return ConnectorSpecificationSerializer.load({FORM[word]: form[word] for word in FORM if word in form})

    def discover(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteCatalog:
        """Not what this source is for.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError("`SourceNetvisor` makes the catalog")
