"""Finnish Business IDs (Y-tunnus): seven digits, a dash and a check digit."""

from __future__ import annotations

import re

WEIGHTS = (7, 9, 10, 5, 8, 4, 2)
_NOTATION = re.compile(r"(?:FI)?([0-9]{7})-?([0-9])", re.IGNORECASE)


class NotABusinessId(ValueError):
    """The text says what is wrong, and what to do."""


def parse(text: str) -> str:
    """The Business ID as `1234567-8`; `12345678` and the VAT number `FI12345678` mean the same.

    Raises:
        NotABusinessId: another notation, or a check digit that does not match (weights 7 9 10 5 8 4 2, modulo 11).
    """
    found = _NOTATION.fullmatch(text.strip())
    if not found:
        raise NotABusinessId("it is not seven digits, a dash and a check digit; write it as in 1967543-8.")
    digits, check = found.groups()
    rest = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11
    if rest == 1 or int(check) != (11 - rest) % 11:
        raise NotABusinessId("its check digit does not match; look for a mistyped digit.")
    return f"{digits}-{check}"


def find(text: str) -> str | None:
    """The first valid Business ID in a text, as in a source's name; None where there is none."""
    for found in re.finditer(r"(?<![0-9])[0-9]{7}-[0-9](?![0-9])", text):
        try:
            return parse(found.group())
        except NotABusinessId:
            continue
    return None
