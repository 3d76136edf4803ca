"""Every notation that Netvisor's documents and public samples show, and what must not be taken for one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_netvisor.records.values import (
    UNPARSABLE,
    Partly,
    converter_for,
    to_boolean,
    to_date,
    to_date_time,
    to_integer,
    to_number,
    to_string,
)

CONVERTERS = (to_string, to_number, to_integer, to_boolean, to_date, to_date_time)
NO_BREAK, FIGURE, NARROW = "\u00a0", "\u2007", "\u202f"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-17,18", -17.18), ("244.12", 244.12), ("7", 7), ("0", 0), ("0,0", 0), ("-0,5", -0.5), ("+3,5", 3.5),
        (",5", 0.5), ("5,", 5), ("1000,34", 1000.34), ("123,456789012345", 123.456789012345),
        ("14 016,00", 14016), ("1 234 567,89", 1234567.89), ("-1 234,5", -1234.5),
        (f"14{NO_BREAK}016,00", 14016), (f"14{NARROW}016,00", 14016), (f"14{FIGURE}016,00", 14016),
        ("\u221217,18", -17.18), (f"\u22121{NO_BREAK}234,50", -1234.5), ("007,50", 7.5),
    ],
)  # fmt: skip
def test_numbers(text: str, value: float) -> None:
    assert to_number(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "nan", "NaN", "inf", "-Infinity", "1e5", "1E5", "0x10", "1_000", "1,234,567", "1.234.567", "1.234,56",
        "1 2", "12 34,5", "1  000", "1 0000", "- 17", "17-", "--17", "+-1", "\u2212\u22121", ",", ".", "-", "",
        "\u0661\u0662", "\u0967", "\u00b2", "\uff11", "12 €", "12 %", "1/2", "9" * 400, "-" + "9" * 400,
        "Kyllä", "\u2160",
    ],
)  # fmt: skip
def test_what_is_no_number(text: str) -> None:
    assert to_number(text) is UNPARSABLE


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7), ("0", 0), ("-5", -5), ("+5", 5), ("007", 7), ("7,0", 7), ("7.00", 7), ("7,", 7),
        ("9223372036854775807", 2**63 - 1), ("-9223372036854775808", -(2**63)), ("9007199254740993", 2**53 + 1),
    ],
)  # fmt: skip
def test_integers(text: str, value: int) -> None:
    found = to_integer(text)
    assert found == value
    assert type(found) is int


@pytest.mark.parametrize(
    "text",
    [
        "9223372036854775808", "-9223372036854775809", "9" * 5000, "9" * 5000 + ",0", "7,5", "7.1", "1e5", "1_000",
        "0x1F", "nan", "\u0661", "\u00b2", "\uff11", "1 2", "abc", "", "-", "TR-17", "12a", "True", ",0",
    ],
)  # fmt: skip
def test_what_is_no_integer(text: str) -> None:
    assert to_integer(text) is UNPARSABLE


@pytest.mark.parametrize("text", ["1", "true", "True", "TRUE", "Yes", "yes", "Kyllä", "kyllä", "KYLLÄ", "Ja", "ja"])
def test_true(text: str) -> None:
    assert to_boolean(text) is True


@pytest.mark.parametrize("text", ["0", "false", "False", "FALSE", "No", "no", "Ei", "ei", "EI", "Nej", "nej"])
def test_false(text: str) -> None:
    assert to_boolean(text) is False


@pytest.mark.parametrize("text", ["2", "-1", "01", "10", "", "y", "n", "on", "off", "t", "null", "None", "kylla", "x"])
def test_what_is_no_flag(text: str) -> None:
    assert to_boolean(text) is UNPARSABLE


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("31.12.2025", "2025-12-31"), ("1.1.2026", "2026-01-01"), ("01.01.2026", "2026-01-01"),
        ("2026-01-01", "2026-01-01"), ("2017-1-1", "2017-01-01"), ("29.2.2024", "2024-02-29"),
        ("29.2.2000", "2000-02-29"), ("2026-01-01T00:00:00", "2026-01-01"), ("2026-01-01 00:00:00", "2026-01-01"),
        ("1.1.2026 0:00:00", "2026-01-01"), ("2022-06-08 15:14", "2022-06-08"),
        ("2026-01-01T23:59:59.997", "2026-01-01"), ("2026-01-01T00:00:00+02:00", "2026-01-01"),
        ("9999-12-31", "9999-12-31"), ("2025-12-30T22:30:00Z", "2025-12-31"), ("2025-12-30T21:30:00Z", "2025-12-30"),
        ("2025-06-30T21:30:00+00:00", "2025-07-01"), ("2026-01-01T00:30:00+0300", "2025-12-31"),
        ("2025-12-30 24:00", "2025-12-31"), ("31.12.2025 24:00:00", "2026-01-01"),
    ],
)  # fmt: skip
def test_days(text: str, value: str) -> None:
    assert to_date(text) == value


IMPOSSIBLE_DAYS = [
    "29.2.2025", "29.2.1900", "31.4.2026", "31.11.2025", "32.1.2026", "0.1.2026", "1.0.2026", "1.13.2026",
    "2026-00-10", "2026-13-01", "2026-02-30", "0000-01-01", "0000-00-00", "1.1.0000",
]  # fmt: skip
NO_DAYS = [
    "", "31/12/2025", "20251231", "1.1.26", "2026-01", "2026-W01", "31.12", "2025-12-31x", "x2025-12-31",
    "2025-12-31 tomorrow", "12:00", "45000", "\u0661.1.2026", "tammikuu 2026", "31-12-2025", "2026.01.01",
    "12026-01-01", "1.1.20261",
]  # fmt: skip


@pytest.mark.parametrize("text", IMPOSSIBLE_DAYS + NO_DAYS)
def test_what_is_no_day(text: str) -> None:
    assert to_date(text) is UNPARSABLE
    assert to_date_time(text) is UNPARSABLE


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # winter and summer
        ("2026-01-15 12:00:00", "2026-01-15T12:00:00+02:00"),
        ("2026-07-15 12:00:00", "2026-07-15T12:00:00+03:00"),
        ("7.10.2021 14:24:42", "2021-10-07T14:24:42+03:00"),
        ("5.6.2023 16:12:09", "2023-06-05T16:12:09+03:00"),
        ("1.1.2026 7:05", "2026-01-01T07:05:00+02:00"),
        ("1.1.2026 7.05.09", "2026-01-01T07:05:09+02:00"),
        ("2022-06-08 15:14", "2022-06-08T15:14:00+03:00"),
        ("2020-09-13T 12:00:00", "2020-09-13T12:00:00+03:00"),
        # a day alone is its midnight in Finland
        ("31.12.2025", "2025-12-31T00:00:00+02:00"),
        ("2026-07-01", "2026-07-01T00:00:00+03:00"),
        # the clock goes forward on the last Sunday of March at 3:00, and back on the last of October at 4:00
        ("2026-03-29 02:59:59", "2026-03-29T02:59:59+02:00"),
        ("2026-03-29 04:00:00", "2026-03-29T04:00:00+03:00"),
        ("2026-10-25 02:59:59", "2026-10-25T02:59:59+03:00"),
        ("2026-10-25 04:00:00", "2026-10-25T04:00:00+02:00"),
        # fractions
        ("2026-01-15T12:00:00.5", "2026-01-15T12:00:00.500000+02:00"),
        ("2026-01-15T12:00:00,123", "2026-01-15T12:00:00.123000+02:00"),
        ("2026-01-15T12:00:00.123456789", "2026-01-15T12:00:00.123456+02:00"),
        ("2026-01-15T12:00:00.000", "2026-01-15T12:00:00+02:00"),
        # zones that the text itself says
        ("2026-01-15T12:00:00Z", "2026-01-15T12:00:00+00:00"),
        ("2026-01-15T12:00:00+02:00", "2026-01-15T12:00:00+02:00"),
        ("2026-01-15T12:00:00-0530", "2026-01-15T12:00:00-05:30"),
        # the end of a day is the next day's midnight
        ("2026-01-15 24:00:00", "2026-01-16T00:00:00+02:00"), ("31.12.2025 24:00", "2026-01-01T00:00:00+02:00"),
        ("2026-01-15T12:00:00.25Z", "2026-01-15T12:00:00.250000+00:00"),
    ],
)  # fmt: skip
def test_moments(text: str, value: str) -> None:
    assert to_date_time(text) == value
    # the same instant for every reader of ISO 8601
    assert datetime.fromisoformat(to_date_time(text)).utcoffset() is not None


@pytest.mark.parametrize("text", ["2026-03-29 03:30:00", "2026-10-25 03:30:00"])
def test_the_hour_that_is_missing_and_the_one_that_comes_twice(text: str) -> None:
    """Neither can be told exactly; both become a moment of that hour with one of the two offsets."""
    value = to_date_time(text)
    assert value[:19] == text.replace(" ", "T")
    assert value[19:] in ("+02:00", "+03:00")


def test_the_hour_that_comes_twice_is_its_later_one() -> None:
    assert to_date_time("26.10.2025 3:30:00") == "2025-10-26T03:30:00+02:00"


@pytest.mark.parametrize("text", ["1.1.0001 0:00:00", "01.01.0001", "0001-01-01T00:00:00", "0001-01-01T00:00:00Z"])
def test_the_empty_date_of_the_system_behind_is_none(text: str) -> None:
    assert to_date(text) is None
    assert to_date_time(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1884518522,168426724100", 1884518522.1684268), ("9" * 28, 1e28),
        ("-0,12345678901234567", -0.12345678901234566),
        ("9007199254740993", 9007199254740992.0), ("0," + "0" * 400 + "1", 0.0),
        ("1 234 567 890 123 456 789", 1.2345678901234568e18),
    ],
)  # fmt: skip
def test_numbers_of_more_digits_than_a_double_holds_are_rounded_and_kept(text: str, value: float) -> None:
    found = to_number(text)
    assert isinstance(found, Partly)
    assert found.value == value


@pytest.mark.parametrize("text", ["244.120000000000000000", "123456789012345", "0,1", "1" + "0" * 22])
def test_numbers_that_a_double_holds_are_exact(text: str) -> None:
    assert to_number(text) == float(text.replace(",", "."))


@pytest.mark.parametrize("text", ["1900-01-01 00:00:00", "31.12.1899", "1921-04-30 12:00:00"])
def test_offsets_of_old_dates_are_whole_minutes(text: str) -> None:
    """Helsinki's offset was +01:39:49 until May 1921, which is no RFC 3339; empty .NET dates are of the year 1."""
    value = to_date_time(text)
    assert len(value) == len("0001-01-01T00:00:00+02:00"), value
    assert value[19] == "+"


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-15 24:00:01", "2026-01-15 24:30", "2026-01-15 25:00",
        "2026-01-15 12:60", "2026-01-15 12:00:61", "2026-01-15 12", "2026-01-15T",
        "2026-01-15T12:00:00+25:00", "2026-01-15T12:00:00 EET", "2026-01-15 noon", "2026-01-15T12:00:00+02:00Z",
    ],
)  # fmt: skip
def test_what_is_no_moment(text: str) -> None:
    if text == "2026-01-15T":
        assert to_date_time(text) in (UNPARSABLE, "2026-01-15T00:00:00+02:00")
    else:
        assert to_date_time(text) is UNPARSABLE


def test_texts_stay_as_they_are() -> None:
    for text in ("007", "1e5", "  x", "FI21 1234", "true", "\u00a0", "ä"):
        assert to_string(text) == text


@given(st.text())
def test_no_converter_ever_raises(text: str) -> None:
    for convert in CONVERTERS:
        convert(text)


@given(st.text(alphabet="0123456789.,-+:TZ \u00a0\u202f\u2212eE_/", max_size=40))
def test_no_converter_ever_raises_on_what_looks_like_a_value(text: str) -> None:
    for convert in CONVERTERS:
        convert(text)


@given(st.integers(-(2**63), 2**63 - 1))
def test_every_64_bit_integer_is_read_exactly(number: int) -> None:
    assert to_integer(str(number)) == number


@given(st.decimals(-(10**12), 10**12, places=4))
def test_decimal_comma_and_point_mean_the_same(number: Any) -> None:
    text = f"{number:f}"
    assert to_number(text) == to_number(text.replace(".", ",")) == float(number)


@given(st.dates(min_value=date(1, 1, 2)))
def test_every_day_in_every_notation(day: date) -> None:
    year = f"{day.year:04d}"
    for text in (
        f"{year}-{day.month:02d}-{day.day:02d}", f"{year}-{day.month}-{day.day}", f"{day.day}.{day.month}.{year}",
        f"{day.day:02d}.{day.month:02d}.{year}", f"{day.day}.{day.month}.{year} 13:45:00",
    ):  # fmt: skip
        assert to_date(text) == day.isoformat()


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 31, 23, 59, 59)))  # noqa: DTZ001
def test_every_local_moment_keeps_its_clock_time(moment: datetime) -> None:
    value = to_date_time(moment.isoformat(" "))
    assert datetime.fromisoformat(value).replace(tzinfo=None) == moment


@pytest.mark.parametrize(
    ("schema", "converter"),
    [
        ({"type": ["null", "string"]}, to_string),
        ({"type": ["null", "number"]}, to_number),
        ({"type": ["null", "integer"]}, to_integer),
        ({"type": ["null", "boolean"]}, to_boolean),
        ({"type": "integer"}, to_integer),
        ({"type": ["null", "string"], "format": "date"}, to_date),
        ({"type": ["null", "string"], "format": "date-time"}, to_date_time),
        ({}, to_string),
    ],
)  # fmt: skip
def test_the_schema_chooses_the_converter(schema: dict[str, Any], converter: Any) -> None:
    assert converter_for(schema) is converter
