"""`status`: what the nights of a company mean, in the table and on the page."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser

import pytest

from fake_airbyte.server import FakeAirbyte
from netvisor_fleet.airbyte.things import Connection, FailureReason, Job
from netvisor_fleet.health.page import render
from netvisor_fleet.health.status import Colour, Status, judge, nights
from tests.conftest import MakeAirbyte
from tests.lists import companies, write
from tests.tool import Tool

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=timezone.utc)
Night = tuple[float, str]


def connection(status: str = "active", days_old: float = 100) -> Connection:
    return Connection(
        "c", "name", "s", "d", status, "cron", "0 0 0 * * ?", "custom_format", "netvisor_1967543_8", "",
        "propagate_columns", {}, {}, NOW - timedelta(days=days_old),
    )  # fmt: skip


def state_of(found: list[Night], *, status: str = "active", days_old: float = 100, failed: str = "") -> Status:
    """The state after nights, given as days ago and how the job is."""
    jobs = [Job(n, "sync", how, NOW - timedelta(days=ago), None, 7) for n, (ago, how) in enumerate(sorted(found))]
    reasons = [FailureReason("", "source", failed)] if failed else []
    return judge("1967543-8", "Oy", connection(status, days_old), nights(jobs, 100), reasons, NOW)


def failing(nights_failed: int, last_success: float) -> list[Night]:
    return [(n + 0.3, "failed") for n in range(nights_failed)] + [(last_success, "succeeded")]


@pytest.mark.parametrize(
    ("found", "colour"),
    [
        ([(0.3, "succeeded")], Colour.GREEN),
        ([(1.3, "succeeded")], Colour.GREEN),
        (failing(1, 1.3), Colour.YELLOW),
        (failing(4, 4.0), Colour.YELLOW),
        (failing(5, 5.0), Colour.RED),
        # no failure at all: nothing ran
        ([(5.0, "succeeded")], Colour.RED),
        ([(0.3, "running"), (6, "succeeded")], Colour.RED),
        ([(0.3, "cancelled"), (1.3, "succeeded")], Colour.GREEN),
        ([(n / 24, "failed") for n in range(1, 21)] + [(1.5, "succeeded")], Colour.RED),
        ([(n / 24, "failed") for n in range(1, 20)] + [(1.5, "succeeded")], Colour.YELLOW),
    ],
)
def test_colours(found: list[Night], colour: Colour) -> None:
    assert state_of(found).colour is colour


def test_the_days_are_finnish_calendar_days() -> None:
    # 22:30 UTC is half past midnight of the next day in Finland
    late = judge("1967543-8", "Oy", connection(), nights([_job("2026-11-22T22:30:00")], 100), [], NOW)
    assert (late.days, late.colour) == (4, Colour.YELLOW)
    early = judge("1967543-8", "Oy", connection(), nights([_job("2026-11-22T21:30:00")], 100), [], NOW)
    assert (early.days, early.colour) == (5, Colour.RED)


def _job(moment: str) -> Job:
    return Job(1, "sync", "succeeded", datetime.fromisoformat(moment).replace(tzinfo=timezone.utc), None, 7)


def test_a_company_that_never_succeeded() -> None:
    assert state_of([], days_old=0.1).colour is Colour.GREY
    assert state_of([], days_old=6).colour is Colour.RED
    fresh = state_of([(0.1, "failed")], days_old=0.5, failed="AUTHENTICATION_FAILED: Netvisor refused the credentials.")
    assert fresh.colour is Colour.YELLOW and "rotate" in fresh.action


def test_a_disabled_connection_is_red_at_once() -> None:
    state = state_of([(0.3, "succeeded")], status="inactive")
    assert state.colour is Colour.RED and "nothing is synced" in state.reasons[0]


def test_a_hundred_failures_are_at_least_a_hundred() -> None:
    state = state_of([(n / 24, "failed") for n in range(100)])
    assert (state.failures, state.at_least) == (100, True)


def test_blocked_streams_from_the_connectors_message() -> None:
    said = (
        "2 of 20 streams could not be read completely.\nSERVICE_ACCESS_ERROR: 1 resource is blocked.\n"
        "In Netvisor, open ...\n- accountlist.nv: accounts, default_accounts"
    )
    state = state_of(failing(1, 1.2), failed=said)
    assert state.blocked == ("accounts", "default_accounts")
    assert "--letters" in state.action


def test_from_airbytes_jobs_to_the_table(make_airbyte: MakeAirbyte, tool: Tool) -> None:
    airbyte = make_airbyte(checker=lambda configuration: (True, ""))
    tool.point_to(airbyte)
    rows = companies(5)
    tool.apply(write(tool.folder, rows[:4]))
    add_nights(airbyte, [rows[0]["business_id"]], 8, failed_since=0)
    add_nights(
        airbyte, [rows[1]["business_id"]], 8, failed_since=6, failures=[("accounts", "SERVICE_ACCESS_ERROR: no.")]
    )
    add_nights(airbyte, [rows[2]["business_id"]], 8, failed_since=2, failures=[("", "Netvisor is slow; try again.")])
    path = write(tool.folder, [rows[0], rows[1], rows[2], rows[4]])
    page = tool.folder / "status.html"
    ran = tool("status", str(path), "--html", str(page), "--wait", "0.001")
    assert ran.status == 1, ran.text
    assert "2 red, 2 yellow, 1 green" in ran.text
    lines = ran.text.splitlines()
    order = [next(n for n, line in enumerate(lines) if row["business_id"] in line) for row in (rows[1], rows[2])]
    assert order == sorted(order)
    shown = page.read_text(encoding="utf-8")
    for sentence in (
        "SERVICE_ACCESS_ERROR: no.",
        "Blocked: accounts",
        "Netvisor is slow",
        "it is not on the list",
        "it has no connection in Airbyte",
        *(row["business_id"] for row in rows),
    ):
        assert sentence in shown


def test_an_airbyte_that_does_not_say_why(airbyte: FakeAirbyte, tool: Tool) -> None:
    rows = companies(1)
    path = write(tool.folder, rows)
    tool.apply(path)
    add_nights(airbyte, [rows[0]["business_id"]], 3, failed_since=1, failures=[("", "secret reason")])
    page = tool.folder / "status.html"
    ran = tool("status", str(path), "--wait", "0.001", "--html", str(page))
    assert ran.status == 0
    shown = page.read_text(encoding="utf-8")
    assert "see its log of job 3" in shown and "secret reason" not in shown


def add_nights(
    airbyte: FakeAirbyte,
    business_ids: list[str],
    count: int,
    failed_since: int,
    failures: list[tuple[str, str]] | None = None,
) -> None:
    """Nights that succeeded, and since so many that failed."""
    now = datetime.now(timezone.utc)
    for connection_id in airbyte.state.connections:
        if airbyte.state.business_id_of(connection_id) in business_ids:
            for ago in range(count, 0, -1):
                bad = ago <= failed_since
                moment = now - timedelta(days=ago - 1, hours=1)
                airbyte.state.add_job(connection_id, "failed" if bad else "succeeded", moment, rows=0 if bad else 900,
                                      failures=failures if bad else None)  # fmt: skip


class _Page(HTMLParser):
    """Counts what could load or run anything."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "action", "srcset")]


def test_the_page_needs_nothing_and_runs_nothing() -> None:
    evil = Status("1967543-8", "<script>alert(1)</script> & Oy", Colour.RED, sentence='"><img src=x onerror=alert(1)>')
    text = render([evil, state_of([(0.3, "succeeded")])], NOW)
    parser = _Page()
    parser.feed(text)
    assert not {"script", "img", "link", "iframe"} & set(parser.tags)
    assert parser.addresses == []
    assert "url(" not in text and "@import" not in text
    assert "&lt;script&gt;" in text
    assert re.search(r'name="viewport"', text)
