"""The commands that README.md and the pages show are run as they stand there, against the simulator that they start.

The commands of `make` and of the image are run elsewhere; unit_tests/test_docs.py knows where.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("README.md", "docs/operating.md")
STREAMS = ("accounts", "vouchers", "voucher_lines")
SIMULATOR = "-m netvisor_simulator"


def commands() -> list[str]:
    """Each command of the pages that begins with a program in .venv, once."""
    found = []
    for page in PAGES:
        text = (ROOT / page).read_text(encoding="utf-8")
        for block in re.findall(r"^ *```(?:sh|shell)\n(.*?)^ *```$", text, flags=re.DOTALL | re.MULTILINE):
            found += [" ".join(line.split()) for line in block.splitlines() if line.strip().startswith(".venv/bin/")]
    return list(dict.fromkeys(found))


def of_this_environment(command: str) -> str:
    """The command with the programs of the environment that the tests run in."""
    return command.replace(".venv/bin/", f"{Path(sys.executable).parent}/")


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with what the pages say that it holds; config.json is made by the page's own command."""
    here = tmp_path_factory.mktemp("pages")
    (here / "integration_tests").symlink_to(ROOT / "integration_tests")
    (start,) = [command for command in commands() if SIMULATOR in command]
    simulator = subprocess.Popen(
        of_this_environment(start), shell=True, cwd=here, env=environment(), stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        written = here / "config.json"
        patience = time.monotonic() + 60
        while not (written.exists() and written.read_text().rstrip().endswith("}")):
            assert simulator.poll() is None and time.monotonic() < patience
            time.sleep(0.05)
        yield here
    finally:
        if simulator.poll() is None:
            # not SIGINT, which what a shell starts in the background inherits as ignored
            os.killpg(simulator.pid, signal.SIGTERM)
        simulator.wait(timeout=30)


def run(command: str, folder: Path) -> list[dict[str, object]]:
    """The messages of a command that succeeds, on its standard output or in the file that it names."""
    done = subprocess.run(
        ["bash", "-c", of_this_environment(command)], cwd=folder, env=environment(), capture_output=True, text=True,
        timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    _, _, file = command.partition("> ")
    return [json.loads(line) for line in ((folder / file).read_text() if file else done.stdout).splitlines()]


def write_catalog(folder: Path) -> None:
    """catalog.json: the streams to read."""
    streams = [
        {
            "stream": {"name": name, "json_schema": {}, "supported_sync_modes": ["full_refresh", "incremental"]},
            "sync_mode": "full_refresh" if name == "accounts" else "incremental",
            "destination_sync_mode": "append",
        }
        for name in STREAMS
    ]
    (folder / "catalog.json").write_text(json.dumps({"streams": streams}))


def write_state(folder: Path, messages: list[dict[str, object]]) -> None:
    """state.json as the pages describe it."""
    states = [message["state"] for message in messages if message["type"] == "STATE"]
    last = {state["stream"]["stream_descriptor"]["name"]: state for state in states}  # type: ignore[index]
    incremental = [state for name, state in last.items() if name != "accounts"]
    (folder / "state.json").write_text(json.dumps(incremental))


def test_the_commands_of_the_console_script(folder: Path) -> None:
    expected = {"spec": "SPEC", "check": "CONNECTION_STATUS", "discover": "CATALOG", "read": "RECORD"}
    done = set()
    for command in commands():
        if SIMULATOR in command or "pytest" in command:
            continue
        name = command.split()[1]
        if "--catalog integration_tests/" in command:
            # every stream: the tests of all streams do the same in less time
            assert (folder / command.split("--catalog ")[1].split()[0]).exists()
            continue
        write_catalog(folder)
        messages = run(command, folder)
        assert expected[name] in {message["type"] for message in messages}, command
        if name == "read":
            write_state(folder, messages)
        done.add(name)
    assert done == set(expected)
