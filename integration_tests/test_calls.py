"""How often Netvisor is asked: every reply once a sync, details in batches, and nothing for a key that it refuses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from integration_tests.connection import Connection, SetClock, incremental_streams
from integration_tests.reads import last_states, read, records
from integration_tests.shared_source import definitions
from netvisor_simulator import ApiAssumptions, Call, NetvisorSimulator, Reply, Request, Resource, faults
from netvisor_simulator.company import Company
from netvisor_simulator.registry import registry
from source_netvisor.manifest.endpoint import Cadence

NOW = datetime(2026, 3, 15, 10, 0, tzinfo=timezone.utc)
START = "2024-01-01"
INVOICES = ("sales_invoices", "sales_invoice_details", "sales_invoice_lines")


def repeated(calls: list[Call]) -> dict[tuple[str, str], int]:
    """The URLs that were asked more than once."""
    return {url: times for url, times in Counter((call.resource, call.query) for call in calls).items() if times > 1}


def rows(run: Any, stream: str, key: str = "netvisor_key") -> list[int]:
    """The keys of the records of a stream, in order."""
    return [row[key] for row in records(run).get(stream, [])]


@pytest.fixture
def clock() -> Iterator[SetClock]:
    with SetClock(NOW).in_charge() as clock:
        yield clock


# --- connections ------------------------------------------------------------------------------------------------------


def test_a_sync_has_one_connection() -> None:
    """Netvisor is far, and a connection of its own for each call would cost two round trips more."""
    company = Company(7, 60, today=NOW.date(), employees=2)
    with NetvisorSimulator(company, clock=lambda: NOW) as simulator:
        assert read(simulator.config(start_date=START)).code == 0
        calls = list(simulator.calls)
        assert len(calls) > 100
        assert len({call.port for call in calls}) == 1


# --- sharing ----------------------------------------------------------------------------------------------------------


def test_no_url_is_asked_twice_in_a_sync(clock: SetClock) -> None:
    company = Company(7, 250, today=NOW.date(), employees=3)
    with NetvisorSimulator(company, clock=clock) as simulator:
        config = simulator.config(start_date=START)
        states: list[dict[str, Any]] = []
        for hours in (0, 12, 12, 240, 2):
            clock.advance(hours=hours)
            simulator.calls.clear()
            run = read(config, state=states)
            assert run.code == 0 and repeated(list(simulator.calls)) == {}
            states = last_states(run)
        simulator.calls.clear()
        assert read(config, full_refresh=True).code == 0 and repeated(list(simulator.calls)) == {}
        simulator.assert_clean()


# --- syncs without news -----------------------------------------------------------------------------------------------

PAYROLL = {"getpayrollpaycheckbatchlist.nv", "getpayrollpaycheckbatch.nv", "getworkdays.nv", "getemployees.nv"}
"""Thirty days of paychecks, or an employee's year, at a time: test_incremental_payroll.py counts them."""


def months_from(first: date, last: date) -> int:
    """How many calendar months there are from one day to the other, both included."""
    return (last.year - first.year) * 12 + last.month - first.month + 1


def calls_without_news(today: date, first_of_day: bool) -> Counter[str]:
    """What the manifest says that a sync of every incremental stream asks if nothing has changed.

    One call a list for what changed, or for the whole list where there is no such filter; one for each log of
    deletions. The first of a day: another one for the whole list, or for its recent months, an older one, and what is
    looked through besides; one for the marked rows of a list, and one that shows whether they are; and one batch of
    each kind of details.
    """
    lists, details, logs = {}, set(), set()
    for definition in definitions().values():
        if not definition.incremental:
            continue
        lists[definition.listing.identity] = definition.listing
        logs |= {one.resource for one in (definition.deletions, definition.compare_after.deletions) if one}
        if definition.details is not None:
            details.add(definition.details.resource)
    asked = Counter(logs)
    for listing in lists.values():
        comparison = listing.comparison
        if comparison is None or listing.resource in PAYROLL:
            continue
        if listing.changes is not None:
            asked[listing.resource] += 1
        if first_of_day and listing.mark is not None:
            asked[listing.resource] += 2
        if comparison.cadence is Cadence.EVERY_SYNC or (first_of_day and listing.window is None):
            asked[listing.resource] += 1
        elif first_of_day:
            assert listing.window == "month"
            recent = months_from(today - timedelta(days=comparison.recent_days), today)
            # the older one is asked for first, and after one month up to two are asked for together
            asked[listing.resource] += 1 + -(-recent // 2) + len(comparison.also)
    if first_of_day:
        asked.update(details)
    return Counter({resource: count for resource, count in asked.items() if resource not in PAYROLL})


def test_a_sync_without_news(clock: SetClock) -> None:
    company = Company(7, 250, today=NOW.date(), employees=1)
    with NetvisorSimulator(company, clock=clock) as simulator:
        connection = Connection(simulator.config(start_date=START), incremental_streams())
        connection.must_sync()
        # longer than the overlap, and shorter than the deletion log reaches
        clock.advance(days=5)
        for hours, first_of_day in ((0, True), (3, False), (3, False), (24, True), (1, False)):
            clock.advance(hours=hours)
            simulator.calls.clear()
            before = {name: connection.warehouse.stream_state(name) for name in incremental_streams()}
            connection.must_sync()
            asked = Counter(call.resource for call in simulator.calls if call.resource not in PAYROLL)
            assert asked == calls_without_news(clock.local.date(), first_of_day)
            assert repeated(list(simulator.calls)) == {}
            read_by_turns = {name for name in incremental_streams() if name.endswith(("_details", "_lines"))}
            assert {name for name, _ in connection.warehouse.sent} <= (read_by_turns if first_of_day else set())
            for name, old in before.items():
                new = connection.warehouse.stream_state(name)
                assert new["_ab_modified_until"] > old["_ab_modified_until"], name
                assert new.get("deletions_until", "1") >= old.get("deletions_until", "0"), name
        simulator.assert_clean()


def test_streams_of_different_age_share_their_requests(clock: SetClock) -> None:
    """Two streams that stand at different moments of one day want the same replies."""
    company = Company(7, 120, today=NOW.date())
    with NetvisorSimulator(company, clock=clock) as simulator:
        config = simulator.config(start_date=START)
        vouchers = last_states(read(config, ["vouchers"]))
        clock.advance(minutes=20)
        lines = last_states(read(config, ["voucher_lines"]))
        simulator.calls.clear()
        clock.advance(minutes=20)
        assert read(config, ["vouchers", "voucher_lines"], vouchers + lines).code == 0
        assert repeated(list(simulator.calls)) == {}


def test_vouchers_and_their_lines_share_the_download(clock: SetClock) -> None:
    company = Company(7, 120, today=NOW.date())
    with NetvisorSimulator(company, clock=clock) as simulator:
        config = simulator.config(start_date=START)
        read(config, ["vouchers"])
        alone = len(simulator.calls)
        simulator.calls.clear()
        read(config, ["vouchers", "voucher_lines"])
        assert len(simulator.calls) == alone


# --- ten thousand invoices --------------------------------------------------------------------------------------------

MANY = 10_000


def _many_invoices() -> list[Resource]:
    """A list of ten thousand changed invoices, and their details with no more than a number."""
    known = registry()

    def listed(request: Request) -> Reply:
        found = (
            f"<SalesInvoice><NetvisorKey>{key}</NetvisorKey>"
            "<InvoiceDate format='ansi'>2026-03-01</InvoiceDate></SalesInvoice>"
            for key in range(1, MANY + 1)
        )
        return Reply(["<SalesInvoiceList>", *found, "</SalesInvoiceList>"])

    def detailed(request: Request) -> Reply:
        found = (
            f"<SalesInvoice><SalesInvoiceNetvisorKey>{key}</SalesInvoiceNetvisorKey>"
            f"<SalesInvoiceNumber>{key}</SalesInvoiceNumber></SalesInvoice>"
            for key in request.query["netvisorkeylist"]
        )
        return Reply(["<SalesInvoices>", *found, "</SalesInvoices>"])

    return [
        replace(known["salesinvoicelist.nv"], answer=listed),
        replace(known["getsalesinvoice.nv"], answer=detailed),
        replace(known["deletedsalesinvoices.nv"], answer=lambda request: Reply(["<DeletedSalesInvoices/>"])),
        replace(known["deletedsalespayments.nv"], answer=lambda request: Reply(["<DeletedSalesPayments/>"])),
    ]


def test_ten_thousand_changed_invoices(clock: SetClock) -> None:
    with NetvisorSimulator(Company(7, 10), resources=_many_invoices(), clock=clock) as simulator:
        config = simulator.config(start_date="2026-01-01")
        states = last_states(read(config, ["sales_invoice_details"]))
        assert len(simulator.calls.of("getsalesinvoice.nv")) <= 21
        assert len(simulator.calls.of("salesinvoicelist.nv")) == 1
        simulator.calls.clear()
        clock.advance(hours=8)
        run = read(config, ["sales_invoice_details"], states)
        assert sorted(rows(run, "sales_invoice_details")) == list(range(1, MANY + 1))
        assert len(simulator.calls.of("getsalesinvoice.nv")) <= 21
        # ten thousand rows are more than a list that is cut has
        assert len(simulator.calls.of("salesinvoicelist.nv")) == 1
        assert "lastmodifiedstart" in simulator.calls.of("salesinvoicelist.nv")[0].query
        assert max(call.in_flight for call in simulator.calls) == 1
        simulator.assert_clean()


@pytest.mark.parametrize(("cap", "calls"), [(100, 7), (500, 3), (1000, 1)])
def test_a_list_that_is_cut_is_read_on(clock: SetClock, cap: Any, calls: int) -> None:
    company = Company(7, 2600, today=NOW.date())
    every = sorted(invoice.key for invoice in company.sales_invoices())
    assert 500 < len(every) < 600
    with NetvisorSimulator(company, assumptions=ApiAssumptions(list_cap=cap), clock=clock) as simulator:
        run = read(simulator.config(start_date=START), ["sales_invoices"])
        assert sorted(rows(run, "sales_invoices")) == every
        assert len(simulator.calls.of("salesinvoicelist.nv")) == calls


# --- keys that Netvisor refuses ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("one_key", ["bare", "wrapped"])
def test_the_last_batch_of_one_key(clock: SetClock, one_key: Any) -> None:
    company = Company(7, 2520, today=NOW.date())
    keys = sorted(invoice.key for invoice in company.sales_invoices())
    for key in keys[501:]:
        company.changes.delete_sales_invoice(NOW - timedelta(days=30), key)
    with NetvisorSimulator(company, assumptions=ApiAssumptions(one_key=one_key), clock=clock) as simulator:
        run = read(simulator.config(start_date=START), ["sales_invoice_details"])
        assert rows(run, "sales_invoice_details") == keys[:501]
        assert [call.query.count(",") + 1 for call in simulator.calls.of("getsalesinvoice.nv")] == [500, 1]


@pytest.mark.parametrize("unknown_key", ["empty", "error", "error_for_batch", "left_out"])
@pytest.mark.parametrize(
    ("stream", "listing", "details", "old", "key"),
    [
        ("sales_invoice_details", "salesinvoicelist.nv", "getsalesinvoice.nv", "20002", "netvisor_key"),
        ("customer_details", "customerlist.nv", "getcustomer.nv", "1003", "netvisor_key"),
        ("purchase_invoice_lines", "purchaseinvoicelist.nv", "getpurchaseinvoice.nv", "60002", "invoice_netvisor_key"),
        ("employee_details", "getemployees.nv", "getemployee.nv", "101", "netvisor_key"),
        ("employee_salary_parameters", "getemployees.nv", "getemployeesalaryparameters.nv", "101",
         "employee_netvisor_key"),
    ],
)  # fmt: skip
def test_a_refused_key_costs_the_others_nothing(
    clock: SetClock, unknown_key: Any, stream: str, listing: str, details: str, old: str, key: str
) -> None:
    """The list names a document that is gone by the time its details are asked."""
    company = Company(7, 120, today=NOW.date(), employees=3)
    with NetvisorSimulator(company, assumptions=ApiAssumptions(unknown_key=unknown_key), clock=clock) as simulator:
        config = simulator.config(start_date=START)
        every = rows(read(config, [stream]), stream, key)
        assert int(old) in every
        simulator.calls.clear()
        simulator.faults.add(faults.substitute(f">{old}<", ">999998<"), resource=listing)
        run = read(config, [stream])
        assert run.code == 0 and run.statuses(stream)[-1] == "COMPLETE"
        assert sorted(rows(run, stream, key)) == sorted(one for one in every if one != int(old))
        told = [line for line in run.logs("WARN") if line.startswith(f"{details}: Netvisor ") and " 1 " in line]
        refused = any(call.code == "INVALID_DATA" for call in simulator.calls.of(details))
        # an employee may have no parameters; but a document that the list has, and that does not come, is told
        assert bool(told) == (refused or stream != "employee_salary_parameters"), run.logs("WARN")
        assert len(simulator.calls.of(details)) <= len(set(every)) + 8
        assert not run.logs("ERROR")
        simulator.assert_clean()


def test_every_key_of_a_batch_refused_but_one(clock: SetClock) -> None:
    company = Company(7, 120, today=NOW.date())
    keys = sorted(invoice.key for invoice in company.sales_invoices())
    with NetvisorSimulator(
        company, assumptions=ApiAssumptions(unknown_key="error_for_batch"), clock=clock
    ) as simulator:
        config = simulator.config(start_date=START)

        def gone_after_the_list(call: Call) -> bool:
            for key in keys[1:]:
                if company.sales_invoice_store.get(key):
                    company.changes.delete_sales_invoice(NOW.replace(tzinfo=timezone.utc), key)
            return False

        simulator.faults.add(faults.gzip(), resource="salesinvoicelist.nv", when=gone_after_the_list)
        run = read(config, ["sales_invoice_details"])
        assert run.code == 0
        assert rows(run, "sales_invoice_details") == keys[:1]


# --- small replies ----------------------------------------------------------------------------------------------------


def test_windows_are_within_netvisors_limits(clock: SetClock) -> None:
    company = Company(7, 120, today=NOW.date(), employees=3)
    with NetvisorSimulator(company, clock=clock) as simulator:
        read(simulator.config(start_date=START), ["payroll_paychecks", "work_hours"])
        for call in simulator.calls.of("getpayrollpaycheckbatchlist.nv"):
            begin, end = (date.fromisoformat(part.split("=")[1]) for part in call.query.split("&"))
            assert (end - begin).days < 30
        for call in simulator.calls.of("getworkdays.nv"):
            sent = dict(part.split("=") for part in call.query.split("&"))
            assert sent["workhourstartdate"][:4] == sent["workhourenddate"][:4]
        simulator.assert_clean()


def test_nothing_binary_is_asked_for(clock: SetClock) -> None:
    company = Company(7, 120, today=NOW.date())
    with NetvisorSimulator(company, clock=clock) as simulator:
        read(simulator.config(start_date=START), [*INVOICES, "sales_order_details", "purchase_invoice_details"])
        for name in ("getsalesinvoice.nv", "getorder.nv"):
            assert all("pdfimage=nopdf" in call.query for call in simulator.calls.of(name))
        for call in simulator.calls.of("getpurchaseinvoice.nv"):
            assert "omitattachments=true" in call.query and "version=2" in call.query
