"""Airbyte messages, made in one place."""

from __future__ import annotations

import time
from typing import Any

from airbyte_cdk.models import (
    AirbyteErrorTraceMessage,
    AirbyteEstimateTraceMessage,
    AirbyteMessage,
    AirbyteRecordMessage,
    AirbyteStateBlob,
    AirbyteStateMessage,
    AirbyteStateType,
    AirbyteStreamState,
    AirbyteStreamStatus,
    AirbyteTraceMessage,
    EstimateType,
    FailureType,
    StreamDescriptor,
    TraceType,
    Type,
)
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message as status_message

__all__ = ["AirbyteStreamStatus", "error", "estimate", "record", "state", "status_message"]


def record(stream: str, data: dict[str, Any]) -> AirbyteMessage:
    """A RECORD of the stream."""
    return AirbyteMessage(
        type=Type.RECORD, record=AirbyteRecordMessage(stream=stream, data=data, emitted_at=time.time_ns() // 1_000_000)
    )


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
    """How many records the stream will have in all, as far as can be told."""
    return _trace(
        AirbyteTraceMessage(
            type=TraceType.ESTIMATE,
            emitted_at=time.time() * 1000,
            estimate=AirbyteEstimateTraceMessage(name=stream, type=EstimateType.STREAM, row_estimate=rows),
        )
    )


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


def _trace(trace: AirbyteTraceMessage) -> AirbyteMessage:
    return AirbyteMessage(type=Type.TRACE, trace=trace)
