"""The form: whatever is wrong gets one sentence that names the field by key and title, and nothing secret."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime, timezone
from functools import cache
from typing import Any

import pytest
from airbyte_cdk.models import FailureType
from hypothesis import given, settings
from hypothesis import strategies as st

from source_netvisor.config import ConfigError, NetvisorConfig
from source_netvisor.source import SourceNetvisor

API_KEY = "1111aaaa1111aaaa1111aaaa1111aaaa"
PARTNER_KEY = "2222bbbb2222bbbb2222bbbb2222bbbb"
GOOD: dict[str, Any] = {
    "company_name": "Example Company Oy",
    "business_id": "1967543-8",
    "api_user_id": "AA_11111_222",
    "api_key": API_KEY,
    "partner_id": "Tst_1",
    "partner_key": PARTNER_KEY,
}
TITLES = {
    "company_name": "Company Name", "business_id": "Business ID", "start_date": "Start Date",
    "partner_search_key": "Partner Search Key", "api_user_id": "API User ID", "api_key": "API Key",
    "partner_id": "Integration Partner ID", "partner_key": "Integration Partner Key", "base_url": "Netvisor Address",
    "language": "Language", "lookback_days": "Lookback (Days)", "max_concurrent_requests": "Concurrent Requests",
    "comparison": "Compare Whole Lists",
    "fail_check_on_blocked_resources": "Fail the Check When a Resource Is Blocked",
}  # fmt: skip
KEY = "10DF2FEE83FE7AF6A7904255AF607A6E"


NOW = datetime(2026, 1, 15, 10, tzinfo=timezone.utc)


def parse(environment: Mapping[str, str] | None = None, now: datetime = NOW, **overrides: Any) -> NetvisorConfig:
    config = {name: value for name, value in {**GOOD, **overrides}.items() if value is not ...}
    return NetvisorConfig.parse(config, environment or {}, now)


def refusal(environment: Mapping[str, str] | None = None, **overrides: Any) -> str:
    with pytest.raises(ConfigError) as refused:
        parse(environment, **overrides)
    assert refused.value.failure_type == FailureType.config_error
    sentence = refused.value.message
    assert sentence is not None
    assert "\n" not in sentence
    assert "Traceback" not in sentence
    assert API_KEY not in sentence
    assert PARTNER_KEY not in sentence
    return sentence


@cache
def form() -> Mapping[str, Any]:
    """The form as the connector describes it."""
    found: Mapping[str, Any] = SourceNetvisor().spec(None).connectionSpecification  # type: ignore[arg-type]
    return found


def test_what_may_be_left_out() -> None:
    config = parse()
    assert config.start_date == date(2024, 1, 1)
    assert config.base_url == "https://integration.netvisor.fi"
    assert config.language == "EN"
    assert config.lookback_days == 1
    assert config.max_concurrent_requests == 1
    assert config.fail_check_on_blocked_resources is False


def test_titles_and_names_are_those_of_the_form() -> None:
    spec = form()
    assert [(name, field["title"]) for name, field in spec["properties"].items()] == [*TITLES.items()]
    assert spec["required"] == ["company_name", "business_id", "api_user_id", "api_key"]


@pytest.mark.parametrize(
    "value",
    ["1967543-8", "19675438", "FI19675438", "fi19675438", "FI 1967543-8", "1967543\u20138", " 1967543-8 ", "1967543",
     "1967543-88", "SE19675438", "", "1967543--8", "x1967543-8"],
)  # fmt: skip
def test_the_form_lets_through_what_the_connector_takes(value: str) -> None:
    """Where the form's pattern is stricter, a value that the connector takes can't be entered."""
    pattern = form()["properties"]["business_id"]["pattern"]
    try:
        taken = bool(parse(business_id=value))
    except ConfigError:
        taken = False
    assert bool(re.search(pattern, value)) == taken


def test_the_examples_of_the_form_are_taken() -> None:
    fields = form()["properties"]
    for name, field in fields.items():
        shown = [*field.get("examples", ()), *field.get("enum", ())]
        shown += [field[key] for key in ("default", "pattern_descriptor") if key in field]
        for value in shown:
            if value != "YYYY-MM-DD":
                parse(**{name: value})
                assert name == "fail_check_on_blocked_resources" or re.search(field.get("pattern", ""), str(value))


@pytest.mark.parametrize("field", ["company_name", "business_id", "api_user_id", "api_key"])
@pytest.mark.parametrize("value", [..., None, "", " ", "\t\n", 5, 1.5, True, [], {}, ["x"]])
def test_required_texts(field: str, value: Any) -> None:
    assert refusal(**{field: value}).startswith(f"{TITLES[field]} ({field}): ")


@pytest.mark.parametrize("field", [*GOOD, "partner_search_key", "start_date", "base_url", "language", "comparison"])
@pytest.mark.parametrize(
    "spoil", [" {}", "{} ", "{}\r\n", "\t{}", "\u00a0{}", "{}\u200b", "\ufeff{}", "\u202a{}\u202c"]
)
def test_blanks_that_copying_brings_along(field: str, spoil: str) -> None:
    value = {
        **GOOD, "partner_search_key": KEY, "start_date": "2025-01-01", "base_url": "https://isvapi.netvisor.fi",
        "language": "FI", "comparison": "every_sync",
    }[field]  # fmt: skip
    assert parse(**{field: spoil.format(value)}) == parse(**{field: value})


def test_blanks_around_what_the_environment_has() -> None:
    environment = {"NETVISOR_PARTNER_ID": " env_id\n", "NETVISOR_PARTNER_KEY": "env_key\n"}
    config = parse(environment, partner_id=..., partner_key=" ")
    assert (config.partner_id, config.partner_key) == ("env_id", "env_key")


@pytest.mark.parametrize("field", ["api_user_id", "api_key", "partner_id", "partner_key"])
@pytest.mark.parametrize("spoil", ["{}\x00", "{}\u2013", "\x07{}", "{}\ud83d"])
def test_what_no_identifier_has(field: str, spoil: str) -> None:
    assert refusal(**{field: spoil.format(GOOD[field])}).startswith(f"{TITLES[field]} ({field}): ")


@pytest.mark.parametrize("field", ["api_user_id", "api_key", "partner_id", "partner_key"])
@pytest.mark.parametrize(
    "marks", ['"{}"', "'{}'", "`{}`", "\u201c{}\u201d", "\u201d{}\u201d", "\u00bb{}\u00ab", ' "{}" ', '{}"']
)
def test_quotation_marks_around_a_key(field: str, marks: str) -> None:
    sentence = refusal(**{field: marks.format(GOOD[field])})
    assert sentence == f"{TITLES[field]} ({field}): it has quotation marks around it; remove them."


@pytest.mark.parametrize("identifier", ["AA_11111_222", "f2fd629d-cd04-4af7-8f9b-4fe69ce6099c_31405"])
def test_a_key_and_an_identifier_that_are_swapped(identifier: str) -> None:
    sentence = refusal(api_user_id=API_KEY, api_key=identifier)
    assert sentence.startswith("API Key (api_key): it looks like an API User ID: the two seem to be swapped; ")
    assert "swapped" not in refusal(api_user_id="BB_22222_333", api_key=identifier)
    assert identifier not in sentence


@pytest.mark.parametrize(
    "value",
    ["x", "1234567", "my own key", "salasana on hevonen", "someone@example.invalid", "https://integration.netvisor.fi",
     "1967543-8", "FI19675438", KEY, KEY.lower(), GOOD["api_user_id"], "*" * 32, f"{API_KEY[:9]} {API_KEY}"],
)  # fmt: skip
def test_keys_that_look_like_none(value: str) -> None:
    assert refusal(api_key=value).startswith("API Key (api_key): it ")


@pytest.mark.parametrize("value", [API_KEY, API_KEY.upper(), API_KEY[:31], "TestUserKey", "aGVsbG8gd29ybGQ="])
def test_keys_that_may_be_ones(value: str) -> None:
    """Netvisor documents no form: what can be a key is left to Netvisor."""
    assert parse(api_key=value).api_key == value


@pytest.mark.parametrize("value", [KEY, "1967543-8", "FI19675438"])
def test_identifiers_that_are_something_else(value: str) -> None:
    assert refusal(api_user_id=value).startswith("API User ID (api_user_id): it is ")


@pytest.mark.parametrize(
    "field", ["company_name", "business_id", "api_user_id", "api_key", "partner_id", "partner_key"]
)
def test_a_text_of_megabytes(field: str) -> None:
    assert "longer than 500 characters" in refusal(**{field: "a1" * 1_000_000})


@pytest.mark.parametrize(
    ("value", "name"),
    [("  Example\tCompany\nOy ", "Example Company Oy"), ("Yhti\u00f6 \x1b[31mOy\ud83d", "Yhti\u00f6 [31mOy")],
)
def test_the_companys_name_is_fit_for_a_line_of_the_log(value: str, name: str) -> None:
    assert parse(company_name=value).company_name == name


@pytest.mark.parametrize(
    "value",
    ["1967543", "1967543-9", "1967543-0", "FI19675439", "SE19675438", "967543-8", "1967543-88", "1967543--8",
     "1967543-", "-", "1000000-1", "\uff11967543-8", "1967543-8;", "0737546-1", "FI-1967543 8"],
)  # fmt: skip
def test_business_ids_that_are_none(value: str) -> None:
    assert refusal(business_id=value).startswith("Business ID (business_id): ")


@pytest.mark.parametrize("value", ["1967543-8", "0737546-2", "0000000-0", "0000001-9"])
def test_business_ids_with_the_right_check_digit(value: str) -> None:
    assert parse(business_id=value).business_id == value


@pytest.mark.parametrize(
    "value", ["19675438", "FI19675438", "fi19675438", "FI 1967543-8", "FI-19675438", "1967543\u20138", "1967543\u22128"]
)
def test_business_ids_that_are_written_otherwise(value: str) -> None:
    assert parse(business_id=value).business_id == "1967543-8"


def test_a_remainder_of_one_has_no_check_digit() -> None:
    """No such number is given out: 7 * 8 = 56 = 5 * 11 + 1."""
    for digit in "0123456789":
        assert refusal(business_id=f"8000000-{digit}")


@pytest.mark.parametrize("value", [None, "", "x", "10df2fee83fe7af6a7904255af607a6e", 5, [], False])
def test_the_search_key_cannot_be_changed(value: Any) -> None:
    assert refusal(partner_search_key=value).startswith("Partner Search Key (partner_search_key): ")


def test_the_search_key_may_be_there_or_not() -> None:
    assert parse(partner_search_key="10DF2FEE83FE7AF6A7904255AF607A6E") == parse()


@pytest.mark.parametrize(
    "value",
    ["2025", "2025-1-1", "1.1.2025", "2025-02-30", "2025-13-01", "20250101", "2025-01-01T00:00:00Z", "yesterday",
     "2026-01-16", "2999-01-01", "1949-12-31", "0001-01-01", 2025, True, [], {},
     "\u0662025-01-01", "2025-W01-1"],
)  # fmt: skip
def test_start_dates_that_are_none(value: Any) -> None:
    assert refusal(start_date=value).startswith("Start Date (start_date): ")


@pytest.mark.parametrize("value", ["2026-01-15", "1950-01-01", "2024-02-29"])
def test_start_dates(value: str) -> None:
    assert parse(start_date=value).start_date == date.fromisoformat(value)
    assert parse(start_date=value).start_date_given is True


@pytest.mark.parametrize("value", [..., None, "", " "])
def test_start_date_by_default(value: Any) -> None:
    assert parse(start_date=value).start_date == date(2024, 1, 1)
    assert parse(start_date=value).start_date_given is False


def test_today_is_finnish() -> None:
    """Late on New Year's Eve in London it is next year already in Helsinki."""
    after, before = (datetime(2025, 12, 31, hour, 30, tzinfo=timezone.utc) for hour in (22, 21))
    assert parse(now=after).start_date == date(2024, 1, 1)
    assert parse(now=after, start_date="2026-01-01").start_date == date(2026, 1, 1)
    assert parse(now=before).start_date == date(2023, 1, 1)
    assert refusal(now=before, start_date="2026-01-01")


@pytest.mark.parametrize("field", ["partner_id", "partner_key"])
def test_partner_credentials(field: str) -> None:
    variable = "NETVISOR_" + field.upper()
    environment = {"NETVISOR_PARTNER_ID": "env_id", "NETVISOR_PARTNER_KEY": "env_key"}
    for left_out in (..., None, ""):
        sentence = refusal(**{field: left_out})
        assert sentence.startswith(f"{TITLES[field]} ({field}): ")
        assert variable in sentence
        assert getattr(parse(environment, **{field: left_out}), field) == environment[variable]
    assert getattr(parse(environment), field) == GOOD[field]
    assert refusal({variable: ""}, **{field: ...})
    assert variable in refusal({variable: "x\x00x"}, **{field: ...})
    assert refusal(**{field: 5}).startswith(f"{TITLES[field]} ({field}): ")


@pytest.mark.parametrize(
    "value",
    ["integration.netvisor.fi", "ftp://integration.netvisor.fi", "https://", "https:///x", "http://netvisor.fi",
     "http://127.0.0.1.example.invalid", "http://localhost.example.invalid", "https://integration.netvisor.fi/api",
     "https://integration.netvisor.fi?x=1", "https://integration.netvisor.fi#x", "https://user:pw@netvisor.fi",
     "https://netvisor.fi:99999", "https://netvisor.fi:x", "https://[::1", "javascript:x", "https://netvi sor.fi",
     "https://netvisor.fi\nx", "https://n\u00e4tvisor.fi", "file:///etc/hostname", 5, True, [],
     "https://netvisor.fi\\@evil.invalid", "https://netvisor.fi\\evil.invalid", "https://netvisor.fi%2fx",
     "https://<host>"],
)  # fmt: skip
def test_addresses_that_are_none(value: Any) -> None:
    assert refusal(base_url=value).startswith("Netvisor Address (base_url): ")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (..., "https://integration.netvisor.fi"),
        (None, "https://integration.netvisor.fi"),
        ("", "https://integration.netvisor.fi"),
        ("https://isvapi.netvisor.fi", "https://isvapi.netvisor.fi"),
        ("https://isvapi.netvisor.fi/", "https://isvapi.netvisor.fi"),
        ("HTTPS://ISVAPI.Netvisor.fi", "https://isvapi.netvisor.fi"),
        ("https://isvapi.netvisor.fi:8443", "https://isvapi.netvisor.fi:8443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_addresses(value: Any, expected: str) -> None:
    assert parse(base_url=value).base_url == expected


@pytest.mark.parametrize("value", ["sv", "SV", "English", "F I", 5, True, ["FI"], {}])
def test_languages_that_are_none(value: Any) -> None:
    sentence = refusal(language=value)
    assert sentence.startswith("Language (language): ")
    assert "EN, FI, SE" in sentence


@pytest.mark.parametrize("value", ["EN", "FI", "SE", "en", "fi", "Se", " fi "])
def test_languages(value: str) -> None:
    assert parse(language=value).language == value.strip().upper()


@pytest.mark.parametrize("value", [..., None, "", "daily", "every_sync", "Daily", "EVERY_SYNC "])
def test_comparisons(value: Any) -> None:
    wanted = value.strip().lower() if isinstance(value, str) and value else "daily"
    assert parse(comparison=value).comparison == wanted


@pytest.mark.parametrize("value", ["never", "weekly", "every sync", 1, True, [], {}])
def test_comparisons_that_are_none(value: Any) -> None:
    assert refusal(comparison=value) == "Compare Whole Lists (comparison): it must be one of daily, every_sync."


@pytest.mark.parametrize(("field", "lowest", "highest"), [("lookback_days", 0, 366), ("max_concurrent_requests", 1, 4)])
def test_whole_numbers(field: str, lowest: int, highest: int) -> None:
    for good in (lowest, highest):
        assert getattr(parse(**{field: good}), field) == good
    for bad in (lowest - 1, highest + 1, 1.5, "1", True, False, [], {}, float("nan"), 10**30):
        assert refusal(**{field: bad}).startswith(f"{TITLES[field]} ({field}): ")


@pytest.mark.parametrize("value", [0, 1, "true", [], {}])
def test_flags_that_are_none(value: Any) -> None:
    assert refusal(fail_check_on_blocked_resources=value).startswith(TITLES["fail_check_on_blocked_resources"])


def test_all_mistakes_are_said_at_once_in_the_order_of_the_form() -> None:
    overrides = {name: [] for name in TITLES}
    while overrides:
        with pytest.raises(ConfigError) as refused:
            parse(**overrides)
        lines = (refused.value.message or "").splitlines()
        assert [line.partition("): ")[0] for line in lines] == [f"{TITLES[name]} ({name}" for name in overrides]
        assert all(line.endswith(".") for line in lines)
        del overrides[next(iter(overrides))]
    parse(**overrides)


@pytest.mark.parametrize("config", [None, [], "x", 5, True])
def test_a_configuration_that_is_no_object(config: Any) -> None:
    with pytest.raises(ConfigError):
        NetvisorConfig.parse(config, {})


def test_an_empty_configuration_asks_for_every_required_field() -> None:
    with pytest.raises(ConfigError) as refused:
        NetvisorConfig.parse({}, {})
    named = re.findall(r"^.* \((\w+)\): it is missing[;,] ", refused.value.message or "", re.MULTILINE)
    assert named == ["company_name", "business_id", "api_user_id", "api_key", "partner_id", "partner_key"]


def test_fields_that_the_form_does_not_have_are_left_alone() -> None:
    assert parse(injected_by_the_platform={"a": 1}, __injected=1) == parse()


def test_keys_are_not_shown_where_the_configuration_is_printed() -> None:
    assert API_KEY not in repr(parse())
    assert PARTNER_KEY not in repr(parse())


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)


@given(st.sampled_from(sorted(TITLES)), JSON)
@settings(max_examples=300)
def test_any_json_in_any_field_is_taken_or_told(field: str, value: Any) -> None:
    sentence = ""
    try:
        NetvisorConfig.parse({**GOOD, field: json.loads(json.dumps(value))}, {})
    except ConfigError as error:
        sentence = error.message or "none"
    assert not sentence or sentence.startswith(f"{TITLES[field]} ({field}): ")
