"""What can go wrong with a call to Airbyte, as one sentence."""

from __future__ import annotations

import json
from typing import Any

from netvisor_fleet.secrecy import safe


class AirbyteFailure(Exception):
    """A call that failed.

    Args:
        sentence: what happened and what to do.
        status: HTTP status; None where there was no answer.
        uncertain: whether the call may have been carried out all the same.
        retry_after: seconds that Airbyte asks to wait, where it says so.
    """

    def __init__(
        self, sentence: str, status: int | None = None, *, uncertain: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.uncertain = uncertain
        self.retry_after = retry_after

    @property
    def passing(self) -> bool:
        """Another attempt may succeed."""
        return self.status is None or self.status in (408, 425, 429) or self.status >= 500


def of_status(doing: str, status: int, body: str, retry_after: str | None) -> AirbyteFailure:
    """The failure that an HTTP status means.

    Args:
        doing: what was tried, as "make the source".
        status: 400 or more.
        body: Airbyte's problem document, or anything else.
        retry_after: the header, in seconds or as a date, which is not read.
    """
    said = _words(body)
    words = f" Airbyte says: {said}" if said else ""
    wait = float(retry_after) if retry_after and retry_after.replace(".", "", 1).isdigit() else None
    again = "run the command again"
    if status == 401:
        sentence = f"Airbyte refused the credentials (HTTP 401, {doing}); check the client ID and secret, or the token."
    elif status == 403:
        sentence = (
            f"Airbyte does not allow to {doing} (HTTP 403); check the workspace, and that the application may edit it."
        )
    elif status == 404:
        sentence = f"Airbyte did not find what it needs to {doing} (HTTP 404); check the address, and {again}."
    elif status == 429:
        sentence = f"Airbyte asks for fewer calls (HTTP 429, {doing}); {again} later."
    elif status >= 500:
        sentence = f"Airbyte could not {doing} (HTTP {status}); {again}, and look at Airbyte's server if it stays."
    else:
        sentence = f"Airbyte refused to {doing} (HTTP {status})."
    return AirbyteFailure(sentence + words, status, uncertain=status >= 500 or status == 408, retry_after=wait)


def unanswered(doing: str, error: Exception) -> AirbyteFailure:
    """The network failed, or the answer did not come in time."""
    return AirbyteFailure(
        f"Airbyte did not answer ({doing}; {type(error).__name__}); check its address and the network, and run the "
        "command again.",
        uncertain=True,
    )


def unreadable(doing: str) -> AirbyteFailure:
    """The answer is not what Airbyte's API describes."""
    return AirbyteFailure(
        f"Airbyte's answer could not be read ({doing}); check that the address is that of Airbyte's API, which ends "
        "with /api/public/v1, or with /v1 in Airbyte Cloud.",
        uncertain=True,
    )


def _words(body: str) -> str:
    try:
        problem: Any = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(problem, dict):
        return ""
    data = problem.get("data")
    words = [data.get("message")] if isinstance(data, dict) else []
    words += [problem.get(name) for name in ("detail", "message", "title")]
    return next((safe(text, 300) for text in words if isinstance(text, str) and text.strip()), "")
