"""The component that a stream's retriever in the manifest is: Netvisor's words for the CDK."""

# no `from __future__ import annotations` here: the CDK evaluates the hints, and Python 3.10 refuses InitVar as a string

from collections.abc import Iterable, Mapping
from dataclasses import InitVar, dataclass, field
from typing import Any

from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.declarative.retrievers.retriever import Retriever
from airbyte_cdk.sources.streams.core import StreamData
from airbyte_cdk.sources.types import Config, StreamSlice, StreamState
from airbyte_cdk.utils.traced_exception import AirbyteTracedException


@dataclass
class NetvisorRetriever(Retriever):
    """Holds the manifest's words for one stream; `sync.Sync` does the reading.

    The CDK reads stream by stream, and a stream's retriever cannot share a download with another's, let a state move
    over windows without records, or send a state before records (docs/architecture.md says why all three are needed).
    So the source reads by itself, and this component only gives the CDK what `discover` wants: a stream that knows its
    schema, key and cursor.
    """

    config: Config
    parameters: InitVar[Mapping[str, Any]]
    listing: Mapping[str, Any]
    details: Mapping[str, Any] | None = None
    deletions: Mapping[str, Any] | None = None
    lines: Mapping[str, Any] | None = None
    group_by: str | None = None
    settled: Mapping[str, Any] | None = None
    compare_after: Mapping[str, Any] = field(default_factory=dict)
    record_version: int = 1
    fields: Mapping[str, Any] = field(default_factory=dict)
    exclude: list[str] = field(default_factory=list)
    request_fields: Mapping[str, str] = field(default_factory=dict)
    deleted_when: Mapping[str, str] = field(default_factory=dict)

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
