"""The console script in this process: its arguments, output and exit status, without a process for each run.

What belongs to a process is put aside before a run and put back after it: the environment, standard output and error,
the level of the log, the secrets that output must not show, and threads whose calls are under way. What a process
alone can show (signals, limits of the system, who reads its output) is tested with `ConsoleRuns`.
"""

from __future__ import annotations

import dataclasses
import io
import logging
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from airbyte_cdk.utils import airbyte_secrets_utils

from integration_tests.console_runs import IMPATIENT, Run, Runs, looked_through, parsed
from integration_tests.shared_source import shared_source
from source_netvisor import entrypoint, redaction
from source_netvisor.netvisor.retry_policy import RetryPolicy

KILLED = -signal.SIGKILL
LAST_CALL = 30
"""Seconds that calls have which are under way when a run ends."""


class _Hung(BaseException):
    """A run takes too long."""


class InProcessRuns(Runs):
    """Runs of the console script in this process, which look for secrets in everything that they write.

    Args:
        retry_policy: fields of `RetryPolicy` for all calls; empty leaves the connector's own.
        for_secrets: whether the output is searched; the checksum of a scanned invoice has the form of one.
    """

    def __init__(self, retry_policy: Mapping[str, Any] | None = None, for_secrets: bool = True) -> None:
        self._finish = looked_through if for_secrets else parsed
        fields = dict(IMPATIENT if retry_policy is None else retry_policy)
        self._policy = RetryPolicy(**{**fields, "waits": tuple(fields["waits"])}) if fields else None
        self._folder = ExitStack()

    def __enter__(self) -> InProcessRuns:
        self.path = Path(self._folder.enter_context(tempfile.TemporaryDirectory()))
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.close()

    def run(  # type: ignore[override]
        self, arguments: Sequence[str], *, environment: Mapping[str, str] | None = None, longest: float = 30
    ) -> Run:
        """One run of `source-netvisor`.

        Args:
            arguments: of the command line.
            environment: added to this process's.
            longest: seconds after which the run counts as hung.
        """
        output, errors = _stream(), _stream()
        began = time.monotonic()
        with _process(output, errors, environment or {}), self._patience(), _at_most(longest) as hung:
            code = _status(arguments)
        texts = [stream.buffer.getvalue().decode() for stream in (output, errors)]  # type: ignore[attr-defined]
        return self._finish(Run(code, *texts, time.monotonic() - began, bool(hung)))

    @contextmanager
    def _patience(self) -> Iterator[None]:
        with ExitStack() as stack:
            if self._policy is not None:
                of_checks = dataclasses.replace(self._policy, waits=self._policy.waits[:2])
                policies = {"retry_policy": self._policy, "retry_policy_of_checks": of_checks}
                stack.enter_context(mock.patch.multiple(shared_source(), **policies))
            stack.enter_context(mock.patch.object(entrypoint, "QuickSource", shared_source))
            yield


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="replace", write_through=True)


def _status(arguments: Sequence[str]) -> int:
    """Runs the command; what its exit status would be."""
    try:
        entrypoint.main(list(arguments))
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else (0 if end.code is None else 1)
    except _Hung:
        return KILLED
    except BaseException:  # noqa: BLE001 - what Python itself would do with it
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
        return 1
    return 0


@contextmanager
def _process(output: io.TextIOWrapper, errors: io.TextIOWrapper, environment: Mapping[str, str]) -> Iterator[None]:
    """What a process of its own would have for itself."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("NETVISOR_")}
    logger = logging.getLogger("airbyte")
    level, raises, interval = logger.level, logging.raiseExceptions, sys.getswitchinterval()
    with (
        mock.patch.dict(os.environ, {**own, **environment}, clear=True),
        mock.patch.multiple(sys, stdout=output, stderr=errors, __stdout__=output, __stderr__=errors),
        mock.patch.dict(redaction._secrets, clear=True),
    ):
        try:
            yield
        finally:
            _wait_for_calls()
            airbyte_secrets_utils.update_secrets([])
            sys.setswitchinterval(interval)
            logging.raiseExceptions = raises
            logger.setLevel(level)


def _wait_for_calls() -> None:
    """Until no call is under way: a process that ends hangs up at once, a thread does not."""
    end = time.monotonic() + LAST_CALL
    for thread in threading.enumerate():
        if thread.name.startswith("netvisor-"):
            thread.join(max(0.0, end - time.monotonic()))
            assert not thread.is_alive(), "a call is under way that does not end"


@contextmanager
def _at_most(seconds: float) -> Iterator[list[float]]:
    """Ends what is in the block after so many seconds; the list then has something."""
    hung: list[float] = []

    def end(*_: object) -> None:
        hung.append(seconds)
        raise _Hung

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield hung
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
