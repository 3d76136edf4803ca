"""A pipe on the command line: read once, kept in memory, and never waited for without an end."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from source_netvisor.protocol import piped_file


@pytest.fixture
def pipe(tmp_path: Path) -> str:
    os.mkfifo(tmp_path / "pipe")
    return str(tmp_path / "pipe")


def write(pipe: str, *parts: bytes) -> threading.Thread:
    def run() -> None:
        with open(pipe, "wb", buffering=0) as file:
            for part in parts:
                file.write(part)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize("parts", [(b"{}",), (b'{"a":', b' "b"}'), (), (b"x" * 3_000_000, b"y" * 1_000_000)])
def test_what_was_in_the_pipe_can_be_read_twice(pipe: str, parts: tuple[bytes, ...]) -> None:
    writer = write(pipe, *parts)
    path = piped_file.readable_again(pipe, 5)
    writer.join()
    assert Path(path).read_bytes() == Path(path).read_bytes() == b"".join(parts)
    assert Path(path).stat().st_nlink == 0, "no name on any disk"


def test_a_pipe_that_nobody_writes_to(pipe: str) -> None:
    with pytest.raises(piped_file.PipeUnreadable, match="to which nobody has written for 0 seconds"):
        piped_file.readable_again(pipe, 0.3)


def test_only_pipes_are_pipes(pipe: str, tmp_path: Path) -> None:
    assert piped_file.is_pipe(pipe)
    assert not any(map(piped_file.is_pipe, (str(tmp_path), "/dev/null", "/nowhere", "")))
