"""What other people wrote, made fit to be shown: on one line, without keys, signatures, identifiers and people's codes.

Netvisor's own words are shown to the user, and some of them echo the string that was signed. The names of elements,
streams and files come from outside too.
"""

from __future__ import annotations

import base64
import html
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import unquote

REDACTED = "[left out]"
LONGEST_TEXT = 6000
"""Characters that are looked at; fewer than a tenth of them are shown."""
LONGEST_NAME = 60
MOST_NAMES = 20
LONGEST_SECRET = 500
"""Characters of a secret that are looked for; what follows them without a blank is taken for the rest of it."""
LONG = 16
"""Characters from which on a secret is found where something divides it, and in its other spellings."""

_MARKUP = re.compile(r"<[^>]{0,200}>")
_SIGNED_STRING = re.compile(r"(?i)(?::\s*)?https?://\S*.*?(?=\s::\s|\Z)", re.DOTALL)
_SIGN = "[-+\u2010-\u2015\u2043\u2212~]"
_GAP = r"[\s._/]{0,3}"
"""What may stand between the parts of a code."""
_DAY = rf"(?<!\d)(?:0[1-9]|[12]\d|3[01]){_GAP}(?:0[1-9]|1[0-2]){_GAP}"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # hexadecimal: keys, MACs, identifiers
        r"[0-9a-f]{24,}|(?:[0-9a-f]{2}[:-]){11,}[0-9a-f]{2}|\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?",
        r"(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{16,}",
        # account numbers of banks, in fours or divided in any way
        r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b",
        r"\b(?-i:[A-Z]{2}|fi)(?:[\s._/-]{0,3}\d){2}(?:[\s._/-]{0,3}[A-Z]{4})?(?:[\s._/-]{0,3}\d){10,20}",
        # personal identity codes: a day, the century's sign, a number and a check character
        rf"{_DAY}(?:18|19|20)\d\d{_GAP}(?:{_SIGN}|[A-FU-Y]){_GAP}\d{{3}}{_GAP}[0-9A-Y]",
        rf"(?<!\d)\d\d{_GAP}\d\d{_GAP}\d\d{_GAP}(?:{_SIGN}|[A-FU-Y]){_GAP}\d{{3}}{_GAP}[0-9A-Y]",
        # the sign may be lost, or be what stands between
        r"(?<!\d)\d{6}[_/]?\d{3}[A-Y](?![A-Z])",
        rf"{_DAY}\d\d[\s._/]{{1,3}}\d{{3}}{_GAP}[0-9A-Y](?![A-Z\d])",
    )
)
_BASE64 = re.compile(r"(?=\S*\d)(?=\S*[A-Z])(?=\S*[a-z])[A-Za-z0-9+/_-]{32,}={0,2}")
_secrets: dict[str, re.Pattern[str]] = {}


def register_secret(*values: str | None) -> None:
    """Values that nothing may show, whatever Netvisor writes: keys, identifiers, the sender's names."""
    for value in values:
        if value and len(value) >= 4 and value not in _secrets:
            # in any casing; a long one also where markup, blanks or line breaks divide it
            between = r"[\W_]*" if len(value) >= LONG else ""
            known, rest = value[:LONGEST_SECRET], r"\S*" if len(value) > LONGEST_SECRET else ""
            forms = [between.join(map(re.escape, known)) + rest]
            if len(value) > 8:
                packed = base64.b64encode(known.encode("utf-8", "replace")).decode().rstrip("=")
                packed = packed[: LONGEST_SECRET // 3 * 4] if rest else packed
                forms += [re.escape(packed) + rest, re.escape(packed.replace("+", "-").replace("/", "_")) + rest]
            _secrets[value] = re.compile("|".join(forms), re.IGNORECASE)


def safe_text(text: str, limit: int = 300) -> str:
    """Netvisor's words on one line, without what nobody else should read.

    Args:
        text: as it came.
        limit: characters that are shown.
    """
    if len(text) > LONGEST_TEXT:
        # what the cut divides is not shown either
        text = text[: LONGEST_TEXT - 200]
    text = _SIGNED_STRING.sub(" [signed string left out]", _MARKUP.sub(" ", _one_line(_plain(text))))
    text = _one_line(text)
    for secret in sorted(_secrets, key=len, reverse=True):
        text = _secrets[secret].sub(REDACTED, text)
    for pattern in (*_PATTERNS, _BASE64):
        text = pattern.sub(REDACTED, text)
    text = _one_line(text)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def shown_names(names: Iterable[str]) -> str:
    """Names from outside, sorted, as a list for a sentence: not too many, none too long, none with a code in it."""
    ordered = sorted(names)
    told = [_safe_name(name) for name in ordered[:MOST_NAMES]]
    more = f" and {len(ordered) - MOST_NAMES} more" if len(ordered) > MOST_NAMES else ""
    return ", ".join(told) + more


def _safe_name(name: str) -> str:
    # no field of Netvisor's has a number of six digits in its name; identity codes and account numbers have
    return REDACTED if re.search(r"\d{6}", re.sub(r"[\W_]", "", name)) else safe_text(name, LONGEST_NAME) or "(no name)"


def _plain(text: str) -> str:
    """The text as it reads: without escapes and invisible characters, and every letter in its usual form."""
    plain = unicodedata.normalize("NFKC", unquote(html.unescape(text)))
    return "".join(c for c in plain if unicodedata.category(c) != "Cf")


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
