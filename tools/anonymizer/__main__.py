"""`python -m tools.anonymizer reply.xml [more.xml ...] --into folder`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.anonymizer.anonymizer import Anonymizer


def main(argv: Sequence[str] | None = None) -> int:
    """Anonymises files together, so that a key stays the same key in all of them."""
    parser = argparse.ArgumentParser(prog="python -m tools.anonymizer", description=__doc__)
    parser.add_argument("replies", nargs="+", type=Path, help="recorded replies")
    parser.add_argument("--into", type=Path, required=True, help="the folder that the new files go to")
    parser.add_argument(
        "--keep",
        nargs="*",
        default=[],
        metavar="WORD",
        help="words that stay, such as documented states: valid deleted",
    )
    chosen = parser.parse_args(argv)
    targets = [chosen.into / path.name for path in chosen.replies]
    if len(set(targets)) < len(targets) or any(target.exists() for target in targets):
        print("A file would be overwritten: give an empty folder, and files of different names.", file=sys.stderr)
        return 2
    texts = [path.read_bytes().decode("utf-8-sig", errors="replace") for path in chosen.replies]
    anonymizer = Anonymizer(keep=chosen.keep)
    for text in texts:
        anonymizer.learn(text)
    chosen.into.mkdir(parents=True, exist_ok=True)
    for target, text in zip(targets, texts, strict=True):
        target.write_bytes(anonymizer.reply(text).encode("utf-8"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
