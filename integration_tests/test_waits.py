"""While a call waits, or takes long, whoever reads is woken up, and can tell the platform that the sync is alive."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from integration_tests.console_runs import configured
from netvisor_simulator import NetvisorSimulator, faults
from netvisor_simulator.company import Company
from source_netvisor.config import NetvisorConfig
from source_netvisor.errors import NetvisorError
from source_netvisor.fetching.downloads import AHEAD, Downloads
from source_netvisor.netvisor.client import Client
from source_netvisor.netvisor.reply import Reply
from source_netvisor.netvisor.request import Request
from source_netvisor.netvisor.retry_policy import RetryPolicy

ACCOUNTS, TYPES = Request("accountlist.nv"), Request("vouchertypelist.nv")
POLICY = RetryPolicy(connect_seconds=2, read_seconds=10, waits=(0.5, 1.0), max_retry_after=5)


@pytest.fixture(scope="module")
def simulator() -> Iterator[NetvisorSimulator]:
    with NetvisorSimulator(Company(1, 20)) as running:
        yield running


@pytest.fixture
def downloads(simulator: NetvisorSimulator) -> Iterator[Downloads]:
    simulator.faults.clear()
    made = Downloads(Client(NetvisorConfig.parse(simulator.config(), {}), POLICY), sign_of_life=0.4)
    yield made
    made.close()


class Told:
    """What a reader was told while it waited, and when."""

    def __init__(self) -> None:
        self.moments: list[tuple[float, datetime | None]] = []
        self.threads: set[threading.Thread] = set()

    def __call__(self, until: datetime | None) -> None:
        self.moments.append((time.monotonic(), until))
        self.threads.add(threading.current_thread())


def test_a_call_that_waits_tells_until_when(downloads: Downloads, simulator: NetvisorSimulator) -> None:
    """Retry-After: at once, in the reader's own thread, and again while it lasts."""
    simulator.faults.add(faults.too_many_requests(2), resource="accountlist.nv", times=1)
    told, began, now = Told(), time.monotonic(), datetime.now(timezone.utc)
    downloads.on_wait = told
    downloads.fetch(ACCOUNTS).close()
    assert time.monotonic() - began >= 2
    first, until = told.moments[0]
    assert first - began < 1.5
    assert until is not None and timedelta(seconds=1.5) < until - now < timedelta(seconds=4)
    assert {moment for _, moment in told.moments if moment is not None} == {until}
    assert len(told.moments) >= 4
    assert told.threads == {threading.current_thread()}


def test_each_wait_is_told(downloads: Downloads, simulator: NetvisorSimulator) -> None:
    simulator.faults.add(faults.netvisor_code("SYSTEM_MAINTENANCE"), resource="accountlist.nv", times=2)
    told = Told()
    downloads.on_wait = told
    downloads.fetch(ACCOUNTS).close()
    assert len({until for _, until in told.moments if until is not None}) == 2


def test_a_slow_call_is_a_sign_of_life_too(downloads: Downloads, simulator: NetvisorSimulator) -> None:
    """It does not wait for anything that has an end."""
    simulator.faults.add(faults.delay(1.5), resource="accountlist.nv", times=1)
    told = Told()
    downloads.on_wait = told
    downloads.fetch(ACCOUNTS).close()
    assert len(told.moments) >= 2
    assert {until for _, until in told.moments} == {None}


def test_a_wait_of_the_call_before_it(downloads: Downloads, simulator: NetvisorSimulator) -> None:
    """One call at a time: the reply that is waited for may not even have been asked for."""
    simulator.faults.add(faults.too_many_requests(2), resource="accountlist.nv", times=1)
    downloads.expect([ACCOUNTS])
    time.sleep(0.3)
    told = Told()
    downloads.on_wait = told
    downloads.fetch(TYPES).close()
    assert told.moments and told.moments[0][1] is not None
    downloads.fetch(ACCOUNTS).close()


def test_a_quick_call_tells_nothing(downloads: Downloads) -> None:
    told = Told()
    downloads.on_wait = told
    downloads.fetch(ACCOUNTS).close()
    assert told.moments == []


def test_what_is_wanted_soon_is_under_way_while_a_reply_is_read(
    downloads: Downloads, simulator: NetvisorSimulator
) -> None:
    """However much is expected for later: otherwise each batch of details would wait until the one before is read."""
    names = ("accountlist.nv", "vouchertypelist.nv", "dimensionlist.nv", "getbankaccounts.nv", "paymenttermlist.nv")
    lists = [Request(name) for name in names]
    batches = [Request("getcustomer.nv", (("idlist", str(key)),)) for key in (1001, 1002, 1003)]
    simulator.calls.clear()
    downloads.expect(lists)
    downloads.fetch(lists[0]).close()
    _until(lambda: len(simulator.calls) == 1 + AHEAD)
    downloads.expect(batches, soon=True)
    downloads.fetch(batches[0]).close()
    _until(lambda: len(simulator.calls.of("getcustomer.nv")) == 3)
    assert len(simulator.calls) == 1 + AHEAD + 3
    for request in (*batches[1:], *lists[1:]):
        downloads.fetch(request).close()


def test_nothing_is_made_ahead_of_a_call_that_failed(downloads: Downloads, simulator: NetvisorSimulator) -> None:
    """What ails it may concern all: a refused key is not tried again for the lists that were to follow."""
    simulator.faults.add(faults.netvisor_code("SERVICE_ACCESS_ERROR"), resource="accountlist.nv", times=None)
    for wait in (0.0, 0.3):
        simulator.calls.clear()
        downloads.expect([ACCOUNTS, TYPES])
        time.sleep(wait)
        with pytest.raises(NetvisorError, match="SERVICE_ACCESS_ERROR"):
            downloads.fetch(ACCOUNTS)
        time.sleep(0.3)
        assert len(simulator.calls) == 1
        downloads.fetch(TYPES).close()
        assert len(simulator.calls) == 2


def test_nothing_is_made_while_a_failure_is_taken(downloads: Downloads, simulator: NetvisorSimulator) -> None:
    """However late the reader's thread goes on, each time that it lets others work."""

    class Unhurried(threading.Condition):
        def __exit__(self, *exception: object) -> None:
            super().__exit__(*exception)  # type: ignore[arg-type]
            if threading.current_thread() is threading.main_thread():
                time.sleep(0.05)

    simulator.faults.add(faults.netvisor_code("SERVICE_ACCESS_ERROR"), resource="accountlist.nv", times=None)
    downloads._changed = Unhurried()
    simulator.calls.clear()
    downloads.expect([ACCOUNTS, TYPES])
    _until(lambda: downloads._downloads[ACCOUNTS].done)
    with pytest.raises(NetvisorError, match="SERVICE_ACCESS_ERROR"):
        downloads.fetch(ACCOUNTS)
    time.sleep(0.1)
    assert len(simulator.calls) == 1


def _until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not done():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_what_arrives_after_the_end_is_closed(simulator: NetvisorSimulator) -> None:
    """A call may end at the moment when the sync does: its reply lies in a file that somebody has to close."""
    simulator.faults.clear()
    given: list[Reply] = []
    arrived, ended = threading.Event(), threading.Event()

    class Slow(Client):
        def fetch(self, request: Request) -> Reply:
            given.append(super().fetch(request))
            arrived.set()
            ended.wait(10)
            return given[-1]

    made = Downloads(Slow(NetvisorConfig.parse(simulator.config(), {}), POLICY))
    made.expect([ACCOUNTS])
    assert arrived.wait(10)
    made.close()
    ended.set()
    end = time.monotonic() + 10
    while not given[0].body.closed and time.monotonic() < end:
        time.sleep(0.02)
    assert given[0].body.closed


NO_THREADS = (
    "import _thread, sys, threading\n"
    "from source_netvisor import run\n"
    'def refuse(*_, **__): raise RuntimeError("can\'t start new thread")\n'
    "for module in (_thread, threading):\n"
    "    for name in ('start_new_thread', '_start_new_thread', 'start_joinable_thread', '_start_joinable_thread'):\n"
    "        if hasattr(module, name): setattr(module, name, refuse)\n"
    "run.run()\n"
)


def test_a_machine_that_starts_no_thread(simulator: NetvisorSimulator, tmp_path: Path) -> None:
    """One sentence, for the user, and no stack trace."""
    simulator.faults.clear()
    for name, content in (("config", simulator.config()), ("catalog", configured("accounts"))):
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    done = subprocess.run(
        [sys.executable, "-c", NO_THREADS, "read", "--config", "config.json", "--catalog", "catalog.json"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "")
    assert "This machine starts no further thread for the connector" in done.stdout
    assert "Traceback" not in done.stdout


def test_the_error_of_a_call_arrives(downloads: Downloads, simulator: NetvisorSimulator) -> None:
    simulator.faults.add(faults.netvisor_code("SERVICE_ACCESS_ERROR"), resource="accountlist.nv", times=1)
    downloads.on_wait = Told()
    with pytest.raises(NetvisorError) as raised:
        downloads.fetch(ACCOUNTS)
    assert raised.value.forbidden


def test_a_read_that_waits_shows_airbyte_that_it_is_alive(simulator: NetvisorSimulator, tmp_path: Path) -> None:
    """RUNNING with the reason RATE_LIMITED, and the last state once more, while nothing else can be said."""
    simulator.faults.clear()
    # the second call of the ledger: a state has gone out after the first window
    simulator.faults.add(faults.too_many_requests(2), resource="accountingledger.nv", nth=2)
    config = simulator.config(start_date=(datetime.now(timezone.utc).date() - timedelta(days=70)).isoformat())
    for name, content in (("config", config), ("catalog", configured("vouchers"))):
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    script = "from source_netvisor import run; run.run()"
    done = subprocess.run(
        [sys.executable, "-c", script, "read", "--config", "config.json", "--catalog", "catalog.json"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    limited = [
        place
        for place, message in enumerate(messages)
        for reason in message.get("trace", {}).get("stream_status", {}).get("reasons") or ()
        if reason["type"] == "RATE_LIMITED"
    ]
    assert done.returncode == 0 and limited
    status = messages[limited[0]]["trace"]["stream_status"]
    assert status["status"] == "RUNNING"
    assert status["reasons"][0]["rate_limited"]["quota_reset"] > (time.time() - 60) * 1000
    before = [m["state"]["stream"] for m in messages[: limited[0]] if m["type"] == "STATE"][-1]
    repeated = messages[limited[0] + 1]
    assert repeated["type"] == "STATE" and repeated["state"]["stream"] == before
