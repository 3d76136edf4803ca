"""The Terraform module: its syntax, its attributes, and that it means the same as the tool."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import hcl2
import pytest
from airbyte_api import models

from netvisor_fleet.companies import schedule, streams
from netvisor_fleet.companies.company import namespace
from netvisor_fleet.fleet.settings import NIGHT, REPOSITORY, TAG
from tests import terraform_streams
from tests.lists import companies, write

MODULE = terraform_streams.PATH.parent
TERRAFORM = shutil.which("terraform")


def parsed(name: str) -> dict[str, Any]:
    with (MODULE / name).open(encoding="utf-8") as file:
        content: dict[str, Any] = hcl2.load(file)
    return content


def resources() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for block in parsed("main.tf")["resource"]:
        for kind, named in block.items():
            found[kind.strip('"')] = next(iter(named.values()))
    return found


def attributes(block: dict[str, Any]) -> set[str]:
    """The names that Airbyte's provider reads; the others are Terraform's and the parser's own."""
    return {name for name in block if not name.startswith("__")} - {"for_each", "lifecycle"}


@pytest.mark.parametrize("name", ["main.tf", "variables.tf", "outputs.tf", "versions.tf"])
def test_syntax(name: str) -> None:
    assert parsed(name)


def test_attributes_are_those_of_the_api() -> None:
    found = resources()
    connection = models.ConnectionCreateRequest.model_fields
    definition = models.CreateDefinitionRequest.model_fields
    assert attributes(found["airbyte_connection"]) <= set(connection)
    assert attributes(found["airbyte_source"]) == {"workspace_id", "definition_id", "name", "configuration"}
    assert attributes(found["airbyte_source_definition"]) - {"workspace_id"} <= set(definition)


def test_defaults_are_the_tools() -> None:
    text = (MODULE / "variables.tf").read_text(encoding="utf-8")
    defaults = dict(re.findall(r'variable "(\w+)" \{[^}]*?default\s*=\s*"?([^"\n]*)"?', text, flags=re.DOTALL))
    night = schedule.Night.parse(NIGHT)
    assert (int(defaults["night_start_minute"]), int(defaults["night_minutes"])) == (night.start, night.minutes)
    assert (defaults["docker_repository"], defaults["docker_image_tag"]) == (REPOSITORY, TAG)


def test_the_streams_are_the_connectors() -> None:
    stale = "run `.venv/bin/python -m tests.terraform_streams` in fleet/ and commit what it writes"
    assert terraform_streams.PATH.read_text(encoding="utf-8") == terraform_streams.content(), stale


def evaluated(folder: Path, expression: str) -> Any:
    """What Terraform makes of an expression of the module's local values, which need no provider."""
    main = (MODULE / "main.tf").read_text(encoding="utf-8")
    (folder / "main.tf").write_text(main[: main.index("\nresource ")], encoding="utf-8")
    shutil.copy(MODULE / "variables.tf", folder)
    shutil.copy(MODULE / "streams.json", folder)
    variables = [
        "-var",
        f"companies_file={folder / 'companies.csv'}",
        "-var",
        "workspace_id=w",
        "-var",
        "destination_id=d",
    ]
    ran = subprocess.run(
        [str(TERRAFORM), "console", *variables],
        input=f"jsonencode({expression})\n", cwd=folder, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return json.loads(json.loads(ran.stdout.strip().splitlines()[-1]))


# collected where Terraform is; tests/conftest.py says in the header whether it is
if TERRAFORM:

    def test_format() -> None:
        assert subprocess.run([str(TERRAFORM), "fmt", "-check", "-diff", str(MODULE)], check=False).returncode == 0

    def test_it_means_the_same_as_the_tool(tmp_path: Path) -> None:
        rows = companies(12)
        rows[0]["streams"], rows[1]["streams"], rows[2]["schedule"] = "suggested payroll", "vouchers accounts", "manual"
        write(tmp_path, rows)
        wanted, schedules = evaluated(tmp_path, "[local.wanted, local.schedules]")
        night = schedule.Night.parse(NIGHT)
        for row in rows:
            identity = row["business_id"]
            assert set(wanted[identity]) == set(streams.parse(row["streams"]).names)
            assert schedules[identity] == (schedule.parse(row["schedule"]) or night.cron_of(identity))
            assert namespace(identity).startswith("netvisor_")
