"""Working time: entries of an employee's workdays, computed from the employee and the day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from .dimensions import Tag, tags
from .payroll import Employee
from .plan import mix

_EPOCH = date(2000, 1, 1)
_DAYS = 40_000


class RecordType(NamedTuple):
    """A type of entry: character 1 working hours, 2 holiday, 5 other absence; unit 1 hour, 2 day."""

    key: int
    number: int | None
    fi: str
    en: str
    sv: str
    character: int
    unit: int


class WorkHour(NamedTuple):
    """An entry of working time."""

    key: int
    hours: Decimal
    type: RecordType
    status: str
    description: str
    process: str
    tags: tuple[Tag, ...]


RECORD_TYPES: tuple[RecordType, ...] = (
    RecordType(601, 110, "Tuntityö", "Hourly work", "Timarbete", 1, 1),
    RecordType(602, 120, "Ylityö 50 %", "Overtime 50%", "", 1, 1),
    RecordType(603, None, "Vuosiloma", "Annual holiday", "Semester", 2, 2),
    RecordType(604, 190, "Muu poissaolo & vapaa", "Other absence", "", 5, 1),
)


def hours(seed: int, employee: Employee, day: date, today: date) -> tuple[WorkHour, ...]:
    """The entries of a day: one or two on workdays of hourly employees, none otherwise.

    Args:
        seed: the company's seed.
        employee: whose.
        day: the day of work.
        today: entries come up to the day before it; the older they are, the further they have got.
    """
    if not employee.hourly or day.weekday() > 4 or day >= today or day < employee.started:
        return ()
    if employee.ended is not None and day > employee.ended:
        return ()
    place = employee.key * _DAYS + (day - _EPOCH).days
    bits = mix(seed, 51, place)
    age = (today - day).days
    status = "Maksettu" if age > 60 else "Hyväksytty" if age > 20 else "Kuitattu" if age > 5 else "Avoin"
    if bits % 19 == 0:
        kind = RECORD_TYPES[2 + bits // 32 % 2]
        return (WorkHour(place * 2, Decimal("7.5"), kind, status, "", "", ()),)
    first = WorkHour(
        place * 2, Decimal("7.5"), RECORD_TYPES[0], status, ("", "Asennus & huolto")[bits // 8 % 2],
        "Asiakasprojekti" if bits % 6 == 0 else "", tags(bits >> 8),
    )  # fmt: skip
    if bits % 5:
        return (first,)
    return (first, WorkHour(place * 2 + 1, Decimal("1.25"), RECORD_TYPES[1], status, "Ylityö", "", ()))


def days(first: date, last: date) -> list[date]:
    """The days from `first` to `last`."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
