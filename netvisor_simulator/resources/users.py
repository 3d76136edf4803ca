"""Users: getuseraccessrightssummary.nv (769720) and getuserinvitations.nv (769718)."""

from __future__ import annotations

from datetime import timedelta

from ..company.users import INVITATIONS, ROLES, STATUSES, USERS, Invitation, User
from ..resource import Parameter, Reply, Request, Resource
from .markup import Node, el, group, listed, many, minutes, small, whole
from .windows import invalid

PAGE = 10
"""Invitations on a page unless asked otherwise; Netvisor's own number is not documented."""


def _rights(request: Request) -> Reply:
    wanted = request.query.get("users")
    company = request.company
    if request.query.get("company", company.key) != company.key:
        raise invalid("Company not found")
    users = many("Users", (_user(user) for user in USERS if wanted is None or user.key in wanted))
    attributes = {"Netvisorkey": company.key, "Name": company.name}
    return Reply(whole(request, group("Company", users, attributes=attributes)))


def _user(user: User) -> Node:
    return group(
        "User",
        el("FirstName", user.first_name),
        el("LastName", user.last_name),
        many("Roles", (el(role, small(role in user.roles)) for role in ROLES)),
        group(
            "Profiles",
            el("AccountingProfile", user.accounting_profile),
            el("PayrollProfile", user.payroll_profile),
        ),
        el("ValidFrom", user.valid_from) if user.valid_from else None,
        el("ValidTo", user.valid_to) if user.valid_to else None,
        attributes={"Netvisorkey": user.key},
    )


def _invitations(request: Request) -> Reply:
    """Pages beyond the last one are empty."""
    query = request.query
    statuses = query.get("invitationstatuses", "Authenticated,WaitingForAuth").split(",")
    types = query.get("invitationtypes", "Employee,NewUser").split(",")
    if not set(statuses) <= set(STATUSES) or not set(types) <= {"Employee", "NewUser"}:
        raise invalid("unknown invitation status or type")
    keys = query.get("netvisorkeys")
    found = [
        one
        for one in INVITATIONS
        if one.status in statuses
        and one.type in types
        and (keys is None or one.key in keys)
        and all(query.get(name, "") in text for name, text in _searched(one).items())
    ]
    if query.get("company", request.company.key) != request.company.key:
        found = []
    size = query.get("itemsonpage") or PAGE
    page = query.get("page", 1)
    shown = found[(page - 1) * size : page * size] if page >= 1 else []
    attributes = {
        "CurrentPage": page,
        "PageCount": -(-len(found) // size),
        "ItemsOnPage": len(shown),
        "ItemsOnPages": len(found),
    }
    return Reply(listed(request, "UserInvitations", (_invitation(request, one) for one in shown), attributes))


def _searched(one: Invitation) -> dict[str, str]:
    """What the text filters look into, by parameter."""
    return {
        "invitationfirstnames": "User",
        "invitationlastname": f"{one.number}",
        "invitationemail": f"user{one.number}@company.example",
        "invitationphone": "0400000000",
    }


def _invitation(request: Request, one: Invitation) -> Node:
    verified = one.status == "Verified"
    number = one.number
    return group(
        "UserInvitation",
        el("Company", request.company.name, {"NetvisorKey": request.company.key}),
        el("FirstNames", "User" if verified else None),
        el("LastName", f"{number}" if verified else None),
        el("ExistingNetvisorUser", small(one.existing)),
        el("InvitationFirstNames", "User"),
        el("InvitationLastName", f"{number}"),
        el("InvitationEmail", f"user{number}@company.example"),
        el("InvitationPhone", "040 000 0000"),
        el("InvitationType", one.type),
        el("InvitationStatus", one.status),
        el("InvitationCreatedBy", "User 1"),
        el("InvitationCreatedTimestamp", minutes(one.created)),
        el("InvitationExpirationTimestamp", minutes(one.created + timedelta(days=14))),
        el("AuthenticationTimestamp", minutes(one.created + timedelta(days=1)) if verified else None),
        el("VerifiedTimestamp", minutes(one.created + timedelta(days=2)) if verified else None),
        el("VerifiedBy", "User 1" if verified else None),
        attributes={"NetvisorKey": one.key},
    )


USERS_RESOURCES: list[Resource] = [
    Resource(
        "getuseraccessrightssummary.nv",
        (
            Parameter("company", "int"),
            Parameter("users", "ints"),
            Parameter("listallusercompanies", "text", choices=("false",)),
        ),
        _rights,
    ),
    Resource(
        "getuserinvitations.nv",
        (
            Parameter("page", "int"),
            Parameter("itemsonpage", "int"),
            Parameter("netvisorkeys", "ints"),
            Parameter("company", "int"),
            Parameter("invitationfirstnames", "text"),
            Parameter("invitationlastname", "text"),
            Parameter("invitationemail", "text"),
            Parameter("invitationphone", "text"),
            Parameter("invitationtypes", "text"),
            Parameter("invitationstatuses", "text"),
        ),
        _invitations,
    ),
]
