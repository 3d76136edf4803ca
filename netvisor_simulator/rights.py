"""Rights of interface resources: which of them the customer has allowed for the integration (article 77000498457)."""

from __future__ import annotations

from .resource import Refusal


class Rights:
    """Allowed and blocked resources; changes take effect with the next call.

    Args:
        everything_blocked: as for an integration that the customer has just added: each resource is blocked until
            it is allowed.

    Attributes:
        blocked: resources blocked by name.
        allowed: resources allowed by name; they matter while everything is blocked.
    """

    def __init__(self, everything_blocked: bool = False) -> None:
        self.everything_blocked = everything_blocked
        self.blocked: set[str] = set()
        self.allowed: set[str] = set()

    def block(self, *resources: str) -> None:
        """Block resources by name; without a name, every one."""
        if not resources:
            self.everything_blocked = True
            self.allowed.clear()
        names = {name.lower() for name in resources}
        self.blocked |= names
        self.allowed -= names

    def allow(self, *resources: str) -> None:
        """Allow resources by name; without a name, every one."""
        if not resources:
            self.everything_blocked = False
            self.blocked.clear()
        names = {name.lower() for name in resources}
        self.allowed |= names
        self.blocked -= names

    def permits(self, resource: str) -> bool:
        """May the integration read this resource?"""
        name = resource.lower()
        return name not in self.blocked and (not self.everything_blocked or name in self.allowed)

    def require(self, resource: str) -> None:
        """Let a permitted resource pass.

        Raises:
            Refusal: SERVICE_ACCESS_ERROR. The meaning is the documented one; that the text names the resource is
                known from a user's page, the exact words are not.
        """
        if not self.permits(resource):
            raise Refusal(
                "SERVICE_ACCESS_ERROR",
                "No access rights or the application where the material is imported/retrieved is not in use. "
                f"Missing resource: {resource.lower()}",
            )
