"""Users of the company and invitations; all synthetic."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from .plan import HELSINKI

ROLES = (
    "IsCompanyAdmin", "IsAccountOfficeSuperUser", "IsUserAdmin", "IsAuditor", "IsAccountant",
    "IsPayrollAccountant", "IsPayrollPersonnelManager", "IsPayrollEmployeeController",
)  # fmt: skip


class User(NamedTuple):
    """A user; `roles` are those of `ROLES` that are true."""

    key: int
    first_name: str
    last_name: str
    roles: frozenset[str]
    accounting_profile: str
    payroll_profile: str
    valid_from: date | None
    valid_to: date | None


class Invitation(NamedTuple):
    """An invitation to become a user."""

    key: int
    number: int
    type: str
    status: str
    created: datetime
    existing: bool


USERS: tuple[User, ...] = (
    User(701, "User", "1", frozenset(ROLES[:3]), "AllRights", "AllRights", None, None),
    User(
        702, "User", "2", frozenset(("IsAuditor",)), "BrowsingRights", "NoRights", date(2025, 1, 1), date(2030, 12, 31)
    ),
    User(703, "User", "3", frozenset(), "SalesledgerUser", "EmployeeRights", date(2024, 6, 1), None),
)
STATUSES = ("WaitingForAuth", "Authenticated", "Verified", "EmailSendingFailed", "SmsSendingFailed", "TwoFaFailed")
INVITATIONS: tuple[Invitation, ...] = tuple(
    Invitation(
        801 + n,
        n + 1,
        "Employee" if n % 2 else "NewUser",
        STATUSES[n % len(STATUSES)],
        datetime(2026, 1, 1 + n, 9, 30, tzinfo=HELSINKI),
        n % 3 == 0,
    )
    for n in range(23)
)
