"""Records are written as the CDK writes its messages of them."""

from __future__ import annotations

import json
import re
from typing import Any

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.models import AirbyteMessage, AirbyteRecordMessage, Type
from hypothesis import given, settings
from hypothesis import strategies as st

from source_netvisor.protocol.messages import LINES_AT_ONCE, Records, line, serialize_record, state

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc_", min_size=1), inner, max_size=3),
)  # fmt: skip
data = st.dictionaries(st.text(st.characters(exclude_categories=("Cs",)), min_size=1), values, max_size=6)


def timeless(lines: bytes) -> bytes:
    return re.sub(rb'"emitted_at":\d{13}\}\}', b'"emitted_at":0}}', lines)


@settings(max_examples=200, deadline=None)
@given(st.lists(data, min_size=1, max_size=5))
def test_records_are_written_as_the_cdk_writes_them(records: list[dict[str, Any]]) -> None:
    expected = []
    for record in records:
        message = AirbyteMessage(
            type=Type.RECORD, record=AirbyteRecordMessage("vouchers", record, emitted_at=int(1e12))
        )
        expected.append(AirbyteEntrypoint.airbyte_message_to_string(message).encode())
    given_ = Records("vouchers", list(map(serialize_record, records)))
    assert [timeless(line(message)) for message in given_.messages()] == [timeless(one) + b"\n" for one in expected]
    assert timeless(b"".join(given_.lines())).split(b"\n") == [*map(timeless, expected), b""]


def test_many_records_are_written_in_parts() -> None:
    count = 2 * LINES_AT_ONCE + 1
    parts = list(Records("vouchers", [serialize_record({"netvisor_key": key}) for key in range(count)]).lines())
    assert len(parts) == 3
    keys = [json.loads(one)["record"]["data"]["netvisor_key"] for part in parts for one in part.splitlines()]
    assert keys == list(range(count))
    assert list(Records("vouchers", []).lines()) == []


def test_other_messages_are_written_as_the_cdk_writes_them() -> None:
    message = state("vouchers", {"_ab_modified_until": None, "delivered": ["x"]})
    assert line(message) == AirbyteEntrypoint.airbyte_message_to_string(message).encode() + b"\n"
