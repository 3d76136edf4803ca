"""What is asked of Netvisor."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote


@dataclass(frozen=True)
class Request:
    """What is asked: a resource and its parameters, in the order in which they are sent.

    `path` is built here, once, from characters that nobody re-encodes, and is signed and sent as it is.

    Args:
        resource: `accountlist.nv`.
        parameters: names and values.
        expected: what the reply may have beside its status, by normalized names (`frame.expected_elements`); none:
            whatever it has is fine.
        plain: the same request without parameters that Netvisor may refuse (optional_parameters.py).
    """

    resource: str
    parameters: tuple[tuple[str, str], ...] = ()
    expected: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    plain: Request | None = field(default=None, compare=False)

    @property
    def query(self) -> str:
        """`netvisorkeylist=1,2,3&version=2`; commas and colons stay as they are."""
        return "&".join(f"{quote(name, safe='')}={quote(value, safe=',:-.')}" for name, value in self.parameters)

    @property
    def path(self) -> str:
        """Resource and query, without the host."""
        return f"/{self.resource}?{self.query}" if self.parameters else f"/{self.resource}"
