"""Windows of dates and of changes, as the assumptions draw their bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from ..assumptions import ApiAssumptions
from ..company.plan import Plan
from ..resource import Refusal, Request


def invalid(text: str) -> Refusal:
    """A refusal of a parameter; its beginning is that of a recorded reply, full stop after the colon included."""
    return Refusal("INVALID_DATA", f"Data form incorrect:. {text}")


def day_of(bound: date) -> date:
    """The day of a bound, which may be a datetime."""
    return bound.date() if isinstance(bound, datetime) else bound


def dated(request: Request, begin: str, end: str) -> Callable[[date], bool]:
    """Whether a date is within the bounds sent as the parameters `begin` and `end`; either may be absent."""
    first: date | None = request.query.get(begin)
    last: date | None = request.query.get(end)
    if request.assumptions.date_bounds == "inclusive":
        return lambda day: (first is None or day >= first) and (last is None or day <= last)
    return lambda day: (first is None or day > first) and (last is None or day < last)


def after(assumptions: ApiAssumptions, moment: datetime, bound: date | None) -> bool:
    """Whether a moment is not before a lower bound of changes; by whole days where the bound is a date."""
    if bound is None:
        return True
    one: Any = moment if isinstance(bound, datetime) else moment.date()
    return bool(one >= bound if assumptions.modified_bounds == "inclusive" else one > bound)


def before(assumptions: ApiAssumptions, moment: datetime, bound: date | None) -> bool:
    """Whether a moment is not after an upper bound of changes."""
    if bound is None:
        return True
    one: Any = moment if isinstance(bound, datetime) else moment.date()
    return bool(one <= bound if assumptions.modified_bounds == "inclusive" else one < bound)


def changed(request: Request, document: Any, since: date | None) -> bool:
    """changedsince: created or modified since the bound."""
    return after(request.assumptions, document.modified or document.created, since)


def modified(request: Request, document: Any) -> bool:
    """lastmodifiedstart and lastmodifiedend: last changed between the bounds.

    Documents that were never modified count by their creation, or not at all (assumption `never_modified`).
    """
    start, end = request.query.get("lastmodifiedstart"), request.query.get("lastmodifiedend")
    if start is None and end is None:
        return True
    moment = document.modified
    if moment is None:
        if request.assumptions.never_modified == "out":
            return False
        moment = document.created
    return after(request.assumptions, moment, start) and before(request.assumptions, moment, end)


def window(request: Request, begin: str, end: str) -> Iterable[int] | None:
    """The cycles that a call's windows can touch; None: all.

    Args:
        request: the call.
        begin: the name of the first document date's parameter.
        end: that of the last.
    """
    query = request.query
    plan: Plan = request.company.plan
    if query.get("lastmodifiedstart") or query.get("changedsince"):
        since = max(day_of(query[name]) for name in ("lastmodifiedstart", "changedsince") if query.get(name))
        return plan.changed(since)
    if query.get(begin) or query.get(end):
        return plan.dated(query.get(begin), query.get(end))
    return None
