"""What a refusal looks like, and which time stamps, signatures and languages are refused."""

from __future__ import annotations

from datetime import timedelta

from tools.live_report.netvisor import Answer
from tools.live_report.questions.finding import Company, Finding

REFUSED = (("accountingledger.nv", {}), ("deletedvouchers.nv", {}), ("accountbalance.nv", {}))
"""Calls without a parameter that their documents call mandatory."""
SKEWS = (2, 6, 16, 61, 181, 1441)
"""Minutes by which a time stamp is off."""


def failed_with_http_200(company: Company) -> Finding:
    """A call that lacks a mandatory parameter, with and without the header that asks for HTTP status codes."""
    name, question = "failed_with_http_200", "Which HTTP status has a FAILED frame?"
    for resource, parameters in REFUSED:
        if company.sweep.answer(resource) is None:
            continue
        asked = company.netvisor.ask(resource, dict(parameters))
        if asked.ok or not asked.frame:
            continue
        plain = company.netvisor.ask(resource, dict(parameters), ask_for_codes=False)
        answer = {(False, True): "by_header", (True, True): "always_200", (False, False): "always_codes"}.get(
            (asked.status == 200, plain.status == 200), ""
        )
        how = f"{asked.code} has HTTP {asked.status} with the header, and HTTP {plain.status} without it"
        return Finding(name, question, answer, how)
    return Finding(name, question, "", "no call was refused with a frame")


def forbidden_body(company: Company) -> Finding:
    """Resources that are blocked."""
    name, question = "forbidden_body", "Has an HTTP 403 a frame?"
    refused = [one.answer for one in company.sweep.facts.values() if one.answer and one.answer.status == 403]
    if not refused:
        return Finding(name, question, "", "no resource is blocked with HTTP 403")
    return Finding(name, question, "frame" if refused[0].frame else "empty", "a blocked resource")


def mac_mismatch(company: Company) -> Finding:
    """One call that is signed with another key."""
    name, question = "mac_mismatch", "What is the answer to a wrong signature?"
    answer = company.netvisor.ask("accountlist.nv", wrong_signature=True)
    if answer.ok or not answer.frame:
        return Finding(name, question, "", f"one call with a wrong signature: {answer.code}")
    kind = "echo" if "&" in answer.text else "keys_not_valid"
    return Finding(name, question, kind, f"one call with a wrong signature: {answer.code}, HTTP {answer.status}")


def clock_skew(company: Company) -> Finding:
    """Time stamps that are off, until one is refused."""
    question = "How far may a time stamp be off?"
    parts = []
    for sign, side in ((1, "ahead"), (-1, "behind")):
        taken = 0
        refused = 0
        for minutes in SKEWS:
            answer = company.netvisor.ask("accountlist.nv", skew=timedelta(minutes=sign * minutes))
            if not answer.ok:
                refused = minutes
                break
            taken = minutes
        last = f"refused at {refused} minutes" if refused else "never refused"
        parts.append(f"{side}: accepted up to {taken} minutes, {last}")
    return Finding("clock_skew", question, "; ".join(parts), "accountlist.nv, both time stamps off by the same")


def language_in_lower_case(company: Company) -> Finding:
    """The language header in lower case."""
    answer = company.netvisor.ask("accountlist.nv", language="fi")
    accepted = "accepted" if answer.ok else f"refused, {answer.code}"
    return Finding("language_case", "May the language be given in lower case?", accepted, "accountlist.nv")


def limits(company: Company) -> Finding:
    """Headers that announce a limit."""
    found = sorted(company.netvisor.limits)
    text = f"yes: {', '.join(found)}" if found else "no such header"
    return Finding(
        "limits", "Do limits of calls announce themselves?", text, f"the headers of {company.netvisor.calls} replies"
    )


def codes(company: Company) -> Finding:
    """Codes other than OK, with their HTTP status."""
    answers: list[Answer] = [one.answer for one in company.sweep.facts.values() if one.answer and not one.answer.ok]
    found = sorted({f"{one.code} with HTTP {one.status}" for one in answers})
    return Finding(
        "codes", "Which codes occur, with which HTTP status?", "; ".join(found) or "OK only", "every resource"
    )


QUESTIONS = (
    failed_with_http_200, forbidden_body, mac_mismatch, clock_skew, language_in_lower_case, limits, codes,
)  # fmt: skip
