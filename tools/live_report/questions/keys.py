"""What a call for details gets: one key, several, and keys that do not exist."""

from __future__ import annotations

from tools.live_report.document import name_of, text_of
from tools.live_report.netvisor import Answer
from tools.live_report.questions.finding import Company, Finding

NOBODY = "999999999999"
"""A key that no document has."""
INVOICE = {"pdfimage": "nopdf"}


def one_key(company: Company) -> Finding:
    """The details of one sales invoice."""
    name, question = "one_key", "Are the details of one key inside the wrapper of several?"
    for label, resource, parameter, record in _DETAILS:
        keys = company.sweep.keys(label)
        if not keys:
            continue
        answer = company.netvisor.ask(resource, {**_extra(resource), parameter: keys[0]})
        if answer.ok and answer.document is not None:
            rows = list(answer.document.find((record,)))
            if rows:
                bare = name_of(rows[0].getparent()) == name_of(answer.document.root)
                return Finding(name, question, "bare" if bare else "wrapped", f"one key of {resource}")
    return Finding(name, question, "", "no document with details")


_DETAILS = (
    ("salesinvoicelist.nv", "getsalesinvoice.nv", "netvisorkeylist", "SalesInvoice"),
    ("purchaseinvoicelist.nv", "getpurchaseinvoice.nv", "netvisorkeylist", "PurchaseInvoice"),
    ("customerlist.nv", "getcustomer.nv", "idlist", "Customer"),
)


def _extra(resource: str) -> dict[str, str]:
    if resource == "getpurchaseinvoice.nv":
        return {"version": "2", "omitattachments": "true"}
    return INVOICE if resource == "getsalesinvoice.nv" else {}


def line_wrappers(company: Company) -> Finding:
    """Documents with several lines."""
    name, question = "line_wrappers", "Is there one wrapper around all lines of a document, or one around each?"
    for resource, record, line in (
        ("getsalesinvoice.nv", "SalesInvoice", "SalesInvoiceProductLine"),
        ("getpurchaseinvoice.nv", "PurchaseInvoice", "PurchaseInvoiceLine"),
        ("getpurchaseorder.nv", "PurchaseOrder", "PurchaseOrderProductLine"),
    ):
        for row in company.rows(resource, record):
            lines = [one for one in row.iter() if isinstance(one.tag, str) and name_of(one) == line.lower()]
            if len(lines) > 1:
                wrappers = len({one.getparent() for one in lines})
                return Finding(name, question, "each" if wrappers == len(lines) else "one", f"a document of {resource}")
    return Finding(name, question, "", "no document with several lines")


def unknown_key(company: Company) -> Finding:
    """A key that nobody has: alone, and beside one that there is."""
    name, question = "unknown_key", "What does a key get that does not exist any more?"
    alone = company.netvisor.ask("getsalesinvoice.nv", {**INVOICE, "netvisorkey": NOBODY})
    by_itself = _kind(alone)
    keys = company.sweep.keys("salesinvoicelist.nv")
    if not keys:
        return Finding(name, question, by_itself, "getsalesinvoice.nv, the key alone; no invoice to ask for beside it")
    batch = company.netvisor.ask("getsalesinvoice.nv", {**INVOICE, "netvisorkeylist": f"{keys[0]},{NOBODY}"})
    together = _kind(batch, len(keys[:1]))
    answer = "error_for_batch" if together == "error" else by_itself
    how = f"getsalesinvoice.nv: alone {_word(by_itself)}; beside another key {_word(together)}"
    return Finding(name, question, answer, how)


def _kind(answer: Answer, expected: int = 0) -> str:
    if not answer.ok or answer.document is None:
        return "error" if answer.frame else ""
    rows = list(answer.document.find(("SalesInvoice",)))
    return "empty" if len(rows) > expected else "left_out"


def _word(kind: str) -> str:
    return {"error": "an error", "empty": "an empty element", "left_out": "nothing", "": "no answer"}[kind]


def summed_reply_options(company: Company) -> Finding:
    """All options of getcustomer.nv at once."""
    name, question = "summed_reply_options", "May the reply options of getcustomer.nv be summed up?"
    keys = company.sweep.keys("customerlist.nv")
    if not keys:
        return Finding(name, question, "", "no customers")
    answer = company.netvisor.ask("getcustomer.nv", {"idlist": keys[0], "replyoption": "15"})
    plain = company.sweep.answer("getcustomer.nv")
    if answer.ok:
        return Finding(name, question, "accepted", "a customer with replyoption=15")
    return Finding(name, question, "refused" if plain else "", f"a customer with replyoption=15: {answer.code}")


def encoded_commas(company: Company) -> Finding:
    """Two keys with an encoded comma, signed as it is sent."""
    name, question = "encoded_commas", "May the commas between keys be percent-encoded?"
    keys = company.sweep.keys("customerlist.nv")
    if len(keys) < 2 or company.sweep.answer("getcustomer.nv") is None:
        return Finding(name, question, "", "fewer than two customers, or no details of them")
    answer = company.netvisor.ask("getcustomer.nv", {"idlist": f"{keys[0]},{keys[1]}"}, encode_commas=True)
    if answer.ok and answer.document is not None:
        rows = list(answer.document.find(("Customer",)))
        return Finding(name, question, "accepted" if len(rows) > 1 else "refused", "two customers")
    return Finding(name, question, "refused", f"two customers: {answer.code}")


def wrappers_of_nothing(company: Company) -> Finding:
    """Elements that wrap something in one record and stand empty, or not at all, in another of the same resource."""
    name, question = "empty_wrappers", "Is a wrapper around nothing an empty element, or missing?"
    missing = False
    for facts in company.sweep.facts.values():
        for definition in company.sweep.definitions_of(facts.resource):
            rows = company.rows(facts.resource, *definition.source.record)
            wrappers = {
                (name_of(one.getparent()), name_of(one))
                for row in rows
                for one in row.iter()
                if one is not row and len(one) and not one.attrib and len({name_of(child) for child in one}) == 1
            }
            for parent, wrapper in wrappers:
                for place in (one for row in rows for one in row.iter() if name_of(one) == parent and len(one)):
                    inside = [one for one in place if name_of(one) == wrapper]
                    missing = missing or not inside
                    if any(not len(one) and not text_of(one) and not (one.text or "").strip() for one in inside):
                        return Finding(name, question, "empty", f"a wrapper in {facts.resource} is an empty element")
    return Finding(name, question, "absent" if missing else "", "wrappers that other records of the resource have")


QUESTIONS = (one_key, line_wrappers, unknown_key, summed_reply_options, encoded_commas, wrappers_of_nothing)
