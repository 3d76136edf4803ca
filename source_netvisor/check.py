"""The report of readable and blocked resources.

Netvisor has no call that lists what an integration is allowed, and every resource is blocked until an administrator
allows it, so each is asked for as little as its parameters permit, and everything is reported at once.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from airbyte_cdk.models import AirbyteConnectionStatus, Status

from source_netvisor import blocked_report
from source_netvisor.blocked_report import BlockedResource
from source_netvisor.errors import NetvisorError
from source_netvisor.manifest.endpoint import Endpoint
from source_netvisor.manifest.stream_definition import StreamDefinition
from source_netvisor.netvisor.client import Client
from source_netvisor.netvisor.request import Request
from source_netvisor.netvisor.retry_policy import RetryPolicy
from source_netvisor.sync_context import SyncContext

NOTHING_YET = (
    "No resource is allowed yet. This is normal before step 2 of the setup guide: Netvisor blocks everything for a new "
    "integration until an administrator allows it."
)
NO_API = "If it stays so afterwards, the company's service plan must include the API: Professional, Premium or Payroll."
LONGEST_NAME = 80
"""Characters of the company's name that are shown."""
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
    ask: Endpoint
    streams: list[str]
    without_deletions: list[str]
    error: NetvisorError | None = None

    @property
    def resource(self) -> str:
        """`accountlist.nv`."""
        return self.ask.resource

    @property
    def blocked_resource(self) -> BlockedResource:
        """The resource with those whom it concerns."""
        words = self.error.words if self.error else ""
        return BlockedResource(self.resource, self.streams, self.without_deletions, words)


class Check:
    """Asks every resource once.

    Args:
        definitions: every stream of the manifest.
        client: who asks.
        context: company and moment.
    """

    RETRY_POLICY = RetryPolicy(
        connect_seconds=20, read_seconds=120, waits=(1, 3), max_retry_after=20, all_waits=60, call_seconds=240
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
                if error.rejected and probe.ask.probe_refused:
                    continue
                if error.aborts_sync or error.code in ("disk", "proxy", "memory"):
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

    def _request(self, ask: Endpoint) -> Request:
        words = {**self._context.placeholders(), "year": str(self._context.today.year)}
        for name, choices in ask.for_each.items():
            if choices != "years":
                words[name] = str(choices[0])
        request = ask.request(ask.probe, words)
        return request.plain or request

    def _report(self, logger: logging.Logger) -> AirbyteConnectionStatus:
        blocked = [probe for probe in self._probes if probe.error and probe.error.forbidden]
        odd = [probe for probe in self._probes if probe.error and not probe.error.forbidden]
        total, readable = len(self._probes), len(self._probes) - len(blocked) - len(odd)
        if len(odd) == total and len({probe.error.code for probe in odd if probe.error}) == 1:
            # fifty times the same would not say more
            return _failed(f"{odd[0].error} It is the same with each of the {total} resources.")
        lines = [f"{self._company()}: {readable} of {total} resources can be read."]
        if len(blocked) == total:
            lines += [NOTHING_YET, NO_API]
        if blocked:
            room = blocked_report.LONGEST - sum(len(line.encode()) + 1 for line in lines)
            resources = [probe.blocked_resource for probe in blocked]
            lines.append(blocked_report.report(resources, room, some_readable=len(blocked) < total))
        lines += _odd_lines(odd)
        for probe in blocked:
            logger.warning(f"SERVICE_ACCESS_ERROR: {probe.resource} is blocked ({probe.blocked_resource.concerned()}).")
        for probe in odd:
            logger.warning(f"{probe.resource} ({probe.blocked_resource.concerned()}): {probe.error}")
        if readable == total:
            logger.info(lines[0])
        failed = not readable or (blocked and self._context.config.fail_check_on_blocked_resources)
        return AirbyteConnectionStatus(status=Status.FAILED if failed else Status.SUCCEEDED, message="\n".join(lines))

    def _company(self) -> str:
        config = self._context.config
        name = config.company_name
        return f"{name if len(name) <= LONGEST_NAME else name[:LONGEST_NAME] + '…'} ({config.business_id})"


def _odd_lines(odd: Sequence[_Probe]) -> list[str]:
    """A line for each kind of answer that says neither yes nor no, with the resources that gave it."""
    kinds: dict[str, list[_Probe]] = {}
    for probe in odd:
        kinds.setdefault(probe.error.code if probe.error else "", []).append(probe)
    lines = [
        f"- {', '.join(f'{one.resource} ({one.blocked_resource.concerned()})' for one in alike)}: {alike[0].error}"
        for alike in kinds.values()
    ]
    return ["It is not certain whether these can be read:", *lines] if lines else []


def _failed(message: str) -> AirbyteConnectionStatus:
    return AirbyteConnectionStatus(status=Status.FAILED, message=message)


def _try_again(error: NetvisorError) -> str:
    sentence = str(error)
    return sentence if "try again" in sentence else f"{sentence} Please try again later."
