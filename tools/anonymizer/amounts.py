"""Amounts, each times one whole number: what added up still does, to the cent."""

from __future__ import annotations

import re

_DECIMAL = re.compile(r"-?\d[\d \u00a0\u202f]*[.,]\d+")
_WHOLE = re.compile(r"-?\d[\d \u00a0\u202f]*")
_NAMES = re.compile(
    r"sum$|amount$|balance$|debet$|kredit$|price$|payments$|invoiced$|forecast$|total$|value$|cost$|paid$|units$|quantity$"
)


def is_amount(text: str, name: str) -> bool:
    """Whether a value is an amount: it has decimals, or its element's name says so."""
    return bool(_DECIMAL.fullmatch(text) or (_NAMES.search(name) and _WHOLE.fullmatch(text)))


def times(text: str, factor: int) -> str:
    """The amount times the factor, in its notation; it may have a digit more then."""
    separator = "," if "," in text else "." if "." in text else ""
    whole, _, decimals = text.partition(separator) if separator else (text, "", "")
    space = next((one for one in whole if one in " \u00a0\u202f"), "")
    digits = re.sub(r"\D", "", whole)
    scaled = str(int(digits + decimals) * factor).rjust(len(digits) + len(decimals), "0")
    front, back = (scaled[: -len(decimals)], scaled[-len(decimals) :]) if decimals else (scaled, "")
    if space:
        front = f"{int(front):,}".replace(",", space)
    return f"{'-' if text.startswith('-') else ''}{front}{separator}{back}"
