"""The console script `source-netvisor`: spec, check, discover, read."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from typing import Any

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.models import ConnectorSpecification
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_netvisor.config import NetvisorConfig
from source_netvisor.source import SourceNetvisor


class _Terminated(KeyboardInterrupt):
    """SIGTERM: as an exception, so that spooled replies are removed and connections closed on the way out."""


class NetvisorEntrypoint(AirbyteEntrypoint):
    """The CDK's entrypoint, with sentences for a bookkeeper where the CDK quotes a JSON schema validator."""

    @staticmethod
    def validate_connection(source_spec: ConnectorSpecification, config: Mapping[str, Any]) -> None:
        """Checks the configuration.

        Raises:
            ConfigError: the first field that is wrong.
        """
        NetvisorConfig.parse(config)


def run() -> None:
    """Runs one command; exit status 1 and one sentence where it fails."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        _run(sys.argv[1:])
    except AirbyteTracedException as error:
        _write(AirbyteEntrypoint.airbyte_message_to_string(_without_traceback(error).as_sanitized_airbyte_message()))
        sys.exit(1)
    except _Terminated:
        # whoever sent the signal expects an end by it: PyAirbyte takes any other status for a failure
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)
        # still here as the first process of a container, which the signal does not end
        sys.exit(128 + signal.SIGTERM)
    except KeyboardInterrupt:
        # every finished window's state is out already
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(1)
    finally:
        # nobody is left to catch the exception while Python shuts down
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _run(args: list[str]) -> None:
    parsed = AirbyteEntrypoint.parse_args(args)
    entrypoint = NetvisorEntrypoint(SourceNetvisor())
    for message in entrypoint.run(parsed):
        _write(message)


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")
    if not line.startswith('{"type":"RECORD"'):
        # a state must not wait in a buffer; records may, they are worth nothing without it
        sys.stdout.flush()


def _terminate(signal_number: int, frame: object) -> None:
    raise _Terminated


def _without_traceback(error: AirbyteTracedException) -> AirbyteTracedException:
    error._exception = None
    return error
