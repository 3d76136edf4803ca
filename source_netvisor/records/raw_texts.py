"""`_netvisor_raw`: Netvisor's own texts of what the fields of a record do not say as it is."""

from __future__ import annotations

from typing import Any

RAW = "_netvisor_raw"


class RawTexts(dict[str, Any]):
    """The texts by field; of several of one field, each: `sort`, `sort.2`, `sort.3`."""

    def __init__(self) -> None:
        super().__init__()
        self._numbers: dict[str, int] = {}

    def keep(self, name: str, text: str) -> None:
        """Adds a text of the field."""
        number = self._numbers[name] = self._numbers.get(name, 0) + 1
        self[name if number == 1 else f"{name}.{number}"] = text


def keep_raw(record: dict[str, Any], name: str, text: str) -> None:
    """Keeps a text that the field of the record does not say as it is."""
    raw = record.get(RAW)
    if raw is None:
        raw = record[RAW] = RawTexts()
    raw.keep(name, text)


def lift_raw(record: dict[str, Any], array: str, index: int, item: dict[str, Any]) -> None:
    """Moves the texts of an item to its record, with the item's place in front: `lines.0.sum`."""
    for name, text in item.pop(RAW).items():
        keep_raw(record, f"{array}.{index}.{name}", text)
