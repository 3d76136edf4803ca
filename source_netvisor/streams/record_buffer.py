"""Records that wait until the state that announces them has gone out.

A batch is up to 32 MB of records. Beyond the first few they wait in a nameless temporary file, so that memory stays
flat.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO

from source_netvisor.state.ledger import Columns

IN_MEMORY = 1 << 18
"""Bytes of records that wait in memory."""
BATCH = 32 << 20
"""Bytes of records after which a state goes out."""
TAKEN_AT_ONCE = 1 << 17
"""Bytes of records that are taken from the file at a time, about."""


class RecordBuffer:
    """The records of one stream's batch.

    Args:
        batch: bytes of records in a batch.
    """

    def __init__(self, batch: int = BATCH) -> None:
        self._batch = batch
        # one after the other: an object for each would take eight kilobytes
        self._lines = bytearray()
        self._file: IO[bytes] | None = None
        self.groups = Columns()
        self.size = 0

    def add(self, line: bytes) -> None:
        """One record's JSON with its line break, the only one in it."""
        self._lines += line
        self.size += len(line)
        if len(self._lines) > IN_MEMORY:
            self._spill()

    @property
    def is_full(self) -> bool:
        """Whether the batch is large enough to be sent."""
        return self.size >= self._batch

    def _spill(self) -> None:
        if not self._lines:
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the batch
        self._file.write(self._lines)
        self._lines.clear()

    def mark(self) -> tuple[int, int, int]:
        """A place to which `take_back` goes back: bytes in the file, bytes of the batch, groups."""
        self._spill()
        return self._file.tell() if self._file is not None else 0, self.size, len(self.groups)

    def take_back(self, mark: tuple[int, int, int]) -> None:
        """Drops what was added since the mark; the batch must not have been sent meanwhile."""
        written, self.size, groups = mark
        self._lines.clear()
        self.groups.cut(groups)
        if self._file is not None:
            self._file.seek(written)
            self._file.truncate()

    def take(self) -> Iterator[bytes]:
        """The records in their order, some hundred at a time, one after the other; they wait no longer."""
        lines, file = bytes(self._lines), self._file
        self._lines.clear()
        self._file, self.size = None, 0
        if file is not None:
            with file:
                file.seek(0)
                while chunk := file.read(TAKEN_AT_ONCE):
                    yield chunk + file.readline()
        if lines:
            yield lines

    def clear(self) -> None:
        """Drops what waits."""
        if self._file is not None:
            self._file.close()
        self._lines.clear()
        self._file, self.size = None, 0
        self.groups = Columns()
