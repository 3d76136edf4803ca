"""Netvisor's signature: every request authenticates itself, there is no session and no token.

The HMACSHA256 form of May 2025 (support article 766842, announcement 77000290155): both keys are part of the signed
string and form the HMAC key; neither is ever sent. Each attempt needs its own transaction id and timestamp, so the
signing is done where `requests` prepares the request, with the URL exactly as it will be sent.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from requests import PreparedRequest
from requests.auth import AuthBase

from source_netvisor import clock

PREFIX = "X-Netvisor-Authentication-"
SENDER = "Airbyte source-netvisor"
"""The name of this integration, ASCII so that the encodings of the documents agree on it."""


def message_authentication_code(
    *, url: str, sender: str, customer_id: str, timestamp: str, language: str, organisation_id: str,
    transaction_id: str, timestamp_unix: str, customer_key: str, partner_key: str,
) -> str:  # fmt: skip
    """The MAC as lower-case hexadecimal (string and key: ISO-8859-1, values joined by `&`, in this order).

    The partner's id is not part of the string.
    """
    values = (
        url, sender, customer_id, timestamp, language, organisation_id, transaction_id, timestamp_unix,
        customer_key, partner_key,
    )  # fmt: skip
    key = f"{customer_key}&{partner_key}"
    return hmac.new(
        key.encode("iso-8859-1", "replace"), "&".join(values).encode("iso-8859-1", "replace"), hashlib.sha256
    ).hexdigest()


@dataclass(frozen=True)
class NetvisorAuthenticator(AuthBase):
    """Signs a request when it is prepared; holds nothing that changes, so threads may share it.

    Args:
        customer_id: the API user's identifier (`api_user_id` of the form).
        customer_key: the API user's key.
        partner_id: the integration partner's identifier.
        partner_key: the integration partner's key.
        organisation_id: the company's Business ID.
        language: FI, EN or SE: the language of error texts and of some values.
        now: the present moment, in UTC; this machine's clock where none is given.
    """

    customer_id: str
    customer_key: str = field(repr=False)
    partner_id: str
    partner_key: str = field(repr=False)
    organisation_id: str
    language: str
    now: Callable[[], datetime] | None = None

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Adds the headers of a fresh attempt."""
        moment = self.now() if self.now is not None else clock.now()
        request.headers.update(self.headers(request.url or "", moment, uuid.uuid4().hex))
        return request

    def headers(self, url: str, moment: datetime, transaction_id: str) -> dict[str, str]:
        """The headers of protocol page 766842 for one attempt.

        Args:
            url: the whole URL as sent, query included.
            moment: now, in UTC.
            transaction_id: never used before with this partner.
        """
        timestamp = moment.strftime("%Y-%m-%d %H:%M:%S.") + f"{moment.microsecond // 1000:03d}"
        timestamp_unix = str(int(moment.timestamp()))
        mac = message_authentication_code(
            url=url, sender=SENDER, customer_id=self.customer_id, timestamp=timestamp, language=self.language,
            organisation_id=self.organisation_id, transaction_id=transaction_id, timestamp_unix=timestamp_unix,
            customer_key=self.customer_key, partner_key=self.partner_key,
        )  # fmt: skip
        return {
            f"{PREFIX}Sender": SENDER,
            f"{PREFIX}CustomerId": self.customer_id,
            f"{PREFIX}PartnerId": self.partner_id,
            f"{PREFIX}Timestamp": timestamp,
            f"{PREFIX}TimestampUnix": timestamp_unix,
            f"{PREFIX}TransactionId": transaction_id,
            "X-Netvisor-Interface-Language": self.language,
            "X-Netvisor-Organisation-ID": self.organisation_id,
            f"{PREFIX}MAC": mac,
            f"{PREFIX}MACHashCalculationAlgorithm": "HMACSHA256",
            f"{PREFIX}UseHTTPResponseStatusCodes": "1",
        }
