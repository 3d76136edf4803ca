"""Records that wait until the state that announces them has gone out.

A batch is up to 32 MB of records. Beyond the first few they wait in a nameless temporary file, so that memory stays
flat.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import islice
from typing import IO, NamedTuple

IN_MEMORY = 4 << 20
"""Bytes of records that wait in memory."""
BATCH = 32 << 20
"""Bytes of records after which a state goes out."""
LINES_AT_ONCE = 500


class WaitingGroup(NamedTuple):
    """A group of the ledger whose records wait.

    Args:
        key: of the group.
        fingerprint: 32 bits of what Netvisor sent.
        month: of its date; None: it has no date.
        rows: the keys of its rows, ascending.
    """

    key: int
    fingerprint: int
    month: int | None
    rows: tuple[int, ...]


class RecordBuffer:
    """The records of one stream's batch.

    Args:
        batch: bytes of records in a batch.
    """

    def __init__(self, batch: int = BATCH) -> None:
        self._batch = batch
        self._lines: list[bytes] = []
        self._file: IO[bytes] | None = None
        self._in_memory = 0
        self.groups: list[WaitingGroup] = []
        self.size = 0

    def add(self, line: bytes) -> None:
        """One record's JSON, which has no line break in it."""
        self._lines.append(line)
        self._in_memory += len(line)
        self.size += len(line)
        if self._in_memory > IN_MEMORY:
            self._spill()

    @property
    def is_full(self) -> bool:
        """Whether the batch is large enough to be sent."""
        return self.size >= self._batch

    def _spill(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the batch
        self._file.write(b"\n".join(self._lines) + b"\n")
        self._lines.clear()
        self._in_memory = 0

    def take(self) -> Iterator[list[bytes]]:
        """The records in their order, some hundred at a time; they wait no longer."""
        lines, file = self._lines, self._file
        self._lines, self._file, self._in_memory, self.size = [], None, 0, 0
        if file is not None:
            with file:
                file.seek(0)
                while chunk := [line.rstrip(b"\n") for line in islice(file, LINES_AT_ONCE)]:
                    yield chunk
        if lines:
            yield lines

    def clear(self) -> None:
        """Drops what waits."""
        if self._file is not None:
            self._file.close()
        self._lines, self._file, self._in_memory, self.size = [], None, 0, 0
        self.groups.clear()
