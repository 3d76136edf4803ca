"""Products that are parts of others."""

from __future__ import annotations

from decimal import Decimal

from ..company.stock import Product
from .markup import Node, el, group, many


def sub_products(product: Product) -> Node:
    """SubProductInformation: every fifth product is a part of the next one."""

    def part(key: int) -> Node:
        return group(
            "Product",
            el("NetvisorKey", key),
            el("Amount", Decimal(2)),
            el("PurchasePriceChange", Decimal("-0.50")),
            el("UnitPriceChange", Decimal("1.50")),
        )

    return group(
        "SubProductInformation",
        many("Parents", (part(product.key + 1),) if product.key % 5 == 1 else ()),
        many("Children", (part(product.key - 1),) if product.key % 5 == 2 else ()),
    )
