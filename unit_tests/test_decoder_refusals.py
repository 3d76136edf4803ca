"""Replies that must be refused, broken off or strange, and the memory that a large one may take."""

from __future__ import annotations

import io
import tracemalloc
from typing import IO, BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_netvisor.errors import NetvisorError, UnreadableReply
from source_netvisor.parsing import decoder
from unit_tests.test_decoder import LIST, OK, one, texts

BOMB = (
    '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">'
    '<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;">]>'
)


@pytest.mark.parametrize(
    "reply",
    [
        "<!DOCTYPE Root>" + LIST,
        "<!doctype root>" + LIST,
        '<?xml version="1.0"?>\n<!-- x -->\n<!DOCTYPE Root SYSTEM "http://127.0.0.1:1/x.dtd">' + LIST,
        BOMB + one("&e;&e;&e;&e;"),
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + one("&x;"),
        '<!DOCTYPE r [<!ENTITY % x SYSTEM "file:///etc/hostname"> %x;]>' + LIST,
        "<!--" + "x" * 70000 + "--><!DOCTYPE Root>" + LIST,
        one("&undefined;"),
        one("&"),
        one("<"),
        one("]]>"),
        one("</A><B>"),
        LIST + LIST,
        LIST + "<more/>",
        LIST + "text",
        "text" + LIST,
        '<Root a="1" a="2">' + LIST[6:],
        "",
        " ",
        "OK",
        "{}",
        "\0",
        "<",
        "<Root",
        "<Root>",
        "</Root>",
        "<Root/>",
        "<Root></Root>",
        "<html><body>Maintenance</body></html>",
        "<!DOCTYPE html><html><head><title>503</title></head><body><br>x</body></html>",
        "<HTML><BODY><P>Service<BR>unavailable</BODY></HTML>",
    ],
)
def test_what_is_refused(reply: str) -> None:
    with pytest.raises(UnreadableReply):
        texts(reply)


def test_the_external_entity_is_not_even_looked_for(tmp_path: object) -> None:
    secret = f"{tmp_path}/secret"
    with open(secret, "w", encoding="utf-8") as file:
        file.write("very secret")
    with pytest.raises(UnreadableReply) as refused:
        texts(f'<!DOCTYPE r [<!ENTITY x SYSTEM "file://{secret}">]>' + one("&x;"))
    assert "secret" not in str(refused.value)


def test_deep_nesting_is_refused_or_read_but_never_crashes() -> None:
    for depth in (100, 10_000, 100_000):
        try:
            assert texts(one("<x>" * depth + "</x>" * depth)) == [""]
        except (UnreadableReply, NetvisorError):
            assert depth > 200


def test_truncation_at_every_byte_is_refused() -> None:
    """A reply that breaks off is never an empty or a shorter success."""
    data = LIST.encode()
    for length in range(len(data)):
        with pytest.raises(UnreadableReply):
            texts(data[:length])


def test_truncation_of_utf_16_is_refused() -> None:
    data = ("\ufeff" + LIST).encode("utf-16-le")
    for length in range(0, len(data) - 1, 3):
        with pytest.raises(UnreadableReply):
            texts(data[:length])


def test_truncation_of_a_large_reply_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit only the end is checked: a cut inside the last kilobytes must still be noticed."""
    monkeypatch.setattr(decoder, "WHOLE_CHECK_LIMIT", 100)
    data = LIST.encode()
    for length in range(len(data)):
        with pytest.raises(UnreadableReply):
            texts(data[:length])


def test_a_large_reply_that_breaks_in_the_middle_is_refused_while_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder, "WHOLE_CHECK_LIMIT", 100)
    with pytest.raises(UnreadableReply):
        texts(f"<Root>{OK}<List><Row><A>1</A></Row><Row><A>2</A></List></Root>")


@given(st.binary(max_size=300))
@settings(max_examples=300)
def test_arbitrary_bytes_are_refused_or_read_but_never_crash(data: bytes) -> None:
    with pytest.raises(UnreadableReply):
        texts(data)


@given(st.integers(0, len(LIST) - 1), st.integers(0, 255))
@settings(max_examples=400)
def test_a_flipped_byte_is_refused_or_changes_one_value(position: int, byte: int) -> None:
    data = bytearray(LIST.encode())
    data[position] = byte
    try:
        found = texts(bytes(data))
    except UnreadableReply:
        return
    assert len(found) <= 2


# --- memory -----------------------------------------------------------------------------------------------------------


class Generated(io.RawIOBase):
    """A reply of many megabytes that is never whole in memory."""

    HEAD = f"<Root>{OK}<List>".encode()
    ROW = b"<Row><A>1</A><B>" + b"x" * 4000 + b"</B><C>\n</C></Row>\n"
    TAIL = b"</List></Root>"

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self._at = 0

    def seek(self, offset: int, whence: int = 0) -> int:
        size = len(self.HEAD) + self.rows * len(self.ROW) + len(self.TAIL)
        self._at = offset if whence == 0 else size + offset
        return self._at

    def read(self, size: int = -1) -> bytes:
        end = len(self.HEAD) + self.rows * len(self.ROW)
        if self._at < len(self.HEAD):
            chunk = self.HEAD[self._at :]
        elif self._at < end:
            within = (self._at - len(self.HEAD)) % len(self.ROW)
            left = (end - self._at) // len(self.ROW) + 1
            chunk = (self.ROW * min(left, (size if size > 0 else 1 << 16) // len(self.ROW) + 2))[within:]
            chunk = chunk[: min(size if size > 0 else len(chunk), end - self._at)]
        else:
            chunk = (self.TAIL)[self._at - end :]
        self._at += len(chunk)
        return chunk


@pytest.mark.slow
def test_memory_does_not_grow_with_the_reply() -> None:
    peaks = []
    for megabytes in (6, 60):
        raw: BinaryIO | IO[bytes] = Generated(megabytes * 1_000_000 // len(Generated.ROW))  # type: ignore[assignment]
        tracemalloc.start()
        count = sum(1 for _ in decoder.elements(raw, ["Row"]))  # type: ignore[arg-type]
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert count == megabytes * 1_000_000 // len(Generated.ROW)
    assert peaks[1] < peaks[0] * 1.5 + 1_000_000, peaks
    assert peaks[1] < 8_000_000, peaks


def test_elements_that_were_read_do_not_stay_in_the_tree() -> None:
    """lxml's own memory does not show in tracemalloc, so the tree itself is looked at."""
    raw = io.BytesIO((f"<Root>{OK}<List>" + "<Row><A>1</A></Row><!-- c -->\n" * 40_000 + "</List></Root>").encode())
    most = 0
    for row in decoder.elements(raw, ["Row"]):
        parent = row.getparent()
        assert parent is not None
        most = max(most, len(parent))
    assert most < 20_000
