"""Recorded replies made into test cases: their form stays, and nothing of their data."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from tools.anonymizer import Anonymizer
from tools.anonymizer.__main__ import main
from tools.anonymizer.anonymizer import BOOLEANS, NOTATIONS
from tools.anonymizer.scrambling import says_nothing

SECRET = b"s" * 32
VOUCHER = """<?xml version="1.0" encoding="utf-8" standalone="yes"?>\r
<Root>\r
    <ResponseStatus><Status>OK</Status><TimeStamp>5.6.2023 16:12:09</TimeStamp></ResponseStatus>
    <Vouchers><Voucher Status="valid"><NetvisorKey>20481</NetvisorKey>
      <VoucherDate format="ansi">2025-12-31</VoucherDate>
      <VoucherDescription>Lasku Mäkelä &amp; Pojat</VoucherDescription>
      <LinkedSourceNetvisorKey type="salesinvoice">20481</LinkedSourceNetvisorKey>
      <VoucherLine><NetvisorKey>00070</NetvisorKey><LineSum>-1 017,18</LineSum><IsActive>True</IsActive></VoucherLine>
      <VoucherLine><NetvisorKey>71</NetvisorKey><LineSum>817,18</LineSum><Description/></VoucherLine>
      <VoucherLine><NetvisorKey>72</NetvisorKey><LineSum>200</LineSum><Description> </Description></VoucherLine>
    </Voucher></Vouchers>
</Root>
"""


def values(reply: str) -> list[str]:
    """Every text and attribute of a reply, in order."""
    found = []
    for element in etree.fromstring(reply.encode()).iter():
        found += [str(one).strip() for one in element.attrib.values()]
        found.append((element.text or "").strip())
    return found


def form(text: str) -> str:
    """Upper and lower case letters, digits and everything else of a text, without its data."""
    kinds = (("9", str.isdecimal), ("A", str.isupper), ("a", str.isalpha))
    return "".join(next((mark for mark, fits in kinds if fits(one)), one) for one in text)


def amount(text: str) -> Decimal:
    return Decimal(text.replace(" ", "").replace(",", "."))


def test_a_voucher() -> None:
    made = Anonymizer(secret=SECRET).reply(VOUCHER)
    assert re.sub(r">[^<]+<|\"[^\"]*\"", "", made) == re.sub(r">[^<]+<|\"[^\"]*\"", "", VOUCHER)
    voucher = etree.fromstring(made.encode()).find("Vouchers/Voucher")
    assert voucher is not None
    # a key stays the same key
    assert voucher.findtext("NetvisorKey") == voucher.findtext("LinkedSourceNetvisorKey") != "20481"
    sums = [amount(str(one.text)) for one in voucher.iterfind("VoucherLine/LineSum")]
    assert sum(sums) == 0 and sums[0] != Decimal("-1017.18")
    assert etree.fromstring(made.encode()).findtext("ResponseStatus/Status") == "OK"
    assert voucher.find("VoucherDate").get("format") == "ansi"  # type: ignore[union-attr]
    assert re.fullmatch(r"\d{4}-12-31", voucher.findtext("VoucherDate") or "")
    assert voucher.findtext("VoucherLine/IsActive") == "True"
    for old, new in zip(values(VOUCHER), values(made), strict=True):
        if "," not in old:
            assert form(old) == form(new) or old == "200"


def test_an_error_keeps_its_code() -> None:
    status = "<Status>FAILED</Status><Status>INVALID_DATA :: Customer 20481</Status>"
    reply = f"<Root><ResponseStatus>{status}</ResponseStatus></Root>"
    made = values(Anonymizer(secret=SECRET).reply(reply))
    assert "FAILED" in made
    assert [one for one in made if re.fullmatch(r"INVALID_DATA :: [A-Z][a-z]{7} [1-9]\d{4}", one)]
    assert not [one for one in made if "Customer" in one or "20481" in one]


def test_words_to_keep() -> None:
    made = Anonymizer(keep=["valid"], secret=SECRET).reply(VOUCHER)
    assert '<Voucher Status="valid">' in made


def test_several_replies_have_the_same_keys() -> None:
    anonymizer = Anonymizer(secret=SECRET)
    replies = ["<a><Key>20481</Key></a>", "<b><Key>20481</Key><Key>20482</Key></b>"]
    for reply in replies:
        anonymizer.learn(reply)
    one, two = (values(anonymizer.reply(reply)) for reply in replies)
    assert one[1] == two[1] != two[2]
    with pytest.raises(RuntimeError, match="all replies"):
        anonymizer.learn("<c/>")


# --- any reply --------------------------------------------------------------------------------------------------------

KEYS = st.integers(1, 10**9).map(str)
CENTS = st.integers(-(10**9), 10**9)
DATES = st.dates(date(1950, 1, 1), date(2040, 12, 31))
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=20)
NOTHING_LEFT = 4


def written(cents: int) -> str:
    sign, digits = ("-" if cents < 0 else ""), f"{abs(cents):03d}"
    return f"{sign}{digits[:-2]},{digits[-2:]}"


@st.composite
def replies(draw: st.DrawFn) -> str:
    """A reply with keys, amounts that add up to nothing in each document, dates and texts."""
    documents = []
    for _ in range(draw(st.integers(1, 4))):
        lines = draw(st.lists(CENTS, min_size=1, max_size=4))
        lines.append(-sum(lines))
        day, text = draw(DATES), draw(WORDS)
        key = draw(KEYS)
        documents.append(
            f"<Voucher Id={quoteattr(draw(WORDS))}><NetvisorKey>{key}</NetvisorKey>"
            f"<Date>{day.isoformat()}</Date><Finnish>{day.day}.{day.month}.{day.year}</Finnish><Text>{escape(text)}</Text>"
            + "".join(f"<LineSum>{written(line)}</LineSum>" for line in lines)
            + f"<Again>{key}</Again></Voucher>"
        )
    return f"<Root>{''.join(documents)}</Root>"


@settings(max_examples=150, deadline=None)
@given(replies(), st.binary(min_size=32, max_size=32))
@example("<Root><A>1000,00</A><B>2000,00</B><C>3000,00</C><D>2025-01-01</D><E>2029-01-01</E></Root>", SECRET)
@example("<Root><A b='x&gt;y>z'>äöåÄÖÅ</A><B>éééé</B><C>😀😀😀😀</C><D>٣٤٥٦</D></Root>", SECRET)
def test_nothing_of_four_characters_is_left(reply: str, secret: bytes) -> None:
    made = Anonymizer(secret=secret).reply(reply)
    before, after = values(reply), values(made)
    assert len(before) == len(after)
    assert [one.tag for one in etree.fromstring(made.encode()).iter()] == [
        one.tag for one in etree.fromstring(reply.encode()).iter()
    ]
    kept = BOOLEANS | NOTATIONS
    known = {one for one in before if len(one) >= NOTHING_LEFT and one.lower() not in kept and not nothing(one)}
    assert known & set(after) == set()
    for voucher in etree.fromstring(made.encode()).iterfind("Voucher"):
        sums = [amount(str(one.text)) for one in voucher.iterfind("LineSum")]
        assert sum(sums) == 0
        assert voucher.findtext("NetvisorKey") == voucher.findtext("Again")


def nothing(text: str) -> bool:
    """Whether there is nothing to replace in a text."""
    return says_nothing(escape(text))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=200, unique=True), st.binary(min_size=32, max_size=32))
def test_two_keys_stay_two(keys: list[int], secret: bytes) -> None:
    keys = [key for key in keys if key > 999]
    made = Anonymizer(secret=secret).reply("<Root>" + "".join(f"<Key>{key}</Key>" for key in keys) + "</Root>")
    found = values(made)[1:]
    assert len(set(found)) == len(keys)
    assert [len(one) for one in found] == [len(str(key)) for key in keys]


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command(tmp_path: Path, capsys: Any) -> None:
    source = tmp_path / "ledger.xml"
    source.write_text(VOUCHER, "utf-8")
    assert main([str(source), "--into", str(tmp_path / "new")]) == 0
    text = (tmp_path / "new" / "ledger.xml").read_text("utf-8")
    assert "Mäkelä" not in text and "20481" not in text
    assert main([str(source), "--into", str(tmp_path / "new")]) == 2
    assert "overwritten" in capsys.readouterr().err
