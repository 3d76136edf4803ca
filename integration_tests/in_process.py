"""Reads of the connector in this process: the same messages as of the console script, without its start."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from integration_tests.connection import configured
from integration_tests.console_runs import Run
from integration_tests.shared_source import shared_source
from source_netvisor.entrypoint import NetvisorEntrypoint


class _Collector(logging.Handler):
    def __init__(self, messages: list[dict[str, Any]]) -> None:
        super().__init__()
        self._messages = messages

    def emit(self, record: logging.LogRecord) -> None:
        level = "WARN" if record.levelno == logging.WARNING else record.levelname
        self._messages.append({"type": "LOG", "log": {"level": level, "message": record.getMessage()}})


def read(
    config: Mapping[str, Any],
    streams: Sequence[str] | None = None,
    state: Iterable[Mapping[str, Any]] = (),
    full_refresh: bool = False,
) -> Run:
    """One sync, as `source-netvisor read` does it; `code` is what its exit status would be.

    Args:
        config: of the connector.
        streams: names; None: all.
        state: what `last_states` gave after an earlier one.
        full_refresh: read no stream incrementally.
    """
    messages: list[dict[str, Any]] = []
    collector = _Collector(messages)
    logger = logging.getLogger("airbyte")
    began = time.monotonic()
    code = 0
    logger.addHandler(collector)
    try:
        with TemporaryDirectory() as folder:
            arguments = ["read"]
            files = {"config": config, "catalog": configured(streams, full_refresh), "state": list(state)}
            for name, content in files.items():
                path = Path(folder) / f"{name}.json"
                path.write_text(json.dumps(content))
                arguments += [f"--{name}", str(path)]
            # one after the other, so that the log lines stand between them
            for lines in NetvisorEntrypoint(shared_source()).lines(AirbyteEntrypoint.parse_args(arguments)):
                messages.extend(map(json.loads, lines.splitlines()))
    except AirbyteTracedException as error:
        code = 1
        messages.append(json.loads(AirbyteEntrypoint.airbyte_message_to_string(error.as_sanitized_airbyte_message())))
    finally:
        logger.removeHandler(collector)
    return Run(code, "", "", time.monotonic() - began, False, messages)


def records(run: Run) -> dict[str, list[dict[str, Any]]]:
    """The records of each stream, in the order in which they came."""
    found: dict[str, list[dict[str, Any]]] = {}
    for message in run.of("RECORD"):
        found.setdefault(message["record"]["stream"], []).append(message["record"]["data"])
    return found


def last_states(run: Run) -> list[dict[str, Any]]:
    """The last STATE of each stream, as Airbyte hands it to the next sync."""
    found = {
        message["state"]["stream"]["stream_descriptor"]["name"]: {
            "type": "STREAM",
            "stream": message["state"]["stream"],
        }
        for message in run.of("STATE")
    }
    return list(found.values())
