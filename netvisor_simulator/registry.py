"""The resources of the simulated Netvisor by name: what the server finds a call's resource in."""

from __future__ import annotations

from collections.abc import Iterable

from .resource import Resource
from .resources import RESOURCES


def registry(resources: Iterable[Resource] = RESOURCES) -> dict[str, Resource]:
    """Resources by name.

    Args:
        resources: which; by default those of the simulated company.

    Raises:
        ValueError: two resources have the same name, which would hide each other, or a name is not a lower-case
            file name.
    """
    found: dict[str, Resource] = {}
    for resource in resources:
        if resource.name in found or resource.name != resource.name.lower() or not resource.name.endswith(".nv"):
            raise ValueError(f"not a resource name of its own: {resource.name!r}")
        found[resource.name] = resource
    return found
