"""How names, numbers, dates and characters are written."""

from __future__ import annotations

from tools.live_report.document import name_of
from tools.live_report.questions.finding import Company, Finding

MIXED_CASE = ("accountlist.nv", "salesinvoicelist.nv", "accountingledger.nv", "customerlist.nv", "dimensionlist.nv")
"""Resources whose documents print names in mixed case."""
SEEN_NAMES = {
    "getvendor.nv": ("ispartialvatreducedprivileged", "includeaddresssinforeignpayments"),
    "getpurchaseinvoice.nv": ("dimensiondetailnamenetvisorkey",),
}
DOCUMENTED_NAMES = {
    "getvendor.nv": ("ispartialvatreduceprivileged", "includeaddressinforeignpayments"),
    "getpurchaseinvoice.nv": ("dimensiondetailnetvisorkey",),
}
"""Elements that clients' code spells in another way than the documents."""


WITH_POINT = {"financialobligationstatus.nv", "accountingbudgetyearbudget.nv", "accountingbudgetaccountlist.nv"}
"""Resources whose sums are documented with a point, whatever the others have."""


def casing(company: Company) -> Finding:
    """The names of resources that are documented in mixed case."""
    found = {}
    for label in MIXED_CASE:
        facts = company.sweep.facts.get(label)
        if facts and facts.casing:
            found[label] = facts.casing
    answers = set(found.values())
    answer = answers.pop() if len(answers) == 1 else "; ".join(f"{label} {one}" for label, one in found.items())
    return Finding("casing", "In which case are the names of elements?", answer, ", ".join(found) or "no replies")


def decimal(company: Company) -> Finding:
    """Numbers with a comma and numbers with a point."""
    comma, point = set(), set()
    for label, facts in company.sweep.facts.items():
        numbers = {one for found in facts.notations.values() for one in found if not one.lstrip("-").strip("9., ")}
        comma |= {label for one in numbers if "," in one}
        point |= {label for one in numbers if "." in one}
    both = comma & point
    rest = point - WITH_POINT
    answer = "mixed" if both else "comma" if comma and not rest else "point" if rest and not comma else ""
    if comma and rest and not both:
        answer = "differs by resource"
    how = f"a comma in {len(comma)} resources, a point in {len(point)}, both in {len(both)}"
    return Finding("decimal", "Which decimal separator is used?", answer, how)


def notation(company: Company) -> Finding:
    """The dates of accounting periods, and the spelling of the elements that clients spell differently."""
    name, question = "notation", "Are names, attributes and dates written as in the documents?"
    shown: dict[str, str] = {}
    facts = company.sweep.facts.get("accountingperiodlist.nv")
    patterns = {one for element, found in (facts.notations if facts else {}).items() for one in found
                if element.lower().endswith("date")}  # fmt: skip
    if patterns:
        finnish = any("mm.yyyy" in one or "m.yyyy" in one for one in patterns)
        shown["dates of accounting periods"] = "seen" if finnish else "documented"
    for names, kind in ((SEEN_NAMES, "seen"), (DOCUMENTED_NAMES, "documented")):
        for label, spelled in names.items():
            answer = company.sweep.answer(label)
            if answer and answer.document and {name_of(one) for one in answer.document.payload()} & set(spelled):
                shown[f"names of {label}"] = kind
    answers = set(shown.values())
    result = answers.pop() if len(answers) == 1 else "differs" if answers else ""
    return Finding(name, question, result, "; ".join(f"{what}: {kind}" for what, kind in shown.items()) or "no replies")


def illegal_characters(company: Company) -> Finding:
    """Characters that XML 1.0 forbids, in any reply."""
    found = [label for label in company.sweep.facts if (one := company.sweep.answer(label)) and _illegal(one)]
    asked = sum(company.sweep.answer(label) is not None for label in company.sweep.facts)
    answer = "yes" if found else "no" if asked else ""
    how = f"they occur in {', '.join(found)}" if found else f"they occur in none of {asked} replies"
    return Finding("illegal_characters", "Do characters occur that XML forbids?", answer, how)


def _illegal(answer: object) -> bool:
    return bool(getattr(getattr(answer, "document", None), "illegal", False))


def content_type(company: Company) -> Finding:
    """The content type of replies."""
    answers = [one for label in company.sweep.facts if (one := company.sweep.answer(label))]
    found = sorted({one.content_type for one in answers})
    return Finding("content_type", "Which content type have replies?", ", ".join(found), "every reply that says OK")


QUESTIONS = (casing, decimal, notation, illegal_characters, content_type)
