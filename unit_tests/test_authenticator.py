"""The signature against vectors that were computed elsewhere, and what `requests` really sends.

The constants are typed from the published example and from another client's inputs; nothing here is taken from the
connector. The expected MACs of the second half are computed by a second, independent implementation.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
import requests

from source_netvisor.netvisor.authenticator import SENDER, NetvisorAuthenticator, message_authentication_code
from source_netvisor.netvisor.request import Request

PREFIX = "X-Netvisor-Authentication-"
HEADERS = {
    PREFIX + "Sender", PREFIX + "CustomerId", PREFIX + "PartnerId", PREFIX + "Timestamp", PREFIX + "TimestampUnix",
    PREFIX + "TransactionId", PREFIX + "MAC", PREFIX + "MACHashCalculationAlgorithm",
    PREFIX + "UseHTTPResponseStatusCodes", "X-Netvisor-Interface-Language", "X-Netvisor-Organisation-ID",
}  # fmt: skip
MOMENT = datetime(2026, 1, 2, 3, 4, 5, 6789, tzinfo=timezone.utc)


def authenticator(**overrides: str) -> NetvisorAuthenticator:
    values = {
        "customer_id": "AA_11111_222", "customer_key": "0123456789abcdef0123456789abcdef", "partner_id": "Tst_1",
        "partner_key": "fedcba9876543210fedcba9876543210", "organisation_id": "1967543-8", "language": "FI",
    }  # fmt: skip
    return NetvisorAuthenticator(**{**values, **overrides})


def second_opinion(url: str, headers: dict[str, str], customer_key: str, partner_key: str) -> str:
    """The MAC from what is on the wire and the two keys."""
    string = "&".join(
        [
            url,
            headers[PREFIX + "Sender"],
            headers[PREFIX + "CustomerId"],
            headers[PREFIX + "Timestamp"],
            headers["X-Netvisor-Interface-Language"],
            headers["X-Netvisor-Organisation-ID"],
            headers[PREFIX + "TransactionId"],
            headers[PREFIX + "TimestampUnix"],
            customer_key,
            partner_key,
        ]
    )
    key = (customer_key + "&" + partner_key).encode("latin-1")
    return hmac.new(key, string.encode("latin-1"), hashlib.sha256).hexdigest()


def test_published_example() -> None:
    mac = message_authentication_code(
        url="https://isvapi.netvisor.fi/accounting.nv", sender="ClientName",
        customer_id="Integration user identifier", timestamp="2023-05-04 12:00:00.000", language="FI",
        organisation_id="1967543-8", transaction_id="123456", timestamp_unix="1683147600",
        customer_key="7cd680e89e880553358bc07cd28b0ee2", partner_key="7f94228d149a96b2f25e3edad55096e",
    )  # fmt: skip
    assert mac == "86b8f6510744913deab32da404d7668eba2a75775b3ac78c9c48bca65e0fbd27"


def test_inputs_of_another_client() -> None:
    mac = message_authentication_code(
        url="https://integration.netvisor.fi/customerlist.nv", sender="TestSender", customer_id="TestCustomerId",
        timestamp="2024-01-15 12:00:00.000", language="FI", organisation_id="TestOrganizationId",
        transaction_id="transaction123", timestamp_unix="1705312800", customer_key="TestUserKey",
        partner_key="TestPartnerKey",
    )  # fmt: skip
    assert mac == "14f2ec30263493fe0eb99b924d0b172addd4d3038140ea4f65469a51cbfbf072"


def test_the_string_is_latin_1_and_not_utf_8() -> None:
    mac = message_authentication_code(
        url="https://isvapi.netvisor.fi/customerlist.nv?keyword=Mäkelä", sender="Airbyte",
        customer_id="Integration user identifier", timestamp="2023-05-04 12:00:00.000", language="FI",
        organisation_id="1967543-8", transaction_id="123456", timestamp_unix="1683147600",
        customer_key="7cd680e89e880553358bc07cd28b0ee2", partner_key="7f94228d149a96b2f25e3edad55096e",
    )  # fmt: skip
    assert mac == "3a3edca56348443b86ab2bcfbfccd4aa09d74dd7f6ffa23cb8a94d7cb99b21c3"


def test_a_character_outside_latin_1_does_not_raise() -> None:
    headers = authenticator(customer_key="€" * 8).headers("https://localhost/accountlist.nv", MOMENT, "1")
    assert re.fullmatch("[0-9a-f]{64}", headers[PREFIX + "MAC"])


def test_headers_are_exactly_those_of_the_protocol() -> None:
    headers = authenticator().headers("https://localhost/accountlist.nv", MOMENT, "f" * 32)
    assert set(headers) == HEADERS
    assert headers[PREFIX + "MACHashCalculationAlgorithm"] == "HMACSHA256"
    assert headers[PREFIX + "UseHTTPResponseStatusCodes"] == "1"
    assert headers[PREFIX + "CustomerId"] == "AA_11111_222"
    assert headers[PREFIX + "PartnerId"] == "Tst_1"
    assert headers["X-Netvisor-Interface-Language"] == "FI"
    assert headers["X-Netvisor-Organisation-ID"] == "1967543-8"
    assert headers[PREFIX + "TransactionId"] == "f" * 32
    assert headers[PREFIX + "MAC"] == headers[PREFIX + "MAC"].lower()


@pytest.mark.parametrize(
    ("moment", "text", "unix"),
    [
        (MOMENT, "2026-01-02 03:04:05.006", "1767323045"),
        (MOMENT.replace(microsecond=0), "2026-01-02 03:04:05.000", "1767323045"),
        (MOMENT.replace(microsecond=999999), "2026-01-02 03:04:05.999", "1767323045"),
        (datetime(2026, 7, 1, tzinfo=timezone.utc), "2026-07-01 00:00:00.000", "1782864000"),
    ],
)
def test_time_stamp_has_three_decimals_and_never_runs_ahead(moment: datetime, text: str, unix: str) -> None:
    headers = authenticator().headers("https://localhost/accountlist.nv", moment, "1")
    assert headers[PREFIX + "Timestamp"] == text
    assert headers[PREFIX + "TimestampUnix"] == unix


def test_sender_is_ascii_and_no_header_carries_a_key() -> None:
    one = authenticator()
    headers = one.headers("https://localhost/accountlist.nv", MOMENT, "1")
    assert SENDER.isascii()
    for value in headers.values():
        assert one.customer_key not in value
        assert one.partner_key not in value


def test_keys_are_not_shown_where_the_authenticator_is_printed() -> None:
    assert "0123456789abcdef" not in repr(authenticator())
    assert "fedcba9876543210" not in repr(authenticator())


@pytest.mark.parametrize(
    "request_",
    [
        Request("accountlist.nv"),
        Request("getsalesinvoice.nv", (("netvisorkeylist", "1,2,3"), ("pdfimage", "nopdf"))),
        Request("salespaymentlist.nv", (("lastmodifiedstart", "2026-01-01T00:00:00"),)),
        Request("customerlist.nv", (("keyword", 'Mäkelä & Sons/ä?#%+= "<>'),)),
        Request("accountbalance.nv", (("balancedates", ",".join(["2025-12-31"] * 120)),)),
    ],
)
def test_the_url_signed_is_the_url_sent(request_: Request) -> None:
    one = authenticator()
    session = requests.Session()
    session.auth = one
    url = "http://127.0.0.1:8080" + request_.path
    prepared = session.prepare_request(requests.Request("GET", url))
    assert prepared.url == url, "requests re-encodes the URL"
    headers = {name: str(value) for name, value in prepared.headers.items()}
    assert headers[PREFIX + "MAC"] == second_opinion(url, headers, one.customer_key, one.partner_key)


def test_a_query_has_only_characters_that_nobody_writes_differently() -> None:
    for value in ("Mäkelä", "a b", "a&b=c", "1,2", "2026-01-01T10:00:00", "a+b", "€", "%41"):
        query = Request("customerlist.nv", (("keyword", value),)).query
        assert re.fullmatch(r"keyword=(?:[A-Za-z0-9,:._~-]|%[0-9A-F]{2})*", query), query


def test_every_attempt_has_its_own_id_and_time() -> None:
    moments = (MOMENT + timedelta(seconds=second) for second in range(1000))
    session = requests.Session()
    session.auth = replace(authenticator(), now=lambda: next(moments))
    prepared = [session.prepare_request(requests.Request("GET", "http://127.0.0.1/accountlist.nv")) for _ in range(200)]
    ids = {str(one.headers[PREFIX + "TransactionId"]) for one in prepared}
    assert len(ids) == 200
    assert all(re.fullmatch(r"[!-~]{1,36}", text) for text in ids)
    assert len({str(one.headers[PREFIX + "TimestampUnix"]) for one in prepared}) == 200
    assert len({str(one.headers[PREFIX + "MAC"]) for one in prepared}) == 200
