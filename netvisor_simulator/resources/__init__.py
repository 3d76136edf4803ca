"""The resources of the simulated Netvisor, one module an area; `RESOURCES` is all of them."""

from ..resource import Resource
from .accounting import ACCOUNTING
from .budgets import BUDGETS
from .customers import CUSTOMERS
from .deletions import DELETIONS
from .obligations import OBLIGATIONS
from .payroll import PAYROLL
from .products import PRODUCTS
from .purchases import PURCHASES
from .sales import SALES
from .users import USERS_RESOURCES
from .worktime import WORKTIME

RESOURCES: list[Resource] = [
    *ACCOUNTING,
    *BUDGETS,
    *OBLIGATIONS,
    *SALES,
    *CUSTOMERS,
    *PRODUCTS,
    *PURCHASES,
    *PAYROLL,
    *WORKTIME,
    *USERS_RESOURCES,
    *DELETIONS,
]
