"""Records are written as the CDK writes its messages of them."""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from typing import Any

import pytest
from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.models import AirbyteMessage, AirbyteRecordMessage, Type
from airbyte_cdk.models.airbyte_protocol import AirbyteRecordMessageMetaChange, Change, Reason
from hypothesis import given, settings
from hypothesis import strategies as st

from source_netvisor.errors import NetvisorError
from source_netvisor.protocol.messages import (
    DEEPEST,
    Records,
    line,
    rate_limited,
    serialize_record,
    state,
)

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc_", min_size=1), inner, max_size=3),
)  # fmt: skip
data = st.dictionaries(st.text(st.characters(exclude_categories=("Cs",)), min_size=1), values, max_size=6)


def timeless(lines: bytes) -> bytes:
    return re.sub(rb'"emitted_at":\d{13}(?=[,}])', b'"emitted_at":0', lines)


@settings(max_examples=200, deadline=None)
@given(st.lists(data, min_size=1, max_size=5))
def test_records_are_written_as_the_cdk_writes_them(records: list[dict[str, Any]]) -> None:
    expected = []
    for record in records:
        message = AirbyteMessage(
            type=Type.RECORD, record=AirbyteRecordMessage("vouchers", record, emitted_at=int(1e12))
        )
        expected.append(AirbyteEntrypoint.airbyte_message_to_string(message).encode())
    given_ = Records("vouchers", b"".join(map(serialize_record, records)))
    assert [timeless(line(message)) for message in given_.messages()] == [timeless(one) + b"\n" for one in expected]
    lines, count = given_.lines()
    assert count == len(records)
    assert timeless(lines).split(b"\n") == [*map(timeless, expected), b""]


def test_no_records_are_no_lines() -> None:
    nothing = Records("vouchers", b"")
    assert (nothing.lines(), list(nothing.messages())) == ((b"", 0), [])


@given(data, st.lists(st.text("ab_.", min_size=1), min_size=1, max_size=3))
def test_fields_that_were_made_null_are_named(record: dict[str, Any], nulled: list[str]) -> None:
    """In the record's meta, as the protocol has it; the line is the one that the CDK writes, in another order."""
    records = Records("vouchers", serialize_record(record, nulled) + serialize_record(record))
    with_meta, without = records.messages()
    assert with_meta.record is not None and with_meta.record.meta is not None
    assert with_meta.record.meta.changes == [
        AirbyteRecordMessageMetaChange(name, Change.NULLED, Reason.SOURCE_SERIALIZATION_ERROR) for name in nulled
    ]
    assert without.record is not None and without.record.meta is None
    lines = timeless(records.lines()[0]).splitlines()
    assert [json.loads(one) for one in lines] == [json.loads(timeless(line(m))) for m in (with_meta, without)]


def test_a_record_that_is_nested_too_deeply_gets_its_sentence() -> None:
    nested: Any = "x"
    for _ in range(DEEPEST - 1):
        nested = [{"inner": nested}]
    assert json.loads(serialize_record({"outer": nested}))
    for _ in range(3):
        nested = [{"inner": nested}]
    with pytest.raises(NetvisorError, match="elements nested deeper than 127 levels"):
        serialize_record({"outer": nested})


def test_a_stream_that_waits() -> None:
    until = datetime(2026, 1, 15, 10, 0, 0, 500_000, tzinfo=timezone.utc)
    said = json.loads(line(rate_limited("vouchers", until)))
    del said["trace"]["emitted_at"]
    assert said == {
        "type": "TRACE",
        "trace": {
            "type": "STREAM_STATUS",
            "stream_status": {
                "stream_descriptor": {"name": "vouchers"},
                "status": "RUNNING",
                "reasons": [{"type": "RATE_LIMITED", "rate_limited": {"quota_reset": 1768471200500}}],
            },
        },
    }


def test_other_messages_are_written_as_the_cdk_writes_them() -> None:
    message = state("vouchers", {"_ab_modified_until": None, "delivered": ["x"]})
    assert line(message) == AirbyteEntrypoint.airbyte_message_to_string(message).encode() + b"\n"
