"""Calls that fail: each kind alone, for each call that makes something."""

from __future__ import annotations

import pytest

from fake_airbyte.faults import Fault
from fake_airbyte.server import FakeAirbyte
from netvisor_fleet.airbyte.failures import AirbyteFailure, of_status
from netvisor_fleet.airbyte.patience import Patience
from tests.conftest import MakeAirbyte
from tests.lists import companies, write
from tests.tool import Tool

MAKING = ("/workspaces/", "/sources", "/connections", "/tags")


@pytest.mark.parametrize("path", MAKING)
@pytest.mark.parametrize("fault", list(Fault))
def test_nothing_is_made_twice(airbyte: FakeAirbyte, tool: Tool, path: str, fault: Fault) -> None:
    airbyte.faults.script("POST", path, fault, times=2)
    ran = tool.apply(write(tool.folder, companies(2)), "--at-a-time", "1")
    assert ran.status == 0, ran.text
    # what was carried out is found, so its call is not made again
    assert airbyte.faults.count in ((1, 2) if fault in (Fault.ERROR_AFTER, Fault.DROP_AFTER) else (2,))
    state = airbyte.state
    made = (len(state.definitions), len(state.sources), len(state.connections), len(state.tags))
    assert made == (1, 2, 2, 1)


@pytest.mark.parametrize("path", ["/sources", "/connections", "/streams", "/tags", "/workspaces"])
@pytest.mark.parametrize("fault", list(Fault))
def test_looking_is_repeated(airbyte: FakeAirbyte, tool: Tool, path: str, fault: Fault) -> None:
    airbyte.faults.script("GET", path, fault, times=3)
    path_of_list = write(tool.folder, companies(2))
    assert tool.apply(path_of_list).status == 0
    assert tool.apply(path_of_list).status == 0
    assert airbyte.faults.count == 3


@pytest.mark.parametrize("fault", list(Fault))
def test_signing_in_is_repeated(airbyte: FakeAirbyte, tool: Tool, fault: Fault) -> None:
    airbyte.faults.script("POST", "/applications/token", fault, times=2)
    assert tool.apply(write(tool.folder, companies(1))).status == 0


def test_a_token_that_ends_is_replaced(make_airbyte: MakeAirbyte, tool: Tool) -> None:
    airbyte = make_airbyte(token_seconds=0)
    tool.point_to(airbyte)
    ran = tool.apply(write(tool.folder, companies(1)))
    assert ran.status == 1 and "refused the credentials" in ran.text
    airbyte.token_seconds = 1
    assert tool.apply(write(tool.folder, companies(5))).status == 0


def test_a_company_that_airbyte_refuses_does_not_stop_the_others(airbyte: FakeAirbyte, tool: Tool) -> None:
    rows = companies(12)
    path = write(tool.folder, rows)
    airbyte.state.refused = {row["business_id"] for row in rows[:10]}
    ran = tool.apply(path)
    assert ran.status == 1
    assert "2 done, 10 left" in ran.text
    assert len(airbyte.state.connections) == 2
    assert ran.text.count("The fake refuses") >= 10
    # the fake repeats the key in its refusal, as a careless server would
    assert [row["api_key"] for row in rows if row["api_key"] in ran.text] == []
    airbyte.state.refused = set()
    assert "10 done, 0 left" in tool.apply(path).text
    assert len(airbyte.state.connections) == 12


def test_a_silent_airbyte_ends_the_run_early(airbyte: FakeAirbyte, tool: Tool) -> None:
    airbyte.faults.script("POST", "/sources", Fault.DROP_BEFORE, times=10_000)
    ran = tool.apply(write(tool.folder, companies(100)), "--at-a-time", "2")
    assert ran.status == 1
    assert "did not answer" in ran.text and "Not begun" in ran.text
    assert len(airbyte.state.sources) == 0


def test_waits_are_those_that_airbyte_asks_for() -> None:
    waits: list[float] = []
    patience = Patience(attempts=4, first_wait=8, sleep=waits.append)
    failures = iter(
        [of_status("x", 429, "", "7"), of_status("x", 503, "", None), of_status("x", 500, "", "Fri, 27 Nov")]
    )

    def call() -> str:
        for failure in failures:
            raise failure
        return "done"

    assert patience.call("x", call, repeatable=True, signed_out=lambda: None) == "done"
    assert waits[0] == 7
    assert 8 <= waits[1] <= 16 and 16 <= waits[2] <= 32


def test_what_may_have_been_carried_out_is_not_repeated() -> None:
    calls: list[int] = []

    def call() -> None:
        calls.append(1)
        raise of_status("x", 502, "", None)

    with pytest.raises(AirbyteFailure):
        Patience(sleep=lambda _: None).call("x", call, repeatable=False, signed_out=lambda: None)
    assert len(calls) == 1
