"""Five hundred companies, with faults in a twentieth of the calls, kills in the middle, and mistakes of others."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from fake_airbyte.faults import Faults
from fake_airbyte.server import FakeAirbyte
from tests.conftest import MakeAirbyte
from tests.lists import Row, companies, write
from tests.tool import Tool

COMPANIES = 500
INTERRUPTED = 130


def start(airbyte: FakeAirbyte, path: Path, output: Path) -> subprocess.Popen[bytes]:
    """The console script as a process of its own, which can be killed."""
    script = Path(sys.executable).with_name("netvisor-fleet")
    command = [str(script), "apply", str(path), "--wait", "0.001"]
    with output.open("ab") as file:
        environment = {**os.environ, **airbyte.environment()}
        return subprocess.Popen(command, env=environment, stdout=file, stderr=subprocess.STDOUT)


def kill_after(airbyte: FakeAirbyte, process: subprocess.Popen[bytes], made: int) -> None:
    """Kills the tool as soon as so many connections are there."""
    deadline = time.monotonic() + 120
    while len(airbyte.state.connections) < made and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    assert process.poll() is None, "the tool has ended before it was killed"
    process.send_signal(signal.SIGKILL)
    process.wait()


def assert_equals_list(airbyte: FakeAirbyte, rows: list[Row]) -> None:
    """The fleet is the list: each company once, with what the list says, and nothing that runs beside it."""
    state = airbyte.state
    sources = {source["sourceId"]: source for source in state.sources.values()}
    running = [each for each in state.connections.values() if each["status"] == "active"]
    read = Counter(sources[each["sourceId"]]["configuration"]["business_id"] for each in running)
    assert read == Counter(row["business_id"] for row in rows)
    wanted = {row["business_id"]: row for row in rows}
    for connection in running:
        configuration = sources[connection["sourceId"]]["configuration"]
        row = wanted[configuration["business_id"]]
        assert {name: configuration[name] for name in ("company_name", "api_user_id", "api_key", "start_date")} == {
            name: row[name] for name in ("company_name", "api_user_id", "api_key", "start_date")
        }
        assert connection["namespaceFormat"] == "netvisor_" + row["business_id"].replace("-", "_")
        assert {tag["name"] for tag in connection["tags"]} == {"netvisor-fleet", *filter(None, [row["tags"]])}
    assert len({each["namespaceFormat"] for each in running}) == len(rows)
    everyone = Counter(source["configuration"]["business_id"] for source in sources.values())
    assert max(everyone.values()) == 1


def changed(rows: list[Row]) -> list[Row]:
    """Half of the companies are another way now, and twenty have left."""
    half = [dict(row) for row in rows[: COMPANIES - 20]]
    for number, row in enumerate(half[: COMPANIES // 2]):
        row |= [{"company_name": f"{row['company_name']} uusi"}, {"api_key": row["api_key"][::-1]},
                {"start_date": "2023-06-01"}, {"tags": "gold"}, {"api_user_id": "shared"}][number % 5]  # fmt: skip
    return half


def test_ctrl_c_finishes_what_has_begun(airbyte: FakeAirbyte, tool: Tool) -> None:
    rows = companies(60)
    path, output = write(tool.folder, rows), tool.folder / "output"
    process = start(airbyte, path, output)
    while len(airbyte.state.connections) < 5 and process.poll() is None:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    assert process.wait() == INTERRUPTED
    text = output.read_text()
    assert "Interrupted" in text and "Not begun" in text and "Traceback" not in text
    assert 5 <= len(airbyte.state.connections) == len(airbyte.state.sources) < 60
    assert tool.apply(path).status == 0
    assert_equals_list(airbyte, rows)


def test_the_fleet_equals_the_list_whatever_happens(make_airbyte: MakeAirbyte, tmp_path: Path, tool: Tool) -> None:
    airbyte = make_airbyte(Faults(share=0.05, seed=7))
    tool.point_to(airbyte)
    rows = companies(COMPANIES)
    output = tmp_path / "output"
    path = write(tmp_path, rows)
    for made in (COMPANIES // 4, COMPANIES // 2):
        kill_after(airbyte, start(airbyte, path, output), made)
    assert start(airbyte, path, output).wait() == 0, output.read_text()
    assert_equals_list(airbyte, rows)

    later = changed(rows)
    ten = [row["business_id"] for row in later[100:110]]
    keys = {row["business_id"]: row["api_key"] for row in later}
    broken = [row | {"api_key": "not set"} if row["business_id"] in ten else row for row in later]
    ran = tool.apply(write(tmp_path, broken))
    assert ran.status == 2
    assert ran.text.count("api_key") == 10
    ran = tool.apply(write(tmp_path, broken), "--leave-out-mistakes")
    assert ran.status == 1 and "20 stop" in ran.text, ran.text
    ran = tool.apply(write(tmp_path, later))
    assert ran.status == 0, ran.text
    assert_equals_list(airbyte, later)
    assert airbyte.faults.count > 50
    printed = output.read_text() + ran.text
    assert [key for key in (*keys.values(), *(row["api_key"] for row in rows)) if key in printed] == []
