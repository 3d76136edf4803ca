"""Large replies are cut into records, which are exactly those that parsing them in one go gives."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Generator, Iterator
from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from source_netvisor.errors import UnreadableReply
from source_netvisor.fetching.paging import ListReply
from source_netvisor.fetching.row_identity import Identity, RowIdentity
from source_netvisor.netvisor.reply import Reply
from source_netvisor.parsing import decoder, record_splitter
from source_netvisor.parsing.record_text import RecordSource, RecordText, Row, element_of
from source_netvisor.state.int_bitset import IntBitset
from unit_tests.reading import definitions

HEAD = '<?xml version="1.0" encoding="utf-8"?>\r\n<Root><ResponseStatus><Status>OK</Status></ResponseStatus>'


def voucher(key: int, inside: str = "") -> str:
    text = f"<NetvisorKey>{key}</NetvisorKey><Text>käyttö &amp; {key}</Text>{inside}"
    return f'<Voucher Status="valid">{text}</Voucher>\r\n'


def reply(records: str, name: str = "Vouchers") -> bytes:
    return f"{HEAD}<{name}>{records}</{name}></Root>".encode()


def batches(body: bytes, names: list[str]) -> Generator[list[Row], None, None]:
    source = RecordSource("r.nv", uses_templates=True)
    return record_splitter.batches(io.BytesIO(body), names, source, lambda error: error)


def rows(body: bytes, names: list[str]) -> Iterator[Row]:
    return chain.from_iterable(batches(body, names))


def both(body: bytes, names: list[str]) -> tuple[list[bytes], list[bytes]]:
    return (
        [etree.tostring(element_of(row), with_tail=False) for row in rows(body, names)],
        [etree.tostring(e, with_tail=False) for e in decoder.elements(io.BytesIO(body), names)],
    )


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Cuts even small replies, and notes which were parsed in one go after all."""
    monkeypatch.setattr(record_splitter, "PIECE", 1500)
    monkeypatch.setattr(decoder, "HEAD", 1000)
    return []


MANY = "".join(voucher(key) for key in range(500))
BODIES = {
    "plain": (reply(MANY), ["Voucher"], True),
    "lower case": (reply(MANY).lower(), ["Voucher"], True),
    "one record": (reply(voucher(1)), ["Voucher"], True),
    "illegal references and control characters": (reply(MANY.replace("käyttö", "a&#x2;b\x02")), ["Voucher"], True),
    "empty records": (reply(MANY + "<Voucher/>" + MANY), ["Voucher"], True),
    "records with attributes alone": (reply(MANY + '<Voucher Status="x"/>' * 3 + MANY), ["Voucher"], False),
    "none": (reply(""), ["Voucher"], False),
    "a record inside a record": (
        reply("".join(voucher(k, f"<Parents>{voucher(k + 9000)}</Parents>") for k in range(300))), ["Voucher"], None,
    ),
    "several lists": (reply(MANY + "</Vouchers><Vouchers>" + MANY), ["Voucher"], False),
    "two spellings": (reply(MANY + MANY.replace("Voucher", "VOUCHER")), ["Voucher"], False),
    "a closing tag in a comment": (reply(MANY + "<!-- </Voucher> -->" * 200 + MANY), ["Voucher"], None),
    "a closing tag in character data": (
        reply("".join(voucher(k, "<Note><![CDATA[</Voucher>]]></Note>") for k in range(300))), ["Voucher"], None,
    ),
    "a namespace": (reply(MANY).replace(b"<Root>", b'<Root xmlns="urn:x">'), ["Voucher"], False),
    "another list behind": (
        reply(MANY).replace(b"</Root>", b"<Types><Type>1</Type></Types></Root>"), ["Voucher"], False,
    ),
    "UTF-16": (reply(MANY).decode().replace("utf-8", "utf-16").encode("utf-16"), ["Voucher"], True),
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_pieces_give_what_the_whole_gives(name: str) -> None:
    body, names, _ = BODIES[name]
    cut, whole = both(body, names)
    assert cut == whole
    assert len(whole) == len(
        re.findall(r"(?i)<voucher status", body.decode("utf-16" if name == "UTF-16" else "utf-8"))
    ) or (name == "a record inside a record")


@pytest.mark.parametrize("name", BODIES)
def test_rows_are_the_records_even_if_nobody_builds_them(name: str) -> None:
    """A text that is only looked at must not hide the record behind it."""
    body, names, divisible = BODIES[name]
    if divisible is not None:
        found = list(rows(body, names))
        assert len(found) == len(list(decoder.elements(io.BytesIO(body), names)))


@pytest.mark.parametrize("name", BODIES)
def test_what_can_be_cut_is_cut(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    body, names, divisible = BODIES[name]
    in_one_go = []
    parse = decoder.elements

    def noted(*given: Any) -> Iterator[etree._Element]:
        in_one_go.append(1)
        yield from parse(*given)

    monkeypatch.setattr(decoder, "elements", noted)
    assert list(map(element_of, rows(body, names))) or name == "none"
    # where it depends on the cuts, only the elements count
    assert divisible is None or bool(in_one_go) is not divisible


@pytest.mark.parametrize("name", [name for name in BODIES if name != "a record inside a record"])
def test_only_what_was_cut_out_wrong_is_read_again(name: str) -> None:
    body, names, _ = BODIES[name]
    source = RecordSource("r.nv", uses_templates=True)
    for row in chain.from_iterable(record_splitter.batches(io.BytesIO(body), names, source, lambda error: error)):
        element_of(row)
    assert not source.is_distrusted


@pytest.mark.parametrize("last", ["</Voucher>", "<Text>behind</Text></Voucher>", "</Voucher>" + MANY])
def test_a_record_around_others_is_noticed_even_if_nobody_builds_them(last: str) -> None:
    """Only its end, far behind, shows that the rows before it were none."""
    body = reply(f"{MANY}<Voucher><NetvisorKey>0</NetvisorKey>{MANY}{last}")
    source = RecordSource("r.nv", uses_templates=True)

    def read() -> list[Row]:
        return list(
            chain.from_iterable(record_splitter.batches(io.BytesIO(body), ["Voucher"], source, lambda error: error))
        )

    read()
    assert source.is_distrusted
    again = [etree.tostring(element_of(row), with_tail=False) for row in read()]
    assert again == [etree.tostring(e, with_tail=False) for e in decoder.elements(io.BytesIO(body), ["Voucher"])]


SEVERAL = reply("</Vouchers><Vouchers>".join([MANY, voucher(900) * 3, MANY, "<Voucher/>", voucher(901), MANY]))
"""Lists whose first records are cut out together with the beginning of the list: their texts are not well formed."""


@pytest.mark.parametrize("body", [*(body for body, *_ in BODIES.values()), SEVERAL])
def test_whoever_looks_ahead_gets_the_same(body: bytes) -> None:
    """What is looked at of all rows of a batch may need their elements, in any order, before any row is taken."""
    expected = [etree.tostring(e, with_tail=False) for e in decoder.elements(io.BytesIO(body), ["Voucher"])]
    for look in (lambda batch: [], lambda batch: batch[::-1], lambda batch: batch[len(batch) // 2 :], list):
        found = []
        for batch in batches(body, ["Voucher"]):
            for row in look(batch):
                element_of(row)
            found += [etree.tostring(element_of(row), with_tail=False) for row in batch]
        assert found == expected


class TextIdentity(RowIdentity):
    """Needs no element where there is a text, so that a batch gets shorter only when its rows are taken."""

    def of(self, row: Row) -> Identity:
        found = re.search(rb"<NetvisorKey>(\d+)<", row.raw) if isinstance(row, RecordText) else None
        return (int(found[1]), None) if found else super().of(row)


parts = st.one_of(
    st.integers(1, 60).map(lambda count: "".join(map(voucher, range(count)))),
    st.sampled_from([
        voucher(1), "<Voucher/>", "<Voucher></Voucher>", "<Voucher>a text</Voucher>", '<Voucher Status="x"/>',
        f"</Vouchers><Vouchers>{voucher(6)}", f"</Vouchers> <Other><Key>1</Key></Other> <Vouchers>{voucher(7)}",
        "<!-- </Voucher> -->", "<?x y?>",
        voucher(2, "<Note><![CDATA[</Voucher>]]></Note>"), voucher(3, "]]&gt;"), voucher(4, voucher(5)), "\r\n   ",
    ]),
)  # fmt: skip


@given(st.lists(parts, max_size=12), st.integers(200, 3000), st.randoms(use_true_random=False))
def test_whoever_looks_ahead_at_anything_gets_the_same(found: list[str], piece: int, chance: random.Random) -> None:
    body = reply("".join(found))
    read: list[bytes] = []
    source = RecordSource("r.nv", uses_templates=True)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(record_splitter, "PIECE", piece)
        expected = [etree.tostring(e, with_tail=False) for e in decoder.elements(io.BytesIO(body), ["Voucher"])]
        for batch in record_splitter.batches(io.BytesIO(body), ["Voucher"], source, lambda error: error):
            for row in chance.sample(batch, chance.randint(0, len(batch))):
                element_of(row)
            read += [etree.tostring(element_of(row), with_tail=False) for row in batch]
    assert read == expected


@pytest.mark.parametrize("identity", [RowIdentity, TextIdentity])
@pytest.mark.parametrize("looks_ahead", [True, False])
@pytest.mark.parametrize("known", [(), (3, 900, 901)])
def test_a_listing_notes_each_row_once(identity: type[RowIdentity], looks_ahead: bool, known: tuple[int, ...]) -> None:
    endpoint = definitions()["vouchers"].listing
    found: list[int | None] = []
    reply = Reply(endpoint.request({}, {}), io.BytesIO(SEVERAL))
    page = ListReply(reply, endpoint, identity(endpoint), IntBitset(known))
    if looks_ahead:
        for batch, identities in page.batches():
            for row in batch:
                element_of(row)
            found += [key for _, (key, _) in zip(batch, identities, strict=False)]
    else:
        for row, key, _ in page.rows():
            element_of(row)
            found.append(key)
    keys = [int(element[0].text or "") for element in decoder.elements(io.BytesIO(SEVERAL), ["Voucher"])]
    assert found == [key for key in keys if key not in known]
    assert list(page.keys) == keys and page.count == len(keys)


def test_a_record_that_is_read_after_its_batch_is_that_record() -> None:
    expected = [etree.tostring(e, with_tail=False) for e in decoder.elements(io.BytesIO(SEVERAL), ["Voucher"])]
    late = list(rows(SEVERAL, ["Voucher"]))
    assert [etree.tostring(element_of(row), with_tail=False) for row in late] == expected
    read: list[Row] = []
    for batch in batches(SEVERAL, ["Voucher"]):
        # the batches before are over, and that one of their records needs its element does not change this one
        assert [etree.tostring(element_of(row), with_tail=False) for row in read] == expected[: len(read)]
        read += batch
    assert len(read) == len(expected)


def test_a_break_in_the_middle_is_an_error() -> None:
    body = reply(MANY + "<Voucher><NetvisorKey>7</Netvisor></Voucher>" + MANY)
    with pytest.raises(decoder.UnreadableReply):
        list(map(element_of, rows(body, ["Voucher"])))


def test_a_reader_may_stop_early() -> None:
    body = reply(MANY)
    found = batches(body, ["Voucher"])
    assert element_of(next(found)[0]).tag == "Voucher"
    found.close()


def test_rows_of_another_stream_beside_an_empty_list_are_no_wrong_list() -> None:
    """A company without default accounts, or without locks, has an empty stream, and not a failed one."""
    body = (
        b"<Root><ResponseStatus><Status>OK</Status></ResponseStatus><AccountList><Accounts><Account><NetvisorKey>1"
        b"</NetvisorKey></Account></Accounts></AccountList></Root>"
    )
    with pytest.raises(UnreadableReply):
        list(decoder.elements(io.BytesIO(body), ["CompanyDefaultAccounts"]))
    assert list(decoder.elements(io.BytesIO(body), ["CompanyDefaultAccounts"], ["account"])) == []
    for stream in ("default_accounts", "period_locks"):
        assert definitions()[stream].listing.beside
