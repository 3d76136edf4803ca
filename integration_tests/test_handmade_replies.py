"""Hand-made replies read through the connector's own entrypoint, and compared field by field.

The replies are the same whatever window is asked, so each record must come exactly once all the same.
"""

from __future__ import annotations

from typing import Any

import pytest

from integration_tests import reads
from integration_tests.handmade import Case, HandmadeServer, accounting, payroll, purchases, sales, taxes
from unit_tests.reading import definitions

BUSINESS_ID = "1967543-8"
ADDED = ("business_id", "_ab_modified_until", "_ab_cdc_deleted_at")
CASES = [*accounting.CASES, *sales.CASES, *purchases.CASES, *payroll.CASES, *taxes.CASES]


def said(value: Any) -> Any:
    """A record without nulls, empty arrays and what every record carries."""
    if isinstance(value, dict):
        return {k: said(v) for k, v in value.items() if v is not None and v != [] and k not in ADDED}
    return [said(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_handmade(case: Case) -> None:
    with HandmadeServer(case) as server:
        config = {
            "company_name": "Example Company Oy", "business_id": BUSINESS_ID, "api_user_id": "AA_11111_222",
            "api_key": "0123456789abcdef0123456789abcdef", "partner_id": "Tst_1",
            "partner_key": "fedcba9876543210fedcba9876543210", "start_date": "2025-01-01", "base_url": server.url,
        }  # fmt: skip
        run = reads.read(config, list(case.records))
    errors = [message["trace"]["error"]["message"] for message in run.of("TRACE") if "error" in message["trace"]]
    assert (run.code, errors) == (0, [])
    found = reads.records(run)
    for stream, expected in case.records.items():
        records = found.get(stream, [])
        told = [{k: v for k, v in said(record).items() if k != "line_number" or k in one}
                for record, one in zip(records, [*expected, *[{}] * len(records)], strict=False)]  # fmt: skip
        assert told == [dict(one) for one in expected], stream
        for record in records:
            assert record["business_id"] == BUSINESS_ID
    deletion_logs = {log.resource for stream in case.records if (log := definitions()[stream].deletions)}
    assert {resource for resource, _ in server.asked} <= set(case.replies) | deletion_logs
    assert len({str(call) for call in server.asked}) == len(server.asked), "the same call twice"
