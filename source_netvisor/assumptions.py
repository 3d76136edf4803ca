"""What Netvisor's documents leave open, and what the connector does under either answer.

The connector is right under each of these answers. Where a real company shows one of them (`make live-report`), what
handles the others may go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Assumption:
    """One open question.

    Args:
        name: of the question, as the report and the simulated Netvisor have it.
        question: in words.
        under: answer -> what the connector does under it.
    """

    name: str
    question: str
    under: Mapping[str, str]


ASSUMPTIONS: tuple[Assumption, ...] = (
    Assumption(
        "date_bounds",
        "Do the bounds of a range of dates belong to it?",
        {
            "inclusive": "Ranges are asked with a day more at each end, and what lies outside is left out.",
            "exclusive": "The same: the day more at each end is what brings the days of the bounds.",
        },
    ),
    Assumption(
        "modified_bounds",
        "Do the bounds of changedsince, lastmodifiedstart and lastmodifiedend belong to the range?",
        {
            "inclusive": "Each read begins a day earlier than the last one ended; what is sent twice is recognised.",
            "exclusive": "The same: the day of the bound is among the days asked.",
        },
    ),
    Assumption(
        "never_modified",
        "Does lastmodifiedstart list documents that nobody has modified since they were made?",
        {
            "in": "New documents come with the changes.",
            "out": "New documents come from the comparison of whole lists.",
        },
    ),
    Assumption(
        "invalidation_is_change",
        "Does changedsince list a voucher that was invalidated?",
        {
            "yes": "Invalidated vouchers come with the changes.",
            "no": "Invalidated vouchers come from a list of their own, or from the comparison of whole lists.",
        },
    ),
    Assumption(
        "deletions_reach",
        "Do the seven days of a deletion log mean seven days of the calendar, or seven times 24 hours?",
        {
            "days": "A log is asked for seven days back at most.",
            "hours": "Where that is refused, it is asked for a day less.",
        },
    ),
    Assumption(
        "deleted_payment_is_change",
        "Does includemodifiedpayments list an invoice whose payment was deleted?",
        {
            "yes": "The invoice comes with the changes.",
            "no": "The invoice comes from the comparison of whole lists, since its open sum differs.",
        },
    ),
    Assumption(
        "one_key",
        "Are the details of one key inside the wrapper of several?",
        {
            "bare": "Records are found by their own element, wherever it stands.",
            "wrapped": "The same.",
        },
    ),
    Assumption(
        "line_wrappers",
        "Is there one wrapper around all lines of a document, or one around each?",
        {
            "one": "Lines are found by their own element, and numbered in the order of the document.",
            "each": "The same.",
        },
    ),
    Assumption(
        "list_cap",
        "Is a list of sales invoices cut after a number of rows?",
        {
            "no": "A list of a round number of rows is asked once more above its highest key.",
            "yes": "The list is read on above its highest key until nothing new comes.",
        },
    ),
    Assumption(
        "unknown_key",
        "What does a key get that does not exist any more?",
        {
            "empty": "An empty element has no key and gives no record.",
            "error": "The key is left out; the document's deletion is sent.",
            "error_for_batch": "The list of keys is asked in halves until the key stands alone, and then left out.",
            "left_out": "A key without a record in the reply gives no record.",
        },
    ),
    Assumption(
        "summed_reply_options",
        "May the reply options of getcustomer.nv be summed up?",
        {
            "accepted": "All options are asked for at once.",
            "refused": "Only the turnover of receivables is asked for, and a warning says so.",
        },
    ),
    Assumption(
        "credit_loss_filter",
        "Does limitbytype of salespaymentlist.nv leave out what it should?",
        {
            "obeyed": "The list of credit losses says of each payment whether it is one.",
            "refused": "Payments do not say whether they are credit losses, and a warning says so.",
            "ignored": "The same, seen by a payment that comes with onlycreditloss and with excludecreditloss.",
        },
    ),
    Assumption(
        "failed_with_http_200",
        "Which HTTP status has a FAILED frame?",
        {
            "by_header": "The frame is read first; the HTTP status is used only where there is no frame.",
            "always_200": "The same.",
            "always_codes": "The same.",
        },
    ),
    Assumption(
        "forbidden_body",
        "Has an HTTP 403 a frame?",
        {
            "frame": "The frame's code and words are reported.",
            "empty": "The HTTP status is taken as a blocked resource.",
        },
    ),
    Assumption(
        "mac_mismatch",
        "What is the answer to a wrong signature?",
        {
            "keys_not_valid": "The keys are named as the likely cause.",
            "echo": "The string that Netvisor would have signed is left out of every message.",
        },
    ),
    Assumption(
        "empty_list",
        "Is an empty list an empty element, or missing?",
        {
            "element": "No records.",
            "missing": "No records where the reply is complete and says OK.",
        },
    ),
    Assumption(
        "period_nesting",
        "Do the accounting periods stand inside the element of the locks, or beside it?",
        {
            "inside": "Periods are found by their own element, and left out of the record of the locks.",
            "sibling": "The same.",
        },
    ),
    Assumption(
        "casing",
        "In which case are the names of elements?",
        {
            "documented": "Names are compared without regard to case.",
            "lower": "The same.",
            "upper": "The same.",
        },
    ),
    Assumption(
        "decimal",
        "Which decimal separator is used?",
        {
            "comma": "Both are understood in each number.",
            "point": "The same.",
            "mixed": "The same.",
        },
    ),
    Assumption(
        "notation",
        "Are names, attributes and dates written as in the documents?",
        {
            "documented": "Both spellings of a name lead to one field, and each notation of a date is understood.",
            "seen": "The same; the key of a payment's invoice is a field of its own.",
        },
    ),
    Assumption(
        "empty_wrappers",
        "Is a wrapper around nothing an empty element, or missing?",
        {
            "empty": "The array is empty.",
            "absent": "The array is empty.",
        },
    ),
    Assumption(
        "illegal_characters",
        "Do characters occur that XML forbids?",
        {
            "no": "Replies are looked through for them.",
            "yes": "They are taken out before the reply is read.",
        },
    ),
    Assumption(
        "empty_balances",
        "Does accountbalance.nv list accounts of which nothing was ever posted?",
        {
            "listed": "Their balances are zero.",
            "left_out": "They have no balances.",
        },
    ),
    Assumption(
        "encoded_commas",
        "May the commas between keys be percent-encoded?",
        {
            "refused": "Commas are sent and signed as they are.",
            "accepted": "The same.",
        },
    ),
)
