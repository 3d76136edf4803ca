"""One field of the form at a time: what Airbyte hands over -> the value, or the sentence that says what is wrong.

Every function takes the value as `cleaned` gives it, None where it is left out or empty.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from source_netvisor import menus
from source_netvisor.config import credentials
from source_netvisor.errors import PARTNER_SEARCH_KEY

DEFAULT_BASE_URL = "https://integration.netvisor.fi"
EARLIEST_START = date(1950, 1, 1)
"""The earliest year that any resource documents (`year` of accountingbudgetaccountlist.nv)."""
LONGEST_TEXT = 500
"""Characters of a text; more than any name, identifier, key or address has."""
_BUSINESS_ID = re.compile(r"(?:FI[ -]?)?([0-9]{7})[-\u2010-\u2015\u2212]?([0-9])", re.IGNORECASE)
"""With the dash or without, as a VAT number, and with a dash that a word processor has made longer."""
_HOST = re.compile(r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?|[0-9a-f:.]*:[0-9a-f:.]*")
"""A name of labels as DNS has them, or an address of either kind."""
_COPY = f"copy it from Netvisor, {menus.API_IDENTIFIERS}."


class Mistake(ValueError):
    """What is wrong with a value, and what to do, as the rest of a sentence that begins with the field's title."""


def cleaned(value: Any) -> Any:
    """The value without blanks and invisible characters around it; None where nothing is left."""
    if not isinstance(value, str):
        return value
    start, end = 0, len(value)
    while start < end and _is_blank(value[start]):
        start += 1
    while start < end and _is_blank(value[end - 1]):
        end -= 1
    return value[start:end] or None


def _is_blank(character: str) -> bool:
    # what a word processor puts around a text: spaces of every width, marks of byte order and direction
    return character.isspace() or unicodedata.category(character) == "Cf"


def text(value: Any, fix: str) -> str:
    """A text that has to be there.

    Args:
        value: as `cleaned` gives it.
        fix: what to give instead, as the end of a sentence.

    Raises:
        Mistake: it is none, or too long.
    """
    if value is None:
        raise Mistake(f"it is missing; {fix}")
    if not isinstance(value, str):
        raise Mistake(f"it must be a text; {fix}")
    if len(value) > LONGEST_TEXT:
        raise Mistake(f"it is longer than {LONGEST_TEXT} characters; {fix}")
    return value


def company_name(value: Any) -> str:
    """On one line, since it stands in the first line of the log."""
    fix = "type your own name for this company."
    name = "".join(c if c.isprintable() else " " for c in text(value, fix))
    return text(" ".join(name.split()) or None, fix)


def business_id(value: Any) -> str:
    """As `1967543-8`, however it was written; its check digit is right."""
    fix = "give the company's Y-tunnus, as in 1234567-1."
    found = _BUSINESS_ID.fullmatch(text(value, fix))
    if not found:
        raise Mistake(f"it is not seven digits, a dash and a check digit; {fix}")
    digits, check_digit = found.groups()
    rest = sum(int(digit) * weight for digit, weight in zip(digits, (7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    if rest == 1 or int(check_digit) != (11 - rest) % 11:
        raise Mistake("its check digit does not match; look for a mistyped digit.")
    return f"{digits}-{check_digit}"


def start_date(value: Any, today: date) -> date:
    """The default is 1 January two calendar years back.

    Args:
        value: of this field.
        today: in Finland.
    """
    if value is None:
        return date(today.year - 2, 1, 1)
    fix = "give a day as YYYY-MM-DD, for example 2024-01-01."
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise Mistake(f"it is not a date; {fix}")
    try:
        start = date.fromisoformat(value)
    except ValueError:
        raise Mistake(f"there is no such day; {fix}") from None
    if start > today:
        raise Mistake("it is in the future; give today or an earlier day.")
    if start < EARLIEST_START:
        raise Mistake(f"it is before {EARLIEST_START}; give a later day.")
    return start


def search_key(value: Any) -> None:
    """It stands in the form to be copied, so there is nothing to read."""
    if value != PARTNER_SEARCH_KEY:
        raise Mistake(f"it is fixed; remove the field or set it to {PARTNER_SEARCH_KEY}.")


def api_user_id(value: Any) -> str:
    """Who calls."""
    return _unless(credentials.problem_of_user_id, _credential(value, _COPY))


def api_key(value: Any, user_id: Any) -> str:
    """What signs.

    Args:
        value: of this field.
        user_id: of the field for the API User ID, by which a swap is noticed.
    """
    other = user_id if isinstance(user_id, str) else ""
    return _unless(lambda key: credentials.problem_of_key(key, other), _credential(value, _COPY))


def partner(value: Any, name: str, environment: Mapping[str, str]) -> str:
    """One of the software partner's credentials, from the form or else from the environment."""
    variable = "NETVISOR_" + name.upper()
    if value is not None:
        return _credential(value, f"correct it, or remove it and set {variable} in the environment.")
    value = cleaned(environment.get(variable))
    if value is not None:
        return _credential(value, f"correct the environment variable {variable}.")
    raise Mistake(
        f"it is missing, and the environment variable {variable} is not set either; use the credentials that Netvisor "
        "gave the software partner."
    )


def base_url(value: Any) -> str:
    """Scheme and host, without a slash at the end."""
    fix = f"use {DEFAULT_BASE_URL}, or https://isvapi.netvisor.fi for Netvisor's test environment."
    if value is None:
        return DEFAULT_BASE_URL
    address = _credential(value, fix).rstrip("/")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise Mistake(f"it is not a web address; {fix}") from None
    name = parts.hostname or ""
    if parts.scheme not in ("https", "http") or not _HOST.fullmatch(name):
        raise Mistake(f"it is not a web address; {fix}")
    if parts.path or parts.query or parts.fragment or parts.username or parts.password:
        raise Mistake(f"it must be the scheme and the host only; {fix}")
    if parts.scheme == "http" and name not in ("localhost", "127.0.0.1", "::1"):
        raise Mistake(f"plain http would show the data to the network; {fix}")
    host = f"[{name}]" if ":" in name else name
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def choice(value: Any, choices: tuple[str, ...]) -> str:
    """One of the choices, in any casing; the first where nothing is given."""
    if value is None:
        return choices[0]
    for one in choices:
        if isinstance(value, str) and value.casefold() == one.casefold():
            return one
    raise Mistake(f"it must be one of {', '.join(choices)}.")


def whole_number(value: Any, default: int, lowest: int, highest: int) -> int:
    """A number within its limits, both included."""
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise Mistake(f"it must be a whole number from {lowest} to {highest}.")
    return value


def flag(value: Any) -> bool:
    """True or false; false where nothing is given."""
    if value is None:
        return False
    if not isinstance(value, bool):
        raise Mistake("it must be true or false.")
    return value


def _credential(value: Any, fix: str) -> str:
    return _unless(lambda given: credentials.problem_of_any(given, fix), text(value, fix))


def _unless(problem_of: Callable[[str], str | None], value: str) -> str:
    problem = problem_of(value)
    if problem:
        raise Mistake(problem)
    return value
