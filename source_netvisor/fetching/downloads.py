"""The order of the calls: at most as many in flight as allowed, and the next one while a reply is being parsed.

Netvisor wants one call at a time for a company; that is a rule of the network, not of the CPU. Readers say early what
they will ask (`expect`), and take the replies in their own order (`fetch`). While they wait for one, they can show that
they are alive: Airbyte ends a sync of which it hears nothing for long.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime

from source_netvisor import errors
from source_netvisor.netvisor.client import Client
from source_netvisor.netvisor.reply import Reply
from source_netvisor.netvisor.request import Request

AHEAD = 3
"""Replies that may wait, spooled, for somebody to read them: so many that are wanted soon, and so many for later."""
SIGN_OF_LIFE = 60.0
"""Seconds after which a reader that gets nothing is woken up, and again each time."""


class _Download:
    def __init__(self, soon: bool) -> None:
        self.soon = soon
        self.reply: Reply | None = None
        self.error: BaseException | None = None
        self.started = False
        self.done = False


class Downloads:
    """Fetches in the background.

    Args:
        client: who asks.
        concurrent: calls in flight at once.
        sign_of_life: seconds after which a reader that waits is woken up.

    Attributes:
        on_wait: called in the reader's thread, with no lock held, when a call begins to wait (for the end of a
            Retry-After, of a back-off), with the moment (UTC) at which it is tried again; and every `sign_of_life`
            seconds in which nothing arrives, with that moment, or with None while a call is under way.
        on_fetched: called in the reader's thread with each request whose call is over.
    """

    def __init__(self, client: Client, concurrent: int = 1, sign_of_life: float = SIGN_OF_LIFE) -> None:
        self._client = client
        self._sign_of_life = sign_of_life
        self._pauses: dict[Request, datetime] = {}
        client.on_pause = self._paused
        self.on_wait: Callable[[datetime | None], None] | None = None
        self.on_fetched: Callable[[Request], None] | None = None
        self._concurrent = concurrent
        self._changed = threading.Condition()
        self._soon: deque[Request] = deque()
        self._later: deque[Request] = deque()
        self._downloads: dict[Request, _Download] = {}
        self._awaited: Request | None = None
        self._threads = 0
        # what ails one call may concern all (a key that is refused): none is made that nobody has asked for since
        self._failed = False
        self._closed = False

    def expect(self, requests: Iterable[Request], soon: bool = False) -> None:
        """Says what will be fetched, in that order.

        Args:
            requests: what is not expected already.
            soon: before everything that is expected otherwise: it is wanted next.
        """
        with self._changed:
            self._expect(requests, soon)
            self._wake()

    def _expect(self, requests: Iterable[Request], soon: bool) -> None:
        fresh = [r for r in dict.fromkeys(requests) if r not in self._downloads]
        for request in fresh:
            self._downloads[request] = _Download(soon)
        (self._soon if soon else self._later).extend(fresh)

    def fetch(self, request: Request) -> Reply:
        """The reply; waits for it. The caller closes it.

        Args:
            request: what to ask.

        Raises:
            NetvisorError: of the call.
        """
        with self._changed:
            self._expect([request], soon=True)
            download = self._downloads[request]
            # it may have failed before somebody asked for it, and then no other goes out meanwhile
            self._failed = download.error is not None
            if not download.started:
                (self._soon if download.soon else self._later).remove(request)
                download.soon = True
                self._soon.appendleft(request)
            self._awaited = request
            self._wake()
        self._await(download, self.on_wait)
        with self._changed:
            self._awaited = None
            del self._downloads[request]
            self._wake()
        if self.on_fetched is not None:
            self.on_fetched(request)
        if download.error is not None:
            raise download.error
        assert download.reply is not None
        return download.reply

    def _await(self, download: _Download, on_wait: Callable[[datetime | None], None] | None) -> None:
        last: datetime | None = None
        while True:
            with self._changed:
                new = self._changed.wait_for(
                    lambda before=last: download.done or self._paused_until() not in (None, before),  # type: ignore[misc]
                    self._sign_of_life if on_wait is not None else None,
                )
                if download.done:
                    return
                until = self._paused_until()
                last = until if new else last
            if on_wait is not None:
                on_wait(until)

    def _paused(self, request: Request, until: datetime | None) -> None:
        """The client says that a call waits, and that it goes on (None)."""
        with self._changed:
            if until is None:
                self._pauses.pop(request, None)
            else:
                self._pauses[request] = until
            self._changed.notify_all()

    def _paused_until(self) -> datetime | None:
        return max(self._pauses.values(), default=None)

    def forget(self, requests: Iterable[Request]) -> None:
        """Takes back what was expected and will not be fetched."""
        with self._changed:
            for request in requests:
                download = self._downloads.get(request)
                if download is None or (download.started and not download.done):
                    continue
                if not download.started:
                    (self._soon if download.soon else self._later).remove(request)
                del self._downloads[request]
                if download.reply is not None:
                    download.reply.close()
            self._wake()

    def close(self) -> None:
        """Ends the waits and drops everything."""
        self._client.stop()
        with self._changed:
            self._closed = True
            self._soon.clear()
            self._later.clear()
            for download in self._downloads.values():
                if download.reply is not None:
                    download.reply.close()
            self._downloads.clear()
            self._changed.notify_all()

    def _may_start(self) -> bool:
        """Whether another call may go out: somebody waits for it, or few enough replies lie unread and none failed."""
        queue = self._soon or self._later
        if not queue or self._closed:
            return False
        awaited = self._awaited is not None and not self._downloads[self._awaited].started
        soon = queue is self._soon
        unread = sum(one.done and one.soon == soon for one in self._downloads.values())
        return awaited or (unread < AHEAD and not self._failed)

    def _wake(self) -> None:
        """Starts another thread where one may work; called with the lock held."""
        if self._threads < self._concurrent and self._may_start():
            self._threads += 1
            # a daemon: a call that hangs must not keep the process from ending
            thread = threading.Thread(target=self._work, daemon=True, name=f"netvisor-{self._threads}")
            try:
                thread.start()
            except RuntimeError:
                self._threads -= 1
                if not self._threads:
                    self._give_up()

    def _give_up(self) -> None:
        """No call can be made; called with the lock held."""
        for request in (*self._soon, *self._later):
            download = self._downloads[request]
            download.error, download.started, download.done = errors.no_thread(), True, True
        self._soon.clear()
        self._later.clear()
        self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._changed:
                if not self._may_start():
                    self._threads -= 1
                    return
                request = (self._soon or self._later).popleft()
                download = self._downloads[request]
                download.started = True
                self._wake()
            try:
                reply = self._client.fetch(request)
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever fetches the reply
                download.error = error
            else:
                download.reply = reply
            with self._changed:
                download.done = True
                self._failed |= download.error is not None
                if self._closed and download.reply is not None:
                    # nobody fetches it any more
                    download.reply.close()
                self._changed.notify_all()
