"""A PostgreSQL server of one's own for a test: made in a new directory, on a free port, ended with the block."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = DATABASE = PASSWORD = "netvisor"


def programs() -> Path:
    """The directory of the server's programs, of the newest version there is.

    Raises:
        RuntimeError: no server is installed.
    """
    # Debian keeps them out of the PATH
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda one: float(one.parent.parent.name))
    found = str(versions[-1]) if versions else shutil.which("initdb")
    if not found:
        raise RuntimeError("The tests need a PostgreSQL server: apt-get install postgresql")
    return Path(found).parent


@contextmanager
def server() -> Iterator[int]:
    """A running server with an empty database `netvisor` of the user `netvisor`; its port on 127.0.0.1."""
    with tempfile.TemporaryDirectory(prefix="netvisor-postgres-") as directory:
        _hand_over(Path(directory))
        data, port = Path(directory) / "data", free_port()
        _run("initdb", "--pgdata", str(data), "--username", USER, "--auth", "trust", "--encoding", "UTF8", "--no-sync")
        options = f"-h 127.0.0.1 -p {port} -c unix_socket_directories={directory} -c fsync=off -c full_page_writes=off"
        log = str(Path(directory) / "log")
        _run("pg_ctl", "start", "--pgdata", str(data), "--wait", "--log", log, "--options", options)
        try:
            _run("createdb", "--host", "127.0.0.1", "--port", str(port), "--username", USER, DATABASE)
            yield port
        finally:
            _run("pg_ctl", "stop", "--pgdata", str(data), "--mode", "immediate")


def _run(program: str, *arguments: str) -> None:
    """Run one of the server's programs, which refuse to run as root."""
    command = [str(programs() / program), *arguments]
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    # a server that goes on keeps what it inherits open, so nothing is piped
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")


def _hand_over(directory: Path) -> None:
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(directory, owner.pw_uid, owner.pw_gid)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
