"""Writes poetry.lock from pyproject.toml through the package index that pip is set up to use.

`poetry lock` reads each release's metadata from an interface that only the public index has; a mirror or a proxy often
serves no more than the simple interface, the one that pip needs. This asks the simple interface and then leaves its
address out, so the lock file is the one that `poetry lock` writes where both are to be had: it names no host.

Run by `make lock` and `make fleet-lock`, with the Python that Poetry is installed in, and the folder of pyproject.toml.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import tomlkit
from pip._internal.models.index import PyPI
from poetry.packages.locker import Locker

SOURCE = re.compile(r'\[package\.source\]\ntype = "legacy"\nurl = "[^"]*"\nreference = "[^"]*"\n\n')
CONTENT_HASH = re.compile(r'^content-hash = "[0-9a-f]+"$', re.MULTILINE)


def index_address() -> str:
    """The simple index that pip uses here: its `index-url` setting, else its built-in default."""
    answer = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or PyPI.simple_url


def relock(folder: Path) -> None:
    """Resolves in a scratch directory and puts the lock file in place only when everything went well.

    Args:
        folder: where pyproject.toml is, and poetry.lock goes.

    Raises:
        CalledProcessError: Poetry could not resolve the dependencies; it has printed why.
    """
    pyproject = (folder / "pyproject.toml").read_text(encoding="utf-8")
    source = f'\n[[tool.poetry.source]]\nname = "index"\nurl = "{index_address()}"\npriority = "primary"\n'
    with tempfile.TemporaryDirectory() as directory:
        scratch = Path(directory)
        (scratch / "pyproject.toml").write_text(pyproject + source, encoding="utf-8")
        if (folder / "poetry.lock").exists():
            shutil.copy(folder / "poetry.lock", scratch)
        subprocess.run([sys.executable, "-m", "poetry", "lock", "--no-interaction"], cwd=scratch, check=True)
        lock = SOURCE.sub("", (scratch / "poetry.lock").read_text(encoding="utf-8"))
        content_hash = Locker(scratch / "poetry.lock", tomlkit.parse(pyproject).unwrap())._get_content_hash()
    lock = CONTENT_HASH.sub(f'content-hash = "{content_hash}"', lock)
    if "://" in re.sub(r'^description = ".*"$', "", lock, flags=re.MULTILINE):
        sys.exit("The lock file names an address; poetry.lock is left as it was.")
    (folder / "poetry.lock").write_text(lock, encoding="utf-8")


if __name__ == "__main__":
    relock(Path(sys.argv[1]))
