"""Records of a stream from the text of a reply, through the connector's own parts but without a network."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime, timezone
from functools import cache
from typing import Any

from source_netvisor.config import NetvisorConfig
from source_netvisor.manifest.stream_definition import StreamDefinition
from source_netvisor.parsing import decoder
from source_netvisor.protocol.messages import Message, Records
from source_netvisor.quick_source import QuickSource
from source_netvisor.streams.record_buffer import BATCH
from source_netvisor.streams.stream_sync import StreamSync
from source_netvisor.sync_context import SyncContext

NOW = datetime(2026, 1, 15, 10, 0, 0, tzinfo=timezone.utc)
NOW_TEXT = "2026-01-15T10:00:00.000000Z"
BUSINESS_ID = "1967543-8"
CONFIG: dict[str, Any] = {
    "company_name": "Example Company Oy",
    "business_id": BUSINESS_ID,
    "api_user_id": "AA_11111_222",
    "api_key": "0123456789abcdef0123456789abcdef",
    "partner_id": "Tst_1",
    "partner_key": "fedcba9876543210fedcba9876543210",
    "start_date": "2024-01-01",
}


@cache
def definitions() -> dict[str, StreamDefinition]:
    """Every stream of the real manifest."""
    return QuickSource().definitions()


def context(now: datetime = NOW, **overrides: Any) -> SyncContext:
    """A sync at that moment."""
    return SyncContext(NetvisorConfig.parse({**CONFIG, **overrides}, {}), now)


def reading(stream: str) -> StreamSync:
    """The stream at the beginning of a full refresh."""
    return StreamSync(definitions()[stream], None, context(), BATCH)


def messages(stream: StreamSync, reply: str | bytes, **words: str) -> list[Message]:
    """What a reply gives; `words` are those of the request, `key` for instance."""
    raw = io.BytesIO(reply.encode() if isinstance(reply, str) else reply)
    ask = stream.definition.source
    found: list[Message] = []
    for element in decoder.elements(raw, ask.record):
        stream.send(element, words)
    found += stream.flush()
    return found


def records(stream: StreamSync | str, reply: str | bytes, **words: str) -> list[dict[str, Any]]:
    """The records of a reply."""
    one = reading(stream) if isinstance(stream, str) else stream
    return data(messages(one, reply, **words))


def data(given: Iterable[Message]) -> list[dict[str, Any]]:
    """The records among messages, with the schema's properties that they do not have as nulls: as tables hold them."""
    found = []
    for message in given:
        if isinstance(message, Records):
            nulls = dict.fromkeys(definitions()[message.stream].schema["properties"])
            del nulls["_netvisor_raw"], nulls["_netvisor_unknown"]
            found += [{**nulls, **one.record.data} for one in message.messages() if one.record is not None]
    return found


def said(record: dict[str, Any]) -> dict[str, Any]:
    """What a record says: without nulls, empty arrays and what every record carries."""
    return {
        name: [said(item) if isinstance(item, dict) else item for item in value] if isinstance(value, list) else value
        for name, value in record.items()
        if value not in (None, []) and name not in ("business_id", "_ab_modified_until")
    }
