"""Scripted faults: what can go wrong between Netvisor and a caller, at the call where a test wants it.

A fault changes an answer on its way out. The call it is played on is checked and recorded as any other: a retry
that sends an old signature again is found out even where the first attempt was never answered.

    simulator.faults.add(netvisor_code("SYSTEM_MAINTENANCE"), resource="accountlist.nv", nth=2, times=3)
"""

from __future__ import annotations

import gzip as gzip_module
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from . import frames
from .assumptions import ApiAssumptions
from .calls import Call
from .wire import Answer

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Moment:
    """What a fault may want to know: the time on the company's clock, and how the codes are sent."""

    now: datetime
    codes_asked_for: bool
    assumptions: ApiAssumptions


@dataclass(frozen=True)
class Fault:
    """A name for the record, and a function from the answer that would have been sent to the one that is."""

    name: str
    play: Callable[[Answer, Moment], Answer]


@dataclass
class Script:
    """A fault and the calls that it is played on. `seen` counts those that match, `left` those still to be hit."""

    fault: Fault
    resource: str | None
    when: Callable[[Call], bool] | None
    nth: int
    left: int | None
    seen: int = 0

    def hits(self, call: Call) -> bool:
        """Count a call; is the fault to be played on it?"""
        if (self.resource and call.resource != self.resource) or (self.when and not self.when(call)):
            return False
        self.seen += 1
        if self.seen < self.nth or self.left == 0:
            return False
        if self.left is not None:
            self.left -= 1
        return True


class Faults:
    """The scripts of a simulator. Of several that hit one call, the first added is played."""

    def __init__(self) -> None:
        self._scripts: list[Script] = []
        self._lock = threading.Lock()

    def add(
        self,
        fault: Fault,
        *,
        resource: str | None = None,
        nth: int = 1,
        times: int | None = 1,
        when: Callable[[Call], bool] | None = None,
    ) -> Script:
        """Play a fault.

        Args:
            fault: made by one of the functions below.
            resource: only calls of this resource count.
            nth: the first call to hit, from 1, counted from now among those that match.
            times: for how many matching calls from there; None for ever.
            when: only calls count for which it returns true.
        """
        script = Script(fault, resource.lower() if resource else None, when, nth, times)
        with self._lock:
            self._scripts.append(script)
        return script

    def clear(self) -> None:
        """Let all go well from now on."""
        with self._lock:
            self._scripts.clear()

    def pick(self, call: Call) -> Fault | None:
        """The fault to play on this call; every script counts the call, played or not."""
        with self._lock:
            hit = [script.fault for script in self._scripts if script.hits(call)]
        return hit[0] if hit else None


def refuse_connection(reset: bool = False) -> Fault:
    """The connection is closed, or reset, without an answer."""
    return Fault("refuse_connection", lambda answer, _: Answer(silent=True, cut="reset" if reset else "close"))


def delay(seconds: float) -> Fault:
    """The right answer, but its first byte comes late."""
    return Fault("delay", lambda answer, _: replace(answer, delay=answer.delay + seconds))


def drip(pause: float, piece: int = 64) -> Fault:
    """The right answer in small pieces (bytes) with a pause (seconds) before each."""
    return Fault("drip", lambda answer, _: replace(answer, pause=pause, piece=piece))


def reset(after: int = 200) -> Fault:
    """The connection is reset after so many bytes of the body."""
    return Fault("reset", lambda answer, _: replace(answer, cut="reset", cut_after=after))


def truncate(
    after: int = 200, framing: Literal["right_length", "wrong_length", "no_last_chunk", "all_chunks"] = "no_last_chunk"
) -> Fault:
    """The body ends after so many bytes.

    Args:
        after: bytes of the body that are sent.
        framing: `right_length` and `all_chunks` are whole by HTTP, so that only the XML tells; `wrong_length`
            announces a longer body, `no_last_chunk` leaves the end of a chunked one out, and both close.
    """

    def play(answer: Answer, _: Moment) -> Answer:
        body = b"".join(answer.body)[:after]
        if framing == "right_length":
            return replace(answer, body=[body], length=len(body))
        if framing == "wrong_length":
            return replace(answer, body=[body], length=len(body) + 1000, cut="close")
        return replace(answer, body=[body], length=None, cut="close" if framing == "no_last_chunk" else None)

    return Fault(f"truncate {framing}", play)


def raw(
    body: bytes, status: int = 200, headers: Mapping[str, str] | None = None, content_type: str | None = HTML
) -> Fault:
    """Any body at all, with any status and headers; `content_type` None sends none."""
    sent = {**({"Content-Type": content_type} if content_type else {}), **(headers or {})}
    return Fault(f"raw {status}", lambda answer, _: Answer.whole(body, status, sent))


def http_status(status: int, body: str | None = None, headers: Mapping[str, str] | None = None) -> Fault:
    """An HTTP status with an HTML page, as a proxy before Netvisor would send it."""
    page = (
        body if body is not None else f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
    )
    return raw(page.encode(), status, headers)


def too_many_requests(retry_after: str | int | None = None) -> Fault:
    """429; `retry_after` is the header's value, seconds or an HTTP date, or no header. Not documented by Netvisor."""
    return http_status(429, headers={} if retry_after is None else {"Retry-After": str(retry_after)})


def redirect(location: str, status: int = 302) -> Fault:
    """A redirect. To follow it with the same headers would send a wrong signature."""
    return http_status(status, headers={"Location": location})


def maintenance_page(status: int = 200) -> Fault:
    """A page for people instead of a frame; that Netvisor sends such pages is not documented."""
    return http_status(status, "<!DOCTYPE html><html><body><h1>Netvisor</h1><p>Service break<br></p></body></html>")


def netvisor_code(code: str, text: str = "Played by the simulator") -> Fault:
    """A proper FAILED frame with any code, and the HTTP status that belongs to it."""

    def play(_: Answer, moment: Moment) -> Answer:
        status = frames.http_status(code, moment.codes_asked_for, moment.assumptions)
        body = frames.failed(code, text, moment.now)
        return replace(Answer.whole(body, status, {"Content-Type": frames.CONTENT_TYPE}), code=code, text=text)

    return Fault(f"netvisor_code {code}", play)


OddFrame = Literal["one_status", "no_status", "empty_status", "no_time_stamp", "no_response_status", "no_code"]


def odd_frame(kind: OddFrame, status: int = 200) -> Fault:
    """A frame that is well-formed XML and not as documented.

    `one_status` says FAILED and not why; `no_code` says why without `CODE ::`; the others leave out what their
    names say.
    """
    statuses = {
        "one_status": ["FAILED"],
        "no_status": [],
        "empty_status": [""],
        "no_time_stamp": ["FAILED", "TECHNICAL_ERROR :: Played by the simulator"],
        "no_code": ["FAILED", "Aineiston käsittelyssä tapahtui virhe. Virhetunniste: 1"],
    }

    def play(_: Answer, moment: Moment) -> Answer:
        if kind == "no_response_status":
            text = f"{frames.DECLARATION}\r\n<Root>\r\n"
        else:
            text = frames.head(statuses[kind], None if kind == "no_time_stamp" else frames.time_stamp(moment.now))
        return Answer.whole((text + "</Root>").encode(), status, {"Content-Type": frames.CONTENT_TYPE})

    return Fault(f"odd_frame {kind}", play)


def gzip() -> Fault:
    """The right answer compressed, and marked so, whether or not the caller asked for it."""

    def play(answer: Answer, _: Moment) -> Answer:
        body = gzip_module.compress(b"".join(answer.body))
        return replace(answer, body=[body], length=len(body), headers={**answer.headers, "Content-Encoding": "gzip"})

    return Fault("gzip", play)


def transform(change: Callable[[bytes], bytes]) -> Fault:
    """The right answer with its body changed; the body is held in memory whole."""

    def play(answer: Answer, _: Moment) -> Answer:
        body = change(b"".join(answer.body))
        return replace(answer, body=[body], length=len(body))

    return Fault("transform", play)


def substitute(old: str, new: str) -> Fault:
    """The right answer with one text in place of another, everywhere."""
    return transform(lambda body: body.replace(old.encode(), new.encode()))
