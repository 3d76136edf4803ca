"""Airbyte messages, made in one place."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from airbyte_cdk.models import (
    AirbyteErrorTraceMessage,
    AirbyteEstimateTraceMessage,
    AirbyteMessage,
    AirbyteMessageSerializer,
    AirbyteRecordMessage,
    AirbyteStateBlob,
    AirbyteStateMessage,
    AirbyteStateType,
    AirbyteStreamState,
    AirbyteStreamStatus,
    AirbyteStreamStatusReason,
    AirbyteStreamStatusReasonType,
    AirbyteTraceMessage,
    EstimateType,
    FailureType,
    StreamDescriptor,
    TraceType,
    Type,
)
from airbyte_cdk.models.airbyte_protocol import (  # type: ignore[attr-defined]  # handed on by a star import
    AirbyteRecordMessageMeta,
    AirbyteRecordMessageMetaChange,
    AirbyteStreamStatusRateLimitedReason,
    Change,
    Reason,
)
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message as status_message

from source_netvisor import errors

__all__ = [
    "AirbyteStreamStatus",
    "Message",
    "Records",
    "error",
    "estimate",
    "line",
    "rate_limited",
    "serialize_record",
    "state",
    "status_message",
]

DEEPEST = 127
"""Elements within each other that fit into a record: each is an object in an array, and JSON of 254 levels is written.
"""
_WITH_BREAK = orjson.OPT_APPEND_NEWLINE


@dataclass(frozen=True)
class Records:
    """RECORDs of one stream.

    They are not made into the CDK's messages, which would cost more than to build them from Netvisor's XML.

    Args:
        stream: its name.
        data: what `serialize_record` gave for each record, one after the other.
    """

    stream: str
    data: bytes

    def messages(self) -> Iterator[AirbyteMessage]:
        """The same as the CDK's messages."""
        for data in self.data.split(b"\n")[:-1]:
            parts = orjson.loads(b'{"data":' + data + b"}")
            meta = None
            if "meta" in parts:
                changes = [
                    AirbyteRecordMessageMetaChange(one["field"], Change(one["change"]), Reason(one["reason"]))
                    for one in parts["meta"]["changes"]
                ]
                meta = AirbyteRecordMessageMeta(changes=changes)
            emitted = AirbyteRecordMessage(
                stream=self.stream, data=parts["data"], emitted_at=_milliseconds(), meta=meta
            )
            yield AirbyteMessage(type=Type.RECORD, record=emitted)

    def lines(self) -> tuple[bytes, int]:
        """The lines that the CDK writes for these messages, and how many they are."""
        if not self.data:
            return b"", 0
        before = b'{"type":"RECORD","record":{"stream":' + orjson.dumps(self.stream) + b',"data":'
        after = b',"emitted_at":%d}}\n' % _milliseconds()
        between = after + before
        lines = self.data[:-1].replace(b"\n", between)
        # told by how much longer it is now, instead of by another look at all of it
        count = 1 + (len(lines) - len(self.data) + 1) // (len(between) - 1)
        return before + lines + after, count


Message = AirbyteMessage | Records
"""What a sync gives."""


def serialize_record(data: dict[str, Any], nulled: Sequence[str] = ()) -> bytes:
    """A record's JSON as the CDK writes it, and a line break: what is null is left out, though not within arrays.

    Args:
        data: the record.
        nulled: fields whose value could not be read and was made null; destinations show them in `_airbyte_meta`. The
            record's `meta` then follows its data, as the members of one JSON object do.

    Raises:
        NetvisorError: arrays and objects are nested too deeply in it.
    """
    try:
        made = orjson.dumps({name: value for name, value in data.items() if value is not None}, option=_WITH_BREAK)
    except orjson.JSONEncodeError as encoding:
        if "recursion" not in str(encoding).lower():
            raise
        raise errors.record_too_deep(DEEPEST) from None
    if nulled:
        changes = [{"field": name, "change": "NULLED", "reason": "SOURCE_SERIALIZATION_ERROR"} for name in nulled]
        made = made[:-1] + b',"meta":' + orjson.dumps({"changes": changes}, option=_WITH_BREAK)
    return made


def line(message: AirbyteMessage) -> bytes:
    """A message as the CDK writes it."""
    return orjson.dumps(AirbyteMessageSerializer.dump(message)) + b"\n"


def state(stream: str, value: dict[str, Any]) -> AirbyteMessage:
    """A STATE of the stream; the count of records is added by the CDK's entrypoint."""
    return AirbyteMessage(
        type=Type.STATE,
        state=AirbyteStateMessage(
            type=AirbyteStateType.STREAM,
            stream=AirbyteStreamState(
                stream_descriptor=StreamDescriptor(name=stream), stream_state=AirbyteStateBlob(value)
            ),
        ),
    )


def estimate(stream: str, rows: int) -> AirbyteMessage:
    """How many records the stream will have in all, as far as is known."""
    return _trace(
        AirbyteTraceMessage(
            type=TraceType.ESTIMATE,
            emitted_at=time.time() * 1000,
            estimate=AirbyteEstimateTraceMessage(name=stream, type=EstimateType.STREAM, row_estimate=rows),
        )
    )


def rate_limited(stream: str, until: datetime) -> AirbyteMessage:
    """A STREAM_STATUS: the stream is read, but its next call has to wait.

    Args:
        stream: its name.
        until: the moment of the next attempt, with a time zone.
    """
    reset = AirbyteStreamStatusRateLimitedReason(quota_reset=int(until.timestamp() * 1000))
    reason = AirbyteStreamStatusReason(type=AirbyteStreamStatusReasonType.RATE_LIMITED, rate_limited=reset)
    return status_message(StreamDescriptor(name=stream), AirbyteStreamStatus.RUNNING, [reason])


def error(stream: str, sentence: str, failure_type: FailureType) -> AirbyteMessage:
    """Why the stream failed, for the user."""
    return _trace(
        AirbyteTraceMessage(
            type=TraceType.ERROR,
            emitted_at=time.time() * 1000,
            error=AirbyteErrorTraceMessage(
                message=sentence,
                internal_message=sentence,
                failure_type=failure_type,
                stream_descriptor=StreamDescriptor(name=stream),
            ),
        )
    )


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


def _trace(trace: AirbyteTraceMessage) -> AirbyteMessage:
    return AirbyteMessage(type=Type.TRACE, trace=trace)
