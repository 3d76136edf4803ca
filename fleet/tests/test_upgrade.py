"""`upgrade`: a new image is tried beside the fleet first."""

from __future__ import annotations

from datetime import datetime, timezone

from fake_airbyte.faults import Fault
from fake_airbyte.server import FakeAirbyte
from tests.lists import companies, write
from tests.tool import Ran, Tool


def upgrade(tool: Tool, count: int, tag: str, *more: str) -> Ran:
    return tool("upgrade", tag, str(tool.folder / "companies.csv"), "--wait", "0.001", "--first", str(count), *more)


def the_fleet(airbyte: FakeAirbyte) -> tuple[list[tuple[str, str]], int, int, set[str]]:
    """Definitions with their tags, how many sources and connections, and how the connections are."""
    state = airbyte.state
    definitions = [(each["name"], each["dockerImageTag"]) for each in state.definitions.values()]
    statuses = {each["status"] for each in state.connections.values()}
    return definitions, len(state.sources), len(state.connections), statuses


def test_first_a_few_then_all(airbyte: FakeAirbyte, tool: Tool) -> None:
    tool.apply(write(tool.folder, companies(5)))
    ran = upgrade(tool, 2, "0.2.0")
    assert ran.status == 0, ran.text
    assert the_fleet(airbyte) == ([("Visma Netvisor", "0.2.0")], 5, 5, {"active"})
    assert len(airbyte.state.jobs) == 2
    made = [call.body for call in airbyte.calls("POST", "/connections")][5:]
    assert [body["namespaceFormat"].endswith("_trial") for body in made] == [True, True]
    assert [body["schedule"]["scheduleType"] for body in made] == ["manual", "manual"]
    assert "All companies have airbyte/source-netvisor:0.2.0 already" in upgrade(tool, 2, "0.2.0").text


def test_a_failed_trial_leaves_the_fleet_as_it_is(airbyte: FakeAirbyte, tool: Tool) -> None:
    rows = companies(3)
    tool.apply(write(tool.folder, rows))
    airbyte.state.failing_syncs = {rows[1]["business_id"]: [("", "It does not work.")]}
    ran = upgrade(tool, 3, "0.2.0")
    assert ran.status == 1 and "The fleet keeps its image" in ran.text
    assert the_fleet(airbyte) == ([("Visma Netvisor", "0.1.0")], 3, 3, {"active"})


def test_a_company_rests_while_it_is_tried(airbyte: FakeAirbyte, tool: Tool) -> None:
    tool.apply(write(tool.folder, companies(1)))
    (regular,) = airbyte.state.connections
    upgrade(tool, 1, "0.2.0")
    said = [(e.call.method, e.call.path.split("/")[1], (e.call.body or {}).get("status")) for e in airbyte.exchanges]
    stopped = said.index(("PATCH", "connections", "inactive"))
    started = said.index(("PATCH", "connections", "active"))
    synced = said.index(("POST", "jobs", None))
    assert stopped < synced < started
    assert airbyte.state.connections[regular]["status"] == "active"


def test_a_company_that_syncs_is_not_tried(airbyte: FakeAirbyte, tool: Tool) -> None:
    tool.apply(write(tool.folder, companies(1)))
    (regular,) = airbyte.state.connections
    airbyte.state.add_job(regular, "running", datetime.now(timezone.utc))
    ran = upgrade(tool, 1, "0.2.0")
    assert ran.status == 1 and "is running" in ran.text
    assert the_fleet(airbyte)[0] == [("Visma Netvisor", "0.1.0")]


def test_a_trial_only(airbyte: FakeAirbyte, tool: Tool) -> None:
    tool.apply(write(tool.folder, companies(2)))
    assert upgrade(tool, 1, "0.2.0", "--trial-only").status == 0
    assert the_fleet(airbyte) == ([("Visma Netvisor", "0.1.0")], 2, 2, {"active"})


def test_what_a_killed_trial_left_is_removed(airbyte: FakeAirbyte, tool: Tool) -> None:
    tool.apply(write(tool.folder, companies(2)))
    airbyte.faults.script("DELETE", "/", Fault.ERROR_BEFORE, times=100)
    assert upgrade(tool, 1, "0.2.0").status == 1
    assert len(airbyte.state.definitions) == 2 and len(airbyte.state.sources) == 3
    airbyte.faults.clear()
    assert "2 keep" in tool.apply(tool.folder / "companies.csv").text
    assert upgrade(tool, 1, "0.2.0").status == 0
    assert the_fleet(airbyte) == ([("Visma Netvisor", "0.2.0")], 2, 2, {"active"})
