"""What can be wrong with the data of a reply that is otherwise whole: the record it gives, and what the user sees.

`test_data_faults.py` plays every entry over real HTTP in a list, in a list that is read in windows, in the replies of
details and in the lines of documents; docs/reliability.md is written from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Record = dict[str, Any]
RAW = "_netvisor_raw"
UNKNOWN_FIELDS = "_netvisor_unknown"


@dataclass(frozen=True)
class Place:
    """Where a fault is played.

    Args:
        name: for the test.
        stream: whose records are looked at.
        resource: whose replies are changed.
        element: of a record.
        key: its element with the key, which is the property `netvisor_key`.
        number: one of its elements that holds a number.
        field: the property that the number becomes.
        keeps_one: whether records of a key that came before are left out: windows overlap, and their replies repeat.
        told_by: streams that tell of unknown fields in its place: they build these records too.
    """

    name: str
    stream: str
    resource: str
    element: str
    key: str
    number: str
    field: str
    keeps_one: bool = False
    told_by: tuple[str, ...] = ()


PLACES = [
    Place("list", "accounts", "accountlist.nv", "Account", "NetvisorKey", "Sort", "sort"),
    Place("windows", "vouchers", "accountingledger.nv", "Voucher", "NetvisorKey", "VoucherNumber", "voucher_number",
          keeps_one=True),
    Place("lines", "voucher_lines", "accountingledger.nv", "VoucherLine", "NetvisorKey", "LineSum", "line_sum",
          told_by=("vouchers",)),
    Place("details", "sales_invoice_details", "getsalesinvoice.nv", "SalesInvoice", "SalesInvoiceNetvisorKey",
          "PaymentTermNetDays", "payment_term_net_days"),
]  # fmt: skip


@dataclass(frozen=True)
class DataCase:
    """One fault.

    Args:
        name: for the table.
        change: the XML of one record -> what is sent in its place.
        becomes: the record as it should be -> the records that come.
        happens: the same in words, for the table.
        sees: the log line; `{stream}` stands for the stream, `{field}` for the property of the number, `{element}` for
            the number's element. Empty: none.
        level: of the log line.
        next: the XML of the next record -> what is sent in its place; None: it is left alone.
        next_becomes: the next record as it should be -> as it comes.
        becomes_in_details: `becomes` for details, which are asked for by key, where that is otherwise; the log then
            does not miss a key.
        fails_in_details: the beginning of the sentence that details fail with.
    """

    name: str
    change: Callable[[str, Place], str]
    becomes: Callable[[Record, Place], list[Record]]
    happens: str
    sees: str = ""
    level: str = "WARN"
    next: Callable[[str, Place], str] | None = None
    next_becomes: Callable[[Record, Place], Record] | None = None
    becomes_in_details: Callable[[Record, Place], list[Record]] | None = None
    fails_in_details: str = ""


def set_text(xml: str, element: str, text: str) -> str:
    """The first element of the name with another text."""
    changed = re.sub(rf"(<{element}\b[^>]*>)[^<]*(</{element}>)", lambda m: m[1] + text + m[2], xml, count=1)
    assert changed != xml, element
    return changed


def without(xml: str, element: str) -> str:
    """The record less the first element of the name."""
    changed = re.sub(rf"\s*<{element}\b[^>]*>[^<]*</{element}>", "", xml, count=1)
    assert changed != xml, element
    return changed


def behind_key(xml: str, place: Place, content: str) -> str:
    """The record with something behind its key."""
    end = f"</{place.key}>"
    assert end in xml
    return xml.replace(end, end + content, 1)


def number(text: str) -> Callable[[str, Place], str]:
    """The number's element with another text."""
    return lambda xml, place: set_text(xml, place.number, text)


def added(content: str) -> Callable[[str, Place], str]:
    """Something more in the record; `{number}` stands for the name of the number's element."""
    return lambda xml, place: behind_key(xml, place, content.format(number=place.number))


def also(**properties: Any) -> Callable[[Record, Place], list[Record]]:
    """The record with these properties too; `raw` stands for the texts kept of the number's field."""

    def becomes(good: Record, place: Place) -> list[Record]:
        more = {**properties}
        if "raw" in more:
            raw = more.pop("raw")
            more[RAW] = {place.field + suffix: text for suffix, text in raw.items()}
        if "number" in more:
            more[place.field] = more.pop("number")
        return [{**good, **more}]

    return becomes


def unknown(**names: Any) -> Callable[[Record, Place], list[Record]]:
    """The record with these in `_netvisor_unknown`; `{number}` in a name stands for that of the number's element."""
    return lambda good, place: [
        {**good, UNKNOWN_FIELDS: {name.format(number=snake(place.number)): value for name, value in names.items()}}
    ]


def twice(xml: str, place: Place) -> str:
    """The record, and another with its key and another number."""
    return xml + set_text(xml, place.number, "77")


def became_two(good: Record, place: Place) -> list[Record]:
    """What `twice` gives: each, or the first where replies repeat each other."""
    return [good] if place.keeps_one else [good, {**good, place.field: 77}]


NIL = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"'
MANY_DIGITS = "9." * 200
SECOND = (
    "{stream}: values that do not fit their fields became null, or what fits; their text is in _netvisor_raw "
    "({field} %d)."
)
UNFIT = SECOND % 1
NO_KEY = "{stream}: 1 records came without their key ("
UNKNOWN = "{stream}: Netvisor sends fields that the schema does not know; they are in _netvisor_unknown: %s."

CASES = [
    DataCase("a text in place of a number", number("klingon"), also(number=None, raw={"": "klingon"}),
             "the field is null, its text is in `_netvisor_raw`", UNFIT),
    DataCase("a number with an unknown notation", number("1e5"), also(number=None, raw={"": "1e5"}),
             "the field is null, its text is in `_netvisor_raw`", UNFIT),
    DataCase("a number of hundreds of digits", number(MANY_DIGITS), also(number=None, raw={"": MANY_DIGITS}),
             "the field is null, its text is in `_netvisor_raw`", UNFIT),
    DataCase("a number of more digits than a double holds", number("1884518522,168426724100"),
             lambda good, place: _rounded(good, place, "1884518522,168426724100"),
             "the rounded number is in the field, its text in `_netvisor_raw`; an integer field is null",
             UNFIT),
    DataCase("markup inside a number", number("5<br/>"), also(number=5, raw={"": "5<br/>"}),
             "the text without the markup counts, the whole is in `_netvisor_raw`", UNFIT),
    DataCase("xsi:nil",
             lambda xml, place: set_text(xml, place.number, "").replace(place.number, f"{place.number} {NIL}", 1),
             also(number=None), "the field is null"),
    DataCase("an empty element", number(" "), also(number=None), "the field is null"),
    DataCase("an element is missing", lambda xml, place: without(xml, place.number), also(number=None),
             "the field is missing or null"),
    DataCase("an element twice, with two texts", added("<{number}>5</{number}>"),
             lambda good, place: also(number=5, raw={"": _text(good[place.field])})(good, place),
             "the first value stays, the other is in `_netvisor_raw`", SECOND % 1),
    DataCase("an element in two places, once inside another", added("<Elsewhere><{number}>5</{number}></Elsewhere>"),
             lambda good, place: unknown(elsewhere=[{snake(place.number): ["5"]}])(good, place),
             "the record's own value stays, the other is in `_netvisor_unknown`",
             UNKNOWN % "elsewhere.{element}", "INFO"),
    DataCase("an element three times, with three texts",
             added("<{number}>5</{number}><{number}>6</{number}>"),
             lambda good, place: also(number=5, raw={"": "6", ".2": _text(good[place.field])})(good, place),
             "the first value stays, the others are in `_netvisor_raw`", SECOND % 2),
    DataCase("elements inside an element that is a number", number("<Amount>5</Amount>"),
             lambda good, place: unknown(**{"{number}": [{"amount": ["5"]}]})({**good, place.field: None}, place),
             "the field is null, they are in `_netvisor_unknown`", UNKNOWN % "{element}.amount", "INFO"),
    DataCase("an unknown element", added("<Warp>9,9</Warp>"), unknown(warp=["9,9"]),
             "kept in `_netvisor_unknown`, as text", UNKNOWN % "warp", "INFO"),
    DataCase("an unknown element with elements inside", added("<Warp><Core>9</Core><Coil>7</Coil></Warp>"),
             unknown(warp=[{"core": ["9"], "coil": ["7"]}]), "kept in `_netvisor_unknown`, as an object of texts",
             UNKNOWN % "warp.coil, warp.core", "INFO"),
    DataCase("an unknown attribute", lambda xml, place: xml.replace(f"<{place.number}", f'<{place.number} warp="9"', 1),
             unknown(**{"{number}_warp": ["9"]}), "kept in `_netvisor_unknown`, as text",
             UNKNOWN % "{element}_warp", "INFO"),
    DataCase("an unknown element, once in one record and repeated in the next", added("<Warp>9</Warp>"),
             unknown(warp=["9"]), "kept in `_netvisor_unknown`: an array of one text, and of two",
             UNKNOWN % "warp", "INFO", added("<Warp>7</Warp><Warp>8</Warp>"),
             lambda good, place: unknown(warp=["7", "8"])(good, place)[0]),
    DataCase("a record without its key", lambda xml, place: without(xml, place.key), also(netvisor_key=None),
             "the record comes, its key is null; details are those of the one key that is missing", NO_KEY,
             becomes_in_details=lambda good, _: [good]),
    DataCase("a key that is no number", lambda xml, place: set_text(xml, place.key, "klingon"),
             also(netvisor_key=None, **{RAW: {"netvisor_key": "klingon"}}),
             "the record comes, its key is null, the key's text is in `_netvisor_raw`; details are those of the one "
             "key that is missing",
             NO_KEY,
             becomes_in_details=lambda good, _: [{**good, RAW: {"netvisor_key": "klingon"}}]),
    DataCase("a negative key", lambda xml, place: set_text(xml, place.key, "-5"), also(netvisor_key=-5),
             "the record comes with it; details of a key that was not asked for fail their stream",
             fails_in_details="{stream}: Netvisor answered {resource} with something that is not a complete Netvisor "
             "reply (details of other documents than asked for)"),
    DataCase("two records with one key", twice, became_two,
             "both come, the later one counts; in lists that are read in windows, the first comes"),
]  # fmt: skip


def _rounded(good: Record, place: Place, text: str) -> list[Record]:
    is_integer = isinstance(good[place.field], int)
    value = None if is_integer else float(text.replace(",", "."))
    return [{**good, place.field: value, RAW: {place.field: text}}]


def _text(value: Any) -> str:
    """A number as the simulator writes it."""
    return str(value) if isinstance(value, int) else f"{value:.2f}".replace(".", ",")


def snake(name: str) -> str:
    """`LineSum` -> `line_sum`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
