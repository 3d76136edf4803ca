"""The comparison with Airbyte's description finds what differs; collected where the description is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fake_airbyte.routes import Call
from fake_airbyte.server import Exchange
from tests.conftest import DESCRIPTION
from tests.openapi_contract import Contract

TAG = {"tagId": "11111111-2222-4333-8444-555555555555", "name": "x", "color": "FF5733",
       "workspaceId": "11111111-2222-4333-8444-555555555555"}  # fmt: skip
GOOD = Exchange(Call("GET", "/tags", {}, None), 200, {"data": [TAG]})
BAD: list[tuple[str, dict[str, Any]]] = [
    ("another path", {"call": Call("GET", "/tugs", {}, None)}),
    ("another parameter", {"call": Call("GET", "/tags", {"page": "1"}, None)}),
    ("another type", {"reply": {"data": [{**TAG, "name": 7}]}}),
    ("nothing", {"reply": {}}),
    ("a body that lacks something", {"call": Call("POST", "/tags", {}, {"name": "x"}), "reply": TAG}),
    ("another status", {"status": 201}),
]


@pytest.fixture(scope="module")
def contract() -> Contract:
    assert DESCRIPTION, "AIRBYTE_OPENAPI must name Airbyte's description"
    return Contract(Path(DESCRIPTION))


def test_what_is_as_described(contract: Contract) -> None:
    assert contract.complaints(GOOD) == []
    assert contract.complaints(GOOD) == []


@pytest.mark.parametrize(("why", "other"), BAD)
def test_what_is_not(contract: Contract, why: str, other: dict[str, Any]) -> None:
    exchange = Exchange(**{"call": GOOD.call, "status": GOOD.status, "reply": GOOD.reply, **other})
    assert contract.complaints(exchange), why
