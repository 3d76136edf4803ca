"""Records that are ready: a sample of what the connector emitted, again and again."""

# no `from __future__ import annotations` here: the CDK evaluates the hints, and Python 3.10 refuses InitVar as a string

import json
from collections.abc import Iterable, Mapping
from dataclasses import InitVar, dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from airbyte_cdk.sources.declarative.retrievers.retriever import Retriever
from airbyte_cdk.sources.types import Config, StreamSlice


@dataclass
class ReadyRecords(Retriever):
    """Gives `count` records of the sample that the configuration names for the stream; nothing is parsed or typed."""

    config: Config
    parameters: InitVar[Mapping[str, Any]]

    def __post_init__(self, parameters: Mapping[str, Any]) -> None:
        ready = self.config["ready"][parameters["name"]]
        self._count: int = ready["count"]
        self._path = Path(ready["sample"])

    def read_records(
        self, records_schema: Mapping[str, Any], stream_slice: StreamSlice | None = None
    ) -> Iterable[dict[str, Any]]:
        """Each a dictionary of its own, as records are; what is nested is shared."""
        sample = [json.loads(line) for line in self._path.read_text().splitlines()]
        yield from map(dict, islice(cycle(sample), self._count))

    def stream_slices(self) -> Iterable[StreamSlice | None]:
        """One."""
        return [StreamSlice(partition={}, cursor_slice={})]

    @property
    def state(self) -> Mapping[str, Any]:
        """None is kept."""
        return {}

    @state.setter
    def state(self, value: Mapping[str, Any]) -> None:
        """None is kept."""
