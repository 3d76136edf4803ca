"""What the console script does when it is told to stop: so PyAirbyte ends a `spec`, and Airbyte a cancelled sync."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from netvisor_simulator import NetvisorSimulator
from netvisor_simulator.company import Company
from source_netvisor.protocol import termination

CATALOG = {
    "streams": [
        {
            "stream": {"name": "accounts", "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
            "sync_mode": "full_refresh",
            "destination_sync_mode": "overwrite",
        }
    ]
}
SCRIPT = [sys.executable, "-c", "from source_netvisor.run import run; run()"]


def test_a_terminated_read_ends_by_the_signal_and_without_a_word(tmp_path: Path) -> None:
    """Whoever sends SIGTERM expects an end by it (-15, a shell's 143): PyAirbyte takes anything else for a failure."""
    with NetvisorSimulator(Company(1, 10), latency=30) as simulator:
        for name, content in (("config", simulator.config()), ("catalog", CATALOG)):
            (tmp_path / f"{name}.json").write_text(json.dumps(content))
        command = [*SCRIPT, "read", "--config", "config.json", "--catalog", "catalog.json"]
        process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert process.stdout is not None
        for line in process.stdout:
            if "STARTED" in line:
                break
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=20)
    assert process.returncode == -signal.SIGTERM
    assert not errors
    assert '"ERROR"' not in output


@pytest.mark.parametrize("waiting", ["threading.Event().wait(20)", "time.sleep(20)", "os.read(os.pipe()[0], 1)"])
def test_a_signal_that_another_thread_gets_ends_the_waiting_of_the_main_one(waiting: str) -> None:
    script = (
        "import os, signal, sys, threading, time\n"
        "from source_netvisor.protocol import termination\n"
        "def other():\n"
        "    time.sleep(0.2)\n"
        "    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)\n"
        "    time.sleep(20)\n"
        "with termination.handle_signals():\n"
        "    threading.Thread(target=other, daemon=True).start()\n"
        f"    {waiting}\n"
    )
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGTERM, "", "")
    assert time.monotonic() - began < termination.GRACE


def test_once_a_command_is_done_the_signal_has_its_ordinary_meaning(tmp_path: Path) -> None:
    """A signal that comes while Python shuts down must not print a traceback."""
    shutdown = (
        "import atexit, os, signal; from source_netvisor.run import run; "
        "atexit.register(lambda: os.kill(os.getpid(), signal.SIGTERM)); run()"
    )
    done = subprocess.run(
        [sys.executable, "-c", shutdown, "spec"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == -signal.SIGTERM
    assert not done.stderr
    assert '"type":"SPEC"' in done.stdout


WITHIN = "import time; from source_netvisor.protocol import output, termination\nwith termination.handle_signals():\n"


def ends(program: str, directory: Path, sent: signal.Signals = signal.SIGTERM) -> tuple[int, float, str]:
    """Exit status, seconds and standard error of a program that is sent a signal once it has printed a line."""
    process = subprocess.Popen(
        [sys.executable, "-c", program], cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline()
    time.sleep(0.3)
    began = time.monotonic()
    process.send_signal(sent)
    _, errors = process.communicate(timeout=30)
    return process.returncode, time.monotonic() - began, errors


@pytest.mark.parametrize(
    "busy",
    [
        # Python drops an exception that comes while an object is cleaned up
        "    class Busy:\n"
        "        def __del__(self):\n"
        "            print('ready', flush=True); time.sleep(60)\n"
        "    busy = Busy(); del busy; time.sleep(60)",
        # a lock that the main thread holds itself, and takes again on its way out
        "    import threading; lock = threading.Lock()\n"
        "    with lock:\n"
        "        print('ready', flush=True)\n"
        "        try: time.sleep(60)\n"
        "        finally: lock.acquire()",
        "    import weakref\n"
        "    class Gone: pass\n"
        "    def late(_):\n"
        "        print('ready', flush=True); time.sleep(60)\n"
        "    gone = Gone(); watch = weakref.ref(gone, late); del gone; time.sleep(60)",
    ],
    ids=["destructor", "lock", "weak reference"],
)
def test_wherever_the_process_is(busy: str, tmp_path: Path) -> None:
    status, seconds, errors = ends(WITHIN + busy, tmp_path)
    assert (status, errors) == (-signal.SIGTERM, "")
    assert seconds < 2


@pytest.mark.parametrize(("sent", "expected"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_call_that_does_not_come_back_to_python(sent: signal.Signals, expected: int, tmp_path: Path) -> None:
    """A look-up of a name that nobody answers is such a call; no handler runs in the main thread meanwhile."""
    busy = "    import hashlib; print('ready', flush=True); hashlib.pbkdf2_hmac('sha256', b'', b'', 2**31 - 1)"
    status, seconds, errors = ends(WITHIN + busy, tmp_path, sent)
    assert (status, errors) == (expected, "")
    assert termination.GRACE <= seconds < termination.GRACE + 5


def test_nobody_reads_the_output(tmp_path: Path) -> None:
    """The process waits in the middle of a line, for ever: it ends all the same."""
    busy = "    print('ready', flush=True)\n    while True: print('x' * 100_000)"
    process = subprocess.Popen(
        [sys.executable, "-c", WITHIN + busy], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.read(len("ready\n"))
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    assert process.wait(termination.GRACE + 5) in (-signal.SIGTERM, 143)
    assert process.stderr.read() == b""
    process.stdout.close()
    process.stderr.close()


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_the_output_ends_with_a_line(sent: signal.Signals, unbuffered: str, tmp_path: Path) -> None:
    """Whatever is being written: a slow reader finds whole lines only."""
    busy = "    output.prepare(); print('ready', flush=True)\n    while True: output.write(b'x' * 9_999 + b'\\n')"
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    process = subprocess.Popen(
        [sys.executable, "-c", WITHIN + busy], cwd=tmp_path, stdout=subprocess.PIPE, env=environment
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    time.sleep(0.3)
    process.send_signal(sent)
    time.sleep(0.1)
    rest = process.stdout.read()
    assert rest.endswith(b"\n") and {len(line) for line in rest.splitlines()} == {9_999}
    process.wait(20)
    process.stdout.close()


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_while_the_connector_starts(sent: signal.Signals, tmp_path: Path) -> None:
    """The CDK takes a second or more to import. Python's own start, some hundredths before, is not ours."""
    program = (
        "import signal; from source_netvisor.run import run; signal.signal(signal.SIGINT, signal.SIG_DFL); "
        "print(flush=True); run()"
    )
    for seconds in (0.0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2):
        process = subprocess.Popen(
            [sys.executable, "-c", program, "spec"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(seconds)
        process.send_signal(sent)
        output, errors = process.communicate(timeout=20)
        assert errors == b"", f"after {seconds} s"
        assert output == b"" or output.endswith(b"\n")
        # it may be done before the signal comes, and before the handler stands the signal has its ordinary meaning
        assert process.returncode in (0, -sent, 130 if sent == signal.SIGINT else -sent)


IN_THE_MIDDLE = (
    "import io, os, signal, sys\n"
    "class Pipe(io.RawIOBase):\n"
    "    def writable(self): return True\n"
    "    def write(self, data):\n"
    "        os.kill(os.getpid(), signal.SIGTERM)\n"
    "        return os.write(1, data)\n"
    "sys.stdout = io.TextIOWrapper(io.BufferedWriter(Pipe()))\n"
)
"""Standard output in the middle of whose every write SIGTERM comes."""


@pytest.mark.parametrize("afterwards", ["pass", "sys.exit(1)", "time.sleep(0.021)", "os.write(1, b'late')"])
def test_a_signal_in_the_middle_of_the_last_write(afterwards: str, tmp_path: Path) -> None:
    """The process waits for the end of the line, and the command may be done by then."""
    program = IN_THE_MIDDLE + WITHIN + f"    print('a line'); sys.stdout.flush()\n    {afterwards}"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=30
    )
    assert (done.returncode, done.stderr) == (-signal.SIGTERM, "")
    assert done.stdout.startswith("a line\n")


FORKS = """
import os, socket, sys
from source_netvisor.protocol import output, termination
test = socket.socket(fileno=int(sys.argv[1]))
while descriptors := socket.recv_fds(test, 1, 2)[1]:
    child = os.fork()
    if not child:
        for number, descriptor in enumerate(descriptors, 1):
            os.dup2(descriptor, number)
            os.close(descriptor)
        with termination.handle_signals():
            output.prepare()
            print(os.getpid(), flush=True)
            for _ in range(200):
                output.write(b"x" * 9_999 + b"\\n")
        sys.exit()
    for descriptor in descriptors:
        os.close(descriptor)
    test.recv(1)
    test.send(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]).to_bytes(2, "big", signed=True))
"""
"""A command of a few milliseconds for each two descriptors that come over a socket: its outputs. Its status goes back
when a byte asks for it; until then its number stays its own."""


def test_a_signal_at_any_moment_of_the_end(tmp_path: Path) -> None:
    """Three hundred commands, each ended at another moment."""
    ours, theirs = socket.socketpair()
    arguments = [sys.executable, "-c", FORKS, str(theirs.fileno())]
    statuses = set()
    # pipes from the start, as the commands' outputs are
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    forks = subprocess.Popen(arguments, cwd=tmp_path, pass_fds=[theirs.fileno()], **pipes)
    # `ours` is closed first, which ends the forks
    with theirs, forks, ours:
        for number in range(300):
            (output, written), (errors, complained) = os.pipe(), os.pipe()
            socket.send_fds(ours, [b"."], [written, complained])
            os.close(written)
            os.close(complained)
            with open(output, "rb") as told, open(errors, "rb") as complaints:
                process = int(told.readline())
                time.sleep(number % 60 / 20_000)
                os.kill(process, signal.SIGTERM)
                rest = told.read()
                assert not rest or rest.endswith(b"\n")
                assert complaints.read() == b""
            ours.send(b".")
            statuses.add(int.from_bytes(ours.recv(2), "big", signed=True))
        ours.shutdown(socket.SHUT_WR)
        assert forks.communicate(timeout=10) == (b"", b"")
    assert statuses <= {0, -signal.SIGTERM}
