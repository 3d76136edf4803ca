"""SIGTERM and Ctrl-C end the console script within seconds, wherever it is, with the state of what was finished."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from integration_tests.console_runs import configured
from netvisor_simulator import BUSINESS_ID, NetvisorSimulator, faults
from netvisor_simulator.company import Company

SCRIPT = str(Path(sys.executable).parent / "source-netvisor")
SECONDS = 5
"""In which a run has to end after the signal."""
STOPS_WITHIN_IMPORTS = """
import pathlib, sys, time
class Stops:
    def find_spec(self, name, path=None, target=None):
        if name == "airbyte_cdk.entrypoint":
            pathlib.Path(__file__).with_name("imports").touch()
            time.sleep(60)
sys.meta_path.insert(0, Stops())
"""


@pytest.fixture(scope="module")
def company_server() -> Iterator[NetvisorSimulator]:
    with NetvisorSimulator(Company(1, 150, 1)) as running:
        yield running


@pytest.fixture
def simulator(company_server: NetvisorSimulator) -> NetvisorSimulator:
    company_server.faults.clear()
    return company_server


def start(simulator: NetvisorSimulator, directory: Path, **environment: str) -> subprocess.Popen[bytes]:
    """The real console script, reading accounts and windows of vouchers, of which the first one has some."""
    months = sorted({voucher.date.replace(day=1) for voucher in simulator.companies[BUSINESS_ID].vouchers()})
    (directory / "config.json").write_text(json.dumps(simulator.config(start_date=months[-2].isoformat())))
    (directory / "catalog.json").write_text(json.dumps(configured("accounts", "vouchers", "voucher_types")))
    (directory / "temporary").mkdir()
    return subprocess.Popen(
        [SCRIPT, "read", "--config", str(directory / "config.json"), "--catalog", str(directory / "catalog.json")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(directory / "temporary"), **environment},
    )  # fmt: skip


def until(process: subprocess.Popen[bytes], simulator: NetvisorSimulator, resource: str, calls: int) -> None:
    """Waits until the resource has been called so many times, and a moment more."""
    end = time.monotonic() + 30
    while len(simulator.calls.of(resource)) < calls:
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.02)
    time.sleep(0.3)


def ended(process: subprocess.Popen[bytes], sent: signal.Signals) -> list[dict[str, Any]]:
    """The messages of a run that has been told to end; it must have, in time and in silence."""
    process.send_signal(sent)
    began = time.monotonic()
    output, errors = process.communicate(timeout=SECONDS)
    assert time.monotonic() - began < SECONDS
    assert errors == b""
    assert process.returncode == (-signal.SIGTERM if sent == signal.SIGTERM else 130)
    assert output.endswith(b"\n")
    return [json.loads(line) for line in output.splitlines()]


def last_state(messages: list[dict[str, Any]], stream: str) -> dict[str, Any]:
    streams = [message["state"]["stream"] for message in messages if message["type"] == "STATE"]
    state: dict[str, Any] = [s["stream_state"] for s in streams if s["stream_descriptor"]["name"] == stream][-1]
    return state


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize(
    ("fault", "nth"),
    [
        (faults.delay(60), 2),  # while the first byte is awaited
        (faults.netvisor_code("TECHNICAL_ERROR"), 2),  # between two attempts
    ],
    ids=["waiting for a reply", "between attempts"],
)
def test_the_state_of_finished_windows_is_out(
    fault: faults.Fault, nth: int, sent: signal.Signals, simulator: NetvisorSimulator, tmp_path: Path
) -> None:
    simulator.calls.clear()
    simulator.faults.add(fault, resource="accountingledger.nv", nth=nth, times=None)
    process = start(simulator, tmp_path)
    until(process, simulator, "accountingledger.nv", 2 if fault.name == "delay" else 3)
    messages = ended(process, sent)
    assert last_state(messages, "accounts")
    assert last_state(messages, "vouchers")["backfill"]["next"]
    assert [m for m in messages if m["type"] == "RECORD" and m["record"]["stream"] == "vouchers"]
    assert not [path for path in (tmp_path / "temporary").rglob("*") if path.is_file()]


def test_in_the_middle_of_a_body(simulator: NetvisorSimulator, tmp_path: Path) -> None:
    simulator.calls.clear()
    simulator.faults.add(faults.drip(0.05, piece=64), resource="accountingledger.nv", nth=2, times=None)
    process = start(simulator, tmp_path)
    until(process, simulator, "accountingledger.nv", 2)
    assert last_state(ended(process, signal.SIGTERM), "vouchers")["backfill"]["next"]


def test_before_anything_was_asked(simulator: NetvisorSimulator, tmp_path: Path) -> None:
    """While the CDK is still being imported, the signal's own ending is good enough; no trace is left either way."""
    (tmp_path / "sitecustomize.py").write_text(STOPS_WITHIN_IMPORTS)
    process = start(simulator, tmp_path, PYTHONPATH=str(tmp_path))
    end = time.monotonic() + 30
    while not (tmp_path / "imports").exists():
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    output, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == -signal.SIGTERM
    assert (output, errors) == (b"", b"")


def test_a_second_signal_changes_nothing(simulator: NetvisorSimulator, tmp_path: Path) -> None:
    simulator.calls.clear()
    simulator.faults.add(faults.delay(60), resource="accountlist.nv", times=None)
    process = start(simulator, tmp_path)
    until(process, simulator, "accountlist.nv", 1)
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGTERM)
    output, errors = process.communicate(timeout=SECONDS)
    assert errors == b"" and b"Traceback" not in output
    assert process.returncode == -signal.SIGTERM
