"""SIGTERM and Ctrl-C end the process wherever it is: at the end of a line of its output, and without a word.

No exception is raised for them. Python drops one that comes while it cleans up an object, and one that comes between
taking a lock and its `with` leaves the lock held: a sync that is asked to end would now and then go on or hang. And
nothing has to be unwound: the state of every finished window is out, replies lie in files without names, and
connections end with the process.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator

GRACE = 5.0
"""Seconds after the signal at which the process ends in the middle of a line too: where nobody reads it, or a call does
not come back to Python."""
AGAIN = 0.02
"""Seconds until the next try where the signal arrived in the middle of a write."""
SIGNALS = (signal.SIGTERM, signal.SIGINT)
POKE = signal.SIGURG
"""Interrupts what the main thread waits for, and means nothing."""
BETWEEN_POKES = 0.05

FOLDER = "REQUEST_CACHE_PATH"
"""The variable in which the CDK names the folder that it makes for each command and removes at its end."""

_inherited_folder = os.environ.get(FOLDER)
_postponed: list[int] = []
"""Signals that arrived in the middle of a write."""


@contextlib.contextmanager
def handle_signals() -> Iterator[None]:
    """Within the block the signals end the process as described above; after it they have their ordinary meaning."""
    for number in SIGNALS:
        signal.signal(number, _end)
    signal.signal(POKE, lambda *_: None)
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    # written by the system itself, so also where the main thread cannot run a handler: while a name is looked up, say
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    # where the system starts no thread, the handlers alone have to do; the calls, which need one, say what is wrong
    with contextlib.suppress(RuntimeError):
        threading.Thread(target=_watch, args=(reading,), daemon=True, name="netvisor-termination").start()
    try:
        yield
    finally:
        _ordinary()
        # a timer that goes off while Python shuts down would end the process by itself, as the system does with SIGALRM
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
        signal.set_wakeup_fd(-1)
        os.close(writing)
        if _postponed:
            _end(_postponed[0], None)


def _end(number: int, frame: object) -> None:
    """Ends the process once the line that is being written is out; runs in the main thread, which so writes no more."""
    _ordinary()
    try:
        sys.stdout.flush()
    except RuntimeError:
        # in the middle of a write, which has to go on first
        _postponed.append(number)
        signal.signal(signal.SIGALRM, lambda *_: _end(number, None))
        signal.setitimer(signal.ITIMER_REAL, AGAIN)
        return
    except (OSError, ValueError):
        # nobody reads the output any more
        pass
    _leave(number)


def _ordinary() -> None:
    """From now on a signal ends the process at once."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)


def _watch(reading: int) -> None:
    """Has the main thread end the process, or ends it where the main thread does not come to do so.

    A signal does not end the waiting of the main thread where it arrives just before that, or in another thread; and
    without an end of the waiting, the handler does not run.
    """
    while arrived := os.read(reading, 1):
        if arrived[0] in SIGNALS:
            end = time.monotonic() + GRACE
            while time.monotonic() < end:
                signal.pthread_kill(_main_thread(), POKE)
                time.sleep(BETWEEN_POKES)
            _leave(arrived[0])
    os.close(reading)


def _main_thread() -> int:
    return threading.main_thread().ident or 0


def _leave(number: int) -> None:
    folder = os.environ.get(FOLDER)
    if folder != _inherited_folder and folder:
        with contextlib.suppress(OSError):
            os.rmdir(folder)
    if number == signal.SIGTERM:
        # whoever sent it expects an end by it: PyAirbyte takes any other status for a failure
        with contextlib.suppress(ValueError):
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        # still here as the first process of a container, which the signal does not end
    os._exit(128 + number)
