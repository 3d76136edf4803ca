"""One call at a time to a real Netvisor, counted, only to resources that read."""

from __future__ import annotations

import hashlib
import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

import requests

from source_netvisor.config import NetvisorConfig
from source_netvisor.netvisor.allowed_resources import ALLOWED_RESOURCES
from source_netvisor.netvisor.authenticator import PREFIX, NetvisorAuthenticator
from tools.live_report.document import Document

MOST_CALLS = 200
TIMEOUT = (30, 360)
LARGEST = 256 << 20
"""Bytes of a reply that are read; a longer one is reported as that."""
CODES = frozenset({
    "AUTHENTICATION_FAILED", "INVALID_DATA", "INVALID_DATA_SIZE", "DUPLICATE_DATA", "REQUEST_NOT_UNIQUE", "PERIOD_LOCK",
    "SERVICE_ACCESS_ERROR", "SYSTEM_MAINTENANCE", "SYSTEM_MAINTANANCE", "TECHNICAL_ERROR",
})  # fmt: skip
"""Netvisor's own (article 766841), one of them in its older spelling too."""
RATE_HEADERS = ("x-ratelimit", "ratelimit", "retry-after")


class NoMoreCalls(Exception):
    """The greatest number of calls is reached."""


@dataclass
class Answer:
    """What came back.

    Args:
        resource: that was asked.
        status: of HTTP; 0: nothing came back.
        document: the reply as a tree; None: it is no XML.
        code: `OK`, Netvisor's code, or what kind of failure it was.
        text: what follows Netvisor's code. It may name keys, so it is never written into the report.
        frame: whether there was a ResponseStatus.
        size: bytes.
        seconds: until the last byte.
        content_type: of the reply.
        headers: names, in lower case.
    """

    resource: str
    status: int = 0
    document: Document | None = None
    code: str = "no answer"
    text: str = ""
    frame: bool = False
    size: int = 0
    seconds: float = 0
    content_type: str = ""
    headers: frozenset[str] = field(default_factory=frozenset)

    @property
    def ok(self) -> bool:
        """Whether there is a reply to read."""
        return self.code == "OK" and self.document is not None


class Netvisor:
    """The company's Netvisor.

    Args:
        config: whose, and how to sign.
        most_calls: the calls that may be made.

    Attributes:
        calls: the calls made.
        limits: names of headers that announced a limit.
    """

    def __init__(self, config: NetvisorConfig, most_calls: int = MOST_CALLS) -> None:
        self._config = config
        self._most = most_calls
        self._session = requests.Session()
        self.calls = 0
        self.limits: set[str] = set()

    def ask(
        self,
        resource: str,
        parameters: dict[str, str] | None = None,
        *,
        ask_for_codes: bool = True,
        skew: timedelta = timedelta(0),
        wrong_signature: bool = False,
        language: str | None = None,
        encode_commas: bool = False,
    ) -> Answer:
        """One call.

        Args:
            resource: the resource.
            parameters: of the query, in order.
            ask_for_codes: whether the header that asks for HTTP status codes is sent.
            skew: added to the time stamp.
            wrong_signature: sign with a key that is not the user's.
            language: another than the configured one.
            encode_commas: send `%2C` for commas.

        Raises:
            NoMoreCalls: there were as many calls as there may be.
            ValueError: the resource is none that the connector reads.
        """
        if resource not in ALLOWED_RESOURCES:
            raise ValueError(f"{resource} is not a resource that the connector reads")
        if self.calls >= self._most:
            raise NoMoreCalls
        self.calls += 1
        query = "&".join(f"{name}={value}" for name, value in (parameters or {}).items())
        url = f"{self._config.base_url}/{resource}" + (f"?{query}" if query else "")
        url = url.replace(",", "%2C") if encode_commas else url
        headers = self._signed(url, skew, wrong_signature, language)
        if not ask_for_codes:
            headers.pop(f"{PREFIX}UseHTTPResponseStatusCodes", None)
        began = time.monotonic()
        answer = Answer(resource)
        try:
            with self._session.get(url, headers=headers, timeout=TIMEOUT, allow_redirects=False, stream=True) as reply:
                body = reply.raw.read(LARGEST + 1, decode_content=True)
                answer.status = reply.status_code
                answer.content_type = reply.headers.get("Content-Type", "").partition(";")[0].strip()
                answer.headers = frozenset(name.lower() for name in reply.headers)
        except (requests.RequestException, OSError) as error:
            answer.code = type(error).__name__
            answer.seconds = time.monotonic() - began
            return answer
        answer.seconds = time.monotonic() - began
        answer.size = len(body)
        self.limits |= {name for name in answer.headers if name.startswith(RATE_HEADERS)}
        read_into(answer, body)
        return answer

    def _signed(self, url: str, skew: timedelta, wrong: bool, language: str | None) -> dict[str, str]:
        config = self._config
        key = hashlib.sha256(config.api_key.encode()).hexdigest()[:32] if wrong else config.api_key
        signer = NetvisorAuthenticator(
            customer_id=config.api_user_id,
            customer_key=key,
            partner_id=config.partner_id,
            partner_key=config.partner_key,
            organisation_id=config.business_id,
            language=language or config.language,
        )
        return signer.headers(url, datetime.now(timezone.utc) + skew, uuid.uuid4().hex)


def read_into(answer: Answer, body: bytes) -> None:
    """Fills in what the body says."""
    if len(body) > LARGEST:
        answer.code = "too large"
        return
    answer.document = document = Document.parse(body)
    if document is None:
        answer.code = "empty body" if not body.strip() else "no XML"
        return
    statuses = document.statuses
    answer.frame = bool(statuses)
    if not statuses:
        answer.code = "no ResponseStatus"
    elif statuses[0].upper() == "OK":
        answer.code = "OK"
    else:
        code, separator, answer.text = " :: ".join(statuses[1:]).partition("::")
        # any text but Netvisor's own codes, which stand before colons, may hold data
        answer.code = code.strip() if separator and code.strip() in CODES else "FAILED"
