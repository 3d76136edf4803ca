"""The list of what can go wrong between Netvisor and the connector: fault, end, and what the user sees.

`test_faults.py` plays every entry over real HTTP and holds it to what stands here, and docs/reliability.md is written
from it, so a sentence in the documentation is one that a test has seen.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from integration_tests.console_runs import IDENTITY_CODE
from netvisor_simulator import PARTNER_KEY, USER_ID, USER_KEY, faults
from netvisor_simulator.faults import Fault, Moment
from netvisor_simulator.wire import Answer

End = Literal["survived", "stream fails", "sync stops"]
ECHO = (
    "URI-metodi ei kelpaa, katso dokumentaatio. Käytä MAC-tiivisteen laskentaan merkkijonoa: "
    f"https://integration.netvisor.fi/accountlist.nv&Åkerblom Öljy ja Äyriäinen Oy&{USER_ID}&2025-05-12 08:15:30.123&"
    f"FI&1967543-8&0123456789abcdef&1747037730&YOUR_PRIVATE_KEY_HERE :: {'9F' * 32}"
)
"""The recorded shape of Netvisor's answer to a wrong MAC, with a sender's name in Scandinavian letters."""


@dataclass(frozen=True)
class FaultCase:
    """One fault.

    Args:
        name: for the table.
        fault: what the simulator does to the answer.
        once: how a sync ends in which the fault occurs once at the first call and once in the middle.
        always: how it ends where the fault stays.
        sees: what the sentences for the user begin with, less the stream's name; `{resource}` stands for the resource.
        check: what `check` says where every call has the fault; `tells`: it succeeds and lists what it met.
        retried: whether the connector asks again before it gives up.
        text: what of it a record has as a text between its elements, in `_netvisor_unknown`.
    """

    name: str
    fault: Callable[[], Fault]
    once: End
    always: End
    sees: str = ""
    check: Literal["succeeds", "tells", "fails"] = "fails"
    retried: bool = True
    text: str = ""


def body(text: str | bytes, encoding: str = "utf-8") -> Fault:
    """A body in place of the right one, with HTTP 200."""
    return faults.raw(text if isinstance(text, bytes) else text.encode(encoding))


def failed(*statuses: str, http_status: int = 200) -> Fault:
    """A FAILED frame with these Status elements, which hold markup as it is given."""
    inside = "".join(f"<Status>{status}</Status>" for status in statuses)
    frame = f'<?xml version="1.0" encoding="utf-8"?><Root><ResponseStatus>{inside}</ResponseStatus></Root>'
    return faults.raw(frame.encode(), http_status)


def recoded(encoding: str, charset: str | None = None) -> Fault:
    """The right answer in another encoding, which its prolog names (or leaves to the byte order mark)."""

    def play(answer: Answer, _: Moment) -> Answer:
        text = b"".join(answer.body).decode()
        text = text.replace('encoding="utf-8"', f'encoding="{encoding}"')
        sent = text.encode(encoding, "replace")
        headers = {**answer.headers, **({"Content-Type": f"text/html; charset={charset}"} if charset else {})}
        return Answer(answer.status, headers, [sent], answer.code, answer.text, length=len(sent))

    return Fault(f"recoded {encoding}", play)


def headed(change: Callable[[bytes], bytes] = bytes, length: int = 0, **headers: str) -> Fault:
    """The right answer with its bytes changed, with further headers, and a Content-Length that is wrong by `length`."""

    def play(answer: Answer, _: Moment) -> Answer:
        sent = change(b"".join(answer.body))
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        cut: Literal["close"] | None = "close" if length > 0 else None
        return Answer(
            answer.status, {**answer.headers, **named}, [sent], answer.code, length=len(sent) + length, cut=cut
        )

    return Fault("headed", play)


def inside(content: str) -> Callable[[], Fault]:
    """The right answer with something put into its middle, after a complete line."""

    def change(good: bytes) -> bytes:
        start = good.index(b"</ResponseStatus>") + len(b"</ResponseStatus>")
        middle = good.find(b">\r\n", start + (len(good) - start) // 2)
        return (
            good[: middle + 1] + content.encode("utf-8", "surrogatepass") + good[middle + 1 :] if middle > 0 else good
        )

    return lambda: faults.transform(change)


def before_root(content: str) -> Callable[[], Fault]:
    """The right answer with something put before its root element."""
    return lambda: faults.transform(lambda good: good.replace(b"<Root>", content.encode() + b"<Root>", 1))


def other_list(rows: str) -> str:
    """A good reply of a resource that was not asked."""
    return f"<Root><ResponseStatus><Status>OK</Status></ResponseStatus><ProductList>{rows}</ProductList></Root>"


def prefixed(good: bytes) -> bytes:
    """The reply with all its elements in a namespace that has a prefix."""
    return re.sub(rb"<(/?)(?=[A-Za-z])", rb"<\1n:", good).replace(b"<n:Root", b'<n:Root xmlns:n="urn:x"', 1)


BILLION_LAUGHS = (
    "<!DOCTYPE Root ["
    + '<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    + "]>"
)
EXTERNAL_ENTITY = '<!DOCTYPE Root [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
OK_AGAIN = "<ResponseStatus><Status>OK</Status></ResponseStatus>"
FAILED_AT_END = "<ResponseStatus><Status>FAILED</Status><Status>TECHNICAL_ERROR :: Virhe</Status></ResponseStatus>"
UNREADABLE = "Netvisor answered {resource} with something that is not a complete Netvisor reply"
OTHER_LIST = UNREADABLE + " (it says OK and has no list: ProductList is in its place); try again later."
INTERCEPTED = (
    "The request to {resource} was refused with a page that is not Netvisor's, so most likely by a proxy or a firewall "
    "between this machine and Netvisor"
)
UNAVAILABLE = "Netvisor is not available (HTTP 5"
BROKEN = "The connection to Netvisor failed or broke off at {resource}; check the network and try again."
REFUSED = "Netvisor refused the request to {resource}"
ADDRESS = "check the Netvisor address of the configuration, and report it to the developers if that is right."
NO_CODE = "Netvisor answered {resource} with an error without a code; try again later, and report it if it stays."
REDIRECT = "The Netvisor address answered {resource} with a redirect"
REFUSED_KEYS = (
    "AUTHENTICATION_FAILED: Netvisor refused the credentials; check the API User ID, the API Key, the Business ID"
)

CLASSES: dict[str, list[FaultCase]] = {"the connection": [
    FaultCase("connection closed without an answer", faults.refuse_connection, "survived", "stream fails", BROKEN),
    FaultCase("connection reset without an answer", lambda: faults.refuse_connection(reset=True),
              "survived", "stream fails", BROKEN),
    FaultCase("reset in the middle of the body", faults.reset, "survived", "stream fails", BROKEN),
    FaultCase("no answer within the time-out", lambda: faults.delay(4), "survived", "stream fails",
              "Netvisor did not answer {resource} in time; try again later, best outside office hours."),
    FaultCase("a reply that stalls in the middle", lambda: faults.drip(4, piece=150), "survived", "stream fails",
              "Netvisor did not answer {resource} in time; try again later, best outside office hours."),
    FaultCase("a reply that drips for ever, a few bytes at a time", lambda: faults.drip(0.1, piece=16),
              "survived", "stream fails",
              "Netvisor did not answer {resource} in time; try again later, best outside office hours."),
    FaultCase("a slow reply that is faster than a drip", lambda: faults.drip(0.001, piece=2000), "survived", "survived",
              check="succeeds"),
], "the length of the body": [
    FaultCase("body cut, by HTTP complete", lambda: faults.truncate(300, "right_length"),
              "survived", "stream fails", UNREADABLE + " (a reply that breaks off); try again later."),
    FaultCase("body cut, Content-Length says more", lambda: faults.truncate(300, "wrong_length"),
              "survived", "stream fails", BROKEN),
    FaultCase("body cut, the last chunk is missing", lambda: faults.truncate(300, "no_last_chunk"),
              "survived", "stream fails", BROKEN),
    FaultCase("body cut, all chunks are there", lambda: faults.truncate(300, "all_chunks"),
              "survived", "stream fails", UNREADABLE + " (a reply that breaks off); try again later."),
    FaultCase("Content-Length too short by 40 bytes", lambda: headed(length=-40), "survived", "stream fails",
              UNREADABLE + " (a reply that breaks off); try again later."),
    FaultCase("Content-Length too long by 40 bytes", lambda: headed(length=40), "survived", "stream fails", BROKEN),
    FaultCase("empty body", lambda: body(""), "survived", "stream fails", UNREADABLE + " (no XML); try again later."),
], "what the body is called": [
    FaultCase("wrong charset in the header", lambda: headed(Content_Type="text/html; charset=iso-8859-1"),
              "survived", "survived", check="succeeds"),
    FaultCase("charset that does not exist", lambda: headed(Content_Type="text/xml; charset=klingon"),
              "survived", "survived", check="succeeds"),
    FaultCase("gzip", faults.gzip, "survived", "survived", check="succeeds"),
    FaultCase("gzip announced, not sent", lambda: headed(Content_Encoding="gzip"), "survived", "stream fails", BROKEN),
    FaultCase("gzip twice, and said so",
              lambda: headed(lambda good: gzip.compress(gzip.compress(good)), Content_Encoding="gzip, gzip"),
              "survived", "survived", check="succeeds"),
    FaultCase("gzip twice, announced once",
              lambda: headed(lambda good: gzip.compress(gzip.compress(good)), Content_Encoding="gzip"),
              "survived", "stream fails", UNREADABLE),
    FaultCase("gzip in two members, called x-gzip",
              lambda: headed(lambda good: gzip.compress(good[:200]) + gzip.compress(good[200:]),
                             Content_Encoding="x-gzip"),
              "survived", "survived", check="succeeds"),
    FaultCase("zstd announced, not sent", lambda: headed(Content_Encoding="zstd"), "survived", "survived",
              check="succeeds"),
    FaultCase("deflate", lambda: headed(zlib.compress, Content_Encoding="deflate"), "survived", "survived",
              check="succeeds"),
    FaultCase("brotli announced, not sent", lambda: headed(Content_Encoding="br"), "survived", "survived",
              check="succeeds"),
    FaultCase("gzip that breaks off", lambda: headed(lambda good: gzip.compress(good)[:-60], Content_Encoding="gzip"),
              "survived", "stream fails", UNREADABLE),
    FaultCase("gzip with damage inside",
              lambda: headed(lambda good: _damaged(gzip.compress(good)), Content_Encoding="gzip"),
              "survived", "stream fails", BROKEN),
    FaultCase("UTF-8 with a byte order mark", lambda: headed(lambda good: b"\xef\xbb\xbf" + good),
              "survived", "survived", check="succeeds"),
    FaultCase("UTF-16 with a byte order mark", lambda: recoded("utf-16"), "survived", "survived", check="succeeds"),
    FaultCase("UTF-16 without a byte order mark", lambda: recoded("utf-16-le"), "survived", "survived",
              check="succeeds"),
    FaultCase("UTF-32 with a byte order mark", lambda: recoded("utf-32"), "survived", "survived", check="succeeds"),
    FaultCase("ISO-8859-15 as its prolog says, UTF-8 as the header says", lambda: recoded("iso-8859-15", "utf-8"),
              "survived", "survived", check="succeeds"),
    FaultCase("an encoding in the prolog that nobody knows",
              lambda: faults.substitute('encoding="utf-8"', 'encoding="klingon"'),
              "survived", "survived", check="succeeds"),
    FaultCase("cookies", lambda: headed(Set_Cookie="session=" + "x" * 3000), "survived", "survived", check="succeeds"),
], "other people's pages": [
    FaultCase("maintenance page with HTTP 200", faults.maintenance_page, "survived", "stream fails", UNREADABLE),
    FaultCase("maintenance page with HTTP 503", lambda: faults.maintenance_page(503),
              "survived", "stream fails", UNAVAILABLE),
    FaultCase("HTTP 500 with a page", lambda: faults.http_status(500), "survived", "stream fails", UNAVAILABLE),
    FaultCase("HTTP 502 without a body", lambda: faults.http_status(502, ""), "survived", "stream fails", UNAVAILABLE),
    FaultCase("HTTP 404 with a page", lambda: faults.http_status(404), "stream fails", "stream fails",
              "Netvisor does not know the resource {resource}; check the Netvisor address of the configuration.",
              retried=False),
    FaultCase("HTTP 403 with a page", lambda: faults.http_status(403), "stream fails", "stream fails",
              INTERCEPTED, retried=False),
    FaultCase("HTTP 400 with a page", lambda: faults.http_status(400), "stream fails", "stream fails",
              INTERCEPTED, retried=False),
    FaultCase("HTTP 403 without a body", lambda: faults.http_status(403, ""), "stream fails", "stream fails",
              "SERVICE_ACCESS_ERROR: the resource {resource} is blocked for this integration.", retried=False),
    FaultCase("HTTP 421, another connection is wanted", lambda: faults.http_status(421), "survived", "stream fails",
              "Netvisor is not available (HTTP 421 at {resource}); try again later."),
    FaultCase("HTTP 511, a network that asks for a login", lambda: faults.http_status(511), "stream fails",
              "stream fails", "The network between this machine and Netvisor asks for a login (HTTP 511 at {resource})",
              retried=False),
    FaultCase("HTTP 999, which is none", lambda: faults.http_status(999), "survived", "stream fails",
              "Netvisor is not available (HTTP 999 at {resource}); try again later."),
    FaultCase("HTTP 418, which nobody knows", lambda: faults.http_status(418), "stream fails", "stream fails",
              f"{REFUSED} (HTTP 418); {ADDRESS}", retried=False),
    FaultCase("HTTP 401 with a page", lambda: faults.http_status(401), "stream fails", "stream fails", INTERCEPTED,
              retried=False),
    FaultCase("HTTP 401 without a body", lambda: faults.http_status(401, ""), "sync stops", "sync stops", REFUSED_KEYS,
              retried=False),
    FaultCase("HTTP 407 with a page", lambda: faults.http_status(407), "stream fails", "stream fails",
              "A proxy between this machine and Netvisor asks for credentials (HTTP 407 at {resource})", retried=False),
    FaultCase("HTTP 451 with a page", lambda: faults.http_status(451), "stream fails", "stream fails",
              f"{REFUSED} (HTTP 451); {ADDRESS}", retried=False),
    FaultCase("HTTP 304, not modified", lambda: faults.http_status(304, ""), "stream fails", "stream fails",
              f"{REFUSED} (HTTP 304); {ADDRESS}", retried=False),
    FaultCase("HTTP 204 with a page all the same", lambda: faults.http_status(204), "survived", "stream fails",
              UNREADABLE + " (no XML); try again later."),
    FaultCase("HTTP 204, no content", lambda: faults.http_status(204, ""), "survived", "stream fails",
              UNREADABLE + " (no XML); try again later."),
    FaultCase("a page of JSON", lambda: body('{"error": "no"}'), "survived", "stream fails",
              UNREADABLE + " (no XML); try again later."),
    FaultCase("HTTP 429 without Retry-After", faults.too_many_requests, "survived", "stream fails",
              "Netvisor asks for fewer requests (HTTP 429 at {resource}); try again later."),
    FaultCase("HTTP 429 with Retry-After of a moment", lambda: faults.too_many_requests("0"), "survived",
              "stream fails", "Netvisor asks for fewer requests (HTTP 429 at {resource}); try again later."),
    FaultCase("HTTP 429 with Retry-After of a year", lambda: faults.too_many_requests(31_536_000),
              "stream fails", "stream fails",
              "Netvisor asks for fewer requests (HTTP 429 at {resource}); try again later.", retried=False),
    FaultCase("HTTP 429 with a negative Retry-After", lambda: faults.too_many_requests("-5"), "survived",
              "stream fails", "Netvisor asks for fewer requests (HTTP 429 at {resource}); try again later."),
    FaultCase("HTTP 429 with Retry-After as a date gone by",
              lambda: faults.too_many_requests("Wed, 21 Oct 2015 07:28:00 GMT"), "survived", "stream fails",
              "Netvisor asks for fewer requests (HTTP 429 at {resource}); try again later."),
    FaultCase("HTTP 429 with Retry-After as a date without a zone",
              lambda: faults.too_many_requests("Wed, 21 Oct 2015 07:28:00 -0000"), "survived", "stream fails",
              "Netvisor asks for fewer requests (HTTP 429 at {resource}); try again later."),
    FaultCase("HTTP 429 with a Retry-After of words", lambda: faults.too_many_requests("soon"), "survived",
              "stream fails", "Netvisor asks for fewer requests (HTTP 429 at {resource}); try again later."),
    FaultCase("redirect to another host", lambda: faults.redirect("http://127.0.0.1:9/accountlist.nv"),
              "sync stops", "sync stops", REDIRECT, retried=False),
    FaultCase("permanent redirect to a relative address", lambda: faults.redirect("/login", 301),
              "sync stops", "sync stops", REDIRECT, retried=False),
], "Netvisor's own errors": [
    FaultCase("SYSTEM_MAINTENANCE", lambda: faults.netvisor_code("SYSTEM_MAINTENANCE"), "survived", "stream fails",
              "SYSTEM_MAINTENANCE: Netvisor is under maintenance; try again later."),
    FaultCase("SYSTEM_MAINTANANCE (Netvisor's other spelling)", lambda: faults.netvisor_code("SYSTEM_MAINTANANCE"),
              "survived", "stream fails", "SYSTEM_MAINTANANCE: Netvisor is under maintenance; try again later."),
    FaultCase("TECHNICAL_ERROR", lambda: faults.netvisor_code("TECHNICAL_ERROR"), "survived", "stream fails",
              "TECHNICAL_ERROR: Netvisor had a technical error while answering {resource}; try again later."),
    FaultCase("TECHNICAL_ERROR with HTTP 200", lambda: failed("FAILED", "TECHNICAL_ERROR :: Virhe"), "survived",
              "stream fails",
              "TECHNICAL_ERROR: Netvisor had a technical error while answering {resource}; try again later."),
    FaultCase("REQUEST_NOT_UNIQUE", lambda: faults.netvisor_code("REQUEST_NOT_UNIQUE"), "survived", "stream fails",
              "REQUEST_NOT_UNIQUE: Netvisor says that the request to {resource} was sent before"),
    FaultCase("SERVICE_ACCESS_ERROR", lambda: faults.netvisor_code("SERVICE_ACCESS_ERROR"),
              "stream fails", "stream fails",
              "SERVICE_ACCESS_ERROR: the resource {resource} is blocked for this integration. In Netvisor, open",
              retried=False),
    FaultCase("INVALID_DATA", lambda: faults.netvisor_code("INVALID_DATA"), "stream fails", "stream fails",
              "INVALID_DATA: Netvisor did not accept the request to {resource}; please report it to the developers.",
              check="tells", retried=False),
    FaultCase("AUTHENTICATION_FAILED", lambda: faults.netvisor_code("AUTHENTICATION_FAILED"),
              "sync stops", "sync stops", REFUSED_KEYS, retried=False),
    FaultCase("wrong MAC, with the signed string in the error text",
              lambda: failed("FAILED", f"AUTHENTICATION_FAILED :: {ECHO.replace('&', '&amp;')}", http_status=401),
              "sync stops", "sync stops", REFUSED_KEYS, retried=False),
    FaultCase("the signed string with both keys and markup in it",
              lambda: failed("FAILED", f"AUTHENTICATION_FAILED :: &lt;b&gt;{USER_ID}&amp;{USER_KEY}&amp;{PARTNER_KEY}"),
              "sync stops", "sync stops", REFUSED_KEYS, retried=False),
    FaultCase("a code that nobody knows", lambda: faults.netvisor_code("FLUX_CAPACITOR"), "survived", "stream fails",
              "Netvisor answered {resource} with the unknown error FLUX_CAPACITOR; try again later"),
    FaultCase("FAILED with one Status", lambda: faults.odd_frame("one_status"), "survived", "stream fails", NO_CODE),
    FaultCase("FAILED and its reason in one Status", lambda: failed("FAILED TECHNICAL_ERROR :: Virhe"), "survived",
              "stream fails", "Netvisor answered {resource} with"),
    FaultCase("FAILED with three Status elements", lambda: failed("FAILED", "Virhe", "TECHNICAL_ERROR :: Virhe"),
              "survived", "stream fails", "TECHNICAL_ERROR: Netvisor had a technical error while answering {resource}"),
    FaultCase("FAILED in lower case", lambda: failed("failed", "technical_error :: Virhe"), "survived", "stream fails",
              "TECHNICAL_ERROR: Netvisor had a technical error while answering {resource}"),
    FaultCase("ResponseStatus without Status", lambda: faults.odd_frame("no_status"), "survived", "stream fails",
              UNREADABLE + " (a ResponseStatus without a status); try again later."),
    FaultCase("ResponseStatus with an empty Status", lambda: faults.odd_frame("empty_status"), "survived",
              "stream fails", NO_CODE),
    FaultCase("OK, and then FAILED", lambda: failed("OK", "FAILED", "TECHNICAL_ERROR :: Virhe"), "survived",
              "stream fails", "TECHNICAL_ERROR: Netvisor had a technical error while answering {resource}"),
    FaultCase("OK at the beginning, FAILED at the end",
              lambda: faults.substitute("</Root>", f"{FAILED_AT_END}</Root>"), "survived", "stream fails",
              UNREADABLE + " (it says OK first, and further down: FAILED TECHNICAL_ERROR :: Virhe"),
    FaultCase("OK at the beginning, FAILED with 20 kB of words at the end",
              lambda: faults.substitute("</Root>", FAILED_AT_END.replace("Virhe", "Virhe " * 3500) + "</Root>"),
              "survived", "stream fails",
              UNREADABLE + " (it says OK first, and further down: FAILED TECHNICAL_ERROR :: Virhe"),
    FaultCase("OK, with an error behind it and an empty list",
              lambda: body(other_list("").replace("OK</Status>", "OK</Status><Status>TECHNICAL_ERROR :: x</Status>")),
              "survived", "stream fails", "TECHNICAL_ERROR: Netvisor had a technical error while answering {resource}"),
    FaultCase("OK twice", lambda: faults.substitute("</Root>", f"{OK_AGAIN}</Root>"),
              "survived", "survived", check="succeeds"),
    FaultCase("FAILED without TimeStamp", lambda: faults.odd_frame("no_time_stamp"), "survived", "stream fails",
              "TECHNICAL_ERROR: Netvisor had a technical error while answering {resource}"),
    FaultCase("an error text without a code", lambda: faults.odd_frame("no_code"), "survived", "stream fails", NO_CODE),
    FaultCase("no ResponseStatus", lambda: faults.odd_frame("no_response_status"), "survived", "stream fails",
              UNREADABLE + " (no ResponseStatus); try again later."),
    FaultCase("OK with HTTP 500", lambda: faults.raw(
                  b"<Root><ResponseStatus><Status>OK</Status></ResponseStatus></Root>", 500),
              "survived", "stream fails", UNAVAILABLE),
    FaultCase("error text with markup and line breaks",
              lambda: failed("FAILED", "TECHNICAL_ERROR :: &lt;script&gt;x&lt;/script&gt;\r\n\r\nrivi &amp; 2.\x0bx"),
              "survived", "stream fails", "TECHNICAL_ERROR: Netvisor had a technical error while answering {resource}"),
    FaultCase("error text of 100 kB", lambda: failed("FAILED", "TECHNICAL_ERROR :: " + "Virhe " * 17_000),
              "survived", "stream fails", "TECHNICAL_ERROR: Netvisor had a technical error while answering {resource}"),
    FaultCase("error text with a person's identity code",
              lambda: failed("FAILED", f"TECHNICAL_ERROR :: Employee {IDENTITY_CODE} has no contract"),
              "survived", "stream fails", "TECHNICAL_ERROR: Netvisor had a technical error while answering {resource}"),
    FaultCase("another resource's reply", lambda: body(other_list("<Product><Name>x</Name></Product>" * 2)),
              "survived", "stream fails", OTHER_LIST),
    FaultCase("another resource's reply with one row",
              lambda: body(other_list("<Product><NetvisorKey>1</NetvisorKey></Product>")),
              "survived", "stream fails", OTHER_LIST),
    FaultCase("another resource's reply, a list inside a list",
              lambda: body(other_list("<Items><Product><NetvisorKey>1</NetvisorKey></Product></Items>")),
              "survived", "stream fails", OTHER_LIST),
], "XML": [
    FaultCase("XML 1.1", lambda: faults.substitute('version="1.0"', 'version="1.1"'), "survived", "survived",
              check="succeeds"),
    FaultCase("a namespace", lambda: faults.substitute("<Root>", '<Root xmlns="http://example.invalid/">'),
              "survived", "survived", check="succeeds"),
    FaultCase("a namespace with a prefix", lambda: faults.transform(prefixed), "survived", "survived",
              check="succeeds"),
    FaultCase("all names in upper case", lambda: faults.transform(
                  lambda good: re.sub(rb"</?[A-Za-z]+", lambda tag: tag[0].upper(), good)),
              "survived", "survived", check="succeeds"),
    FaultCase("all texts as CDATA", lambda: faults.transform(
                  lambda good: re.sub(rb">([^<>&\s][^<>&]*)<", rb"><![CDATA[\1]]><", good)),
              "survived", "survived", check="succeeds"),
    FaultCase("a line break before the prolog", lambda: faults.transform(lambda good: b"\r\n" + good),
              "survived", "survived", check="succeeds"),
    FaultCase("10 kB of blanks behind the end", lambda: faults.transform(lambda good: good + b" " * 10_000),
              "survived", "survived", check="succeeds"),
    FaultCase("a document type without entities", before_root("<!DOCTYPE Root>"), "survived", "stream fails",
              UNREADABLE),
    FaultCase("an XML bomb of nested entities", before_root(BILLION_LAUGHS), "survived", "stream fails", UNREADABLE),
    FaultCase("an external entity", before_root(EXTERNAL_ENTITY), "survived", "stream fails", UNREADABLE),
    FaultCase("a document type behind a processing instruction that looks like a root",
              before_root(f"<?x <Root> ?>{BILLION_LAUGHS}"), "survived", "stream fails", UNREADABLE),
    FaultCase("elements nested 10,000 deep", inside("<d>" * 10_000 + "</d>" * 10_000), "stream fails",
              "stream fails", "A record of the reply has elements nested deeper than 100 levels", check="succeeds",
              retried=False),
    FaultCase("a start tag that nobody closes", inside("<Open>"), "survived", "stream fails", UNREADABLE),
    FaultCase("markup that is no XML", inside("a < b & c"), "survived", "stream fails", UNREADABLE),
    FaultCase("an entity that XML does not know", inside("&nbsp;"), "survived", "stream fails", UNREADABLE),
    FaultCase("NUL bytes and control characters", inside("\0\1\2\x1f"), "survived", "survived", check="succeeds"),
    FaultCase("references to characters that XML forbids", inside("&#x2;&#0;&#xFFFF;&#55296;"), "survived", "survived",
              check="succeeds"),
    FaultCase("half a surrogate", inside("\ud83d"), "survived", "survived", check="succeeds", text="\ufffd" * 3),
    FaultCase("a byte order mark in the middle", inside("\ufeff"), "survived", "survived", check="succeeds",
              text="\ufeff"),
    FaultCase("comments and processing instructions", inside("<!-- <Voucher> --><?php die() ?>"),
              "survived", "survived", check="succeeds"),
    FaultCase("a second document behind the first", lambda: faults.transform(lambda good: good + good),
              "survived", "stream fails", UNREADABLE),
    FaultCase("words behind the end", lambda: faults.transform(lambda good: good + b"\r\nProcessing time 12 ms"),
              "survived", "stream fails", UNREADABLE),
]}  # fmt: skip
"""Every fault, by what is wrong."""
CASES = [case for cases in CLASSES.values() for case in cases]


def _damaged(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes(255 - byte for byte in data[middle : middle + 8]) + data[middle + 8 :]
