"""Faults of this machine, and replies that go bad where records have left already."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from integration_tests import reads
from integration_tests.console_runs import IMPATIENT, ConsoleRuns, Run, configured
from integration_tests.raw_server import RawServer
from netvisor_simulator import NetvisorSimulator, faults
from netvisor_simulator.company import Company
from netvisor_simulator.wire import Answer
from source_netvisor.config import NetvisorConfig
from source_netvisor.errors import NetvisorError
from source_netvisor.netvisor.client import Client
from source_netvisor.netvisor.request import Request
from source_netvisor.parsing import decoder

SCRIPT = str(Path(sys.executable).parent / "source-netvisor")


@pytest.fixture(scope="module")
def company_server() -> Iterator[NetvisorSimulator]:
    with NetvisorSimulator(Company(1, 150, 1)) as running:
        yield running


@pytest.fixture
def simulator(company_server: NetvisorSimulator) -> Iterator[NetvisorSimulator]:
    company_server.faults.clear()
    company_server.calls.clear()
    yield company_server
    company_server.assert_clean()


@pytest.fixture
def config(simulator: NetvisorSimulator) -> dict[str, Any]:
    return simulator.config(start_date=date.today().replace(day=1).isoformat())  # noqa: DTZ011


def assert_sound(run: Run) -> None:
    assert (run.hung, run.errors, run.stray) == (False, "", [])
    assert "Traceback" not in run.output


@pytest.mark.parametrize(("ahead", "told"), [(3600, "about 60 minutes ahead of"), (-3600, "about 60 minutes behind")])
def test_a_wrong_clock(console: ConsoleRuns, company_server: NetvisorSimulator, ahead: int, told: str) -> None:
    """Netvisor refuses the signature and does not say why; the reply's own date does."""
    config = company_server.config(start_date="2026-01-01")
    checked = console.check(config, clock_ahead=ahead)
    assert_sound(checked)
    status, message = checked.check_message
    assert status == "FAILED"
    assert message.startswith("AUTHENTICATION_FAILED: ") and f"This machine's clock is {told} Netvisor's" in message
    read = console.read(config, configured("accounts", "voucher_types"), clock_ahead=ahead)
    assert_sound(read)
    assert read.code == 1
    for stream in ("accounts", "voucher_types"):
        assert told in read.errors_of(stream)[0]


def test_connections_that_close_between_calls(console: ConsoleRuns) -> None:
    """The server promises to keep the connection, and closes it after each reply: nobody notices."""
    body = b"<Root><ResponseStatus><Status>OK</Status></ResponseStatus></Root>"

    def script(connection: socket.socket) -> None:
        head = f"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)

    with RawServer(script) as server, NetvisorSimulator(Company(1, 1, 1)) as simulator:
        config = simulator.config(base_url=server.url, start_date="2026-01-01")
        run = console.read(config, configured("accounts", "voucher_types", "vouchers", "payment_terms"))
    assert_sound(run)
    assert run.code == 0, run.errors_of(None)


def test_a_connection_that_a_failed_call_leaves_is_not_used_again(console: ConsoleRuns) -> None:
    """The server closes each connection at the second request on it: the next stream is told of the outage too.

    During an outage a call has one attempt only, and a connection that is about to close does not always show it.
    """

    def script(connection: socket.socket) -> None:
        body = b"<html>busy</html>"
        connection.sendall(b"HTTP/1.1 503 x\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        connection.recv(1 << 16)

    with RawServer(script) as server, NetvisorSimulator(Company(1, 1, 1)) as simulator:
        run = console.read(
            simulator.config(base_url=server.url, start_date="2026-01-01"), configured("accounts", "voucher_types")
        )
    assert_sound(run)
    for stream in ("accounts", "voucher_types"):
        (sentence,) = run.errors_of(stream)
        assert sentence.startswith(f"{stream}: Netvisor is not available (HTTP 503 at")


def test_an_error_that_nobody_expected_fails_its_streams_only(
    simulator: NetvisorSimulator, config: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of the connector's own: the others are read, and the sentence says where it is, not what it met."""

    def broken(*_: Any) -> Any:
        raise KeyError("010190-123A")

    monkeypatch.setattr("source_netvisor.streams.grouped_records.GroupedRecords.groups", broken)
    run = reads.read(config, ["account_balances", "accounts", "voucher_types"])
    assert run.code == 1
    sentences = [m["trace"]["error"]["message"] for m in run.of("TRACE") if "error" in m["trace"]]
    assert sentences[0].startswith("account_balances: The connector failed in a way that it should not (KeyError in ")
    assert len(sentences) == 2 and "010190" not in str(sentences)
    assert {"accounts", "voucher_types"} <= set(reads.records(run))
    assert [line for line in run.logs("ERROR") if "listing_pass.py" in line]


def large(good: bytes, size: int, before_the_end: bytes = b"") -> bytes:
    """A ledger of about `size` bytes, of one voucher again and again with keys of its own each."""
    start, end = good.index(b"<Voucher "), good.index(b"</Voucher>") + len(b"</Voucher>")
    voucher = good[start:end]
    key = voucher[voucher.index(b"<NetvisorKey>") : voucher.index(b"</NetvisorKey>")]
    copies = (voucher.replace(key, b"<NetvisorKey>%d" % number, 1) for number in range(1, size // len(voucher)))
    return good[:start] + b"".join(copies) + before_the_end + good[good.rindex(b"</Voucher>") + len(b"</Voucher>") :]


@pytest.mark.parametrize("damage", [b"<Open>", b"&undefined;"])
def test_a_large_reply_that_is_malformed_near_its_end(
    console: ConsoleRuns, simulator: NetvisorSimulator, config: dict[str, Any], damage: bytes
) -> None:
    """Records have left before the damage is met: an error, and no state that says that the window was read."""
    simulator.faults.add(
        faults.transform(lambda good: large(good, 20_000_000, damage)), resource="accountingledger.nv", times=None
    )
    run = console.read(config, configured("vouchers", "voucher_types"))
    assert_sound(run)
    assert run.code == 1
    (sentence,) = run.errors_of("vouchers")
    assert sentence.startswith("vouchers: Netvisor answered accountingledger.nv with something that is not a complete")
    assert run.statuses("vouchers")[-1] == "INCOMPLETE"
    assert run.statuses("voucher_types")[-1] == "COMPLETE"
    for state in run.states("vouchers"):
        assert state["compared"] is None and state["backfill"]["next"] == state["start_date"]


def voucher_of_lines(answer: Answer, size: int) -> Answer:
    """The answer with its second voucher's first line again and again, until it has so many bytes."""
    good = b"".join(answer.body)
    second = good.index(b"<Voucher ", good.index(b"</Voucher>"))
    start = good.index(b"<VoucherLine", second)
    end = good.index(b"</VoucherLine>", start) + len(b"</VoucherLine>")
    lines = good[start:end] * 1000

    def body() -> Iterator[bytes]:
        yield good[:end]
        for _ in range(size // len(lines) + 1):
            yield lines
        yield good[end:]

    return replace(answer, body=body(), length=None)


def test_a_record_that_is_too_large_for_the_memory(simulator: NetvisorSimulator, config: dict[str, Any]) -> None:
    """Records of any size must not end the process for want of memory, which nobody would be told of."""
    fault = faults.Fault("large record", lambda answer, _: voucher_of_lines(answer, decoder.LARGEST_RECORD + (1 << 20)))
    simulator.faults.add(fault, resource="accountingledger.nv", times=None)
    with ConsoleRuns({**IMPATIENT, "read_seconds": 10, "call_seconds": 60, "largest_reply": 1 << 30}) as patient:
        run = patient.read(config, configured("vouchers", "voucher_types"), longest=60)
    assert_sound(run)
    assert run.code == 1
    (sentence,) = run.errors_of("vouchers")
    assert sentence == (
        "vouchers: A single record of the reply is larger than 128 MB. This connector keeps a record in memory whole, "
        "and reads none that is larger; please report it to the developers."
    )
    assert run.statuses("voucher_types")[-1] == "COMPLETE"
    assert len(simulator.calls.of("accountingledger.nv")) <= 2


def test_a_full_disk(console: ConsoleRuns, simulator: NetvisorSimulator, config: dict[str, Any]) -> None:
    """The reply does not fit into the temporary files; what fits is read."""
    padding = b"<!-- " + b"x" * (8 << 20) + b" -->"
    simulator.faults.add(
        faults.transform(lambda good: good.replace(b"</Root>", padding + b"</Root>")),
        resource="accountlist.nv", times=None,
    )  # fmt: skip
    run = console.read(config, configured("accounts", "voucher_types"), file_size=4 << 20)
    assert_sound(run)
    assert run.code == 1
    (sentence,) = run.errors_of("accounts")
    assert sentence == (
        "accounts: The reply of accountlist.nv could not be kept on this machine's temporary disk (File too large); "
        "make room and try again."
    )
    assert run.statuses("voucher_types")[-1] == "COMPLETE"


def start(config: dict[str, Any], directory: Path, *streams: str, **how: Any) -> subprocess.Popen[bytes]:
    """The real console script, reading."""
    (directory / "config.json").write_text(json.dumps(config))
    (directory / "catalog.json").write_text(json.dumps(configured(*streams)))
    arguments = ["--config", str(directory / "config.json"), "--catalog", str(directory / "catalog.json")]
    return subprocess.Popen([SCRIPT, "read", *arguments], stderr=subprocess.PIPE, **how)


@pytest.mark.parametrize("environment", [{"PYTHONWARNINGS": "error"}, {"PYTHONOPTIMIZE": "2"}, {"PYTHONDEVMODE": "1"}])
def test_what_python_is_told_by_the_environment(
    simulator: NetvisorSimulator, config: dict[str, Any], tmp_path: Path, environment: dict[str, str]
) -> None:
    """Also with a manifest of somebody else's in the working directory."""
    (tmp_path / "manifest.yaml").write_text("streams: [{")
    process = start(
        config, tmp_path, "accounts", stdout=subprocess.PIPE, cwd=tmp_path, env={**os.environ, **environment}
    )
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, b"")
    assert b'"COMPLETE"' in output


def test_nobody_reads_the_output_any_more(simulator: NetvisorSimulator, config: dict[str, Any], tmp_path: Path) -> None:
    process = start(config, tmp_path, "accounts", "vouchers", "voucher_types", stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(30) == 1
    assert process.stderr.read() == b""
    process.stderr.close()


def test_no_room_for_the_output(simulator: NetvisorSimulator, config: dict[str, Any], tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full:
        process = start(config, tmp_path, "accounts", stdout=full)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert errors == b"source-netvisor: the output cannot be written (No space left on device).\n"


def test_no_output_at_all(config: dict[str, Any], tmp_path: Path) -> None:
    process = start(config, tmp_path, "accounts", preexec_fn=lambda: os.close(1))
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (1, b"source-netvisor: there is no standard output to write to.\n")


def test_no_room_for_temporary_files(simulator: NetvisorSimulator, config: dict[str, Any], tmp_path: Path) -> None:
    """As on a full disk, or in a container without a directory that may be written to."""

    def no_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    process = start(config, tmp_path, "accounts", stdout=subprocess.PIPE, preexec_fn=no_room)
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (1, b"")
    traces = [message["trace"] for message in map(json.loads, output.splitlines()) if message["type"] == "TRACE"]
    assert [trace["error"]["message"] for trace in traces] == [
        "There is no temporary directory that can be written to (TMPDIR, /tmp, /var/tmp): make room there, or name "
        "another one in TMPDIR."
    ]
    assert len(simulator.calls) == 0


def test_an_output_that_is_not_utf_8(simulator: NetvisorSimulator, config: dict[str, Any], tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    process = start(config, tmp_path, "voucher_types", "accounts", stdout=subprocess.PIPE, env=environment)
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, b"")
    assert "Löneverifikat" in output.decode()


@pytest.mark.parametrize(
    "resource",
    ["deletesalesinvoice.nv", "deleteworkdayhour.nv", "salesinvoice.nv", "ACCOUNTLIST.NV", "../accountlist.nv", ""],
)
def test_a_resource_outside_the_whitelist(simulator: NetvisorSimulator, resource: str) -> None:
    """Whatever the manifest says: nothing is asked that is not on the list of resources that only read."""
    client = Client(NetvisorConfig.parse(simulator.config()))
    with pytest.raises(NetvisorError, match="is not one that this connector may read; nothing was asked"):
        client.fetch(Request(resource))
    assert len(simulator.calls) == 0
