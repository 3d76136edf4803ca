"""Inputs that nobody thought of: the decoder, the record builder, the converters and the error texts, by hypothesis.

Nothing may end them but their own error, none may hang, and memory stays in bounds. `make fuzz` looks longer
(FUZZ_EXAMPLES is the number of examples of each test).
"""

from __future__ import annotations

import io
import json
import os
import time
import tracemalloc
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from source_netvisor import errors, redaction
from source_netvisor.errors import UnreadableReply
from source_netvisor.parsing import clean_reader, decoder
from source_netvisor.parsing.frame import read_frame
from source_netvisor.records import values
from source_netvisor.records.record_builder import RecordBuilder

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "150"))
often = settings(
    max_examples=EXAMPLES,
    deadline=timedelta(seconds=5),
    suppress_health_check=list(HealthCheck),
    derandomize=EXAMPLES < 1000,
)

GOOD = (
    '<?xml version="1.0" encoding="utf-8" standalone="yes"?>\r\n<Root><ResponseStatus><Status>OK</Status>'
    "<TimeStamp>1.1.2026 8.00.00</TimeStamp></ResponseStatus><Vouchers Count='2'>"
    '<Voucher Status="valid"><NetvisorKey>7</NetvisorKey><VoucherDate format="ansi">31.12.2025</VoucherDate>'
    "<VoucherLine><NetvisorKey>70</NetvisorKey><LineSum>-17,18</LineSum><Description>Åäö &amp; &#x2; €</Description>"
    "<Dimension><DimensionName>Cost centre</DimensionName></Dimension></VoucherLine></Voucher>"
    "<Voucher><NetvisorKey>8</NetvisorKey></Voucher></Vouchers></Root>"
).encode()
PIECES = [
    b"<", b">", b"</", b"/>", b"&", b";", b"&#", b"&#x", b"&amp;", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?", b"?>",
    b"<!DOCTYPE a [", b"<!ENTITY a 'b'>", b"]>", b"&a;", b"\0", b"\xff", b"\xfe", b"\xef\xbb\xbf", b"\xed\xa0",
    b"\xef\xbf\xbe", b"<Voucher>", b"</Voucher>", b"<Root>", b"</Root>", b"<x:Voucher xmlns:x='u'>", b"xmlns='u'",
    b"'", b'"', b"=", b" ", b"\r\n", b"\xc3", b"\xa4", b"<a" * 300, b"9" * 50, b"encoding='utf-16'",
    b"encoding='cp037'", b"<\0R\0",
]  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good reply with pieces put in, taken out, doubled or changed, in several encodings."""
    reply = bytearray(GOOD)
    for _ in range(draw(st.integers(0, 8))):
        at = draw(st.integers(0, len(reply)))
        kind = draw(st.integers(0, 3))
        if kind == 0:
            reply[at:at] = draw(st.sampled_from(PIECES) | st.binary(max_size=12))
        elif kind == 1:
            del reply[at : at + draw(st.integers(1, 80))]
        elif kind == 2:
            reply[at:at] = reply[at : at + draw(st.integers(1, 200))]
        elif at < len(reply):
            reply[at] = draw(st.integers(0, 255))
    encoding = draw(st.sampled_from(["", "", "", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "utf-32"]))
    return bytes(reply).decode("utf-8", "ignore").encode(encoding, "ignore") if encoding else bytes(reply)


def decode(reply: bytes) -> list[dict[str, Any]]:
    """What the client and a reading do with a reply, to the end."""
    raw = io.BytesIO(reply)
    read_frame(raw)
    decoder.check_complete(raw)
    decoder.list_attributes(raw)
    builder = RecordBuilder({"properties": {"netvisor_key": {"type": "integer"}}}, ("netvisor_key",))
    return [builder.build(element) for element in decoder.elements(raw, ["Voucher", "VoucherLine"])]


@often
@given(damaged() | st.binary(max_size=400))
def test_the_decoder_has_its_own_error_or_none(reply: bytes) -> None:
    try:
        records = decode(reply)
    except UnreadableReply as error:
        sentence = str(error)
    else:
        sentence = json.dumps(records)[:99]
    assert sentence.isprintable() and len(sentence) < 100


@often
@given(damaged(), st.integers(1, 50))
def test_the_decoder_does_not_care_how_the_bytes_arrive(reply: bytes, size: int) -> None:
    whole = clean_reader.CleanReader(io.BytesIO(reply))
    everything = b"".join(iter(whole.read, b""))

    class Trickle(io.BytesIO):
        def read(self, length: int | None = -1) -> bytes:
            return super().read(size)

    pieces = clean_reader.CleanReader(Trickle(reply))
    marks = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<", b"\0\0", b"\xef")
    if reply[:4].startswith(marks) or b"encoding" not in reply[:size]:
        return  # the first piece alone tells the encoding, and is never so small where it counts
    assert b"".join(iter(pieces.read, b"")) == everything


NAMES = st.sampled_from(
    [
        "Voucher", "VoucherLine", "NetvisorKey", "netvisorkey", "LineSum", "Description", "Dimension", "DimensionName",
        "Dimensions", "Item", "Items", "Name", "Text", "Comment", "Histories", "History", "Status", "type", "x",
        "Ääkkönen", "a.b", "a-b", "_",
    ]
)  # fmt: skip
TEXTS = st.none() | st.text(max_size=12).filter(lambda text: text.isprintable()) | st.sampled_from(
    ["", " ", "7", "-17,18", "31.12.2025", "1", "true", "Kyllä", "\u00a0", "9" * 40]
)  # fmt: skip


@st.composite
def trees(draw: st.DrawFn, depth: int = 4) -> etree._Element:
    """An element with attributes, texts and children of any names."""
    element = etree.Element(draw(NAMES))
    element.text = draw(TEXTS)
    for name in draw(
        st.lists(NAMES | st.sampled_from(["format", "language", "iso639-1code"]), max_size=2, unique=True)
    ):
        element.set(name, draw(TEXTS) or "")
    if depth:
        for _ in range(draw(st.integers(0, 4 if depth > 2 else 2))):
            element.append(draw(trees(depth - 1)))
    return element


def schemas() -> st.SearchStrategy[dict[str, Any]]:
    """Schemas of any properties, arrays of objects among them."""
    kind = st.sampled_from(["string", "integer", "number", "boolean"]).map(lambda name: {"type": [name, "null"]})
    date = st.sampled_from(["date", "date-time"]).map(lambda name: {"type": ["string", "null"], "format": name})
    name = st.sampled_from(
        [
            "netvisor_key",
            "line_sum",
            "description",
            "status",
            "name",
            "name_fi",
            "name_en",
            "item",
            "text",
            "voucher_key",
        ]
    )
    flat = st.dictionaries(name, kind | date, max_size=5)
    items = flat.map(lambda properties: {"type": "array", "items": {"type": "object", "properties": properties}})
    plain = kind.map(lambda schema: {"type": "array", "items": schema})
    arrays = st.dictionaries(
        st.sampled_from(["dimensions", "voucher_lines", "items", "histories", "comments"]), items | plain, max_size=3
    )
    return st.tuples(flat, arrays).map(lambda both: {"properties": {**both[0], **both[1]}})


@often
@given(schemas(), st.lists(trees(), min_size=1, max_size=3))
def test_the_record_builder_takes_everything(schema: dict[str, Any], elements: list[etree._Element]) -> None:
    """Whatever the elements: a record with every array of the schema, and the same values again the next time."""
    key = ("netvisor_key",) if "netvisor_key" in schema["properties"] else ()
    builder = RecordBuilder(schema, key)
    known = schema["properties"]  # an unknown element is an array from when it was first met twice
    for element in elements:
        record = builder.build(element)
        json.dumps(record)
        for name, declared in schema["properties"].items():
            if declared["type"] == "array":
                assert isinstance(record[name], list)
        again = builder.build(element)
        assert {name: again.get(name) for name in known} == {name: record.get(name) for name in known}


@often
@given(st.text(max_size=60) | st.from_regex(r"[0-9.,:\- TZ+eE]{0,40}", fullmatch=True))
def test_converters_never_raise(text: str) -> None:
    for convert in (values.to_number, values.to_integer, values.to_boolean, values.to_date, values.to_date_time):
        value = convert(text.strip())
        assert value is values.UNPARSABLE or json.dumps(value) != "NaN"


@often
@given(st.lists(st.text(max_size=200), max_size=4), st.integers(100, 599))
def test_error_texts_of_any_kind(statuses: list[str], http_status: int) -> None:
    error = errors.from_frame("accountlist.nv", ["FAILED", *statuses], http_status)
    assert str(error).isprintable() and len(str(error)) < 1500


HOSTILE = [
    "<" * 200_000, "http://" * 30_000, "&a" * 100_000, "9f:" * 70_000, "123456-" * 30_000, "9f9f9f9f-9f9f-" * 15_000,
    "A" * 200_000, " :: " * 50_000, "5151" * 7 + "_" * 200_000, "<a" * 100_000, "\u2028" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12])
def test_no_text_keeps_the_error_busy(text: str) -> None:
    redaction.register_secret("51515151" * 4)
    began = time.process_time()
    assert len(redaction.safe_text(text)) <= 300
    assert time.process_time() - began < 2


LARGE = [
    b"<!--" * 250_000, b"<a " * 300_000, b"<Root>" + b"</" * 500_000, b"<Root>" + b"&#" * 500_000, b"<?" * 500_000,
    b"<Root>" + b"<Voucher " * 100_000, b"<Root><Voucher a='" + b"x" * 1_000_000, b"<Root>" + b"<!--" * 250_000,
    b"<Root>" + b"-->" * 300_000 + b"</Root>" + b"<!-- -->" * 500, b"<Root><![CDATA[" + b"]" * 1_000_000,
    b"<Root>" + b"<List/>" * 100_000 + b"</Root>", b"\0" * 1_000_000, b"\xff" * 1_000_000, b"<Root>" + b"<d>" * 300_000,
]  # fmt: skip


@pytest.mark.parametrize("reply", LARGE, ids=lambda reply: repr(reply[:24]))
def test_no_reply_keeps_the_decoder_busy(reply: bytes) -> None:
    """A megabyte of the worst takes a second or two, and no large multiple of its size in memory."""
    began = time.process_time()
    tracemalloc.start()
    try:
        decode(reply)
    except UnreadableReply:
        pass
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 10_000_000
    assert time.process_time() - began < 5
