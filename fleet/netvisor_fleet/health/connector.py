"""Runs the connector's check on this machine: the console script, another command, or an image."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from netvisor_fleet.airbyte.failures import AirbyteFailure
from netvisor_fleet.airbyte.things import CheckAnswer
from netvisor_fleet.fleet.settings import FleetProblem

SCRIPT = "source-netvisor"
SECONDS = 900
"""So long a check may take; it asks every resource once."""


class CheckFailed(AirbyteFailure):
    """The connector could not be run; the others may still."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, status=400)


@dataclass(frozen=True)
class LocalConnector:
    """The connector as a command.

    Args:
        command: in front of `check --config FILE`.
        image: an image that `command`, a container engine, runs instead; empty for none.
    """

    command: tuple[str, ...]
    image: str = ""

    @staticmethod
    def of(command: str, image: str, engine: str) -> LocalConnector:
        """What the options say; without any, the console script beside this tool or on the path.

        Raises:
            FleetProblem: there is no such command.
        """
        if image:
            chosen: Sequence[str] = (engine,)
        elif command:
            chosen = shlex.split(command)
        else:
            beside = Path(sys.executable).with_name(SCRIPT)
            chosen = (str(beside) if beside.exists() else SCRIPT,)
        if not chosen or shutil.which(chosen[0]) is None:
            raise FleetProblem(
                f"The command {chosen[0] if chosen else command!r} is not there: install the connector "
                "(pip install airbyte-source-netvisor), or name it with --connector, an image with --connector-image, "
                "or check through Airbyte with --through-airbyte."
            )
        return LocalConnector(tuple(chosen), image)

    def check(self, configuration: Mapping[str, Any]) -> CheckAnswer:
        """The connector's check of a configuration.

        Raises:
            CheckFailed: the connector did not answer as a connector does.
        """
        with tempfile.TemporaryDirectory(prefix="netvisor-fleet-") as folder:
            path = Path(folder) / "config.json"
            # others of this machine are kept out by the folder; the user of a container must read the file itself
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o644 if self.image else 0o600), "w") as file:
                json.dump(dict(configuration), file)
            return self._run(self._arguments(path))

    def _arguments(self, path: Path) -> list[str]:
        if not self.image:
            return [*self.command, "check", "--config", str(path)]
        partner = ["--env", "NETVISOR_PARTNER_ID", "--env", "NETVISOR_PARTNER_KEY"]
        mount = ["--volume", f"{path}:/config.json:ro"]
        return [*self.command, "run", "--rm", *partner, *mount, self.image, "check", "--config", "/config.json"]

    def _run(self, arguments: Sequence[str]) -> CheckAnswer:
        try:
            ran = subprocess.run(arguments, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603
        except subprocess.TimeoutExpired:
            raise CheckFailed(f"The check has not ended within {SECONDS // 60} minutes; try again later.") from None
        except OSError as error:
            raise CheckFailed(f"The connector could not be started ({error.strerror}).") from None
        sentence = ""
        for line in ran.stdout.splitlines():
            message = _message(line)
            if message.get("type") == "CONNECTION_STATUS":
                status = message.get("connectionStatus") or {}
                return CheckAnswer(status.get("status") == "SUCCEEDED", str(status.get("message") or ""))
            if message.get("type") == "TRACE":
                sentence = str(((message.get("trace") or {}).get("error") or {}).get("message") or "")
        raise CheckFailed(sentence or f"The connector ended with status {ran.returncode} and said nothing.")


def _message(line: str) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}
