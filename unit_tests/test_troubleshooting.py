"""Each message that docs/troubleshooting.md explains is one that the connector may write."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENOUGH = 12
"""Characters of a quote that have to stand in the code."""


def messages() -> Iterator[list[str | None]]:
    """Every text in the connector's code as its constant parts, None where something is put in."""
    for file in (ROOT / "source_netvisor").rglob("*.py"):
        nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
        # docstrings, and the constant parts of texts with something put in, are no messages of their own
        parts_of_others = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
        parts_of_others |= {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
        for node in nodes:
            if id(node) in parts_of_others:
                continue
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                # what is filled in later stands in braces
                parts = re.split(r"\{\w+\}", node.value)
                yield [part for one in parts for part in (one, None)][:-1]
            elif isinstance(node, ast.JoinedStr):
                parts = [str(part.value) if isinstance(part, ast.Constant) else None for part in node.values]
                yield parts
                if len(parts) > 1 and parts[0] is None and parts[1] is not None:
                    # a sentence that is put behind another one
                    yield [parts[1].lstrip(), *parts[2:]]


def begins(parts: list[str | None], quote: str, known: int = 0) -> bool:
    """Whether the message may begin with the quote, enough characters of it word by word."""
    if not quote:
        return known >= ENOUGH
    if not parts:
        return False
    first, rest = parts[0], parts[1:]
    if first is None:
        return any(begins(rest, quote[length:], known) for length in range(len(quote) + 1))
    same = min(len(first), len(quote))
    return first[:same] == quote[:same] and begins(rest, quote[same:], known + same)


def quotes() -> list[str]:
    """The first cell of each row of a table, and each heading that is a quotation."""
    page, _, _ = (ROOT / "docs/troubleshooting.md").read_text(encoding="utf-8").partition("## No message")
    return re.findall(r"^(?:\| |### )`([^`]+)`", page, flags=re.MULTILINE)


def test_quoted_messages_occur_in_the_code() -> None:
    known = [parts for parts in messages() if sum(len(part) for part in parts if part) >= ENOUGH]
    # a placeholder at the end of a quote stands for the rest of the message
    plain = {quote: re.sub(r"<[^<>]*>$", "", quote) for quote in quotes()}
    assert len(plain) > 60
    assert [quote for quote, words in plain.items() if not any(begins(parts, words) for parts in known)] == []
