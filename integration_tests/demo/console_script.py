"""The connector as Airbyte runs it: the installed console script, a process of its own, JSON messages on its output."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

SCRIPT = Path(sys.executable).with_name("source-netvisor")


class ConnectorFailed(RuntimeError):
    """The script ended with another status than 0; the text is what it said last."""


class ConsoleScript:
    """Runs the commands of the connector.

    Args:
        folder: where configuration, catalog and state are written for it.
        config: the configuration.
    """

    def __init__(self, folder: Path, config: Mapping[str, Any]) -> None:
        self._folder = folder
        self._config = self._file("config", config)

    def check(self) -> dict[str, Any]:
        """The connection status: `status`, and `message` where there is something to tell."""
        found = [message for message in self._run("check") if message["type"] == "CONNECTION_STATUS"]
        status: dict[str, Any] = found[-1]["connectionStatus"]
        return status

    def discover(self) -> list[dict[str, Any]]:
        """The streams of the catalog."""
        found = [message for message in self._run("discover") if message["type"] == "CATALOG"]
        streams: list[dict[str, Any]] = found[-1]["catalog"]["streams"]
        return streams

    def read(self, streams: Sequence[Mapping[str, Any]], states: Sequence[Any] = ()) -> Iterator[dict[str, Any]]:
        """The messages of a sync as they come.

        Args:
            streams: of the catalog; each is read incrementally if it can be.
            states: the last STATE of each stream of an earlier read.
        """
        configured = [
            {
                "stream": stream,
                "sync_mode": "incremental" if "incremental" in stream["supported_sync_modes"] else "full_refresh",
                "destination_sync_mode": "append_dedup",
                "cursor_field": stream.get("default_cursor_field", []),
                "primary_key": stream["source_defined_primary_key"],
            }
            for stream in streams
        ]
        arguments = ["--catalog", self._file("catalog", {"streams": configured})]
        if states:
            arguments += ["--state", self._file("state", list(states))]
        yield from self._run("read", *arguments)

    def _file(self, name: str, content: Any) -> str:
        path = self._folder / f"{name}.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        return str(path)

    def _run(self, command: str, *arguments: str) -> Iterator[dict[str, Any]]:
        words = [str(SCRIPT), command, "--config", self._config, *arguments]
        said = ""
        with subprocess.Popen(words, stdout=subprocess.PIPE, encoding="utf-8") as process:
            assert process.stdout is not None
            for line in process.stdout:
                message: dict[str, Any] = json.loads(line)
                if message["type"] == "TRACE" and message["trace"]["type"] == "ERROR":
                    said = message["trace"]["error"]["message"]
                yield message
        if process.returncode:
            raise ConnectorFailed(said or f"source-netvisor {command} ended with status {process.returncode}")
