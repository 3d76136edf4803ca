"""Runs dbt on this project: `dbt build` with a bar, or any other command.

    dbt/.venv/bin/python dbt/warehouse/build.py company.duckdb [--schema netvisor ...]

Whoever knows dbt runs it by hand as well; this only sets what the project needs and shows how far it is.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
DBT = Path(sys.executable).parent / "dbt"
BAR = 24
"""Characters."""

_NODE = re.compile(r"(\d+) of (\d+) (OK|PASS|WARN|ERROR|FAIL|SKIP|NO-OP)\b(.*)")


def settings(target: Mapping[str, str], directory: Path) -> dict[str, str]:
    """The environment of dbt.

    Args:
        target: what the chosen target of profiles.yml reads from the environment.
        directory: for what dbt writes beside the database: compiled SQL, logs, the documentation.
    """
    return {
        **os.environ,
        "DBT_PROFILES_DIR": str(PROJECT / "profiles"),
        "DBT_TARGET_PATH": str(directory / "target"),
        "DBT_LOG_PATH": str(directory / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
        **target,
    }


def dbt(
    *command: str, environment: Mapping[str, str], variables: Mapping[str, Any], show_progress: bool = True
) -> tuple[int, str]:
    """Run a command of dbt.

    Args:
        command: its words, such as `build`.
        environment: see `settings`.
        variables: of the project.
        show_progress: draw a bar on standard error.

    Returns:
        The exit status, 0 where everything went well, and all that dbt said.
    """
    words = [str(DBT), "--no-use-colors", *command, "--vars", json.dumps(variables)]
    process = subprocess.Popen(
        words, cwd=PROJECT, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        node = _NODE.search(line)
        if node and show_progress:
            _draw(int(node[1]), int(node[2]), node[4].strip(" ."))
    if show_progress:
        print(file=sys.stderr)
    return process.wait(), "".join(said)


def _draw(done: int, all_: int, what: str) -> None:
    """One line in a terminal, and a line for each fifth anywhere else."""
    full = BAR * done // all_
    text = f"  [{'#' * full}{'.' * (BAR - full)}] {done:3} of {all_} models and tests  {what.split(' .')[0]}"
    if sys.stderr.isatty():
        print(f"\r{text:<110.110}", end="", file=sys.stderr, flush=True)
    elif done == all_ or done % max(all_ // 5, 1) == 0:
        print(text, file=sys.stderr, flush=True)


def sources(schemas: Sequence[str]) -> dict[str, Any]:
    """The variable that tells the project its schemas."""
    return {"netvisor_sources": [{"schema": schema} for schema in schemas]}


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Build the analyst's tables of a DuckDB file with dbt.")
    parser.add_argument("database", type=Path, help="the DuckDB file")
    parser.add_argument("--schema", nargs="+", default=["netvisor"], help="the schemas of the companies")
    parser.add_argument("--no-tests", action="store_true", help="leave the tests out")
    chosen = parser.parse_args()
    environment = settings({"NETVISOR_DUCKDB": str(chosen.database.resolve())}, PROJECT / ".dbt")
    words = ["build", "--exclude-resource-type", "test", "unit_test"] if chosen.no_tests else ["build"]
    status, said = dbt(*words, environment=environment, variables=sources(chosen.schema))
    print(said if status else said.strip().rsplit("\n", 1)[-1])
    return status


if __name__ == "__main__":
    sys.exit(main())
