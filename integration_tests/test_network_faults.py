"""Faults of the network and of servers that are no Netvisor: one sentence each, at a check and at a read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from integration_tests.console_runs import IMPATIENT, ConsoleRuns, Run, configured
from integration_tests.network_faults import CASES, FRAME, IN_TIME, OK_HEAD, SURVIVED, NetworkCase
from integration_tests.raw_server import RawServer, sends, sends_for_ever
from netvisor_simulator import (
    BUSINESS_ID,
    PARTNER_ID,
    PARTNER_KEY,
    USER_ID,
    USER_KEY,
    NetvisorSimulator,
    faults,
)
from netvisor_simulator.company import Company


def config(url: str, **other: Any) -> dict[str, Any]:
    return {
        "company_name": "Simulated company", "business_id": BUSINESS_ID, "api_user_id": USER_ID, "api_key": USER_KEY,
        "partner_id": PARTNER_ID, "partner_key": PARTNER_KEY, "base_url": url, "start_date": "2026-01-01", **other,
    }  # fmt: skip


PROXY = "The proxy that this machine's environment names (HTTPS_PROXY, ALL_PROXY)"


@pytest.fixture(scope="module")
def console() -> Iterator[ConsoleRuns]:
    with ConsoleRuns({**IMPATIENT, "call_seconds": 0.7, "largest_reply": 24 << 20}) as running:
        yield running


def assert_sound(run: Run) -> None:
    assert not run.hung
    assert run.errors == ""
    assert "Traceback" not in run.output


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_network_fault(case: NetworkCase, console: ConsoleRuns, tmp_path: Path) -> None:
    with case.serve(tmp_path) as url:
        checked = console.check(config(url))
        read = console.read(config(url), configured("accounts"), "--debug")
    assert_sound(checked)
    status, message = checked.check_message
    assert (checked.code, status) == (0, "FAILED")
    assert message.startswith(case.sees.format(resource="accountlist.nv")), message
    assert_sound(read)
    assert read.code == 1
    (sentence,) = read.errors_of("accounts")
    assert sentence.startswith("accounts: " + case.sees.format(resource="accountlist.nv")), sentence


@pytest.mark.parametrize("answer", SURVIVED.values(), ids=SURVIVED.keys())
def test_an_odd_answer_is_read(answer: bytes, console: ConsoleRuns) -> None:
    with RawServer(sends(answer)) as server:
        run = console.read(config(server.url), configured("voucher_types"), "--debug")
    assert_sound(run)
    assert run.code == 0, run.errors_of(None)
    assert [(record["netvisor_key"], record["name"]) for record in run.records("voucher_types")] == [(1, "Purchase")]
    assert run.logs("WARN") == []
    assert server.requests == 1


@pytest.mark.parametrize(
    ("environment", "sees"),
    [
        ({"HTTPS_PROXY": "http://127.0.0.1:9"}, f"{PROXY} did not let accountlist.nv through; check it, or name "
         "Netvisor's host in NO_PROXY."),
        ({"HTTPS_PROXY": "::::"}, f"{PROXY} cannot be used: correct it or take it away."),
        ({"ALL_PROXY": "gopher://127.0.0.1:9"}, PROXY),
        ({"REQUESTS_CA_BUNDLE": "/nowhere/certificates.pem"}, "The file of certificates that REQUESTS_CA_BUNDLE names "
         "(/nowhere/certificates.pem) cannot be used: it is not there, cannot be read, or has no certificate in it. "
         "Nothing was sent; correct it or take it away."),
        ({"CURL_CA_BUNDLE": "/dev/null"}, "The file of certificates that CURL_CA_BUNDLE names (/dev/null) cannot"),
        ({"REQUESTS_CA_BUNDLE": __file__}, "The file of certificates that REQUESTS_CA_BUNDLE names ("),
    ],
    ids=["a proxy that is not there", "a proxy that is no address", "a proxy of another kind", "no certificates",
         "an empty file of certificates", "a file of something else"],
)  # fmt: skip
def test_the_environment(environment: dict[str, str], sees: str, console: ConsoleRuns) -> None:
    """What this machine's environment says about connections is wrong: the sentence names the variable."""
    environment = {"NO_PROXY": "", "no_proxy": "", "REQUESTS_CA_BUNDLE": "", **environment}
    checked = console.check(config("https://integration.netvisor.fi"), environment=environment)
    assert_sound(checked)
    status, message = checked.check_message
    assert (checked.code, status) == (0, "FAILED")
    assert message.startswith(sees), message
    read = console.read(config("https://integration.netvisor.fi"), configured("accounts"), environment=environment)
    assert_sound(read)
    assert read.errors_of("accounts")[0].startswith(f"accounts: {sees}")


def test_a_proxy_that_wants_credentials(console: ConsoleRuns) -> None:
    with RawServer(sends(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")) as proxy:
        environment = {"HTTPS_PROXY": proxy.url.replace("//", "//someone:secretword@"), "NO_PROXY": "", "no_proxy": ""}
        run = console.check(config("https://integration.netvisor.fi"), environment=environment)
    assert_sound(run)
    assert run.check_message[1].startswith(PROXY)
    assert "secretword" not in run.output


def test_a_proxy_that_drips(console: ConsoleRuns) -> None:
    """What a proxy says before there is a connection belongs to the time of the call."""
    with RawServer(sends_for_ever(b"HTTP/1.1 200 OK\r\nX: ", b"x", 0.05)) as proxy:
        environment = {"HTTPS_PROXY": proxy.url, "NO_PROXY": ""}
        run = console.read(config("https://integration.netvisor.fi"), configured("accounts"), environment=environment)
    assert_sound(run)
    (sentence,) = run.errors_of("accounts")
    assert sentence == f"accounts: {IN_TIME.format(resource='accountlist.nv')}"
    assert run.seconds < 10


def test_an_outage_does_not_wait_once_for_each_stream(console: ConsoleRuns) -> None:
    """Sixty streams and nobody there: the retries of one call, two more calls, and the end.

    A group of streams that has begun asks for its second list too.
    """
    names = [message["name"] for message in _streams(console)]
    assert len(names) > 55
    with RawServer(sends(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")) as server:
        run = console.read(config(server.url), configured(*names))
    assert_sound(run)
    assert run.code == 1
    assert 3 + 2 <= server.requests <= 3 + 2 + 1
    for name in names:
        assert run.statuses(name) == ["STARTED", "INCOMPLETE"]
        (sentence,) = run.errors_of(name)
        assert sentence.startswith(f"{name}: Netvisor is not available (HTTP 503")
    assert len(run.errors_of(None)[0]) < 5000


def test_an_outage_that_begins_while_a_reply_is_read(console: ConsoleRuns) -> None:
    """The calls made ahead fail one after the other while the first stream still reads: it is complete all the same."""
    names = ["voucher_types", "accounts", "payment_terms", "bank_accounts", "dimensions", "customers"]
    rows = b"".join(b"<VoucherType><NetvisorKey>%d</NetvisorKey></VoucherType>" % key for key in range(1, 30_000))
    body = FRAME + b"<VoucherTypeList>" + rows + b"</VoucherTypeList></Root>"
    whole = OK_HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body
    answers = iter([whole])
    busy = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
    with RawServer(lambda connection: connection.sendall(next(answers, busy))) as server:
        run = console.read(config(server.url), configured(*names, sync_mode="full_refresh"))
    assert_sound(run)
    assert run.code == 1
    assert run.statuses("voucher_types")[-1] == "COMPLETE"
    assert len(run.records("voucher_types")) == 29_999
    for name in names[1:]:
        (sentence,) = run.errors_of(name)
        assert sentence.startswith(f"{name}: Netvisor is not available (HTTP 503")


def test_errors_of_netvisors_own_do_not_end_the_sync(console: ConsoleRuns) -> None:
    """Netvisor answers, if only with errors: the streams behind them may be well, and are tried, once each."""
    reply = b"<Root><ResponseStatus><Status>FAILED</Status><Status>FLUX :: x</Status></ResponseStatus></Root>"
    with NetvisorSimulator(Company(1, 5, 1)) as simulator:
        odd = ["accounts", "payment_terms", "bank_accounts", "dimensions"]
        for resource in ("accountlist.nv", "paymenttermlist.nv", "getbankaccounts.nv", "dimensionlist.nv"):
            simulator.faults.add(faults.raw(reply), resource=resource, times=None)
        run = console.read(simulator.config(start_date="2026-01-01"), configured(*odd, "voucher_types"))
    assert_sound(run)
    for name in odd:
        (sentence,) = run.errors_of(name)
        assert sentence.startswith(f"{name}: Netvisor answered ") and "the unknown error FLUX" in sentence
    assert run.statuses("voucher_types")[-1] == "COMPLETE"


def _streams(console: ConsoleRuns) -> list[dict[str, Any]]:
    run = console.run(["discover", "--config", console.write("config.json", config("http://127.0.0.1:1"))])
    (catalog,) = run.of("CATALOG")
    return list(catalog["catalog"]["streams"])


@pytest.mark.parametrize(
    "url",
    [
        "http://integration.netvisor.fi", "http://192.168.1.10", "http://localhost.evil.example", "http://0.0.0.0",
        "http://127.0.0.1@evil.example", "ftp://127.0.0.1", "file:///etc/passwd", "//127.0.0.1", "127.0.0.1",
        "https://", "https://integration.netvisor.fi/path", "https://integration.netvisor.fi?x=1", "https://a b",
        "https://user:secret@integration.netvisor.fi", "https://integration.netvisor.fi:99999", "https://[::1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_asked(console: ConsoleRuns, url: str) -> None:
    run = console.check(config(url))
    assert_sound(run)
    status, message = run.check_message
    assert (run.code, status) == (0, "FAILED")
    assert message.startswith("Netvisor Address (base_url): "), message
    assert "secret" not in run.output
