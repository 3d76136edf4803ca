"""The same work for many companies, several at a time."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from netvisor_fleet.airbyte.failures import AirbyteFailure

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
HOPELESS = (401, 403)
"""After these no other company can succeed either."""


@dataclass(frozen=True)
class Ended(Generic[_Item, _Result]):
    """An item whose work has ended.

    Args:
        result: of the work; None if it failed.
        failure: why; None if it did not.
    """

    item: _Item
    result: _Result | None
    failure: AirbyteFailure | None


class Crew(Generic[_Item, _Result]):
    """Works on items in parallel.

    Args:
        at_a_time: how many.
        work: what is done with each; fails with an AirbyteFailure.
    """

    def __init__(self, at_a_time: int, work: Callable[[_Item], _Result]) -> None:
        self._at_a_time = at_a_time
        self._work = work
        self._stop = False
        self._in_a_row = 0
        self.interrupted = False

    def run(self, items: Sequence[_Item]) -> Iterator[Ended[_Item, _Result]]:
        """Each item as it ends; items that were not begun do not come.

        The run ends early when Airbyte refuses the credentials, when it is silent for company after company, and after
        Ctrl-C. What has begun is always finished.
        """
        waiting = iter(items)
        running: dict[Future[_Result], _Item] = {}
        pool = ThreadPoolExecutor(self._at_a_time, thread_name_prefix="company")
        with self._finishing_after_ctrl_c():
            try:
                while True:
                    while len(running) < self._at_a_time and not self._stop:
                        item = next(waiting, None)
                        if item is None:
                            break
                        running[pool.submit(self._work, item)] = item
                    if not running:
                        return
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        yield self._ended(running.pop(future), future)
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    @contextmanager
    def _finishing_after_ctrl_c(self) -> Iterator[None]:
        """Ctrl-C comes at any moment, not only while the run waits: it is noted, and raises nothing meanwhile."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def note(*_: object) -> None:
            self.interrupted = self._stop = True

        before = signal.signal(signal.SIGINT, note)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _ended(self, item: _Item, future: Future[_Result]) -> Ended[_Item, _Result]:
        try:
            result = future.result()
        except AirbyteFailure as failure:
            self._in_a_row = self._in_a_row + 1 if failure.passing else 0
            if failure.status in HOPELESS or self._in_a_row >= 2 * self._at_a_time:
                self._stop = True
            return Ended(item, None, failure)
        self._in_a_row = 0
        return Ended(item, result, None)
