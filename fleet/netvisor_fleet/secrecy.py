"""Keys that nothing may show, and texts of others without them."""

from __future__ import annotations

import hashlib

LEFT_OUT = "[left out]"
LONGEST = 400
_kept: set[str] = set()


def keep(value: str) -> None:
    """From now on `safe` leaves this value out."""
    if len(value) >= 4:
        _kept.add(value)


def safe(text: str, limit: int | None = LONGEST) -> str:
    """A text from outside, on one line, without any key that was kept.

    Args:
        text: as it came.
        limit: characters that are shown; None for all.
    """
    for value in sorted(_kept, key=len, reverse=True):
        text = text.replace(value, LEFT_OUT)
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if limit is None or len(line) <= limit else line[: limit - 1] + "…"


def fingerprint(*values: str) -> str:
    """Tells whether keys have changed, and nothing else: 48 bits of a SHA-256, from which no key can be found again."""
    return hashlib.sha256("\n".join(values).encode()).hexdigest()[:12]
