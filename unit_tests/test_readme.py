"""README.md: the tree names what is there, and all of the connector."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def tree() -> list[tuple[str, str]]:
    """Folder and name of every entry of the tree."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = text.partition("## The tree")[2].partition("```\n")[2].partition("```")[0]
    found = []
    folder = ""
    for line in block.splitlines():
        names = re.split(r"\s{2,}|(?<=\S) (?=[A-Z])", line.strip(), maxsplit=1)[0]
        if not line.startswith(" "):
            folder = ""
        entries = re.findall(r"(?<![\w*/.-])(?:[\w*/.-]*(?:/|\.\w+)|Dockerfile)(?![\w*/.-])", names)
        found += [(folder, name) for name in entries]
        if not line.startswith(" ") and names.endswith("/"):
            folder = names
    return found


def test_everything_in_the_tree_exists() -> None:
    assert len(tree()) > 30
    missing = [folder + name for folder, name in tree() if not list(ROOT.glob(folder + name))]
    assert missing == []


def test_the_tree_has_every_part_of_the_connector() -> None:
    named = {name.rstrip("/") for folder, name in tree() if folder == "source_netvisor/"}
    parts = {path.name for path in (ROOT / "source_netvisor").iterdir()} - {"__init__.py", "__pycache__", "py.typed"}
    assert parts - named == set()
