"""Characters replaced by others of their kind."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator

_REFERENCE = re.compile(r"&(?:#[xX]([0-9a-fA-F]+)|#([0-9]+)|\w+);")
_KINDS = ("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "åäö", "ÅÄÖ")


def scrambled(text: str, secret: bytes, attempt: int) -> str:
    """A text of the same length in which letters and digits are others.

    Zeros in front stay, so that a number keeps its length, and so does punctuation. Of `&#228;` a letter stays, of
    `&amp;` everything.

    Args:
        text: the value.
        secret: what the result depends on besides.
        attempt: gives another result for the same text.
    """
    stream = _stream(text, secret, attempt)
    zeros = len(text) - len(text.lstrip("0")) if text.isdecimal() else 0
    parts = [text[:zeros]]
    end = zeros
    for reference in _REFERENCE.finditer(text):
        parts.append("".join(_other(one, next(stream)) for one in text[end : reference.start()]))
        parts.append(_of_reference(reference))
        end = reference.end()
    first = "" if zeros or not text.isdecimal() else _other(text[0], next(stream), leading=True)
    parts.append(first + "".join(_other(one, next(stream)) for one in text[end + len(first) :]))
    return "".join(parts)


def says_nothing(text: str) -> bool:
    """Whether a value is nothing but zeros, punctuation and references: there is nothing to replace in it."""
    return all(one == "0" or (one.isascii() and not one.isalnum()) for one in _REFERENCE.sub("", text))


def _stream(text: str, secret: bytes, attempt: int) -> Iterator[int]:
    block = 0
    while True:
        yield from hmac.new(secret, f"{attempt}:{block}:{text}".encode(), hashlib.sha256).digest()
        block += 1


def _other(character: str, number: int, leading: bool = False) -> str:
    """Another character of the same kind."""
    for kind in _KINDS:
        if character in kind:
            return kind[(kind.index(character) + 1 + number % (len(kind) - 1)) % len(kind)]
    if character.isdecimal():
        digits = "123456789" if leading else "0123456789"
        return digits[number % len(digits)]
    if character.isascii() or character.isspace():
        return character
    if character.isalpha():
        choices = "éè" if character.islower() else "ÉÈ"
        return choices[1] if character == choices[0] else choices[0]
    return "§" if character == "¤" else "¤"


def _of_reference(reference: re.Match[str]) -> str:
    """A reference of the same length: one that XML forbids as it is, any other number to a letter."""
    text, number = reference[0], int(reference[1], 16) if reference[1] else int(reference[2] or 0)
    if number < 33:
        return text
    if reference[1]:
        return f"{text[:3]}{('42' if number == 0x41 else '41').rjust(len(reference[1]), '0')};"
    return f"&#{('66' if number == 65 else '65').rjust(len(reference[2]), '0')};"
