"""The console script `source-netvisor`: spec, check, discover, read."""

from __future__ import annotations

import contextlib
import gc
import io
import logging
import os
import signal
import sys
import threading
from collections.abc import Mapping
from typing import Any

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.models import ConnectorSpecification, FailureType
from airbyte_cdk.utils.airbyte_secrets_utils import get_secrets, update_secrets
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_netvisor import failures
from source_netvisor.config import NetvisorConfig
from source_netvisor.source import SourceNetvisor

GRACE = 5.0
"""Seconds after a SIGTERM at which the process ends whatever it is doing."""
SHORTEST = 6
"""Characters from which on a value is taken for a secret. Netvisor's keys have 32."""


class _Terminated(KeyboardInterrupt):
    """SIGTERM: as an exception, so that spooled replies are removed and connections closed on the way out."""


class _OutputLost(Exception):
    """Nobody reads the output any more, or there is no room for it; the text is the system's reason."""


class NetvisorEntrypoint(AirbyteEntrypoint):
    """The CDK's entrypoint, with sentences for a bookkeeper where the CDK quotes a JSON schema validator."""

    @staticmethod
    def validate_connection(source_spec: ConnectorSpecification, config: Mapping[str, Any]) -> None:
        """Checks the configuration.

        Raises:
            ConfigError: the first field that is wrong.
        """
        NetvisorConfig.parse(config)

    @staticmethod
    def set_up_secret_filter(config: Any, connection_specification: Mapping[str, Any]) -> None:
        """Masks the secrets in all output, but not a mistyped blank or letter wherever it occurs in a sentence."""
        secrets = get_secrets(connection_specification, config)
        update_secrets([secret for secret in secrets if isinstance(secret, str) and len(secret.strip()) >= SHORTEST])


def run() -> None:
    """Runs one command; exit status 1 and one sentence where it fails."""
    signal.signal(signal.SIGTERM, _terminate)
    # a log line that cannot be written any more is no reason to print how that came about
    logging.raiseExceptions = False
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Airbyte's protocol is UTF-8, whatever the machine's locale is
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        _run(sys.argv[1:])
        _flush()
    except _Terminated:
        _writable()
        # whoever sent the signal expects an end by it: PyAirbyte takes any other status for a failure
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)
        # still here as the first process of a container, which the signal does not end
        _leave(128 + signal.SIGTERM)
    except KeyboardInterrupt:
        # every finished window's state is out already
        _leave(130)
    except _OutputLost as lost:
        if not isinstance(lost.__cause__, BrokenPipeError):
            sys.stderr.write(f"source-netvisor: the output cannot be written ({lost}).\n")
        _leave(1)
    except Exception as error:  # noqa: BLE001 - whatever it is, the answer is one sentence
        with contextlib.suppress(_OutputLost):
            _write(AirbyteEntrypoint.airbyte_message_to_string(failures.message(error)))
        _leave(1)
    finally:
        # nobody is left to catch the exception while Python shuts down
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _leave(status: int) -> None:
    """Ends the process, without waiting for a call that is on the wire."""
    if not _writable():
        # or Python tries again at its end, and tells of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(status)


def _writable() -> bool:
    try:
        _flush()
    except _OutputLost:
        return False
    return True


def _run(args: list[str]) -> None:
    parsed = AirbyteEntrypoint.parse_args(args)
    if not parsed.command:
        raise AirbyteTracedException(
            message="Say what to do: spec, check, discover or read (--help tells more).",
            failure_type=FailureType.config_error,
        )
    failures.check_files(parsed)
    entrypoint = NetvisorEntrypoint(SourceNetvisor())
    # what start-up made stays, and records hold no cycles: looking for garbage as often as usual takes a tenth of it
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    # the thread that parses ahead needs the lock for moments only, and must not wait the usual 5 ms for each
    sys.setswitchinterval(0.0001)
    for message in entrypoint.run(parsed):
        _write(message)


def _write(line: str) -> None:
    try:
        sys.stdout.write(line + "\n")
    except OSError as error:
        raise _OutputLost(error.strerror) from error
    if not line.startswith('{"type":"RECORD"'):
        # a state must not wait in a buffer; records may, they are worth nothing without it
        _flush()


def _flush() -> None:
    try:
        sys.stdout.flush()
    except OSError as error:
        raise _OutputLost(error.strerror) from error


def _terminate(signal_number: int, frame: object) -> None:
    # a second signal ends the process at once, and so does the timer where the exception is lost on its way out: Python
    # drops one that is raised while it cleans up an object
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    last = threading.Timer(GRACE, _end)
    last.daemon = True
    last.start()
    raise _Terminated


def _end() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    os._exit(128 + signal.SIGTERM)
