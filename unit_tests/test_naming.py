"""Names: how Netvisor's spellings are compared, and what an element is called that no schema knows."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_netvisor.parsing.naming import (
    LANGUAGES,
    element_name,
    is_language_attribute,
    language_ending,
    local_name,
    normalize,
    plurals,
    snake_case,
)
from source_netvisor.parsing.notation import notation


@pytest.mark.parametrize(
    "name",
    ["NetvisorKey", "Netvisorkey", "netvisorkey", "netvisorKey", "NETVISORKEY", "netvisor_key", "{urn:x}NetvisorKey"],
)
def test_all_spellings_of_a_key_are_one(name: str) -> None:
    assert normalize(name) == "netvisorkey"


@pytest.mark.parametrize(
    ("element", "name"),
    [
        ("NetvisorKey", "netvisor_key"),
        ("Netvisorkey", "netvisor_key"),
        ("netvisorkey", "netvisor_key"),
        ("netvisorKey", "netvisor_key"),
        ("VoucherDate", "voucher_date"),
        ("VoucherNetvisorURI", "voucher_netvisor_uri"),
        ("VoucherNetvisorUri", "voucher_netvisor_uri"),
        ("InventoryID", "inventory_id"),
        ("IBAN", "iban"),
        ("PDFFile", "pdf_file"),
        ("ISO-639-1", "iso_639_1"),
        ("Name", "name"),
        ("x", "x"),
        ("already_snake", "already_snake"),
        ("With.Dots-And-Dashes", "with_dots_and_dashes"),
        ("{urn:x}VoucherLine", "voucher_line"),
        ("SalesInvoice2Row", "sales_invoice2_row"),
        ("PurchaseEUDefault", "purchase_eu_default"),
        ("PurchaseVATReceivable", "purchase_vat_receivable"),
        # both spellings of the two generations of the manual are one purpose of a default account
        ("VATpayable", "vat_payable"),
        ("SalesVATDebt", "sales_vat_debt"),
        ("SalesVATdebt", "sales_vat_debt"),
        ("PurchaseOutsideEUDefault", "purchase_outside_eu_default"),
        ("PurchaseOutsideEuDefault", "purchase_outside_eu_default"),
    ],
)
def test_snake_case(element: str, name: str) -> None:
    assert snake_case(element) == name


@given(st.text(min_size=1, max_size=30))
def test_every_name_becomes_a_usable_column(name: str) -> None:
    column = snake_case(name)
    ascii_only = "".join(c for c in column if c.isascii())
    assert re.fullmatch(r"[a-z0-9_]*", ascii_only), column
    assert column and not re.search("^_|__|_$", column)


@pytest.mark.parametrize(("one", "other"), [("Sortä", "Sort"), ("Ä", "Ö"), ("Määrä", "Mr")])
def test_letters_are_letters_ascii_or_not(one: str, other: str) -> None:
    assert normalize(one) != normalize(other)
    assert snake_case(one) == one.lower()


@given(st.text(alphabet="abcdefgXYZ019_-.", min_size=1, max_size=20))
def test_a_name_and_its_snake_case_are_the_same_name(name: str) -> None:
    assert normalize(snake_case(name)) in (normalize(name), "unnamed")


def test_an_array_is_found_under_each_form_of_its_plural() -> None:
    assert "voucherlines" in plurals("voucherline")
    assert "histories" in plurals("history")
    assert "addresses" in plurals("address")
    assert "details" in plurals("details")


@pytest.mark.parametrize(
    ("value", "ending"),
    [
        ("fi", "fi"),
        ("fi-FI", "fi"),
        ("SE", "sv"),
        ("sv_SE", "sv"),
        (" en ", "en"),
        ("eng", "en"),
        ("de-AT", "de"),
        ("", ""),
    ],
)
def test_endings_of_languages(value: str, ending: str) -> None:
    assert language_ending(value) == ending


@pytest.mark.parametrize("tag", ["se", "sv"])
def test_both_tags_of_swedish(tag: str) -> None:
    assert LANGUAGES[tag] == "sv"


@pytest.mark.parametrize(
    "name",
    [
        "ISO639-1Code", "ISO-639-1", "iso639-1code", "ISO-3166", "Language", "language", "foreignnamelanguage",
        "ISO-319-1Code",
    ],
)  # fmt: skip
def test_attributes_that_say_a_language(name: str) -> None:
    assert is_language_attribute(name)


@pytest.mark.parametrize("name", ["type", "netvisorkey", "format", "status", "name"])
def test_attributes_that_do_not(name: str) -> None:
    assert not is_language_attribute(name)


@pytest.mark.parametrize(
    ("element", "attribute", "is_date", "value"),
    [
        ("voucherdate", "format", True, "ansi"), ("timestamp", "format", True, "ansi"),
        ("establisheddate", "type", True, "ansi"), ("currencycode", "type", False, "iso4217"),
        ("country", "type", False, "iso3166"), ("personalid", "type", False, "finnishidentifier"),
        ("opencurrencysum", "type", False, "iso4217"), ("group", "type", False, "netvisor"),
        ("paymenttermcashdiscount", "type", False, "percentage"), ("voucherdate", "format", False, None),
        ("productidentifier", "type", False, None), ("linkedsourcenetvisorkey", "type", False, None),
        ("unitprice", "type", False, None), ("country", "format", False, None), ("currencycode", "code", False, None),
    ],
)  # fmt: skip
def test_notation_is_a_matter_of_element_and_attribute(
    element: str, attribute: str, is_date: bool, value: str | None
) -> None:
    assert notation(element, attribute, is_date) == value


def test_names_that_the_sources_spell_in_two_ways_are_one() -> None:
    assert element_name("IsPartialVatReducedPrivileged") == element_name("IsPartialVatReducePrivileged")
    assert element_name("IncludeAddresssInForeignPayments") == element_name("IncludeAddressInForeignPayments")
    assert element_name("dimensiondetailnamenetvisorkey") == element_name("DimensionDetailNetvisorKey")
    assert element_name("NetvisorKey") == "netvisorkey"


def test_namespaces_are_left_out() -> None:
    assert local_name("{http://example.invalid/x}Voucher") == "Voucher"
    assert local_name("Voucher") == "Voucher"
