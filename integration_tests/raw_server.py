"""A server that sends what it is told, byte by byte: for what no HTTP library would send."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Script = Callable[[socket.socket], None]
"""What to do with a connection whose request head has been read."""


class RawServer:
    """Runs a script for each request while the `with` block lasts.

    Args:
        script: gets the connection; when it returns, the connection is closed.
        certificate: directory for a certificate of its own making, which nobody trusts; None: no TLS.
        listens: reads the head of a request first; otherwise the script begins at once.

    Attributes:
        url: the address.
        requests: how many requests came.
    """

    def __init__(self, script: Script, certificate: Path | None = None, listens: bool = True) -> None:
        self._script = script
        self._listens = listens
        self._context = None
        self.requests = 0
        if certificate is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(_self_signed(certificate))
        self._socket = socket.create_server(("127.0.0.1", 0))
        scheme = "https" if certificate else "http"
        self.url = f"{scheme}://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> RawServer:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        try:
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
            head = b""
            while self._listens and b"\r\n\r\n" not in head:
                received = connection.recv(1 << 16)
                if not received:
                    return
                head += received
            self.requests += 1
            self._script(connection)
        except OSError:
            pass
        finally:
            connection.close()


def sends(*parts: bytes, pause: float = 0.0) -> Script:
    """Sends the parts, with a pause in seconds after each."""

    def script(connection: socket.socket) -> None:
        for part in parts:
            connection.sendall(part)
            time.sleep(pause)

    return script


def sends_for_ever(head: bytes, part: bytes, pause: float = 0.0, longest: float = 20) -> Script:
    """Sends a head and then the same part again and again, until the caller hangs up (or `longest` seconds)."""

    def script(connection: socket.socket) -> None:
        end = time.monotonic() + longest
        connection.sendall(head)
        while time.monotonic() < end:
            connection.sendall(part)
            time.sleep(pause)

    return script


def _self_signed(directory: Path) -> Path:
    """A certificate and its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = directory / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    return path
