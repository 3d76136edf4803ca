"""Syncs that are killed at a chosen message."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from integration_tests.connection import Connection


class Cut(Exception):
    """The process is killed."""


def sync_until(connection: Connection, last: Callable[[dict[str, Any]], bool]) -> None:
    """Runs a sync that is killed right after the message for which `last` is true."""
    receive = connection.warehouse.receive

    def receive_and_look(line: Any) -> None:
        receive(line)
        if last(json.loads(line)):
            raise Cut

    connection.warehouse.receive = receive_and_look  # type: ignore[method-assign]
    try:
        with pytest.raises(Cut):
            connection.sync()
    finally:
        del connection.warehouse.receive  # type: ignore[method-assign]


def state_of(stream: str, count: int) -> Callable[[dict[str, Any]], bool]:
    """Whether a message is the `count`-th STATE of the stream."""
    seen = Counter[str]()

    def look(message: dict[str, Any]) -> bool:
        if message["type"] != "STATE":
            return False
        seen[message["state"]["stream"]["stream_descriptor"]["name"]] += 1
        return message["state"]["stream"]["stream_descriptor"]["name"] == stream and seen[stream] == count

    return look


def record_of(stream: str, count: int) -> Callable[[dict[str, Any]], bool]:
    """Whether a message is the `count`-th RECORD of the stream."""
    seen = Counter[str]()

    def look(message: dict[str, Any]) -> bool:
        if message["type"] != "RECORD":
            return False
        seen[message["record"]["stream"]] += 1
        return message["record"]["stream"] == stream and seen[stream] == count

    return look
