"""The end of attempts: one thread watches them all, and each ends in its own time."""

from __future__ import annotations

import socket
import threading
import time

from source_netvisor.netvisor.deadline import Deadline


def _waits_for_the_end(deadline: Deadline, ends: list[float]) -> None:
    here, there = socket.socketpair()
    with here, there, deadline:
        deadline.watch(here)
        began = time.monotonic()
        here.recv(1)
        ends.append(time.monotonic() - began)


def test_each_attempt_ends_in_its_own_time() -> None:
    long, short, over = Deadline(1.5), Deadline(0.2), Deadline(0.1)
    ends: dict[Deadline, list[float]] = {long: [], short: []}
    threads = [threading.Thread(target=_waits_for_the_end, args=(one, ends[one]), daemon=True) for one in ends]
    with over:
        # the one that ends last is the first that is waited for
        for thread in threads:
            thread.start()
    for thread in threads:
        thread.join(10)
    assert long.expired and short.expired and not over.expired
    assert 0.2 <= ends[short][0] < 1.5 <= ends[long][0]


def test_one_thread_watches_them_all() -> None:
    before = threading.active_count()
    several = [Deadline(3600) for _ in range(50)]
    for deadline in several:
        deadline.__enter__()
    assert threading.active_count() <= before + 1
    for deadline in several:
        deadline.__exit__()
    assert not any(deadline.expired for deadline in several)
