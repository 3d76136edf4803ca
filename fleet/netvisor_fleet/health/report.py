"""Reads the report of the connector's check, and the message of a failed sync, which names blocked resources alike."""

from __future__ import annotations

import re
from dataclasses import dataclass

from netvisor_fleet.companies import streams

BLOCKED = "SERVICE_ACCESS_ERROR"
_COUNT = re.compile(r"\b(\d+) of (\d+) resources")
_RESOURCE = re.compile(r"^- ([a-z0-9]+\.nv)\b")
_REST = re.compile(r"no deletions in|deletions will be missing in|Netvisor says")
_UNCERTAIN = ("Could not be settled", "It is not certain")


@dataclass(frozen=True)
class BlockedResource:
    """A resource that Netvisor does not let the integration read.

    Args:
        streams: that fail with it; empty where the report is too long to name them.
    """

    name: str
    streams: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """What the connector says.

    Args:
        readable: resources that can be read; None where the report counts none.
        total: resources that were asked for.
        blocked: as many as the report names.
        uncertain: lines about resources of which nothing is certain.
        head: the first line.
    """

    readable: int | None
    total: int | None
    blocked: tuple[BlockedResource, ...]
    uncertain: tuple[str, ...]
    head: str


def read(text: str) -> Report:
    """Reads a report; one in other words has no numbers and no resources, and its first line is shown as it is."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    count = next(filter(None, map(_COUNT.search, lines)), None)
    blocked: list[BlockedResource] = []
    uncertain: list[str] = []
    inside_blocked = inside_uncertain = False
    for line in lines:
        if line.startswith(_UNCERTAIN):
            inside_blocked, inside_uncertain = False, True
        elif BLOCKED in line:
            inside_blocked, inside_uncertain = True, False
        found = _RESOURCE.match(line)
        if found and inside_blocked:
            blocked.append(BlockedResource(found[1], _streams(line)))
        elif line.startswith("- ") and inside_uncertain:
            uncertain.append(line[2:])
    return Report(
        int(count[1]) if count else None,
        int(count[2]) if count else None,
        tuple(blocked),
        tuple(uncertain),
        lines[0] if lines else "",
    )


def _streams(line: str) -> tuple[str, ...]:
    words = re.findall(r"[a-z_]+", _REST.split(line)[0])
    return tuple(dict.fromkeys(word for word in words if word in streams.KNOWN))
