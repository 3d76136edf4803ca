"""The numbers and the list of streams in pages that are otherwise written by hand."""

from __future__ import annotations

import re

from docs.generator.model import Documented
from source_netvisor.netvisor.allowed_resources import ALLOWED_RESOURCES

_TABLE = re.compile(r"(?<=\| Area \| Streams \|\n\|:--\|:--\|\n).*?(?=\n\n)", re.DOTALL)


def put_into(text: str, documented: Documented) -> str:
    """The page with the numbers of streams and resources, and with the table of streams, as they are today.

    Args:
        text: of the page; the table is the one with the columns `Area` and `Streams`.
        documented: what there is.
    """
    incremental = sum(one.incremental for one in documented.streams.values())
    resources = len(ALLOWED_RESOURCES)
    text = re.sub(r"\b\d+ streams\b", f"{len(documented.streams)} streams", text)
    text = re.sub(r"\b\d+(?= of them\s+incremental)", str(incremental), text)
    text = re.sub(r"\b(\d+) of \1(?= resources can be read)", f"{resources} of {resources}", text)
    rows = "\n".join(_row(area, names) for area, names in documented.areas.items())
    return _TABLE.sub(lambda _: rows, text)


def _row(area: str, names: list[str]) -> str:
    title, _, note = area.partition(" (")
    mark = " (personal data)" if note.startswith("personal data") else ""
    return f"| {title}{mark} | {', '.join(f'`{name}`' for name in names)} |"
