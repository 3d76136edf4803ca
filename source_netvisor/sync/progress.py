"""How far a sync is, and when it will end: from the calls that are to come and the pace of the last ones."""

from __future__ import annotations

import logging
import time
from collections import Counter, deque
from collections.abc import Callable
from statistics import fmean, median

from source_netvisor.netvisor.client import Client
from source_netvisor.netvisor.request import Request
from source_netvisor.sync.counted_nouns import counted

logger = logging.getLogger("airbyte.source_netvisor")

BETWEEN_LINES = 60.0
"""Seconds between two lines of the log, at least,"""
LINES = 20
"""and so many lines in all, about, however long the sync is."""
RECENT_SHARE = 20
FEWEST_RECENT, MOST_RECENT = 8, 40
"""The pace is that of the last twentieth of the calls, of 8 at least and of 40 at most."""
LEARNT_FROM = 3
"""Calls of a resource that its usual time is learnt from, however long they take."""
REMEMBERED = 20
"""Calls of a resource that its usual time is the mean of."""
ODD = 2.0
"""A call that takes so many times longer or shorter than expected says nothing of its resource: the server slows down
or a call had to be repeated."""


class Pace:
    """How long calls take: each resource its usual time, and all of them longer or shorter lately.

    A server that slows down does so for every resource, also for those that have not been asked since.
    """

    def __init__(self) -> None:
        self._taken: dict[str, deque[float]] = {}
        self._recent: deque[float] = deque(maxlen=MOST_RECENT)

    def took(self, resource: str, seconds: float, calls_in_all: int) -> None:
        """A call took so long.

        Args:
            resource: that was asked.
            seconds: until its reply was there, from the end of the one before it.
            calls_in_all: of the sync, as far as is known.
        """
        lately, usual = self.lately(calls_in_all), self.usual(resource)
        taken = self._taken.setdefault(resource, deque(maxlen=REMEMBERED))
        if len(taken) < LEARNT_FROM:
            taken.append(seconds / self._at_once(lately))
        elif usual / ODD <= seconds / lately <= usual * ODD:
            taken.append(seconds / lately)
        if usual:
            self._recent.append(seconds / usual)

    def _at_once(self, lately: float) -> float:
        """The pace of the last calls alone, where it is another by far: what is learnt now must not learn it too."""
        last = median(list(self._recent)[-LEARNT_FROM:]) if len(self._recent) >= LEARNT_FROM else lately
        return lately if lately / ODD <= last <= lately * ODD else last

    def lately(self, calls_in_all: int) -> float:
        """How many times the usual time the last calls took."""
        wanted = min(max(FEWEST_RECENT, calls_in_all // RECENT_SHARE), MOST_RECENT)
        recent = list(self._recent)[-wanted:]
        # the middle one: a first call of a resource and one that is repeated say nothing of the others
        return max(median(recent), 0.01) if len(recent) >= FEWEST_RECENT else 1.0

    def has_met(self, resource: str) -> bool:
        """Whether the resource has been asked."""
        return resource in self._taken

    def usual(self, resource: str) -> float:
        """Seconds of a call of the resource; of a call of most resources where it has not been asked yet."""
        taken = self._taken.get(resource)
        if taken:
            return fmean(taken)
        return median(map(fmean, known)) if (known := [one for one in self._taken.values() if one]) else 0.0


class Progress:
    """Counts the calls of a sync.

    Args:
        client: that makes them.
        now: seconds on a clock that only goes forwards.

    Attributes:
        done: calls whose replies have been taken.
        all_known: whether every list has been read of which the number of other calls depends.
    """

    def __init__(self, client: Client, now: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._now = now
        self._left: Counter[str] = Counter()
        self._guessed: dict[str, int] = {}
        self._pace = Pace()
        self._began = self._last = self._told = now()
        self.done = 0
        self.all_known = False

    def plan(self, resource: str, calls: int = 1) -> None:
        """So many calls are to come; where they are negative, they are not to come."""
        self._left[resource] = max(self._left[resource] + calls, 0)

    def guess(self, resource: str, calls: int) -> None:
        """So many calls may come besides those that are planned, as the lists that have been read let one expect."""
        self._guessed[resource] = calls

    def has_met(self, resource: str) -> bool:
        """Whether it is known how long its calls take."""
        return self._pace.has_met(resource)

    def fetched(self, request: Request) -> None:
        """A call is over; at times, a line of the log says what is left."""
        now = self._now()
        self.done += 1
        self.plan(request.resource, -1)
        self._pace.took(request.resource, now - self._last, self.calls)
        self._last = now
        self._tell(now)

    @property
    def calls(self) -> int:
        """Of the whole sync, as far as is known."""
        return self.done + self._left.total() + sum(self._guessed.values())

    @property
    def seconds_left(self) -> float:
        """Until the last reply, as far as is known."""
        left = self._left + Counter(self._guessed)
        usual = sum(calls * self._pace.usual(resource) for resource, calls in left.items())
        return usual * self._pace.lately(self.calls)

    def _tell(self, now: float) -> None:
        if now - self._told < BETWEEN_LINES:
            # to work out what is left takes longer than a small reply
            return
        left = self.seconds_left
        whole = now - self._began + left
        if not left or now - self._told < whole / LINES:
            return
        self._told = now
        received = f"{self._client.received / 1e6:.1f} MB so far"
        about = "About" if self.all_known else "At least"
        logger.info(f"{about} {_duration(left)} left: {self.done:,} of {counted(self.calls, 'call')}, {received}.")


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return "a minute"
    return counted(minutes, "minute") if minutes < 100 else f"{minutes / 60:.1f} hours"
