"""What the image tests share: the image's name, a simulated Netvisor and mounted files."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from netvisor_simulator import NetvisorSimulator
from netvisor_simulator.company import Company

MOUNT = "/secrets"


@dataclass
class Answer:
    """What a run of the image left behind."""

    code: int
    messages: list[dict[str, Any]]
    errors: str

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The messages of one type."""
        return [message for message in self.messages if message["type"] == kind]

    def records(self, stream: str) -> list[dict[str, Any]]:
        """The records of a stream."""
        return [m["record"]["data"] for m in self.of("RECORD") if m["record"]["stream"] == stream]


class Image:
    """The connector's image.

    Args:
        name: with its tag.
        files: a directory that is mounted read-only, as Airbyte mounts configuration, catalog and state.
    """

    def __init__(self, name: str, files: Path) -> None:
        self.name = name
        self._files = files
        files.chmod(0o755)

    def write(self, name: str, content: Any) -> str:
        """A file of JSON in the mounted directory; its path inside."""
        path = self._files / name
        path.write_text(json.dumps(content))
        path.chmod(0o644)
        return f"{MOUNT}/{name}"

    def command(self, arguments: Sequence[str], *options: str) -> list[str]:
        """The command line that runs it."""
        return ["docker", "run", "--rm", *options, "-v", f"{self._files}:{MOUNT}:ro", self.name, *arguments]

    def run(self, *arguments: str, options: Sequence[str] = ()) -> Answer:
        """Run a command of the connector to its end."""
        done = subprocess.run(
            self.command(arguments, *options), capture_output=True, text=True, check=False, timeout=120
        )
        return Answer(done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr)

    def inspect(self) -> dict[str, Any]:
        """What the engine knows of it."""
        done = subprocess.run(["docker", "inspect", self.name], capture_output=True, text=True, check=True, timeout=60)
        found: dict[str, Any] = json.loads(done.stdout)[0]
        return found


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The image that IMAGE names."""
    return Image(os.environ["IMAGE"], tmp_path_factory.mktemp("mounted"))


@pytest.fixture(scope="session")
def company() -> Company:
    """A company whose every stream has a record."""
    return Company(1, 150)


@pytest.fixture
def simulator(company: Company) -> Iterator[NetvisorSimulator]:
    """Its Netvisor."""
    with NetvisorSimulator(company) as simulator:
        yield simulator
