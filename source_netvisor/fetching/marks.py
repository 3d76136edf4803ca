"""A property that no element of a list's rows has: whether the same list, asked for with a filter, has the row.

The list of the marked rows is asked for when the first row needs it, after the list itself, so that what was entered
between the two is in both. That Netvisor obeys the filter is seen by one marked row, for which the opposite is asked.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import date, timedelta

from source_netvisor.errors import NetvisorError
from source_netvisor.fetching.paging import ListReader
from source_netvisor.manifest.endpoint import Endpoint, Mark
from source_netvisor.netvisor.request import Request
from source_netvisor.state.int_bitset import IntBitset

logger = logging.getLogger("airbyte.source_netvisor")

DAY = timedelta(days=1)


class MarkReader:
    """Says of rows of one listing whether they are marked.

    Args:
        endpoint: of the listing; it has a `mark`.
        mark: the endpoint's.
        reader: reads a list of the endpoint.
    """

    def __init__(self, endpoint: Endpoint, mark: Mark, reader: Callable[[Request], ListReader]) -> None:
        self._endpoint = endpoint
        self._mark = mark
        self._reader = reader
        self._lists: dict[Request, _MarkedRows] = {}
        self._useless = False

    def value(self, key: int, request: Request) -> bool | None:
        """Whether a row is marked; None where Netvisor does not say so.

        Args:
            key: of the row.
            request: for the first reply of the list that the row is in.

        Raises:
            NetvisorError: the list of the marked rows cannot be read.
        """
        if request not in self._lists:
            self._lists[request] = self._read(request)
        return self._lists[request].value(key)

    def _read(self, request: Request) -> _MarkedRows:
        if self._useless:
            return _MarkedRows()
        words = _text(self._mark.only)
        try:
            found = self._keys(_with(request, self._mark.only))
            if found.sample is None or not self._is_among_the_others(request, *found.sample):
                return found
            problem = f"sends a row for {words} that it sends for {_text(self._mark.others)} too"
        except NetvisorError as error:
            if not error.rejected:
                raise
            problem = f"refuses {words}"
        self._useless = True
        logger.warning(
            f"{self._endpoint.resource}: Netvisor {problem}, so {self._mark.property} stays empty. Please report it to "
            "the developers."
        )
        return _MarkedRows()

    def _keys(self, request: Request) -> _MarkedRows:
        found = _MarkedRows()
        reader = self._reader(request)
        with closing(reader.replies(request)) as pages:
            for page in pages:
                for _, key, day in page.rows():
                    if key is not None:
                        found.keys.add(key)
                        found.sample = key, day
        found.complete = reader.complete and not reader.cut_suspected
        return found

    def _is_among_the_others(self, request: Request, key: int, day: str | None) -> bool:
        """Whether the list of what is not marked has a marked row; of the rows' dates that row's own is enough."""
        narrowed = _with(request, self._mark.others)
        if day is not None and self._endpoint.halve:
            begin, end = date.fromisoformat(day) - DAY, date.fromisoformat(day) + DAY
            words = self._endpoint.halve
            narrowed = _with(narrowed, {words["begin"]: begin.isoformat(), words["end"]: end.isoformat()})
        return key in self._keys(narrowed).keys


class _MarkedRows:
    """What is known of the marked rows of one list.

    Attributes:
        keys: of those that are marked.
        complete: whether what is not among them is not marked.
        sample: key and date of one of them.
    """

    def __init__(self) -> None:
        self.keys = IntBitset()
        self.complete = False
        self.sample: tuple[int, str | None] | None = None

    def value(self, key: int) -> bool | None:
        if key in self.keys:
            return True
        return False if self.complete else None


def marked_fingerprint(fingerprint: int, mark: bool | None) -> int:
    """The fingerprint of a row with its mark; without one it is the row's own."""
    return fingerprint if mark is None else zlib.crc32(b"1" if mark else b"0", fingerprint)


def _with(request: Request, more: Mapping[str, str]) -> Request:
    kept = tuple((name, value) for name, value in request.parameters if name not in more)
    plain = None if request.plain is None else _with(request.plain, more)
    return Request(request.resource, (*kept, *more.items()), request.expected, plain)


def _text(parameters: Mapping[str, str]) -> str:
    return ", ".join("=".join(one) for one in parameters.items())
