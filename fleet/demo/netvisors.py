"""Twelve made-up companies behind three simulated Netvisors: one open, one partly blocked, one closed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from netvisor_simulator import NetvisorSimulator
from netvisor_simulator.company import Company
from netvisor_simulator.server import DEFAULT_USERS
from netvisor_simulator.signature import User

from tests.lists import business_ids

BUSINESS_IDS = tuple(business_ids(12))
BLOCKED = ("accountbalance.nv", "salespaymentlist.nv")
PARTLY_BLOCKED = BUSINESS_IDS[9:11]
ALL_BLOCKED = BUSINESS_IDS[11:]


@dataclass(frozen=True)
class Netvisors:
    """The simulated Netvisors, by what they allow."""

    everything: NetvisorSimulator
    most: NetvisorSimulator
    nothing: NetvisorSimulator

    def of(self, business_id: str) -> NetvisorSimulator:
        """Where a company is."""
        if business_id in PARTLY_BLOCKED:
            return self.most
        return self.nothing if business_id in ALL_BLOCKED else self.everything

    def row(self, number: int, business_id: str) -> dict[str, str]:
        """The company's line in the list."""
        configuration = self.of(business_id).config()
        return {
            "company_name": f"Simuloitu {number} Oy",
            "business_id": business_id,
            "api_user_id": str(configuration["api_user_id"]),
            "api_key": "env:DEMO_API_KEY",
            "start_date": "2026-01-01",
            "streams": "suggested payroll" if number == 2 else "",
            "schedule": "",
            "tags": "gold" if number < 4 else "",
            "contact": f"talous@simuloitu{number}.example",
            "base_url": self.of(business_id).url,
        }


@contextmanager
def netvisors() -> Iterator[Netvisors]:
    """Starts them."""
    company = Company(seed=1, vouchers=50, years=1)
    user = DEFAULT_USERS[0]
    users = (User(user.identifier, user.key, frozenset(BUSINESS_IDS)),)
    with ExitStack() as stack:
        made = [
            stack.enter_context(NetvisorSimulator(dict.fromkeys(BUSINESS_IDS, company), users=users)) for _ in range(3)
        ]
        made[1].rights.block(*BLOCKED)
        made[2].rights.block()
        yield Netvisors(*made)
        for simulator in made:
            simulator.assert_clean()
