"""docs/fleet.md: its commands exist, and its tables name everything that there is."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest
import typer.main

from fake_airbyte.connector import ROOT
from netvisor_fleet.cli.main import app
from netvisor_fleet.companies import streams
from netvisor_fleet.companies.row import COLUMNS
from netvisor_fleet.fleet import trial, work
from netvisor_fleet.fleet.settings import FLEET_TAG, NIGHT
from netvisor_fleet.health import status

PAGE = (ROOT / "docs" / "fleet.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^netvisor-fleet (.*)$", PAGE, flags=re.MULTILINE)


def commands() -> dict[str, Any]:
    """The tool's commands, by name."""
    group: Any = typer.main.get_command(app)
    found: dict[str, Any] = group.commands
    return found


@pytest.mark.parametrize("line", COMMANDS)
def test_commands_are_understood(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRBYTE_URL", "http://127.0.0.1:1/api/public/v1")  # ignore-https-check
    name, *arguments = shlex.split(line)
    commands()[name].make_context(name, arguments)


def test_every_command_and_column_is_on_the_page() -> None:
    assert {line.split()[0] for line in COMMANDS} == set(commands())
    assert [name for name in COLUMNS if f"`{name}`" not in PAGE] == []
    assert [name for name in streams.GROUPS if f"`{name}`" not in PAGE] == []


def test_options_on_the_page_exist() -> None:
    known = {option for each in commands().values() for parameter in each.params for option in parameter.opts}
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", PAGE)) - {"--vars"}
    assert named - known == set()


def test_numbers_are_the_tools() -> None:
    start, end = NIGHT.split("-")
    assert f"between {start}\nand {end} UTC" in PAGE
    assert f"tag\n`{FLEET_TAG}`" in PAGE
    words = {5: "Five", 20: "20", 10: "ten"}
    assert f"{words[status.RED_DAYS]} days without a success" in PAGE
    assert f"Or {status.RED_FAILURES} failures in a row" in PAGE
    assert f"more than {words[work.MANY]} companies and a tenth" in PAGE
    assert f"the documents of the last\n{trial.TRIAL_DAYS} days" in PAGE


def test_links_lead_somewhere() -> None:
    for target, _, anchor in (link.partition("#") for link in re.findall(r"\]\(([^)\s:]+)\)", PAGE)):
        file = ROOT / "docs" / target if target else ROOT / "docs" / "fleet.md"
        assert file.exists(), target
        headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
        known = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
        assert not anchor or anchor in known, anchor
