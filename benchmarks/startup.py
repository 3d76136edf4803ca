"""What it costs to begin: CPU time of `spec`, beside the bare CDK's with a manifest of two streams, and of `check`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median

from benchmarks.contestants import CDK_PYTHON, CONNECTOR, MANIFESTS, ROOT
from benchmarks.measuring import measure
from netvisor_simulator import NetvisorSimulator
from netvisor_simulator.company import Company


@dataclass(frozen=True)
class Startup:
    """Median CPU seconds of whole processes.

    Args:
        spec: of the connector.
        bare: of the CDK with a small manifest.
        check: of the connector, with every resource asked once.
        calls: that the check made.
    """

    spec: float
    bare: float
    check: float
    calls: int


def startup(cache: Path, runs: int) -> Startup:
    """Measures the three by turns, so that what else the machine does meets all of them."""
    directory = cache / "startup"
    directory.mkdir(parents=True, exist_ok=True)
    today = date.today()  # noqa: DTZ011 - a made-up company's
    with NetvisorSimulator(Company(seed=1, vouchers=200, years=1, today=today)) as simulator:
        config = directory / "config.json"
        config.write_text(json.dumps(simulator.config()))
        manifest = str(MANIFESTS / "cdk_floor/manifest.yaml")
        commands = {
            "spec": (str(CONNECTOR), "spec"),
            "bare": (str(CDK_PYTHON), "-m", "benchmarks.run_manifest", manifest, "spec"),
            "check": (str(CONNECTOR), "check", "--config", str(config)),
        }
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(runs):
            for name, command in commands.items():
                simulator.calls.clear()
                run = measure(command, directory / "output", directory / "errors", {"PYTHONPATH": str(ROOT)})
                if run.status:
                    raise RuntimeError(f"{name} failed: {(directory / 'output').read_text()[-300:]}")
                taken[name].append(run.cpu)
        calls = len(simulator.calls)
    return Startup(**{name: median(times) for name, times in taken.items()}, calls=calls)
