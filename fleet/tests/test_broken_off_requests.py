"""A client that is killed while it sends has not called."""

from __future__ import annotations

import json
import socket
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

import pytest

from fake_airbyte.server import CLIENT_ID, CLIENT_SECRET, FakeAirbyte

BODY = json.dumps({"sourceId": "x", "destinationId": "y"}).encode()


def token(airbyte: FakeAirbyte) -> str:
    form = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    with urlopen(f"{airbyte.url}/applications/token", urlencode(form).encode()) as reply:
        return str(json.load(reply)["access_token"])


@pytest.mark.parametrize("sent", [0, 1, len(BODY) - 1])
@pytest.mark.parametrize("path", ["/connections", "/applications/token"])
def test_half_a_request_is_no_call(airbyte: FakeAirbyte, path: str, sent: int) -> None:
    address = urlsplit(airbyte.url)
    head = f"POST {address.path}{path} HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {token(airbyte)}\r\n"
    with socket.create_connection((address.hostname or "", address.port or 0)) as connection:
        connection.sendall(f"{head}Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY[:sent])
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""
    assert airbyte.exchanges == [] and airbyte.complaints == []
