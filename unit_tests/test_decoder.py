"""Replies as bytes: what is mended, what is refused, and that nothing broken ever passes for an empty success."""

from __future__ import annotations

import io
import resource

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_netvisor.errors import UnreadableReply
from source_netvisor.parsing import decoder
from source_netvisor.parsing.clean_reader import CleanReader
from source_netvisor.parsing.frame import read_frame

OK = "<ResponseStatus><Status>OK</Status><TimeStamp>5.6.2023 16:12:09</TimeStamp></ResponseStatus>"
LIST = f"<Root>{OK}<List><Row><A>1</A></Row><Row><A>2</A></Row></List></Root>"


class Trickle(io.RawIOBase):
    """A file that gives a few bytes at a time, wherever a chunk may end."""

    def __init__(self, data: bytes, sizes: list[int]) -> None:
        self._data, self._sizes, self._at, self._turn = data, sizes, 0, 0

    def read(self, size: int = -1) -> bytes:
        size = self._sizes[self._turn % len(self._sizes)]
        self._turn += 1
        chunk = self._data[self._at : self._at + size]
        self._at += size
        return chunk

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset if whence == 0 else len(self._data) + offset
        return self._at


def clean(data: bytes, sizes: list[int] | None = None) -> bytes:
    reader = CleanReader(Trickle(data, sizes) if sizes else io.BytesIO(data))  # type: ignore[arg-type]
    found = b""
    while chunk := reader.read():
        found += chunk
    return found


def texts(data: bytes | str, name: str = "A", record: str = "Row") -> list[str | None]:
    """The texts of one element in each record, after everything that the client checks."""
    raw = io.BytesIO(data.encode() if isinstance(data, str) else data)
    frame = read_frame(raw)
    if frame.statuses[:1] != ["OK"]:
        raise UnreadableReply("no OK")
    decoder.check_complete(raw)
    return [row.findtext(f"{{*}}{name}") for row in decoder.elements(raw, [record])]


def one(inside: str) -> str:
    return f"<Root>{OK}<List><Row><A>{inside}</A></Row></List></Root>"


# --- what is mended ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reference",
    ["&#x2;", "&#2;", "&#x0;", "&#0;", "&#x1F;", "&#X1f;", "&#31;", "&#xFFFE;", "&#xFFFF;", "&#xD800;", "&#xDFFF;",
     "&#55296;", "&#x110000;", "&#x00000002;", "&#99999999999;"],
)  # fmt: skip
def test_illegal_references_are_taken_out(reference: str) -> None:
    assert texts(one(f"a{reference}b")) == ["ab"]


@pytest.mark.parametrize(
    "reference", ["&#x9;", "&#10;", "&#13;", "&#x20;", "&#228;", "&#xE4;", "&#x1F600;", "&#xFFFD;"]
)
def test_legal_references_stay(reference: str) -> None:
    code = int(reference[3:-1], 16) if reference[2] in "xX" else int(reference[2:-1])
    assert texts(one(f"a{reference}b")) == [f"a{chr(code)}b"]


@pytest.mark.parametrize("size", range(1, 9))
def test_a_reference_may_be_split_anywhere_between_chunks(size: int) -> None:
    data = one("a&#x2;b&#00000000002;c&amp;d&#228;e&lt;&#x1F600;").encode()
    expected = data.replace(b"&#x2;", b"").replace(b"&#00000000002;", b"")
    assert clean(data, [size]) == expected


PARTS = ["a", "&", "#", "x", "2", ";", "&#x2;", "&#2;", "ä", "€", "<", "\x02", "&amp;", "0" * 9]


@given(st.lists(st.sampled_from(PARTS)), st.lists(st.integers(1, 40), min_size=1, max_size=6))
@settings(max_examples=300)
def test_chunks_make_no_difference(parts: list[str], sizes: list[int]) -> None:
    data = "".join(parts).encode()
    assert clean(data, sizes) == clean(data)


@pytest.mark.parametrize(
    "character", [chr(code) for code in range(32) if code not in (9, 10, 13)] + ["\ufffe", "\uffff"]
)
def test_control_characters_are_taken_out(character: str) -> None:
    assert texts(one(f"a{character}b")) == ["ab"]


def test_white_space_characters_stay() -> None:
    assert texts(one("a\tb\nc")) == ["a\tb\nc"]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("\ufeff" + LIST, "utf-8"),
        ('\ufeff<?xml version="1.0" encoding="utf-8"?>' + LIST, "utf-8"),
        ('<?xml version="1.0" encoding="utf-8" standalone="yes"?>\r\n' + LIST, "utf-8"),
        ("\ufeff" + LIST, "utf-16-le"),
        ("\ufeff" + LIST, "utf-16-be"),
        ('<?xml version="1.0" encoding="utf-16"?>' + LIST, "utf-16-le"),
        ('<?xml version="1.0" encoding="utf-16"?>' + LIST, "utf-16-be"),
        (LIST, "utf-16-le"),
        (LIST.replace("Root", "root"), "utf-16-be"),
        ("\ufeff" + LIST, "utf-32-le"),
        ("\ufeff" + LIST, "utf-32-be"),
        ('<?xml version="1.0" encoding="ISO-8859-1"?>' + LIST, "latin-1"),
        ("<?xml version='1.0' encoding='iso-8859-15'?>" + LIST, "iso-8859-15"),
        ('<?xml version="1.0" encoding="windows-1252"?>' + LIST, "cp1252"),
    ],
)
def test_encodings(text: str, encoding: str) -> None:
    data = text.replace("<A>1</A>", "<A>Mäkelä Öy</A>").encode(encoding)
    assert texts(data) == ["Mäkelä Öy", "2"]


@pytest.mark.parametrize(
    "declared", ["utf-16", "utf-32", "klingon", "utf-7", "idna", "base64", "rot13", "ebcdic-cp-us"]
)
def test_a_wrong_or_strange_declaration_is_not_obeyed(declared: str) -> None:
    data = f'<?xml version="1.0" encoding="{declared}"?>{LIST}'.replace("<A>1</A>", "<A>Mäkelä</A>").encode()
    assert texts(data) == ["Mäkelä", "2"]


def test_bytes_that_are_no_text_cost_only_themselves() -> None:
    data = one("M@kel@").encode().replace(b"@", "ä".encode("latin-1"))
    assert texts(data) == ["M\ufffdkel\ufffd"]
    reader = CleanReader(io.BytesIO(data))
    while reader.read():
        pass
    assert reader.replaced == 2


@pytest.mark.parametrize("half", [b"\xed\xa0\x80", b"\xed\xbf\xbf"])
def test_half_a_surrogate_in_utf_8(half: bytes) -> None:
    [text] = texts(one("a@b").encode().replace(b"@", half))
    assert text is not None
    assert text.strip("\ufffd") != ""
    assert text[0] == "a"
    assert text[-1] == "b"


def test_half_a_surrogate_in_utf_16() -> None:
    data = ("\ufeff" + one("a@b")).encode("utf-16-le").replace("@".encode("utf-16-le"), b"\x00\xd8")
    [text] = texts(data)
    assert text is not None
    assert text[0] == "a"


# --- forms of XML -----------------------------------------------------------------------------------------------------


def test_comments_instructions_and_cdata() -> None:
    reply = (
        f"<!-- <Row> --><?pi <Row> ?><Root><!-- c -->{OK}<List><!-- <Row><A>no</A></Row> --><Row><A><![CDATA[<1> & ]]>x"
        "</A></Row><?pi x?><Row><A>2<!-- c -->3</A></Row></List></Root><!-- end --><?end?>\n"
    )
    assert texts(reply) == ["<1> & x", "23"]


def test_a_record_element_inside_a_record_element_belongs_to_it() -> None:
    reply = f"<Root>{OK}<List><Row><A>1</A><Row><A>inner</A></Row></Row><Row><A>2</A></Row></List></Root>"
    assert texts(reply) == ["1", "2"]


@pytest.mark.parametrize("spelling", ["row", "ROW", "rOw"])
def test_the_casing_of_the_record_element_means_nothing(spelling: str) -> None:
    assert texts(LIST.replace("Row", spelling)) == ["1", "2"]


def test_spellings_may_be_mixed_within_one_reply() -> None:
    reply = f"<Root>{OK}<List><Row><A>1</A></Row>{'<x/>' * 9}<row><A>2</A></row><ROW><A>3</A></ROW></List></Root>"
    assert texts(reply) == ["1", "2", "3"]


def test_spellings_may_change_far_into_a_reply() -> None:
    filler = "<Row><A>1</A></Row>" * 20000
    assert len(texts(f"<Root>{OK}<List>{filler}<row><A>2</A></row></List></Root>")) == 20001


@pytest.mark.parametrize(
    "reply",
    [
        LIST.replace("<Root>", '<Root xmlns="urn:x">'),
        LIST.replace("<Row>", '<Row xmlns="urn:x">'),
        LIST.replace("<Root>", '<n:Root xmlns:n="urn:x">').replace("</Root>", "</n:Root>"),
        LIST.replace("Root>", "n:Root>").replace("<n:Root>", '<n:Root xmlns:n="urn:x">').replace("Row>", "n:Row>"),
    ],
)
def test_namespaces_mean_nothing(reply: str) -> None:
    assert texts(reply) == ["1", "2"]


@pytest.mark.parametrize(
    "rows", ["<List/>", "<List></List>", "<List> </List>", "", "<List><Row/></List>", "<List><Row></Row></List>"]
)
def test_an_empty_list_is_a_success_without_rows(rows: str) -> None:
    assert texts(f"<Root>{OK}{rows}</Root>") == []


@pytest.mark.parametrize(
    "end", ["</Root>", "</Root>\n", "</root >", "</Root\n>", "</Root><!-- bye -->", "</Root>\r\n\0"]
)
def test_ends(end: str) -> None:
    start = "root" if end.startswith("</root") else "Root"
    assert texts(f"<{start}>{OK}<Row><A>1</A></Row>{end}") == ["1"]


def test_page_attributes_of_the_list() -> None:
    reply = f'<Root>{OK}<List CurrentPage="1" PageCount="3" x="ä"><Row/></List></Root>'
    assert decoder.list_attributes(io.BytesIO(reply.encode())) == {"currentpage": "1", "pagecount": "3", "x": "ä"}
    assert decoder.list_attributes(io.BytesIO(f"<Root>{OK}</Root>".encode())) == {}


# --- the frame --------------------------------------------------------------------------------------------------------


def frame(text: str) -> tuple[list[str], bool]:
    found = read_frame(io.BytesIO(text.encode()))
    return found.statuses, found.found


def test_frames() -> None:
    assert frame(LIST) == (["OK"], True)
    failed = "<Root><ResponseStatus><Status>FAILED</Status><Status>INVALID_DATA :: x</Status></ResponseStatus></Root>"
    assert frame(failed) == (["FAILED", "INVALID_DATA :: x"], True)
    assert frame(failed.lower()) == (["failed", "invalid_data :: x"], True)
    assert frame("<Root><ResponseStatus/></Root>") == ([], True)
    assert frame("<Root><ResponseStatus><Status/></ResponseStatus></Root>") == ([""], True)
    assert frame("<Root><List/></Root>") == ([], False)
    assert frame("<Root/>") == ([], False)


def test_a_frame_further_inside_is_not_the_frame() -> None:
    assert frame(f"<Root><List><Row>{OK}</Row></List></Root>") == ([], False)


def test_a_frame_behind_the_list() -> None:
    assert frame(f"<Root><List>{'<Row><A>1</A></Row>' * 1000}</List>{OK}</Root>") == (["OK"], True)


def test_a_reply_without_a_frame_is_looked_through_in_flat_memory() -> None:
    rows = b"<Row><A>1</A><B>2</B></Row>" * 20_000
    body = io.BytesIO(b"<Root><List>" + rows + b"</List></Root>")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert not read_frame(body).found
    body = io.BytesIO(b"<Root><List>" + rows * 12 + b"</List></Root>")
    first = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert not read_frame(body).found
    # kilobytes; the second reply is twelve times the first, which alone would take tens of megabytes as a tree
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - first < 12_000 + (first - before)


def test_a_frame_behind_the_records_is_found() -> None:
    rows = b"<Row><A>1</A></Row>" * 100
    status = b"<ResponseStatus><Status>FAILED</Status><Status>CODE :: text</Status></ResponseStatus>"
    frame = read_frame(io.BytesIO(b"<Root><List>" + rows + b"</List>" + status + b"</Root>"))
    assert frame.statuses == ["FAILED", "CODE :: text"]
