"""Netvisor's element and attribute names -> property names.

The casing in Netvisor's documents cannot be trusted, so names are compared squashed: in lower case, without anything
but letters and digits. `NetvisorKey`, `Netvisorkey` and the property `netvisor_key` are all `netvisorkey`.
"""

from __future__ import annotations

import re
from functools import lru_cache

LANGUAGES = {"fi": "fi", "fin": "fi", "en": "en", "eng": "en", "sv": "sv", "se": "sv", "swe": "sv"}
"""Language tag -> the one that properties end in. Netvisor writes both `se` and `sv` for Swedish."""

_LANGUAGE_ATTRIBUTES = ("language", "iso639", "iso3166", "iso319")
_NOTATION_VALUES = frozenset(
    {
        "ansi", "iso4217", "iso3166", "iso6391", "finnishidentifier", "percentage", "netvisor", "isco", "keva",
        "base64", "name", "customer",
    }
)  # fmt: skip
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_VAT = re.compile(r"VAT(?=[a-z])")
"""`VATpayable`, `SalesVATdebt`: the one abbreviation that a small letter may follow."""


def local_name(tag: str) -> str:
    """The name without a namespace; Netvisor uses none so far."""
    return tag.rpartition("}")[2]


@lru_cache(maxsize=4096)
def squash(name: str) -> str:
    """The form in which names are compared."""
    return _NOT_ALPHANUMERIC.sub("", local_name(name).lower())


_OTHER_SPELLINGS = {
    "ispartialvatreducedprivileged": "ispartialvatreduceprivileged",
    "includeaddresssinforeignpayments": "includeaddressinforeignpayments",
    "dimensiondetailnamenetvisorkey": "dimensiondetailnetvisorkey",
}
"""Names that clients' code spells in two ways (getvendor.nv, getpurchaseinvoice.nv) -> the one of the schemas."""


def element_name(tag: str) -> str:
    """The squashed name of an element, whichever way Netvisor spells it."""
    name = squash(tag)
    return _OTHER_SPELLINGS.get(name, name)


def snake_case(name: str) -> str:
    """`VoucherNetvisorURI` -> `voucher_netvisor_uri`: the name of an element that no schema knows."""
    words = _WORD_START.sub("_", _VAT.sub("VAT_", local_name(name))).lower()
    words = _NOT_ALPHANUMERIC.sub("_", words).strip("_") or "unnamed"
    return re.sub(r"netvisor_?(key|guid)", r"netvisor_\1", words)


def plurals(squashed: str) -> tuple[str, ...]:
    """The squashed names that an array of such elements may have."""
    forms = [squashed + "s", squashed, squashed + "es"]
    if squashed.endswith("y"):
        forms.insert(0, squashed[:-1] + "ies")
    return tuple(forms)


def plural(name: str) -> str:
    """`voucher_line` -> `voucher_lines`, `history` -> `histories`, `details` -> `details`."""
    if name.endswith("s"):
        return name
    return name[:-1] + "ies" if name.endswith("y") else name + "s"


def is_language_attribute(name: str) -> bool:
    """Whether an attribute may say the language of its element's text (`ISO639-1Code`, `foreignnamelanguage`, ...)."""
    squashed = squash(name)
    return any(mark in squashed for mark in _LANGUAGE_ATTRIBUTES)


def language_ending(value: str) -> str:
    """`sv` for a language attribute's `SE`: how the property of a text in that language ends."""
    return LANGUAGES.get(value.strip().lower(), squash(value))


def is_notation(attribute: str, value: str) -> bool:
    """Whether an attribute only describes how the value is written (`format="ansi"`, `type="ISO-4217"`)."""
    squashed = squash(attribute)
    return squashed == "format" or (squashed == "type" and squash(value) in _NOTATION_VALUES)
