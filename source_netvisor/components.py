"""The component that a stream's retriever in the manifest is, for the CDK."""

# no `from __future__ import annotations` here: the CDK evaluates the hints, and Python 3.10 refuses InitVar as a string

from collections.abc import Iterable, Mapping
from dataclasses import InitVar, dataclass
from typing import Any

from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.declarative.retrievers.retriever import Retriever
from airbyte_cdk.sources.streams.core import StreamData
from airbyte_cdk.sources.types import Config, StreamSlice, StreamState
from airbyte_cdk.utils.traced_exception import AirbyteTracedException


@dataclass
class NetvisorRetriever(Retriever):
    """Stands for a stream's retriever in the CDK; `sync.Sync` does the reading, by the words under it.

    The CDK reads stream by stream, and a stream's retriever cannot share a download with another's, let a state move
    over windows without records, or send a state before records (docs/architecture.md says why all three are needed).
    So the source reads by itself, and this component only gives the CDK what `discover` wants: a stream that knows its
    schema, key and cursor.
    """

    config: Config
    parameters: InitVar[Mapping[str, Any]]

    @property
    def state(self) -> StreamState:
        """Kept by the sync."""
        return {}

    @state.setter
    def state(self, value: StreamState) -> None:
        """Kept by the sync."""

    def read_records(
        self, records_schema: Mapping[str, Any], stream_slice: StreamSlice | None = None
    ) -> Iterable[StreamData]:
        """Not the way to read.

        Raises:
            AirbyteTracedException: always.
        """
        raise AirbyteTracedException(
            message="Streams of source-netvisor are read by the source, not one by one.",
            failure_type=FailureType.system_error,
        )

    def stream_slices(self) -> Iterable[StreamSlice | None]:
        """One slice: the whole stream."""
        return [StreamSlice(partition={}, cursor_slice={})]
