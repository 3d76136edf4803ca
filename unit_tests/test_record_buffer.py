"""Records that wait: they come out as they went in, whatever is taken back between."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from source_netvisor.streams.record_buffer import RecordBuffer

STEPS = st.lists(st.one_of(st.just("mark"), st.just("take back"), st.integers(1, 60)), max_size=30)


@given(STEPS)
def test_what_was_added_and_not_taken_back_is_sent(steps: list[str | int]) -> None:
    buffer = RecordBuffer()
    plain: list[bytes] = []
    mark, kept = buffer.mark(), 0
    for number, step in enumerate(steps):
        if step == "mark":
            mark, kept = buffer.mark(), len(plain)
        elif step == "take back":
            buffer.take_back(mark)
            del plain[kept:]
        else:
            plain.append(b'{"number":%d}' % number)
            buffer.add(plain[-1])
    assert buffer.size == sum(map(len, plain))
    assert [line for lines in buffer.take() for line in lines] == plain
