"""Records that wait: in memory or in a file, they come out as they went in, and can be taken back to a mark."""

from __future__ import annotations

import pytest

from source_netvisor.state.ledger import Group
from source_netvisor.streams import record_buffer
from source_netvisor.streams.record_buffer import RecordBuffer


def taken(buffer: RecordBuffer) -> list[bytes]:
    parts = list(buffer.take())
    assert all(part.endswith(b"\n") for part in parts), "a record is not divided"
    return b"".join(parts).splitlines(keepends=True)


def test_many_come_out_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_buffer, "TAKEN_AT_ONCE", 100)
    monkeypatch.setattr(record_buffer, "IN_MEMORY", 10)
    buffer = RecordBuffer()
    for _ in range(50):
        buffer.add(b'{"of":14bytes}\n')
    assert [len(part) for part in buffer.take()] == [105] * 7 + [15]


@pytest.mark.parametrize("in_memory", [0, 10, 1 << 20])
def test_they_come_out_in_their_order(in_memory: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_buffer, "IN_MEMORY", in_memory)
    buffer = RecordBuffer()
    lines = [b'{"number":%d}\n' % number for number in range(1200)]
    for line in lines:
        buffer.add(line)
    assert buffer.size == sum(map(len, lines))
    assert taken(buffer) == lines
    assert buffer.size == 0 and taken(buffer) == []


def test_a_batch_is_full_from_its_size_on() -> None:
    buffer = RecordBuffer(batch=10)
    buffer.add(b"12345")
    assert not buffer.is_full
    buffer.add(b"12345")
    assert buffer.is_full


@pytest.mark.parametrize("before", [0, 1, 700])
@pytest.mark.parametrize("in_memory", [0, 10, 1 << 20])
def test_what_was_added_since_a_mark_can_be_taken_back(
    before: int, in_memory: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_buffer, "IN_MEMORY", in_memory)
    buffer = RecordBuffer()
    kept = [b'{"kept":%d}\n' % number for number in range(before)]
    for line in kept:
        buffer.add(line)
    buffer.groups.append(1, 2, None, (1, 5))
    mark = buffer.mark()
    for number in range(600):
        buffer.add(b'{"wrong":%d}\n' % number)
        buffer.groups.append(number, 2, 24_000, (number, number + 1))
    buffer.take_back(mark)
    buffer.add(b'{"right":1}\n')
    assert list(buffer.groups.items()) == [(1, Group(2, None, (1, 5)))]
    assert buffer.size == sum(map(len, kept)) + 12
    assert taken(buffer) == [*kept, b'{"right":1}\n']


def test_a_mark_alone_adds_nothing() -> None:
    buffer = RecordBuffer()
    buffer.mark()
    buffer.mark()
    assert taken(buffer) == []
