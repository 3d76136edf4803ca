"""A record built from its text is the one that is built from its element, whatever the records are like."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from source_netvisor.errors import UnreadableReply
from source_netvisor.parsing import decoder, record_splitter
from source_netvisor.parsing.record_text import RecordSource, RecordText
from source_netvisor.records import record_template, template_reader, watched_template
from source_netvisor.records.line_records import LineRecords
from source_netvisor.records.record_builder import RecordBuilder
from unit_tests.reading import data, definitions, reading, records

SOURCE = RecordSource("accountingledger.nv", uses_templates=True)

SCHEMA: dict[str, Any] = {
    "properties": {
        "netvisor_key": {"type": ["null", "integer"]},
        "status": {"type": ["null", "string"]},
        "class": {"type": ["null", "string"]},
        "class_netvisor_key": {"type": ["null", "integer"]},
        "day": {"type": ["null", "string"], "format": "date"},
        "is_open": {"type": ["null", "boolean"]},
        "name_fi": {"type": ["null", "string"]},
        "name_en": {"type": ["null", "string"]},
        "city": {"type": ["null", "string"]},
        "sum": {"type": ["null", "number"]},
        "lines": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "netvisor_key": {"type": ["null", "integer"]},
                    "line_number": {"type": "integer"},
                    "sum": {"type": ["null", "number"]},
                    "text": {"type": ["null", "string"]},
                    "dimensions": {"type": "array", "items": {"properties": {"name": {}, "item": {}}}},
                },
            },
        },
        "tags": {"type": "array", "items": {"type": "string"}},
    }
}

TEXTS = [
    "", " ", "7", "-17,18", "0,00", "1 047,29", "14.016,00", "-", "1-2", "+5", ".5", "31.12.2025", "2026-01-01",
    "1.1.26", "true", "Kyllä", "0", "Palvelu", " 34", "34 ", "a &amp; b", "&lt;b&gt;", "&#8364;", "&#xe4;", "&quot;",
    "a\r\nb", "a\r&amp;\r\n", "\u00a0", "\u2003x", "00123", "9" * 30, "nan", "1e5", "1_000", "\u0663", "> x", "/>",
    "Åäö €", "&amp;lt;", "&amp;amp;#228;", "a\r\n&amp;lt;",
]  # fmt: skip
texts = st.sampled_from(TEXTS)
# mostly numbers, or hardly any record would fit its template
sums = st.sampled_from(["7", "-17,18", "0,00", ""]) | st.sampled_from(["7", "1000,50", "9,5"]) | texts


@pytest.fixture(autouse=True)
def nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records are what the template gives, and not what the element gives where they differ."""
    monkeypatch.setattr(watched_template, "FIRST_WATCHED", 0)
    monkeypatch.setattr(watched_template, "WATCHED_LATER", 1 << 60)


def leaf(*names: str) -> st.SearchStrategy[str]:
    """An element with a text, or without anything."""
    attributes = st.sampled_from(
        ["", "", "", ' netvisorkey="5"', ' netvisorkey="x"', ' type="a&amp;b"', " format='ansi'", ' format="ansi"',
         ' a=""', ' a=">"']
    )  # fmt: skip
    full = st.builds(lambda n, a, t: f"<{n}{a}>{t}</{n}>", st.sampled_from(names), attributes, texts)
    return full | st.builds(lambda n, a: f"<{n}{a}/>", st.sampled_from(names), attributes)


def around(tag: str, inside: st.SearchStrategy[str], most: int, attributes: str = "") -> st.SearchStrategy[str]:
    space = st.sampled_from(["", "\r\n    ", "\n\t", "\n  ", " "])
    return st.builds(
        lambda parts, between: between.join((f"<{tag}{attributes}>", *parts, f"</{tag}>")),
        st.lists(inside, max_size=most), space,
    )  # fmt: skip


language = st.builds(
    lambda code, text: f'<Name ISO639-1Code="{code}">{text}</Name>', st.sampled_from(["fi", "en", "SE"]), texts
)
dimension = around("Dimension", leaf("Name", "Item"), 2)
line = around("Line", leaf("NetvisorKey", "Sum", "Text", "Other") | dimension, 6)
aggregate = around("Address", leaf("City", "Street") | around("Deeper", leaf("City", "Sum"), 2), 3)
content = (
    leaf("NetvisorKey", "Class", "Day", "IsOpen", "Sum", "Unknown", "Status")
    | language | line | aggregate | around("Lines", line, 3) | around("Tags", leaf("Tag"), 2)
    | st.just("<!-- Sum -->") | st.just("<?Sum?>") | st.just("<Text><![CDATA[<Sum>1</Sum>]]></Text>") | texts
)  # fmt: skip
record = st.one_of(*(around("Voucher", content, 8, status) for status in ("", ' Status="valid"', " Status='x'")))
alike = st.builds(
    lambda key, sum_, text, lines: (
        f'<Voucher Status="valid">\r\n  <NetvisorKey>{key}</NetvisorKey>\r\n  <Sum>{sum_}</Sum>\r\n  '
        f'<Class netvisorkey="5">{text}</Class>\r\n  '
        + "".join(
            f"<Line>\r\n    <NetvisorKey>{key}</NetvisorKey>\r\n    <Sum>{s}</Sum>\r\n    <Text>{t}</Text>\r\n  "
            "</Line>\r\n  "
            for s, t in lines
        )
        + "</Voucher>"
    ),
    st.integers(), sums, texts, st.lists(st.tuples(sums, texts), max_size=3),
)  # fmt: skip


def as_json(record: Any) -> str:
    return json.dumps(record, sort_keys=True)


def both(vouchers: list[str]) -> tuple[list[str], list[str]]:
    """The records from texts and from elements, as JSON, with what the builders noted."""
    by_text, by_element = (
        RecordBuilder(SCHEMA, ("netvisor_key",), {"class_netvisor_key": "Class/@netvisorkey"}) for _ in range(2)
    )

    def otherwise(_: int) -> etree._Element:
        raise AssertionError("the text is well formed")

    found = [by_text.build(RecordText(text.encode(), otherwise, SOURCE, 0)) for text in vouchers]
    expected = [by_element.build(etree.fromstring(text.encode(), decoder.safe_parser())) for text in vouchers]
    notes = ([b.unknown, b.kept] for b in (by_text, by_element))
    return [*map(as_json, found), *map(str, next(notes))], [*map(as_json, expected), *map(str, next(notes))]


@settings(max_examples=400, deadline=None)
@given(st.lists(record | alike, min_size=1, max_size=8))
def test_text_and_element_give_the_same_record(vouchers: list[str]) -> None:
    found, expected = both(vouchers)
    assert found == expected


@settings(max_examples=100, deadline=None)
@given(st.lists(alike, min_size=6, max_size=12))
def test_records_that_are_alike_give_the_same(vouchers: list[str]) -> None:
    found, expected = both(vouchers)
    assert found == expected


LIKE_REFERENCES = ["a", " ", "&amp;", "&amp;lt;", "&amp;#65;", "lt;", "\r\n", "\r", "\n", ">"]
"""Parts of texts whose only references are ampersands, which may look like others without them."""
like_references = st.lists(st.sampled_from(LIKE_REFERENCES), max_size=4).map("".join)
written = st.lists(st.sampled_from([*LIKE_REFERENCES, "&lt;", "&#65;", "&quot;"]), max_size=4).map("".join)
pairs = st.tuples(like_references, like_references) | st.tuples(written, written)


@settings(deadline=None)
@given(st.lists(pairs, min_size=1, max_size=4), st.sampled_from(["\r\n    ", "\n  ", ""]))
def test_texts_are_what_the_parser_makes_of_them(chosen: list[tuple[str, str]], between: str) -> None:
    vouchers = [
        voucher(
            key,
            between.join((f"<Class>{text}</Class>", "<Line>", f"<Text>{of_line}</Text>", "</Line>")),
            between,
        )
        for key, (text, of_line) in enumerate([("a", "b"), *chosen])
    ]
    found, expected = both(vouchers)
    assert found == expected


def line_records() -> LineRecords:
    parent = RecordBuilder(
        SCHEMA, (), {"status": "@Status", "class": "Class", "class_netvisor_key": "Class/@netvisorkey",
                     "city": "Address/City", "name_{language}": "Name"}, exclusive=True,
    )  # fmt: skip
    return LineRecords(parent, RecordBuilder(SCHEMA["properties"]["lines"]["items"], ("netvisor_key",)), "Line")


wrapped = st.lists(around("InvoiceLine", around("Wrap", line, 2) | line | leaf("Other"), 2), max_size=3).map("".join)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(record, alike, around("Voucher", content | wrapped, 5)), min_size=1, max_size=8))
def test_text_and_element_give_the_same_lines(vouchers: list[str]) -> None:
    by_text, by_element = line_records(), line_records()
    for text in vouchers:
        found = by_text.build(RecordText(text.encode(), lambda _: etree.Element("None"), SOURCE, 0))
        expected = by_element.build(etree.fromstring(text.encode(), decoder.safe_parser()))
        assert list(map(as_json, found)) == list(map(as_json, expected))
    assert (by_text.parent.unknown, by_text.line.unknown) == (by_element.parent.unknown, by_element.line.unknown)
    assert (by_text.parent.kept, by_text.line.kept) == (by_element.parent.kept, by_element.line.kept)


@pytest.mark.parametrize("each", [True, False])
def test_one_lesson_is_enough_for_lines_in_wrappers(each: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    learnt = record_template.RecordTemplate.learn
    lessons = []
    monkeypatch.setattr(
        record_template.RecordTemplate, "learn", lambda self, row: lessons.append(1) or learnt(self, row)
    )
    records_ = line_records()
    found = []
    for key in range(50):
        lines = [f"<Line><NetvisorKey>{key}{n}</NetvisorKey><Sum>1,5</Sum></Line>" for n in range(1 + key % 3)]
        wrappers = [f"<InvoiceLine>{'<Other>1</Other>' if key % 2 else ''}{text}</InvoiceLine>" for text in lines]
        inside = "".join(wrappers) if each else f"<InvoiceLine>{''.join(lines)}</InvoiceLine>"
        text = f'<Voucher Status="valid"><Lines count="3">{inside}</Lines><Class>A</Class></Voucher>'
        parent, lines_ = records_.build(RecordText(text.encode(), lambda _: etree.Element("None"), SOURCE, 0))
        assert parent == {"status": "valid", "class": "A"}
        found += [line_["netvisor_key"] for line_ in lines_]
    assert found == [int(f"{key}{n}") for key in range(50) for n in range(1 + key % 3)]
    assert len(lessons) <= 4


def built_from_text(vouchers: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    """How many of the records needed no element; they are those that elements give."""
    learnt = record_template.RecordTemplate.learn
    lessons = []
    monkeypatch.setattr(
        record_template.RecordTemplate, "learn", lambda self, row: lessons.append(1) or learnt(self, row)
    )
    found, expected = both(vouchers)
    assert found == expected
    return len(vouchers) - len(lessons)


def voucher(key: int, inside: str = "", between: str = "\r\n    ") -> str:
    parts = (f"<NetvisorKey>{key}</NetvisorKey>", f"<Sum>{key},50</Sum>", inside)
    return '<Voucher Status="valid">' + "".join(between + part for part in parts if part) + f"{between}</Voucher>"


@pytest.mark.parametrize("between", ["\r\n    ", "\n  ", "", "\n\t\t", " "])
def test_one_lesson_is_enough_for_records_that_are_alike(between: str, monkeypatch: pytest.MonkeyPatch) -> None:
    vouchers = [voucher(key, "<Class netvisorkey='5'>A</Class>".replace("'", '"'), between) for key in range(50)]
    assert built_from_text(vouchers, monkeypatch) == 49


@pytest.mark.parametrize("between", ["\r\n    ", "\n  ", ""])
def test_a_text_of_several_lines_needs_no_further_lesson(between: str, monkeypatch: pytest.MonkeyPatch) -> None:
    texts_ = ("A", "A\r\nB", "A\rB &amp; C", "\r\n", "A\r\n&amp;lt;", "A\r\n&lt; &amp;lt;")
    vouchers = [voucher(key, f"<Class>{texts_[key % 6]}</Class>", between) for key in range(48)]
    assert built_from_text(vouchers, monkeypatch) == 47


def test_each_combination_of_what_records_have_needs_one_lesson_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    options = ["<Day>1.1.2026</Day>", "<IsOpen>1</IsOpen>", "<City>Oulu</City>", "<Unknown>1</Unknown>"]
    insides = ["".join(o for n, o in enumerate(options) if bits >> n & 1) for bits in range(16)]
    vouchers = [voucher(key, insides[key % 16]) for key in range(160)]
    assert built_from_text(vouchers, monkeypatch) >= len(vouchers) - len(set(insides))


def test_an_order_that_varies_is_learnt_no_more_than_so_often(monkeypatch: pytest.MonkeyPatch) -> None:
    insides = ["<Day>1.1.2026</Day><City>Oulu</City>", "<City>Oulu</City><Day>1.1.2026</Day>"]
    lessons = []
    readers = template_reader.Readers
    monkeypatch.setattr(template_reader, "Readers", lambda *given: lessons.append(1) or readers(*given))
    count = 40 * record_template.FIRST_SAMPLES
    found, expected = both([voucher(key, insides[key % 2]) for key in range(count)])
    assert found == expected
    assert len(lessons) <= record_template.FIRST_SAMPLES + count // record_template.HITS_FOR_A_SAMPLE


# --- whole replies ----------------------------------------------------------------------------------------------------


class Refused(Exception):
    pass


def rows(body: str) -> Iterator[Any]:
    return chain.from_iterable(
        record_splitter.batches(io.BytesIO(body.encode()), ["Voucher"], SOURCE, lambda error: Refused(str(error)))
    )


def ledger(vouchers: str) -> str:
    return f"<Root><ResponseStatus><Status>OK</Status></ResponseStatus><Vouchers>{vouchers}</Vouchers></Root>"


MALFORMED = [
    "<Voucher><NetvisorKey>9</NetvisorKye></Voucher>",
    "<Voucher><NetvisorKey>9</NetvisorKey><Sum>1</Voucher>",
    "<Voucher><NetvisorKey>9 & 8</NetvisorKey></Voucher>",
    "<Voucher><NetvisorKey>9</NetvisorKey><Sum>1 & 2</Sum></Voucher>",
    "<Voucher><NetvisorKey>9</NetvisorKey><Class netvisorkey=5>x</Class></Voucher>",
    "<Voucher><NetvisorKey>9</NetvisorKey><Class>&nbsp;</Class></Voucher>",
    "<Voucher><NetvisorKey>9</NetvisorKey></Voucher></Voucher>",
    "<Voucher><NetvisorKey>9</NetvisorKey>",
    "<a:Voucher><NetvisorKey>9</NetvisorKey></a:Voucher><Voucher><a:b>1</a:b></Voucher>",
]


@pytest.mark.parametrize("wrong", MALFORMED)
def test_a_record_that_is_not_well_formed_is_refused(wrong: str) -> None:
    good = "".join(voucher(key, "<Class>x</Class>") for key in range(300))
    stream = reading("vouchers")
    with pytest.raises(UnreadableReply):
        list(decoder.elements(io.BytesIO(ledger(good + wrong + good).encode()), ["Voucher"]))
    with pytest.raises(Refused):
        list(map(stream.built.builder.build, rows(ledger(good + wrong + good))))


@pytest.mark.parametrize("lines", [True, False])
def test_lines_of_a_record_that_is_not_well_formed_are_refused(lines: bool) -> None:
    line_ = "<VoucherLine><NetvisorKey>1</NetvisorKey><LineSum>1</LineSum></VoucherLine>"
    good = "".join(voucher(key, line_) for key in range(300))
    wrong = voucher(9, line_.replace("</LineSum>", "</LineSun>")) if lines else voucher(9, "<a>" + line_)
    stream = reading("voucher_lines")
    with pytest.raises(Refused):
        [stream.built.of(row, {}) for row in rows(ledger(good + wrong + good))]


def test_a_record_inside_a_record_makes_the_whole_be_parsed_from_there() -> None:
    inner = voucher(8000)
    body = ledger("".join(voucher(k, f"<Parent>{inner}</Parent>" if k == 250 else "") for k in range(500)))
    builder = RecordBuilder(SCHEMA, ("netvisor_key",))
    expected = [builder.build(e) for e in decoder.elements(io.BytesIO(body.encode()), ["Voucher"])]
    builder = RecordBuilder(SCHEMA, ("netvisor_key",))
    assert [builder.build(row) for row in rows(body)] == expected


def test_what_stands_between_records_makes_the_whole_be_parsed_from_there() -> None:
    body = ledger("".join(voucher(k) + ("<Other>1</Other>" if k == 250 else "") for k in range(500)))
    builder = RecordBuilder(SCHEMA, ("netvisor_key",))
    assert [builder.build(row)["netvisor_key"] for row in rows(body)] == list(range(500))


def test_lines_are_the_same_from_text() -> None:
    lines = "".join(
        f"<VoucherLine><NetvisorKey>{n}</NetvisorKey><LineSum>{n},5</LineSum><AccountNumber>3000</AccountNumber>"
        "<Dimension><DimensionName>A</DimensionName><DimensionItem>B &amp; C</DimensionItem></Dimension></VoucherLine>"
        for n in range(3)
    )
    body = ledger("".join(voucher(k, "<VoucherDate>1.1.2026</VoucherDate>" + lines) for k in range(20)))
    expected = records("voucher_lines", body)
    stream = reading("voucher_lines")
    for row in rows(body):
        stream.send(row, {})
    found = data(stream.flush())
    assert found == expected and len(found) == 60
    assert definitions()["voucher_lines"].lines is not None
