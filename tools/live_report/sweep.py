"""Every resource that the connector reads, asked for a small part once: what its reply is like."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from lxml import etree

from source_netvisor.manifest.stream_definition import StreamDefinition
from source_netvisor.source import SourceNetvisor
from source_netvisor.streams.stream_records import StreamRecords
from tools.live_report.document import text_of
from tools.live_report.netvisor import Answer, Netvisor
from tools.live_report.patterns import masked, notation, pattern

FEW_KEYS = 20
"""Documents whose details are asked for."""
DATED: dict[str, dict[str, str]] = {
    "accountbalance.nv": {"balancedates": "{year_end},{year_begin},{today}"},
    "accountingledger.nv": {"startdate": "{months_ago}", "enddate": "{today}"},
    "contractinvoicingreport.nv": {"year": "{year}"},
    "extendedproductlist.nv": {"page": "1"},
    "getpayrollpaycheckbatchlist.nv": {"startdate": "{month_ago}", "enddate": "{today}"},
    "getuserinvitations.nv": {"page": "1"},
    "getvendor.nv": {"changedsince": "1970-01-01", "page": "1"},
    "paymentlist.nv": {"limitbegindate": "{months_ago}"},
    "purchaseinvoicelist.nv": {"begininvoicedate": "{months_ago}"},
    "purchaseorderlist.nv": {"limitbegindate": "{months_ago}"},
    "salesinvoicelist.nv": {"begininvoicedate": "{months_ago}"},
    "salespaymentlist.nv": {"begindate": "{months_ago}"},
    "financialobligationstatus.nv": {"startmonth": "{month}", "endmonth": "{month}"},
    "getworkdays.nv": {"workhourstartdate": "{month_ago}", "workhourenddate": "{today}"},
}
"""What keeps a reply small: the last three months, or one page."""
FOR_EACH = {"year": "{year}", "source": "companyparameters"}


def days(today: date) -> dict[str, str]:
    """The values of the placeholders in `DATED`."""
    new_year = today.replace(month=1, day=1)
    return {
        "today": today.isoformat(),
        "month_ago": (today - timedelta(days=29)).isoformat(),
        "months_ago": (today - timedelta(days=92)).isoformat(),
        "week_ago": (today - timedelta(days=6)).isoformat(),
        "month": f"{today.replace(day=1) - timedelta(days=1):%Y-%m}",
        "year": str(today.year),
        "year_begin": new_year.isoformat(),
        "year_end": (new_year - timedelta(days=1)).isoformat(),
    }


@dataclass
class ResourceFacts:
    """What one resource's reply is like.

    Args:
        resource: its name, with what tells its lists apart.
        streams: made from it.
        answer: the reply.
        rows: record elements.
        unknown: names that the schemas do not know.
        unfit: field -> patterns of texts that did not fit.
        never: fields of the schemas that no record filled.
        notations: element -> patterns of its dates and numbers.
        wrappers: how often the element around the records occurs.
        casing: of the names.
        problem: why the records could not be built.
    """

    resource: str
    streams: list[str] = field(default_factory=list)
    answer: Answer | None = None
    rows: int = 0
    unknown: set[str] = field(default_factory=set)
    unfit: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    never: set[str] = field(default_factory=set)
    notations: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    wrappers: int = 0
    casing: str = ""
    problem: str = ""


class Sweep:
    """The resources, asked in the order of the streams: lists before the details that need their keys.

    Args:
        netvisor: who is asked.
        today: in Finland.
        business_id: of the company.

    Attributes:
        facts: by resource, with `?listtype=preinvoice` for the list of orders.
    """

    def __init__(self, netvisor: Netvisor, today: date, business_id: str) -> None:
        self._netvisor = netvisor
        self._words = days(today)
        self._business_id = business_id
        self._keys: dict[str, list[str]] = {}
        self.facts: dict[str, ResourceFacts] = {}
        self._streams: dict[str, list[StreamDefinition]] = defaultdict(list)
        self._definitions = list(SourceNetvisor().definitions().values())
        for definition in self._definitions:
            self._streams[_label(definition.source)].append(definition)

    def run(self) -> Iterator[ResourceFacts]:
        """Each resource's facts, as they come in."""
        for definition in self._definitions:
            for endpoint in (definition.listing, definition.details, definition.deletions):
                if endpoint is not None and _label(endpoint) not in self.facts:
                    yield self._ask(definition, endpoint)

    def definitions_of(self, label: str) -> list[StreamDefinition]:
        """The streams that are made from a resource."""
        return self._streams[label]

    def keys(self, label: str) -> list[str]:
        """The keys that a list gave."""
        return self._keys.get(label, [])

    def answer(self, label: str) -> Answer | None:
        """The reply to a resource's request, if there is one to read."""
        facts = self.facts.get(label)
        return facts.answer if facts and facts.answer and facts.answer.ok else None

    def _ask(self, definition: StreamDefinition, endpoint: Any) -> ResourceFacts:
        label = _label(endpoint)
        facts = self.facts[label] = ResourceFacts(label, [one.name for one in self._streams[label]])
        words = dict(self._words)
        # a list that can be asked for keys too is asked as a list
        by_key = endpoint is not definition.listing and endpoint.keys is not None
        keys = self.keys(_label(definition.listing)) if by_key else []
        if by_key:
            if not keys:
                facts.problem = "not asked: no key is known"
                return facts
            words["key"] = keys[0]
        facts.answer = self._netvisor.ask(endpoint.resource, self._parameters(endpoint, keys, endpoint.optional))
        if endpoint.optional and not facts.answer.ok:
            facts.answer = self._netvisor.ask(endpoint.resource, self._parameters(endpoint, keys, {}))
        if facts.answer.ok:
            words = words if by_key and endpoint.batch == 1 else dict(self._words)
            try:
                self._describe(facts, endpoint, words)
            except Exception as error:  # noqa: BLE001 - a reply of a form that nobody foresaw ends nothing
                facts.problem = type(error).__name__
        return facts

    def _parameters(self, endpoint: Any, keys: list[str], optional: Mapping[str, str]) -> dict[str, str]:
        given = {**endpoint.parameters, **optional, **DATED.get(endpoint.resource, {})}
        if endpoint.resource.startswith("deleted"):
            given["deletedsince"] = "{week_ago}"
        if keys:
            given[endpoint.keys] = ",".join(keys[: min(FEW_KEYS, endpoint.batch)])
        words = {**self._words, **{name: _fill(text, self._words) for name, text in FOR_EACH.items()}}
        return {name: _fill(str(value), words) for name, value in given.items()}

    def _describe(self, facts: ResourceFacts, endpoint: Any, words: Mapping[str, str]) -> None:
        assert facts.answer is not None and facts.answer.document is not None
        document = facts.answer.document
        rows = list(document.find(endpoint.record))
        facts.rows = len(rows)
        facts.wrappers = len({row.getparent() for row in rows})
        self._keys[facts.resource] = list(filter(None, (_key(row, endpoint.key) for row in rows)))
        names = [str(one.tag) for one in document.payload()]
        facts.casing = casing(names)
        for element in document.payload():
            found = None if len(element) else notation(element.text or "")
            if found and (len(found) > 1 or "9" not in found):
                facts.notations[masked(str(element.tag))].add(found)
        for definition in self._streams[facts.resource]:
            _build(facts, definition, list(document.find(definition.source.record)), words, self._business_id)


def _build(
    facts: ResourceFacts, definition: StreamDefinition, rows: list[etree._Element], words: Mapping[str, str], own: str
) -> None:
    """What the stream's schema makes of the rows."""
    records = StreamRecords(definition, own, "")
    filled: Counter[str] = Counter()
    for row in rows:
        try:
            built = records.of(row, words)
        except Exception as error:  # noqa: BLE001 - the report goes on, whatever a reply holds
            facts.problem = type(error).__name__
            return
        for record in built:
            filled.update(name for name, value in record.items() if value not in (None, []))
            facts.unknown |= set(map(masked, record.get("_netvisor_unknown") or {}))
            for name, text in (record.get("_netvisor_raw") or {}).items():
                facts.unfit[f"{definition.name}.{name}"].add(pattern(str(text)))
    facts.unknown |= set(map(masked, getattr(records.builder, "unknown", ())))
    if filled:
        made = {"business_id", "line_number"}
        properties = {name for name in definition.schema.get("properties", {}) if not name.startswith("_")}
        facts.never |= {f"{definition.name}.{name}" for name in properties - made - set(filled)}


def casing(names: list[str]) -> str:
    """Of element names: `lower`, `upper`, or `documented` where they are neither."""
    letters = [name for name in names if name.isalpha()]
    if letters and all(name.islower() for name in letters):
        return "lower"
    return "upper" if letters and all(name.isupper() for name in letters) else "documented"


def _label(endpoint: Any) -> str:
    """The resource; invoices and orders are two lists of one."""
    kind = endpoint.parameters.get("listtype")
    return f"{endpoint.resource}?listtype={kind}" if kind else str(endpoint.resource)


def _key(row: etree._Element, places: tuple[str, ...]) -> str:
    names = [place.lstrip("@").rpartition("/")[2] for place in places]
    found = text_of(row, *names)
    return found if found.isdigit() else ""


def _fill(text: str, words: Mapping[str, str]) -> str:
    for name, value in words.items():
        text = text.replace(f"{{{name}}}", value)
    return text
