"""The state of the fleet as one HTML file: no script, no other file, readable on a phone."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from netvisor_fleet.health.status import HELSINKI, Colour, Status


def render(statuses: Sequence[Status], now: datetime) -> str:
    """The page.

    Args:
        statuses: in the order in which they are shown.
        now: when Airbyte was asked.
    """
    templates = Environment(loader=PackageLoader("netvisor_fleet.health"), autoescape=True, undefined=StrictUndefined)
    templates.filters["moment"] = _moment
    templates.filters["number"] = lambda number: f"{number:,}".replace(",", "\u00a0")
    count = Counter(status.colour for status in statuses)
    counts = [(colour.value, count[colour]) for colour in Colour if count[colour]]
    return templates.get_template("status.html").render(
        urgent=[status for status in statuses if status.colour is not Colour.GREEN],
        green=[status for status in statuses if status.colour is Colour.GREEN],
        counts=counts,
        now=now,
    )


def _moment(moment: datetime) -> str:
    local = moment.astimezone(HELSINKI)
    return f"{local.day}.{local.month}.{local.year} {local:%H:%M}"


def write(path: Path, text: str) -> None:
    """Writes the page so that nobody ever reads half of it."""
    scratch = path.with_name(path.name + ".part")
    scratch.write_text(text, encoding="utf-8")
    os.replace(scratch, path)
