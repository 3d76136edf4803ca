"""What the tests share: a fake Airbyte, the tool, lists of companies."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fake_airbyte.faults import Faults
from fake_airbyte.routes import Checker
from fake_airbyte.server import Exchange, FakeAirbyte
from tests.browser import BROWSER
from tests.openapi_contract import Contract
from tests.tool import Tool

DESCRIPTION = os.environ.get("AIRBYTE_OPENAPI", "")

MakeAirbyte = Callable[..., FakeAirbyte]


collect_ignore = [
    *([] if BROWSER else ["test_page_in_browser.py"]),
    *([] if DESCRIPTION else ["test_contract.py"]),
]


def pytest_report_header() -> list[str]:
    """Says what this machine cannot test."""
    return [
        f"every request and reply is held against {DESCRIPTION}"
        if DESCRIPTION
        else "AIRBYTE_OPENAPI names no description of Airbyte's API: only the client's models check the replies",
        f"the page is opened in {BROWSER}" if BROWSER else "no Chromium is here: the page is not opened",
        "Terraform evaluates the module's expressions"
        if shutil.which("terraform")
        else "no Terraform is here: only the syntax of its module is tested",
    ]


@pytest.fixture(scope="session")
def inspect() -> Callable[[Exchange], list[str]] | None:
    """What is wrong with an exchange, by Airbyte's description; None without it."""
    return Contract(Path(DESCRIPTION)).complaints if DESCRIPTION else None


@pytest.fixture
def make_airbyte(inspect: Callable[[Exchange], list[str]] | None) -> Iterator[MakeAirbyte]:
    """Starts fakes, and fails the test if anything was said that Airbyte's description does not allow."""
    running: list[FakeAirbyte] = []

    def make(faults: Faults | None = None, checker: Checker | None = None, token_seconds: int = 180) -> FakeAirbyte:
        fake = FakeAirbyte(faults, checker, inspect, token_seconds)
        running.append(fake.__enter__())
        return fake

    yield make
    for fake in running:
        fake.__exit__()
    assert [each for fake in running for each in fake.complaints] == []


@pytest.fixture
def airbyte(make_airbyte: MakeAirbyte) -> FakeAirbyte:
    """One without faults."""
    return make_airbyte()


@pytest.fixture
def tool(
    airbyte: FakeAirbyte, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Tool:
    """The tool, pointed at the fake."""
    return Tool(airbyte, monkeypatch, capsys, tmp_path)
