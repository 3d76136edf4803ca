"""Questions to the simulated company without a server: one request, one reply, as an element."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from xml.etree import ElementTree

from netvisor_simulator.assumptions import ApiAssumptions
from netvisor_simulator.company import Company
from netvisor_simulator.company.plan import HELSINKI
from netvisor_simulator.registry import registry
from netvisor_simulator.resource import Reply, Request

TODAY = date(2026, 3, 15)
NOW = datetime(2026, 3, 15, 9, 0, tzinfo=HELSINKI)
FOREVER = date(2100, 1, 1)
RESOURCES = registry()


def build(vouchers: int = 300, **other: Any) -> Company:
    return Company(7, vouchers, today=TODAY, **other)


def reply(
    company: Company, name: str, assumptions: ApiAssumptions | None = None, now: datetime = NOW, **query: Any
) -> Reply:
    return RESOURCES[name].answer(Request(company, query, now, assumptions or ApiAssumptions(), "EN"))


def ask(
    company: Company, name: str, assumptions: ApiAssumptions | None = None, now: datetime = NOW, **query: Any
) -> Any:
    body = "".join(reply(company, name, assumptions, now, **query).body)
    return ElementTree.fromstring(f"<Root>{body}</Root>")


def keys(element: Any, path: str) -> list[int]:
    return [int(found.text) for found in element.iterfind(path)]
