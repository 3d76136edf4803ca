"""Random histories of random companies under random assumptions: the warehouse equals Netvisor after every sync.

Bounded and the same every time in `make test`; `make property-tests` tries more, and others every time. A history that
fails is shrunk and printed as a program; each bug found this way has a plain test in test_incremental*.py.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from integration_tests.connection import Connection, SetClock, batches_of, detail_batches_of
from integration_tests.doubtful_replies import Withheld, cut
from integration_tests.invariant import assert_equals_books, assert_equals_fresh_read, differences, fresh_read
from netvisor_simulator import ApiAssumptions, NetvisorSimulator
from netvisor_simulator.company import Company
from netvisor_simulator.company.plan import HELSINKI
from netvisor_simulator.company.worktime import hours

EXAMPLES = int(os.environ.get("PROPERTY_TEST_EXAMPLES", "0"))
"""How many histories to try, other ones every time; 0: the few that are always the same."""

STREAMS = (
    "vouchers",
    "voucher_lines",
    "sales_invoices",
    "sales_invoice_details",
    "sales_invoice_lines",
    "sales_orders",
    "sales_order_details",
    "sales_order_lines",
    "sales_payments",
    "purchase_invoices",
    "purchase_invoice_details",
    "purchase_invoice_lines",
    "purchase_orders",
    "purchase_order_details",
    "purchase_order_lines",
    "purchase_payments",
    "customers",
    "customer_details",
    "products",
    "product_details",
    "extended_products",
    "vendors",
    "account_balances",
    "payroll_paychecks",
    "payroll_paycheck_details",
    "payroll_paycheck_lines",
    "work_hours",
    "deleted_vouchers",
    "deleted_sales_invoices",
)
CHANGES = (
    "add_voucher",
    "edit_voucher",
    "backdate_voucher",
    "invalidate_voucher",
    "delete_voucher",
    "add_sales_invoice",
    "edit_sales_invoice",
    "delete_sales_invoice",
    "pay_sales_invoice",
    "delete_sales_payment",
    "move_sales_payment",
    "add_sales_order",
    "edit_sales_order",
    "delete_sales_order",
    "add_purchase_invoice",
    "edit_purchase_invoice",
    "delete_purchase_invoice",
    "pay_purchase_invoice",
    "add_purchase_payment",
    "edit_purchase_payment",
    "delete_purchase_payment",
    "add_purchase_order",
    "edit_purchase_order",
    "delete_purchase_order",
    "add_customer",
    "edit_customer",
    "edit_vendor",
    "edit_product",
    "edit_paycheck",
    "delete_paycheck",
    "delete_work_hour",
)
FOUND_BY_COMPARISON = (
    "delete_customer",
    "delete_vendor",
    "publish_product",
    "unallocate_sales_payment",
    "match_sales_invoice",
)
"""Changes that no list reports; a comparison finds them."""
DAYS = (date(2026, 3, 10), date(2026, 3, 28), date(2025, 10, 25), date(2025, 12, 30), date(2024, 2, 28))
"""Days on which a history begins: nothing special, before both clock changes, a year's end, a leap day."""
SEEDS = st.integers(0, 1 << 16)
LISTS = ("accountingledger.nv", "salesinvoicelist.nv", "purchaseinvoicelist.nv", "customerlist.nv", "accountbalance.nv")
BY_TURNS = ("accountingledger.nv", "accountbalance.nv")
"""Lists whose older windows are compared by turns, one a day."""
LOGS = ("deletedvouchers.nv", "deletedsalesinvoices.nv", "deletedsalespayments.nv")
EXPECTED = re.compile("lacks|SERVICE_ACCESS_ERROR|not one of the documents")
"""Why a sync may fail, for what the rules do."""


@contextmanager
def withheld_details(simulator: NetvisorSimulator, how: str, keys: set[int]) -> Iterator[None]:
    """Meanwhile Netvisor does not give the details of these invoices."""
    resource = simulator.resources["getsalesinvoice.nv"]
    Withheld(simulator, how).keys = keys
    try:
        yield
    finally:
        simulator.resources["getsalesinvoice.nv"] = resource


@contextmanager
def cut_list(simulator: NetvisorSimulator, resource: str, kept: int) -> Iterator[None]:
    """Meanwhile a list has its first rows only."""
    simulator.faults.add(cut(resource, kept), resource=resource, times=None)
    try:
        yield
    finally:
        simulator.faults.clear()


class History(RuleBasedStateMachine):
    """One company, one connection, and what happens to both."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.synced = False
        self.withheld_since: date | None = None
        self.whole_read_due = True
        """Whether the next sync reads windows that are compared by turns otherwise."""

    @initialize(
        seed=SEEDS,
        vouchers=st.sampled_from((10, 20, 30)),
        day=st.sampled_from(DAYS),
        hour=st.integers(0, 23),
        streams=st.one_of(st.just(STREAMS), st.lists(st.sampled_from(STREAMS), min_size=1, max_size=6, unique=True)),
        lookback=st.integers(0, 2),
        start=st.sampled_from((0, 0, 150, 400)),
        at_once=st.sampled_from((1, 3, 10, 4000)),
        batch=st.sampled_from((2, 3, 500)),
        comparison=st.sampled_from(("daily", "every_sync")),
    )
    def begin(
        self,
        seed: int,
        vouchers: int,
        day: date,
        hour: int,
        streams: Any,
        lookback: int,
        start: int,
        at_once: int,
        batch: int,
        comparison: str,
    ) -> None:
        """A company, a reading of Netvisor's documents, and a selection of streams."""
        assumptions = ApiAssumptions.random(Random(seed))
        self.clock = SetClock(datetime(day.year, day.month, day.day, hour, 17, tzinfo=HELSINKI))
        self.company = Company(seed, vouchers, 1, day)
        self.simulator = NetvisorSimulator(self.company, assumptions=assumptions, clock=self.clock)
        self.stack.enter_context(self.clock.in_charge())
        self.stack.enter_context(batches_of(400 * at_once))
        self.stack.enter_context(detail_batches_of(batch))
        self.stack.enter_context(self.simulator)
        self.start = date(day.year - 1, 1, 1) + timedelta(days=start)
        self.days_until_compared = 0 if comparison == "every_sync" else 1
        self.connection = Connection(
            self.simulator.config(start_date=self.start.isoformat(), lookback_days=lookback, comparison=comparison),
            list(streams),
        )

    # --- what happens in Netvisor -----------------------------------------------------------------------------------

    def _change(self, kind: str, seed: int) -> None:
        now = self.clock.advance(seconds=seed % 600)
        rng, company, changes = Random(seed), self.company, self.company.changes
        if kind.endswith(("_paycheck", "_work_hour")):
            self._change_payroll(kind, rng, now)
            return
        if not kind.endswith("_purchase_payment"):
            changes._one_change(kind, rng, now)
            return
        # a known limit: payments dated more than a year before the start date are not compared
        payments = [one for one in company.purchase_payments() if one.date >= self.start - timedelta(days=365)]
        invoices = [one for one in company.purchase_invoices() if self.start <= one.date <= now.date()]
        if kind == "add_purchase_payment" and invoices:
            invoice = rng.choice(invoices)
            day = invoice.date - timedelta(days=seed % 3 * 60)
            changes.pay_purchase_invoice(now, invoice.key, Decimal(1 + seed % 99) / 100, day)
        elif kind == "edit_purchase_payment" and payments:
            changes.edit_purchase_payment(now, rng.choice(payments).key, Decimal(1 + seed % 999) / 100)
        elif kind == "delete_purchase_payment" and payments:
            changes.delete_purchase_payment(now, rng.choice(payments).key)

    def _change_payroll(self, kind: str, rng: Random, now: datetime) -> None:
        """A known limit: what is older than ninety days is not read again, and no date is moved backwards."""
        company, changes, since = self.company, self.company.changes, now.date() - timedelta(days=80)
        paychecks = [one for one in company.paychecks() if one.payment_date >= since]
        if kind == "delete_work_hour":
            days = [since + timedelta(days=rng.randrange(80)) for _ in range(5)]
            found = [hour for one in company.employees() for day in days
                     for hour in hours(company.plan.seed, one, day, company.today)]  # fmt: skip
            for hour in found[:2]:
                changes.delete_work_hour(hour.key)
        elif kind == "delete_paycheck" and paychecks:
            changes.delete_paycheck(now, rng.choice(paychecks).key)
        elif kind == "edit_paycheck" and paychecks:
            paycheck = rng.choice(paychecks)
            later = paycheck.payment_date + timedelta(days=rng.randrange(1, 9)) if rng.randrange(3) == 0 else None
            changes.edit_paycheck(now, paycheck.key, rng.randrange(7), later)

    @rule(kind=st.sampled_from(CHANGES), seed=SEEDS, times=st.integers(1, 4))
    def change(self, kind: str, seed: int, times: int) -> None:
        """Something changes."""
        for number in range(times):
            self._change(kind, seed + number)

    @rule(kind=st.sampled_from(FOUND_BY_COMPARISON), seed=SEEDS)
    def change_untold(self, kind: str, seed: int) -> None:
        """Something changes that no list tells of."""
        now = self.clock.advance(seconds=seed % 600)
        rng, company, changes = Random(seed), self.company, self.company.changes
        if kind == "delete_customer":
            used = {one.customer_key for one in (*company.sales_invoices(), *company.sales_orders())}
            unused = [one.key for one in company.customer_store.living() if one.key not in used]
            for key in unused[-1:]:
                company.customer_store.delete(key, now)
        elif kind == "delete_vendor":
            used = {one.vendor_key for one in (*company.purchase_invoices(), *company.purchase_orders())}
            unused = [one.key for one in company.vendor_store.living() if one.key not in used]
            for key in unused[-1:]:
                company.vendor_store.delete(key, now)
        elif kind == "publish_product":
            product = rng.choice(list(company.products()))
            changes.edit_product(now, product.key, published=not product.published)
        elif kind == "match_sales_invoice":
            opened = [one for one in company.sales_invoices() if one.number and company.open_sum(one) > 0]
            if opened:
                changes.match_sales_invoice(now, rng.choice(opened).key)
        else:
            payments = [one for one in company.sales_payments() if one.invoice_key]
            if payments:
                changes.unallocate_sales_payment(now, rng.choice(payments).key)

    @rule(days=st.sampled_from((-700, -400, -60, -1, 0, 1, 45, 400, 3000)), seed=SEEDS)
    def add_with_date(self, days: int, seed: int) -> None:
        """Documents of any date are added."""
        now = self.clock.advance(seconds=seed % 600)
        day = now.date() + timedelta(days=days)
        self.company.changes.add_voucher(now, day)
        if seed % 2:
            self.company.changes.add_sales_invoice(now, day)
        else:
            self.company.changes.add_purchase_invoice(now, day)

    @rule(seed=SEEDS, lines=st.integers(1, 4))
    def edit_lines(self, seed: int, lines: int) -> None:
        """A voucher and invoices get other lines, more or fewer."""
        now = self.clock.advance(seconds=seed % 600)
        rng, changes, company = Random(seed), self.company.changes, self.company
        memo = changes._memo(rng, now)
        if memo is not None:
            sums = [(8560, Decimal(number + 1)) for number in range(lines)]
            changes.edit_voucher(now, memo, (*sums, (1910, -sum((amount for _, amount in sums), Decimal(0)))))
        invoices = list(company.sales_invoices())
        if invoices:
            product = next(company.products()).key
            changes.edit_sales_invoice(now, rng.choice(invoices).key, ((product, Decimal(2)),) * lines)
        bills = list(company.purchase_invoices())
        if bills:
            changes.edit_purchase_invoice(now, rng.choice(bills).key, (Decimal("3.50"),) * lines)

    # --- time -------------------------------------------------------------------------------------------------------

    @rule(minutes=st.sampled_from((1, 59, 61, 600, 1439, 1441)))
    def wait(self, minutes: int) -> None:
        """Some time passes."""
        self.clock.advance(minutes=minutes)

    @rule(days=st.sampled_from((1, 2, 5, 6, 7, 8, 9, 30)))
    def pause(self, days: int) -> None:
        """Days pass."""
        self.clock.advance(days=days)
        self.whole_read_due |= days > 5

    # --- syncs ------------------------------------------------------------------------------------------------------

    @rule()
    def sync(self) -> None:
        """A sync succeeds in which everything is compared, and the warehouse equals the company's books."""
        self.clock.advance(days=self.days_until_compared, minutes=1)
        if not self.connection.sync():
            # a list that lacks much of what was delivered is trusted on the next day
            assert "and nothing says that they were deleted" in str(self.connection.failure), self.connection.failure
            self.clock.advance(days=1)
            self.connection.must_sync()
        self.synced, self.whole_read_due, self.withheld_since = True, False, None
        assert_equals_books(self.connection.warehouse, self.company, self.start)
        self.clock.advance(seconds=1)

    def _try(self, **how: Any) -> None:
        """A sync that may be killed, or fail for what a rule has done."""
        self.clock.advance(minutes=1)
        self.connection.sync(**how)
        assert EXPECTED.search(self.connection.failure or "lacks"), self.connection.failure
        self.clock.advance(seconds=1)

    @rule()
    def sync_again(self) -> None:
        """A sync later on the same day."""
        self._try()

    @rule(messages=st.one_of(st.integers(0, 30), st.integers(0, 600)))
    def kill(self, messages: int) -> None:
        """A sync is killed after so many messages, if it has as many."""
        self._try(kill_after=messages)

    @rule(
        messages=st.lists(st.integers(1, 300), min_size=1, max_size=3, unique=True),
        kind=st.sampled_from(CHANGES),
        seed=SEEDS,
    )
    def sync_while_people_work(self, messages: list[int], kind: str, seed: int) -> None:
        """Documents change while a sync is under way, which may span midnight; the next one has to bring what this one
        could not."""

        def work(number: int) -> None:
            self.clock.advance(minutes=seed % 90)
            self._change(kind, seed + number)

        self._try(meanwhile={count: (lambda number=count: work(number)) for count in messages})

    # --- what else may happen to a connection -----------------------------------------------------------------------

    @rule(seed=SEEDS, how=st.sampled_from(("refused", "left_out")))
    def sync_while_details_are_withheld(self, seed: int, how: str) -> None:
        """Netvisor does not give the details of some invoices that its list has.

        A known limit: what is withheld for more than a week is asked for by turns.
        """
        today = self.clock.local.date()
        self.withheld_since = self.withheld_since or today
        if today - self.withheld_since > timedelta(days=5):
            return
        keys = [one.key for one in self.company.sales_invoices()]
        with withheld_details(self.simulator, how, set(Random(seed).sample(keys, min(3, len(keys))))):
            self._try()

    @rule(resource=st.sampled_from(LISTS), kept=st.integers(0, 3))
    def sync_while_a_list_is_cut(self, resource: str, kept: int) -> None:
        """A list has its first rows only.

        A known limit: what an older window lacks without a sign when it is read comes when it is its turn.
        """
        if self.whole_read_due and resource in BY_TURNS:
            return
        with cut_list(self.simulator, resource, kept):
            self._try()

    @rule(resource=st.sampled_from((*LISTS, *LOGS, "getsalesinvoice.nv")), days=st.sampled_from((0, 1, 3, 8)))
    def sync_while_a_resource_is_blocked(self, resource: str, days: int) -> None:
        """The integration has no right to a resource for some days."""
        self.simulator.rights.block(resource)
        for _ in range(2):
            self._try()
            self.clock.advance(days=days)
        self.simulator.rights.allow(resource)
        self.whole_read_due |= days > 2

    @rule(seed=SEEDS, days=st.sampled_from((0, 2, 9)))
    def sync_some_streams_only(self, seed: int, days: int) -> None:
        """The others are not selected for a while."""
        selected = self.connection.catalog["streams"]
        self.connection.catalog["streams"] = Random(seed).sample(selected, (len(selected) + 1) // 2)
        for _ in range(2):
            self._try()
            self.clock.advance(days=days)
        self.connection.catalog["streams"] = selected
        self.whole_read_due = True

    @rule()
    def lose_a_state(self) -> None:
        """What a sync said is lost, and said again by the next one."""
        states = deepcopy(self.connection.warehouse.states)
        self._try()
        self.connection.warehouse.states = states
        self._try()

    @rule(hours=st.integers(1, 3))
    def sync_under_a_clock_that_is_ahead(self, hours: int) -> None:
        """It is set back after that; Netvisor's own is right."""
        right = self.simulator.clock
        moment = self.clock.moment
        self.simulator.clock = lambda: moment
        self.clock.advance(hours=hours)
        self._try()
        self.clock.set(moment + timedelta(minutes=2))
        self.simulator.clock = right

    @rule(language=st.sampled_from(("EN", "FI", "SE")))
    def change_the_language(self, language: str) -> None:
        """Records are made otherwise from now on."""
        self.whole_read_due = True
        self.connection.config["language"] = language

    @rule(seed=SEEDS, kind=st.sampled_from(("voucher", "sales_invoice", "purchase_invoice", "sales_order")))
    def make_again(self, seed: int, kind: str) -> None:
        """A document is deleted, and made again under its key."""
        document = self._document(kind, seed)
        if document is None:
            return
        now = self.clock.advance(minutes=2)
        getattr(self.company.changes, f"delete_{kind}")(now, document.key)
        if seed % 2:
            self._try()
        again = document._replace(modified=self.clock.advance(minutes=2))
        if hasattr(again, "voucher_key"):
            again = again._replace(voucher_key=None)
        if kind == "voucher":
            self.company.put_voucher(again)
        else:
            getattr(self.company, f"{kind}_store").put(again)

    @rule(seed=SEEDS, kind=st.sampled_from(("voucher", "sales_invoice", "purchase_invoice", "sales_order")))
    def move_over_the_start_date(self, seed: int, kind: str) -> None:
        """A document gets a date about the start date."""
        document = self._document(kind, seed)
        if document is not None:
            day = self.start + timedelta(days=seed % 61 - 30)
            moved = document._replace(date=day, modified=self.clock.advance(minutes=2))
            if kind == "voucher":
                self.company.put_voucher(moved)
            else:
                getattr(self.company, f"{kind}_store").put(moved)

    def _document(self, kind: str, seed: int) -> Any:
        """A document that can be changed by itself."""
        now = self.clock.local
        if kind == "voucher":
            key = self.company.changes._memo(Random(seed), now)
            return None if key is None else self.company.voucher_store.get(key)
        found = [one for one in getattr(self.company, f"{kind}_store").living() if one.created < now]
        return Random(seed).choice(found) if found else None

    @rule(seed=SEEDS)
    def exchange_lines(self, seed: int) -> None:
        """Lines move to another voucher, and keep their keys."""
        one, other = self._document("voucher", seed), self._document("voucher", seed + 1)
        if one is not None and other is not None and one.key != other.key:
            now = self.clock.advance(minutes=2)
            self.company.put_voucher(one._replace(lines=other.lines, modified=now))
            self.company.put_voucher(other._replace(lines=one.lines, modified=now))

    @rule(seed=SEEDS)
    def edit_a_header(self, seed: int) -> None:
        """No filter reports it; of the recent months it comes with the first sync of the next day."""
        recent = (self.clock.local.date() - timedelta(days=28)).replace(day=1)
        vouchers = [one for one in self.company.vouchers() if one.date >= max(recent, self.start)]
        if vouchers:
            voucher = Random(seed).choice(vouchers)
            self.company.voucher_store.put(voucher._replace(description=f"Otsikko {seed}"))
            self.sync()

    @precondition(lambda self: self.synced and self.start > date(2024, 6, 1))
    @rule(days=st.integers(-200, 200))
    def move_start_date(self, days: int) -> None:
        """The user wants older documents too, or fewer."""
        self.start = min(self.start + timedelta(days=days), self.clock.local.date())
        self.connection.config["start_date"] = self.start.isoformat()
        self.whole_read_due = True

    def teardown(self) -> None:
        """After one more sync, the warehouse holds what a fresh read gives."""
        with self.stack:
            if not hasattr(self, "connection"):
                return
            self.sync()
            names = self.connection.warehouse.tables
            lists = [name for name in names if name.startswith("deleted_")]
            assert_equals_fresh_read(self.connection, [name for name in names if name not in lists])
            if lists:
                # the lists forget after seven days, the warehouse does not
                fresh = fresh_read(self.connection, lists, self.connection.config["start_date"])
                for name in lists:
                    assert not differences(name, self.connection.warehouse.rows(name), fresh.rows(name))
            self.simulator.assert_clean()


TestHistories = History.TestCase
TestHistories.settings = settings(
    max_examples=EXAMPLES or 20,
    stateful_step_count=30 if EXAMPLES else 20,
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
