"""What Netvisor's refusals become: whose turn it is, whether to try again, and nothing secret in the sentence."""

from __future__ import annotations

import pytest
from airbyte_cdk.models import FailureType
from hypothesis import given
from hypothesis import strategies as st

from source_netvisor import errors, redaction

CONFIG, TRANSIENT, SYSTEM = FailureType.config_error, FailureType.transient_error, FailureType.system_error


@pytest.mark.parametrize(
    ("code", "failure_type", "retry"),
    [
        ("AUTHENTICATION_FAILED", CONFIG, False),
        ("SERVICE_ACCESS_ERROR", CONFIG, False),
        ("INVALID_DATA", SYSTEM, False),
        ("INVALID_DATA_SIZE", SYSTEM, False),
        ("SYSTEM_MAINTENANCE", TRANSIENT, True),
        ("SYSTEM_MAINTANANCE", TRANSIENT, True),
        ("REQUEST_NOT_UNIQUE", TRANSIENT, True),
        ("TECHNICAL_ERROR", TRANSIENT, True),
        ("SOMETHING_NEW", TRANSIENT, True),
    ],
)
def test_codes(code: str, failure_type: FailureType, retry: bool) -> None:
    error = errors.from_frame("accountlist.nv", ["FAILED", f"{code} :: Some words"], 200)
    assert error.code == code
    assert error.failure_type == failure_type
    assert error.retry is retry
    assert code in str(error) or code == "SOMETHING_NEW"
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("statuses", "http_status", "code"),
    [
        (["FAILED"], 200, "unknown"),
        (["FAILED"], 400, "INVALID_DATA"),
        (["FAILED"], 401, "AUTHENTICATION_FAILED"),
        (["FAILED"], 403, "SERVICE_ACCESS_ERROR"),
        (["FAILED"], 404, "not_found"),
        (["FAILED"], 500, "unknown"),
        (["FAILED", ""], 200, "unknown"),
        (["FAILED", "no code at all"], 403, "SERVICE_ACCESS_ERROR"),
        (["FAILED", " :: "], 200, "unknown"),
        (["FAILED", "invalid_data :: x"], 200, "INVALID_DATA"),
        (["FAILED", "INVALID_DATA::x"], 200, "INVALID_DATA"),
        (["FAILED", "SERVICE_ACCESS_ERROR :: a :: b :: c"], 200, "SERVICE_ACCESS_ERROR"),
        (["FAILED", "something", "TECHNICAL_ERROR :: x"], 200, "TECHNICAL_ERROR"),
        (["FAILED", "<b>x</b> :: y"], 200, "unknown"),
        ([""], 200, "unknown"),
        (["failed", "AUTHENTICATION_FAILED :: x"], 200, "AUTHENTICATION_FAILED"),
        # Netvisor's own code counts before the HTTP status
        (["FAILED", "SYSTEM_MAINTENANCE :: x"], 401, "SYSTEM_MAINTENANCE"),
    ],
)
def test_frames(statuses: list[str], http_status: int, code: str) -> None:
    assert errors.from_frame("accountlist.nv", statuses, http_status).code == code


@given(st.lists(st.text(max_size=60), min_size=1, max_size=4), st.integers(100, 599))
def test_no_frame_ever_crashes(statuses: list[str], http_status: int) -> None:
    error = errors.from_frame("accountlist.nv", statuses, http_status)
    assert str(error)
    assert "\n" not in str(error)


def test_a_blocked_resource_says_what_to_do() -> None:
    error = errors.from_frame("getemployees.nv", ["FAILED", "SERVICE_ACCESS_ERROR :: No access to x"], 403)
    assert error.forbidden
    assert not error.aborts_sync
    for part in (
        "SERVICE_ACCESS_ERROR",
        "getemployees.nv",
        "Rights of interface resources",
        "Allowed",
        "No access to x",
    ):
        assert part in str(error)


@pytest.mark.parametrize("words", ["Integration partner not found, check documentation",
                                   "Integraatiokumppania ei l\u00f6ydy, katso dokumentaatio"])  # fmt: skip
def test_an_unknown_partner_is_told_from_wrong_keys(words: str) -> None:
    error = errors.from_frame("accountlist.nv", ["FAILED", f"AUTHENTICATION_FAILED :: {words}"], 401)
    assert error.aborts_sync
    assert "partner" in str(error).split("Netvisor says")[0]
    assert "API Key" not in str(error)


def test_wrong_keys_name_the_fields() -> None:
    error = errors.from_frame(
        "accountlist.nv", ["FAILED", "AUTHENTICATION_FAILED :: Integration keys are not valid."], 401
    )
    for part in ("API User ID", "API Key", "Business ID", "partner"):
        assert part in str(error)


ECHO = (
    "AUTHENTICATION_FAILED :: URI-metodi ei kelpaa. K\u00e4yt\u00e4 MAC-tiivisteen laskentaan merkkijonoa: "
    "https://isvapi.netvisor.fi/customerlist.nv&Sender 1&F2FD629D-CD04-4AF7-8F9B-4FE69CE60990_31405&2023-06-05"
    " 13:12:06.378&FI&1967543-8&TRANS57398077988731000&0123456789abcdef0123456789abcdef :: "
    "F634424F4C3F10A28CEFB39AD20896F6E10CAD5F023FA4748469B70D37F8C00C"
)


def test_the_signed_string_that_netvisor_echoes_is_not_shown() -> None:
    error = errors.from_frame("customerlist.nv", ["FAILED", ECHO], 401)
    for secret in ("F2FD629D", "0123456789abcdef", "F634424F", "TRANS573", "2023-06-05 13:12"):
        assert secret not in str(error)
    assert "URI-metodi ei kelpaa" in str(error)


def test_known_secrets_are_not_shown_wherever_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_secrets", {})
    redaction.register_secret("Very_Secret_Id", "short-ok", None, "", "abc")
    text = redaction.safe_text("no user Very_Secret_Id, key short-ok, abc")
    assert "Very_Secret_Id" not in text
    assert "short-ok" not in text
    assert "abc" in text, "three letters would blank half of every sentence"


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("Employee 010190-123A has no right", "010190-123A"),
        ("Employee 010101A123N has no right", "010101A123N"),
        ("<b>bold</b> words", "<b>"),
        ("key {F2FD629D-CD04-4AF7-8F9B-4FE69CE60990}", "F2FD629D"),
        ("line\r\nbreak\x00\x1b[31m", "\n"),
        ("line\r\nbreak\x00\x1b[31m", "\x1b"),
    ],
)
def test_what_no_sentence_may_show(text: str, absent: str) -> None:
    assert absent not in redaction.safe_text(text)


@given(st.text(max_size=2000))
def test_safe_text_is_one_printable_line_of_limited_length(text: str) -> None:
    safe = redaction.safe_text(text)
    assert len(safe) <= 300
    assert safe == "" or safe.isprintable()


@pytest.mark.parametrize(
    ("status", "failure_type", "retry"),
    [(301, CONFIG, False), (302, CONFIG, False), (400, SYSTEM, False), (401, CONFIG, False), (403, CONFIG, False),
     (404, CONFIG, False), (405, SYSTEM, False), (408, TRANSIENT, True), (425, TRANSIENT, True),
     (429, TRANSIENT, True), (500, TRANSIENT, True), (502, TRANSIENT, True), (503, TRANSIENT, True),
     (599, TRANSIENT, True)],
)  # fmt: skip
def test_http_statuses_without_netvisors_words(status: int, failure_type: FailureType, retry: bool) -> None:
    error = errors.from_http_status("accountlist.nv", status, has_body=False)
    assert error is not None
    assert (error.failure_type, error.retry) == (failure_type, retry)


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refusal_with_a_page_is_not_netvisors(status: int) -> None:
    """It neither says that a right is missing, nor that a key does not exist: nobody may act as if it did."""
    error = errors.from_http_status("accountlist.nv", status)
    assert error is not None
    assert (error.failure_type, error.retry) == (CONFIG, False)
    assert not (error.forbidden or error.rejected or error.aborts_sync)
    for part in ("accountlist.nv", f"HTTP {status}", "proxy", "firewall"):
        assert part in str(error)
    assert "Rights of interface resources" not in str(error) and "API Key" not in str(error)


def test_a_refusal_without_a_word_names_both_possibilities() -> None:
    error = errors.from_http_status("accountlist.nv", 403, has_body=False)
    assert error is not None and error.forbidden
    for part in ("SERVICE_ACCESS_ERROR", "Allowed", "HTTP 403 with an empty reply", "proxy", "firewall"):
        assert part in str(error)


def test_details_of_a_failure_are_shown() -> None:
    frame = ["FAILED", "INVALID_DATA :: Data form incorrect"]
    error = errors.from_frame("getcustomer.nv", frame, 400, "Customer 7 of 010190-123A is locked")
    assert str(error).endswith("Netvisor says: Data form incorrect (Customer 7 of [left out] is locked)")
    alone = errors.from_frame("getcustomer.nv", ["FAILED"], 500, "Something is locked")
    assert str(alone).endswith("Netvisor says: Something is locked")


def test_refused_credentials_name_what_else_it_may_be() -> None:
    error = errors.by_code("accountlist.nv", "AUTHENTICATION_FAILED", "")
    for part in ("expire", "integration.netvisor.fi", "isvapi.netvisor.fi"):
        assert part in str(error)


@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_success_is_no_error(status: int) -> None:
    assert errors.from_http_status("accountlist.nv", status) is None


def test_an_unreadable_reply_may_be_readable_later() -> None:
    error = errors.unreadable("accountlist.nv", "a reply that breaks off")
    assert error.retry
    assert error.failure_type == TRANSIENT
    assert "try again" in str(error)
