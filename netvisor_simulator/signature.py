"""Authentication: headers, transaction id and MAC, checked on what came over the wire (article 77000557880).

    message = url&sender&customerId&timestamp&language&organisationId&transactionId&timestampUnix&customerKey&partnerKey
    MAC     = hex(HMAC-SHA256(customerKey&partnerKey, message)), both in ISO-8859-1

This is stricter than Netvisor is known to be: only HMACSHA256, an exact time stamp, five minutes of skew (no
document says how many), a transaction id of at most 36 visible characters (the longest that public clients send).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from .assumptions import ApiAssumptions
from .resource import Refusal

AUTHENTICATION = "x-netvisor-authentication-"
LANGUAGE = "x-netvisor-interface-language"
ORGANISATION = "x-netvisor-organisation-id"
STATUS_CODES = AUTHENTICATION + "usehttpresponsestatuscodes"
SKEW = timedelta(minutes=5)

FORMS = {
    AUTHENTICATION + "sender": r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?",
    AUTHENTICATION + "customerid": r"[\x21-\x7e]+",
    AUTHENTICATION + "partnerid": r"[\x21-\x7e]+",
    AUTHENTICATION + "timestamp": r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}",
    AUTHENTICATION + "timestampunix": r"\d{9,11}",
    AUTHENTICATION + "transactionid": r"[\x21-\x7e]{1,36}",
    AUTHENTICATION + "mac": r"[0-9A-Fa-f]{64}",
    AUTHENTICATION + "machashcalculationalgorithm": r"HMACSHA256",
    LANGUAGE: r"FI|EN|SE",
    ORGANISATION: r"\d{7}-\d",
}
"""The headers that every request carries, and their forms."""

SIGNED = (
    AUTHENTICATION + "sender",
    AUTHENTICATION + "customerid",
    AUTHENTICATION + "timestamp",
    LANGUAGE,
    ORGANISATION,
    AUTHENTICATION + "transactionid",
    AUTHENTICATION + "timestampunix",
)
"""The headers that stand in the message, in its order; the partner's id does not."""

KEYS_NOT_VALID = {
    "EN": "Integration keys are not valid. Please check the keys specific to the user and partner.",
    "FI": "Integraatioavaimet eivät kelpaa. Ole hyvä ja tarkista käyttäjä- ja kumppanikohtaiset avaimet",
    "SE": "Integrationsnycklarna är ogiltiga. Vänligen kontrollera användar- och partnerspecifika nycklar",
}
PARTNER_NOT_FOUND = {
    "EN": "Integration partner not found, check documentation",
    "FI": "Integraatiokumppania ei löydy, katso dokumentaatio",
}
USE_THE_STRING = {
    "FI": "URI-metodi ei kelpaa, katso dokumentaatio. Käytä MAC-tiivisteen laskentaan merkkijonoa: ",
    "EN": "URI method is not valid, check documentation. Use this string to calculate the MAC: ",
}
"""The Finnish text is a recorded one; the English is a translation of it."""

REQUEST_FAILED = "Authentication of the request failed. Check the credentials, HTTP-headers and MAC-calculation."
NOT_UNIQUE = "The transaction ID has already been used. The ID must change in every request."
KEY_PLACEHOLDER = "YOUR_PRIVATE_KEY_HERE"


@dataclass(frozen=True)
class User:
    """A user's API identifier: id, key, and the business ids of the companies that the user has access to."""

    identifier: str
    key: str
    companies: frozenset[str]


def mac(message: str, key: str) -> str:
    """HMAC-SHA256 in lower-case hex.

    Raises:
        UnicodeEncodeError: a character that ISO-8859-1 does not have.
    """
    return hmac.new(key.encode("iso-8859-1"), message.encode("iso-8859-1"), hashlib.sha256).hexdigest()


class Signatures:
    """Checks requests, and remembers every transaction id for as long as it lives.

    Args:
        users: users' API identifiers.
        partners: partner keys by partner id.
        assumptions: of which `mac_mismatch` is played here.
    """

    def __init__(self, users: Iterable[User], partners: Mapping[str, str], assumptions: ApiAssumptions) -> None:
        self.users = {user.identifier: user for user in users}
        self.partners = dict(partners)
        self.assumptions = assumptions
        self._used: set[str] = set()
        self._lock = threading.Lock()

    def verify(self, url: str, headers: Sequence[tuple[str, str]], now: datetime) -> None:
        """Let a well-signed request pass.

        Args:
            url: the simulator's address and the request line's target, byte for byte as received.
            headers: all request headers.
            now: the real time, aware.

        Raises:
            Refusal: AUTHENTICATION_FAILED or REQUEST_NOT_UNIQUE.
        """
        sent = _one_of_each(headers)
        transaction = sent.get(AUTHENTICATION + "transactionid", "")
        with self._lock:
            reused = transaction in self._used
            if transaction:
                self._used.add(transaction)
        _check_forms(sent)
        _check_times(sent, now)
        self._check_mac(url, sent)
        if reused:
            raise Refusal("REQUEST_NOT_UNIQUE", NOT_UNIQUE)

    def _check_mac(self, url: str, sent: Mapping[str, str]) -> None:
        language = sent[LANGUAGE]
        partner_key = self.partners.get(sent[AUTHENTICATION + "partnerid"])
        if partner_key is None:
            raise _failure(PARTNER_NOT_FOUND, language)
        user = self.users.get(sent[AUTHENTICATION + "customerid"])
        # An API identifier is valid in the companies that its user has access to; what Netvisor answers for
        # another company is not documented.
        if user is None or sent[ORGANISATION] not in user.companies:
            raise _failure(KEYS_NOT_VALID, language)
        message = "&".join([url, *(sent[name] for name in SIGNED)])
        right = mac(f"{message}&{user.key}&{partner_key}", f"{user.key}&{partner_key}")
        if hmac.compare_digest(right, sent[AUTHENTICATION + "mac"].lower()):
            return
        if self.assumptions.mac_mismatch == "keys_not_valid":
            raise _failure(KEYS_NOT_VALID, language)
        told = USE_THE_STRING.get(language, USE_THE_STRING["EN"])
        raise Refusal("AUTHENTICATION_FAILED", f"{told}{message}&{KEY_PLACEHOLDER} :: {right.upper()}")


def _failure(texts: Mapping[str, str], language: str) -> Refusal:
    return Refusal("AUTHENTICATION_FAILED", texts.get(language, texts["EN"]))


def _badly_formed(detail: str) -> Refusal:
    return Refusal("AUTHENTICATION_FAILED", f"{REQUEST_FAILED} :: {detail}")


def _one_of_each(headers: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Netvisor's headers by lower-case name."""
    sent: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        if key.startswith("x-netvisor-") and key in sent:
            raise _badly_formed(f"{name} is given twice")
        sent[key] = value
    return sent


def _check_forms(sent: Mapping[str, str]) -> None:
    for name, form in FORMS.items():
        if name not in sent:
            raise _badly_formed(f"{name} is missing")
        if not re.fullmatch(form, sent[name], re.ASCII):
            raise _badly_formed(f"{name} is badly formed")
    if sent.get(STATUS_CODES, "0") not in ("0", "1"):
        raise _badly_formed(f"{STATUS_CODES} is badly formed")


def _check_times(sent: Mapping[str, str], now: datetime) -> None:
    """Both stamps are UTC; the documented example's two differ by hours, so it gives no rule."""
    try:
        stamp = datetime.strptime(sent[AUTHENTICATION + "timestamp"] + "+0000", "%Y-%m-%d %H:%M:%S.%f%z")
    except ValueError:
        raise _badly_formed(f"{AUTHENTICATION}timestamp is no date") from None
    unix = datetime.fromtimestamp(int(sent[AUTHENTICATION + "timestampunix"]), timezone.utc)
    if abs(stamp - unix) > SKEW:
        raise _badly_formed("timestamp and timestampunix are different moments")
    if max(abs(stamp - now), abs(unix - now)) > SKEW:
        raise _badly_formed("timestamp is too far from the server's clock")
