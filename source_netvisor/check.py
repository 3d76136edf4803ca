"""The report of readable and blocked resources.

Netvisor has no call that lists what an integration is allowed, and every resource is blocked until an administrator
allows it, so each is asked for as little as its parameters permit, and everything is told at once.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from airbyte_cdk.models import AirbyteConnectionStatus, Status

from source_netvisor import errors
from source_netvisor.errors import NetvisorError
from source_netvisor.manifest.stream_definition import Ask, StreamDefinition
from source_netvisor.netvisor.client import Client, Patience, Request
from source_netvisor.sync.plan import SyncContext

NO_API = (
    "If no resource can be read at all, the company's service plan must include the API: "
    "Professional, Premium or Payroll."
)
UNREACHABLE = (
    "connection",
    "timeout",
    "unavailable",
    "rate_limit",
    "unreadable",
    "too_large",
    "unknown",
    "TECHNICAL_ERROR",
)


@dataclass
class _Probe:
    ask: Ask
    streams: list[str]
    without_deletions: list[str]
    error: NetvisorError | None = None


class Check:
    """Asks every resource once.

    Args:
        definitions: every stream of the manifest.
        client: who asks.
        context: company and moment.
    """

    PATIENCE = Patience(
        connect_seconds=20, read_seconds=120, waits=(1, 3), longest_wait=20, all_waits=60, call_seconds=240
    )

    def __init__(self, definitions: Mapping[str, StreamDefinition], client: Client, context: SyncContext) -> None:
        self._client = client
        self._context = context
        probes: dict[str, _Probe] = {}
        for definition in definitions.values():
            for ask in definition.asks:
                probe = probes.setdefault(ask.resource, _Probe(ask, [], []))
                told_by = ask is definition.deletions
                (probe.without_deletions if told_by else probe.streams).append(definition.name)
        self._probes = list(probes.values())

    def run(self, logger: logging.Logger) -> AirbyteConnectionStatus:
        """The report, as one message; a WARN log for each blocked resource."""
        for number, probe in enumerate(self._probes):
            try:
                self._client.fetch(self._request(probe.ask)).close()
            except NetvisorError as error:
                if error.refused and probe.ask.probe_refused:
                    continue
                if error.fatal or error.code in ("disk", "proxy", "memory"):
                    return _failed(str(error))
                probe.error = error
                if self._nobody_answers(number):
                    return _failed(_try_again(error))
        return self._report(logger)

    def _nobody_answers(self, number: int) -> bool:
        """The first probes got no answer of Netvisor's at all: it is down, and nothing can be said about rights."""
        asked = self._probes[: number + 1]
        down = [
            p.error is not None and (p.error.code in UNREACHABLE or p.error.code.startswith("SYSTEM_MAINT"))
            for p in asked
        ]
        maintenance = asked[-1].error is not None and asked[-1].error.code.startswith("SYSTEM_MAINT")
        return maintenance or (down[-1] and (number == 0 or self._client.failures_in_a_row >= 2))

    def _request(self, ask: Ask) -> Request:
        words = {**self._context.words(), "year": str(self._context.today.year)}
        for name, choices in ask.for_each.items():
            if choices != "years":
                words[name] = str(choices[0])
        request = ask.request(ask.probe, words)
        return request.plain or request

    def _report(self, logger: logging.Logger) -> AirbyteConnectionStatus:
        blocked = [probe for probe in self._probes if probe.error and probe.error.blocked]
        odd = [probe for probe in self._probes if probe.error and not probe.error.blocked]
        total, readable = len(self._probes), len(self._probes) - len(blocked) - len(odd)
        if not blocked and not odd:
            return AirbyteConnectionStatus(status=Status.SUCCEEDED)
        if len(odd) == total and len({probe.error.code for probe in odd if probe.error}) == 1:
            # fifty times the same would not say more
            return _failed(f"{odd[0].error} It is the same with each of the {total} resources.")
        lines = [f"{readable} of {total} resources are readable."]
        if blocked:
            lines.append(f"SERVICE_ACCESS_ERROR: {len(blocked)} resources are blocked, and their streams will fail:")
            for probe in blocked:
                assert probe.error is not None
                words = f" Netvisor says: {probe.error.words}" if probe.error.words else ""
                line = f"{probe.ask.resource} ({_concerned(probe)}).{words}"
                lines.append(f"- {line}")
                logger.warning(f"SERVICE_ACCESS_ERROR: {line}")
            lines.append(errors.HOW_TO_ALLOW)
        if odd:
            lines.append("Could not be settled:")
            for probe in odd:
                lines.append(f"- {probe.ask.resource} ({_concerned(probe)}): {probe.error}")
                logger.warning(lines[-1].removeprefix("- "))
        if not readable and blocked:
            lines.append(NO_API)
        failed = not readable or (blocked and self._context.config.fail_check_on_blocked_resources)
        return AirbyteConnectionStatus(status=Status.FAILED if failed else Status.SUCCEEDED, message="\n".join(lines))


def _concerned(probe: _Probe) -> str:
    """The streams that fail with the resource, and those that go on without its deletions."""
    text = f"streams: {', '.join(probe.streams)}"
    if probe.without_deletions:
        text += f"; deletions will be missing in: {', '.join(probe.without_deletions)}"
    return text


def _failed(message: str) -> AirbyteConnectionStatus:
    return AirbyteConnectionStatus(status=Status.FAILED, message=message)


def _try_again(error: NetvisorError) -> str:
    sentence = str(error)
    return sentence if "try again" in sentence else f"{sentence} Please try again later."
