"""A Netvisor to test against: a real HTTP server with a made-up company, stricter than Netvisor itself."""

from . import faults
from .calls import Call
from .readings import Readings
from .resource import Parameter, Refusal, Reply, Request, Resource
from .server import BUSINESS_ID, PARTNER_ID, PARTNER_KEY, USER_ID, USER_KEY, NetvisorSimulator
from .signature import User

__all__ = [
    "BUSINESS_ID",
    "PARTNER_ID",
    "PARTNER_KEY",
    "USER_ID",
    "USER_KEY",
    "Call",
    "NetvisorSimulator",
    "Parameter",
    "Readings",
    "Refusal",
    "Reply",
    "Request",
    "Resource",
    "User",
    "faults",
]
