"""Netvisor's element and attribute names -> property names.

The casing in Netvisor's documents cannot be trusted, so names are compared in a normal form: in lower case, and without
what joins words. `NetvisorKey`, `Netvisorkey` and the property `netvisor_key` are all `netvisorkey`. Letters are
letters, ASCII or not: `Sortä` is not `Sort`.
"""

from __future__ import annotations

import re
from functools import lru_cache

LANGUAGES = {"fi": "fi", "fin": "fi", "en": "en", "eng": "en", "sv": "sv", "se": "sv", "swe": "sv"}
"""Language tag -> the one that properties end in. Netvisor writes both `se` and `sv` for Swedish."""

_LANGUAGE_ATTRIBUTES = ("language", "iso639", "iso3166", "iso319")
_BETWEEN_WORDS = re.compile(r"[\x00-\x2f\x3a-\x60\x7b-\x7f]+")
"""The ASCII characters that are no letter in lower case, and no digit."""
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_VAT = re.compile(r"VAT(?=[a-z])")
"""`VATpayable`, `SalesVATdebt`: the one abbreviation that a small letter may follow."""


def local_name(tag: str) -> str:
    """The name without a namespace; Netvisor uses none so far."""
    return tag.rpartition("}")[2]


@lru_cache(maxsize=4096)
def normalize(name: str) -> str:
    """The form in which names are compared."""
    return _BETWEEN_WORDS.sub("", local_name(name).lower())


_OTHER_SPELLINGS = {
    "ispartialvatreducedprivileged": "ispartialvatreduceprivileged",
    "includeaddresssinforeignpayments": "includeaddressinforeignpayments",
    "dimensiondetailnamenetvisorkey": "dimensiondetailnetvisorkey",
}
"""Names that clients' code spells in two ways (getvendor.nv, getpurchaseinvoice.nv) -> the one of the schemas."""


def element_name(tag: str) -> str:
    """The normal form of an element's name, whichever way Netvisor spells it."""
    name = normalize(tag)
    return _OTHER_SPELLINGS.get(name, name)


@lru_cache(maxsize=4096)
def snake_case(name: str) -> str:
    """`VoucherNetvisorURI` -> `voucher_netvisor_uri`: the name of an element that no schema knows."""
    words = _WORD_START.sub("_", _VAT.sub("VAT_", local_name(name))).lower()
    words = _BETWEEN_WORDS.sub("_", words).strip("_") or "unnamed"
    return re.sub(r"netvisor_?(key|guid)", r"netvisor_\1", words)


@lru_cache(maxsize=4096)
def plurals(normal: str) -> tuple[str, ...]:
    """The names, in their normal form, that an array of such elements may have."""
    forms = [normal + "s", normal, normal + "es"]
    if normal.endswith("y"):
        forms.insert(0, normal[:-1] + "ies")
    return tuple(forms)


def is_language_attribute(name: str) -> bool:
    """Whether an attribute may say the language of its element's text (`ISO639-1Code`, `foreignnamelanguage`, ...)."""
    normal = normalize(name)
    return any(mark in normal for mark in _LANGUAGE_ATTRIBUTES)


def language_ending(value: str) -> str:
    """How the property of a text in that language ends: `sv` for `SE`, `fi` for `fi-FI`; empty where none is said."""
    language = re.split("[-_]", value.strip().lower())[0]
    return LANGUAGES.get(language, normalize(language))
