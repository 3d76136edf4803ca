"""What one question was answered with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lxml import etree

from tools.live_report.document import text_of
from tools.live_report.netvisor import Netvisor
from tools.live_report.sweep import Sweep


@dataclass(frozen=True)
class Finding:
    """An answer.

    Args:
        name: of the question; that of an assumption in the connector's code where there is one.
        question: in words.
        answer: what this company shows, as the assumption names it; empty: its data cannot answer.
        how: by what.
    """

    name: str
    question: str
    answer: str
    how: str


@dataclass(frozen=True)
class Company:
    """What questions are asked with.

    Args:
        netvisor: who is asked.
        sweep: the replies that are there already.
        today: in Finland.
    """

    netvisor: Netvisor
    sweep: Sweep
    today: date

    def rows(self, label: str, *names: str) -> list[etree._Element]:
        """The record elements of a swept resource."""
        answer = self.sweep.answer(label)
        return [] if answer is None or answer.document is None else list(answer.document.find(names))

    def asked(self, resource: str, parameters: dict[str, str], *names: str) -> list[etree._Element] | None:
        """The record elements of a further call; None where it is not answered with OK."""
        answer = self.netvisor.ask(resource, parameters)
        return None if not answer.ok or answer.document is None else list(answer.document.find(names))

    @property
    def far_ahead(self) -> str:
        """A day after every document."""
        return (self.today + timedelta(days=3650)).isoformat()


def day_of(text: str) -> date | None:
    """The day of a date or moment in any of Netvisor's notations."""
    text = text.strip().replace("T", " ").partition(" ")[0]
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def keys_of(rows: list[etree._Element]) -> list[int]:
    """The keys of rows, in their order."""
    found = (text_of(row, "NetvisorKey") for row in rows)
    return [int(text) for text in found if text.isdigit()]


def dates_of(row: etree._Element, *names: str) -> date | None:
    """The day that the first of these elements says."""
    return day_of(text_of(row, *names))
