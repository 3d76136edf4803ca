"""A company, its Netvisor, and the clock of both: where the tests of incremental reads happen."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import pytest

from integration_tests.connection import Connection, SetClock
from integration_tests.invariant import assert_equals_books, assert_equals_fresh_read
from integration_tests.shared_source import definitions, shared_source
from netvisor_simulator import ApiAssumptions, NetvisorSimulator
from netvisor_simulator.company import Company
from netvisor_simulator.company.plan import HELSINKI
from netvisor_simulator.company.vouchers import Voucher

TODAY = date(2026, 3, 10)
START = date(2025, 1, 1)
DOCUMENTS = [
    "vouchers",
    "voucher_lines",
    "sales_invoices",
    "sales_invoice_details",
    "sales_invoice_lines",
    "purchase_invoices",
    "purchase_invoice_lines",
]
ORDERS = ["sales_orders", "sales_order_details", "sales_order_lines", "purchase_orders", "purchase_order_lines"]
PAYMENTS = ["sales_payments", "purchase_payments"]
REGISTERS = ["customers", "customer_details", "products", "product_details", "extended_products", "vendors"]
DELETIONS = [
    "deleted_vouchers",
    "deleted_sales_invoices",
    "deleted_sales_orders",
    "deleted_sales_payments",
    "deleted_purchase_invoices",
    "deleted_purchase_orders",
    "deleted_purchase_payments",
]
EVERY_ASSUMPTION = [
    pytest.param(ApiAssumptions(), id="documented"),
    pytest.param(
        ApiAssumptions(
            date_bounds="exclusive", modified_bounds="exclusive", casing="lower", line_wrappers="each", list_cap=500
        ),
        id="exclusive",
    ),
    pytest.param(
        ApiAssumptions(
            modified_bounds="exclusive", casing="upper", one_key="wrapped", unknown_key="error", empty_list="missing"
        ),
        id="exclusive-changes",
    ),
]


_first_syncs: dict[Any, bytes] = {}
"""What scenarios and connections are made of -> the warehouse after the first sync."""


class Scenario:
    """A company, its Netvisor and the clock of both.

    Args:
        assumptions: of Netvisor's documents.
        vouchers: of the company.
        today: where the clock stands, at noon.
    """

    def __init__(self, assumptions: ApiAssumptions, vouchers: int, today: date) -> None:
        self._clock = SetClock(datetime(today.year, today.month, today.day, 12, tzinfo=HELSINKI))
        self._company = Company(3, vouchers, 1, today)
        self._simulator = NetvisorSimulator(self._company, assumptions=assumptions, clock=self._clock)
        self._made_of = (assumptions, vouchers, today)
        self._untouched = True
        self.posted: list[Voucher] = []
        """Vouchers that a test has entered and may take back."""

    @contextmanager
    def running(self) -> Iterator[Scenario]:
        """Meanwhile its clock is in charge and its Netvisor answers."""
        with self._clock.in_charge(), self._simulator:
            yield self

    @property
    def clock(self) -> SetClock:
        """Of the company, its Netvisor and the connector."""
        self._untouched = False
        return self._clock

    @property
    def company(self) -> Company:
        """Whose books are read."""
        self._untouched = False
        return self._company

    @property
    def simulator(self) -> NetvisorSimulator:
        """The company's Netvisor."""
        self._untouched = False
        return self._simulator

    @property
    def changes(self) -> Any:
        """What can be done to the company."""
        return self.company.changes

    def connection(self, streams: list[str], full_refresh: bool = False, **config: Any) -> Connection:
        """A connection with these streams."""
        return Connection(
            self._simulator.config(**{"start_date": START.isoformat(), **config}), streams, full_refresh=full_refresh
        )

    def synced(self, streams: list[str], **config: Any) -> Connection:
        """A connection with these streams after its first sync, as long as nothing has happened to the scenario.

        Until then all scenarios of a kind are alike, and so is what a first sync of them brings: it is made once, and
        its warehouse with its states is copied.
        """
        assert self._untouched, "what happened before the first sync makes it another one"
        connection = self.connection(streams, **config)
        how = (shared_source().batch, tuple(one.details and one.details.batch for one in definitions().values()))
        key = (self._made_of, tuple(streams), tuple(sorted(config.items())), how)
        if key not in _first_syncs:
            connection.must_sync()
            _first_syncs[key] = pickle.dumps((connection.warehouse, connection.messages))
        connection.warehouse, connection.messages = pickle.loads(_first_syncs[key])
        return connection

    def check(self, connection: Connection) -> None:
        """The warehouse equals Netvisor."""
        self.clock.advance(minutes=1)
        assert_equals_fresh_read(connection)
        assert_equals_books(connection.warehouse, self.company, date.fromisoformat(connection.config["start_date"]))
        self.simulator.assert_clean()

    def memo(self, number: int = 0) -> int:
        """The key of a valid voucher that no document stands behind."""
        store = self.company.voucher_store
        memos = [v.key for v in store.living() if v.status == "valid" and store.index(v.key) is not None]
        keys = [key for key in memos if (store.index(key) or 0) % 10 in (6, 7, 8)]
        return keys[number]


def invoice_keys(scenario: Scenario) -> list[int]:
    """Keys of living sales invoices."""
    return [invoice.key for invoice in scenario.company.sales_invoices()]
