"""A connection of Airbyte's in small: syncs of the connector in this process, into the model of a warehouse.

Every sync goes through the connector's own entrypoint, with files for configuration, catalog and state, and hands its
output over as lines of JSON. The clock that the connector reads and the simulated Netvisor's are one (`SetClock`).
"""

from __future__ import annotations

import logging
import threading
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import orjson
from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from integration_tests.shared_source import shared_source
from integration_tests.warehouse_model import Warehouse
from netvisor_simulator.company.plan import HELSINKI
from source_netvisor.entrypoint import NetvisorEntrypoint
from source_netvisor.source import SourceNetvisor


class SetClock:
    """A clock that stands still until it is moved.

    Args:
        moment: aware.
    """

    def __init__(self, moment: datetime) -> None:
        self.moment = moment.astimezone(timezone.utc)

    def __call__(self) -> datetime:
        return self.moment

    @property
    def local(self) -> datetime:
        """The moment in Finland, as the company's changes take it."""
        return self.moment.astimezone(HELSINKI)

    def advance(self, **step: float) -> datetime:
        """Moves on by a timedelta's arguments; the new moment in Finland."""
        self.moment += timedelta(**step)
        return self.local

    def set(self, moment: datetime) -> datetime:
        """Moves to a moment; the same in Finland."""
        self.moment = moment.astimezone(timezone.utc)
        return self.local

    @contextmanager
    def in_charge(self) -> Iterator[SetClock]:
        """The connector reads this clock; only its calls, which the simulator holds against real time, do not."""
        with mock.patch.object(shared_source(), "now", self):
            yield self


@contextmanager
def detail_batches_of(keys: int) -> Iterator[None]:
    """Details are asked for at most so many keys at a time, so that small companies have many batches."""
    source = shared_source()
    small = {
        name: replace(one, details=replace(one.details, batch=min(keys, one.details.batch))) if one.details else one
        for name, one in source.definitions().items()
    }
    with mock.patch.object(source, "definitions", return_value=small):
        yield


@contextmanager
def batches_of(size: int) -> Iterator[None]:
    """A state goes out after so many bytes of records, so that small companies have many batches."""
    with mock.patch.object(shared_source(), "batch", size):
        yield


@lru_cache(maxsize=1)
def discovered() -> dict[str, dict[str, Any]]:
    """Every stream of the connector as `discover` tells it, by name."""
    catalog = SourceNetvisor().discover(logging.getLogger("airbyte"), {})
    found = {}
    for stream in catalog.streams:
        found[stream.name] = {
            "name": stream.name,
            "json_schema": stream.json_schema,
            "supported_sync_modes": [mode.value for mode in stream.supported_sync_modes],
            "source_defined_cursor": stream.source_defined_cursor,
            "default_cursor_field": stream.default_cursor_field,
            "source_defined_primary_key": stream.source_defined_primary_key,
        }
    return found


def incremental_streams() -> list[str]:
    """The streams that can be read incrementally."""
    return [name for name, stream in discovered().items() if "incremental" in stream["supported_sync_modes"]]


def configured(streams: Sequence[str] | None = None, full_refresh: bool = False) -> dict[str, Any]:
    """A configured catalog.

    Args:
        streams: names; None: all.
        full_refresh: read everything anew, overwriting; otherwise incremental with deduplication where it is offered.
    """
    entries = []
    for name in discovered() if streams is None else streams:
        stream = discovered()[name]
        incremental = not full_refresh and "incremental" in stream["supported_sync_modes"]
        entries.append(
            {
                "stream": stream,
                "sync_mode": "incremental" if incremental else "full_refresh",
                "destination_sync_mode": "append_dedup" if incremental else "overwrite",
                "cursor_field": stream["default_cursor_field"] if incremental else [],
                "primary_key": stream["source_defined_primary_key"] or [],
            }
        )
    return {"streams": entries}


class Connection:
    """A source, a selection of streams, a warehouse, and the state in between.

    Args:
        config: of the connector.
        streams: names; None: all.
        full_refresh: read everything anew each time.
    """

    def __init__(
        self, config: Mapping[str, Any], streams: Sequence[str] | None = None, full_refresh: bool = False
    ) -> None:
        self.config = dict(config)
        self.catalog = configured(streams, full_refresh)
        self.warehouse = Warehouse(self.catalog)
        self.failure: str | None = None
        """Why the last sync failed."""
        self.messages = 0
        """Messages of the last sync."""

    def sync(self, kill_after: int | None = None, meanwhile: Mapping[int, Callable[[], Any]] | None = None) -> bool:
        """Runs one sync, or its beginning.

        Args:
            kill_after: messages after which it is killed.
            meanwhile: what happens after so many messages.

        Returns:
            Whether it came to its end and succeeded.
        """
        self.warehouse.begin_sync()
        self.failure, self.messages = None, 0
        with TemporaryDirectory() as folder, _logs(self.warehouse.logs.append):
            lines = self._run(Path(folder))
            try:
                if kill_after == 0:
                    return False
                for line in lines:
                    self.warehouse.receive(line)
                    self.messages += 1
                    if meanwhile and self.messages in meanwhile:
                        meanwhile[self.messages]()
                    if self.messages == kill_after:
                        return False
            except AirbyteTracedException as error:
                self.failure = error.message or str(error)
                return False
            finally:
                lines.close()
                _wait_for_calls()
        return True

    def must_sync(self) -> None:
        """Runs one sync, which has to succeed."""
        if not self.sync():
            raise AssertionError(f"the sync failed: {self.failure}")

    def _run(self, folder: Path) -> Any:
        parsed = Namespace(**vars(_command_line()))
        for name, content in (
            ("config", self.config),
            ("catalog", self.catalog),
            ("state", self.warehouse.state()),
        ):
            path = folder / f"{name}.json"
            path.write_bytes(orjson.dumps(content))
            setattr(parsed, name, str(path))
        for lines in NetvisorEntrypoint(shared_source()).lines(parsed):
            yield from lines.splitlines()


@lru_cache(maxsize=1)
def _command_line() -> Namespace:
    """The command line of a read, with names of files that are put in later."""
    return AirbyteEntrypoint.parse_args(["read", "--config", "-", "--catalog", "-", "--state", "-"])


@contextmanager
def _logs(append: Callable[[dict[str, Any]], None]) -> Iterator[None]:
    """Collects the connector's own log lines."""

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            level = "WARN" if record.levelno == logging.WARNING else record.levelname
            append({"level": level, "message": record.getMessage()})

    collector = Collector()
    logger = logging.getLogger("airbyte.source_netvisor")
    logger.addHandler(collector)
    try:
        yield
    finally:
        logger.removeHandler(collector)


def _wait_for_calls() -> None:
    """Until no call is on the wire any more: a process that is killed hangs up at once, a thread does not."""
    for thread in threading.enumerate():
        if thread.name.startswith("netvisor-"):
            thread.join(10)
