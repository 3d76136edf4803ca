"""The report on a real company, made of simulated ones: it finds out what they play, and has none of their data."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from integration_tests.shared_source import definitions, shared_source
from integration_tests.test_list_cuts import cut, newest_first
from netvisor_simulator import ApiAssumptions, NetvisorSimulator, faults
from netvisor_simulator.assumptions import CHOICES
from netvisor_simulator.company import Company
from netvisor_simulator.company.plan import HELSINKI
from source_netvisor.assumptions import ASSUMPTIONS
from source_netvisor.config import NetvisorConfig
from tools.live_report import __main__ as command
from tools.live_report import sweep
from tools.live_report.document import Document
from tools.live_report.netvisor import MOST_CALLS, Answer, Netvisor, read_into
from tools.live_report.patterns import masked, notation, pattern, rows, size
from tools.live_report.questions import QUESTIONS
from tools.live_report.questions import Company as Asked
from tools.live_report.questions.lists import linked_orders, list_cap
from tools.live_report.sweep import Sweep

NOW = datetime(2026, 3, 10, 12, tzinfo=HELSINKI)
TODAY = NOW.date()
BLOCKED = "getuserinvitations.nv"
ANSWERS = {
    "list_cap": {None: "no", 100: "yes", 500: "yes", 1000: "yes"},
    "forbidden_body": {True: "frame", False: "empty"},
    "illegal_characters": {False: "no", True: "yes"},
    "deleted_payment_is_change": {False: "no", True: "yes"},
    "invalidation_is_change": {True: "yes", False: "no"},
}
"""What the report calls a choice of the simulator, where it does not have the same name."""


@pytest.fixture(autouse=True)
def _the_manifest_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "SourceNetvisor", shared_source)


def company_with_some_of_everything(vouchers: int = 600) -> Company:
    """One in which a voucher was invalidated and a payment deleted, each days after it was entered."""
    company = Company(3, vouchers, 1, TODAY, employees=4)
    changes: Any = company.changes
    key = changes.add_voucher(NOW - timedelta(days=30), TODAY - timedelta(days=30)).key
    changes.invalidate_voucher(NOW - timedelta(days=9), key)
    # its voucher was entered long ago, and nothing but the deletion touches the invoice
    old = NOW - timedelta(days=60)
    invoice = changes.add_sales_invoice(old, old.date())
    payment = changes.pay_sales_invoice(old, invoice.key, day=old.date())
    changes.delete_sales_payment(NOW - timedelta(days=2), payment.key)
    return company


def simulated(assumptions: ApiAssumptions, company: Company | None = None) -> NetvisorSimulator:
    simulator = NetvisorSimulator(
        company or company_with_some_of_everything(),
        assumptions=assumptions,
        clock=lambda: NOW.astimezone(timezone.utc),
    )
    simulator.rights.block(BLOCKED)
    return simulator


def config_of(simulator: NetvisorSimulator) -> NetvisorConfig:
    return NetvisorConfig.parse(simulator.config(start_date="2025-01-01"), {})


def answers(report: str) -> dict[str, str]:
    """Assumption -> answer, from the report's last table."""
    table = report.partition("## The connector's assumptions")[2]
    return dict(re.findall(r"^\| `(\w+)` \| ([^|]*) \|", table, re.M))


def nth(number: int) -> ApiAssumptions:
    """Each assumption's choice of that number: a few of these play every choice."""
    return ApiAssumptions(**{name: choices[number % len(choices)] for name, choices in CHOICES.items()})


@pytest.mark.parametrize("number", range(max(map(len, CHOICES.values()))))
def test_the_report_finds_out_what_the_simulator_plays(number: int) -> None:
    # a list that is cut at more rows than there are cannot be told from one that is not cut
    played = replace(nth(number), list_cap=(None, 100)[number % 2])
    with simulated(played) as simulator:
        config = config_of(simulator)
        found = answers(command.report(Netvisor(config), config))
        assert len(simulator.calls) <= MOST_CALLS
        assert not [call for call in simulator.calls if call.overlap or call.forbidden or call.method != "GET"]
    expected = {name: ANSWERS.get(name, {}).get(getattr(played, name), getattr(played, name)) for name in CHOICES}
    if played.list_cap is None:
        # a longer list may be cut
        expected["list_cap"] = "no, as far as over 1 hundred rows show"
    if played.failed_with_http_200 == "always_200":
        expected["forbidden_body"] = "open"  # there is no HTTP 403 then
    assert {name: found[name] for name in CHOICES} == expected


CUTS = {
    (2600, None): "no, as far as over 5 hundred rows show",
    (2600, 500): "yes",
    # it has fewer rows than that
    (2600, 1000): "no, as far as over 5 hundred rows show",
    (5200, 1000): "yes",
}


@pytest.mark.parametrize(("vouchers", "cap"), CUTS)
def test_a_list_that_is_cut_at_a_number_of_rows(vouchers: int, cap: Any) -> None:
    with simulated(ApiAssumptions(list_cap=cap), Company(3, vouchers, 1, TODAY)) as simulator:
        netvisor = Netvisor(config_of(simulator))
        asked = Asked(netvisor, Sweep(netvisor, TODAY, "1967543-8"), TODAY)
        assert list_cap(asked).answer == CUTS[vouchers, cap]


def shuffled(found: list[str]) -> list[str]:
    return sorted(found, key=lambda row: zlib.crc32(row.encode()))


@pytest.mark.parametrize("order", [newest_first, shuffled])
@pytest.mark.parametrize("cap", [70, 100, None])
def test_a_list_in_another_order_that_is_cut(order: Any, cap: int | None) -> None:
    """Nothing lies above the highest key of a list that has the newest rows first."""
    with simulated(ApiAssumptions()) as simulator:
        simulator.faults.add(cut("SalesInvoice", order, cap), resource="salesinvoicelist.nv", times=None)
        config = config_of(simulator)
        report = command.report(Netvisor(config), config)
    assert answers(report)["list_cap"] == ("yes" if cap else "no, as far as over 1 hundred rows show")


def test_a_list_that_ignores_what_is_asked() -> None:
    """A key that is asked for from above, and comes all the same, does not say that the list was cut."""
    with simulated(ApiAssumptions()) as simulator:
        known = simulator.resources["salesinvoicelist.nv"]

        def answer(request: Any) -> Any:
            query = {name: value for name, value in request.query.items() if name != "invoicesabovenetvisorkey"}
            return known.answer(replace(request, query=query))

        simulator.resources["salesinvoicelist.nv"] = replace(known, answer=answer)
        netvisor = Netvisor(config_of(simulator))
        asked = Asked(netvisor, Sweep(netvisor, TODAY, "1967543-8"), TODAY)
        assert list_cap(asked).answer == "no, as far as over 1 hundred rows show"


def test_a_list_that_is_longer_than_any_that_is_cut() -> None:
    with simulated(ApiAssumptions(), Company(3, 25_100, 1, TODAY)) as simulator:
        netvisor = Netvisor(config_of(simulator))
        asked = Asked(netvisor, Sweep(netvisor, TODAY, "1967543-8"), TODAY)
        assert list_cap(asked).answer == "no"


def test_every_assumption_is_in_the_code_and_in_the_report() -> None:
    names = {one.name for one in ASSUMPTIONS}
    assert names == set(CHOICES)
    for one in ASSUMPTIONS:
        told = {ANSWERS.get(one.name, {}).get(choice, choice) for choice in CHOICES[one.name]}
        assert set(one.under) == told, one.name


def test_every_resource_is_asked() -> None:
    with simulated(ApiAssumptions()) as simulator:
        config = config_of(simulator)
        report = command.report(Netvisor(config), config)
    table = report.partition("## Resources")[2].partition("\n## ")[0]
    outcomes = dict(re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", table, re.M))
    endpoints = [one for definition in definitions().values() for one in definition.asks]
    assert {one.partition("?")[0] for one in outcomes} == {one.resource for one in endpoints}
    assert {name for name, outcome in outcomes.items() if outcome != "answered"} == {BLOCKED}
    shown = dict(re.findall(r"^\| ([^|]+\?) \| ([^|]+) \|", report.partition("## Open questions")[2], re.M))
    assert [one for one, answer in shown.items() if answer == "its data cannot answer"] == []


@pytest.mark.parametrize(("leaves_out", "answer"), [(False, "no"), (True, "yes")])
def test_orders_without_an_invoice(leaves_out: bool, answer: str) -> None:
    company = company_with_some_of_everything()
    with simulated(ApiAssumptions(), company) as simulator:
        if leaves_out:
            unlinked = [one.key for one in company.purchase_orders() if not one.invoice_key]
            assert 0 < len(unlinked) < len(list(company.purchase_orders()))
            simulator.faults.add(
                without_rows("PurchaseOrder", unlinked), resource="purchaseorderlist.nv", times=None,
                when=lambda call: "haslinktopurchaseinvoice" in call.query,
            )  # fmt: skip
        netvisor = Netvisor(config_of(simulator))
        sweep = Sweep(netvisor, TODAY, "1967543-8")
        for _ in sweep.run():
            pass
        found = linked_orders(Asked(netvisor, sweep, TODAY))
    assert found.answer == answer and "it brings LinkedPurchaseInvoices" in found.how


def without_rows(record: str, keys: list[int]) -> faults.Fault:
    """A list that leaves out the rows of these keys."""

    def edited(reply: bytes) -> bytes:
        rows = re.findall(rb"<%b>.*?</%b>\s*" % (record.encode(), record.encode()), reply, re.DOTALL)
        for row in rows:
            if any(b"<NetvisorKey>%d<" % key in row for key in keys):
                reply = reply.replace(row, b"")
        return reply

    return faults.transform(edited)


@pytest.mark.parametrize("name", ["Field20481", "{https://example.fi/20481}Field20481"])
def test_names_without_keys(name: str) -> None:
    assert masked(name) == "Field999"


# --- no data ----------------------------------------------------------------------------------------------------------


def words_of_the_report_itself() -> str:
    """Everything that the report may say of its own accord: its code, and the names in manifest and schemas."""
    root = Path(__file__).parent.parent
    files = [
        *(root / "tools" / "live_report").rglob("*.py"),
        root / "source_netvisor" / "assumptions.py",
        root / "source_netvisor" / "manifest.yaml",
    ]
    schemas = [json.loads(path.read_text("utf-8")) for path in (root / "source_netvisor" / "schemas").glob("*.json")]
    names = [name for schema in schemas for name in schema["properties"]]
    return "\n".join([*(path.read_text("utf-8") for path in files), *names]).lower()


OTHERWISE = ApiAssumptions(notation="seen", decimal="point", casing="lower")


@pytest.mark.parametrize("assumptions", [ApiAssumptions(), OTHERWISE], ids=str)
def test_no_value_of_the_company_is_in_the_report(assumptions: ApiAssumptions, monkeypatch: pytest.MonkeyPatch) -> None:
    documents: list[Document] = []
    parse = Document.parse

    def watched(body: bytes) -> Document | None:
        document = parse(body)
        if document is not None:
            documents.append(document)
        return document

    monkeypatch.setattr(Document, "parse", watched)
    with simulated(assumptions) as simulator:
        config = config_of(simulator)
        report = command.report(Netvisor(config), config)
    values, names = set(), set()
    for element in (one for document in documents for one in document.payload()):
        names |= {str(element.tag).lower(), *(str(name).lower() for name in element.attrib)}
        values |= {(element.text or "").strip(), *map(str, element.attrib.values())}
    own = words_of_the_report_itself()
    searched = {one for one in values if len(one) >= 4 and one.lower() not in own and one.lower() not in names}
    assert len(searched) > 2000
    assert {one for one in searched if one in report} == set()
    for secret in (config.api_user_id, config.api_key, config.partner_id, config.partner_key, config.business_id):
        assert secret not in report


def test_nothing_that_nobody_foresaw_is_in_the_report() -> None:
    """Elements and attributes that no schema knows, in odd characters, and a refusal that begins with a name."""
    hidden = ("Salainen", "½Ⅷ①", "20481", "7766", "SALAINEN", "example.fi")
    more = (
        '</NetvisorKey><OutoKentta20481 laatu="Salainen 7766 Oy">½Ⅷ① Salainen</OutoKentta20481>'
        '<Sulku xmlns="https://example.fi/20481"><Sisus>Salainen 7766,7</Sisus></Sulku>'
    )
    with simulated(ApiAssumptions()) as simulator:
        foreign = faults.transform(lambda reply: reply.replace(b"</NetvisorKey>", more.encode()))
        simulator.faults.add(faults.netvisor_code("SALAINEN", "20481"), resource="getvendor.nv", times=None)
        simulator.faults.add(foreign, times=None)
        config = config_of(simulator)
        report = command.report(Netvisor(config), config)
    assert "outo_kentta" in report and "`getvendor.nv` | FAILED" in report
    assert [one for one in hidden if one in report] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("31.12.2025", "dd.mm.yyyy"),
        ("1.1.2026", "d.m.yyyy"),
        ("2026-01-01", "yyyy-mm-dd"),
        ("1 017,18", "9 999,99"),
        ("-17,18", "-99,99"),
        ("Väinö Example", "aaa aaa"),
        ("a|b", "a<bar>a"),
        ("x" * 9 + "\u00a0" + "5" * 9, "aaa<nbsp>999"),
        ("½ Ⅷ ① a\u0308 €5", "9 9 9 a<other> €9"),
        ("`№`", "<tick><other><tick>"),
        ("1-" * 40, "9-9-9-9-9-9-9-9-9-9-9-9-..."),
    ],
)
def test_patterns(text: str, expected: str) -> None:
    assert pattern(text) == expected


def test_notations_sizes_and_counts() -> None:
    assert [notation(one) for one in ("5.6.2023 16:12:09", "1 017,18", "12", "open", "-0.5")] == [
        "d.m.yyyy h:mm:ss", "9 9,99", "9", None, "-9.9",
    ]  # fmt: skip
    assert [size(one) for one in (12, 1234, 12_345_678)] == ["under 1 kB", "1 kB", "12 MB"]
    assert [rows(one) for one in (0, 99, 100, 2345, 45_678, 345_678, 7_654_321)] == [
        "0", "99", "over 1 hundred", "over 2 thousand", "over 40 thousand", "over 300 thousand", "over 7 million",
    ]  # fmt: skip


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command_asks_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    path, output = tmp_path / "config.json", tmp_path / "report.md"
    with simulated(ApiAssumptions()) as simulator:
        path.write_text(json.dumps(simulator.config()), "utf-8")
        monkeypatch.setattr("builtins.input", lambda _: "")
        assert command.main([str(path), "--output", str(output)]) == 1
        assert len(simulator.calls) == 0 and not output.exists()
        assert "at most 200 calls" in capsys.readouterr().err
        monkeypatch.setattr("builtins.input", lambda _: "y")
        assert command.main([str(path), "--output", str(output), "--most-calls", "5"]) == 0
        assert len(simulator.calls) == 5
    assert "not everything was asked" in output.read_text("utf-8")


@pytest.mark.parametrize("content", [None, "{", json.dumps({"business_id": "1"})])
def test_a_configuration_that_cannot_be_used(tmp_path: Path, capsys: Any, content: str | None) -> None:
    path = tmp_path / "config.json"
    if content is not None:
        path.write_text(content, "utf-8")
    assert command.main([str(path), "--yes"]) == 2
    message = capsys.readouterr().err
    assert message.strip() and "Traceback" not in message


def test_a_netvisor_that_answers_nothing(tmp_path: Path) -> None:
    with simulated(ApiAssumptions()) as simulator:
        config = config_of(simulator)
    report = command.report(Netvisor(config), config)
    assert "its data cannot answer" in report
    assert set(answers(report).values()) == {"open"}


def test_questions_have_names_of_their_own() -> None:
    assert len({one.__name__ for one in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        (("FAILED", "INVALID_DATA :: Customer 20481 Oy"), "INVALID_DATA"),
        (("FAILED", "CUSTOMER"), "FAILED"),
        (("FAILED", "Example Oy :: 20481"), "FAILED"),
        (("FAILED", "EXAMPLE :: 20481"), "FAILED"),
        (("OK",), "OK"),
        ((), "no ResponseStatus"),
    ],
)
def test_no_word_of_a_refusal_but_its_code(statuses: tuple[str, ...], code: str) -> None:
    frame = "".join(f"<Status>{one}</Status>" for one in statuses)
    answer = Answer("accountlist.nv")
    read_into(answer, f"<Root><ResponseStatus>{frame}</ResponseStatus></Root>".encode())
    assert answer.code == code
