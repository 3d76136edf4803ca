"""Lists of made-up companies."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from netvisor_fleet.companies.business_id import WEIGHTS

COLUMNS = ("company_name", "business_id", "api_user_id", "api_key", "start_date", "streams", "schedule", "tags")
Row = dict[str, str]


def business_ids(count: int) -> list[str]:
    """Business IDs with right check digits."""
    found = []
    for number in range(1_000_000, 9_999_999):
        digits = f"{number:07}"
        rest = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11
        if rest != 1:
            found.append(f"{digits}-{(11 - rest) % 11}")
        if len(found) == count:
            break
    return found


def companies(count: int) -> list[Row]:
    """So many companies, each with a key of its own."""
    return [
        {
            "company_name": f"Yhtiö {number} Oy",
            "business_id": business_id,
            "api_user_id": f"user-{number}",
            "api_key": f"{number:04x}F00D{number:024x}",
            "start_date": "2024-01-01",
            "streams": "",
            "schedule": "",
            "tags": "",
        }
        for number, business_id in enumerate(business_ids(count), start=1)
    ]


def write(folder: Path, rows: Sequence[Row], name: str = "companies.csv") -> Path:
    """The list as a file."""
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path
