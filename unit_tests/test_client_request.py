"""What may be asked at all, and how it is written."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_netvisor.config import NetvisorConfig
from source_netvisor.errors import NetvisorError
from source_netvisor.manifest.endpoint import fill
from source_netvisor.netvisor.allowed_resources import ALLOWED_RESOURCES
from source_netvisor.netvisor.client import Client
from source_netvisor.netvisor.request import Request
from unit_tests.reading import CONFIG, definitions

DELETING = ["deletesalesinvoice.nv", "deletesalesinvoiceproductline.nv", "deletesalespayment.nv", "deletecustomer.nv",
            "deleteworkdayhour.nv", "deletejobperiod.nv", "dimensiondelete.nv"]  # fmt: skip
WRITING = ["accounting.nv", "customer.nv", "salesinvoice.nv", "payment.nv", "workday.nv", "invalidatevouchers.nv",
           "senduserinvitation.nv", "patchemployee.nv", "accountingedit.nv", "purchaseinvoice.nv"]  # fmt: skip
NOT_OURS = ["", "accountlist", "AccountList.nv", "/accountlist.nv", "accountlist.nv?x=1", "../accountlist.nv",
            "accountlist.nv/..", "getvoucher.nv", "companylist.nv", "http://127.0.0.1/accountlist.nv"]  # fmt: skip


def client() -> Client:
    """One whose address nobody listens at; nothing must get that far."""
    return Client(NetvisorConfig.parse({**CONFIG, "base_url": "http://127.0.0.1:9"}, {}))


@pytest.mark.parametrize("resource", DELETING + WRITING + NOT_OURS)
def test_nothing_else_is_asked(resource: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a call was made")

    monkeypatch.setattr("requests.Session.send", refuse)
    one = client()
    with pytest.raises(NetvisorError) as refused:
        one.fetch(Request(resource))
    assert refused.value.code == "not_allowed"
    assert one.calls == 0


def test_every_resource_of_the_manifest_is_allowed_and_no_other() -> None:
    used = {ask.resource for one in definitions().values() for ask in (*one.asks, *one.auxiliary)}
    assert used == ALLOWED_RESOURCES
    assert not used & set(DELETING + WRITING)


def test_no_allowed_resource_sounds_as_if_it_changed_anything() -> None:
    for resource in ALLOWED_RESOURCES:
        assert re.fullmatch(r"[a-z]+\.nv", resource)
        assert not re.match(r"delete(?!d)|add|edit|set|send|cancel|import|patch|verify|change|attach", resource)


@pytest.mark.parametrize(
    ("parameters", "query"),
    [
        ((), ""),
        ((("netvisorkeylist", "1,2,3"), ("version", "2")), "netvisorkeylist=1,2,3&version=2"),
        ((("lastmodifiedstart", "2026-01-01T00:00:00"),), "lastmodifiedstart=2026-01-01T00:00:00"),
        ((("b", "1"), ("a", "2")), "b=1&a=2"),
        ((("keyword", "M\u00e4kel\u00e4 & co"),), "keyword=M%C3%A4kel%C3%A4%20%26%20co"),
        ((("x", "a=b#c?d/e+f%"),), "x=a%3Db%23c%3Fd%2Fe%2Bf%25"),
        ((("x", ""),), "x="),
    ],
)
def test_queries(parameters: tuple[tuple[str, str], ...], query: str) -> None:
    request = Request("accountlist.nv", parameters)
    assert request.query == query
    assert request.path == "/accountlist.nv" + ("?" + query if parameters else "")


@given(st.lists(st.tuples(st.text(min_size=1, max_size=10), st.text(max_size=20)), max_size=5))
def test_every_query_means_what_was_asked(parameters: list[tuple[str, str]]) -> None:
    request = Request("accountlist.nv", tuple(parameters))
    parts = urlsplit("http://127.0.0.1" + request.path)
    assert (parts.path, parts.fragment) == ("/accountlist.nv", "")
    assert parse_qsl(parts.query, keep_blank_values=True) == parameters


def test_equal_requests_are_one() -> None:
    assert len({Request("a.nv", (("x", "1"),)), Request("a.nv", (("x", "1"),)), Request("a.nv")}) == 2


def test_a_list_of_500_keys_is_one_url_of_bearable_length() -> None:
    keys = ",".join(str(10**8 + n) for n in range(500))
    assert len(Request("getsalesinvoice.nv", (("netvisorkeylist", keys),)).path) < 6000


def test_words_are_filled_in_and_a_word_that_does_not_exist_is_told() -> None:
    assert fill("{since}T00:00:00", {"since": "2026-01-01"}) == "2026-01-01T00:00:00"
    assert fill("1", {}) == "1"
    with pytest.raises(KeyError):
        fill("{sinse}", {"since": "x"})
