"""Tries a call again where that can help, and never where it could make a thing twice."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import httpx
from airbyte_api import errors

from netvisor_fleet.airbyte import failures
from netvisor_fleet.airbyte.failures import AirbyteFailure

_T = TypeVar("_T")
LONGEST_WAIT = 60.0
"""Seconds; a longer `Retry-After` is not waited for at once."""


@dataclass(frozen=True)
class Patience:
    """How often and how long.

    Args:
        attempts: at most so many calls.
        first_wait: seconds before the second one; each further wait is twice as long.
        sleep: how to wait; tests wait less.
    """

    attempts: int = 6
    first_wait: float = 1.0
    sleep: Callable[[float], None] = time.sleep

    def call(self, doing: str, call: Callable[[], _T], *, repeatable: bool, signed_out: Callable[[], None]) -> _T:
        """Calls until it works.

        Args:
            doing: what the call does, for messages.
            call: one attempt, by the client.
            repeatable: whether a second attempt is harmless if the first was carried out; if not, only calls that were
                certainly refused are repeated.
            signed_out: what to do when the token is refused.

        Raises:
            AirbyteFailure: with one sentence, after the last attempt.
        """
        refreshed = False
        for attempt in range(1, self.attempts + 1):
            try:
                return one_attempt(doing, call)
            except AirbyteFailure as failure:
                if failure.status == 401 and not refreshed:
                    refreshed = True
                    signed_out()
                    continue
                hopeful = failure.passing and (repeatable or not failure.uncertain)
                if not hopeful or attempt == self.attempts:
                    raise
                self.sleep(self._wait(attempt, failure))
        raise AssertionError("the last attempt returns or raises")

    def _wait(self, attempt: int, failure: AirbyteFailure) -> float:
        if failure.retry_after is not None:
            return min(failure.retry_after, LONGEST_WAIT)
        # so that many workers do not come back at the same moment
        longest: float = min(self.first_wait * 2 ** (attempt - 1), LONGEST_WAIT)
        return longest * random.uniform(0.5, 1.0)  # noqa: S311


def one_attempt(doing: str, call: Callable[[], _T]) -> _T:
    """One call, whose failure is an `AirbyteFailure`, whatever the client raises."""
    try:
        return call()
    except errors.ResponseValidationError:
        raise failures.unreadable(doing) from None
    except errors.AirbyteAPIError as error:
        if error.status_code < 400:
            raise failures.unreadable(doing) from None
        raise failures.of_status(doing, error.status_code, error.body, error.headers.get("retry-after")) from None
    except (httpx.HTTPError, errors.NoResponseError) as error:
        raise failures.unanswered(doing, error) from None
    except httpx.InvalidURL:
        raise failures.unreadable(doing) from None
