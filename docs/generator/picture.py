"""docs/erd.svg: the streams of each area with their keys and joins.

A panel for each area, a box for each stream. Every join is named in its box. Those that lead to the column on the left
are drawn too, in the space between the columns, so that no line runs behind a box.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from docs.generator.model import Documented, dimension_joins

COLUMNS = 4
BOX = 384
BETWEEN = 56
"""Pixels between two columns, where the lines are."""
MARGIN = 24
WIDTH = 2 * MARGIN + COLUMNS * BOX + (COLUMNS - 1) * BETWEEN
ROW = 17
HEAD = 24
GAP = 16
SIZE = 11
"""Of the letters, in pixels."""
WIDEST = 0.66
"""Width of a letter in its size, in the widest of the fonts that are named, bold letters included."""
COLOURS = ("#1f5fa8", "#2e7d57", "#8a5a00", "#7a3e9d", "#a8323e", "#40657a")
LEGEND = (
    "Bold: primary key. business_id is the first part of every primary key, and part of every join; it is not drawn.",
    "→ the stream to which the field leads. A line shows the same where that stream is in the next column on the left.",
    "[ ] an array. By name: Netvisor gives no key there, so a renamed dimension no longer joins to older rows.",
)
_STYLE = (
    f"text{{font-family:Helvetica,Arial,'DejaVu Sans',sans-serif;font-size:{SIZE}px;fill:#1c2733}}"
    ".t{font-weight:bold;fill:#fff;font-size:12.5px}.a{font-weight:bold;font-size:17px}.k{font-weight:bold}"
    ".j{fill:#51606e}"
)


@dataclass
class _Box:
    name: str
    rows: list[tuple[str, str, bool]]
    column: int = 0
    x: float = 0
    y: float = 0

    @property
    def height(self) -> int:
        return HEAD + ROW * len(self.rows) + 8

    def row_y(self, field: str) -> float:
        """The middle of the field's row; of the head where the box does not show the field."""
        for number, (name, _, _) in enumerate(self.rows):
            if name == field:
                return self.y + HEAD + ROW * number + ROW / 2 + 3
        return self.y + HEAD / 2


def svg(documented: Documented) -> str:
    """The picture."""
    shapes = [f'<text x="{MARGIN}" y="{MARGIN + 12 + ROW * n}">{escape(line)}</text>' for n, line in enumerate(LEGEND)]
    y = float(MARGIN + ROW * len(LEGEND) + GAP)
    for number, (area, names) in enumerate(documented.areas.items()):
        boxes, height = _panel(documented, names, y + 44)
        colour = COLOURS[number % len(COLOURS)]
        shapes.append(
            f'<rect x="{MARGIN / 2}" y="{y}" width="{WIDTH - MARGIN}" height="{height + 56}" rx="8" fill="#f5f7f9" '
            f'stroke="#d4dbe1"/><text class="a" x="{MARGIN}" y="{y + 27}">{escape(area[0].upper() + area[1:])}</text>'
        )
        shapes += _lines(documented, boxes)
        for box in boxes.values():
            shapes += _shape(box, colour)
        y += height + 56 + GAP
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" '  # ignore-https-check
        f'width="{WIDTH}" height="{y:.0f}" viewBox="0 0 {WIDTH} {y:.0f}">\n'
        f"<title>Streams of source-netvisor and their joins</title>\n<style>{_STYLE}</style>\n"
        f'<rect width="{WIDTH}" height="{y:.0f}" fill="#fff"/>\n' + "\n".join(shapes) + "\n</svg>\n"
    )


def _panel(documented: Documented, names: list[str], top: float) -> tuple[dict[str, _Box], float]:
    """The boxes of an area, placed: what others lead to stands left of them."""
    boxes = {name: _Box(name, _rows(documented, name)) for name in names}
    inside = {name: _targets(documented, name, names) for name in names}
    for _ in range(COLUMNS):
        for name, targets in inside.items():
            if targets:
                boxes[name].column = min(COLUMNS - 1, 1 + max(boxes[target].column for target in targets))
    wanted = {target for targets in inside.values() for target in targets}
    alone = [name for name in names if not inside[name] and name not in wanted]
    bottom = [top] * COLUMNS
    for name in [name for name in names if name not in alone] + sorted(alone, key=lambda name: -boxes[name].height):
        box = boxes[name]
        if name in alone:
            box.column = bottom.index(min(bottom))
        box.x = MARGIN + box.column * (BOX + BETWEEN)
        box.y = bottom[box.column]
        bottom[box.column] += box.height + GAP
    return boxes, max(bottom) - top


def _targets(documented: Documented, name: str, names: list[str]) -> set[str]:
    joined = {join.target_stream for join in documented.joins_of(name)}
    return {target for target in joined if target in names and target != name}


def _rows(documented: Documented, name: str) -> list[tuple[str, str, bool]]:
    """(field, where it leads, whether it belongs to the key): the key, the joins, the arrays of dimensions."""
    definition = documented.streams[name]
    key = [field for field in definition.primary_key if field != "business_id"] or ["business_id"]
    leads: dict[str, list[str]] = {field: [] for field in key}
    for join in documented.joins_of(name):
        leads.setdefault(join.field, []).append("itself" if join.target_stream == name else join.target_stream)
    for join in documented.joins:
        if join.target_stream == name:
            leads.setdefault(join.target_field, [])
    for dimension in dimension_joins(definition):
        leads[f"{dimension.array}[ ]"] = [f"dimension_items{' by name' if dimension.by_name else ''}"]
    rows = []
    for field, targets in leads.items():
        where = " / ".join(targets)
        if len(field) + len(where) + 4 <= (BOX - 16) / (SIZE * WIDEST):
            rows.append((field, where, field in key))
        else:
            rows += [(field, "", field in key), ("", where, False)]
    return rows


def _lines(documented: Documented, boxes: dict[str, _Box]) -> Iterator[str]:
    for box in boxes.values():
        for join in documented.joins_of(box.name):
            target = boxes.get(join.target_stream)
            if target is None or target.column != box.column - 1:
                continue
            x1, y1 = box.x, box.row_y(join.field)
            x2, y2 = target.x + BOX, target.row_y(join.target_field)
            bend = BETWEEN / 2
            yield (
                f'<path d="M{x1:.0f} {y1:.0f}C{x1 - bend:.0f} {y1:.0f} {x2 + bend:.0f} {y2:.0f} {x2:.0f} {y2:.0f}" '
                'fill="none" stroke="#8fa1b3" stroke-width="1.2"/>'
                f'<circle cx="{x2:.0f}" cy="{y2:.0f}" r="2.6" fill="#8fa1b3"/>'
            )


def _shape(box: _Box, colour: str) -> Iterator[str]:
    x, y = box.x, box.y
    yield (
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{BOX}" height="{box.height}" rx="4" fill="#fff" stroke="{colour}"/>'
        f'<path d="M{x:.0f} {y + HEAD:.0f}v-{HEAD - 4}q0 -4 4 -4h{BOX - 8}q4 0 4 4v{HEAD - 4}z" fill="{colour}"/>'
        f'<text class="t" x="{x + 8:.0f}" y="{y + 16.5:.1f}">{escape(box.name)}</text>'
    )
    for number, (field, leads, key) in enumerate(box.rows):
        line = y + HEAD + ROW * number + ROW / 2 + 7
        style = ' class="k"' if key else ""
        yield f'<text{style}{_narrow(field)} x="{x + 8:.0f}" y="{line:.0f}">{escape(field)}</text>'
        if leads:
            arrow = f"→ {leads}"
            yield (
                f'<text class="j"{_narrow(arrow)} x="{x + BOX - 8:.0f}" y="{line:.0f}" text-anchor="end">'
                f"{escape(arrow)}</text>"
            )


def _narrow(text: str) -> str:
    """Smaller letters for a text that would not fit into the box alone."""
    fits = (BOX - 16) / (len(text) * WIDEST) if text else SIZE
    return f' style="font-size:{fits:.1f}px"' if fits < SIZE else ""
