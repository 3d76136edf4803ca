"""`check` with the real connector against the simulated Netvisor."""

from __future__ import annotations

import csv
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from netvisor_simulator import NetvisorSimulator
from netvisor_simulator.company import Company
from netvisor_simulator.server import DEFAULT_USERS
from netvisor_simulator.signature import User

from fake_airbyte.connector import ROOT
from netvisor_fleet.companies import streams
from netvisor_fleet.health import report
from netvisor_fleet.health.connector import LocalConnector
from tests.conftest import MakeAirbyte
from tests.lists import Row, business_ids, companies, write
from tests.tool import Tool

CONNECTOR = ROOT / ".venv" / "bin" / "source-netvisor"
BLOCKED = ("accountlist.nv", "getemployees.nv")


@pytest.fixture(scope="module")
def netvisors() -> Iterator[list[NetvisorSimulator]]:
    """Two Netvisors with the same five companies: one open, one partly blocked."""
    company = Company(seed=1, vouchers=20, years=1)
    known = dict.fromkeys(business_ids(5), company)
    user = DEFAULT_USERS[0]
    users = (User(user.identifier, user.key, frozenset(known)),)
    simulators = [NetvisorSimulator(known, users=users) for _ in range(2)]
    for simulator in simulators:
        simulator.__enter__()
    simulators[1].rights.block(*BLOCKED)
    yield simulators
    for simulator in simulators:
        simulator.__exit__()


@pytest.fixture
def rows(netvisors: list[NetvisorSimulator], tool: Tool) -> list[Row]:
    """A list of companies for those Netvisors."""
    found = companies(5)
    for number, row in enumerate(found):
        simulator = netvisors[number % 2]
        configuration = simulator.config()
        row |= {name: str(configuration[name]) for name in ("api_user_id", "api_key", "base_url")}
        row |= {"contact": f"talous{number}@example.fi", "start_date": ""}
        for name in ("partner_id", "partner_key"):
            tool.set(f"NETVISOR_{name.upper()}", str(configuration[name]))
    return found


def test_a_table_a_file_and_letters(rows: list[Row], tool: Tool) -> None:
    rows[3]["streams"] = "suggested payroll"
    rows[4]["api_key"] = "0" * 32
    path = write(tool.folder, rows)
    table, letters = tool.folder / "check.csv", tool.folder / "letters"
    ran = tool("check", str(path), "--connector", str(CONNECTOR), "--csv", str(table), "--letters", str(letters))
    assert ran.status == 1, ran.text
    with table.open(encoding="utf-8-sig", newline="") as file:
        said = {row["Business ID"]: row for row in csv.DictReader(file)}
    by_number = [said[row["business_id"]] for row in rows]
    assert [row["verdict"] for row in by_number] == ["readable", "blocked", "readable", "blocked", "refused"]
    assert by_number[1]["blocked"].startswith("accountlist.nv (accounts")
    assert "1 more, not needed by its streams" in by_number[1]["blocked"]
    assert "getemployees.nv (employees" in by_number[3]["blocked"]
    assert [row["whom to write to"] for row in by_number] == [
        "", "talous1@example.fi", "", "talous3@example.fi", "talous4@example.fi"
    ]  # fmt: skip
    assert "new API identifiers" in by_number[4]["what to do"]
    written = {file.name: file.read_text(encoding="utf-8") for file in letters.iterdir()}
    assert set(written) == {
        f"{rows[number]['business_id']}.{language}.txt" for number in (1, 3, 4) for language in ("en", "fi")
    }
    english, finnish = (written[f"{rows[1]['business_id']}.{language}.txt"] for language in ("en", "fi"))
    for text in (english, finnish):
        assert "- accountlist.nv (accounts" in text and "10DF2FEE83FE7AF6A7904255AF607A6E" in text
        assert "getemployees.nv" not in text
    assert "Rajapintaresurssien oikeudet" in finnish and "Sallittu" in finnish
    assert "Ohjelmistorajapinta ja tunnisteet" in written[f"{rows[4]['business_id']}.fi.txt"]
    everything = ran.text + table.read_text(encoding="utf-8-sig") + "".join(written.values())
    assert [row["api_key"] for row in rows if row["api_key"] in everything] == []


def test_through_airbyte_it_is_the_same(rows: list[Row], tool: Tool, make_airbyte: MakeAirbyte) -> None:
    path = write(tool.folder, rows[:2])
    connector = LocalConnector((str(CONNECTOR),))

    def checker(configuration: object) -> tuple[bool, str]:
        assert isinstance(configuration, dict)
        answer = connector.check(configuration)
        return answer.succeeded, answer.report

    airbyte = make_airbyte(checker=checker)
    tool.point_to(airbyte)
    tool.apply(path)
    here = tool("check", str(path), "--connector", str(CONNECTOR))
    there = tool("check", str(path), "--through-airbyte")
    assert here.status == there.status == 1
    assert here.text == there.text


def test_an_airbyte_without_checks_says_so(rows: list[Row], tool: Tool) -> None:
    path = write(tool.folder, rows[:1])
    tool.apply(path)
    ran = tool("check", str(path), "--through-airbyte")
    assert ran.status == 1 and "check without --through-airbyte" in ran.text


def test_a_connector_that_is_not_there(rows: list[Row], tool: Tool) -> None:
    ran = tool("check", str(write(tool.folder, rows[:1])), "--connector", "nowhere-netvisor")
    assert ran.status == 1 and "pip install airbyte-source-netvisor" in ran.text


def test_the_configuration_is_readable_for_nobody_else(tmp_path: Path) -> None:
    spy = tmp_path / "spy.py"
    spy.write_text(
        "import json, os, sys\n"
        "path = sys.argv[sys.argv.index('--config') + 1]\n"
        "modes = [oct(os.stat(p).st_mode & 0o777) for p in (path, os.path.dirname(path))]\n"
        "status = {'status': 'SUCCEEDED', 'message': ' '.join([path, *modes])}\n"
        "print(json.dumps({'type': 'CONNECTION_STATUS', 'connectionStatus': status}))\n"
    )
    answer = LocalConnector((sys.executable, str(spy))).check({"api_key": "x"})
    path, *modes = answer.report.split()
    assert modes == ["0o600", "0o700"]
    assert not Path(path).exists() and not Path(path).parent.exists()
    assert stat.S_IMODE(tmp_path.stat().st_mode) & stat.S_IRWXO == 0


REPORTS = [
    (
        "Oy (1967543-8): 61 of 64 resources can be read.\n"
        "SERVICE_ACCESS_ERROR: 2 resources are blocked.\nIn Netvisor, open ... Or deselect its streams.\n"
        "Netvisor says: no access to ...\n"
        "- accountlist.nv: accounts, default_accounts\n"
        "- deletedvouchers.nv: deleted_vouchers; no deletions in vouchers\n"
        "It is not certain whether these can be read:\n- getorder.nv (sales_order_details): Netvisor is slow.\n"
    ),
    (
        "61 of 64 resources are readable.\n"
        "SERVICE_ACCESS_ERROR: 2 resources are blocked, and their streams will fail:\n"
        "- accountlist.nv (streams: accounts, default_accounts). Netvisor says: no access to accounts of vendors\n"
        "- deletedvouchers.nv (streams: deleted_vouchers; deletions will be missing in: vouchers).\n"
        "In Netvisor, open ...\nCould not be settled:\n"
        "- getorder.nv (streams: sales_order_details): Netvisor is slow.\n"
    ),
]


@pytest.mark.parametrize("text", REPORTS)
def test_both_ways_to_write_a_report_are_read(text: str) -> None:
    found = report.read(text)
    assert (found.readable, found.total) == (61, 64)
    assert [(each.name, each.streams) for each in found.blocked] == [
        ("accountlist.nv", ("accounts", "default_accounts")),
        ("deletedvouchers.nv", ("deleted_vouchers",)),
    ]
    assert len(found.uncertain) == 1 and found.uncertain[0].startswith("getorder.nv")
    assert all(name in streams.KNOWN for each in found.blocked for name in each.streams)
