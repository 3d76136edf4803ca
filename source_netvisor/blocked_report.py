"""What to say of blocked resources: the fix first and once, then one short line for each resource.

Before an administrator allows anything, every resource is blocked, so this is what most customers read first. Whatever
is blocked, the text stays within `LONGEST` bytes: Airbyte shows it in a form and in the summary of a job.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from source_netvisor.errors import HOW_TO_ALLOW, OR_DESELECT, NetvisorError

LONGEST = 4000
"""Bytes of a report in UTF-8."""
LONGEST_WORDS = 200
"""Characters of Netvisor's own words that are shown."""


@dataclass(frozen=True)
class BlockedResource:
    """A resource that this integration may not read.

    Args:
        name: `accountlist.nv`.
        streams: those that fail.
        without_deletions: those that are read, but whose deletions do not arrive.
        words: Netvisor's own, made safe.
    """

    name: str
    streams: Sequence[str] = ()
    without_deletions: Sequence[str] = ()
    words: str = ""

    def concerned(self, most_deletions: int = 100) -> str:
        """The streams, as the rest of a line.

        Args:
            most_deletions: streams without deletions that are named; the others are counted.
        """
        parts = [", ".join(self.streams)] if self.streams else []
        if self.without_deletions:
            left = len(self.without_deletions) - most_deletions
            more = f" and {left} more" if left > 0 else ""
            parts.append(f"no deletions in {', '.join(self.without_deletions[:most_deletions])}{more}")
        return "; ".join(parts)


def report(blocked: Iterable[BlockedResource], longest: int = LONGEST, *, some_readable: bool = True) -> str:
    """The fix, Netvisor's words, and a line for each resource.

    Args:
        blocked: at least one resource.
        longest: bytes that the text may have.
        some_readable: whether to deselect streams is a way out.

    Returns:
        Several lines. Where not every stream fits, only the resources are named; where these do not either, the rest is
        counted.
    """
    resources = list(blocked)
    fix = f"{HOW_TO_ALLOW} {OR_DESELECT}" if some_readable else HOW_TO_ALLOW
    head = [f"SERVICE_ACCESS_ERROR: {_counted(len(resources))} blocked.", fix]
    head += _words(resources)
    lines = [f"- {one.name}: {one.concerned()}" for one in resources]
    if _size(head + lines) > longest:
        lines = [f"- {one.name}: {one.concerned(most_deletions=1)}" for one in resources]
    if _size(head + lines) > longest:
        lines = [f"- {one.name}" for one in resources]
    return "\n".join(head + _fitting(lines, longest - _size(head)))


def failed_streams(failed: Sequence[tuple[str, NetvisorError]], selected: int) -> str:
    """The message with which a read ends that could not read every stream.

    Args:
        failed: stream, and why it failed.
        selected: streams of the connection.

    Returns:
        A line for each reason, then the report of what is blocked; at most `LONGEST` bytes.
    """
    blocked: dict[str, list[str]] = {}
    words: dict[str, str] = {}
    reasons: dict[str, tuple[str, list[str]]] = {}
    for stream, error in failed:
        if error.forbidden and error.resource:
            blocked.setdefault(error.resource, []).append(stream)
            words.setdefault(error.resource, error.words)
        else:
            # the same of another resource says nothing new
            reasons.setdefault(f"{error.code} {error.failure_type}", (str(error), []))[1].append(stream)
    head = f"{len(failed)} of {_streams(selected)} could not be read completely."
    lines = [f"{', '.join(streams)}: {reason}" for reason, streams in reasons.values()]
    told = [head, *_fitting(lines, LONGEST - _size([head]) - (LONGEST // 2 if blocked else 0))]
    if blocked:
        resources = [BlockedResource(name, streams, words=words[name]) for name, streams in blocked.items()]
        told.append(report(resources, LONGEST - _size(told)))
    return "\n".join(told)


def _words(resources: Sequence[BlockedResource]) -> list[str]:
    """Netvisor's words, once where they differ in the resource's name only."""
    said = Counter(one.words.replace(one.name, "...")[:LONGEST_WORDS] for one in resources if one.words)
    return [f"Netvisor says: {words}" for words, _ in said.most_common(2)]


def _fitting(lines: Sequence[str], room: int) -> list[str]:
    """As many lines as there is room for; the others are counted."""
    kept = list(lines)
    while kept and _size(kept) + (20 if len(kept) < len(lines) else 0) > room:
        kept.pop()
    left = len(lines) - len(kept)
    return [*kept, f"- and {left} more"] if left else kept


def _size(lines: Iterable[str]) -> int:
    return sum(len(line.encode("utf-8", "replace")) + 1 for line in lines)


def _counted(number: int) -> str:
    return "1 resource is" if number == 1 else f"{number} resources are"


def _streams(number: int) -> str:
    return "1 stream" if number == 1 else f"{number} streams"
