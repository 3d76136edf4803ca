"""A caller of the simulator, and small resources for it to call.

Written from the documents of the protocol; it shares no code with the simulator's checks or the connector.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from netvisor_simulator import (
    BUSINESS_ID,
    PARTNER_ID,
    PARTNER_KEY,
    USER_ID,
    USER_KEY,
    NetvisorSimulator,
    Parameter,
    Refusal,
    Reply,
    Request,
    Resource,
)


def mac(url: str, headers: dict[str, str], user_key: str, partner_key: str) -> str:
    """The signature of protocol 1.3, from header names without their prefix."""
    names = ("Sender", "CustomerId", "Timestamp", "Language", "Organisation", "TransactionId", "TimestampUnix")
    message = "&".join([url, *(headers[name] for name in names), user_key, partner_key])
    key = f"{user_key}&{partner_key}"
    return hmac.new(key.encode("latin-1"), message.encode("latin-1"), hashlib.sha256).hexdigest()


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def statuses(self) -> list[str]:
        return [element.text or "" for element in ElementTree.fromstring(self.body).iterfind("ResponseStatus/Status")]

    @property
    def code(self) -> str:
        return self.statuses[-1].split(" :: ")[0]


class Client:
    """One connection, kept alive. `headers` and `keys` change what is sent or signed; None leaves a header out."""

    def __init__(self, simulator: NetvisorSimulator, timeout: float = 5) -> None:
        self.url = simulator.url
        self.connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=timeout)

    def __del__(self) -> None:
        self.connection.close()

    def headers(
        self, target: str, keys: tuple[str, str] = (USER_KEY, PARTNER_KEY), **other: str | None
    ) -> dict[str, str]:
        now = datetime.now(timezone.utc)
        plain: dict[str, Any] = {
            "Sender": "Protocol test",
            "CustomerId": USER_ID,
            "PartnerId": PARTNER_ID,
            "Timestamp": f"{now:%Y-%m-%d %H:%M:%S}.{now.microsecond // 1000:03d}",
            "TimestampUnix": str(int(now.timestamp())),
            "TransactionId": uuid.uuid4().hex,
            "Language": "FI",
            "Organisation": BUSINESS_ID,
            "MACHashCalculationAlgorithm": "HMACSHA256",
            "UseHTTPResponseStatusCodes": "1",
        }
        plain.update({name: value for name, value in other.items() if name != "MAC"})
        plain["MAC"] = other.get("MAC", mac(self.url + target, {k: v or "" for k, v in plain.items()}, *keys))
        names = {"Language": "X-Netvisor-Interface-Language", "Organisation": "X-Netvisor-Organisation-ID"}
        return {
            names.get(name, f"X-Netvisor-Authentication-{name}"): value
            for name, value in plain.items()
            if value is not None
        }

    def send(self, target: str, headers: dict[str, str], method: str = "GET") -> Answer:
        self.connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in headers.items():
            self.connection.putheader(name, value)
        self.connection.endheaders()
        response = self.connection.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())

    def get(self, target: str = "/small.nv", method: str = "GET", **changes: Any) -> Answer:
        return self.send(target, self.headers(target, **changes), method)


def small(request: Request) -> Reply:
    return Reply(["    <Names>\n", "        <Name Kind='A'>Määrä &amp; Co</Name>\n", "    </Names>\n"], {"X-Page": "1"})


def big(request: Request) -> Reply:
    return Reply(f"    <Item>{number:0990d}</Item>\n" for number in range(request.query.get("count", 200)))


def told(request: Request) -> Reply:
    return Reply([f"<Value>{request.query!r}</Value>"])


def refusing(request: Request) -> Reply:
    def body() -> Iterator[str]:
        raise Refusal("INVALID_DATA", "from the body")
        yield ""

    return Reply(body())


def broken(request: Request) -> Reply:
    raise KeyError("a mistake of the simulator's own")


KINDS = (
    Parameter("key", "int"),
    Parameter("keys", "ints", max_items=3),
    Parameter("day", "date"),
    Parameter("moment", "datetime"),
    Parameter("flag", "flag"),
    Parameter("word", "text", choices=("nopdf", "pdf")),
)
RESOURCES = [
    Resource("small.nv", (), small),
    Resource("big.nv", (Parameter("count", "int"),), big),
    Resource("told.nv", KINDS, told),
    Resource("mandatory.nv", (Parameter("since", "date", required=True),), small),
    Resource("refusing.nv", (), refusing),
    Resource("broken.nv", (), broken),
]


def simulate(**settings: Any) -> NetvisorSimulator:
    return NetvisorSimulator(None, RESOURCES, **settings)
