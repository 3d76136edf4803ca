"""Runs the tool as its console script does, in this process."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from fake_airbyte.server import FakeAirbyte
from netvisor_fleet.cli.main import run


@dataclass(frozen=True)
class Ran:
    """What a command did: its exit status, and all that it printed."""

    status: int
    text: str


class Tool:
    """Args:
    airbyte: that the environment names.
    """

    def __init__(
        self,
        airbyte: FakeAirbyte,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        folder: Path,
    ) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        self.folder = folder
        self.point_to(airbyte)

    def point_to(self, airbyte: FakeAirbyte) -> None:
        """From now on the environment names this Airbyte."""
        for name, value in airbyte.environment().items():
            self._monkeypatch.setenv(name, value)

    def set(self, name: str, value: str) -> None:
        """An environment variable."""
        self._monkeypatch.setenv(name, value)

    def __call__(self, *arguments: str) -> Ran:
        self._monkeypatch.setattr(sys, "argv", ["netvisor-fleet", *arguments])
        self._capsys.readouterr()
        try:
            run()
            status = 0
        except SystemExit as end:
            status = int(end.code or 0)
        out, err = self._capsys.readouterr()
        return Ran(status, out + err)

    def apply(self, path: Path, *arguments: str) -> Ran:
        """`apply` without long waits."""
        return self("apply", str(path), "--wait", "0.001", *arguments)
