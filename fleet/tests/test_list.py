"""The list: everything that is wrong in it is said at once, and nothing is called."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from fake_airbyte.connector import ROOT
from fake_airbyte.server import FakeAirbyte
from netvisor_fleet.companies import business_id, schedule, streams
from netvisor_fleet.companies.list_file import read
from tests.lists import business_ids, companies, write
from tests.tool import Tool

WRONG = """\
company_name;business_id;api_user_id;api_key;start_date;streams;schedule;tags
Oikea Oy;1967543-8;user;0123456789abcdef;1.3.2024;;;
;1967543-9;user;env:NOT_SET_ANYWHERE;2024-02-30;vochers;every night;
Toinen Oy;FI19675438;;file:nowhere.txt;{tomorrow};payroll -payroll;0 * * * * ?;
Kolmas Oy;0201256-6;user;"two words";1949-12-31;suggested;25:00;
Neljäs Oy;0201256-6
Viides Oy;0116754-4;user;key;;;;;;extra
"""


def test_everything_that_is_wrong_is_told_at_once(tool: Tool, airbyte: FakeAirbyte) -> None:
    path = tool.folder / "companies.csv"
    tomorrow = (date.today() + timedelta(days=2)).isoformat()  # noqa: DTZ011 - two days: in every zone it is the future
    path.write_text(WRONG.format(tomorrow=tomorrow), encoding="utf-8")
    said = {(mistake.line, mistake.field) for mistake in read(path, {}).mistakes}
    assert said == {
        (3, "company_name"), (3, "business_id"), (3, "api_key"), (3, "start_date"), (3, "streams"), (3, "schedule"),
        (4, "business_id"), (4, "api_user_id"), (4, "api_key"), (4, "start_date"), (4, "streams"), (4, "schedule"),
        (5, "api_key"), (5, "start_date"), (5, "schedule"),
        (6, "business_id"), (6, "api_user_id"), (6, "api_key"),
        (7, ""),
    }  # fmt: skip
    ran = tool.apply(path)
    assert ran.status == 2
    assert "19 mistakes" in ran.text and "did you mean vouchers?" in ran.text
    assert "two words" not in ran.text and "0123456789abcdef" not in ran.text
    assert airbyte.exchanges == []


def test_what_can_only_be_meant_one_way_is_taken_so(tmp_path: Path) -> None:
    path = tmp_path / "companies.csv"
    text = (
        "Company_Name ;business_id;api_user_id;api_key;start_date;streams;tags;language;contact\r\n"
        " Äiti Oy ;FI19675438; user ; key-1234 ;1.3.2024;Suggested, Payroll;gold| silver ,gold;fi;talous@example.fi\r\n"
        ";;;;;;;;\r\n"
    )
    for encoding in ("utf-8-sig", "utf-8", "cp1252"):
        path.write_bytes(text.encode(encoding))
        found = read(path, {})
        assert found.mistakes == () and found.complete
        (company,) = found.companies
        assert (company.company_name, company.business_id, company.start_date) == ("Äiti Oy", "1967543-8", "2024-03-01")
        assert company.tags == ("gold", "silver")
        assert company.options == {"language": "FI"}
        assert company.contact == "talous@example.fi"
        assert set(company.streams.names) == {*streams.SUGGESTED, *streams.PAYROLL}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "company_name"),
        ("company_name,business_id,api_user_id\nA,1967543-8,u\n", "api_key"),
        ("company_name,business_id,api_user_id,api_key,colour\nA,1967543-8,u,k,red\n", "colour"),
        ("company_name,business_id,api_user_id,api_key,api_key\nA,1967543-8,u,k,k\n", "api_key"),
        ("company_name,business_id,api_user_id,api_key\n", ""),
        ('company_name,business_id,api_user_id,api_key\n"A,1967543-8,u,k\n', ""),
    ],
)
def test_a_file_that_is_no_list(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "companies.csv"
    path.write_text(text)
    found = read(path, {})
    assert found.companies == () and not found.complete
    assert said in {mistake.field for mistake in found.mistakes}


def test_no_list_at_all(tool: Tool) -> None:
    ran = tool.apply(tool.folder / "nowhere.csv")
    assert ran.status == 2 and "cannot be read" in ran.text


def test_a_company_with_a_mistake_is_not_taken_for_one_that_left(airbyte: FakeAirbyte, tool: Tool) -> None:
    rows = companies(3)
    tool.apply(write(tool.folder, rows))
    rows[0]["start_date"] = "yesterday"
    ran = tool.apply(write(tool.folder, rows), "--leave-out-mistakes")
    assert ran.status == 1 and "2 keep" in ran.text and " stop" not in ran.text
    rows[0]["business_id"] = "unreadable"
    ran = tool.apply(write(tool.folder, rows[:2]), "--leave-out-mistakes")
    assert "nothing is stopped" in ran.text
    assert {each["status"] for each in airbyte.state.connections.values()} == {"active"}


@pytest.mark.parametrize("text", ["1967543-8", "19675438", "FI19675438", " fi1967543-8 "])
def test_notations_of_a_business_id(text: str) -> None:
    assert business_id.parse(text) == "1967543-8"


@pytest.mark.parametrize("text", ["1967543-9", "196754-8", "1967543_8", "", "SE1967543-8", "1000001-1"])
def test_no_business_ids(text: str) -> None:
    with pytest.raises(business_id.NotABusinessId):
        business_id.parse(text)


def test_every_stream_of_the_connector_is_in_one_group() -> None:
    manifest = yaml.safe_load((ROOT / "source_netvisor" / "manifest.yaml").read_text(encoding="utf-8"))
    names = {stream["name"] for stream in manifest["streams"]}
    assert names - streams.KNOWN == set()
    metadata = yaml.safe_load((ROOT / "metadata.yaml").read_text(encoding="utf-8"))
    assert set(metadata["data"]["suggestedStreams"]["streams"]) == set(streams.SUGGESTED)
    groups = (streams.SUGGESTED, streams.OTHER, streams.PAYROLL, streams.USERS)
    assert sum(map(len, groups)) == len(streams.KNOWN)


def test_the_night_is_spread_evenly() -> None:
    night = schedule.Night.parse("23:30-05:30")
    minutes = [night.cron_of(identity).split() for identity in business_ids(500)]
    hours = [int(fields[2]) for fields in minutes]
    assert set(hours) == {23, 0, 1, 2, 3, 4, 5}
    busiest = max(map(minutes.count, minutes))
    assert busiest <= 6
    assert night.cron_of("1967543-8") == schedule.Night.parse("23:30-05:30").cron_of("1967543-8")
