"""One call after the other to Airbyte: signing in, patience, lists of pages."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import httpx
from airbyte_api import AirbyteAPI

from netvisor_fleet.airbyte import readings
from netvisor_fleet.airbyte.access import Access, SignIn
from netvisor_fleet.airbyte.failures import AirbyteFailure, unreadable
from netvisor_fleet.airbyte.patience import Patience
from netvisor_fleet.airbyte.plain_calls import PlainCalls

_T = TypeVar("_T")
PAGE = 100
"""Things on a page of a list; the most that Airbyte gives."""
TIMEOUT_SECONDS = 360.0
"""Making a connection waits for the connector's discover, which starts a pod."""


class Calls:
    """Calls to one Airbyte.

    Args:
        access: address and credentials.
        patience: how failed calls are repeated.
        timeout: seconds for one call.
    """

    def __init__(self, access: Access, patience: Patience | None = None, timeout: float = TIMEOUT_SECONDS) -> None:
        self.access = access
        self._patience = patience or Patience()
        self._http = httpx.Client(timeout=httpx.Timeout(timeout, connect=min(timeout, 20.0)), follow_redirects=False)
        self._sign_in = SignIn(access, self._http)
        # the client's own debug log would hold keys; it is never switched on
        silent = logging.getLogger("netvisor_fleet.silent")
        silent.disabled = True
        self.client = AirbyteAPI(
            server_url=access.server_url, security=self._sign_in.security, client=self._http, debug_logger=silent
        )
        self._plain = PlainCalls(self.client.sdk_configuration, parent_ref=self.client)

    def __enter__(self) -> Calls:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def typed(self, doing: str, call: Callable[[], _T], *, repeatable: bool = True) -> _T:
        """One call of the official client, with patience.

        Args:
            doing: what it does, for messages.
            call: one attempt.
            repeatable: whether a second attempt is harmless if the first was carried out.

        Raises:
            AirbyteFailure: it failed in the end.
        """
        return self._patience.call(doing, call, repeatable=repeatable, signed_out=self._sign_in.forget)

    def plain(
        self, doing: str, method: str, path: str, *, body: Any = None, query: Mapping[str, str] | None = None,
        base_url: str | None = None, repeatable: bool = True,
    ) -> Any:  # fmt: skip
        """One call as plain JSON, with patience; see `plain_calls`."""
        url = (base_url or self.access.server_url) + path
        return self.typed(doing, lambda: self._plain.call(method, url, body=body, query=query), repeatable=repeatable)

    def delete(self, doing: str, path: str) -> None:
        """Removes something; what is gone already is no failure."""
        try:
            self.plain(doing, "DELETE", path)
        except AirbyteFailure as failure:
            if failure.status != 404:
                raise

    def pages(self, doing: str, path: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
        """All rows of a list that comes in pages."""
        return list(self._rows(doing, path, query))

    def _rows(self, doing: str, path: str, query: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        # Airbyte announces a next page as long as the present one has rows; the end is a page without new ones
        seen: set[str] = set()
        while True:
            page = self.plain(doing, "GET", path, query={**query, "limit": str(PAGE), "offset": str(len(seen))})
            rows = page.get("data") if isinstance(page, dict) else None
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise unreadable(doing)
            fresh = [row for row in rows if readings.identity(row) not in seen]
            if not fresh:
                return
            seen |= {readings.identity(row) for row in fresh}
            yield from fresh


def there(thing: _T | None, doing: str) -> _T:
    """What was answered.

    Raises:
        AirbyteFailure: nothing was.
    """
    if thing is None:
        raise unreadable(doing)
    return thing


def path_id(text: str) -> str:
    """An ID that goes into an address: a UUID, whatever a server answered."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise unreadable("read an ID") from None
