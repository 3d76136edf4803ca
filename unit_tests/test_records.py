"""What docs/streams.md promises of records, on the streams of the real manifest.

Replies are written by hand; what is expected is taken from the rules, never from what the connector gave.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_netvisor.errors import NetvisorError
from source_netvisor.parsing.naming import snake_case
from unit_tests.reading import BUSINESS_ID, NOW_TEXT, definitions, messages, reading, records, said

EXAMPLE = (
    '<Voucher Status="valid"><NetvisorKey>7</NetvisorKey><VoucherDate>31.12.2025</VoucherDate>'
    '<VoucherClass netvisorkey="5">ML Myyntilasku</VoucherClass>'
    '<LinkedSourceNetvisorKey type="salesinvoice">12</LinkedSourceNetvisorKey>'
    "<VoucherLine><NetvisorKey>70</NetvisorKey><LineSum>-17,18</LineSum><AccountNumber>3000</AccountNumber>"
    "<VatPercent>25,5</VatPercent><Dimension><DimensionName>Cost centre</DimensionName>"
    "<DimensionItem>P001 Web</DimensionItem></Dimension></VoucherLine></Voucher>"
)
EXAMPLE_LINE: dict[str, Any] = {
    "netvisor_key": 70, "line_number": 1, "line_sum": -17.18, "account_number": "3000", "vat_percent": 25.5,
    "dimensions": [{"dimension_name": "Cost centre", "dimension_item": "P001 Web"}],
}  # fmt: skip
EXAMPLE_VOUCHER: dict[str, Any] = {
    "status": "valid", "netvisor_key": 7, "voucher_date": "2025-12-31", "voucher_class": "ML Myyntilasku",
    "voucher_class_netvisor_key": 5, "linked_source_netvisor_key": 12,
    "linked_source_netvisor_key_type": "salesinvoice", "voucher_lines": [EXAMPLE_LINE],
}  # fmt: skip
EXAMPLE_VOUCHER_LINE: dict[str, Any] = {
    **EXAMPLE_LINE, "voucher_netvisor_key": 7, "voucher_status": "valid", "voucher_date": "2025-12-31",
    "voucher_class": "ML Myyntilasku", "voucher_class_netvisor_key": 5, "linked_source_netvisor_key": 12,
    "linked_source_netvisor_key_type": "salesinvoice",
}  # fmt: skip


def frame(body: str) -> str:
    return f"<Root><ResponseStatus><Status>OK</Status></ResponseStatus><Vouchers>{body}</Vouchers></Root>"


def voucher(inside: str, attributes: str = "") -> dict[str, Any]:
    """What the stream says of one voucher with these contents, its key left out."""
    [record] = records("vouchers", frame(f"<Voucher{attributes}><NetvisorKey>7</NetvisorKey>{inside}</Voucher>"))
    assert record.pop("netvisor_key") == 7
    return said(record)


def texts(value: Any) -> list[str]:
    """All texts in a value, however deep."""
    if isinstance(value, dict):
        value = list(value.values())
    return [value] if isinstance(value, str) else [text for item in value for text in texts(item)]


def respelt(xml: str, spell: Any) -> str:
    """The same document with other casing of element and attribute names."""
    xml = re.sub(r"(</?)([A-Za-z]+)", lambda match: match[1] + spell(match[2]), xml)
    return re.sub(r" ([A-Za-z]+)=", lambda match: f" {spell(match[1])}=", xml)


def alternating(name: str) -> str:
    return "".join(c.upper() if index % 2 else c.lower() for index, c in enumerate(name))


# --- the worked example -----------------------------------------------------------------------------------------------


def test_example_voucher() -> None:
    [record] = records("vouchers", frame(EXAMPLE))
    assert said(record) == EXAMPLE_VOUCHER
    assert record["business_id"] == BUSINESS_ID
    assert record["_ab_modified_until"] == NOW_TEXT


def test_example_voucher_line() -> None:
    [record] = records("voucher_lines", frame(EXAMPLE))
    assert said(record) == EXAMPLE_VOUCHER_LINE
    assert record["business_id"] == BUSINESS_ID
    assert record["_ab_modified_until"] == NOW_TEXT


@pytest.mark.parametrize("spell", [str.lower, str.upper, str.swapcase, alternating])
def test_casing_means_nothing(spell: Any) -> None:
    [record] = records("vouchers", respelt(frame(EXAMPLE), spell))
    assert said(record) == EXAMPLE_VOUCHER
    [line] = records("voucher_lines", respelt(frame(EXAMPLE), spell))
    assert said(line) == EXAMPLE_VOUCHER_LINE


def test_casing_may_change_from_record_to_record() -> None:
    body = EXAMPLE + respelt(EXAMPLE, str.lower) + respelt(EXAMPLE, str.upper)
    assert [said(record) for record in records("vouchers", frame(body))] == [EXAMPLE_VOUCHER] * 3
    assert [said(record) for record in records("voucher_lines", frame(body))] == [EXAMPLE_VOUCHER_LINE] * 3


def test_a_namespace_means_nothing() -> None:
    reply = frame(EXAMPLE).replace("<Root>", '<Root xmlns="urn:x">')
    assert said(records("vouchers", reply)[0]) == EXAMPLE_VOUCHER


# --- one, many, none --------------------------------------------------------------------------------------------------


def test_arrays_are_arrays_whatever_their_number() -> None:
    line = "<VoucherLine><NetvisorKey>{}</NetvisorKey></VoucherLine>"
    for count in (0, 1, 3):
        [record] = records("vouchers", frame("<Voucher>" + "".join(map(line.format, range(count))) + "<x/></Voucher>"))
        assert [item["netvisor_key"] for item in record["voucher_lines"]] == list(range(count))
        assert [item["line_number"] for item in record["voucher_lines"]] == list(range(1, count + 1))
        assert all(item["dimensions"] == [] for item in record["voucher_lines"])


def test_empty_lines_do_not_count() -> None:
    body = (
        "<Voucher><VoucherLine/><VoucherLine><LineSum>1</LineSum></VoucherLine><VoucherLine> </VoucherLine></Voucher>"
    )
    assert [line["line_number"] for line in records("vouchers", frame(body))[0]["voucher_lines"]] == [1]
    assert [line["line_number"] for line in records("voucher_lines", frame(body))] == [1]


def test_a_wrapper_disappears() -> None:
    body = EXAMPLE.replace("<VoucherLine>", "<VoucherLines><VoucherLine>")
    body = body.replace("</VoucherLine>", "</VoucherLine></VoucherLines>")
    assert said(records("vouchers", frame(body))[0]) == EXAMPLE_VOUCHER
    assert said(records("voucher_lines", frame(body))[0]) == EXAMPLE_VOUCHER_LINE


PRODUCT_LINE = "<SalesInvoiceProductLine><NetvisorKey>{}</NetvisorKey></SalesInvoiceProductLine>"
INVOICE = "<Root><SalesInvoice><SalesInvoiceNetvisorKey>1</SalesInvoiceNetvisorKey>{}</SalesInvoice></Root>"


@pytest.mark.parametrize(
    "lines",
    [
        "<InvoiceLines><InvoiceLine>{0}{1}{2}</InvoiceLine></InvoiceLines>",
        "<InvoiceLines><InvoiceLine>{0}</InvoiceLine><InvoiceLine>{1}</InvoiceLine>"
        "<InvoiceLine>{2}</InvoiceLine></InvoiceLines>",
        "<InvoiceLines><InvoiceLine/><InvoiceLine>{0}</InvoiceLine><InvoiceLine>{1}{2}</InvoiceLine></InvoiceLines>",
        "<InvoiceLines>{0}{1}{2}</InvoiceLines>",
        "{0}{1}{2}",
    ],
)
def test_a_wrapper_may_repeat(lines: str) -> None:
    """One client's model has an InvoiceLine around each line, the samples have one around all."""
    reply = INVOICE.format(lines.format(*map(PRODUCT_LINE.format, (5, 6, 7))))
    [record] = records("sales_invoice_details", reply)
    assert [line["netvisor_key"] for line in record["sales_invoice_product_lines"]] == [5, 6, 7]
    assert set(said(record)) == {"netvisor_key", "sales_invoice_product_lines"}
    assert [line["netvisor_key"] for line in records("sales_invoice_lines", reply)] == [5, 6, 7]


@pytest.mark.parametrize("keys", [(), (6,), (6, 7, 8)])
def test_an_array_of_values_in_a_wrapper_of_its_name(keys: tuple[int, ...]) -> None:
    inside = "".join(f"<NetvisorKey>{key}</NetvisorKey>" for key in keys)
    reply = (
        "<Root><ProductGroups><ProductGroup><NetvisorKey>1</NetvisorKey><ProductGroupHierarchy>"
        f"<ChildGroups>{inside}</ChildGroups></ProductGroupHierarchy></ProductGroup></ProductGroups></Root>"
    )
    [record] = records("product_groups", reply)
    assert record["netvisor_key"] == 1
    assert record["child_groups"] == list(keys)


def test_an_empty_item_in_the_first_record_does_not_mislead_about_the_second() -> None:
    office = "<CustomerOfficeDetails><OfficeNetvisorKey>{0}</OfficeNetvisorKey></CustomerOfficeDetails>"
    base = "<CustomerBaseInformation><NetvisorKey>{0}</NetvisorKey></CustomerBaseInformation>"
    bodies = ["<CustomerOfficeDetails/>", office.format(5), office.format(6) + office.format(7)]
    customers = "".join(f"<Customer>{base.format(key)}{body}</Customer>" for key, body in enumerate(bodies, 1))
    found = records("customer_details", f"<Root><Customers>{customers}</Customers></Root>")
    offices = [[office["office_netvisor_key"] for office in record["customer_office_details"]] for record in found]
    assert offices == [[], [5], [6, 7]]
    assert [record["netvisor_key"] for record in found] == [1, 2, 3]


# --- what the schema does not know ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<NewThing>x</NewThing>", {"new_thing": ["x"]}),
        ("<NewThing>x</NewThing><NewThing>y</NewThing>", {"new_thing": ["x", "y"]}),
        ('<NewThing a="1">x</NewThing>', {"new_thing": ["x"], "new_thing_a": ["1"]}),
        ('<NewThing a="1" b=""/>', {"new_thing_a": ["1"]}),
        ("<New><First>1</First><Second>2</Second></New>", {"new": [{"first": ["1"], "second": ["2"]}]}),
        ("<New><A>1</A></New><New><A>2</A></New>", {"new": [{"a": ["1"]}, {"a": ["2"]}]}),
        ("<New><A>1</A></New><N>x</N><NEW><A>2</A></NEW>", {"new": [{"a": ["1"]}, {"a": ["2"]}], "n": ["x"]}),
        ("<News><New><A>1</A></New><New><A>2</A></New></News>", {"news": [{"new": [{"a": ["1"]}, {"a": ["2"]}]}]}),
        ("<New><New>1</New></New>", {"new": [{"new": ["1"]}]}),
        ("<New>a<b>c</b>d</New>", {"new": ["a", "d", {"b": ["c"]}]}),
        ("<New><![CDATA[a & <b>]]></New>", {"new": ["a & <b>"]}),
        ("<!-- new --><?new x?><New>1<!-- 2 -->3</New>", {"new": ["13"]}),
        ("<Sortä>999</Sortä>", {"sortä": ["999"]}),
        ("astray", {"text": ["astray"]}),
        ("<VoucherNumber><Amount>5</Amount></VoucherNumber>", {"voucher_number": [{"amount": ["5"]}]}),
        ("<VoucherLineFees>x</VoucherLineFees>", {"voucher_line_fees": ["x"]}),
        ('<VoucherDate kind="1"/>', {"voucher_date_kind": ["1"]}),
        ('<VoucherDate format="iso"/>', {"voucher_date_format": ["iso"]}),
        ('<VoucherLines count="2"/>', {"voucher_lines_count": ["2"]}),
    ],
)
def test_unknown_elements_are_kept(inside: str, expected: dict[str, Any]) -> None:
    assert voucher(inside) == {"_netvisor_unknown": expected}


@pytest.mark.parametrize("inside", ["<NewThing/>", "<News/>", "<New><A/></New>", '<VoucherDate format="ansi"/>'])
def test_what_says_nothing_leaves_nothing(inside: str) -> None:
    assert voucher(inside) == {}


@pytest.mark.parametrize(
    "name", ["History", "Dimensions", "NetvisorKey", "BusinessId", "NetvisorRaw", "Netvisor_Unknown", "Text"]
)
def test_no_unknown_name_can_meet_a_field(name: str) -> None:
    """Unknown elements that repeat, with names that other fields have, or whose plurals fields have."""
    inside = f"<New><{name}>open</{name}></New><New><{name}>paid</{name}></New>"
    for order in (inside + "<VoucherNumber>5</VoucherNumber>", "<VoucherNumber>5</VoucherNumber>" + inside):
        found = voucher(order)
        assert found.pop("voucher_number") == 5
        label = snake_case(name)
        assert found == {"_netvisor_unknown": {"new": [{label: ["open"]}, {label: ["paid"]}]}}


def test_a_field_of_a_repeated_unknown_element_stays_free() -> None:
    inside = "<History><Status>open</Status></History><History><Status>paid</Status></History>"
    expected = {"history": [{"status": ["open"]}, {"status": ["paid"]}]}
    assert voucher(inside, ' Status="valid"') == {"status": "valid", "_netvisor_unknown": expected}
    assert voucher("<History><Status>open</Status><Status>paid</Status></History>", ' Status="valid"') == {
        "status": "valid",
        "_netvisor_unknown": {"history": [{"status": ["open", "paid"]}]},
    }


def test_unknown_attributes_of_the_record_keep_their_plain_name() -> None:
    assert voucher("", ' Status="valid" ColourScheme="red"') == {
        "status": "valid",
        "_netvisor_unknown": {"colour_scheme": ["red"]},
    }


def test_unknown_elements_inside_lines_have_their_lines_position() -> None:
    line = "<VoucherLine><LineSum>{}</LineSum>{}</VoucherLine>"
    found = voucher(line.format(1, "") + line.format(2, "<NewThing>x</NewThing>") + line.format(3, "<O a='1'/>"))
    assert [line["line_sum"] for line in found["voucher_lines"]] == [1, 2, 3]
    assert found["_netvisor_unknown"] == {"voucher_lines": [{}, {"new_thing": ["x"]}, {"o_a": ["1"]}]}


def test_a_record_has_a_limit_of_unknown_names() -> None:
    names = "".join(f"<x{n}>1</x{n}>" for n in range(2001))
    assert len(voucher(names.replace("<x2000>1</x2000>", ""))["_netvisor_unknown"]) == 2000
    with pytest.raises(NetvisorError, match="more than 2000 fields that the schema does not know"):
        voucher(names)


def test_a_record_has_a_limit_of_unknown_text() -> None:
    assert len(voucher(f"<New>{'x' * 1_000_000}</New>")["_netvisor_unknown"]["new"][0]) == 1_000_000
    with pytest.raises(NetvisorError, match="more than 1 MB in fields that the schema does not know"):
        voucher("<New>" + "x" * (1 << 20) + "</New>")


@pytest.mark.parametrize("tag", ["New", "VoucherDescription", "VoucherLine"])
def test_a_record_has_a_limit_of_depth(tag: str) -> None:
    assert voucher(f"<{tag}>" * 90 + "x" + f"</{tag}>" * 90)
    with pytest.raises(NetvisorError, match="nested deeper than 100 levels"):
        voucher(f"<{tag}>" * 300 + "x" + f"</{tag}>" * 300)


def test_unknown_names_are_told_once() -> None:
    stream = reading("vouchers")
    messages(stream, frame("".join(f"<Voucher><NewThing>{i}</NewThing></Voucher>" for i in range(50))))
    assert stream.built.builder.unknown == {"new_thing": 1}


@given(st.permutations(["<A><Name>1</Name></A>", "<B><Name>2</Name></B>", "<Name>3</Name>"]))
@settings(max_examples=10)
def test_where_names_meet_no_value_is_lost(parts: list[str]) -> None:
    found = voucher("".join(parts))
    assert found == {"_netvisor_unknown": {"a": [{"name": ["1"]}], "b": [{"name": ["2"]}], "name": ["3"]}}


@pytest.mark.parametrize(
    "inside", ["<New><NetvisorKey>99</NetvisorKey></New>", "<New><Deep><NetvisorKey>99</NetvisorKey></Deep></New>"]
)
def test_the_key_of_something_inside_never_becomes_the_records_key(inside: str) -> None:
    for body in (f"{inside}<NetvisorKey>7</NetvisorKey>", f"<NetvisorKey>7</NetvisorKey>{inside}"):
        [record] = records("vouchers", frame(f"<Voucher>{body}</Voucher>"))
        assert record["netvisor_key"] == 7
        assert "99" in texts(record["_netvisor_unknown"])


def test_the_key_of_something_inside_is_not_taken_where_the_record_has_none() -> None:
    [record] = records("vouchers", frame("<Voucher><New><NetvisorKey>99</NetvisorKey></New></Voucher>"))
    assert record["netvisor_key"] is None


BASE = "<CustomerBaseInformation><NetvisorKey>77</NetvisorKey></CustomerBaseInformation>"


@pytest.mark.parametrize(
    "other",
    ["<NewGroup><NetvisorKey>5</NetvisorKey></NewGroup>", "<NetvisorKey>5</NetvisorKey>", '<New netvisorkey="5"/>'],
)
def test_a_key_that_the_manifest_places_is_taken_from_there_only(other: str) -> None:
    for body in (BASE + other, other + BASE):
        [record] = records("customer_details", f"<Root><Customers><Customer>{body}</Customer></Customers></Root>")
        assert record["netvisor_key"] == 77
        assert texts(record["_netvisor_unknown"]) == ["5"]
        assert "_netvisor_raw" not in record
    [record] = records("customer_details", f"<Root><Customers><Customer>{other}</Customer></Customers></Root>")
    assert record["netvisor_key"] is None


@pytest.mark.parametrize("parent", ["<VoucherDate>1.1.2026</VoucherDate>", ""])
def test_an_unknown_element_of_a_line_never_takes_a_field_of_its_document(parent: str) -> None:
    line = "<VoucherLine><NetvisorKey>2</NetvisorKey><VoucherDate>5.5.2026</VoucherDate></VoucherLine>"
    [record] = records("voucher_lines", frame(f"<Voucher><NetvisorKey>1</NetvisorKey>{parent}{line}</Voucher>"))
    assert record.get("voucher_date") == ("2026-01-01" if parent else None)
    assert record["_netvisor_unknown"] == {"voucher_date": ["5.5.2026"]}


@pytest.mark.parametrize("first", [True, False])
def test_the_records_own_element_wins_over_an_aggregates(first: bool) -> None:
    own, other = "<VoucherNumber>5</VoucherNumber>", "<New><VoucherNumber>99</VoucherNumber></New>"
    found = voucher(own + other if first else other + own)
    assert found["voucher_number"] == 5
    assert found["_netvisor_unknown"] == {"new": [{"voucher_number": ["99"]}]}


def test_nothing_in_a_reply_can_pose_as_what_the_connector_adds() -> None:
    [record] = records(
        "vouchers",
        frame(
            '<Voucher business_id="x" _ab_cdc_deleted_at="x"><NetvisorKey>7</NetvisorKey><BusinessId>x</BusinessId>'
            "<_ab_modified_until>x</_ab_modified_until><_ab_cdc_deleted_at>x</_ab_cdc_deleted_at></Voucher>"
        ),
    )
    assert record["business_id"] == BUSINESS_ID
    assert record["_ab_modified_until"] == NOW_TEXT
    assert record["_ab_cdc_deleted_at"] is None


# --- values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "empty", ["<VoucherNumber/>", "<VoucherNumber></VoucherNumber>", "<VoucherNumber> </VoucherNumber>", ""]
)
def test_empty_is_null(empty: str) -> None:
    [record] = records("vouchers", frame(f"<Voucher><NetvisorKey>7</NetvisorKey>{empty}</Voucher>"))
    assert record.get("voucher_number") is None
    assert "_netvisor_raw" not in record


def test_space_and_line_breaks_around_a_value_do_not_belong_to_it() -> None:
    assert voucher("<VoucherNumber>\n  5\n</VoucherNumber><VoucherDescription>\n a  b\t</VoucherDescription>") == {
        "voucher_number": 5,
        "voucher_description": "a  b",
    }


@pytest.mark.parametrize(
    ("inside", "name", "raw"),
    [
        ("<VoucherNumber>TR-17</VoucherNumber>", "voucher_number", "TR-17"),
        ("<VoucherNumber>9223372036854775808</VoucherNumber>", "voucher_number", "9223372036854775808"),
        ("<VoucherDate>30.2.2025</VoucherDate>", "voucher_date", "30.2.2025"),
        ('<VoucherClass netvisorkey="x">ML</VoucherClass>', "voucher_class_netvisor_key", "x"),
    ],
)
def test_what_does_not_fit_becomes_null_and_its_text_is_kept(inside: str, name: str, raw: str) -> None:
    [record] = records("vouchers", frame(f"<Voucher><NetvisorKey>7</NetvisorKey>{inside}</Voucher>"))
    assert record[name] is None
    assert record["_netvisor_raw"] == {name: raw}


def test_what_does_not_fit_inside_a_line() -> None:
    stream = reading("vouchers")
    line = "<VoucherLine><NetvisorKey>{}</NetvisorKey><LineSum>{}</LineSum></VoucherLine>"
    body = f"<Voucher><NetvisorKey>7</NetvisorKey>{line.format(1, '1,0')}{line.format(2, 'nan')}</Voucher>"
    [record] = records(stream, frame(body))
    assert [item["line_sum"] for item in record["voucher_lines"]] == [1, None]
    assert list(record["_netvisor_raw"].values()) == ["nan"]
    assert "_netvisor_raw" not in record["voucher_lines"][1]
    assert dict(stream.built.builder.kept) == {"voucher_lines.line_sum": 1}
    first, second = records("voucher_lines", frame(body))
    assert "_netvisor_raw" not in first
    assert second["line_sum"] is None
    assert second["_netvisor_raw"] == {"line_sum": "nan"}


def test_what_does_not_fit_in_the_document_is_told_on_each_of_its_lines() -> None:
    body = "<Voucher><NetvisorKey>7</NetvisorKey><VoucherDate>x</VoucherDate>{0}{0}</Voucher>"
    found = records("voucher_lines", frame(body.format("<VoucherLine><LineSum>1</LineSum></VoucherLine>")))
    assert [record["_netvisor_raw"] for record in found] == [{"voucher_date": "x"}] * 2


def test_a_second_value_for_one_field_is_kept_beside_the_first() -> None:
    found = voucher("<VoucherNumber>1</VoucherNumber><VoucherNumber>2</VoucherNumber>")
    assert found == {"voucher_number": 1, "_netvisor_raw": {"voucher_number": "2"}}
    assert voucher("<VoucherNumber>1</VoucherNumber><vouchernumber>1</vouchernumber>") == {"voucher_number": 1}
    assert voucher("<VoucherNumber/><VoucherNumber>2</VoucherNumber>") == {"voucher_number": 2}


# --- all streams ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(definitions()))
def test_a_record_of_nothing_but_an_unknown_element(name: str) -> None:
    """Never a crash: the key is null, the arrays are empty, the unknown is kept."""
    definition = definitions()[name]
    element = definition.source.record[0]
    inner = definition.lines.element if definition.lines else None
    inside = "<BrandNew>x</BrandNew>"
    if inner and inner != "*":
        for step in reversed(inner.replace("*", "Line").split("/")):
            inside = f"<{step}>{inside}</{step}>"
    words = dict.fromkeys(definition.request_fields.values(), "1")
    for record in records(name, f"<Root><L><{element}>{inside}</{element}></L></Root>", **words):
        if inner == "*":
            assert (record["purpose"], record["account_number"]) == ("brand_new", "x")
        else:
            assert record["_netvisor_unknown"] == {"brand_new": ["x"]}
        assert record["business_id"] == BUSINESS_ID
        for field in definition.primary_key:
            assert field in record
        for field, schema in definition.schema["properties"].items():
            if "array" in schema.get("type", ()):
                assert record[field] == []


def test_a_product_with_an_amount_and_no_warehouse_has_one_record() -> None:
    reply = (
        "<Root><InventoryByWarehouse>"
        "<Product><NetvisorKey>1</NetvisorKey><Name>Nowhere</Name><TotalAmount>7</TotalAmount></Product>"
        "<Product><NetvisorKey>2</NetvisorKey><Name>Nothing</Name><TotalAmount>0</TotalAmount></Product>"
        "<Product><NetvisorKey>3</NetvisorKey><Name>Here</Name><TotalAmount>2</TotalAmount><Warehouses><Warehouse>"
        "<NetvisorKey>9</NetvisorKey><InventoryAmount>2</InventoryAmount></Warehouse></Warehouses></Product>"
        "</InventoryByWarehouse></Root>"
    )
    found = records("inventory", reply)
    names = ("product_netvisor_key", "warehouse_netvisor_key", "product_total_amount")
    assert [tuple(one[name] for name in names) for one in found] == [(1, 0, 7), (3, 9, 2)]
    assert found[0]["inventory_amount"] is None
