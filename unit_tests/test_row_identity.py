"""A row's key and date are the same from its text as from its element, whatever stands before them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from source_netvisor.fetching.row_identity import RowIdentity
from source_netvisor.parsing import decoder
from source_netvisor.parsing.record_text import RecordSource, RecordText
from unit_tests.reading import definitions

LISTING = definitions()["vouchers"].listing
TEXTS = [
    "7", "100001", " 12 ", "", "-3", "0", "9" * 20, "1&#49;", "&amp;", "x", "4>5", "1.11.2026", "2026-11-01",
    " 1.1.2026", "1.1.2026 0:00:00", "31.2.2026", "1.1.202&#54;", "ä\u00a0", "<!-- 1 -->2", "<Deeper>3</Deeper>",
]  # fmt: skip
NAMES = ["NetvisorKey", "NETVISORKEY", "VoucherDate", "voucherdate", "NetvisorGuid", "Other"]
ATTRIBUTES = ["", "", "", ' a="1"', ' a=">"', " a='1'", ' format="ansi"']
element = st.builds(
    lambda name, attributes, text: f"<{name}{attributes}>{text}</{name}>",
    st.sampled_from(NAMES), st.sampled_from(ATTRIBUTES), st.sampled_from(TEXTS),
)  # fmt: skip
usual = st.builds(
    lambda key, day: f"<NetvisorKey>{key}</NetvisorKey><NetvisorGuid>g</NetvisorGuid><VoucherDate>{day}</VoucherDate>",
    st.sampled_from(["7", "&#50;", "1&#49;", "12"]) | st.sampled_from(TEXTS),
    st.sampled_from(["1.1.2026", "1.1.202&#54;"]) | st.sampled_from(TEXTS),
)  # fmt: skip
row = st.builds(
    lambda status, inside: f"<Voucher{status}>{inside}</Voucher>",
    st.sampled_from(["", ' Status="valid"', ' Status=">"']),
    usual | usual | st.lists(element, max_size=5).map("\r\n  ".join),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(row, min_size=1, max_size=6))
def test_text_and_element_have_one_key_and_date(rows: list[str]) -> None:
    by_text, by_element = RowIdentity(LISTING), RowIdentity(LISTING)
    source = RecordSource("accountingledger.nv", uses_templates=True)
    for xml in ["<Voucher><NetvisorKey>1</NetvisorKey><VoucherDate>1.1.2026</VoucherDate></Voucher>", *rows]:
        text = RecordText(xml.encode(), lambda _: etree.Element("None"), source, 0)
        assert by_text.of(text) == by_element.of(etree.fromstring(xml.encode(), decoder.safe_parser())), xml
