"""Whatever the documents of a resource are like, their texts and their elements give the same records.

The documents are made from the schemas and the manifest, and then changed: elements empty, missing, repeated, in
another order, nested, with a comment for a text, self-closing, with attributes; in the first document, the last one,
some, or all of them.
"""

from __future__ import annotations

import io
import json
import os
import random
from collections.abc import Callable
from itertools import chain

import pytest

from source_netvisor.manifest.stream_definition import StreamDefinition
from source_netvisor.parsing import decoder, record_splitter
from source_netvisor.parsing.record_text import RecordSource, RecordText, Row
from source_netvisor.records import watched_template
from source_netvisor.streams.stream_records import StreamRecords
from unit_tests.documents import Element, document, sources

DOCUMENTS = 8
ROUNDS = int(os.environ.get("FUZZ_ROUNDS", "1"))
"""How often each change is made."""
WITHOUT_TEMPLATE = ("account_balances", "default_accounts", "payroll_paycheck_details", "vat_reports")
"""With an array of texts, with lines of any name, with a field that two elements of the made-up documents stand for,
and with a stream beside it whose lines have any name."""
SPACES = ["", "\r\n    "]
"""Between the elements."""


@pytest.fixture(autouse=True)
def nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records are what the template gives, and not what the element gives where they differ."""
    monkeypatch.setattr(watched_template, "FIRST_WATCHED", 0)
    monkeypatch.setattr(watched_template, "WATCHED_LATER", 1 << 60)


def emptied(element: Element, chance: random.Random) -> None:
    element.children, element.text = [], chance.choice(["", " ", "\r\n  "])


def self_closing(element: Element, chance: random.Random) -> None:
    element.children, element.text, element.closes_itself = [], "", True


def commented(element: Element, chance: random.Random) -> None:
    element.text = chance.choice(["<!-- nothing -->", "<?nothing here?>", "<!--<Line>1</Line>-->", "<![CDATA[ ]]>"])
    element.children = []


def without_one(element: Element, chance: random.Random) -> None:
    if element.children:
        element.children.pop(chance.randrange(len(element.children)))


def with_one_twice(element: Element, chance: random.Random) -> None:
    if element.children:
        again = chance.choice(element.children).copy()
        if chance.random() < 0.5:
            again.each(lambda one: setattr(one, "text", "5" if one.text else ""))
        element.children.insert(chance.randrange(len(element.children) + 1), again)


def shuffled(element: Element, chance: random.Random) -> None:
    chance.shuffle(element.children)


def nested(element: Element, chance: random.Random) -> None:
    if element.children:
        at = chance.randrange(len(element.children))
        element.children[at] = Element(chance.choice(["Wrapper", element.tag]), [element.children[at]])


def with_attribute(element: Element, chance: random.Random) -> None:
    new = chance.choice(
        [' netvisorkey="7"', ' type="x"', ' format="ansi"', ' ISO639-1Code="fi"', ' ISO639-1Code="SE"', ' a="&amp;"',
         " b='1'", ' type="ISO-3166"', ' c=""']
    )  # fmt: skip
    if new.partition("=")[0] + "=" not in element.attributes:
        element.attributes += new


def with_unknown(element: Element, chance: random.Random) -> None:
    new = chance.choice(
        [Element("Warp", text="9"), Element("Warp"), Element("Warp", [Element("Core", text="1"), Element("Coil")]),
         Element("History", [Element("Status", text="x")]), Element("NetvisorKey", text="99")]
    ).copy()  # fmt: skip
    element.children.insert(chance.randrange(len(element.children) + 1), new)


def with_text(element: Element, chance: random.Random) -> None:
    element.text = chance.choice(
        ["klingon", "-17,18", "1.1.2026", "1.1.0001 0:00:00", "a &amp; b", "1884518522,168426724100", "&#228;", "0",
         " x ", "9" * 28, "a<br/>b", "2025-12-30T22:30:00Z", "7,5", "a > b", "true", "-", "a\r\nb", "> x"]
    )  # fmt: skip


def another_casing(element: Element, chance: random.Random) -> None:
    element.tag = chance.choice([str.lower, str.upper])(element.tag)


MUTATIONS: list[Callable[[Element, random.Random], None]] = [
    emptied, self_closing, commented, without_one, with_one_twice, shuffled, nested, with_attribute, with_unknown,
    with_text, another_casing,
]  # fmt: skip
MUTATED = {"first": [0], "last": [DOCUMENTS - 1], "first and last": [0, DOCUMENTS - 1], "some": [1, 4, 5],
           "all": list(range(DOCUMENTS))}  # fmt: skip


def records_of(stream: StreamRecords, rows: list[Row], words: dict[str, str]) -> list[str]:
    """The records and what the stream noted of them."""
    found = [json.dumps(stream.of(row, words), sort_keys=True) for row in rows]
    return [*found, *(str((builder.kept, builder.unknown)) for builder in stream._builders())]


def check(definitions: list[StreamDefinition], bodies: list[str], between: str) -> int:
    """Compares both ways; returns how many rows were read from their text without an element."""
    name = definitions[0].source.record[0]
    reply = f"<Root><List>{between}{between.join(bodies)}</List></Root>".encode()
    rows = list(
        chain.from_iterable(
            record_splitter.batches(io.BytesIO(reply), [name], RecordSource("r.nv", uses_templates=True), lambda e: e)
        )
    )
    elements: list[Row] = list(decoder.elements(io.BytesIO(reply), [name]))
    assert len(rows) == len(elements), reply
    for definition in definitions:
        words = {word: "1" for word in definition.request_fields.values() if word != "key"}
        by_text, by_element = (StreamRecords(definition, "1967543-8", "2026-01-15T10:00:00.000000Z") for _ in range(2))
        assert records_of(by_text, rows, words) == records_of(by_element, elements, words), definition.name
    check_shared(definitions, rows)
    return sum(not row.is_parsed for row in rows if isinstance(row, RecordText))


def check_shared(definitions: list[StreamDefinition], rows: list[Row]) -> int:
    """Compares lines that are taken from the records of their documents with lines that are built; returns of how many
    documents they were taken."""
    words = {word: "1" for one in definitions for word in one.request_fields.values() if word != "key"}
    taken = 0
    for definition in definitions:
        if definition.lines is None:
            continue
        wholes = [
            StreamRecords(one, "1967543-8", "2026-01-15T10:00:00.000000Z") for one in definitions if not one.lines
        ]
        alone, beside = (StreamRecords(definition, "1967543-8", "2026-01-15T10:00:00.000000Z") for _ in range(2))
        beside.take_lines_from(wholes)
        for row in rows:
            for whole in wholes:
                whole.of(row, words)
            assert records_of(beside, [row], words)[0] == records_of(alone, [row], words)[0], definition.name
        taken += beside._shared.taken if beside._shared else 0
    return taken


@pytest.mark.parametrize("resource", sources())
def test_text_and_elements_give_the_same_records(resource: str) -> None:
    definitions = sources()[resource]
    chance = random.Random(resource)
    made = [document(definitions, n) for n in range(DOCUMENTS)]
    for between in SPACES:
        by_template = check(definitions, [one.xml(between) for one in made], between)
        assert by_template or definitions[0].name in WITHOUT_TEMPLATE, "only elements are compared"
    for number, mutate in enumerate(MUTATIONS * ROUNDS):
        documents = [one.copy() for one in made]
        place = chance.random()
        for index in chance.choice(list(MUTATED.values())):
            for _ in range(chance.choice([1, 1, 3])):
                inside = documents[index].below()
                mutate(inside[int(place * len(inside))], chance)
                place = chance.choice([place, chance.random()])
        between = SPACES[number % len(SPACES)]
        check(definitions, [one.xml(between) for one in documents], between)


@pytest.mark.parametrize("resource", ["accountingledger.nv Voucher", "getpurchaseorder.nv PurchaseOrder"])
def test_lines_are_taken_from_the_record_of_their_document(resource: str) -> None:
    definitions = sources()[resource]
    name = definitions[0].source.record[0]
    reply = io.BytesIO(f"<List>{''.join(document(definitions, n).xml('') for n in range(DOCUMENTS))}</List>".encode())
    rows = list(
        chain.from_iterable(
            record_splitter.batches(reply, [name], RecordSource("r.nv", uses_templates=True), lambda e: e)
        )
    )
    assert check_shared(definitions, rows) == DOCUMENTS


VOUCHER = (
    '<Voucher Status="valid"><NetvisorKey>1</NetvisorKey><VoucherDate>2026-01-02</VoucherDate>'
    "<VoucherNumber>3</VoucherNumber><VoucherDescription>a</VoucherDescription><VoucherClass>b</VoucherClass>"
    "<VoucherLine><NetvisorKey>4</NetvisorKey><LineSum>5,00</LineSum></VoucherLine></Voucher>"
)


@pytest.mark.parametrize(
    ("usual", "odd"),
    [
        # what the document's record takes from inside something, and the lines' only from the document itself
        ("<VoucherDate>2026-01-02</VoucherDate>", "<Around><VoucherDate>2026-01-02</VoucherDate></Around>"),
        ("<VoucherNumber>3<", "<Around><VoucherNumber>8</VoucherNumber></Around><VoucherNumber>3<"),
        # elements where the lines expect a text
        ("<VoucherClass>b</VoucherClass>", "<VoucherClass><VoucherNetvisorURI>c</VoucherNetvisorURI></VoucherClass>"),
        # a key that belongs to something inside the line
        ("<NetvisorKey>4</NetvisorKey>", "<Around><NetvisorKey>4</NetvisorKey></Around>"),
        ("<VoucherDescription>a</VoucherDescription>", "<VoucherDescription>a</VoucherDescription>" * 2),
        ("<VoucherDescription>a</VoucherDescription>", "<voucherdescription>a</voucherdescription>"),
        ("<VoucherDescription>a</VoucherDescription>", ""),
        ("<NetvisorKey>1</NetvisorKey>", ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("order", ["odd usual odd", "usual odd usual", "usual odd odd"])
def test_lines_are_copied_only_where_both_records_have_the_same_places(usual: str, odd: str, order: str) -> None:
    assert usual in VOUCHER
    bodies = {"usual": VOUCHER, "odd": VOUCHER.replace(usual, odd)}
    reply = io.BytesIO(f"<List>{''.join(bodies[kind] for kind in order.split())}</List>".encode())
    rows = list(
        chain.from_iterable(
            record_splitter.batches(reply, ["Voucher"], RecordSource("r.nv", uses_templates=True), lambda e: e)
        )
    )
    assert all(isinstance(row, RecordText) for row in rows)
    check_shared(sources()["accountingledger.nv Voucher"], rows)
