"""`apply` against the fake Airbyte: what it makes, and that a second time changes nothing."""

from __future__ import annotations

import re
from typing import Any

from fake_airbyte.server import FakeAirbyte
from netvisor_fleet.companies import streams
from tests.lists import companies, write
from tests.tool import Tool


def changing_calls(airbyte: FakeAirbyte) -> list[str]:
    """Everything but looking."""
    return [f"{e.call.method} {e.call.path}" for e in airbyte.exchanges if e.call.method != "GET"]


def modes(connection: dict[str, Any]) -> dict[str, str]:
    return {stream["name"]: stream["syncMode"] for stream in connection["configurations"]["streams"]}


def test_each_company_gets_a_source_and_a_connection(airbyte: FakeAirbyte, tool: Tool) -> None:
    rows = companies(3)
    path = write(tool.folder, rows)
    ran = tool.apply(path)
    assert ran.status == 0, ran.text
    assert "3 done, 0 left" in ran.text
    state = airbyte.state
    (definition,) = state.definitions.values()
    assert (definition["dockerRepository"], definition["dockerImageTag"]) == ("airbyte/source-netvisor", "0.1.0")
    sources = {source["configuration"]["business_id"]: source for source in state.sources.values()}
    assert len(state.sources) == len(state.connections) == 3
    for row in rows:
        source = sources[row["business_id"]]
        assert source["name"] == f"{row['company_name']} ({row['business_id']})"
        assert source["definitionId"] == definition["id"]
        assert source["configuration"]["api_key"] == row["api_key"]
        (connection,) = [each for each in state.connections.values() if each["sourceId"] == source["sourceId"]]
        assert connection["namespaceDefinition"] == "custom_format"
        assert connection["namespaceFormat"] == f"netvisor_{row['business_id'].replace('-', '_')}"
        assert connection["nonBreakingSchemaUpdatesBehavior"] == "propagate_columns"
        assert [tag["name"] for tag in connection["tags"]] == ["netvisor-fleet"]
        assert connection["status"] == "active"


def test_every_stream_has_its_mode_and_none_is_about_people(airbyte: FakeAirbyte, tool: Tool) -> None:
    rows = companies(2)
    rows[1]["streams"] = "everything"
    tool.apply(write(tool.folder, rows))
    by_size = sorted((modes(each) for each in airbyte.state.connections.values()), key=len)
    assert set(by_size[0]) == set(streams.SUGGESTED)
    assert not set(by_size[1]) & streams.PERSONAL
    assert by_size[1]["vouchers"] == by_size[1]["customers"] == "incremental_deduped_history"
    assert by_size[1]["accounts"] == by_size[1]["dimensions"] == "full_refresh_overwrite"


def test_payroll_and_users_come_only_if_asked_for(airbyte: FakeAirbyte, tool: Tool) -> None:
    rows = companies(1)
    rows[0]["streams"] = "suggested payroll user_invitations -work_hours"
    tool.apply(write(tool.folder, rows))
    (connection,) = airbyte.state.connections.values()
    people = set(modes(connection)) & streams.PERSONAL
    assert people == (set(streams.PAYROLL) | {"user_invitations"}) - {"work_hours"}


def test_a_destination_that_cannot_deduplicate_gets_overwrite(airbyte: FakeAirbyte, tool: Tool) -> None:
    airbyte.state.destination_modes = ("append", "overwrite")
    tool.apply(write(tool.folder, companies(1)))
    (connection,) = airbyte.state.connections.values()
    assert set(modes(connection).values()) == {"full_refresh_overwrite"}


def test_the_nights_are_spread_by_the_business_id(airbyte: FakeAirbyte, tool: Tool) -> None:
    rows = companies(40)
    rows[0]["schedule"], rows[1]["schedule"], rows[2]["schedule"] = "manual", "4:05", "0 30 2 ? * MON-FRI"
    tool.apply(write(tool.folder, rows))
    named = {each["name"]: each["schedule"] for each in airbyte.state.connections.values()}
    schedules = [named[f"{row['company_name']} ({row['business_id']})"] for row in rows]
    assert schedules[0] == {"scheduleType": "manual"}
    assert schedules[1]["cronExpression"] == "0 5 4 * * ? UTC"
    assert schedules[2]["cronExpression"] == "0 30 2 ? * MON-FRI UTC"
    spread = [re.fullmatch(r"0 (\d+) (\d+) \* \* \? UTC", each["cronExpression"]) for each in schedules[3:]]
    hours = [int(found[2]) for found in spread if found]
    assert len(hours) == 37 and set(hours) <= {20, 21, 22, 23, 0, 1, 2}
    assert len(set(hours)) == 7


def test_a_second_apply_changes_nothing(airbyte: FakeAirbyte, tool: Tool) -> None:
    path = write(tool.folder, companies(3))
    tool.apply(path)
    before = len(changing_calls(airbyte))
    ran = tool.apply(path)
    assert ran.status == 0
    assert "3 keep" in ran.text
    assert changing_calls(airbyte)[before:] == []


def test_without_the_partners_credentials_those_in_airbyte_stay(airbyte: FakeAirbyte, tool: Tool) -> None:
    path = write(tool.folder, companies(2))
    tool.set("NETVISOR_PARTNER_ID", "partner")
    tool.set("NETVISOR_PARTNER_KEY", "partner-key-1")
    tool.apply(path)
    tool.set("NETVISOR_PARTNER_ID", "")
    tool.set("NETVISOR_PARTNER_KEY", "")
    assert "2 keep" in tool.apply(path).text
    tool.set("NETVISOR_PARTNER_ID", "partner")
    tool.set("NETVISOR_PARTNER_KEY", "partner-key-2")
    ran = tool.apply(path)
    assert "2 change" in ran.text and "source: partner_key" in ran.text and "partner-key" not in ran.text
    keys = {source["configuration"]["partner_key"] for source in airbyte.state.sources.values()}
    assert keys == {"partner-key-2"}


def test_a_dry_run_shows_the_plan_and_changes_nothing(airbyte: FakeAirbyte, tool: Tool) -> None:
    rows = companies(4)
    tool.apply(write(tool.folder, rows[:3]))
    before = len(changing_calls(airbyte))
    rows[0]["company_name"] = "Uusi Nimi Oy"
    ran = tool.apply(write(tool.folder, [rows[0], rows[1], rows[3]]), "--dry-run")
    assert ran.status == 0
    assert "1 make, 1 change, 1 keep, 1 stop" in ran.text
    assert "Uusi Nimi Oy" in ran.text
    assert changing_calls(airbyte)[before:] == []


def test_what_changed_in_the_list_changes_in_airbyte(airbyte: FakeAirbyte, tool: Tool) -> None:
    rows = companies(1)
    tool.apply(write(tool.folder, rows))
    rows[0] |= {"company_name": "Uusi Oy", "api_key": "0123456789ABCDEF0123456789ABCDEF", "start_date": "2023-01-01",
                "streams": "accounts vouchers", "schedule": "manual", "tags": "gold, helsinki"}  # fmt: skip
    ran = tool.apply(write(tool.folder, rows))
    assert ran.status == 0, ran.text
    (source,) = airbyte.state.sources.values()
    (connection,) = airbyte.state.connections.values()
    assert source["configuration"]["api_key"] == "0123456789ABCDEF0123456789ABCDEF"
    assert source["configuration"]["start_date"] == "2023-01-01"
    assert source["name"] == connection["name"] == f"Uusi Oy ({rows[0]['business_id']})"
    assert modes(connection) == {"accounts": "full_refresh_overwrite", "vouchers": "incremental_deduped_history"}
    assert connection["schedule"] == {"scheduleType": "manual"}
    assert {tag["name"] for tag in connection["tags"]} == {"netvisor-fleet", "gold", "helsinki"}


def test_a_company_that_left_is_stopped_and_removed_only_if_asked(airbyte: FakeAirbyte, tool: Tool) -> None:
    rows = companies(3)
    tool.apply(write(tool.folder, rows))
    path = write(tool.folder, rows[:2])
    assert tool.apply(path).status == 0
    assert sorted(each["status"] for each in airbyte.state.connections.values()) == ["active", "active", "inactive"]
    assert len(airbyte.state.sources) == 3
    assert "2 keep" in tool.apply(path).text
    assert tool.apply(path, "--remove").status == 0
    assert len(airbyte.state.connections) == len(airbyte.state.sources) == 2


def test_a_company_that_comes_back_starts_again(airbyte: FakeAirbyte, tool: Tool) -> None:
    rows = companies(2)
    tool.apply(write(tool.folder, rows))
    tool.apply(write(tool.folder, rows[:1]))
    ran = tool.apply(write(tool.folder, rows))
    assert "starts again" in ran.text
    assert {each["status"] for each in airbyte.state.connections.values()} == {"active"}
    assert len(airbyte.state.connections) == 2


def test_a_list_that_lost_most_of_its_lines_stops_nothing(airbyte: FakeAirbyte, tool: Tool) -> None:
    rows = companies(30)
    tool.apply(write(tool.folder, rows))
    path = write(tool.folder, rows[:5])
    ran = tool.apply(path)
    assert ran.status == 1 and "--many-leave" in ran.text
    assert {each["status"] for each in airbyte.state.connections.values()} == {"active"}
    assert tool.apply(path, "--many-leave").status == 0
    assert sum(each["status"] == "inactive" for each in airbyte.state.connections.values()) == 25


def test_what_somebody_else_made_is_left_alone(airbyte: FakeAirbyte, tool: Tool) -> None:
    rows = companies(2)
    tool.apply(write(tool.folder, rows))
    connection = next(iter(airbyte.state.connections.values()))
    connection["tags"] = []
    ran = tool.apply(write(tool.folder, rows))
    assert ran.status == 1
    assert "was not made by this tool" in ran.text
    assert connection["tags"] == []
    assert "1 keep" in ran.text


def test_a_connection_into_another_namespace_is_not_bent(airbyte: FakeAirbyte, tool: Tool) -> None:
    path = write(tool.folder, companies(1))
    tool.apply(path)
    (connection,) = airbyte.state.connections.values()
    connection["namespaceFormat"] = "elsewhere"
    ran = tool.apply(path)
    assert ran.status == 1 and "delete the connection" in ran.text
    assert connection["namespaceFormat"] == "elsewhere"


def test_options_set_by_hand_stay(airbyte: FakeAirbyte, tool: Tool) -> None:
    rows = companies(1)
    tool.apply(write(tool.folder, rows))
    (source,) = airbyte.state.sources.values()
    source["configuration"] |= {"lookback_days": 3, "partner_key": "set-by-hand"}
    rows[0]["api_user_id"] = "another"
    assert tool.apply(write(tool.folder, rows)).status == 0
    assert source["configuration"]["lookback_days"] == 3
    assert source["configuration"]["partner_key"] == "set-by-hand"
    assert source["configuration"]["api_user_id"] == "another"


def test_a_new_image_is_named_and_not_taken(airbyte: FakeAirbyte, tool: Tool) -> None:
    path = write(tool.folder, companies(1))
    tool.apply(path)
    ran = tool.apply(path, "--image", "airbyte/source-netvisor:0.2.0")
    assert "netvisor-fleet upgrade 0.2.0" in ran.text
    assert next(iter(airbyte.state.definitions.values()))["dockerImageTag"] == "0.1.0"


def test_keys_by_reference(airbyte: FakeAirbyte, tool: Tool) -> None:
    rows = companies(3)
    rows[0]["api_key"], rows[1]["api_key"], rows[2]["api_key"] = "env:KEY_OF_ONE", "file:key", "airbyte:netvisor-three"
    tool.set("KEY_OF_ONE", "key-from-the-environment")
    (tool.folder / "key").write_text("key-from-a-file\n")
    ran = tool.apply(write(tool.folder, rows))
    assert ran.status == 0, ran.text
    keys = {source["configuration"]["api_key"] for source in airbyte.state.sources.values()}
    assert keys == {"key-from-the-environment", "key-from-a-file", "secret_coordinate::netvisor-three"}


def test_several_destinations_must_be_chosen(airbyte: FakeAirbyte, tool: Tool) -> None:
    other = "11111111-2222-4333-8444-555555555555"
    airbyte.state.other_destinations[other] = "lake"
    path = write(tool.folder, companies(1))
    ran = tool.apply(path)
    assert ran.status == 1 and "--destination" in ran.text and "lake" in ran.text
    assert tool.apply(path, "--destination", other).status == 0


def test_wrong_credentials_are_one_sentence(airbyte: FakeAirbyte, tool: Tool) -> None:
    tool.set("AIRBYTE_CLIENT_SECRET", "another-secret-0000")
    ran = tool.apply(write(tool.folder, companies(1)))
    assert ran.status == 1
    assert "refused the credentials" in ran.text
    assert "another-secret-0000" not in ran.text and "Traceback" not in ran.text
