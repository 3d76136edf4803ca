"""Shows a fleet from its list to its status page; `make fleet-demo` runs it, and it needs nothing but this machine.

Airbyte is the fake of the tests. The checks are real ones: the installed connector asks simulated Netvisors. The nights
are made up, since the fake runs no syncs.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from demo.netvisors import ALL_BLOCKED, BUSINESS_IDS, PARTLY_BLOCKED, netvisors
from demo.nights import add_nights
from fake_airbyte.connector import ROOT
from fake_airbyte.server import FakeAirbyte
from netvisor_fleet.health.connector import LocalConnector
from tests.browser import BROWSER

FOLDER = ROOT / ".tmp" / "fleet-demo"
CONNECTOR = ROOT / ".venv" / "bin" / "source-netvisor"
WIDTHS = {"phone": (390, 1900), "desk": (1280, 1000)}


def main() -> int:
    """The whole story; exit status 0 if every command ended as it should."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    connector = LocalConnector((str(CONNECTOR),))

    def checker(configuration: Mapping[str, Any]) -> tuple[bool, str]:
        answer = connector.check(configuration)
        return answer.succeeded, answer.report

    with netvisors() as simulated, FakeAirbyte(checker=checker) as airbyte:
        rows = [simulated.row(number, identity) for number, identity in enumerate(BUSINESS_IDS, start=1)]
        path = FOLDER / "companies.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        configuration = simulated.everything.config()
        tool = Tool(airbyte, configuration)
        return _story(tool, airbyte, path)


def _story(tool: Tool, airbyte: FakeAirbyte, path: Path) -> int:
    good = tool("What would be done", "apply", str(path), "--dry-run") == 0
    good &= tool("Make Airbyte look like the list", "apply", str(path)) == 0
    good &= tool("A second time nothing is left to do", "apply", str(path)) == 0
    files = ("--csv", str(FOLDER / "check.csv"), "--letters", str(FOLDER / "letters"))
    good &= tool("Check every company", "check", str(path), "--connector", str(CONNECTOR), *files) == 1
    letter = FOLDER / "letters" / f"{PARTLY_BLOCKED[0]}.fi.txt"
    print(f"\n--- {letter.relative_to(ROOT)}\n{letter.read_text(encoding='utf-8')}")
    _week(airbyte)
    page = FOLDER / "status.html"
    good &= tool("A week later", "status", str(path), "--html", str(page)) == 1
    good &= tool("What dbt needs to know", "dbt-vars", str(path), "--output", str(FOLDER / "fleet.json")) == 0
    if BROWSER:
        for name, (width, height) in WIDTHS.items():
            picture = FOLDER / f"{name}.png"
            _photograph(page, picture, width, height)
            print(f"The page as on a {name}: {picture.relative_to(ROOT)}")
    else:
        print("No Chromium is here, so no picture of the page is made.")
    print("Everything is as it should be." if good else "Something is not as it should be.")
    return 0 if good else 1


class Tool:
    """Runs the installed console script.

    Args:
        airbyte: that the environment names.
        configuration: whose credentials it has.
    """

    def __init__(self, airbyte: FakeAirbyte, configuration: Mapping[str, Any]) -> None:
        self._environment = {
            **os.environ,
            **airbyte.environment(),
            "DEMO_API_KEY": str(configuration["api_key"]),
            "NETVISOR_PARTNER_ID": str(configuration["partner_id"]),
            "NETVISOR_PARTNER_KEY": str(configuration["partner_key"]),
        }

    def __call__(self, title: str, *arguments: str) -> int:
        shown = " ".join(part.replace(f"{ROOT}/", "") for part in arguments)
        print(f"\n=== {title}\n$ netvisor-fleet {shown}", flush=True)
        script = Path(sys.executable).with_name("netvisor-fleet")
        return subprocess.run([script, *arguments], env=self._environment, check=False).returncode


def _week(airbyte: FakeAirbyte) -> None:
    blocked = "SERVICE_ACCESS_ERROR: the resource accountbalance.nv is blocked for this integration."
    refused = "AUTHENTICATION_FAILED: Netvisor refused the credentials; check the API User ID and the API Key."
    for identity in BUSINESS_IDS[:7]:
        add_nights(airbyte, identity, 0, "")
    add_nights(airbyte, BUSINESS_IDS[7], 1, "Netvisor is not available (HTTP 503); try again later.")
    add_nights(airbyte, BUSINESS_IDS[8], 3, refused)
    for identity, nights in zip(PARTLY_BLOCKED, (2, 7), strict=True):
        add_nights(airbyte, identity, nights, blocked, "account_balances")
    add_nights(airbyte, ALL_BLOCKED[0], 8, refused)
    for connection in airbyte.state.connections.values():
        connection["createdAt"] -= 9 * 86400
        if airbyte.state.business_id_of(connection["connectionId"]) == BUSINESS_IDS[6]:
            connection["status"] = "inactive"


def _photograph(page: Path, picture: Path, width: int, height: int) -> None:
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={width},{height}")
    command = [str(BROWSER), *options, f"--screenshot={picture}", page.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)


if __name__ == "__main__":
    sys.exit(main())
