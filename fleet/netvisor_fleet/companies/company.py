"""One company of the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from netvisor_fleet.companies.key import Key
from netvisor_fleet.companies.streams import StreamChoice


@dataclass(frozen=True)
class Company:
    """What the list says of a company.

    Args:
        line: of the list, for messages.
        schedule: a cron expression, `manual`, or None for a minute of the night.
        contact: whom to write to about the company's rights; may be empty.
        options: other fields of the connector's form, as `language`.
    """

    line: int
    company_name: str
    business_id: str
    api_user_id: str
    api_key: Key
    start_date: str | None
    streams: StreamChoice
    schedule: str | None
    tags: tuple[str, ...]
    contact: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def namespace(self) -> str:
        """Where its tables go: a schema of its own."""
        return namespace(self.business_id)

    @property
    def source_name(self) -> str:
        """By which a person, and this tool, finds the source again."""
        return f"{self.company_name} ({self.business_id})"


def namespace(business_id: str) -> str:
    """`netvisor_1967543_8`."""
    return "netvisor_" + business_id.replace("-", "_")
