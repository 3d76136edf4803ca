"""The table at the end: what each stream brought, with how many requests, in which time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from netvisor_simulator import Call
from source_netvisor.manifest.stream_definition import StreamDefinition


@dataclass(frozen=True)
class SyncFigures:
    """One sync, by stream: records, keys that were deleted, requests, seconds."""

    records: Mapping[str, int]
    deleted: Mapping[str, int]
    requests: Mapping[str, int]
    seconds: Mapping[str, float]
    total_seconds: float


def requests_by_stream(calls: Iterable[Call], definitions: Mapping[str, StreamDefinition]) -> dict[str, int]:
    """How many calls were made for each stream; one that serves several streams counts for the first of them."""
    found = dict.fromkeys(definitions, 0)
    for call in calls:
        sent = set(parse_qsl(call.query))
        best, fitting = -1, None
        for name, definition in definitions.items():
            for ask in definition.asks:
                # what is optional, or belongs to a further look, may be sent with another value
                also = ask.comparison.also if ask.comparison else ()
                others = {key for parameters in (ask.optional, *also) for key in parameters}
                plain = {key: value for key, value in ask.parameters.items() if key not in others}
                fixed = {(key, value) for key, value in plain.items() if "{" not in value}
                if ask.resource == call.resource and fixed <= sent and len(fixed) > best:
                    best, fitting = len(fixed), name
        assert fitting is not None, f"no stream is made from {call.resource}"
        found[fitting] += 1
    return found


def table(streams: Sequence[str], first: SyncFigures, second: SyncFigures) -> str:
    """The streams of both syncs, a line each, and the sums."""
    lines = [
        f"{'':28}  {'first sync':^28}  {'second sync':^37}",
        f"{'stream':28}  {'records':>8} {'requests':>9} {'seconds':>9}  "
        f"{'records':>8} {'deleted':>8} {'requests':>9} {'seconds':>9}",
        f"{'-' * 28}  {'-' * 28}  {'-' * 37}",
    ]
    lines += [
        f"{name:28}  {first.records[name]:8,} {first.requests[name]:9,} {first.seconds[name]:9.2f}  "
        f"{second.records[name]:8,} {second.deleted[name]:8,} {second.requests[name]:9,} {second.seconds[name]:9.2f}"
        for name in streams
    ]
    lines.append(lines[2])
    lines.append(
        f"{f'{len(streams)} streams':28}  {sum(first.records.values()):8,} {sum(first.requests.values()):9,} "
        f"{first.total_seconds:9.2f}  {sum(second.records.values()):8,} {sum(second.deleted.values()):8,} "
        f"{sum(second.requests.values()):9,} {second.total_seconds:9.2f}"
    )
    lines.append(
        "A request that serves several streams counts for the first of them; the seconds of the streams are those in\n"
        "which their messages were waited for, and the sums those of the whole sync."
    )
    return "\n".join(lines)
