"""What the simulator answers: each refusal, each notation, each reading that the protocol half plays."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from random import Random
from typing import Any
from xml.etree import ElementTree

import pytest

from integration_tests.protocol_client import KINDS, Client, mac, simulate
from netvisor_simulator import (
    BUSINESS_ID,
    PARTNER_ID,
    PARTNER_KEY,
    USER_ID,
    USER_KEY,
    ApiAssumptions,
    NetvisorSimulator,
    Reply,
    Resource,
    User,
    faults,
)
from netvisor_simulator.__main__ import arguments
from netvisor_simulator.assumptions import CHOICES

SUMMER = datetime(2026, 6, 5, 13, 12, 9, tzinfo=timezone.utc)


@pytest.fixture
def simulator() -> Iterator[NetvisorSimulator]:
    with simulate() as running:
        yield running


@pytest.fixture
def client(simulator: NetvisorSimulator) -> Client:
    return Client(simulator)


def test_the_client_signs_as_the_official_example() -> None:
    example = {
        "Sender": "ClientName",
        "CustomerId": "Integration user identifier",
        "Timestamp": "2023-05-04 12:00:00.000",
        "Language": "FI",
        "Organisation": "1967543-8",
        "TransactionId": "123456",
        "TimestampUnix": "1683147600",
    }
    keys = ("7cd680e89e880553358bc07cd28b0ee2", "7f94228d149a96b2f25e3edad55096e")
    signed = mac("https://isvapi.netvisor.fi/accounting.nv", example, *keys)
    assert signed == "86b8f6510744913deab32da404d7668eba2a75775b3ac78c9c48bca65e0fbd27"


def test_a_good_call(client: Client, simulator: NetvisorSimulator) -> None:
    answer = client.get("/Small.nv")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["x-page"] == "1"
    assert answer.body.startswith(b'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\r\n<Root>\r\n    <Resp')
    assert b"\n" not in answer.body.replace(b"\r\n", b"")
    assert answer.statuses == ["OK"]
    assert ElementTree.fromstring(answer.body).findtext("Names/Name") == "Määrä & Co"
    call = simulator.calls[0]
    assert (call.resource, call.status, call.code, call.bytes) == ("small.nv", 200, "OK", len(answer.body))
    assert (call.in_flight, call.signed, call.overlap, call.duration is not None) == (1, True, False, True)
    assert USER_ID not in str(call) and USER_KEY not in str(call)
    simulator.assert_clean()


def test_time_stamp_is_finnish_local_time_without_leading_zeros() -> None:
    with simulate(clock=lambda: SUMMER) as simulator:
        assert b"<TimeStamp>5.6.2026 16:12:09</TimeStamp>" in Client(simulator).get().body


def test_a_connection_is_kept_alive_and_a_mac_may_be_upper_case(client: Client, simulator: NetvisorSimulator) -> None:
    headers = client.headers("/small.nv")
    headers["X-Netvisor-Authentication-MAC"] = headers["X-Netvisor-Authentication-MAC"].upper()
    assert client.send("/small.nv", headers).status == 200
    local = client.connection.sock.getsockname()
    client.get(UseHTTPResponseStatusCodes=None)
    assert client.connection.sock.getsockname() == local
    simulator.assert_clean()


NOW = datetime.now(timezone.utc)
EARLIER = NOW - timedelta(minutes=6)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        *(({name: None}, "is missing") for name in ("Sender", "Timestamp", "TimestampUnix", "TransactionId", "MAC")),
        ({"PartnerId": None}, "is missing"),
        ({"Language": None}, "is missing"),
        ({"Organisation": None}, "is missing"),
        ({"MACHashCalculationAlgorithm": None}, "is missing"),
        ({"MACHashCalculationAlgorithm": "SHA256"}, "badly formed"),
        ({"Language": "fi"}, "badly formed"),
        ({"Organisation": "19675438"}, "badly formed"),
        ({"TransactionId": "0.5 123"}, "badly formed"),
        ({"Timestamp": f"{NOW:%Y-%m-%d %H:%M:%S}"}, "badly formed"),
        ({"Timestamp": f"{NOW:%Y-%m-%dT%H:%M:%S}.000Z"}, "badly formed"),
        ({"Timestamp": "2026-13-01 00:00:00.000"}, "no date"),
        ({"TimestampUnix": f"{NOW.timestamp():.3f}"}, "badly formed"),
        ({"Timestamp": f"{NOW + timedelta(hours=2):%Y-%m-%d %H:%M:%S}.000"}, "different moments"),
        (
            {"Timestamp": f"{EARLIER:%Y-%m-%d %H:%M:%S}.000", "TimestampUnix": str(int(EARLIER.timestamp()))},
            "server's clock",
        ),
        ({"MAC": "nonsense"}, "badly formed"),
        ({"PartnerId": "Other_1"}, "Integraatiokumppania ei löydy"),
        ({"PartnerId": "Other_1", "Language": "EN"}, "Integration partner not found, check documentation"),
        ({"CustomerId": "XX_1_1", "Language": "EN"}, "Integration keys are not valid."),
        ({"Organisation": "1234567-1", "Language": "SE"}, "Integrationsnycklarna är ogiltiga."),
        ({"keys": ("00" * 16, PARTNER_KEY), "Language": "EN"}, "Integration keys are not valid."),
        ({"keys": (USER_KEY, "00" * 16), "Language": "EN"}, "Integration keys are not valid."),
    ],
)
def test_a_bad_signature(client: Client, simulator: NetvisorSimulator, changes: dict[str, Any], says: str) -> None:
    answer = client.get(**changes)
    assert (answer.status, answer.code, answer.statuses[0]) == (401, "AUTHENTICATION_FAILED", "FAILED")
    assert says in answer.statuses[1]
    with pytest.raises(AssertionError, match="not signed"):
        simulator.assert_clean()


def test_the_flag_for_status_codes_is_0_or_1(client: Client) -> None:
    answer = client.get(UseHTTPResponseStatusCodes="true")
    assert (answer.status, answer.code) == (200, "AUTHENTICATION_FAILED")


@pytest.mark.parametrize("signed_as", ["/small.nv", "/small.nv?a=1&b=2"])
def test_a_mac_over_another_string_is_answered_with_the_string(signed_as: str) -> None:
    with simulate(assumptions=ApiAssumptions(mac_mismatch="echo")) as simulator:
        client = Client(simulator)
        headers = client.headers(signed_as)
        text = client.send("/Small.nv?b=2", headers).statuses[1]
    assert f": {simulator.url}/Small.nv?b=2&Protocol test&{USER_ID}&" in text
    assert text.split(" :: ")[1].endswith("&YOUR_PRIVATE_KEY_HERE")
    assert text.split(" :: ")[2].isupper()
    assert USER_KEY not in text and PARTNER_KEY not in text


def test_users_see_their_own_companies() -> None:
    users = [
        User("ONE", "1" * 32, frozenset({"1967543-8"})),
        User("BOTH", "2" * 32, frozenset({"1967543-8", "1234567-1"})),
    ]
    resource = Resource("whose.nv", (), lambda request: Reply([f"<Company>{request.company}</Company>"]))
    with NetvisorSimulator({"1967543-8": "first", "1234567-1": "second"}, [resource], users=users) as simulator:
        client = Client(simulator)
        seconds = [
            client.get("/whose.nv", CustomerId=user, keys=(key * 32, PARTNER_KEY), Organisation="1234567-1")
            for user, key in (("ONE", "1"), ("BOTH", "2"))
        ]
    assert [answer.status for answer in seconds] == [401, 200]
    assert b"<Company>second</Company>" in seconds[1].body


def test_a_transaction_id_is_used_once_even_where_its_call_was_never_answered(
    client: Client, simulator: NetvisorSimulator
) -> None:
    simulator.faults.add(faults.refuse_connection())
    headers = client.headers("/small.nv")
    with pytest.raises(http.client.RemoteDisconnected):
        client.send("/small.nv", headers)
    client.connection.close()
    assert client.send("/small.nv", headers).code == "REQUEST_NOT_UNIQUE"
    with pytest.raises(AssertionError, match="already been used"):
        simulator.assert_clean()


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("key=7", {"key": 7}),
        ("KEYS=7,8&Flag=1", {"keys": (7, 8), "flag": True}),
        ("day=2026-02-28", {"day": date(2026, 2, 28)}),
        ("moment=2026-02-28&word=pdf", {"moment": date(2026, 2, 28), "word": "pdf"}),
    ],
)
def test_parameters(client: Client, query: str, value: dict[str, Any]) -> None:
    assert ElementTree.fromstring(client.get(f"/told.nv?{query}").body).findtext("Value") == repr(value)


def test_a_moment_is_helsinki_time() -> None:
    moment = Resource(
        "moment.nv", KINDS, lambda request: Reply([f"<Moment>{request.query['moment'].isoformat()}</Moment>"])
    )
    with NetvisorSimulator(None, [moment]) as simulator:
        assert (
            b"<Moment>2026-06-05T16:12:09+03:00</Moment>"
            in Client(simulator).get("/moment.nv?moment=2026-06-05T16:12:09").body
        )


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("/told.nv?other=1", "no parameter other"),
        ("/told.nv?key=1&Key=1", "twice"),
        ("/told.nv?key=", "encoding"),
        ("/told.nv?key", "encoding"),
        ("/told.nv?key=1&", "encoding"),
        ("/told.nv?keys=1%2C2", "encoding"),
        ("/told.nv?word=a+b", "encoding"),
        ("/told.nv?key=1x", "int"),
        ("/told.nv?keys=1,,2", "ints"),
        ("/told.nv?keys=1,2,3,4", "4 items, at most 3"),
        ("/told.nv?day=1.2.2026", "date"),
        ("/told.nv?day=2026-02-30", "date"),
        ("/told.nv?day=2026-02-28T00:00:00", "date"),
        ("/told.nv?flag=true", "flag"),
        ("/told.nv?word=PDF", "not one of"),
        ("/mandatory.nv", "requires since"),
        ("/refusing.nv", "from the body"),
    ],
)
def test_bad_parameters(client: Client, simulator: NetvisorSimulator, target: str, says: str) -> None:
    answer = client.get(target)
    assert (answer.status, answer.code) == (400, "INVALID_DATA")
    assert says in answer.statuses[1]
    simulator.assert_clean()


def test_a_target_that_is_not_ascii_is_refused(simulator: NetvisorSimulator) -> None:
    target = "/told.nv?word=Mäkelä"
    request = [f"GET {target} HTTP/1.1", "Host: simulator"]
    request += [f"{name}: {value}" for name, value in Client(simulator).headers(target).items()]
    with socket.create_connection(("127.0.0.1", int(simulator.url.rsplit(":", 1)[1]))) as connection:
        connection.sendall("\r\n".join([*request, "Connection: close", "", ""]).encode("latin-1"))
        answer = connection.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 400 ") and b"INVALID_DATA" in answer
    assert simulator.calls[0].signed


@pytest.mark.parametrize(
    ("method", "target"),
    [("GET", "/deleteworkdayhour.nv"), ("POST", "/small.nv"), ("GET", "/"), ("GET", "//small.nv/x")],
)
def test_what_must_never_be_called(client: Client, simulator: NetvisorSimulator, method: str, target: str) -> None:
    answer = client.get(target, method=method)
    assert (answer.status, answer.code) == (400, "INVALID_DATA")
    assert simulator.calls[0].forbidden
    with pytest.raises(AssertionError, match="forbidden"):
        simulator.assert_clean()


def test_a_mistake_in_a_resource_is_not_hidden(client: Client, simulator: NetvisorSimulator) -> None:
    assert client.get("/broken.nv").code == "TECHNICAL_ERROR"
    with pytest.raises(AssertionError, match="a mistake of the simulator"):
        simulator.assert_clean()


def test_rights(client: Client, simulator: NetvisorSimulator) -> None:
    simulator.rights.block("Small.nv")
    answer = client.get()
    assert (answer.status, answer.code) == (403, "SERVICE_ACCESS_ERROR")
    assert "small.nv" in answer.statuses[1]
    assert client.get("/big.nv").status == 200
    simulator.rights.allow("small.nv")
    assert client.get().status == 200
    simulator.rights.block()
    assert [client.get("/small.nv").status, client.get("/big.nv").status] == [403, 403]
    simulator.rights.allow("big.nv")
    assert [client.get("/small.nv").status, client.get("/big.nv").status] == [403, 200]
    simulator.assert_clean()


@pytest.mark.parametrize(
    ("reading", "flag", "status"),
    [
        ("by_header", "1", 403),
        ("by_header", "0", 200),
        ("by_header", None, 200),
        ("always_200", "1", 200),
        ("always_codes", None, 403),
    ],
)
def test_http_status_and_body_of_a_refusal(reading: Any, flag: str | None, status: int) -> None:
    for has_body in (True, False):
        with simulate(assumptions=ApiAssumptions(failed_with_http_200=reading, forbidden_body=has_body)) as simulator:
            simulator.rights.block()
            answer = Client(simulator).get(UseHTTPResponseStatusCodes=flag)
        assert answer.status == status
        assert bool(answer.body) == (has_body or status == 200)


@pytest.mark.parametrize(("casing", "tag"), [("lower", b"<name kind='A'>"), ("upper", b"<NAME KIND='A'>")])
def test_casing_leaves_the_frame_alone(casing: Any, tag: bytes) -> None:
    with simulate(assumptions=ApiAssumptions(casing=casing)) as simulator:
        answer = Client(simulator).get()
    assert tag in answer.body and answer.statuses == ["OK"]


def test_illegal_characters_break_strict_parsers() -> None:
    names = Resource("names.nv", (), lambda request: Reply(["<Name>Plain name</Name>"]))
    with NetvisorSimulator(None, [names], assumptions=ApiAssumptions(illegal_characters=True)) as simulator:
        body = Client(simulator).get("/names.nv").body
    assert b"<Name>P&#x2;lain name</Name>" in body
    with pytest.raises(ElementTree.ParseError):
        ElementTree.fromstring(body)


def test_assumptions() -> None:
    assert set(CHOICES) == set(ApiAssumptions.__dataclass_fields__)
    assert all(getattr(ApiAssumptions(), name) == choices[0] for name, choices in CHOICES.items())
    assert ApiAssumptions.random(Random(4)) == ApiAssumptions.random(Random(4)) != ApiAssumptions.random(Random(5))
    assert ApiAssumptions.parse(["list_cap=500", "forbidden_body=false"]) == ApiAssumptions(
        list_cap=500, forbidden_body=False
    )
    for wrong in ("nothing=1", "decimal=dot"):
        with pytest.raises(ValueError, match=r"nothing|decimal"):
            ApiAssumptions.parse([wrong])


def test_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    chosen = arguments(["--vouchers", "50", "--block", "getemployees.nv", "--assumptions", "one_key=wrapped"])
    assert (chosen.vouchers, chosen.block, chosen.assumptions) == (
        50,
        ["getemployees.nv"],
        ApiAssumptions(one_key="wrapped"),
    )
    with pytest.raises(SystemExit):
        arguments(["--assumptions", "one_key=two"])
    assert "one_key is one of: bare, wrapped" in capsys.readouterr().err


def test_the_configuration_names_what_the_simulator_knows(simulator: NetvisorSimulator) -> None:
    config = simulator.config(start_date="2025-01-01")
    assert (config["base_url"], config["business_id"], config["api_user_id"]) == (simulator.url, BUSINESS_ID, USER_ID)
    assert (config["partner_id"], config["partner_key"], config["api_key"]) == (PARTNER_ID, PARTNER_KEY, USER_KEY)
    assert config["start_date"] == "2025-01-01"
