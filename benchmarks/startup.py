"""What it costs to begin: CPU time of `spec`, beside the bare CDK's with a manifest of two streams."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from benchmarks.contestants import CDK_PYTHON, CONNECTOR, MANIFESTS, ROOT
from benchmarks.measuring import measure


def spec_seconds(cache: Path, runs: int) -> tuple[float, float]:
    """Median CPU seconds of `spec`: (connector, CDK)."""
    commands = (
        (str(CONNECTOR), "spec"),
        (str(CDK_PYTHON), "-m", "benchmarks.run_manifest", str(MANIFESTS / "cdk_floor/manifest.yaml"), "spec"),
    )
    output, errors = cache / "output", cache / "errors"
    taken: list[list[float]] = [[], []]
    for _ in range(runs):
        for times, command in zip(taken, commands, strict=True):
            times.append(measure(command, output, errors, {"PYTHONPATH": str(ROOT)}).cpu)
    return median(taken[0]), median(taken[1])
