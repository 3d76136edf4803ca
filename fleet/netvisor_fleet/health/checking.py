"""What a company's check means: for its streams, for the operator, and for whom to write to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from netvisor_fleet.airbyte.things import CheckAnswer
from netvisor_fleet.companies.company import Company
from netvisor_fleet.health import report
from netvisor_fleet.health.report import BlockedResource
from netvisor_fleet.secrecy import safe


class Verdict(str, Enum):
    """How a company is."""

    READABLE = "readable"
    BLOCKED = "blocked"
    REFUSED = "refused"
    UNREACHABLE = "try again"
    UNKNOWN = "not checked"


@dataclass(frozen=True)
class Checked:
    """A company's check.

    Args:
        readable: "61 of 64", or empty.
        blocked: resources that its wanted streams need.
        others: how many more are blocked, which it does not need.
        sentence: what the connector says, where it is more than a list of resources.
        action: what to do; empty for nothing.
        whom: to write to; empty for nobody.
    """

    company: Company
    verdict: Verdict
    readable: str = ""
    blocked: tuple[BlockedResource, ...] = ()
    others: int = 0
    sentence: str = ""
    action: str = ""
    whom: str = ""

    @property
    def fine(self) -> bool:
        """Every wanted stream can be read."""
        return self.verdict is Verdict.READABLE

    @property
    def of_partner(self) -> bool:
        """The software partner's credentials are refused, which are the same for every company."""
        return _OF_PARTNER in self.sentence

    @property
    def customer_acts(self) -> bool:
        """Whether it is the customer's turn, so that there is a letter."""
        return self.verdict in (Verdict.BLOCKED, Verdict.REFUSED) and self.whom == customer(self.company)


_OF_PARTNER = "does not know the integration partner"
"""In the connector's sentence about the partner's credentials."""


def customer(company: Company) -> str:
    """Whom to write to about what only the customer's administrator can do."""
    return company.contact or f"the Netvisor administrator of {company.company_name}"


def understand(company: Company, answer: CheckAnswer) -> Checked:
    """What the connector's answer means."""
    said = report.read(answer.report)
    if said.readable is None:
        if answer.succeeded:
            return Checked(company, Verdict.READABLE, "all")
        return _refused(company, safe(answer.report))
    needed = tuple(each for each in said.blocked if _needed(company, each))
    others = len(said.blocked) - len(needed)
    readable = f"{said.readable} of {said.total}"
    uncertain = safe(" ".join(said.uncertain))
    if needed:
        if said.readable == 0:
            action = "allow the resources in Netvisor; the service plan must include the API"
        else:
            action = "allow the resources in Netvisor, or take their streams off the list"
        return Checked(company, Verdict.BLOCKED, readable, needed, others, uncertain, action, customer(company))
    if said.uncertain:
        return Checked(company, Verdict.UNREACHABLE, readable, (), others, uncertain, "check again later")
    return Checked(company, Verdict.READABLE, readable, (), others)


def not_checked(company: Company, sentence: str) -> Checked:
    """The check could not be run."""
    return Checked(company, Verdict.UNKNOWN, sentence=safe(sentence), action="run the check again", whom="")


def _needed(company: Company, resource: BlockedResource) -> bool:
    # a report that is too long leaves the streams out: then the resource counts
    return not resource.streams or bool(set(resource.streams) & set(company.streams.names))


def _refused(company: Company, sentence: str) -> Checked:
    lowered = sentence.lower()
    if _OF_PARTNER in sentence:
        action = "check NETVISOR_PARTNER_ID and NETVISOR_PARTNER_KEY, and the Netvisor address"
        return Checked(
            company, Verdict.REFUSED, sentence=sentence, action=action, whom="your contact at Netvisor's partners"
        )
    if "authentication_failed" in lowered:
        action = "ask for new API identifiers, and write them into the list"
        return Checked(company, Verdict.REFUSED, sentence=sentence, action=action, whom=customer(company))
    if "try again" in lowered:
        return Checked(company, Verdict.UNREACHABLE, sentence=sentence, action="check again later")
    return Checked(
        company, Verdict.REFUSED, sentence=sentence, action="correct the list", whom="whoever keeps the list"
    )
