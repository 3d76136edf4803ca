"""The report as a page that its reader can look through and send on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from source_netvisor.assumptions import ASSUMPTIONS
from tools.live_report.patterns import rows, seconds, size
from tools.live_report.questions import Finding
from tools.live_report.sweep import ResourceFacts

INTRODUCTION = """# How one company's Netvisor behaves

Made by `make live-report`. It has names of elements, counts, patterns, sizes, seconds and codes. It has no value of the
company's data: no name, sum, date, number, key or text. In a pattern 9 stands for digits and a for letters.
"""
MOST_NAMES = 60
"""Names of fields in one cell of a table."""


def page(facts: Sequence[ResourceFacts], findings: Sequence[Finding], stopped: bool) -> str:
    """The whole page.

    Args:
        facts: of the resources.
        findings: the answers.
        stopped: whether the greatest number of calls was reached before the last question.
    """
    lines = [INTRODUCTION]
    if stopped:
        lines.append("The greatest number of calls was reached, so not everything was asked.\n")
    lines += ["## Resources", "", *_overview(facts), ""]
    lines += ["## What does not fit the schemas", "", *_misfits(facts), ""]
    lines += ["## Fields that were never filled", "", *_never(facts), ""]
    lines += ["## Notations", "", *_notations(facts), ""]
    lines += ["## Open questions", "", *_answers(findings), ""]
    lines += ["## The connector's assumptions", "", *_assumptions(findings)]
    return "\n".join(lines).rstrip() + "\n"


def _overview(facts: Sequence[ResourceFacts]) -> Iterator[str]:
    yield "| Resource | Answer | Rows | Size | Time | Wrappers | Casing |"
    yield "|:--|:--|:--|:--|:--|:--|:--|"
    for one in facts:
        answer = one.answer
        if answer is None:
            yield f"| `{one.resource}` | {one.problem} | | | | | |"
            continue
        outcome = "answered" if answer.ok else f"{answer.code}, HTTP {answer.status}"
        if answer.code == "SERVICE_ACCESS_ERROR":
            outcome = f"blocked ({outcome})"
        wrappers = "" if not one.rows else "one" if one.wrappers == 1 else "several"
        yield (
            f"| `{one.resource}` | {outcome} | {rows(one.rows) if answer.ok else ''} | {size(answer.size)} "
            f"| {seconds(answer.seconds)} | {wrappers} | {one.casing} |"
        )


def _misfits(facts: Sequence[ResourceFacts]) -> Iterator[str]:
    found = [one for one in facts if one.unknown or one.unfit or (one.problem and one.answer)]
    if not found:
        yield "Everything fits."
        return
    yield "| Resource | Elements that the schemas do not know | Values that did not fit, as patterns |"
    yield "|:--|:--|:--|"
    for one in found:
        patterns = "; ".join(f"`{name}`: {_quoted(texts)}" for name, texts in sorted(one.unfit.items()))
        problem = f"records could not be built ({one.problem}) " if one.problem else ""
        yield f"| `{one.resource}` | {_quoted(one.unknown)} | {problem}{patterns} |"


def _never(facts: Sequence[ResourceFacts]) -> Iterator[str]:
    found = [one for one in facts if one.never]
    for one in found:
        yield f"- `{one.resource}`: {_quoted(one.never)}"
    if not found:
        yield "None."


def _notations(facts: Sequence[ResourceFacts]) -> Iterator[str]:
    """For each resource the patterns of its numbers and dates, with the elements that have them."""
    for one in facts:
        elements: dict[str, list[str]] = {}
        for name, patterns in one.notations.items():
            for pattern in patterns:
                elements.setdefault(pattern, []).append(name)
        if elements:
            parts = [f"`{pattern}` in {_quoted(names)}" for pattern, names in sorted(elements.items())]
            yield f"- `{one.resource}`: {'; '.join(parts)}"


def _answers(findings: Sequence[Finding]) -> Iterator[str]:
    yield "| Question | This company shows | By what |"
    yield "|:--|:--|:--|"
    for one in findings:
        yield f"| {one.question} | {one.answer or 'its data cannot answer'} | {one.how} |"


def _assumptions(findings: Sequence[Finding]) -> Iterator[str]:
    answers = {one.name: one.answer for one in findings}
    yield "What the connector does under the answer that this company shows, and which answers it need not handle here."
    yield ""
    yield "| Assumption | Answer | What the connector does | Can be dropped |"
    yield "|:--|:--|:--|:--|"
    for one in ASSUMPTIONS:
        answer = answers.get(one.name, "")
        known = answer in one.under
        dropped = ", ".join(other for other in one.under if other != answer) if known else "nothing yet"
        yield f"| `{one.name}` | {answer or 'open'} | {one.under[answer] if known else ''} | {dropped} |"


def _quoted(names: Sequence[str] | set[str]) -> str:
    ordered = sorted(names)
    text = ", ".join(f"`{name}`" for name in ordered[:MOST_NAMES])
    return f"{text} and {len(ordered) - MOST_NAMES} more" if len(ordered) > MOST_NAMES else text
