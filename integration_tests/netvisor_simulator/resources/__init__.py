"""The resources of the simulated Netvisor, one module an area; `RESOURCES` is all of them."""

from ..resource import Resource
from .accounting import ACCOUNTING
from .customers import CUSTOMERS
from .deletions import DELETIONS
from .products import PRODUCTS
from .purchases import PURCHASES
from .sales import SALES

RESOURCES: list[Resource] = [*ACCOUNTING, *SALES, *CUSTOMERS, *PRODUCTS, *PURCHASES, *DELETIONS]
