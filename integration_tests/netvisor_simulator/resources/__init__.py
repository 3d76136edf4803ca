"""The resources of the simulated Netvisor, one module an area; `RESOURCES` is all of them."""

from ..resource import Resource
from .accounting import ACCOUNTING
from .deletions import DELETIONS

RESOURCES: list[Resource] = [*ACCOUNTING, *DELETIONS]
