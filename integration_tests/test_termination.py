"""What the console script does when it is told to stop: so PyAirbyte ends a `spec`, and Airbyte a cancelled sync."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

from integration_tests.netvisor_simulator import NetvisorSimulator
from integration_tests.netvisor_simulator.company import Company

CATALOG = {
    "streams": [
        {
            "stream": {"name": "accounts", "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
            "sync_mode": "full_refresh",
            "destination_sync_mode": "overwrite",
        }
    ]
}
SCRIPT = [sys.executable, "-c", "from source_netvisor.run import run; run()"]


def test_a_terminated_read_ends_by_the_signal_and_without_a_word(tmp_path: Path) -> None:
    """Whoever sends SIGTERM expects an end by it (-15, a shell's 143): PyAirbyte takes anything else for a failure."""
    with NetvisorSimulator(Company(1, 10), latency=30) as simulator:
        for name, content in (("config", simulator.config()), ("catalog", CATALOG)):
            (tmp_path / f"{name}.json").write_text(json.dumps(content))
        command = [*SCRIPT, "read", "--config", "config.json", "--catalog", "catalog.json"]
        process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert process.stdout is not None
        for line in process.stdout:
            if "STARTED" in line:
                break
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=20)
    assert process.returncode == -signal.SIGTERM
    assert not errors
    assert '"ERROR"' not in output


def test_once_a_command_is_done_the_signal_has_its_ordinary_meaning(tmp_path: Path) -> None:
    """A signal that comes while Python shuts down must not print a traceback."""
    shutdown = (
        "import atexit, os, signal; from source_netvisor.run import run; "
        "atexit.register(lambda: os.kill(os.getpid(), signal.SIGTERM)); run()"
    )
    done = subprocess.run(
        [sys.executable, "-c", shutdown, "spec"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == -signal.SIGTERM
    assert not done.stderr
    assert '"type":"SPEC"' in done.stdout


def test_a_signal_whose_exception_is_lost_ends_the_process_all_the_same(tmp_path: Path) -> None:
    """Python drops an exception that a signal raises while an object is cleaned up; the process must end."""
    lost = (
        "import signal, time; from source_netvisor import run; signal.signal(signal.SIGTERM, run._terminate)\n"
        "class Busy:\n"
        "    def __del__(self):\n"
        "        print('ready', flush=True); time.sleep(60)\n"
        "busy = Busy(); del busy; time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", lost], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    assert process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == -signal.SIGTERM
