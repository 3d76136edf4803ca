"""A Netvisor to test against: a real HTTP server with a made-up company, stricter than Netvisor itself."""

from . import faults
from .assumptions import ApiAssumptions
from .calls import Call
from .resource import Parameter, Refusal, Reply, Request, Resource
from .server import BUSINESS_ID, PARTNER_ID, PARTNER_KEY, USER_ID, USER_KEY, NetvisorSimulator
from .signature import User

__all__ = [
    "BUSINESS_ID",
    "PARTNER_ID",
    "PARTNER_KEY",
    "USER_ID",
    "USER_KEY",
    "ApiAssumptions",
    "Call",
    "NetvisorSimulator",
    "Parameter",
    "Refusal",
    "Reply",
    "Request",
    "Resource",
    "User",
    "faults",
]
