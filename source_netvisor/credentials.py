"""What Netvisor's identifiers and keys cannot be: mistakes of copying that are visible without a call.

Netvisor documents no form for them. An identifier in its examples is `XX_11111_222` or a GUID with `_31405` behind it,
a key has 32 hexadecimal digits. So only what cannot be meant is refused: anything else is left to Netvisor.
"""

from __future__ import annotations

import re

from source_netvisor import menus
from source_netvisor.errors import PARTNER_SEARCH_KEY

SHORTEST_KEY = 8
"""A quarter of the keys in Netvisor's examples."""
_QUOTES = "\"'`\u00b4\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb"
_IDENTIFIER = re.compile(r"[A-Za-z]{1,10}_\d+_\d+|\{?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?_\d+")
_BUSINESS_ID = re.compile(r"(?:FI)?\d{7}-?\d", re.IGNORECASE)
_OF_A_KEY = re.compile(r"[A-Za-z0-9+/=_.{}-]+")
_COPY = f"copy it from Netvisor, {menus.API_IDENTIFIERS}."


def problem_of_any(value: str, fix: str) -> str | None:
    """What is wrong with an identifier or a key that is sent in a header or signs one.

    Args:
        value: without blanks around it.
        fix: what to do, as the end of a sentence.
    """
    if value[0] in _QUOTES or value[-1] in _QUOTES:
        return "it has quotation marks around it; remove them."
    if not value.isprintable():
        return f"it has a line break or a control character in it; {fix}"
    try:
        value.encode("iso-8859-1")
    except UnicodeEncodeError:
        return f"it has a character that Netvisor's identifiers cannot have; {fix}"
    return None


def problem_of_user_id(user_id: str) -> str | None:
    """What an API User ID cannot be."""
    if user_id.upper() == PARTNER_SEARCH_KEY:
        return f"it is the Partner Search Key, which is the same for everyone; {_COPY}"
    if _BUSINESS_ID.fullmatch(user_id):
        return f"it is a Business ID; {_COPY}"
    return None


def problem_of_key(key: str, user_id: str) -> str | None:
    """What an API Key cannot be.

    Args:
        key: without blanks around it.
        user_id: the API User ID beside it; empty where it is missing.
    """
    if key == user_id:
        return f"it is the same as the API User ID; {_COPY}"
    if _IDENTIFIER.fullmatch(key):
        if user_id and not _IDENTIFIER.fullmatch(user_id):
            return "it looks like an API User ID: the two seem to be swapped; put each into the other's field."
        return f"it looks like an API User ID; {_COPY}"
    if key.upper() == PARTNER_SEARCH_KEY:
        return f"it is the Partner Search Key, which is the same for everyone; {_COPY}"
    if _BUSINESS_ID.fullmatch(key):
        return f"it is a Business ID; {_COPY}"
    if len(key) < SHORTEST_KEY or not _OF_A_KEY.fullmatch(key):
        return f"it does not look like a key, which is a long row of letters and digits without spaces; {_COPY}"
    return None
