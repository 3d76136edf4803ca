"""What Airbyte's retired acceptance tests demanded and the CDK's standard tests have no counterpart for.

One demand is answered differently. They wanted a state of the future to give no records; such a state can only come
from a clock that was wrong, and to trust it would lose everything until then, so everything is compared with Netvisor
and sent again, and the log says so.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from integration_tests import airbyte_files
from integration_tests.airbyte_files import FOLDER, START, at_host, simulated_company
from integration_tests.connection import discovered, incremental_streams
from integration_tests.console_runs import Run
from integration_tests.reads import last_states, read, records
from integration_tests.shared_source import shared_source
from source_netvisor.source import SourceNetvisor
from unit_tests.reading import definitions

Row = dict[str, Any]


def saved_states(name: str, config: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The states of a file, as if they were of the configured Netvisor."""
    return at_host(json.loads((FOLDER / name).read_text("utf-8")), urlsplit(config["base_url"]).hostname)


@pytest.fixture(scope="module")
def reads() -> dict[str, Run]:
    """A first read, a second one a day later, two full ones, and one from a state of the future."""
    with simulated_company() as (clock, simulator):
        config = simulator.config(start_date=START)
        first = read(config)
        full, again = (read(config, full_refresh=True) for _ in range(2))
        abnormal = saved_states("abnormal_state.json", config)
        future = read(config, incremental_streams(), abnormal)
        clock.advance(days=1)
        company = simulator.companies["1967543-8"]
        voucher = company.changes.add_voucher(clock.local - timedelta(hours=3))
        second = read(config, state=last_states(first))
        simulator.assert_clean()
        assert voucher.key in {row["netvisor_key"] for row in records(second)["vouchers"]}
    return {"first": first, "second": second, "full": full, "again": again, "future": future}


# --- reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["first", "second", "full"])
def test_a_good_read_logs_no_error(reads: dict[str, Run], which: str) -> None:
    run = reads[which]
    assert run.code == 0
    assert not run.logs("ERROR") and not run.logs("FATAL") and not run.logs("WARN")
    assert not [message for message in run.of("TRACE") if message["trace"]["type"] == "ERROR"]


@pytest.mark.parametrize("which", ["first", "second", "full"])
def test_statuses_and_counted_states(reads: dict[str, Run], which: str) -> None:
    run = reads[which]
    rows = records(run)
    counted: dict[str, float] = dict.fromkeys(discovered(), 0)
    for message in run.of("STATE"):
        counted[message["state"]["stream"]["stream_descriptor"]["name"]] += message["state"]["sourceStats"][
            "recordCount"
        ]
    for stream in discovered():
        assert run.statuses(stream) == ["STARTED", "RUNNING", "COMPLETE"], stream
        assert run.states(stream), stream
        assert counted[stream] == len(rows.get(stream, [])), stream


def test_primary_keys_are_unique_and_set(reads: dict[str, Run]) -> None:
    for which in ("full", "first"):
        for stream, rows in records(reads[which]).items():
            names = [name for (name,) in discovered()[stream]["source_defined_primary_key"]]
            keys = [tuple(row[name] for name in names) for row in rows if not row.get("_ab_cdc_deleted_at")]
            assert not any(part in (None, "") for key in keys for part in key), stream
            assert len(set(keys)) == len(keys), stream


def test_two_full_reads_are_equal(reads: dict[str, Run]) -> None:
    assert records(reads["full"]) == records(reads["again"])


def test_full_and_incremental_first_reads_are_equal(reads: dict[str, Run]) -> None:
    """But for vouchers that Netvisor's ledger shows as deleted: an incremental table never had them."""
    full = {
        stream: [row for row in rows if not row.get("_ab_cdc_deleted_at")]
        for stream, rows in records(reads["full"]).items()
    }
    assert full == records(reads["first"])


def test_the_second_read_returns_nothing_older(reads: dict[str, Run]) -> None:
    """Rows are of the second sync, and fewer; details, of which a batch is read each day by turns, need not be."""
    first, second = reads["first"], reads["second"]
    for stream in incremental_streams():
        since = first.states(stream)[-1]["_ab_modified_until"]
        rows = records(second).get(stream, [])
        assert all(row["_ab_modified_until"] > since for row in rows), stream
        assert second.states(stream)[-1]["_ab_modified_until"] > since, stream
        assert len(rows) < len(records(first)[stream]) or definitions()[stream].details is not None, stream


def test_every_state_of_a_read_can_be_gone_on_from(reads: dict[str, Run]) -> None:
    """From each state: the records before it and those of the read that goes on are everything."""
    streams = ["vouchers", "payroll_paychecks", "sales_invoice_details"]
    with simulated_company() as (_, simulator):
        config = simulator.config(start_date=START)
        run = read(config, streams)
        everything = {stream: keys(rows) for stream, rows in records(run).items()}
        places = [index for index, message in enumerate(run.messages) if message["type"] == "STATE"]
        assert len(places) > 30
        for place in places[:: len(places) // 8]:
            before = Run(0, "", "", 0, False, run.messages[: place + 1])
            after = read(config, streams, last_states(before))
            assert after.code == 0
            for stream, wanted in everything.items():
                had = keys(records(before).get(stream, [])) | keys(records(after).get(stream, []))
                assert had == wanted, (stream, place)


def keys(rows: list[Row]) -> set[int]:
    return {row["netvisor_key"] for row in rows}


def without_cursor(rows: list[Row]) -> list[Row]:
    """The rows as they are but for the cursor: it is later than every one that the destination has seen."""
    return [{name: value for name, value in row.items() if name != "_ab_modified_until"} for row in rows]


def test_a_state_of_the_future_loses_nothing(reads: dict[str, Run]) -> None:
    run = reads["future"]
    assert run.code == 0
    [warning] = [line for line in run.logs("WARN") if "in the future" in line]
    named, _, _ = warning.partition(": ")
    shown, _, more = named.partition(" and ")
    assert len(shown.split(", ")) + int(more.removesuffix(" more")) == len(list(incremental_streams()))
    for stream in incremental_streams():
        assert without_cursor(records(run)[stream]) == without_cursor(records(reads["first"])[stream]), stream
        assert run.states(stream)[-1]["_ab_modified_until"] < "2027", stream


# --- files ------------------------------------------------------------------------------------------------------------


def test_expected_records(reads: dict[str, Run]) -> None:
    found = records(reads["first"])
    lines = (FOLDER / "expected_records.jsonl").read_text("utf-8").splitlines()
    expected = [json.loads(line) for line in lines]
    assert {record["stream"] for record in expected} == set(discovered())
    for record in expected:
        assert record["data"] in found[record["stream"]], record["stream"]


def test_the_files_are_those_of_this_connector() -> None:
    """After a change: `make docs`."""
    for name, content in airbyte_files.files().items():
        stored = (FOLDER / name).read_text("utf-8")
        if name.endswith(".jsonl"):
            assert stored == content, name
        else:
            assert without_packed_keys(json.loads(stored)) == without_packed_keys(json.loads(content)), name


def without_packed_keys(content: Any) -> Any:
    """Leaves out the compressed ledgers: how they are packed differs between builds of zlib."""
    if isinstance(content, list):
        return [without_packed_keys(one) for one in content]
    if isinstance(content, dict):
        return {name: without_packed_keys(one) for name, one in content.items() if name != "ledger"}
    return content


def test_the_sample_state_is_accepted() -> None:
    with simulated_company() as (clock, simulator):
        clock.advance(hours=5)
        config = simulator.config(start_date=START)
        run = read(config, incremental_streams(), saved_states("sample_state.json", config))
    assert run.code == 0 and not run.logs("WARN")


# --- the form ---------------------------------------------------------------------------------------------------------

COMPLEX = {
    "not", "anyOf", "allOf", "patternProperties", "prefixItems", "if", "then", "else",
    "dependentSchemas", "dependentRequired", "$ref",
}  # fmt: skip
SECRET_NAMES = ("key", "token", "secret", "password", "certificate", "credentials")
NOT_SECRET = {"partner_search_key"}
"""A constant that is shown to be pasted."""


@pytest.fixture(scope="module")
def form() -> Mapping[str, Any]:
    spec = shared_source().spec(None).connectionSpecification  # type: ignore[arg-type]
    assert isinstance(spec, Mapping)
    return spec


def nodes(schema: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every schema within the form, by its path."""
    if isinstance(schema, Mapping):
        yield path, schema
        for name, inner in schema.get("properties", {}).items():
            yield from nodes(inner, f"{path}/{name}")
        for number, inner in enumerate(schema.get("oneOf", ())):
            yield from nodes(inner, f"{path}[{number}]")
        yield from nodes(schema.get("items"), f"{path}[]")


def test_the_form_has_simple_types_only(form: Mapping[str, Any]) -> None:
    for path, node in nodes(form):
        assert not COMPLEX & set(node), path
        assert node["type"] in ("object", "string", "integer", "boolean"), path
        if node["type"] == "object":
            assert node["properties"], path
        assert len(set(node.get("enum", ()))) == len(node.get("enum", ())), path
    assert form["additionalProperties"] is True


def test_every_choice_has_one_constant(form: Mapping[str, Any]) -> None:
    for path, node in nodes(form):
        variants = node.get("oneOf", ())
        constants = [
            {name: inner["const"] for name, inner in variant["properties"].items() if "const" in inner}
            for variant in variants
        ]
        assert all(set(one) == set(constants[0]) and len(one) == 1 for one in constants), path
        if "const" in node:
            assert node.get("default", node["const"]) == node["const"], path


def test_every_field_is_explained_and_ordered(form: Mapping[str, Any]) -> None:
    fields = form["properties"]
    orders = [field["order"] for field in fields.values()]
    assert orders == list(range(len(fields)))
    for name, field in fields.items():
        assert field["title"] and field["description"].endswith("."), name
        if field.get("format") == "date":
            assert field["pattern"] and field["pattern_descriptor"], name
    assert set(form["required"]) <= set(fields)
    assert not any("default" in fields[name] for name in form["required"])


SMALL_WORDS = {"a", "is", "the"}


def test_titles_have_one_style(form: Mapping[str, Any]) -> None:
    """Every word begins with a capital, as in Airbyte's other connectors, except small ones within."""
    for name, field in form["properties"].items():
        words = field["title"].replace("(", "").split()
        assert all(word[0].isupper() for word in words if word.lower() not in SMALL_WORDS), name
        assert words[0][0].isupper() and words[-1][0].isupper(), name


def shown_at_once(form: Mapping[str, Any]) -> dict[str, list[str]]:
    """Title of each group -> the fields that Airbyte's form shows without a click, by the rules of its web application.

    A property with `const`, or with an `enum` of one value and a default, is shown as nothing; an optional one without
    `always_show` is behind "Optional fields".
    """
    shown: dict[str, list[str]] = {group["title"]: [] for group in form["groups"]}
    titles = {group["id"]: group["title"] for group in form["groups"]}
    for name, field in sorted(form["properties"].items(), key=lambda item: item[1]["order"]):
        hidden = "const" in field or (len(field.get("enum", ())) == 1 and "default" in field)
        if not hidden and (name in form["required"] or field.get("always_show")):
            shown[titles[field["group"]]].append(field["title"])
    return shown


def test_what_a_customer_sees_first(form: Mapping[str, Any]) -> None:
    assert shown_at_once(form) == {
        "Company": ["Company Name", "Business ID", "Start Date"],
        "Access to Netvisor": ["Partner Search Key", "API User ID", "API Key"],
        "Integration Partner": [],
        "Reading": [],
    }


def test_the_search_key_can_be_copied_and_not_be_changed(form: Mapping[str, Any]) -> None:
    field = form["properties"]["partner_search_key"]
    assert field["readOnly"] is True and "const" not in field and "enum" not in field
    assert re.fullmatch(field["pattern"], field["default"])
    assert field["pattern"] == f"^{field['default']}$", "it admits nothing else"


def test_secrets_are_marked(form: Mapping[str, Any]) -> None:
    for name, field in form["properties"].items():
        secret = name not in NOT_SECRET and any(name.endswith(word) for word in SECRET_NAMES)
        assert field.get("airbyte_secret", False) is secret, name


def test_a_full_refresh_begins_again_each_time() -> None:
    """Said otherwise, Airbyte would keep the rows of a failed attempt and add those of the next one."""
    catalog = SourceNetvisor().discover(logging.getLogger("airbyte"), {})
    assert [stream.name for stream in catalog.streams if stream.is_resumable is not False] == []
