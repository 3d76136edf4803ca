"""Changes of customers, vendors and products."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .editing import Editor, found
from .parties import Customer, Vendor
from .stock import Product


class RegisterChanges(Editor):
    """What can happen to what documents refer to."""

    def edit_customer(self, now: datetime, key: int, **fields: Any) -> Customer:
        """Change fields of a customer, by their names in `Customer`; `comment`, where none is named."""
        store = self._books.customer_store
        changed = found(store.get(key), key)._replace(**(fields or {"comment": f"Muutettu {now:%H:%M}"}), modified=now)
        store.put(changed)
        return changed

    def edit_vendor(self, now: datetime, key: int, **fields: Any) -> Vendor:
        """Change fields of a vendor, by their names in `Vendor`; `comment`, where none is named."""
        store = self._books.vendor_store
        changed = found(store.get(key), key)._replace(**(fields or {"comment": f"Muutettu {now:%H:%M}"}), modified=now)
        store.put(changed)
        return changed

    def edit_product(self, now: datetime, key: int, **fields: Any) -> Product:
        """Change fields of a product, by their names in `Product`; `description`, where none is named."""
        store = self._books.product_store
        fields = fields or {"description": f"Muutettu {now:%H:%M}"}
        changed = found(store.get(key), key)._replace(**fields, modified=now)
        store.put(changed)
        return changed

    def add_customer(self, now: datetime, name: str | None = None) -> Customer:
        """Add a customer."""
        store = self._books.customer_store
        key = store.new_key()
        model = next(store.living())
        changed = model._replace(
            key=key,
            code=f"N{key}",
            name=name or f"Customer {key} Oy",
            offices=(),
            contacts=0,
            created=now,
            modified=None,
        )
        store.put(changed)
        return changed
