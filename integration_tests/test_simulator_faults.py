"""How the simulator answers: streams, waits, overlaps, and each fault."""

from __future__ import annotations

import gzip
import http.client
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from integration_tests.protocol_client import Answer, Client, simulate
from netvisor_simulator import (
    NetvisorSimulator,
    Reply,
    Resource,
    faults,
)


@pytest.fixture
def simulator() -> Iterator[NetvisorSimulator]:
    with simulate() as running:
        yield running


@pytest.fixture
def client(simulator: NetvisorSimulator) -> Client:
    return Client(simulator)


def test_a_long_body_is_streamed(simulator: NetvisorSimulator) -> None:
    """Its first part is there while the resource still makes the rest."""
    made = threading.Event()

    def slow() -> Iterator[str]:
        yield "<A/>\n" * 20000
        made.wait(5)
        yield "<B/>"

    simulator.resources["slow.nv"] = Resource("slow.nv", (), lambda request: Reply(slow()))
    client = Client(simulator)
    client.connection.request("GET", "/slow.nv", headers=client.headers("/slow.nv"))
    response = client.connection.getresponse()
    assert response.getheader("Transfer-Encoding") == "chunked"
    assert b"<A/>" in response.read(60000)
    made.set()
    assert response.read().endswith(b"<B/></Root>")


def test_latency_and_rate() -> None:
    with simulate(latency=0.1, bytes_per_second=20_000) as simulator:
        started = time.monotonic()
        Client(simulator).get("/big.nv?count=5")
        assert 0.25 < time.monotonic() - started < 3


def in_background(action: Callable[[], Any]) -> threading.Thread:
    thread = threading.Thread(target=action, daemon=True)
    thread.start()
    return thread


def test_an_overlapping_call_fails_and_is_recorded(simulator: NetvisorSimulator) -> None:
    simulator.faults.add(faults.delay(0.3))
    first = in_background(Client(simulator).get)
    while not len(simulator.calls):
        time.sleep(0.005)
    answer = Client(simulator).get()
    first.join()
    assert (answer.status, answer.code) == (500, "TECHNICAL_ERROR")
    assert [(call.overlap, call.in_flight, call.code) for call in simulator.calls] == [
        (False, 1, "OK"),
        (True, 2, "TECHNICAL_ERROR"),
    ]
    with pytest.raises(AssertionError, match="overlaps"):
        simulator.assert_clean()


def test_more_calls_at_once_where_that_is_allowed() -> None:
    with simulate(max_in_flight=2, latency=0.1) as simulator:
        threads = [in_background(Client(simulator).get) for _ in range(2)]
        for thread in threads:
            thread.join()
        assert {call.code for call in simulator.calls} == {"OK"}
        simulator.assert_clean()


def test_one_call_after_another_never_overlaps(simulator: NetvisorSimulator) -> None:
    for number in range(60):
        assert Client(simulator).get("/big.nv?count=3" if number % 2 else "/told.nv?x=1").status in (200, 400)
    simulator.assert_clean()


def test_to_give_up_and_try_again_is_no_overlap(simulator: NetvisorSimulator) -> None:
    simulator.faults.add(faults.delay(30))
    impatient = Client(simulator, timeout=0.1)
    with pytest.raises(TimeoutError):
        impatient.get()
    impatient.connection.close()
    assert Client(simulator).get().status == 200
    simulator.assert_clean()
    time.sleep(0.1)
    assert simulator.calls[0].hung_up and simulator.calls[0].status is None


def statuses(client: Client, calls: int, target: str = "/small.nv") -> list[int]:
    return [client.get(target).status for _ in range(calls)]


def test_when_a_fault_is_played(client: Client, simulator: NetvisorSimulator) -> None:
    simulator.faults.add(faults.http_status(503), nth=2)
    assert statuses(client, 4) == [200, 503, 200, 200]
    simulator.faults.add(faults.http_status(503), resource="Big.nv", nth=2, times=2)
    assert statuses(client, 2) == [200, 200]
    assert statuses(client, 4, "/big.nv") == [200, 503, 503, 200]
    simulator.faults.add(faults.http_status(502), when=lambda call: "count=1" in call.query, times=None)
    assert statuses(client, 3, "/big.nv?count=1") == [502] * 3
    assert statuses(client, 1, "/big.nv") == [200]
    simulator.faults.clear()
    assert statuses(client, 1, "/big.nv?count=1") == [200]
    assert [call.fault for call in simulator.calls[:3]] == [None, "raw 503", None]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.refuse_connection(), http.client.RemoteDisconnected),
        (faults.refuse_connection(reset=True), ConnectionResetError),
        (faults.reset(), (ConnectionResetError, http.client.IncompleteRead)),
        (faults.truncate(framing="wrong_length"), http.client.IncompleteRead),
        (faults.truncate(framing="no_last_chunk"), http.client.IncompleteRead),
    ],
)
def test_broken_connections(client: Client, simulator: NetvisorSimulator, fault: faults.Fault, error: Any) -> None:
    simulator.faults.add(fault)
    with pytest.raises(error):
        client.get("/big.nv")
    client.connection.close()
    assert client.get("/big.nv").status == 200
    simulator.assert_clean()


@pytest.mark.parametrize("framing", ["right_length", "all_chunks"])
def test_a_truncated_body_that_http_calls_whole(client: Client, simulator: NetvisorSimulator, framing: Any) -> None:
    simulator.faults.add(faults.truncate(300, framing))
    assert len(client.get("/big.nv").body) == 300
    assert client.get("/big.nv").statuses == ["OK"]


def test_drip(client: Client, simulator: NetvisorSimulator) -> None:
    simulator.faults.add(faults.drip(0.02, piece=50))
    started = time.monotonic()
    assert client.get().statuses == ["OK"]
    assert time.monotonic() - started > 0.1


@pytest.mark.parametrize(
    ("code", "status"),
    [("SYSTEM_MAINTENANCE", 500), ("SYSTEM_MAINTANANCE", 500), ("TECHNICAL_ERROR", 500), ("NEW_CODE", 500)],
)
def test_netvisor_codes(client: Client, simulator: NetvisorSimulator, code: str, status: int) -> None:
    simulator.faults.add(faults.netvisor_code(code, "text & more"))
    answer = client.get()
    assert (answer.status, answer.statuses) == (status, ["FAILED", f"{code} :: text & more"])
    assert simulator.calls[0].code == code
    simulator.assert_clean()


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("one_status", ["FAILED"]),
        ("no_status", []),
        ("empty_status", [""]),
        ("no_time_stamp", ["FAILED", "TECHNICAL_ERROR :: Played by the simulator"]),
        ("no_response_status", []),
        ("no_code", ["FAILED", "Aineiston käsittelyssä tapahtui virhe. Virhetunniste: 1"]),
    ],
)
def test_odd_frames(client: Client, simulator: NetvisorSimulator, kind: Any, told: list[str]) -> None:
    simulator.faults.add(faults.odd_frame(kind))
    answer = client.get()
    assert answer.statuses == told
    assert (b"<TimeStamp>" in answer.body) == (kind not in ("no_time_stamp", "no_response_status"))
    assert (b"<ResponseStatus>" in answer.body) == (kind != "no_response_status")


def played(client: Client, simulator: NetvisorSimulator, fault: faults.Fault) -> Answer:
    simulator.faults.add(fault)
    answer = client.get()
    simulator.assert_clean()
    return answer


def test_other_faults(client: Client, simulator: NetvisorSimulator) -> None:
    answer = played(client, simulator, faults.too_many_requests())
    assert (answer.status, answer.headers.get("retry-after")) == (429, None)
    assert played(client, simulator, faults.too_many_requests(retry_after=7)).headers["retry-after"] == "7"
    answer = played(client, simulator, faults.redirect("http://127.0.0.1:9/"))
    assert (answer.status, answer.headers["location"]) == (302, "http://127.0.0.1:9/")
    answer = played(client, simulator, faults.maintenance_page())
    assert answer.status == 200 and b"<br>" in answer.body
    answer = played(client, simulator, faults.raw(b"\xff\xfe", 418, {"X-Odd": "1"}, content_type=None))
    assert (answer.status, answer.body, answer.headers.get("content-type")) == (418, b"\xff\xfe", None)
    answer = played(client, simulator, faults.gzip())
    assert answer.headers["content-encoding"] == "gzip" and b"<Names>" in gzip.decompress(answer.body)
    assert b"<root>" in played(client, simulator, faults.transform(bytes.lower)).body
    assert b"<Titles>" in played(client, simulator, faults.substitute("Names", "Titles")).body
