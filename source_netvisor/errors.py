"""What can go wrong with a call, what to do about it, and what the user reads about it.

Codes and meanings: Netvisor support articles 77000500440 (controlling errors) and 77000289952 (HTTP status codes).
Netvisor's own words are shown to the user, but only after `safe_text`: some error texts echo the string that was
signed.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_netvisor import menus
from source_netvisor.redaction import safe_text

PARTNER_SEARCH_KEY = "10DF2FEE83FE7AF6A7904255AF607A6E"
"""Finds this integration in Netvisor; public, and never sent."""
HOW_TO_ALLOW = (
    f"In Netvisor, open {menus.RIGHTS}, paste the partner search key {PARTNER_SEARCH_KEY} to find this integration, "
    f"and set its resources to {menus.ALLOWED}. Rights given under the general interface resources do not apply to "
    "custom integrations."
)
OR_DESELECT = (
    "Or deselect its streams in the connection: Airbyte disables a connection after 30 failed jobs and 7 days "
    "without a success."
)
"""Airbyte's limits are those of its platform's code of August 2026."""


class UnreadableReply(Exception):
    """The reply is no complete XML document; the text says what it is instead, without its content."""


class NetvisorError(AirbyteTracedException):
    """A call that failed, with a sentence for the user.

    Args:
        code: Netvisor's code, or one of this connector's own in lower case (`timeout`, `connection`, `unreadable`,
            ...).
        message: the sentence.
        failure_type: whose turn it is, in Airbyte's terms: config (the user's), transient (try again), system (ours).
        retry: whether another attempt may succeed.
        words: Netvisor's own words, made safe.
    """

    def __init__(
        self, code: str, message: str, failure_type: FailureType, *, retry: bool = False, words: str = ""
    ) -> None:
        super().__init__(message=message, internal_message=message, failure_type=failure_type)
        self.code = code
        self.retry = retry
        self.words = words
        self.resource = ""
        self.retry_after: float | None = None

    @property
    def forbidden(self) -> bool:
        """The resource is not allowed for this integration."""
        return self.code == "SERVICE_ACCESS_ERROR"

    @property
    def rejected(self) -> bool:
        """Netvisor did not take the parameters, an unknown key among them."""
        return self.code in ("INVALID_DATA", "INVALID_DATA_SIZE")

    @property
    def outage(self) -> bool:
        """It was no answer of Netvisor's, or one that says to come back later; the next call may well end like this."""
        return self.retry or self.code == "too_large"

    @property
    def no_response(self) -> bool:
        """It was no answer of Netvisor's at all, or one that it is closed: no stream can be read meanwhile."""
        netvisors_own = self.code.isupper() and not self.code.startswith("SYSTEM_MAINT")
        return self.outage and not netvisors_own and self.code != "unknown"

    @property
    def aborts_sync(self) -> bool:
        """No other call of this sync can succeed either."""
        return self.code in ("AUTHENTICATION_FAILED", "redirect", "tls", "address")

    def __str__(self) -> str:
        return self.message or self.code


_CODE = re.compile(r"[A-Z][A-Z_]{3,40}")


def reports_failure(status: str) -> bool:
    """Whether a `Status` reports a failure, also behind an OK: an empty list would come with it."""
    code, separator, _ = status.partition("::")
    return status.strip().upper() == "FAILED" or bool(separator and _CODE.fullmatch(code.strip().upper()))


def from_frame(resource: str, statuses: list[str], http_status: int, details: str = "") -> NetvisorError:
    """The error that a FAILED frame means.

    Args:
        resource: `accountingledger.nv`.
        statuses: the texts of the `Status` elements; the first one is not OK.
        http_status: of the reply; a hint where the code is unknown.
        details: the text of the frame's `Details`, which some have (article 766841).
    """
    described = next((text for text in statuses if "::" in text), " ".join(statuses[1:]))
    code, _, text = described.partition("::")
    code = code.strip().upper()
    if not _CODE.fullmatch(code):
        code, text = _code_of_http_status(http_status), described
    words, more = safe_text(text), safe_text(details)
    return by_code(resource, code, f"{words} ({more})" if words and more else words or more)


def _code_of_http_status(http_status: int) -> str:
    """The code that an HTTP status stands for where the reply has none (topic 77000289952)."""
    return {400: "INVALID_DATA", 401: "AUTHENTICATION_FAILED", 403: "SERVICE_ACCESS_ERROR", 404: "not_found"}.get(
        http_status, "unknown"
    )


def by_code(resource: str, code: str, words: str) -> NetvisorError:
    """The error of one of Netvisor's codes, known or not."""
    said = f" Netvisor says: {words}" if words else ""
    if code == "AUTHENTICATION_FAILED":
        return NetvisorError(code, authentication_sentence(words), FailureType.config_error, words=words)
    if code == "SERVICE_ACCESS_ERROR":
        sentence = (
            f"{code}: the resource {resource} is blocked for this integration. {HOW_TO_ALLOW} {OR_DESELECT}{said}"
        )
        blocked = NetvisorError(code, sentence, FailureType.config_error, words=words)
        blocked.resource = resource
        return blocked
    if code in ("INVALID_DATA", "INVALID_DATA_SIZE"):
        sentence = (
            f"{code}: Netvisor did not accept the request to {resource}; please report it to the developers.{said}"
        )
        return NetvisorError(code, sentence, FailureType.system_error, words=words)
    if code.startswith("SYSTEM_MAINT"):
        sentence = f"{code}: Netvisor is under maintenance; try again later."
        return NetvisorError(code, sentence, FailureType.transient_error, retry=True, words=words)
    if code == "REQUEST_NOT_UNIQUE":
        sentence = (
            f"{code}: Netvisor says that the request to {resource} was sent before, although each attempt has a "
            f"new id; "
            "try again later, and report it if it stays."
        )
        return NetvisorError(code, sentence, FailureType.transient_error, retry=True, words=words)
    if code == "not_found":
        sentence = (
            f"Netvisor does not know the resource {resource}; check the Netvisor address of the configuration.{said}"
        )
        return NetvisorError(code, sentence, FailureType.config_error, words=words)
    if code == "TECHNICAL_ERROR":
        sentence = f"{code}: Netvisor had a technical error while answering {resource}; try again later.{said}"
        return NetvisorError(code, sentence, FailureType.transient_error, retry=True, words=words)
    shown = "an error without a code" if code == "unknown" else f"the unknown error {code}"
    sentence = f"Netvisor answered {resource} with {shown}; try again later, and report it if it stays.{said}"
    return NetvisorError(code, sentence, FailureType.transient_error, retry=True, words=words)


def authentication_sentence(words: str) -> str:
    """Which identifier to look at, from Netvisor's words where they say it."""
    lowered = words.lower()
    said = f" Netvisor says: {words}" if words else ""
    if "partner not found" in lowered or "kumppania ei" in lowered:
        return (
            "AUTHENTICATION_FAILED: Netvisor does not know the integration partner; check the Integration partner ID "
            f"and the Netvisor address (each address has partner credentials of its own).{said}"
        )
    return (
        "AUTHENTICATION_FAILED: Netvisor refused the credentials; check the API User ID, the API Key, the Business ID "
        "and the integration partner's ID and key. API identifiers are personal: they expire, and end with their "
        "user's access. Each Netvisor address (integration.netvisor.fi, isvapi.netvisor.fi) has credentials of its "
        f"own, which the other one refuses.{said}"
    )


class _Answer(NamedTuple):
    """What an HTTP status means whose body is not Netvisor's.

    Args:
        code: of the error.
        text: with `resource` and `status`.
        failure_type: Airbyte's.
        retry: whether another attempt may succeed.
    """

    code: str
    text: str
    failure_type: FailureType
    retry: bool = False


_REDIRECT = _Answer(
    "redirect",
    "The Netvisor address answered {resource} with a redirect (HTTP {status}), which is not followed: a signed request "
    "is valid for its own address only. Check the Netvisor address of the configuration.",
    FailureType.config_error,
)
_UNAVAILABLE = _Answer(
    "unavailable",
    "Netvisor is not available (HTTP {status} at {resource}); try again later.",
    FailureType.transient_error,
    retry=True,
)
_UNKNOWN_STATUS = _Answer(
    "http",
    "Netvisor refused the request to {resource} (HTTP {status}); check the Netvisor address of the configuration, and "
    "report it to the developers if that is right.",
    FailureType.system_error,
)
_ANSWERS = {
    **dict.fromkeys((301, 302, 303, 307, 308), _REDIRECT),
    **dict.fromkeys((408, 421, 425), _UNAVAILABLE),
    407: _Answer(
        "http",
        "A proxy between this machine and Netvisor asks for credentials (HTTP 407 at {resource}): name it with them in "
        "HTTPS_PROXY, or Netvisor's host in NO_PROXY.",
        FailureType.config_error,
    ),
    429: _Answer(
        "rate_limit",
        "Netvisor asks for fewer requests (HTTP 429 at {resource}); try again later.",
        FailureType.transient_error,
        retry=True,
    ),
    511: _Answer(
        "http",
        "The network between this machine and Netvisor asks for a login (HTTP 511 at {resource}); sign in to the "
        "network, or open the way to Netvisor's host.",
        FailureType.config_error,
    ),
}


def from_http_status(resource: str, http_status: int, has_body: bool = True) -> NetvisorError | None:
    """The error of an HTTP status whose body is not Netvisor's; None for a success.

    Args:
        resource: that was asked.
        http_status: of the reply.
        has_body: whether there is something in the body: Netvisor's own words would be in its frame.
    """
    if 200 <= http_status < 300:
        return None
    if http_status in (400, 401, 403):
        return _unframed_refusal(resource, http_status, has_body)
    answer = _ANSWERS.get(http_status) or (_UNAVAILABLE if http_status >= 500 else None)
    if answer is None:
        code = _code_of_http_status(http_status)
        if code != "unknown":
            return by_code(resource, code, "")
        answer = _UNKNOWN_STATUS
    text = answer.text.format(resource=resource, status=http_status)
    return NetvisorError(answer.code, text, answer.failure_type, retry=answer.retry)


def foreign_state(owner: str, own: str) -> NetvisorError:
    """The saved state is of another company, or of another Netvisor: obeyed, it would mix their data.

    Args:
        owner: the company or the host that the state names.
        own: the configured one.
    """
    return NetvisorError(
        "foreign_state",
        f"The saved state belongs to {safe_text(owner, 100) or '?'}, but the configuration names {own}. Give each "
        "company and each Netvisor address a connection of its own, or clear the data of this connection's streams to "
        "start over.",
        FailureType.config_error,
    )


def _unframed_refusal(resource: str, http_status: int, has_body: bool) -> NetvisorError:
    """The error of a status that Netvisor explains in its frame, without that frame."""
    between = f"a proxy or a firewall between this machine and Netvisor (HTTP {http_status}"
    look = "check the Netvisor address of the configuration, and whether the network lets calls to it through"
    if has_body:
        return NetvisorError(
            "intercepted",
            f"The request to {resource} was refused with a page that is not Netvisor's, so most likely by {between}): "
            f"{look}.",
            FailureType.config_error,
        )
    found = by_code(resource, _code_of_http_status(http_status), "")
    found.message = (
        f"{found.message} Or the refusal came from {between} with an empty reply, which does not say whose it is): "
        f"{look}."
    )
    return found


def too_large(resource: str, limit: int) -> NetvisorError:
    """A reply that no company's data explains: a packed bomb, or a server that never ends."""
    return NetvisorError(
        "too_large",
        f"The reply to {resource} is larger than {limit >> 20} MB, which no company's data explains; it was dropped. "
        "Please report it to the developers.",
        FailureType.system_error,
    )


def too_many_pages(resource: str, most: int) -> NetvisorError:
    """A list whose every page announces another."""
    return NetvisorError(
        "too_many_pages",
        f"The list {resource} has no end after {most} pages, which no company's data explains; please report it to the "
        "developers.",
        FailureType.system_error,
    )


def too_many_fields(most: int) -> NetvisorError:
    """Records of names without end: each new one takes longer than the one before."""
    return NetvisorError(
        "too_many_fields",
        f"The reply has more than {most} fields that the schema does not know, which no company's data explains; "
        "please report it to the developers.",
        FailureType.system_error,
    )


def too_much_unknown(most: int) -> NetvisorError:
    """A record with more text in unknown fields than a row should carry."""
    return NetvisorError(
        "too_much_unknown",
        f"A record of the reply has more than {most >> 20} MB in fields that the schema does not know, which no "
        "company's data explains; please report it to the developers.",
        FailureType.system_error,
    )


def record_too_deep(most: int) -> NetvisorError:
    """Elements inside elements without end; a limit of this connector's, not of Netvisor's."""
    return NetvisorError(
        "record_too_deep",
        f"A record of the reply has elements nested deeper than {most} levels, which no company's data explains; "
        "please report it to the developers.",
        FailureType.system_error,
    )


def record_too_large(limit: int) -> NetvisorError:
    """A record that would not fit into the memory; a limit of this connector's, not of Netvisor's."""
    return NetvisorError(
        "record_too_large",
        f"A single record of the reply is larger than {limit >> 20} MB. This connector keeps a record in memory whole, "
        "and reads none that is larger; please report it to the developers.",
        FailureType.system_error,
    )


def no_thread() -> NetvisorError:
    """The system starts no further thread; calls are made in one of their own."""
    return NetvisorError(
        "thread",
        "This machine starts no further thread for the connector: raise the limit of its processes (a container's "
        "pids limit, ulimit -u) or its memory, and try again.",
        FailureType.transient_error,
    )


def unreadable(resource: str, what: str) -> NetvisorError:
    """A success without Netvisor's frame: a maintenance page, a cut reply."""
    return NetvisorError(
        "unreadable",
        f"Netvisor answered {resource} with something that is not a complete Netvisor reply ({what}); try again later.",
        FailureType.transient_error,
        retry=True,
    )


def built_wrong(resource: str) -> NetvisorError:
    """Records of a full refresh were sent before a template was found to build them wrong."""
    return NetvisorError(
        "built_wrong",
        f"Records of {resource} were read in two ways that differ, after some had been sent; sync again, and report it "
        "to the developers if it stays.",
        FailureType.transient_error,
    )
