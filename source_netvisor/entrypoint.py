"""One command, from its arguments to its exit status: spec, check, discover, read."""

from __future__ import annotations

import argparse
import contextlib
import gc
import logging
import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.logger import is_platform_debug_log_enabled
from airbyte_cdk.models import AirbyteMessage, ConnectorSpecification, FailureType
from airbyte_cdk.sources.connector_state_manager import HashableStreamDescriptor
from airbyte_cdk.utils.airbyte_secrets_utils import get_secrets, update_secrets
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_netvisor.config import NetvisorConfig
from source_netvisor.protocol import failures, messages, output
from source_netvisor.protocol.messages import Records
from source_netvisor.protocol.output import StdoutClosed
from source_netvisor.quick_source import QuickSource
from source_netvisor.reading_source import ReadingSource

SHORTEST = 6
"""Characters from which on a value is taken for a secret. Netvisor's keys have 32."""


class NetvisorEntrypoint(AirbyteEntrypoint):
    """The CDK's entrypoint, with sentences for a bookkeeper where the CDK quotes a JSON schema validator.

    Args:
        source: the connector.
    """

    def __init__(self, source: ReadingSource) -> None:
        with _quiet():
            super().__init__(source)
        self._source = source

    def lines(self, parsed: argparse.Namespace) -> Iterator[bytes]:
        """All that a command writes: whole lines, many at a time where they are records.

        Args:
            parsed: the command line.

        Raises:
            AirbyteTracedException: the command failed; the text says why.
        """
        if parsed.command != "read":
            for line in self.run(parsed):
                yield line.encode("utf-8", "replace") + b"\n"
            return
        self.logger.setLevel(logging.DEBUG if parsed.debug or is_platform_debug_log_enabled() else logging.INFO)
        spec = self._source.spec(self.logger)
        config = self._source.read_config(parsed.config)
        catalog = self._source.read_catalog(parsed.catalog)
        state = self._source.read_state(parsed.state)
        self.set_up_secret_filter(config, spec.connectionSpecification)
        self.validate_connection(spec, config)
        counts: defaultdict[HashableStreamDescriptor, float] = defaultdict(float)

        def show(message: AirbyteMessage) -> None:
            output.write(messages.line(self.handle_record_counts(message, counts)))

        for message in self._source.messages(config, catalog, state, show):
            if isinstance(message, Records):
                lines, count = message.lines()
                counts[HashableStreamDescriptor(message.stream, None)] += count
                yield lines
                for _ in range(count):
                    self._memory_monitor.check_memory_usage()
            else:
                yield messages.line(self.handle_record_counts(message, counts))

    # the CDK calls its static method as a method
    def validate_connection(  # type: ignore[override]
        self, source_spec: ConnectorSpecification, config: Mapping[str, Any]
    ) -> None:
        """Checks the configuration.

        Raises:
            ConfigError: with every mistake.
        """
        NetvisorConfig.parse(config, now=self._source.now())

    @staticmethod
    def set_up_secret_filter(config: Any, connection_specification: Mapping[str, Any]) -> None:
        """Masks the secrets in all output, but not a mistyped blank or letter wherever it occurs in a sentence."""
        secrets = get_secrets(connection_specification, config)
        update_secrets([secret for secret in secrets if isinstance(secret, str) and len(secret.strip()) >= SHORTEST])


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The CDK's own log line about its memory monitor says nothing to whoever reads a night's log."""
    logger = logging.getLogger("airbyte")
    disabled, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = disabled


def main(arguments: list[str]) -> None:
    """Runs one command; exit status 1 and one sentence where it fails.

    Args:
        arguments: of the command line.
    """
    # a log line that cannot be written any more is no reason to print how that happened
    logging.raiseExceptions = False
    try:
        _run(arguments)
        output.flush()
    except StdoutClosed as lost:
        if not isinstance(lost.__cause__, BrokenPipeError):
            sys.stderr.write(f"source-netvisor: the output cannot be written ({lost}).\n")
        _fail()
    except Exception as error:  # noqa: BLE001 - whatever it is, the answer is one sentence
        with contextlib.suppress(StdoutClosed):
            output.write(messages.line(failures.message(error)))
        _fail()


def _fail() -> None:
    """Ends the process, without waiting for a call in flight."""
    try:
        output.flush()
    except StdoutClosed:
        # or Python tries again at its end, and reports it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(1)


def _source(command: str) -> ReadingSource:
    """The connector; with the CDK's declarative source, which takes long to import, where the CDK makes the answer."""
    if command == "discover":
        from source_netvisor.source import SourceNetvisor

        return SourceNetvisor()
    return QuickSource()


def _run(args: list[str]) -> None:
    parsed = AirbyteEntrypoint.parse_args(args)
    if not parsed.command:
        raise AirbyteTracedException(
            message="Say what to do: spec, check, discover or read (--help tells more).",
            failure_type=FailureType.config_error,
        )
    failures.check_files(parsed)
    failures.check_temporary_directory()
    entrypoint = NetvisorEntrypoint(_source(parsed.command))
    # what start-up made stays, and records hold no cycles: looking for garbage as often as usual takes a tenth of it
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 20, 100)
    # the thread that downloads needs the lock for a moment at each piece, and must not wait the usual 5 ms for it
    sys.setswitchinterval(0.0001)
    for lines in entrypoint.lines(parsed):
        output.write(lines)
