"""A word of the manifest that nobody knows, or that lacks another one, stops the connector and is named."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.models import FailureType

from source_netvisor.manifest import files, validation
from source_netvisor.manifest.mistakes import ManifestError
from source_netvisor.manifest.stream_definition import StreamDefinition
from source_netvisor.quick_source import QuickSource
from source_netvisor.reading_source import ReadingSource
from source_netvisor.source import SourceNetvisor

MANIFEST = files.MANIFEST.read_text(encoding="utf-8")
CONFIG = {
    "company_name": "Example", "business_id": "1967543-8", "api_user_id": "x", "api_key": "0" * 32,
    "partner_id": "x", "partner_key": "x",
}  # fmt: skip
LOGGER = logging.getLogger("airbyte")

Edit = Callable[[str], str]


def replaced(old: str, new: str) -> Edit:
    """Writes the first `old` as `new`."""

    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return edit


def inserted(after: str, line: str) -> Edit:
    """Puts a line behind the first one that is `after`."""
    return replaced(f"{after}\n", f"{after}\n{line}\n")


MISTAKES = {
    # a word, or a value, that does not exist
    "a resource's word": (
        replaced("    dated: {startdate", "    datd: {startdate"), "vouchers", "listing", "datd", "dated",
    ),
    "a retriever's word": (
        replaced("deletions: {$ref", "deletion: {$ref"), "vouchers", "", "deletion", "deletions",
    ),
    "a stream's word": (replaced("primary_key", "primary_keys"), "accounts", "", "primary_keys", "primary_key"),
    "the retriever itself": (
        replaced("    retriever:\n", "    retreiver:\n"), "accounts", "", "retreiver", "retriever",
    ),
    "a window": (replaced("window: month\n", "window: mnth\n"), "vouchers", "listing.window", "mnth", "month"),
    "a window like no other": (
        replaced("window: month\n", "window: fortnight\n"), "vouchers", "listing.window", "fortnight", "28 days",
    ),
    "a cadence": (
        replaced("cadence: every_sync", "cadence: every_sinc"), "account_balances", "listing.comparison.cadence",
        "every_sinc", "every_sync",
    ),
    "a word of the comparison": (
        replaced("recent_days: 31", "recent_day: 31"), "vouchers", "listing.comparison", "recent_day", "recent_days",
    ),
    "a placeholder of changes": (
        replaced('{changedsince: "{since}"}', '{changedsince: "{sinse}"}'), "vouchers",
        "listing.changes.changedsince", "{sinse}", "since",
    ),
    "a placeholder of dated": (
        replaced('enddate: "{day_after}"', 'enddate: "{day_afer}"'), "vouchers", "listing.dated.enddate",
        "{day_afer}", "day_after",
    ),
    "a placeholder of the changes in dated": (
        replaced('enddate: "{day_after}"', 'enddate: "{since}"'), "vouchers", "listing.dated.enddate",
        "{since}", "known here",
    ),
    "a placeholder of a further look": (
        replaced('voucherstatus: "3", startdate: "{day_before}"', 'voucherstatus: "3", startdate: "{day_befor}"'),
        "vouchers", "listing.comparison.also.0.startdate", "{day_befor}", "day_before",
    ),
    "a placeholder of parameters": (
        replaced('parameters: {year: "{year}"}', 'parameters: {year: "{yaer}"}'), "budget_accounts",
        "listing.parameters.year", "{yaer}", "year",
    ),
    "a placeholder of a probe": (
        replaced('probe: {startdate: "{today}"', 'probe: {startdate: "{tody}"'), "vouchers",
        "listing.probe.startdate", "{tody}", "today",
    ),
    "a brace": (
        replaced('{changedsince: "{since}"}', '{changedsince: "{since"}'), "vouchers",
        "listing.changes.changedsince", "{since", "brace",
    ),
    "a number": (replaced("batch: 500", 'batch: "500"'), "vouchers", "listing.batch", "500", "integer"),
    "a resource": (
        replaced("resource: accountlist.nv", "resource: acountlist.nv"), "accounts", "listing.resource",
        "acountlist.nv", "accountlist.nv",
    ),
    "a resource that deletes": (
        replaced("resource: accountlist.nv", "resource: deletesalesinvoice.nv"), "accounts", "listing.resource",
        "deletesalesinvoice.nv", "allow",
    ),
    "a reference": (
        replaced('{$ref: "#/definitions/ledger"}', '{$ref: "#/definitions/leger"}'), "vouchers", "", "leger", "ledger",
    ),
    # a property that the schema does not have
    "a part of the key": (
        replaced("[business_id, purpose]", "[business_id, purpos]"), "default_accounts", "primary_key", "purpos",
        "purpose",
    ),
    "a key without the company": (
        replaced("[business_id, purpose]", "[purpose, business_id]"), "default_accounts", "primary_key",
        "business_id", "first",
    ),
    "a field": (
        replaced("fields: {purpose: ", "fields: {purpse: "), "default_accounts", "fields", "purpse", "purpose",
    ),
    "a field in languages": (
        replaced("account_name_{language}", "acount_name_{language}"), "account_balances", "lines.parent",
        "acount_name_{language}", "account_name",
    ),
    "a parent's field": (
        replaced("voucher_status: ", "vouchr_status: "), "voucher_lines", "lines.parent", "vouchr_status",
        "voucher_status",
    ),
    "a group": (replaced("group_by: date", "group_by: dat"), "account_balances", "group_by", "dat", "date"),
    "a mark of deletion": (
        replaced("deleted_when: {status", "deleted_when: {statuss"), "vouchers", "deleted_when", "statuss", "status",
    ),
    "a latest moment": (
        replaced("transactions.time_stamp", "transactions.timestamp"), "vouchers", "latest", "transactions.timestamp",
        "array and field",
    ),
    "a date": (
        replaced("date: VoucherDate", "date: VocherDate"), "vouchers", "listing.date", "VocherDate", "voucherdate",
    ),
    "a word of the request": (
        replaced("request_fields: {year: year}", "request_fields: {year: yer}"), "budget_accounts",
        "request_fields.year", "yer", "year",
    ),
    # a word without the one that it needs
    "a window without dates": (
        replaced('    dated: {startdate: "{day_before}", enddate: "{day_after}"}\n', ""), "vouchers",
        "listing.window", "dated", "needs",
    ),
    "month ends without dates": (
        replaced("window: month ends", "window: month"), "account_balances", "listing.dated", "{dates}", "month ends",
    ),
    "halves of nothing": (
        replaced("halve: {begin: startdate", "halve: {begin: stardate"), "vouchers", "listing.halve.begin",
        "stardate", "startdate",
    ),
    "days ahead of no window": (
        inserted("    record: VoucherType", "    ahead_days: 5"), "voucher_types", "listing.ahead_days", "window",
        "needs",
    ),
    "details without keys": (
        replaced("    keys: netvisorkeylist\n    batch: 500\n    probe: {netvisorkey", "    probe: {netvisorkey"),
        "sales_invoice_details", "details", "keys", "needs",
    ),
    "a batch without keys": (
        inserted("    record: VoucherType", "    batch: 5"), "voucher_types", "listing.batch", "keys", "needs",
    ),
    "a deletion log that cannot be asked since when": (
        replaced('deletions: {$ref: "#/definitions/deleted_vouchers"}', 'deletions: {$ref: "#/definitions/budget"}'),
        "vouchers", "deletions", "changes", "needs",
    ),
    "an incremental stream that is compared with nothing": (
        inserted("    name: voucher_types", '    incremental_sync: {$ref: "#/definitions/change_window"}'),
        "voucher_types", "", "_ab_modified_until", "lacks",
    ),
    "a comparison of a full read": (
        inserted("    record: VoucherType", "    comparison: {cadence: daily}"), "voucher_types", "comparison",
        "incremental_sync", "needs",
    ),
    "a settled document without details": (
        inserted("      deleted_when: {status: deleted}", '      settled: {element: Status, value: "3"}'), "vouchers",
        "settled", "details", "needs",
    ),
    "a mark that the schema does not have": (
        replaced("mark: {property: is_credit_loss", "mark: {property: is_loss"), "sales_payments",
        "listing.mark.property", "is_loss", "is_credit_loss",
    ),
    "a filter with a placeholder": (
        replaced("only: {limitbytype: onlycreditloss}", 'only: {limitbytype: "{today}"}'), "sales_payments",
        "listing.mark.only.limitbytype", "{today}", "brace",
    ),
    "a mark of documents whose details are the records": (
        inserted("    resource: productlist.nv", "    mark: {property: netvisor_key, only: {a: b}, others: {a: c}}"),
        "product_details", "listing.mark", "whole record", "marked",
    ),
    "a mark of details": (
        inserted("    resource: getproduct.nv", "    mark: {property: name, only: {a: b}, others: {a: c}}"),
        "product_details", "details.mark", "listing", "marked",
    ),
    "values that no parameter has": (
        inserted("    record: VoucherType", '    for_each: {color: [red]}'), "voucher_types", "listing.for_each",
        "{color}", "no parameter",
    ),
    "a probe that is refused but does not exist": (
        inserted("    record: VoucherType", "    probe_refused: true"), "voucher_types", "listing.probe_refused",
        "probe", "needs",
    ),
    # what only the CDK's part of a stream has
    "a cursor's word": (
        replaced("cursor_field: _ab_modified_until", "cursor_feld: _ab_modified_until"), "vouchers",
        "incremental_sync", "cursor_feld", "cursor_field",
    ),
    "a cursor that no schema has": (
        replaced("cursor_field: _ab_modified_until", "cursor_field: _ab_modified"), "vouchers",
        "incremental_sync.cursor_field", "_ab_modified", "_ab_modified_until",
    ),
    "the place of the schemas": (
        replaced("file_path: ", "file_pth: "), "accounts", "schema_loader", "file_pth", "file_path",
    ),
    # names
    "two streams of one name": (
        replaced("{name: voucher_types}\n    name: voucher_types", "{name: accounts}\n    name: accounts"), "accounts",
        "name", "another stream", "same name",
    ),
    "a stream that takes another's schema": (
        replaced("$parameters: {name: default_accounts}", "$parameters: {name: accounts}"), "default_accounts",
        "$parameters.name", "accounts", "name of the stream",
    ),
    "a stream without a schema": (
        replaced("$parameters: {name: default_accounts}\n    name: default_accounts",
                 "$parameters: {name: other_accounts}\n    name: other_accounts"),
        "other_accounts", "", "schemas/other_accounts.json", "missing",
    ),
}  # fmt: skip


@pytest.fixture
def changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Edit], None]:
    """Puts a changed copy of the manifest in its place."""

    def put(edit: Edit) -> None:
        file = tmp_path / "manifest.yaml"
        file.write_text(edit(MANIFEST), encoding="utf-8")
        monkeypatch.setattr(files, "MANIFEST", file)

    return put


@pytest.fixture(params=[SourceNetvisor, QuickSource])
def load(
    request: pytest.FixtureRequest, changed: Callable[[Edit], None]
) -> Callable[[Edit], dict[str, StreamDefinition]]:
    """Loads the connector with a changed copy of its manifest: as the CDK does it, and as the console script does."""

    def loaded(edit: Edit) -> dict[str, StreamDefinition]:
        changed(edit)
        found: dict[str, StreamDefinition] = request.param().definitions()
        return found

    return loaded


@pytest.mark.parametrize(("edit", "stream", "place", "word", "help_"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_stops_the_connector_with_the_stream_and_the_word(
    load: Callable[[Edit], Any], edit: Edit, stream: str, place: str, word: str, help_: str
) -> None:
    with pytest.raises(ManifestError) as caught:
        load(edit)
    message = str(caught.value.message)
    assert caught.value.failure_type is FailureType.system_error
    where = f"stream {stream}, {place}:" if place else f"stream {stream}"
    assert message.startswith(f"The connector's manifest has a mistake in {where}")
    assert word in message and help_ in message
    assert message.count(". ") == 0 and message.endswith(".") and "\n" not in message


def test_a_manifest_that_is_not_yaml(load: Callable[[Edit], Any]) -> None:
    with pytest.raises(ManifestError, match=r"has a mistake in line \d+: it is not YAML"):
        load(replaced("  ledger:\n", "  ledger: [\n"))


def test_what_only_the_cdk_knows_is_said_with_its_place(changed: Callable[[Edit], None]) -> None:
    changed(replaced("type: CheckStream\n", "type: CheckStreem\n"))
    with pytest.raises(ManifestError, match=r"has a mistake in check.*: the CDK does not know"):
        SourceNetvisor()


def test_a_word_of_the_form_that_only_the_cdk_can_read(changed: Callable[[Edit], None]) -> None:
    changed(replaced("  documentation_url: ", "  documentation_link: "))
    with pytest.raises(ManifestError, match=r"has a mistake in spec: .*documentation_link"):
        QuickSource().spec(LOGGER)


def test_the_console_script_has_the_same_form_and_streams_as_the_cdk() -> None:
    quick, of_the_cdk = QuickSource(), SourceNetvisor()
    assert quick.streams_of_manifest() == of_the_cdk.streams_of_manifest()
    assert quick.definitions() == of_the_cdk.definitions()
    assert quick.spec(LOGGER) == of_the_cdk.spec(LOGGER)


def test_the_manifest_as_it_is_has_no_mistake(load: Callable[[Edit], dict[str, StreamDefinition]]) -> None:
    assert load(lambda text: text).keys() == {path.stem for path in files.SCHEMAS.glob("*.json")}


def test_what_is_kept_of_the_manifest_is_not_taken_where_its_words_have_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = tmp_path / "manifest.schema.json"
    words.write_text(files.WORDS.read_text(encoding="utf-8").replace('"deleted_when"', '"deleted_if"'), "utf-8")
    monkeypatch.setattr(files, "WORDS", words)
    validation.schema.cache_clear()
    validation._validator.cache_clear()
    try:
        with pytest.raises(ManifestError, match='no word "deleted_when" here, the nearest is "deleted_if"'):
            QuickSource()
    finally:
        validation.schema.cache_clear()
        validation._validator.cache_clear()


@pytest.mark.parametrize("kept", [None, "", "<<<<<<< HEAD\n", '{"of": "0", "manifest": {}}'])
def test_a_manifest_of_which_nothing_is_kept(kept: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = QuickSource().streams_of_manifest()
    file = tmp_path / "manifest.resolved.json"
    if kept is not None:
        file.write_text(kept)
    monkeypatch.setattr(files, "RESOLVED", file)
    assert QuickSource().streams_of_manifest() == expected


@pytest.mark.parametrize(
    ("source", "command"), [(SourceNetvisor, "discover"), (SourceNetvisor, "check"), (QuickSource, "check")]
)
def test_discover_and_check_say_it_too(
    source: type[ReadingSource], command: str, changed: Callable[[Edit], None]
) -> None:
    """Also a mistake that the JSON schema cannot find."""
    changed(replaced("group_by: date", "group_by: dat"))
    connector = source()
    with pytest.raises(ManifestError, match="account_balances, group_by"):
        getattr(connector, command)(LOGGER, CONFIG)
