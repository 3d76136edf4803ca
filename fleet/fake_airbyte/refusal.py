"""How the fake says no: Airbyte's problem document."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any


class Refusal(Exception):
    """An answer that is not a success.

    Args:
        status: of HTTP.
        message: for a person.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    def document(self) -> dict[str, Any]:
        """What is answered."""
        return {
            "status": self.status,
            "type": "https://reference.airbyte.com/reference/errors",
            "title": "fake",
            "data": {"message": self.message},
        }


def only(body: Any, required: Collection[str], optional: Collection[str] = ()) -> Mapping[str, Any]:
    """An object with these properties and no others.

    Raises:
        Refusal: 400.
    """
    if not isinstance(body, Mapping):
        raise Refusal(400, "The body is no JSON object.")
    missing = sorted(set(required) - body.keys())
    unknown = sorted(body.keys() - set(required) - set(optional))
    if missing or unknown:
        raise Refusal(400, f"Missing: {missing}. Unknown: {unknown}.")
    return body
