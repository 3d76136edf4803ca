"""What it costs to begin: CPU time of `spec`, of `check` and of a sync in which nothing changed, beside the bare CDK's
`spec` with a manifest of two streams."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.contestants import CDK_PYTHON, CONNECTOR, MANIFESTS, ROOT
from benchmarks.measuring import measure
from netvisor_simulator import NetvisorSimulator
from netvisor_simulator.company import Company

BARE, SPEC, CHECK, IDLE = "bare", "spec", "check", "idle"


@dataclass(frozen=True)
class Startup:
    """Least CPU seconds of whole processes: what else the machine does can only add to them.

    Args:
        seconds: of `spec` of the CDK with a small manifest, and of the connector's `spec`, `check` (with every resource
            asked once) and `read` of all streams, incrementally, of which none has anything new.
        calls: that each of them made.
    """

    seconds: dict[str, float]
    calls: dict[str, int]


def startup(cache: Path, runs: int) -> Startup:
    """Measures the four by turns, so that what else the machine does meets all of them."""
    directory = cache / "startup"
    directory.mkdir(parents=True, exist_ok=True)
    today = date.today()  # noqa: DTZ011 - a made-up company's
    taken: dict[str, list[float]] = {}
    calls: dict[str, int] = {}
    with NetvisorSimulator(Company(seed=1, vouchers=200, years=1, today=today)) as simulator:
        (directory / "config.json").write_text(json.dumps(simulator.config()))
        read = _sync(directory)
        commands = {
            BARE: (str(CDK_PYTHON), "-m", "benchmarks.run_manifest", str(MANIFESTS / "cdk_floor/manifest.yaml"), SPEC),
            SPEC: (str(CONNECTOR), SPEC),
            CHECK: (str(CONNECTOR), CHECK, "--config", str(directory / "config.json")),
            IDLE: (*read, "--state", str(_state(read, directory))),
        }
        for _ in range(runs):
            for name, command in commands.items():
                simulator.calls.clear()
                taken.setdefault(name, []).append(_cpu(command, directory))
                calls[name] = len(simulator.calls)
    return Startup({name: min(times) for name, times in taken.items()}, calls)


def _sync(directory: Path) -> tuple[str, ...]:
    """The command that reads all streams, incrementally where they can be."""
    config, catalog = directory / "config.json", directory / "catalog.json"
    _cpu((str(CONNECTOR), "discover", "--config", str(config)), directory)
    (found,) = (message["catalog"] for message in _messages(directory) if message["type"] == "CATALOG")
    selected = [
        {"stream": stream, "sync_mode": stream["supported_sync_modes"][-1], "destination_sync_mode": "append"}
        for stream in found["streams"]
    ]
    catalog.write_text(json.dumps({"streams": selected}))
    return (str(CONNECTOR), "read", "--config", str(config), "--catalog", str(catalog))


def _state(read: tuple[str, ...], directory: Path) -> Path:
    """A file with the states of a first sync."""
    _cpu(read, directory)
    states = [message["state"] for message in _messages(directory) if message["type"] == "STATE"]
    last = {state["stream"]["stream_descriptor"]["name"]: state for state in states}
    file = directory / "state.json"
    file.write_text(json.dumps(list(last.values())))
    return file


def _cpu(command: tuple[str, ...], directory: Path) -> float:
    """Runs the command; its CPU seconds."""
    run = measure(command, directory / "output", directory / "errors", {"PYTHONPATH": str(ROOT)})
    if run.status:
        raise RuntimeError(f"{' '.join(command[:4])} failed: {(directory / 'output').read_text()[-300:]}")
    return run.cpu


def _messages(directory: Path) -> Iterator[dict[str, Any]]:
    for line in (directory / "output").read_text().splitlines():
        yield json.loads(line)
