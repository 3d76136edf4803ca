"""Options that Netvisor may refuse: what they bring where it takes them, and a complete read where it does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from integration_tests.reads import read, records
from integration_tests.scenario import Scenario
from netvisor_simulator import ApiAssumptions, Reply, Request
from netvisor_simulator.resources.windows import invalid

OPTION_FIELDS = {"automation_rule", "buyer_service_code", "tags"}


def customers(scenario: Scenario) -> tuple[list[dict[str, Any]], list[str]]:
    """The customers' details, and the warnings."""
    run = read(scenario.simulator.config(), ["customer_details"])
    scenario.simulator.assert_clean()
    assert run.code == 0
    return records(run)["customer_details"], [line for line in run.logs("WARN") if "refuses" in line]


def plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name not in OPTION_FIELDS} for row in rows]


def test_what_the_options_of_a_customer_bring(make_scenario: Callable[..., Scenario]) -> None:
    rows, warnings = customers(make_scenario())
    assert not warnings
    assert {row["automation_rule"] for row in rows if "automation_rule" in row} == {"Muistutus 14 pv"}
    assert {row["buyer_service_code"] for row in rows if "buyer_service_code" in row} > {"BSC1001"}
    tags = [row["tags"] for row in rows if row["tags"]]
    assert tags and all(
        one == [{"tag_name": "Alue", "tag_value": "Etelä & Länsi", "tag_value_type": "text"}] for one in tags
    )
    assert all("turnover_days" in row for row in rows)


@pytest.mark.parametrize("unknown_key", ["empty", "error", "error_for_batch", "left_out"])
def test_a_refused_sum_of_options_falls_back_and_says_so_once(
    make_scenario: Callable[..., Scenario], unknown_key: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepting = make_scenario(ApiAssumptions(unknown_key=unknown_key))
    with_options, _ = customers(accepting)
    accepting.simulator.calls.clear()
    # the same company, whose Netvisor refuses the sum
    accepting.simulator.assumptions = replace(accepting.simulator.assumptions, summed_reply_options="refused")
    without, warnings = customers(accepting)
    assert plain(without) == plain(with_options)
    assert not any(OPTION_FIELDS & set(row) - {"tags"} or row["tags"] for row in without)
    assert len(warnings) == 1
    assert "getcustomer.nv: Netvisor refuses replyoption=15, so it is asked without" in warnings[0]
    queries = [call.query for call in accepting.simulator.calls.of("getcustomer.nv")]
    assert [("replyoption=15" in query, "replyoption=1" in query.split("&")) for query in queries][:2] == [
        (True, False),
        (False, True),
    ]
    assert sum("replyoption=15" in query for query in queries) == 1


def test_a_refused_history_of_vouchers(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(vouchers=40)
    ledger = scenario.simulator.resources["accountingledger.nv"]

    def refusing(request: Request) -> Reply:
        if "includetransactionhistory" in request.query and len(request.query) > 1:
            raise invalid("includetransactionhistory cannot be combined")
        return ledger.answer(request)

    scenario.simulator.resources["accountingledger.nv"] = replace(ledger, answer=refusing)
    run = read(scenario.simulator.config(start_date="2025-01-01"), ["vouchers", "voucher_lines"])
    assert run.code == 0
    assert len([line for line in run.logs("WARN") if "refuses includetransactionhistory=1" in line]) == 1
    vouchers = [row for row in records(run)["vouchers"] if not row.get("_ab_cdc_deleted_at")]
    assert len(vouchers) == len([one for one in scenario.company.vouchers() if one.date.year >= 2025])
    assert not any("last_processed_at" in row for row in vouchers)


def test_the_history_of_vouchers(make_scenario: Callable[..., Scenario]) -> None:
    scenario = make_scenario(vouchers=120)
    run = read(scenario.simulator.config(start_date="2025-01-01"), ["vouchers"])
    found = {row["netvisor_key"]: row for row in records(run)["vouchers"] if not row.get("_ab_cdc_deleted_at")}
    modified = 0
    for voucher in scenario.company.vouchers():
        if voucher.key not in found:
            continue
        row = found[voucher.key]
        last = voucher.modified or voucher.created
        modified += voucher.modified is not None
        assert datetime.fromisoformat(row["last_processed_at"]) == last.replace(second=0)
        assert [one["comment"] for one in row["transactions"]] == ["Tosite luotu", "Muokattu"][
            : len(row["transactions"])
        ]
        assert len(row["transactions"]) == 1 + (voucher.modified is not None)
    assert modified
