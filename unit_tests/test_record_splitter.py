"""Large replies are cut into records, which are exactly those that parsing them in one go gives."""

from __future__ import annotations

import io
import re
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from lxml import etree

from source_netvisor.errors import UnreadableReply
from source_netvisor.parsing import decoder, record_splitter
from source_netvisor.parsing.record_text import RecordSource, Row, element_of
from unit_tests.reading import definitions

HEAD = '<?xml version="1.0" encoding="utf-8"?>\r\n<Root><ResponseStatus><Status>OK</Status></ResponseStatus>'


def voucher(key: int, inside: str = "") -> str:
    text = f"<NetvisorKey>{key}</NetvisorKey><Text>käyttö &amp; {key}</Text>{inside}"
    return f'<Voucher Status="valid">{text}</Voucher>\r\n'


def reply(records: str, name: str = "Vouchers") -> bytes:
    return f"{HEAD}<{name}>{records}</{name}></Root>".encode()


def rows(body: bytes, names: list[str]) -> Generator[Row, None, None]:
    return record_splitter.rows(io.BytesIO(body), names, RecordSource("r.nv", uses_templates=True), lambda error: error)


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
    for row in record_splitter.rows(io.BytesIO(body), names, source, lambda error: error):
        element_of(row)
    assert not source.is_distrusted


@pytest.mark.parametrize("last", ["</Voucher>", "<Text>behind</Text></Voucher>", "</Voucher>" + MANY])
def test_a_record_around_others_is_noticed_even_if_nobody_builds_them(last: str) -> None:
    """Only its end, far behind, shows that the rows before it were none."""
    body = reply(f"{MANY}<Voucher><NetvisorKey>0</NetvisorKey>{MANY}{last}")
    source = RecordSource("r.nv", uses_templates=True)

    def read() -> list[Row]:
        return list(record_splitter.rows(io.BytesIO(body), ["Voucher"], source, lambda error: error))

    read()
    assert source.is_distrusted
    again = [etree.tostring(element_of(row), with_tail=False) for row in read()]
    assert again == [etree.tostring(e, with_tail=False) for e in decoder.elements(io.BytesIO(body), ["Voucher"])]


def test_a_break_in_the_middle_is_an_error() -> None:
    body = reply(MANY + "<Voucher><NetvisorKey>7</Netvisor></Voucher>" + MANY)
    with pytest.raises(decoder.UnreadableReply):
        list(map(element_of, rows(body, ["Voucher"])))


def test_a_reader_may_stop_early() -> None:
    body = reply(MANY)
    found = rows(body, ["Voucher"])
    assert element_of(next(found)).tag == "Voucher"
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
