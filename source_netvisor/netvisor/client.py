"""One call to Netvisor: signed afresh at each attempt, spooled whole, checked, and retried where that can help."""

from __future__ import annotations

import contextlib
import logging
import random
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from typing import IO, Any

import requests
from airbyte_cdk.models import FailureType
from urllib3.exceptions import LocationParseError

from source_netvisor import clock, errors
from source_netvisor.config import NetvisorConfig
from source_netvisor.errors import NetvisorError, UnreadableReply
from source_netvisor.netvisor import connection
from source_netvisor.netvisor.allowed_resources import ALLOWED_RESOURCES
from source_netvisor.netvisor.authenticator import NetvisorAuthenticator
from source_netvisor.netvisor.deadline import Deadline
from source_netvisor.netvisor.network_errors import bundle_error, local_error, network_error, usable_bundle
from source_netvisor.netvisor.optional_parameters import OptionalParameters
from source_netvisor.netvisor.reply import Reply
from source_netvisor.netvisor.request import Request
from source_netvisor.netvisor.retry_policy import RetryPolicy
from source_netvisor.parsing import decoder
from source_netvisor.parsing.frame import Frame, check_later_status, read_frame

logger = logging.getLogger("airbyte.source_netvisor")

MEMORY_LIMIT = 1 << 20
"""Bytes of a reply that are kept in memory before it goes to a nameless temporary file."""
SLOWEST = 512
"""Bytes a second, counted after `read_seconds`, below which a reply is taken for stalled."""
READ_AT_ONCE = 1 << 18
"""Bytes of a reply that are received at a time, at most, unpacked: each time costs some ten microseconds."""
MOST_ENCODINGS = 2
"""Content encodings of a reply: each may make a thousand bytes of one."""
CLOCK_TOLERANCE = 120
"""Seconds that this machine's clock may differ from Netvisor's before a refused signature is put down to it."""


class Client:
    """Asks one company's Netvisor. Threads may share it, and each call has a connection for itself while it lasts.

    Args:
        config: whose Netvisor, and how to sign.
        retry_policy: time-outs and retries.
        now: the present moment, in UTC; this machine's clock where none is given.

    Attributes:
        on_pause: called when a call waits before its next attempt, with the moment of that, and with None when it goes
            on; in the thread of the call.
        calls: attempts so far.
        failures_in_a_row: calls since the last answer of Netvisor's.
        silent_resources: whose calls, in a row, got no answer at all; the parts of one list are one of them.
    """

    def __init__(
        self, config: NetvisorConfig, retry_policy: RetryPolicy | None = None, now: Callable[[], datetime] | None = None
    ) -> None:
        self._now = now or (lambda: clock.now())
        self.on_pause: Callable[[Request, datetime | None], None] = lambda request, until: None
        self._base_url = config.base_url
        self._policy = retry_policy or RetryPolicy()
        self._authenticator = NetvisorAuthenticator(
            customer_id=config.api_user_id,
            customer_key=config.api_key,
            partner_id=config.partner_id,
            partner_key=config.partner_key,
            organisation_id=config.business_id,
            language=config.language,
            now=now,
        )
        # free ones: as many as there were calls at once
        self._sessions: list[requests.Session] = []
        # proxy and certificates, which the environment says for the host, not for the call
        self._environment: Any = {}
        self._optional = OptionalParameters()
        self._stopping = threading.Event()
        self.calls = 0
        self.received = 0
        self.failures_in_a_row = 0
        self.silent_resources: set[str] = set()
        self._waited = 0.0

    def stop(self) -> None:
        """Ends waits at once; a call in flight ends with its connection or time-out."""
        self._stopping.set()

    def fetch(self, request: Request) -> Reply:
        """The reply to a request, without its optional parameters where Netvisor refuses them.

        Raises:
            NetvisorError: with the sentence for the user.
        """
        plain = request.plain
        if plain is None:
            return self._fetch(request)
        left_out = [one for one in request.parameters if one not in plain.parameters]
        options = ", ".join("=".join(one) for one in left_out)
        ask, ask_plainly = partial(self._fetch, request), partial(self._fetch, plain)
        return self._optional.fetch(request.resource, options, ask, ask_plainly)

    def _fetch(self, request: Request) -> Reply:
        """Asks until there is a complete OK reply, or an error that asking again does not change.

        Raises:
            NetvisorError: with the sentence for the user.
        """
        if request.resource not in ALLOWED_RESOURCES:
            raise NetvisorError(
                "not_allowed",
                f"The resource {request.resource} is not one that this connector may read; nothing was asked.",
                FailureType.system_error,
            )
        # during an outage each further call gets one chance, so that sixty streams do not wait one after the other
        patient = not self.failures_in_a_row and self._waited < self._policy.all_waits
        waits = self._policy.waits if patient else ()
        for attempt in range(len(waits) + 1):
            try:
                reply = self._attempt(request)
            except NetvisorError as error:
                again = error.retry and attempt < len(waits) and self._wait(request, error, waits[attempt], attempt + 1)
                if not again:
                    # an answer that another attempt would not change is an answer all the same
                    self.failures_in_a_row = self.failures_in_a_row + 1 if error.outage else 0
                    if error.no_response:
                        self.silent_resources.add(request.resource)
                    else:
                        self.silent_resources.clear()
                    raise
            else:
                self.failures_in_a_row = 0
                self.silent_resources.clear()
                return reply
        raise AssertionError("unreachable")

    def _wait(self, request: Request, error: NetvisorError, seconds: float, attempt: int) -> bool:
        """Waits before the next attempt; False where there must not be one."""
        seconds *= random.uniform(0.75, 1.25)  # noqa: S311 - spreads retries, protects nothing
        if error.code == "REQUEST_NOT_UNIQUE" and attempt == 1:
            seconds = 0
        if error.retry_after is not None:
            if error.retry_after > self._policy.max_retry_after:
                return False
            seconds = max(seconds, error.retry_after)
        if self._stopping.is_set():
            return False
        logger.warning(
            f"{request.resource}: attempt {attempt} failed ({error.code}); trying again in {seconds:.0f} seconds."
        )
        self._waited += seconds
        self.on_pause(request, self._now() + timedelta(seconds=seconds))
        try:
            return not self._stopping.wait(seconds)
        finally:
            self.on_pause(request, None)

    def _session(self) -> requests.Session:
        with contextlib.suppress(IndexError):
            return self._sessions.pop()
        session = connection.session()
        session.headers["User-Agent"] = "source-netvisor"
        session.headers["Accept"] = "text/xml, application/xml, text/html;q=0.5"
        return session

    def _attempt(self, request: Request) -> Reply:
        resource = request.resource
        session = self._session()
        self.calls += 1
        body = tempfile.SpooledTemporaryFile(max_size=MEMORY_LIMIT)  # noqa: SIM115 - it lives as long as the reply
        deadline = Deadline(self._policy.call_seconds)
        try:
            # not by the session, which would look for cookies and passwords that there are not
            prepared = requests.PreparedRequest()
            prepared.prepare("GET", self._base_url + request.path, session.headers, auth=self._authenticator)
            self._environment = self._environment or session.merge_environment_settings(
                prepared.url, {}, True, None, None
            )
            with (
                deadline,
                session.send(
                    prepared,
                    allow_redirects=False,
                    timeout=(self._policy.connect_seconds, self._policy.read_seconds),
                    **self._environment,
                ) as response,
            ):
                size = self._spool(resource, response, body, deadline)
                self.received += size
                headers = {name.lower(): value for name, value in response.headers.items()}
                status = response.status_code
            if deadline.expired:
                # a body without a length ends like a complete one when its connection does
                raise requests.ReadTimeout("deadline")
            self._check(request, status, headers, body)
        except BaseException as error:
            body.close()
            if not isinstance(error, NetvisorError) or error.outage:
                # a connection that is about to close may not show it yet: the next attempt makes one of its own
                session.close()
            if isinstance(error, NetvisorError):
                raise
            bundle = self._environment.get("verify") if self._base_url.startswith("https:") else None
            if isinstance(bundle, str) and isinstance(error, OSError) and not usable_bundle(bundle):
                raise bundle_error(bundle) from None
            if isinstance(error, requests.RequestException | LocationParseError):
                timed_out = requests.ReadTimeout() if deadline.expired else error
                raise network_error(resource, timed_out, bool(self._environment.get("proxies"))) from None
            if isinstance(error, OSError):
                raise local_error(resource, error) from None
            raise
        finally:
            self._sessions.append(session)
        return Reply(request, body, headers, size)

    def _spool(self, resource: str, response: requests.Response, body: IO[bytes], deadline: Deadline) -> int:
        began = time.monotonic()
        size = 0
        raw = response.raw
        packed = raw.headers.get("Content-Encoding", "").split(",")
        if len([name for name in packed if name.strip().lower() not in ("", "identity")]) > MOST_ENCODINGS:
            raise errors.unreadable(resource, f"packed more than {MOST_ENCODINGS} times")
        try:
            while chunk := raw.read1(READ_AT_ONCE, decode_content=True):
                body.write(chunk)
                size += len(chunk)
                seconds = time.monotonic() - began
                if seconds > self._policy.read_seconds and size < SLOWEST * seconds:
                    raise requests.ReadTimeout("stalled")
                if size > self._policy.largest_reply:
                    raise errors.too_large(resource, self._policy.largest_reply)
                if deadline.expired:
                    # what is already here can take long to unpack, and no connection is needed for that
                    raise requests.ReadTimeout("deadline")
                if self._stopping.is_set():
                    raise requests.ConnectionError("stopped")
        except (requests.RequestException, NetvisorError):
            raise
        except Exception as error:
            # urllib3's and http.client's own errors, and what a broken content encoding raises
            if (
                isinstance(error, OSError)
                and error.errno is not None
                and not isinstance(error, ConnectionError | TimeoutError)
            ):
                raise
            if "timed out" in str(error).lower():
                raise requests.ReadTimeout(type(error).__name__) from None
            raise requests.ConnectionError(type(error).__name__) from None
        return size

    def _check(self, request: Request, status: int, headers: dict[str, str], body: Any) -> None:
        """Netvisor's own status counts, whatever the HTTP status is; the HTTP status only where there is none."""
        resource = request.resource
        try:
            found = read_frame(body, request.expected)
            if found.failed:
                raise self._explained(errors.from_frame(resource, found.statuses, status, found.details), headers)
            if found.statuses and 200 <= status < 300:
                self._check_rows(resource, found, body)
                return
            problem = "no ResponseStatus" if not found.found else "a ResponseStatus without a status"
        except UnreadableReply as error:
            problem = str(error)
        failure = errors.from_http_status(resource, status, _says_something(body)) or errors.unreadable(
            resource, problem
        )
        failure.retry_after = _retry_after(headers, self._now())
        raise self._explained(failure, headers)

    @staticmethod
    def _check_rows(resource: str, found: Frame, body: Any) -> None:
        """What stands behind an OK.

        Raises:
            UnreadableReply: not a whole list.
        """
        odd = decoder.check_complete(body)
        found.check_list()
        check_later_status(body)
        if odd.from_windows:
            logger.warning(
                f"{resource}: {odd.from_windows} characters of Netvisor's reply are of windows-1252, although it says "
                "ISO-8859-1; they are read as such."
            )
        if odd.broken:
            logger.warning(
                f"{resource}: {odd.broken} characters of Netvisor's reply are broken; the records have \ufffd in their "
                "place."
            )

    def _explained(self, error: NetvisorError, headers: dict[str, str]) -> NetvisorError:
        """A refused signature is often a wrong clock: Netvisor checks the timestamp and does not say so."""
        if error.code == "AUTHENTICATION_FAILED":
            with contextlib.suppress(ValueError, TypeError, OverflowError, KeyError):
                ahead = (self._now() - parsedate_to_datetime(headers["date"])).total_seconds()
                if abs(ahead) > CLOCK_TOLERANCE:
                    side = "ahead of" if ahead > 0 else "behind"
                    error.message = (
                        f"{error.message} This machine's clock is about {abs(ahead) / 60:.0f} minutes {side} "
                        f"Netvisor's, which "
                        "alone makes it refuse the signature: set the clock."
                    )
        error.retry_after = error.retry_after if error.retry_after is not None else _retry_after(headers, self._now())
        return error


def _says_something(body: IO[bytes]) -> bool:
    body.seek(0)
    return any(iter(lambda: body.read(1 << 16).strip(b"\0\t\r\n \xef\xbb\xbf"), b""))


def _retry_after(headers: dict[str, str], now: datetime) -> float | None:
    value = headers.get("retry-after", "").strip()
    if value.isdecimal() and value.isascii():
        return float(value)
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    return None
