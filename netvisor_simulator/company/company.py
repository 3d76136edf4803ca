"""The simulated company: its books, and what can be done to them."""

from __future__ import annotations

from typing import Any

from .books import Books
from .changes import Changes


class Company(Books):
    """A company: its name, its books, and the changes that editors make to them.

    Args:
        books: arguments of `Books`.

    Attributes:
        changes: what can be done to the company.
    """

    name = "Simulated Company Oy"
    key = 4711

    def __init__(self, *books: Any, **options: Any) -> None:
        super().__init__(*books, **options)
        self.changes = Changes(self)
        self.changes.deletions_of_the_start()
