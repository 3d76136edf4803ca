"""Lists that Netvisor may cut, in whatever order: each row is read once, or the caller learns that some may be missing.

The simulator answers in full, and a fault on the way out sorts its answer and cuts it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest

from integration_tests.shared_source import definitions
from netvisor_simulator import NetvisorSimulator, faults
from netvisor_simulator.company import Company
from netvisor_simulator.faults import Fault, Moment
from netvisor_simulator.wire import Answer
from source_netvisor.config import NetvisorConfig
from source_netvisor.errors import NetvisorError
from source_netvisor.fetching.paging import ListReader
from source_netvisor.manifest.endpoint import Endpoint
from source_netvisor.netvisor.client import Client
from source_netvisor.netvisor.reply import Reply
from source_netvisor.netvisor.request import Request
from source_netvisor.netvisor.retry_policy import RetryPolicy

TODAY = date(2026, 1, 15)
BEGIN = (TODAY - timedelta(days=1100)).isoformat()
ONCE = RetryPolicy(connect_seconds=2, read_seconds=20, waits=(), max_retry_after=1, all_waits=1, call_seconds=20)
"""One attempt, with time for a list of years on a busy machine."""
IMPATIENT = replace(ONCE, read_seconds=0.8)


@cache
def endpoint(stream: str) -> Endpoint:
    """As the manifest has it."""
    return definitions()[stream].listing


@pytest.fixture(scope="module")
def simulator() -> Iterator[NetvisorSimulator]:
    with NetvisorSimulator(Company(7, 1700, today=TODAY)) as running:
        yield running


@pytest.fixture
def client(simulator: NetvisorSimulator) -> Client:
    simulator.faults.clear()
    simulator.calls.clear()
    return Client(NetvisorConfig.parse(simulator.config(), {}), ONCE)


@pytest.fixture
def impatient(client: Client, simulator: NetvisorSimulator) -> Client:
    """One that does not wait for what comes late."""
    return Client(NetvisorConfig.parse(simulator.config(), {}), IMPATIENT)


def cut(row: str, order: Callable[[list[str]], list[str]], length: int | None) -> Fault:
    """The answer's rows in another order, and no more of them than `length`."""

    def play(answer: Answer, _: Moment) -> Answer:
        xml = b"".join(answer.body).decode()
        found = re.findall(rf"<{row}>.*?</{row}>\s*", xml, re.DOTALL)
        if found:
            begin = xml.index(found[0])
            end = begin + sum(map(len, found))
            xml = xml[:begin] + "".join(order(found)[:length]) + xml[end:]
        body = xml.encode()
        return Answer(answer.status, answer.headers, [body], length=len(body))

    return Fault("cut", play)


def rows(reader: ListReader, request: Request) -> list[int | None]:
    """The keys of all rows."""
    found = []
    with closing(reader.replies(request)) as replies:
        for reply in replies:
            found += [key for _, key, _ in reply.rows()]
    return found


def newest_first(found: list[str]) -> list[str]:
    return found[::-1]


LISTS = [
    ("sales_invoices", "SalesInvoice", {"begininvoicedate": BEGIN}),
    ("sales_payments", "SalesPayment", {"begindate": BEGIN}),
    ("purchase_invoices", "PurchaseInvoice", {"begininvoicedate": BEGIN}),
    ("purchase_payments", "Payment", {"limitbegindate": BEGIN}),
    ("vouchers", "Voucher", {"startdate": BEGIN, "enddate": TODAY.isoformat()}),
]


@pytest.mark.parametrize("length", [100, 300, 400])
@pytest.mark.parametrize(("stream", "row", "window"), LISTS, ids=[name for name, *_ in LISTS])
def test_a_list_is_read_to_its_end(
    stream: str, row: str, window: dict[str, str], length: int, client: Client, simulator: NetvisorSimulator
) -> None:
    listing = endpoint(stream)
    request = listing.request(window, {})
    whole = sorted(map(int, map(str, rows(ListReader(listing, client.fetch, today=TODAY), request))))
    assert len(whole) > 100 and len(set(whole)) == len(whole)
    for order in (list, newest_first):
        simulator.faults.clear()
        simulator.faults.add(cut(row, order, length), resource=listing.resource, times=None)
        reader = ListReader(listing, client.fetch, today=TODAY)
        found = rows(reader, request)
        assert sorted(map(str, found)) == sorted(map(str, whole))
        assert (reader.rows, reader.complete, reader.cut_suspected) == (len(whole), True, False)


def test_a_list_that_is_not_cut_costs_one_call_more(client: Client, simulator: NetvisorSimulator) -> None:
    """A length at which lists may be cut can be the list's own."""
    listing = endpoint("sales_invoices")
    keys = rows(ListReader(listing, client.fetch, today=TODAY), listing.request({}, {}))
    above = str(keys[-101])
    simulator.calls.clear()
    reader = ListReader(listing, client.fetch, today=TODAY)
    assert len(rows(reader, listing.request({"invoicesabovenetvisorkey": above}, {}))) == 100
    assert len(simulator.calls) == 2
    assert not reader.cut_suspected


def test_a_change_list_that_may_be_cut_says_so(client: Client, simulator: NetvisorSimulator) -> None:
    """There are no dates to halve: the caller learns it."""
    listing = endpoint("sales_invoices")
    simulator.faults.add(cut("SalesInvoice", newest_first, 100), resource=listing.resource, times=None)
    reader = ListReader(listing, client.fetch, today=TODAY)
    changed = listing.request({"lastmodifiedstart": BEGIN, "lastmodifiedend": "2026-01-16"}, {})
    assert len(rows(reader, changed)) == 100
    assert reader.cut_suspected


def test_a_list_with_neither_parameter_says_so(client: Client, simulator: NetvisorSimulator) -> None:
    listing = endpoint("customers")
    for length, suspected in ((99, False), (100, True), (149, False), (150, True)):
        rows_ = "".join(f"<Customer><NetvisorKey>{key}</NetvisorKey></Customer>" for key in range(1, length + 1))
        body = f"<Root><ResponseStatus><Status>OK</Status></ResponseStatus><Customerlist>{rows_}</Customerlist></Root>"
        simulator.faults.clear()
        simulator.faults.add(faults.raw(body.encode()), resource=listing.resource, times=None)
        reader = ListReader(listing, client.fetch, today=TODAY)
        assert len(rows(reader, listing.request({}, {}))) == length
        assert (reader.cut_suspected, reader.complete) == (suspected, True)


def test_more_than_a_cut_on_one_day(client: Client, simulator: NetvisorSimulator) -> None:
    """Halves end at days: what cannot be divided is read as far as it goes, and the caller learns it."""
    listing = endpoint("purchase_invoices")

    def play(answer: Answer, _: Moment) -> Answer:
        row = "<PurchaseInvoice><NetvisorKey>%d</NetvisorKey><InvoiceDate>2026-01-05</InvoiceDate></PurchaseInvoice>"
        body = (
            "<Root><ResponseStatus><Status>OK</Status></ResponseStatus><PurchaseInvoiceList>"
            + "".join(row % key for key in range(200, 100, -1))
            + "</PurchaseInvoiceList></Root>"
        ).encode()
        return Answer(answer.status, answer.headers, [body], length=len(body))

    simulator.faults.add(Fault("one day", play), resource=listing.resource, times=None)
    reader = ListReader(listing, client.fetch, today=TODAY)
    assert sorted(map(str, rows(reader, listing.request({"begininvoicedate": "2026-01-01"}, {})))) == [
        str(key) for key in range(101, 201)
    ]
    assert reader.cut_suspected and len(simulator.calls) < 40


def test_a_list_that_times_out_is_asked_in_halves(
    client: Client, impatient: Client, simulator: NetvisorSimulator
) -> None:
    listing = endpoint("purchase_invoices")
    request = listing.request({"begininvoicedate": BEGIN}, {})
    whole = rows(ListReader(listing, client.fetch, today=TODAY), request)
    simulator.calls.clear()
    simulator.faults.add(faults.delay(3), resource=listing.resource, times=3)
    found = rows(ListReader(listing, impatient.fetch, today=TODAY), request)
    assert sorted(map(str, found)) == sorted(map(str, whole))
    simulator.faults.clear()
    simulator.faults.add(faults.delay(3), resource="customerlist.nv", times=None)
    with pytest.raises(NetvisorError, match="did not answer customerlist"):
        rows(ListReader(endpoint("customers"), impatient.fetch, today=TODAY), endpoint("customers").request({}, {}))


def test_a_parameter_that_does_nothing(client: Client, simulator: NetvisorSimulator) -> None:
    """A server that does not know `abovenetvisorkey` sends the same rows again: then the dates have to do."""
    listing = endpoint("sales_payments")
    request = listing.request({"begindate": BEGIN}, {})
    whole = rows(ListReader(listing, client.fetch, today=TODAY), request)

    def fetch(asked: Request) -> Reply:
        kept = tuple(pair for pair in asked.parameters if pair[0] != "abovenetvisorkey")
        return client.fetch(replace(asked, parameters=kept))

    simulator.faults.add(cut("SalesPayment", list, 100), resource=listing.resource, times=None)
    found = rows(ListReader(listing, fetch, today=TODAY), request)
    assert sorted(map(str, found)) == sorted(map(str, whole))


def test_a_reader_that_stops_closes_its_reply(client: Client) -> None:
    given: list[Reply] = []

    def fetch(request: Request) -> Reply:
        given.append(client.fetch(request))
        return given[-1]

    listing = endpoint("customers")
    with closing(ListReader(listing, fetch).replies(listing.request({}, {}))) as replies:
        for reply in replies:
            next(iter(reply.rows()))
            break
    assert [reply.body.closed for reply in given] == [True]


def test_a_list_that_never_comes_in_time_is_given_up(impatient: Client, simulator: NetvisorSimulator) -> None:
    """Each part costs minutes: the whole, a half, a quarter and an eighth are tried, and no more."""
    listing = endpoint("purchase_invoices")
    simulator.calls.clear()
    simulator.faults.add(faults.delay(3), resource=listing.resource, times=None)
    with pytest.raises(NetvisorError, match="did not answer purchaseinvoicelist"):
        rows(ListReader(listing, impatient.fetch, today=TODAY), listing.request({"begininvoicedate": BEGIN}, {}))
    assert len(simulator.calls.of(listing.resource)) == 4
