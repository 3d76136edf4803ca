"""A record's fingerprint changes with each of its values, and with nothing else that a reply may vary."""

from __future__ import annotations

import io
import zlib
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from source_netvisor.parsing import decoder
from source_netvisor.parsing.fingerprint import fingerprint
from source_netvisor.parsing.record_splitter import batches
from source_netvisor.parsing.record_text import RecordSource, RecordText

texts = st.text(
    st.characters(min_codepoint=32, exclude_categories=["Cs"], exclude_characters="<&\ufffe\uffff"), min_size=1
)


def record(*values: str, between: str = "", address: str = "https://a.example/1") -> str:
    inside = between.join(f"<Field{n}>{value}</Field{n}>" for n, value in enumerate(values))
    return f'<Voucher Status="valid">{between}{inside}<VoucherNetvisorURI>{address}</VoucherNetvisorURI></Voucher>'


def as_text(xml: str) -> RecordText:
    return RecordText(
        xml.encode(), lambda _: etree.Element("None"), RecordSource("accountingledger.nv", uses_templates=True), 0
    )


@given(st.lists(texts, min_size=1, max_size=4), st.integers(0, 3), texts)
def test_each_value_counts(values: list[str], index: int, other: str) -> None:
    changed = [*values]
    changed[index % len(values)] = other
    before, after = fingerprint(as_text(record(*values))), fingerprint(as_text(record(*changed)))
    assert (before == after) == (changed == values)
    assert 0 <= before < 1 << 32


@pytest.mark.parametrize(
    ("one", "other"), [("a b", "a  b"), ("ab", "a b"), ("1", "1,0"), ("", "0"), ("a\u00a0b", "a b")]
)
def test_space_inside_a_value_counts(one: str, other: str) -> None:
    assert fingerprint(as_text(record(one))) != fingerprint(as_text(record(other)))


@given(st.lists(texts.filter(lambda text: text.strip(" \t\r\n") and ">" not in text), min_size=1, max_size=4))
def test_text_and_element_have_one_fingerprint(values: list[str]) -> None:
    xml = record(*values)
    assert fingerprint(as_text(xml)) == fingerprint(etree.fromstring(xml.encode(), decoder.safe_parser()))


@pytest.mark.parametrize("name", ["Uri", "URI", "uri", "uRi", "ProductNetvisorUri", "vouchernetvisoruri"])
def test_addresses_do_not_count(name: str) -> None:
    one, other = (f"<Voucher><A>1</A><{name}>{text}</{name}><B>2</B></Voucher>" for text in ("x?session=1", ""))
    assert fingerprint(as_text(one)) == fingerprint(as_text(other))
    assert fingerprint(as_text(one)) != fingerprint(as_text(one.replace("<B>2", "<B>3")))
    assert fingerprint(as_text(one)) != fingerprint(as_text(one.replace("<A>1", "<A>3")))


def test_each_of_several_addresses_does_not_count() -> None:
    shape = (
        "<Voucher><Uri>{}</Uri><A>MUURI> URI</A><B>1</B><VoucherNetvisorURI>{}</VoucherNetvisorURI><C>U</C></Voucher>"
    )
    one, other = shape.format("x", "y"), shape.format("a?session=1", "")
    assert fingerprint(as_text(one)) == fingerprint(as_text(other))
    for changed in (one.replace("MUURI", "MUUR"), one.replace("<B>1", "<B>2"), one.replace("<C>U", "<C>")):
        assert fingerprint(as_text(one)) != fingerprint(as_text(changed))


USUAL = ["Uri", "URI", "VoucherNetvisorURI", "ProductNetvisorUri"]
OTHER = ["uri", "uRi", "vouchernetvisoruri", "VOUCHERNETVISORuri"]
COUNTED = ["A", "Curi", "UriName", "NetvisorKey", "U"]
words = st.text(st.sampled_from("URIuri<>/a ä").filter(lambda one: one != "<"), max_size=6)


@pytest.mark.parametrize("spellings", [USUAL, OTHER])
@given(chosen=st.lists(st.tuples(st.integers(0, 7), words), max_size=8))
def test_it_is_the_checksum_of_the_text_without_addresses(spellings: list[str], chosen: list[tuple[int, str]]) -> None:
    names = [*spellings, *COUNTED]
    parts = [(names[number], text) for number, text in chosen]
    whole, without = (
        "".join(f"<{name}>{'' if leave and name in spellings else text}</{name}>" for name, text in parts)
        for leave in (False, True)
    )
    plain = zlib.crc32(f"<Voucher>{without}</Voucher>".encode())
    assert fingerprint(as_text(f"<Voucher>{whole}</Voucher>")) == plain


@pytest.mark.parametrize("name", ["Curi", "UriName", "Other"])
def test_other_elements_count(name: str) -> None:
    one, other = (f"<Voucher><{name}>{text}</{name}></Voucher>" for text in ("x", "y"))
    assert fingerprint(as_text(one)) != fingerprint(as_text(other))


def test_it_does_not_depend_on_where_a_record_stands() -> None:
    records = [record(str(n), "x", between="\r\n    ") for n in range(5)]
    replies = [records, records[::-1], records[2:]]
    found: list[dict[bytes, int]] = []
    for reply in replies:
        body = f"<Root><Vouchers>\r\n  {chr(10).join(reply)}\r\n</Vouchers></Root>".encode()
        source = RecordSource("accountingledger.nv", uses_templates=True)
        each = chain.from_iterable(batches(io.BytesIO(body), ["Voucher"], source, lambda error: error))
        found.append({row.raw.strip(): fingerprint(row) for row in each if isinstance(row, RecordText)})
    assert len(found[0]) == 5
    assert found[0] == found[1]
    assert found[2].items() <= found[0].items()
