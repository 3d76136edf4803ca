"""Replies that are not what they should be, although nothing in them says so: lists that are cut, details withheld."""

from __future__ import annotations

import re
from dataclasses import replace

from netvisor_simulator import NetvisorSimulator, Refusal, Reply, Request, faults
from netvisor_simulator.faults import Fault

ROW = {
    "accountingledger.nv": "Voucher",
    "salesinvoicelist.nv": "SalesInvoice",
    "customerlist.nv": "Customer",
    "purchaseinvoicelist.nv": "PurchaseInvoice",
    "accountbalance.nv": "Account",
    "paymentlist.nv": "Payment",
    "getvendor.nv": "Vendor",
}
"""The row of each list."""


def cut(resource: str, kept: int) -> Fault:
    """A reply with its first rows only."""
    element = ROW[resource]

    def change(reply: bytes) -> bytes:
        found = list(re.finditer(rb"<%s\b.*?</%s>" % (element.encode(), element.encode()), reply, re.DOTALL))
        if len(found) <= kept:
            return reply
        begin = found[kept].start()
        return reply[:begin] + reply[found[-1].end() :]

    return faults.transform(change)


class Withheld:
    """Details that Netvisor withholds of some documents which its list has.

    Args:
        simulator: of Netvisor.
        how: `refused`: a request that names one of them fails; `left_out`: the reply lacks them.
        resource: of the details.
        parameter: that takes the keys.
    """

    def __init__(
        self,
        simulator: NetvisorSimulator,
        how: str,
        resource: str = "getsalesinvoice.nv",
        parameter: str = "netvisorkeylist",
    ) -> None:
        self.keys: set[int] = set()
        self._how, self._parameter = how, parameter
        self._original = simulator.resources[resource]
        simulator.resources[resource] = replace(self._original, answer=self._answer)

    def _answer(self, request: Request) -> Reply:
        query = dict(request.query)
        asked = query.get(self._parameter, ())
        asked = asked if isinstance(asked, tuple) else (asked,)
        withheld = [key for key in asked if key in self.keys]
        if withheld and self._how == "refused":
            raise Refusal("INVALID_DATA", f"You have no rights to the document {withheld[0]}")
        if withheld:
            # as the reply would be without the document: asked for one that there is not
            query[self._parameter] = tuple(key if key not in self.keys else -key for key in asked)
            assumptions = replace(request.assumptions, unknown_key="left_out")
            return self._original.answer(replace(request, query=query, assumptions=assumptions))
        return self._original.answer(request)
