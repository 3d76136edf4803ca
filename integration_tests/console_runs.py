"""The console script, many times over, in fresh processes that start at once.

A helper process imports the connector, reads its manifest, and forks for each run: a run is a process of its own with
its own standard output and error, as Airbyte starts it, without the seconds that importing the CDK takes.

    with ConsoleRuns() as console:
        run = console.run(["check", "--config", "config.json"])
        assert run.code == 0 and "SUCCEEDED" in run.output
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from netvisor_simulator import PARTNER_KEY, USER_KEY

IMPATIENT = {
    "connect_seconds": 2.0,
    "read_seconds": 0.8,
    "waits": [0.01, 0.02],
    "max_retry_after": 1.0,
    "call_seconds": 5.0,
    "largest_reply": 48 << 20,
}
"""`RetryPolicy` for tests: what the connector waits for in minutes takes moments."""
IDENTITY_CODE = "010190A123D"
"""A personal identity code of nobody: its check character is wrong on purpose."""
SECRETS = tuple(one.lower() for one in (USER_KEY, PARTNER_KEY, IDENTITY_CODE))
"""In lower case."""
_DIGITS = re.compile(r"[0-9a-f]{64,}")
_SAME_DIGITS = re.compile(r"(.)\1{15}")


@dataclass
class Run:
    """What one run left behind.

    Attributes:
        code: exit status; negative: ended by that signal.
        output: standard output.
        errors: standard error.
        seconds: how long it took.
        hung: it was still running when its time was up, and was killed.
        messages: of the protocol, parsed.
        stray: lines of the standard output that are none.
    """

    code: int
    output: str
    errors: str
    seconds: float
    hung: bool
    messages: list[dict[str, Any]] = field(default_factory=list)
    stray: list[str] = field(default_factory=list)

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The messages of one type, RECORD, STATE, LOG, ..."""
        return [message for message in self.messages if message["type"] == kind]

    def records(self, stream: str) -> list[dict[str, Any]]:
        """The data of a stream's records."""
        return [message["record"]["data"] for message in self.of("RECORD") if message["record"]["stream"] == stream]

    def states(self, stream: str) -> list[dict[str, Any]]:
        """What the stream's STATE messages carry."""
        streams = [message["state"]["stream"] for message in self.of("STATE")]
        return [s["stream_state"] for s in streams if s["stream_descriptor"]["name"] == stream]

    def errors_of(self, stream: str | None) -> list[str]:
        """The error sentences of a stream; with None, of the sync as a whole."""
        traces = [message["trace"] for message in self.of("TRACE") if message["trace"]["type"] == "ERROR"]
        name = {"name": stream}
        return [
            trace["error"]["message"]
            for trace in traces
            if ({"name": (trace["error"].get("stream_descriptor") or {}).get("name")} == name)
        ]

    def statuses(self, stream: str) -> list[str]:
        """STARTED, RUNNING, COMPLETE or INCOMPLETE, as they came; without those that say that a call waits."""
        traces = [message["trace"] for message in self.of("TRACE") if message["trace"]["type"] == "STREAM_STATUS"]
        found = [trace["stream_status"] for trace in traces]
        return [
            status["status"]
            for status in found
            if status["stream_descriptor"]["name"] == stream and not status.get("reasons")
        ]

    def logs(self, level: str) -> list[str]:
        """The log lines of one level."""
        return [message["log"]["message"] for message in self.of("LOG") if message["log"]["level"] == level]

    @property
    def check_message(self) -> tuple[str, str]:
        """Status and message of a check."""
        (found,) = self.of("CONNECTION_STATUS")
        return found["connectionStatus"]["status"], found["connectionStatus"].get("message") or ""


class Runs(ABC):
    """Runs of `source-netvisor`, whatever they run in, and a folder for the files that they are given."""

    path: Path

    @abstractmethod
    def run(self, arguments: Sequence[str], **other: Any) -> Run:
        """One run with these arguments of the command line."""

    def write(self, name: str, content: Any) -> str:
        """A file of JSON for the command line; its path."""
        path = self.path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    def check(self, config: Mapping[str, Any], *flags: str, **other: Any) -> Run:
        """`source-netvisor check`."""
        return self.run(["check", "--config", self.write("config.json", config), *flags], **other)

    def read(self, config: Mapping[str, Any], catalog: Any, *flags: str, state: Any = None, **other: Any) -> Run:
        """`source-netvisor read`; `state`: what the last STATE messages said."""
        arguments = ["read", "--config", self.write("config.json", config)]
        arguments += ["--catalog", self.write("catalog.json", catalog), *flags]
        if state is not None:
            arguments += ["--state", self.write("state.json", state)]
        return self.run(arguments, **other)


def secret_in(text: str) -> str | None:
    """What no run may write anywhere: a key, a personal identity code, or what may be a MAC.

    Those are 64 hexadecimal digits, of which no sixteen in a row are the same, as in a packed ledger.
    """
    text = text.lower()
    ends = (digits.group()[-64:] for digits in _DIGITS.finditer(text))
    macs = (end for end in ends if not _SAME_DIGITS.search(end))
    return next((secret for secret in SECRETS if secret in text), None) or next(macs, None)


def looked_through(run: Run) -> Run:
    """The run with its messages parsed; nothing that it wrote may be a secret."""
    found = secret_in(run.output + run.errors)
    if found:
        at = run.output.lower().find(found)
        raise AssertionError(f"a secret in the output: {run.output[max(at - 200, 0) : at + 264]}")
    return parsed(run)


def parsed(run: Run) -> Run:
    """The run with its messages parsed."""
    for line in run.output.splitlines():
        if not line.startswith("{"):
            run.stray.append(line)
            continue
        message = orjson.loads(line)
        if message["type"] != "DEBUG":
            run.messages.append(message)
    return run


class ConsoleRuns(Runs):
    """A helper process that starts console scripts, and looks for secrets in everything that they write.

    Args:
        retry_policy: fields of `RetryPolicy` for all calls; empty leaves the connector's own.
    """

    def __init__(self, retry_policy: Mapping[str, Any] | None = None) -> None:
        self._retry_policy = dict(IMPATIENT if retry_policy is None else retry_policy)

    def __enter__(self) -> ConsoleRuns:
        self._directory = tempfile.TemporaryDirectory()
        self.path = Path(self._directory.name)
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, json.dumps(self._retry_policy)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent,
            # the log's handlers are made before the forks: they must share the buffer of each run's output
            env={
                name: value
                for name, value in os.environ.items()
                if not name.startswith("NETVISOR_") and name != "PYTHONUNBUFFERED"
            },
        )  # fmt: skip
        self._number = 0
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(20)
        self._directory.cleanup()

    def run(  # type: ignore[override]
        self,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        clock_ahead: float = 0,
        longest: float = 30,
        file_size: int | None = None,
    ) -> Run:
        """One run of `source-netvisor`.

        Args:
            arguments: of the command line.
            environment: added to this process's.
            clock_ahead: seconds by which this machine's clock is wrong.
            longest: seconds after which the run counts as hung.
            file_size: bytes that the run may write into one file, as on a full disk.
        """
        assert self._process.stdin is not None and self._process.stdout is not None
        self._number += 1
        output, errors = self.path / f"{self._number}.out", self.path / f"{self._number}.err"
        job = {
            "arguments": list(arguments), "environment": dict(environment or {}), "clock_ahead": clock_ahead,
            "longest": longest, "file_size": file_size, "output": str(output), "errors": str(errors),
        }  # fmt: skip
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        text = output.read_bytes().decode()
        run = Run(told["code"], text, errors.read_bytes().decode("utf-8", "replace"), told["seconds"], told["hung"])
        output.unlink()
        errors.unlink()
        return looked_through(run)


def configured(*streams: str, sync_mode: str = "incremental") -> dict[str, Any]:
    """A catalog that selects these streams."""
    return {
        "streams": [
            {
                "stream": {"name": name, "json_schema": {}, "supported_sync_modes": ["full_refresh", "incremental"]},
                "sync_mode": sync_mode,
                "destination_sync_mode": "append_dedup" if sync_mode == "incremental" else "overwrite",
            }
            for name in streams
        ]
    }


# --- the helper process -----------------------------------------------------------------------------------------------


def _serve(retry_policy: dict[str, Any]) -> None:
    """Starts a run for each line of standard input, and tells how it ended."""
    from source_netvisor import late_imports, run

    # as the console script does it
    late_imports.leave_sources_unread()
    run._import_parts_of_the_cdk()
    from source_netvisor import entrypoint, quick_source
    from source_netvisor.netvisor.retry_policy import RetryPolicy

    # what every start does alike is done once, before the forks
    made = quick_source.QuickSource()
    if retry_policy:
        made.retry_policy = RetryPolicy(**{**retry_policy, "waits": tuple(retry_policy["waits"])})
        made.retry_policy_of_checks = dataclasses.replace(made.retry_policy, waits=made.retry_policy.waits[:2])
    definitions = made.definitions()
    made.definitions = lambda: definitions  # type: ignore[method-assign]
    entrypoint.QuickSource = lambda: made  # type: ignore[assignment,misc]
    for line in sys.stdin:
        job = json.loads(line)
        if "discover" in job["arguments"]:
            _prepare_to_discover()
        began = time.monotonic()
        child = os.fork()
        if child == 0:
            _run(job)
        code, hung = _wait(child, job["longest"])
        print(json.dumps({"code": code, "hung": hung, "seconds": time.monotonic() - began}), flush=True)


@cache
def _prepare_to_discover() -> None:
    """What only this command needs takes seconds to import."""
    from source_netvisor import source

    discovering = source.SourceNetvisor()
    source.SourceNetvisor = lambda: discovering  # type: ignore[assignment,misc]


def _wait(child: int, longest: float) -> tuple[int, bool]:
    end = time.monotonic() + longest
    while True:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status), False
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), True
        time.sleep(0.002)


def _run(job: dict[str, Any]) -> None:
    """In the fork: the console script with its own streams; never returns."""
    from source_netvisor import clock, run

    code = 70
    try:
        for number, name in ((1, "output"), (2, "errors")):
            opened = os.open(job[name], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(opened, number)
            os.close(opened)
        os.environ.update(job["environment"])
        if "TMPDIR" in job["environment"]:
            tempfile.tempdir = None
        if job["clock_ahead"]:
            right = clock.now
            clock.now = lambda: right() + timedelta(seconds=job["clock_ahead"])
        if job["file_size"]:
            import resource

            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (job["file_size"], job["file_size"]))
        sys.argv = ["source-netvisor", *job["arguments"]]
        try:
            run.run()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else (0 if end.code is None else 1)
        except BaseException:  # noqa: BLE001 - what Python itself would do with it
            code = 1
            sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


if __name__ == "__main__":
    _serve(json.loads(sys.argv[1]))
