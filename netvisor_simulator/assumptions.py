"""Assumptions about Netvisor: where its documents are silent or contradict each other, each can be played.

A connector has to be right under every combination, so the tests draw them at random (`ApiAssumptions.random`).
`casing`, `illegal_characters`, `failed_with_http_200`, `forbidden_body` and `mac_mismatch` are carried out by the
protocol half (frames.py, server.py, signature.py), all others by the resources.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from random import Random
from typing import Any, Literal


@dataclass(frozen=True)
class ApiAssumptions:
    """One choice for each ambiguity. The defaults are what the documents and public clients make likeliest."""

    date_bounds: Literal["inclusive", "exclusive"] = "inclusive"
    """Do startdate/enddate and begin.../limit... take in documents dated on the bound itself?"""

    modified_bounds: Literal["inclusive", "exclusive"] = "inclusive"
    """The same of lastmodifiedstart/-end and changedsince; by whole days where only a date is given."""

    never_modified: Literal["in", "out"] = "in"
    """Does lastmodifiedstart list documents that were created in the window and never modified since?

    changedsince is documented as new and modified, and lists them under both assumptions.
    """

    one_key: Literal["bare", "wrapped"] = "bare"
    """Details of one key: `<SalesInvoice>` bare, or inside the plural wrapper that a list of keys gets?"""

    line_wrappers: Literal["one", "each"] = "one"
    """One wrapper element around all lines, or one around each line?"""

    list_cap: Literal[100, 500, 1000] | None = None
    """Does salesinvoicelist.nv stop after 500 items (a public client says so, no document), or other numbers?"""

    unknown_key: Literal["empty", "error", "error_for_batch", "left_out"] = "empty"
    """A key that does not exist (any more), in a detail call.

    An empty element; INVALID_DATA where it is the only key; INVALID_DATA for the whole list of keys that it
    stands in; or left out of the reply silently.
    """

    failed_with_http_200: Literal["by_header", "always_200", "always_codes"] = "by_header"
    """The HTTP status of a FAILED frame.

    400, 401, 403 or 500 where the request has UseHTTPResponseStatusCodes 1 and 200 where it has not; always 200
    (as before those codes); or always a code (as Netvisor announced for every partner).
    """

    forbidden_body: bool = True
    """Does a 403 carry the FAILED frame, or no body at all? (A FAILED frame with HTTP 200 always is a frame.)"""

    mac_mismatch: Literal["keys_not_valid", "echo"] = "keys_not_valid"
    """What a wrong MAC is told: that the keys are not valid, or the string that should have been hashed?

    Both texts are recorded, and Netvisor cannot tell a wrong key from a wrong string.
    """

    summed_reply_options: Literal["accepted", "refused"] = "accepted"
    """May the reply options of getcustomer.nv be summed up, as those of other resources may?"""

    credit_loss_filter: Literal["obeyed", "refused", "ignored"] = "obeyed"
    """limitbytype of salespaymentlist.nv: does it leave out what it should?

    It is documented with its two values; that Netvisor takes it beside lastmodified* is not.
    """

    empty_list: Literal["element", "missing"] = "element"
    """An empty list: an empty list element, or no element at all after ResponseStatus?"""

    period_nesting: Literal["inside", "sibling"] = "inside"
    """accountingperiodlist.nv: do the periods stand inside the list's element or beside it?"""

    casing: Literal["documented", "lower", "upper"] = "documented"
    """Element and attribute names as the documents print them, or all in lower or upper case.

    Root, ResponseStatus, Status and TimeStamp are always as documented.
    """

    decimal: Literal["comma", "point", "mixed"] = "comma"
    """The decimal separator; both occur in one recorded reply."""

    notation: Literal["documented", "seen"] = "documented"
    """Names, attributes and dates as the documents print them, or as replies and clients' code show them.

    The two differ in the spelling of five elements, in attributes of six and in the dates of accounting periods
    (resources/notation.py).
    """

    empty_wrappers: Literal["empty", "absent"] = "empty"
    """A wrapper around nothing, inside a record: an empty element, or none?"""

    encoded_commas: Literal["refused", "accepted"] = "refused"
    """Keys in a list with `%2C` between them: two clients send that, and sign it so."""

    illegal_characters: bool = False
    """Do characters and character references that XML 1.0 forbids (`&#x2;`) occur in texts?"""

    empty_balances: Literal["listed", "left_out"] = "listed"
    """accountbalance.nv: is an account of which nothing was ever posted listed with zeros, or not at all?"""

    deleted_payment_is_change: bool = False
    """Does includemodifiedpayments count a payment that was deleted? The article says added or changed."""

    invalidation_is_change: bool = True
    """Does a voucher's change from valid to invalidated count as a modification?"""

    deletions_reach: Literal["days", "hours"] = "days"
    """"At most seven days back": seven days of the calendar, or seven times 24 hours?"""

    @classmethod
    def random(cls, rng: Random) -> ApiAssumptions:
        """One combination, each choice as likely as its neighbours; the same for the same state of `rng`."""
        return cls(**{name: rng.choice(choices) for name, choices in CHOICES.items()})

    @classmethod
    def parse(cls, settings: list[str]) -> ApiAssumptions:
        """ApiAssumptions from `name=choice` texts, as the command line has them; what is not named is the default.

        Raises:
            ValueError: there is no such assumption or no such choice; the message lists those there are.
        """
        chosen: dict[str, Any] = {}
        for setting in settings:
            name, _, text = setting.partition("=")
            if name not in CHOICES:
                raise ValueError(f"no assumption {name!r}; there are: {', '.join(CHOICES)}")
            by_text = {str(choice).lower(): choice for choice in CHOICES[name]}
            if text.lower() not in by_text:
                raise ValueError(f"{name} is one of: {', '.join(by_text)}; not {text!r}")
            chosen[name] = by_text[text.lower()]
        return cls(**chosen)

    def __str__(self) -> str:
        """What differs from the defaults, as `parse` takes it."""
        default = type(self)()
        names = [f.name for f in fields(self) if getattr(self, f.name) != getattr(default, f.name)]
        told = [f"{name}={getattr(self, name)}" for name in names]
        return " ".join(told) or "as documented"


CHOICES: dict[str, tuple[Any, ...]] = {
    "date_bounds": ("inclusive", "exclusive"),
    "modified_bounds": ("inclusive", "exclusive"),
    "never_modified": ("in", "out"),
    "one_key": ("bare", "wrapped"),
    "line_wrappers": ("one", "each"),
    "list_cap": (None, 100, 500, 1000),
    "unknown_key": ("empty", "error", "error_for_batch", "left_out"),
    "failed_with_http_200": ("by_header", "always_200", "always_codes"),
    "forbidden_body": (True, False),
    "mac_mismatch": ("keys_not_valid", "echo"),
    "summed_reply_options": ("accepted", "refused"),
    "credit_loss_filter": ("obeyed", "refused", "ignored"),
    "empty_list": ("element", "missing"),
    "period_nesting": ("inside", "sibling"),
    "casing": ("documented", "lower", "upper"),
    "decimal": ("comma", "point", "mixed"),
    "notation": ("documented", "seen"),
    "empty_wrappers": ("empty", "absent"),
    "encoded_commas": ("refused", "accepted"),
    "illegal_characters": (False, True),
    "empty_balances": ("listed", "left_out"),
    "deleted_payment_is_change": (False, True),
    "invalidation_is_change": (True, False),
    "deletions_reach": ("days", "hours"),
}
"""Every choice of every assumption."""
