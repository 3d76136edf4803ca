"""What a read tells when something is wrong, through the console script: whose streams fail, and in which words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from integration_tests.connection import configured, discovered
from integration_tests.console_runs import ConsoleRuns, Run, Runs
from integration_tests.reads import last_states, records
from netvisor_simulator import PARTNER_KEY, USER_KEY, NetvisorSimulator, faults
from netvisor_simulator.company import Company

START = "2025-01-01"
INVOICES = ("sales_invoices", "sales_invoice_details", "sales_invoice_lines")
HOW_TO_ALLOW = "> Rights of interface resources (Rajapintaresurssien oikeudet) > Custom integrations"


@pytest.fixture
def simulator() -> Iterator[NetvisorSimulator]:
    with NetvisorSimulator(Company(3, 120, years=1, employees=2)) as simulator:
        yield simulator


def read(runs: Runs, simulator: NetvisorSimulator, *streams: str, state: Any = None) -> Run:
    """One read; what holds of every read is asserted here."""
    run = runs.read(simulator.config(start_date=START), configured(streams), state=state)
    assert run.errors == ""
    assert USER_KEY not in run.output and PARTNER_KEY not in run.output
    assert "Traceback" not in run.output
    for stream in streams:
        statuses = run.statuses(stream)
        failed = bool(run.errors_of(stream))
        assert statuses[0] == "STARTED" and statuses[-1] == ("INCOMPLETE" if failed else "COMPLETE"), stream
        assert len(run.errors_of(stream)) <= 1
        # failed is never shown as empty
        assert failed or run.code == 0 or run.of("RECORD")
    return run


def failure_type(run: Run, stream: str | None) -> str:
    """The failure type of a stream's error; with None, of the final one."""
    traces = [message["trace"]["error"] for message in run.of("TRACE") if message["trace"]["type"] == "ERROR"]
    (found,) = [t for t in traces if (t.get("stream_descriptor") or {}).get("name") == stream]
    kind: str = found["failure_type"]
    return kind


# --- blocked resources ------------------------------------------------------------------------------------------------


def test_a_blocked_resource_fails_its_own_streams(console: ConsoleRuns, simulator: NetvisorSimulator) -> None:
    simulator.rights.block("accountlist.nv")
    run = read(console, simulator, "accounts", "default_accounts", "voucher_types", "vouchers")
    assert run.code == 1
    for stream in ("accounts", "default_accounts"):
        (sentence,) = run.errors_of(stream)
        assert sentence.startswith(f"{stream}: SERVICE_ACCESS_ERROR: the resource accountlist.nv is blocked")
        assert HOW_TO_ALLOW in sentence
        assert failure_type(run, stream) == "config_error"
    assert set(records(run)) == {"voucher_types", "vouchers"}
    (final,) = run.errors_of(None)
    head, blocked, *_, last = final.split("\n")
    assert head == "2 of 4 streams could not be read completely."
    assert blocked == "SERVICE_ACCESS_ERROR: 1 resource is blocked."
    assert HOW_TO_ALLOW in final and last == "- accountlist.nv: accounts, default_accounts"
    assert failure_type(run, None) == "config_error"
    assert len(simulator.calls.of("accountlist.nv")) == 1, "told at once, and for both streams"
    simulator.assert_clean()


def test_blocked_details_leave_the_list(runs: Runs, simulator: NetvisorSimulator) -> None:
    simulator.rights.block("getsalesinvoice.nv")
    run = read(runs, simulator, *INVOICES, "sales_order_details")
    assert run.code == 1
    assert set(records(run)) == {"sales_invoices", "sales_order_details"}
    assert run.errors_of("sales_invoice_details") and run.errors_of("sales_invoice_lines")
    simulator.rights.allow()
    again = read(runs, simulator, *INVOICES, "sales_order_details", state=last_states(run))
    assert again.code == 0
    held = {row["netvisor_key"] for row in records(run)["sales_invoices"]}
    details = {row["netvisor_key"] for row in records(again)["sales_invoice_details"]}
    assert details == held, "nothing was read, so nothing is skipped next time"
    assert records(again)["sales_invoice_lines"]


def test_a_blocked_list_fails_its_details(runs: Runs, simulator: NetvisorSimulator) -> None:
    simulator.rights.block("customerlist.nv")
    run = read(runs, simulator, "customers", "customer_details", "products")
    assert run.code == 1 and set(records(run)) == {"products"}
    assert run.errors_of("customers") and run.errors_of("customer_details")


def test_blocked_deletions_are_a_warning(runs: Runs, simulator: NetvisorSimulator) -> None:
    first = read(runs, simulator, "vouchers", "voucher_lines", "deleted_vouchers")
    assert first.code == 0
    simulator.rights.block("deletedvouchers.nv")
    simulator.companies["1967543-8"].changes.add_voucher(simulator.now)
    second = read(
        runs, simulator, "vouchers", "voucher_lines", "deleted_vouchers", state=last_states(first)
    )  # fmt: skip
    assert second.code == 1
    assert second.errors_of("deleted_vouchers") and not second.errors_of("vouchers")
    assert records(second)["vouchers"] and records(second)["voucher_lines"]
    (warning,) = [line for line in second.logs("WARN") if "deletions" in line]
    assert "deletedvouchers.nv" in warning and "vouchers, voucher_lines" in warning and "Allowed" in warning
    # and once it is allowed, the deletions since then are caught up
    simulator.rights.allow()
    gone = records(second)["vouchers"][0]["netvisor_key"]
    simulator.companies["1967543-8"].changes.delete_voucher(simulator.now, gone)
    third = read(runs, simulator, "vouchers", "voucher_lines", state=last_states(second))
    assert third.code == 0
    deleted = [row["netvisor_key"] for row in records(third)["vouchers"] if row.get("_ab_cdc_deleted_at")]
    assert gone in deleted


def test_everything_blocked(runs: Runs, simulator: NetvisorSimulator) -> None:
    simulator.rights.block()
    run = read(runs, simulator, *discovered())
    assert run.code == 1 and not run.of("RECORD")
    assert all(run.errors_of(stream) for stream in discovered())
    (final,) = run.errors_of(None)
    every = len(discovered())
    assert final.startswith(f"{every} of {every} streams could not be read completely.\nSERVICE_ACCESS_ERROR: ")
    assert len(final.encode()) <= 4000
    simulator.assert_clean()


# --- what concerns all streams ----------------------------------------------------------------------------------------


def test_refused_credentials_are_asked_about_once(runs: Runs, simulator: NetvisorSimulator) -> None:
    config = simulator.config(api_key="7777" * 8)
    run = runs.read(config, configured(["accounts", "vouchers", "customers"]))
    assert run.code == 1 and not run.of("RECORD")
    (final,) = run.errors_of(None)
    assert "AUTHENTICATION_FAILED" in final and "API Key" in final
    assert final.count("AUTHENTICATION_FAILED") == 1
    assert failure_type(run, None) == "config_error"
    assert all(run.statuses(stream)[-1] == "INCOMPLETE" for stream in ("accounts", "vouchers", "customers"))
    assert len(simulator.calls) == 1
    assert "7777" * 8 not in run.output


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (faults.netvisor_code("SYSTEM_MAINTENANCE"), "maintenance"),
        (faults.refuse_connection(), "connection"),
        (faults.maintenance_page(), "not a complete Netvisor reply"),
        (faults.http_status(503), "not available"),
    ],
    ids=["maintenance", "connection", "page", "503"],
)
def test_an_outage_is_transient_and_short(
    console: ConsoleRuns, simulator: NetvisorSimulator, fault: faults.Fault, words: str
) -> None:
    simulator.faults.add(fault, nth=3, times=None)
    run = read(console, simulator, *discovered())
    assert run.code == 1
    (final,) = run.errors_of(None)
    assert words in final and "try again" in final
    assert failure_type(run, None) == "transient_error"
    assert len(simulator.calls) < 12, "sixty streams do not each wait for Netvisor to come back"


def test_a_fault_in_the_middle_keeps_what_was_read(runs: Runs, simulator: NetvisorSimulator) -> None:
    simulator.faults.add(faults.truncate(2000), resource="accountingledger.nv", nth=4, times=None)
    run = read(runs, simulator, "vouchers", "voucher_types")
    assert run.code == 1 and failure_type(run, "vouchers") == "transient_error"
    assert records(run)["voucher_types"]
    state = run.states("vouchers")[-1]
    simulator.faults.clear()
    simulator.calls.clear()
    again = read(runs, simulator, "vouchers", state=last_states(run))
    assert again.code == 0
    assert state["backfill"]["next"] == "2025-08-01", "one month, two and four were finished"
    windows = [call.query for call in simulator.calls if "voucherstatus=1" in call.query]
    assert not any("startdate=2024-12-31" in query for query in windows), "and are not read again"
    both = {row["netvisor_key"] for found in (run, again) for row in records(found)["vouchers"]}
    company = simulator.companies["1967543-8"]
    assert both == {voucher.key for voucher in company.vouchers() if str(voucher.date) >= START}


def test_invalid_data_is_ours(runs: Runs, simulator: NetvisorSimulator) -> None:
    simulator.faults.add(faults.netvisor_code("INVALID_DATA", "year is wrong"), resource="accountlist.nv", times=None)
    run = read(runs, simulator, "accounts", "voucher_types")
    assert run.code == 1 and failure_type(run, "accounts") == "system_error"
    assert "year is wrong" in run.errors_of("accounts")[0]
    assert len(simulator.calls.of("accountlist.nv")) == 1, "what is invalid is not sent again"


def test_short_faults_are_not_noticed(runs: Runs, simulator: NetvisorSimulator) -> None:
    for number, fault in enumerate((faults.http_status(502), faults.truncate(300), faults.reset(100))):
        simulator.faults.add(fault, resource="accountingledger.nv", nth=2 + 2 * number)
    simulator.faults.add(faults.netvisor_code("REQUEST_NOT_UNIQUE"), resource="customerlist.nv")
    run = read(runs, simulator, "vouchers", "customers")
    assert run.code == 0 and not run.logs("ERROR")
    assert len([line for line in run.logs("WARN") if "trying again" in line]) == 4
    simulator.assert_clean()


# --- catalog and configuration ----------------------------------------------------------------------------------------


def test_a_stream_that_does_not_exist(runs: Runs, simulator: NetvisorSimulator) -> None:
    catalog = configured(["accounts"])
    catalog["streams"].append(
        {
            "stream": {"name": "moon_phases", "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
            "sync_mode": "full_refresh",
            "destination_sync_mode": "overwrite",
        }
    )
    run = runs.read(simulator.config(), catalog)
    assert run.code == 1 and not run.of("RECORD")
    (final,) = run.errors_of(None)
    assert "moon_phases" in final and "Refresh the source's schema" in final
    assert failure_type(run, None) == "config_error"
    assert not len(simulator.calls)


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"streams": 7}', ""])
def test_a_catalog_that_is_none(runs: Runs, simulator: NetvisorSimulator, content: str) -> None:
    config = runs.write("config.json", simulator.config())
    run = runs.run(["read", "--config", config, "--catalog", runs.write("bad_catalog.json", content)])
    assert_one_sentence(run)
    assert "catalog" in run.errors_of(None)[0].lower()
    assert not len(simulator.calls)


WRONG_FIELDS: list[tuple[str, str, Any]] = [
    ("company_name", "Company Name", ""),
    ("company_name", "Company Name", None),
    ("business_id", "Business ID", "1967543-9"),
    ("business_id", "Business ID", "SE19675438"),
    ("business_id", "Business ID", 1967543),
    ("api_user_id", "API User ID", None),
    ("api_user_id", "API User ID", "'SIM_1'"),
    ("api_key", "API Key", None),
    ("api_key", "API Key", f"{USER_KEY}\x00"),
    ("partner_search_key", "Partner Search Key", "mine"),
    ("start_date", "Start Date", "1.1.2024"),
    ("start_date", "Start Date", "2024-02-30"),
    ("start_date", "Start Date", "2999-01-01"),
    ("partner_id", "Integration Partner ID", None),
    ("partner_key", "Integration Partner Key", None),
    ("base_url", "Netvisor Address", "http://integration.netvisor.fi"),
    ("base_url", "Netvisor Address", "netvisor"),
    ("language", "Language", "DE"),
    ("lookback_days", "Lookback (Days)", -1),
    ("lookback_days", "Lookback (Days)", "1"),
    ("max_concurrent_requests", "Concurrent Requests", 5),
    ("fail_check_on_blocked_resources", "Fail the Check When a Resource Is Blocked", "yes"),
]


def assert_one_sentence(run: Run) -> None:
    """The run failed with one message for the user and nothing else."""
    assert run.code == 1 and run.errors == ""
    (final,) = run.errors_of(None)
    assert "\n" not in final and final.endswith(".")
    assert not re.search(r"Traceback|Exception|Error\b|\{", final), final
    assert failure_type(run, None) == "config_error"
    assert "Traceback" not in run.output
    assert USER_KEY not in run.output and PARTNER_KEY not in run.output


@pytest.mark.parametrize(("name", "title", "value"), WRONG_FIELDS)
def test_a_wrong_field(runs: Runs, simulator: NetvisorSimulator, name: str, title: str, value: Any) -> None:
    config = {key: one for key, one in simulator.config(**{name: value}).items() if one is not None}
    run = runs.read(
        config, configured(["accounts"]), environment={"NETVISOR_PARTNER_ID": "", "NETVISOR_PARTNER_KEY": ""}
    )
    assert_one_sentence(run)
    assert run.errors_of(None)[0].startswith(f"{title} ({name}): ")

    checked = runs.check(config)
    told = checked.errors_of(None) or [checked.check_message[1]]
    assert told == run.errors_of(None), "check and read say the same"
    assert not len(simulator.calls)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '"text"', "\ufeff{}"])
def test_a_configuration_that_is_none(runs: Runs, content: str) -> None:
    run = runs.run(["check", "--config", runs.write("bad.json", content)])
    assert_one_sentence(run)


@pytest.mark.parametrize("command", ["check", "discover", "read"])
def test_a_file_that_is_not_there(runs: Runs, command: str) -> None:
    arguments = [command, "--config", str(runs.path / "nowhere.json")]
    if command == "read":
        arguments += ["--catalog", runs.write("catalog.json", configured(["accounts"]))]
    run = runs.run(arguments)
    assert_one_sentence(run)
    assert "nowhere.json" in run.errors_of(None)[0]


def test_partner_credentials_from_the_environment(runs: Runs, simulator: NetvisorSimulator) -> None:
    config = simulator.config()
    environment = {"NETVISOR_PARTNER_ID": config.pop("partner_id"), "NETVISOR_PARTNER_KEY": config.pop("partner_key")}
    run = runs.read(config, configured(["voucher_types"]), environment=environment)
    assert run.code == 0 and records(run)["voucher_types"]
    assert PARTNER_KEY not in run.output
    simulator.assert_clean()


def test_spec_and_discover_need_no_netvisor(runs: Runs, simulator: NetvisorSimulator) -> None:
    spec = runs.run(["spec"])
    assert spec.code == 0 and len(spec.of("SPEC")) == 1
    found = runs.run(["discover", "--config", runs.write("config.json", simulator.config())])
    assert found.code == 0 and len(found.of("CATALOG")) == 1
    assert not len(simulator.calls)
