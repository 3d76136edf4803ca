"""Where Airbyte is, and how this tool signs in."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx
from airbyte_api import models

from netvisor_fleet import secrecy
from netvisor_fleet.airbyte import failures

CLOUD = "https://api.airbyte.com/v1"
_REFRESH_SECONDS = 60
"""So long before its end a token is replaced."""


class NoAccess(ValueError):
    """What is missing to reach Airbyte, as a sentence."""


@dataclass(frozen=True)
class Access:
    """The address and one of three kinds of credentials; all come from options or the environment.

    Args:
        server_url: of the public API, as `https://airbyte.example.com/api/public/v1`.
    """

    server_url: str
    token: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    username: str = ""
    password: str = field(default="", repr=False)

    @staticmethod
    def of(server_url: str, environment: Mapping[str, str]) -> Access:
        """Finds the credentials in the environment; they are never arguments, which other users of a machine can see.

        Raises:
            NoAccess: no complete pair of credentials is there.
        """
        access = Access(
            server_url.rstrip("/"),
            token=environment.get("AIRBYTE_TOKEN", ""),
            client_id=environment.get("AIRBYTE_CLIENT_ID", ""),
            client_secret=environment.get("AIRBYTE_CLIENT_SECRET", ""),
            username=environment.get("AIRBYTE_USERNAME", ""),
            password=environment.get("AIRBYTE_PASSWORD", ""),
        )
        for secret in (access.token, access.client_secret, access.password):
            secrecy.keep(secret)
        if not (access.token or (access.client_id and access.client_secret) or (access.username and access.password)):
            raise NoAccess(
                "Airbyte's credentials are missing: set AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET (Airbyte: "
                "Settings > Applications), or AIRBYTE_TOKEN, in the environment."
            )
        return access

    @property
    def configuration_url(self) -> str | None:
        """The address of Airbyte's configuration API beside the public one; Airbyte Cloud has none for users."""
        head, found, _ = self.server_url.rpartition("/api/public/v1")
        return f"{head}/api/v1" if found else None


class SignIn:
    """Gives the client what it signs each call with, and fetches a new token before the old one ends."""

    def __init__(self, access: Access, http: httpx.Client) -> None:
        self._access = access
        self._http = http
        self._lock = threading.Lock()
        self._token = ""
        self._ends = 0.0

    def security(self) -> models.Security:
        """What the client asks for before each call.

        Raises:
            AirbyteFailure: the token could not be fetched.
        """
        access = self._access
        if access.token:
            return models.Security(bearer_auth=access.token)
        if access.client_id:
            return models.Security(bearer_auth=self._fresh_token())
        return models.Security(basic_auth=models.SchemeBasicAuth(username=access.username, password=access.password))

    def forget(self) -> None:
        """Airbyte refused the token: the next call gets a new one."""
        with self._lock:
            self._token = ""

    def _fresh_token(self) -> str:
        with self._lock:
            if not self._token or time.monotonic() > self._ends:
                self._fetch()
            return self._token

    def _fetch(self) -> None:
        doing = "sign in"
        form = {
            "grant_type": "client_credentials",
            "client_id": self._access.client_id,
            "client_secret": self._access.client_secret,
        }
        try:
            reply = self._http.post(f"{self._access.server_url}/applications/token", data=form)
        except httpx.HTTPError as error:
            raise failures.unanswered(doing, error) from None
        if reply.status_code >= 400:
            raise failures.of_status(doing, reply.status_code, reply.text, reply.headers.get("retry-after"))
        try:
            content = reply.json()
            token, seconds = str(content["access_token"]), float(content.get("expires_in", 180))
        except (ValueError, KeyError, TypeError):
            raise failures.unreadable(doing) from None
        secrecy.keep(token)
        self._token, self._ends = token, time.monotonic() + max(seconds - _REFRESH_SECONDS, seconds / 2)
