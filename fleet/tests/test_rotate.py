"""`rotate`: a new key is tried first, and Airbyte gets it only if it works."""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from fake_airbyte.server import FakeAirbyte
from tests.lists import Row, companies, write
from tests.tool import Tool

CONNECTOR = """
import json, pathlib, sys
config = json.load(open(sys.argv[sys.argv.index("--config") + 1]))
with open(pathlib.Path(__file__).with_name("asked"), "a") as asked:
    asked.write(config["business_id"] + chr(10))
answer = {"status": "SUCCEEDED"}
if config["api_key"].startswith("bad"):
    answer = {"status": "FAILED", "message": "AUTHENTICATION_FAILED: Netvisor refused the credentials; check ..."}
if config.get("partner_key", "").startswith("bad"):
    answer = {"status": "FAILED", "message": "AUTHENTICATION_FAILED: Netvisor does not know the integration partner."}
print(json.dumps({"type": "CONNECTION_STATUS", "connectionStatus": answer}))
"""


@pytest.fixture
def connector(tmp_path: Path) -> str:
    """Stands for the connector's check: a key that begins with `bad` is refused."""
    path = tmp_path / "connector.py"
    path.write_text(CONNECTOR)
    return f"{sys.executable} {path}"


def rotate(tool: Tool, rows: list[Row], connector: str, *more: str) -> tuple[int, str]:
    arguments = ("--connector", connector, "--wait", "0.001", "--patience", "0.1", "--at-a-time", "1", *more)
    ran = tool("rotate", str(write(tool.folder, rows)), *arguments)
    return ran.status, ran.text


def keys(airbyte: FakeAirbyte, name: str = "api_key") -> dict[str, str]:
    sources = [source["configuration"] for source in airbyte.state.sources.values()]
    return {configuration["business_id"]: configuration.get(name, "") for configuration in sources}


def test_keys_that_work_are_taken_and_others_are_not(airbyte: FakeAirbyte, tool: Tool, connector: str) -> None:
    rows = companies(4)
    tool.apply(write(tool.folder, rows))
    old = dict(keys(airbyte))
    rows[0]["api_key"], rows[1]["api_key"] = "good-key-1", "bad-key-2"
    status, text = rotate(tool, rows, connector)
    assert status == 1 and "1 of 2 new keys are in use" in text and "refused the credentials" in text
    assert "good-key-1" not in text and "bad-key-2" not in text
    assert keys(airbyte) == {**old, rows[0]["business_id"]: "good-key-1"}
    rows[1]["api_key"] = "good-key-2"
    assert rotate(tool, rows, connector)[0] == 0
    assert rotate(tool, rows, connector) == (0, "No key has changed.\n")


def test_the_one_that_syncs_next_is_first(airbyte: FakeAirbyte, tool: Tool, connector: str) -> None:
    rows = companies(4)
    now = datetime.now(timezone.utc)
    for row, hours in zip(rows, (9, 3, 20, 1), strict=True):
        row["schedule"] = (now + timedelta(hours=hours)).strftime("%H:%M")
    tool.apply(write(tool.folder, rows))
    for row in rows:
        row["api_key"] = "good" + row["api_key"]
    assert rotate(tool, rows, connector)[0] == 0
    asked = (tool.folder / "asked").read_text().split()
    assert asked == [rows[number]["business_id"] for number in (3, 1, 0, 2)]


def test_a_wrong_partner_key_stops_everything(airbyte: FakeAirbyte, tool: Tool, connector: str) -> None:
    rows = companies(5)
    tool.set("NETVISOR_PARTNER_ID", "partner")
    tool.set("NETVISOR_PARTNER_KEY", "old-partner-key")
    tool.apply(write(tool.folder, rows))
    tool.set("NETVISOR_PARTNER_KEY", "bad-partner-key")
    status, text = rotate(tool, rows, connector)
    assert status == 1 and "0 of 5 new keys" in text and "Not begun" in text
    assert set(keys(airbyte, "partner_key").values()) == {"old-partner-key"}
    tool.set("NETVISOR_PARTNER_KEY", "new-partner-key")
    assert rotate(tool, rows, connector)[0] == 0
    assert set(keys(airbyte, "partner_key").values()) == {"new-partner-key"}


def test_a_running_sync_keeps_its_key(airbyte: FakeAirbyte, tool: Tool, connector: str) -> None:
    rows = companies(1)
    tool.apply(write(tool.folder, rows))
    (connection_id,) = airbyte.state.connections
    job = airbyte.state.add_job(connection_id, "running", datetime.now(timezone.utc))
    old = keys(airbyte)
    rows[0]["api_key"] = "good-key"
    status, text = rotate(tool, rows, connector)
    assert status == 1 and "A sync is running" in " ".join(text.split())
    assert keys(airbyte) == old
    job.status = "succeeded"
    assert rotate(tool, rows, connector)[0] == 0
    assert keys(airbyte) == {rows[0]["business_id"]: "good-key"}


def test_one_company_only(airbyte: FakeAirbyte, tool: Tool, connector: str) -> None:
    rows = companies(3)
    tool.apply(write(tool.folder, rows))
    for row in rows:
        row["api_key"] = "good" + row["api_key"]
    assert rotate(tool, rows, connector, "--company", rows[1]["business_id"])[0] == 0
    assert [key.startswith("good") for key in keys(airbyte).values()].count(True) == 1


def test_the_variables_for_dbt(tool: Tool) -> None:
    rows = companies(2)
    ran = tool("dbt-vars", str(write(tool.folder, rows)), "--database", "raw")
    names = ["netvisor_" + row["business_id"].replace("-", "_") for row in rows]
    assert json.loads(ran.text) == {
        "netvisor_sources": [{"name": name, "schema": name, "database": "raw"} for name in names],
        "netvisor_company_names": {row["business_id"]: row["company_name"] for row in rows},
    }
