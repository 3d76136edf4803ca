"""What goes wrong on the way, by chance and on purpose."""

from __future__ import annotations

import random
import threading
from enum import Enum


class Fault(Enum):
    """One kind of failure."""

    RATE_LIMIT = "429, not carried out"
    ERROR_BEFORE = "500, not carried out"
    ERROR_AFTER = "502, carried out"
    DROP_BEFORE = "no answer, not carried out"
    DROP_AFTER = "no answer, carried out"


class Faults:
    """Chooses a fault for a share of the calls.

    Args:
        share: of the calls, from 0 to 1.
        seed: the same seed, the same choices.
    """

    def __init__(self, share: float = 0.0, seed: int = 1) -> None:
        self._share = share
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._scripted: list[tuple[str, str, Fault]] = []
        self.count = 0

    def script(self, method: str, path: str, fault: Fault, times: int = 1) -> None:
        """The next calls of this method whose path begins so fail."""
        self._scripted += [(method, path, fault)] * times

    def clear(self) -> None:
        """Nothing is scripted any more."""
        self._scripted.clear()

    def next(self, method: str, path: str) -> Fault | None:
        """The fault of this call, if it has one."""
        with self._lock:
            for number, (of_method, of_path, fault) in enumerate(self._scripted):
                if method == of_method and path.startswith(of_path):
                    del self._scripted[number]
                    self.count += 1
                    return fault
            if self._random.random() < self._share:
                self.count += 1
                return self._random.choice(list(Fault))
            return None
