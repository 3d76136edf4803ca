"""Working time: getworkdays.nv (769750) and getrecordtypelist.nv (769756), in the casing that real replies have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ..company.payroll import Employee
from ..company.worktime import RECORD_TYPES, WorkHour, days, hours
from ..resource import Parameter, Reply, Request, Resource
from .details import find_employee
from .markup import Node, el, group, listed, many
from .windows import invalid


def _work_days(request: Request) -> Reply:
    query = request.query
    if ("netvisorkey" in query) == ("employeenumber" in query):
        raise invalid("Either netvisorkey or employeenumber is required")
    first, last = query["workhourstartdate"], query["workhourenddate"]
    if last < first or last >= _year_later(first):
        raise invalid("The range can be at most one calendar year")
    employee = find_employee(request)
    return Reply(listed(request, "WorkDays", _days(request, employee, first, last) if employee else ()))


def _year_later(day: date) -> date:
    return date(day.year + 1, day.month, day.day) if (day.month, day.day) != (2, 29) else date(day.year + 1, 3, 1)


def _days(request: Request, employee: Employee, first: date, last: date) -> Iterator[Node]:
    company = request.company
    for day in days(first, last):
        entries = hours(company.plan.seed, employee, day, company.today)
        kept = [entry for entry in entries if entry.key not in company.deleted_hours]
        if kept:
            yield group("Workday", el("Date", day), *map(_entry, kept))


def _entry(entry: WorkHour) -> Node:
    return group(
        "WorkdayHour",
        el("Hours", entry.hours),
        el("CollectorRatio", entry.type.fi, {"number": entry.type.number, "netvisorkey": entry.type.key}),
        el("AcceptanceStatus", entry.status),
        el("Description", entry.description),
        el("CrmProcessName", entry.process),
        *(group("Dimension", el("DimensionName", tag.dimension), el("DimensionItem", tag.item)) for tag in entry.tags),
        attributes={"netvisorkey": entry.key},
    )


def _record_types(request: Request) -> Reply:
    rows = (
        group(
            "RecordType",
            many(
                "Names",
                (
                    el("Name", text, {"ISO639-1Code": code})
                    for code, text in (("fi", kind.fi), ("en", kind.en), ("sv", kind.sv))
                ),
            ),
            el("NetvisorKey", kind.key),
            el("RatioNumber", kind.number),
            el("CharacterType", kind.character),
            el("UnitType", kind.unit),
        )
        for kind in RECORD_TYPES
    )
    return Reply(listed(request, "RecordTypes", rows))


WORKTIME: list[Resource] = [
    Resource(
        "getworkdays.nv",
        (
            Parameter("netvisorkey", "int"),
            Parameter("employeenumber", "int"),
            Parameter("workhourstartdate", "date", required=True),
            Parameter("workhourenddate", "date", required=True),
        ),
        _work_days,
    ),
    Resource("getrecordtypelist.nv", (), _record_types),
]
