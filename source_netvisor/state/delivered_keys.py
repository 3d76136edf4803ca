"""Which documents, and which of their lines, have been delivered: kept in the state, about a byte a line.

Netvisor never says that a line is gone: an edited voucher just comes with other lines, and a voucher deleted during a
long pause comes no more. To send a deletion one has to know what was sent, and the warehouse cannot be asked.

The keys are written as differences between neighbours, as variable-length integers, compressed, in segments. A later
segment overrides an earlier one. Nothing is unpacked before it is needed, and then as a stream.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterable, Iterator, Sequence

from source_netvisor.state.key_set import KeySet

MOST_SEGMENTS = 12


class _Writer:
    """A segment that is being written; it can be read at any time."""

    def __init__(self) -> None:
        self._compress = zlib.compressobj(6)
        self._out = bytearray()
        self._pending = bytearray()
        self._parent = 0
        self._line = 0

    def put(self, parent: int, lines: Sequence[int] | None) -> None:
        pending = self._pending
        _write_signed(pending, parent - self._parent)
        self._parent = parent
        _write(pending, 0 if lines is None else len(lines) + 1)
        line = self._line
        for key in lines or ():
            _write_signed(pending, key - line)
            line = key
        self._line = line
        if len(pending) > 1 << 16:
            self._out += self._compress.compress(bytes(pending))
            pending.clear()

    @property
    def size(self) -> int:
        """Bytes so far."""
        return len(self._out)

    def packed(self) -> bytes:
        self._out += self._compress.compress(bytes(self._pending))
        self._pending.clear()
        return bytes(self._out) + self._compress.copy().flush()


def _write(out: bytearray, value: int) -> None:
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)


def _write_signed(out: bytearray, value: int) -> None:
    _write(out, value << 1 if value >= 0 else (-value << 1) - 1)


def _integers(packed: bytes) -> Iterator[int]:
    unpack = zlib.decompressobj()
    value = shift = 0
    for start in range(0, len(packed), 1 << 14):
        chunk = unpack.decompress(packed[start : start + (1 << 14)], 1 << 18)
        while chunk:
            for byte in chunk:
                value |= (byte & 127) << shift
                if byte & 128:
                    shift += 7
                else:
                    yield value
                    value = shift = 0
            chunk = unpack.decompress(unpack.unconsumed_tail, 1 << 18)
    if not unpack.eof or shift:
        raise ValueError("a segment that breaks off")


def _entries(packed: bytes) -> Iterator[tuple[int, tuple[int, ...] | None]]:
    """(document, its lines) or (document, None) for one that was taken out."""
    numbers = _integers(packed)
    parent = line = 0
    for number in numbers:
        parent += (number >> 1) if not number & 1 else -((number + 1) >> 1)
        count = next(numbers)
        if not count:
            yield parent, None
            continue
        lines = []
        for _ in range(count - 1):
            step = next(numbers)
            line += (step >> 1) if not step & 1 else -((step + 1) >> 1)
            lines.append(line)
        yield parent, tuple(lines)


class DeliveredKeys:
    """Documents that the destination holds, each with its line keys (none where the stream has no lines).

    Args:
        segments: what `to_json` gave.

    Raises:
        ValueError: the segments are not what `to_json` gives.
    """

    def __init__(self, segments: Iterable[str] = ()) -> None:
        self._segments: list[bytes] = []
        self._writer: _Writer | None = None
        self._known: KeySet | None = None
        try:
            for segment in segments:
                self._segments.append(base64.b64decode(segment, validate=True))
            if self._segments:
                self._known = self._documents()
        except (binascii.Error, zlib.error, TypeError, StopIteration, RuntimeError) as error:
            raise ValueError("damaged") from error

    @property
    def documents(self) -> KeySet:
        """The keys of the documents."""
        if self._known is None:
            self._known = KeySet()
        return self._known

    @property
    def packed_size(self) -> int:
        """About how many bytes the keys take in a state."""
        return sum(map(len, self._segments)) + (self._writer.size if self._writer else 0)

    def _packed(self) -> list[bytes]:
        """All segments, the newest first."""
        return ([self._writer.packed()] if self._writer else []) + self._segments[::-1]

    def _documents(self) -> KeySet:
        known, settled = KeySet(), KeySet()
        for packed in self._packed():
            latest: dict[int, bool] = {}
            for parent, lines in _entries(packed):
                latest[parent] = lines is not None
            for parent, lives in latest.items():
                if settled.add(parent) and lives:
                    known.add(parent)
        return known

    def lines_of(self, documents: Iterable[int]) -> dict[int, tuple[int, ...]]:
        """The delivered lines of those documents that have been delivered."""
        wanted = {key for key in documents if key in self.documents}
        found: dict[int, tuple[int, ...]] = {}
        for packed in self._packed() if wanted else ():
            if not wanted:
                break
            latest = {parent: lines for parent, lines in _entries(packed) if parent in wanted}
            for parent, lines in latest.items():
                found[parent] = lines or ()
            wanted -= latest.keys()
        return found

    def each(self) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Every document with its lines; in little memory where the keys were written in one go, each once."""
        if len(self._segments) == 1 and self._writer is None:
            entries = iter(_entries(self._segments[0]))
            yield from ((document, lines) for document, lines in entries if lines is not None)
        else:
            yield from self.lines_of(self.documents).items()

    def put(self, document: int, lines: Sequence[int] = ()) -> None:
        """The document has been, or is about to be, delivered with exactly these lines."""
        if self._writer is None:
            self._writer = _Writer()
        self._writer.put(document, lines)
        self.documents.add(document)

    def remove(self, document: int) -> None:
        """The document's deletion has been delivered."""
        if document in self.documents:
            if self._writer is None:
                self._writer = _Writer()
            self._writer.put(document, None)
            self.documents.discard(document)

    def updated(self, newer: DeliveredKeys) -> DeliveredKeys:
        """These keys, overridden by newer ones."""
        return DeliveredKeys([*self.to_json(), *newer.to_json()])

    def to_json(self) -> list[str]:
        """The segments, the newest last; small ones are merged when there are many."""
        segments = self._packed()[::-1]
        if len(segments) > MOST_SEGMENTS:
            merged = _Writer()
            settled = KeySet()
            for packed in reversed(segments):
                latest = dict(_entries(packed))
                for parent, lines in latest.items():
                    if settled.add(parent) and lines is not None:
                        merged.put(parent, lines)
            segments = [merged.packed()]
            self._segments, self._writer = segments, None
        return [base64.b64encode(packed).decode("ascii") for packed in segments]
