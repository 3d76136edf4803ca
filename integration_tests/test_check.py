"""`check`: every resource asked once, with little, and all of it reported at once, in sentences for a bookkeeper."""

from __future__ import annotations

import re
import socket
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from integration_tests.connection import discovered
from integration_tests.console_runs import ConsoleRuns, Run, Runs
from integration_tests.shared_source import definitions
from netvisor_simulator import (
    PARTNER_ID,
    PARTNER_KEY,
    USER_ID,
    USER_KEY,
    ApiAssumptions,
    NetvisorSimulator,
    faults,
)
from netvisor_simulator.company import Company
from netvisor_simulator.registry import registry
from source_netvisor.netvisor.allowed_resources import ALLOWED_RESOURCES

RESOURCES = len(registry())
"""Every resource that any stream is made from."""
READ_ALL = f"Simulated company (1967543-8): {RESOURCES} of {RESOURCES} resources can be read."
KEYED = {ask.resource for one in definitions().values() for ask in one.asks if ask.keys and ask.probe_refused}
WITH_DATES = {name for name, one in registry().items() if {part.kind for part in one.parameters} & {"date", "datetime"}}
# takes its date as a text, with or without a time
WITH_DATES.add("extendedproductlist.nv")
UNLIMITED = set(registry()) - WITH_DATES - KEYED
"""Whole registers, and figures of a year or a month: there is no parameter that makes them shorter."""
ANOTHER_COMPANY = "0737546-2"
"""A Business ID whose check digit is right."""
UNLIKE_SENTENCES = re.compile(r"Traceback|Error\(|Exception|<[A-Za-z/]|\{|\\n|None|NoneType|  ")
SEARCH_KEY = "10DF2FEE83FE7AF6A7904255AF607A6E"


@pytest.fixture(scope="module")
def company() -> Company:
    return Company(3, 60, today=date(2026, 3, 15), employees=2)


def outcome(run: Run) -> tuple[str, str]:
    """Status and message; what holds of every check is asserted here."""
    assert run.code == 0, run.output
    assert run.errors == ""
    status, message = run.check_message
    for secret in (USER_KEY, PARTNER_KEY, USER_ID, PARTNER_ID):
        assert secret not in run.output
    for line in message.splitlines():
        assert not UNLIKE_SENTENCES.search(line), line
        own_words = line.partition("Netvisor says: ")[0].rstrip()
        assert not own_words or own_words[-1] in ".:" or own_words.startswith("- "), line
    assert not run.logs("FATAL")
    return status, message


def streams_of(resource: str) -> list[str]:
    """The streams that are made from a resource."""
    return [one.name for one in definitions().values() if resource in {ask.resource for ask in one.asks}]


# --- rights -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "assumptions",
    [ApiAssumptions(), ApiAssumptions(casing="upper", unknown_key="error", forbidden_body=False),
     ApiAssumptions(casing="lower", unknown_key="error_for_batch", failed_with_http_200="always_200"),
     ApiAssumptions(unknown_key="left_out", empty_list="missing", failed_with_http_200="always_codes")],
    ids=str,
)  # fmt: skip
def test_nothing_blocked(console: ConsoleRuns, company: Company, assumptions: ApiAssumptions) -> None:
    with NetvisorSimulator(company, assumptions=assumptions) as simulator:
        assert outcome(console.check(simulator.config())) == ("SUCCEEDED", READ_ALL)
        asked = Counter(simulator.calls.resources())
        assert set(asked) == set(registry()) == set(ALLOWED_RESOURCES)
        assert len(asked) == RESOURCES and set(asked.values()) == {1}
        # asked for as little as the parameters permit: no list that can be limited names a document
        assert {call.resource for call in simulator.calls if call.bytes > 1000} <= UNLIMITED
        simulator.assert_clean()


BLOCKED = ("accountbalance.nv", "deletedvouchers.nv", "getemployee.nv", "getworkdays.nv", "getuserinvitations.nv")


@pytest.mark.parametrize("assumptions", [ApiAssumptions(), ApiAssumptions(failed_with_http_200="always_200")], ids=str)
def test_some_blocked(console: ConsoleRuns, company: Company, assumptions: ApiAssumptions) -> None:
    with NetvisorSimulator(company, assumptions=assumptions) as simulator:
        simulator.rights.block(*BLOCKED)
        run = console.check(simulator.config())
        status, message = outcome(run)
        assert status == "SUCCEEDED"
        lines = message.splitlines()
        assert lines[0] == (
            f"Simulated company (1967543-8): {RESOURCES - len(BLOCKED)} of {RESOURCES} resources can be read."
        )
        assert lines[1] == f"SERVICE_ACCESS_ERROR: {len(BLOCKED)} resources are blocked."
        for words in ("Company menu", "Rights of interface resources", "Custom integrations", SEARCH_KEY, "Allowed"):
            assert message.count(words) == 1 and words in lines[2], "the fix comes first, and once"
        assert "yritysvalikko" in lines[2] and "Rajapintaresurssien oikeudet" in lines[2] and "Sallittu" in lines[2]
        assert "Or deselect its streams" in lines[2], "or Airbyte disables the connection"
        assert message.count("No access rights") == 1 and lines[3].startswith("Netvisor says: ")
        told = lines[4:]
        assert len(told) == len(BLOCKED)
        for resource in BLOCKED:
            (line,) = [line for line in told if line.startswith(f"- {resource}: ")]
            assert all(stream in line for stream in streams_of(resource))
        assert "service plan" not in message
        warned = [line for line in run.logs("WARN") if line.startswith("SERVICE_ACCESS_ERROR: ")]
        assert len(warned) == len(BLOCKED)
        assert set(Counter(simulator.calls.resources()).values()) == {1}
        simulator.assert_clean()


def test_a_blocked_resource_without_netvisors_words(runs: Runs, company: Company) -> None:
    with NetvisorSimulator(company, assumptions=ApiAssumptions(forbidden_body=False)) as simulator:
        simulator.rights.block("accountlist.nv")
        status, message = outcome(runs.check(simulator.config()))
        assert status == "SUCCEEDED" and message.endswith("\n- accountlist.nv: accounts, default_accounts")
        assert "Netvisor says" not in message and "1 resource is blocked." in message


def test_some_blocked_and_the_check_shall_fail(runs: Runs, company: Company) -> None:
    with NetvisorSimulator(company) as simulator:
        simulator.rights.block("getemployee.nv")
        status, message = outcome(runs.check(simulator.config(fail_check_on_blocked_resources=True)))
        assert status == "FAILED" and "\n- getemployee.nv: employee_details" in message
        simulator.rights.allow()
        assert outcome(runs.check(simulator.config(fail_check_on_blocked_resources=True)))[0] == "SUCCEEDED"


def test_all_blocked(runs: Runs, company: Company) -> None:
    with NetvisorSimulator(company) as simulator:
        simulator.rights.block()
        status, message = outcome(runs.check(simulator.config()))
        assert status == "FAILED"
        assert message.startswith(f"Simulated company (1967543-8): 0 of {RESOURCES} resources can be read.\n")
        assert "This is normal before step 2 of the setup guide" in message
        assert message.splitlines()[2].endswith("the API: Professional, Premium or Payroll.")
        assert message.count("\n- ") == RESOURCES
        assert all(f"\n- {resource}: " in message for resource in registry())
        assert all(name in message for name in discovered())
        assert message.count(SEARCH_KEY) == message.count("No access rights") == 1
        assert len(message.encode()) <= 4000
        simulator.assert_clean()


def test_a_name_without_end_takes_no_room_from_the_report(runs: Runs, company: Company) -> None:
    with NetvisorSimulator(company) as simulator:
        simulator.rights.block()
        _, message = outcome(runs.check(simulator.config(company_name="Ää" * 250)))
    assert len(message.encode()) <= 4000 and message.count("\n- ") == RESOURCES


def test_one_allowed(runs: Runs, company: Company) -> None:
    with NetvisorSimulator(company) as simulator:
        simulator.rights.block()
        simulator.rights.allow("paymenttermlist.nv")
        status, message = outcome(runs.check(simulator.config()))
        assert status == "SUCCEEDED" and f" 1 of {RESOURCES} resources can be read." in message
        assert "service plan" not in message


# --- credentials ------------------------------------------------------------------------------------------------------

WRONG: Mapping[str, tuple[dict[str, Any], str]] = {
    "key": ({"api_key": "7777" * 8}, "API Key"),
    "partner's key": ({"partner_key": "8888" * 8}, "partner's ID and key"),
    "user": ({"api_user_id": "SIM_99999_999"}, "API User ID"),
    "partner": ({"partner_id": "Sim_999"}, "Integration partner ID"),
    "company": ({"business_id": ANOTHER_COMPANY}, "Business ID"),
}


@pytest.mark.parametrize(
    "assumptions", [ApiAssumptions(), ApiAssumptions(mac_mismatch="echo", failed_with_http_200="always_200")]
)
@pytest.mark.parametrize("wrong", WRONG)
def test_refused_credentials(runs: Runs, company: Company, wrong: str, assumptions: ApiAssumptions) -> None:
    other, named = WRONG[wrong]
    with NetvisorSimulator(company, assumptions=assumptions) as simulator:
        run = runs.check(simulator.config(**other))
        status, message = outcome(run)
        assert status == "FAILED" and message.startswith("AUTHENTICATION_FAILED: ") and named in message
        assert "\n" not in message and "blocked" not in message
        assert not any(value in run.output for name, value in other.items() if name != "business_id")
        assert len(simulator.calls) == 1, "one refusal says it all"


# --- down -------------------------------------------------------------------------------------------------------------

DOWN: Mapping[str, faults.Fault] = {
    "connection closed": faults.refuse_connection(),
    "connection reset": faults.refuse_connection(reset=True),
    "maintenance, Netvisor's code": faults.netvisor_code("SYSTEM_MAINTENANCE"),
    "maintenance, a page": faults.maintenance_page(),
    "maintenance, a page with 503": faults.maintenance_page(503),
    "technical error": faults.netvisor_code("TECHNICAL_ERROR"),
    "gateway": faults.http_status(502),
    "too many requests": faults.too_many_requests(),
    "garbage": faults.raw(b"\x00\xff garbage \xfe"),
    "nothing": faults.raw(b""),
    "another XML": faults.raw(b"<feed><entry/></feed>", content_type="text/xml"),
    "cut": faults.truncate(40, "right_length"),
    "never": faults.delay(5),
}


@pytest.mark.parametrize("name", DOWN)
def test_netvisor_is_down(runs: Runs, company: Company, name: str) -> None:
    with NetvisorSimulator(company) as simulator:
        simulator.faults.add(DOWN[name], times=None)
        status, message = outcome(runs.check(simulator.config()))
        assert status == "FAILED" and "\n" not in message
        assert "try again" in message and "blocked" not in message and "SERVICE_ACCESS_ERROR" not in message
        assert len(simulator.calls) <= 3, "the first resource, tried again twice, is enough to know"


def test_nobody_listens(runs: Runs, company: Company) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        config = {**NetvisorSimulator(company).config(), "base_url": f"http://127.0.0.1:{reserved.getsockname()[1]}"}
        status, message = outcome(runs.check(config))
        assert status == "FAILED" and "try again" in message and "blocked" not in message


def test_maintenance_begins_in_the_middle(runs: Runs, company: Company) -> None:
    with NetvisorSimulator(company) as simulator:
        simulator.rights.block("accountlist.nv")
        simulator.faults.add(faults.netvisor_code("SYSTEM_MAINTENANCE"), nth=20, times=None)
        status, message = outcome(runs.check(simulator.config()))
        assert status == "FAILED" and "maintenance" in message and "try again" in message and "blocked" not in message


def test_a_short_break_is_waited_for(runs: Runs, company: Company) -> None:
    with NetvisorSimulator(company) as simulator:
        simulator.faults.add(faults.http_status(503), times=2)
        simulator.faults.add(faults.netvisor_code("REQUEST_NOT_UNIQUE"), resource="getvendor.nv")
        assert outcome(runs.check(simulator.config())) == ("SUCCEEDED", READ_ALL)
        simulator.assert_clean()


# --- odd answers ------------------------------------------------------------------------------------------------------

ODD: Mapping[str, faults.Fault] = {
    "technical error": faults.netvisor_code("TECHNICAL_ERROR", "Object reference not set"),
    "invalid data": faults.netvisor_code("INVALID_DATA", "Parameter missing"),
    "a page": faults.maintenance_page(),
    "unknown code": faults.netvisor_code("MOON_PHASE", "Wrong moon"),
    "not found": faults.http_status(404),
    "teapot": faults.http_status(418),
    "no code": faults.odd_frame("no_code"),
    "no status": faults.odd_frame("no_status"),
    "cut": faults.truncate(100, "wrong_length"),
}


@pytest.mark.parametrize("name", ODD)
def test_one_odd_resource_hides_nothing(runs: Runs, company: Company, name: str) -> None:
    with NetvisorSimulator(company) as simulator:
        simulator.rights.block("getworkdays.nv")
        simulator.faults.add(ODD[name], resource="customerlist.nv", times=None)
        run = runs.check(simulator.config())
        status, message = outcome(run)
        assert status == "SUCCEEDED"
        assert f" {RESOURCES - 2} of {RESOURCES} resources can be read.\n" in message
        assert "\n- getworkdays.nv: work_hours\n" in message
        told = message.partition("It is not certain whether these can be read:\n")[2].splitlines()
        assert len(told) == 1 and told[0].startswith("- customerlist.nv (customers, customer_details): ")
        assert set(simulator.calls.resources()) == set(registry())


def test_the_first_resource_alone_is_odd(runs: Runs, company: Company) -> None:
    """One refusal of the very first resource is not taken for Netvisor being down."""
    with NetvisorSimulator(company) as simulator:
        simulator.faults.add(faults.netvisor_code("INVALID_DATA"), resource="accountlist.nv", times=None)
        status, message = outcome(runs.check(simulator.config()))
        assert status == "SUCCEEDED" and "\n- accountlist.nv (accounts, default_accounts): " in message


def test_the_same_refusal_of_every_resource_is_told_once(runs: Runs) -> None:
    """A page of fifty equal sentences hides that the address is wrong."""
    with NetvisorSimulator(Company(1, 1, 1)) as simulator:
        simulator.faults.add(faults.http_status(418), times=None)
        run = runs.check(simulator.config())
    status, message = run.check_message
    assert status == "FAILED"
    assert message.startswith("Netvisor refused the request to accountlist.nv (HTTP 418); check the Netvisor address")
    assert message.endswith(f" It is the same with each of the {RESOURCES} resources.")
    assert "\n" not in message
