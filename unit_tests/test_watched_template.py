"""A template that gives another record than the element is found out, and the reply is read from its elements."""

from __future__ import annotations

import io
import logging
from typing import Any

import pytest

from source_netvisor.netvisor.reply import Reply
from source_netvisor.netvisor.request import Request
from source_netvisor.parsing import record_splitter
from source_netvisor.parsing.record_text import RecordText
from source_netvisor.records.record_template import RecordTemplate
from source_netvisor.records.watched_template import FIRST_WATCHED, WATCHED_LATER
from source_netvisor.streams.stream_records import StreamRecords
from unit_tests.reading import definitions

COUNT = 2000


def reply(monkeypatch: pytest.MonkeyPatch) -> Reply:
    """A ledger that is read by templates."""
    monkeypatch.setattr(record_splitter, "LARGE", 0)
    line = "<VoucherLine><NetvisorKey>{0}1</NetvisorKey><LineSum>{0},5</LineSum></VoucherLine>"
    one = f'<Voucher Status="valid"><NetvisorKey>{{0}}</NetvisorKey>{line}</Voucher>'
    body = f"<Root><Vouchers>{''.join(map(one.format, range(COUNT)))}</Vouchers></Root>".encode()
    return Reply(Request("accountingledger.nv"), io.BytesIO(body), size=len(body))


def wrong_from(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Templates lose the sum of the lines, or the lines, from some record on."""
    right, built = RecordTemplate.build, iter(range(10**6))

    def build(self: RecordTemplate, record: RecordText) -> dict[str, Any]:
        found = right(self, record)
        if next(built) >= number:
            found[next(name for name in found if found[name] and isinstance(found[name], list))] = []
        return found

    monkeypatch.setattr(RecordTemplate, "build", build)


def sums(stream: StreamRecords, rows: Any) -> list[Any]:
    found = [record for row in rows for record in stream.of(row, {})]
    return [line["line_sum"] for record in found for line in record.get("voucher_lines", [record])]


@pytest.mark.parametrize("stream", ["vouchers", "voucher_lines"])
@pytest.mark.parametrize("number", [1, FIRST_WATCHED, FIRST_WATCHED + 1, WATCHED_LATER + 1])
def test_a_wrong_template_costs_nothing_but_time(
    stream: str, number: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ledger, right = reply(monkeypatch), [n + 0.5 for n in range(COUNT)]
    wrong_from(number, monkeypatch)
    stream_records = StreamRecords(definitions()[stream], "1967543-8", "2026-01-15T10:00:00.000000Z")
    with caplog.at_level(logging.WARNING):
        first = sums(stream_records, ledger.rows(["Voucher"]))
    # nothing before the difference is wrong but what nobody looked at, and nothing behind it
    assert len(set(right) - set(first)) < WATCHED_LATER
    assert (first == right) == (number <= FIRST_WATCHED)
    assert [record.getMessage() for record in caplog.records] == [
        "accountingledger.nv: a fast way of reading this reply gave another record than the careful way; the reply is "
        "read again, the careful way. Please report it to the developers."
    ]
    assert ledger.must_be_read_again()
    assert sums(stream_records, ledger.rows(["Voucher"])) == right
    assert not ledger.must_be_read_again()


@pytest.mark.parametrize("stream", ["vouchers", "voucher_lines"])
def test_a_right_template_is_trusted(stream: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = reply(monkeypatch)
    rows = list(ledger.rows(["Voucher"]))
    stream_records = StreamRecords(definitions()[stream], "1967543-8", "2026-01-15T10:00:00.000000Z")
    assert sums(stream_records, rows) == [n + 0.5 for n in range(COUNT)]
    assert not ledger.must_be_read_again()
    parsed = [number for number, row in enumerate(rows) if isinstance(row, RecordText) and row.is_parsed]
    assert parsed[: FIRST_WATCHED + 1] == list(range(FIRST_WATCHED + 1))
    assert len(parsed) == FIRST_WATCHED + 1 + (COUNT - 1) // WATCHED_LATER
