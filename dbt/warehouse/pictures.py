"""Draws what a board looks at, from the analyst's tables.

    dbt/.venv/bin/python dbt/warehouse/pictures.py company.duckdb pictures/

One company a picture; amounts in thousands of euros, a loss or a debt with a minus.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from textwrap import wrap
from typing import Any

import duckdb
import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

# Colours that people with any kind of colour vision tell apart (Okabe and Ito); results stand above all in black.
COLOURS = ("#0072B2", "#56B4E9", "#E69F00", "#D55E00", "#CC79A7", "#999999", "#009E73", "#F0E442")
RESULT = "#000000"
LOSS = "#B00020"
UNIT = "thousand euros"
LETTERS = 85
"""That fit into one line of a title."""
MONTH_NOT_OVER = "Month not over"
COST_CENTRES = "Kustannuspaikka"
"""The dimension of the second picture."""


@dataclass
class Books:
    """One company's tables."""

    connection: duckdb.DuckDBPyConnection
    source: str
    business_id: str
    name: str
    as_of: date

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a query gives; `{company}` in it becomes the condition for this company."""
        text = query.format(company="source_relation = ? AND business_id = ?")
        return self.connection.execute(text, [self.source, self.business_id, *values]).fetchall()

    @property
    def first_of_month(self) -> date:
        """The first day of the month that is not over."""
        return self.as_of.replace(day=1)


def profit_and_loss_by_month(books: Books, axis: Axes) -> str:
    """Income above the line, costs below it, the result as a line; the month that is not over is marked."""
    rows = books.rows(
        "SELECT month, name_en, amount::DOUBLE, is_unfinished FROM books.income_statement "
        "WHERE {company} AND kind = 'line' AND level = 1 AND month <= ? AND month >= ?::DATE - INTERVAL 24 MONTH "
        "ORDER BY sort_order",
        books.as_of,
        books.first_of_month,
    )
    months = sorted({month for month, *_ in rows})
    amounts = {(month, name): amount for month, name, amount, _ in rows}
    names = [name for name in dict.fromkeys(row[1] for row in rows) if any(amounts[m, name] for m in months)]
    above, below = [0.0] * len(months), [0.0] * len(months)
    for colour, name in zip(COLOURS, names, strict=False):
        heights = [amounts[month, name] for month in months]
        bottoms = [above[n] if height >= 0 else below[n] for n, height in enumerate(heights)]
        axis.bar(range(len(months)), heights, bottom=bottoms, width=0.8, color=colour, label=name)
        for n, height in enumerate(heights):
            if height >= 0:
                above[n] += height
            else:
                below[n] += height
    results = [up + down for up, down in zip(above, below, strict=True)]
    axis.plot(range(len(months)), results, color=RESULT, marker="o", markersize=3.5, linewidth=1.4, label="Result")
    _mark_unfinished(axis, months, {month for month, _, _, unfinished in rows if unfinished}, MONTH_NOT_OVER)
    _whole(axis, min(below), max(above))
    _months(axis, months)
    return f"Profit and loss by month, {months[0]:%b %Y} to {months[-1]:%b %Y}"


def profit_and_loss_by_cost_centre(books: Books, axis: Axes) -> str:
    """Income, costs and result of each cost centre over the last twelve full months."""
    last = books.first_of_month - timedelta(days=1)
    first = date(last.year - 1, last.month, 1) + timedelta(days=32)
    first = first.replace(day=1)
    rows = books.rows(
        # a credit note is less income, and no cost; lines of both kinds are told by the sign
        "SELECT dimension_item, sum(amount) FILTER (NOT is_cost)::DOUBLE, sum(amount) FILTER (is_cost)::DOUBLE FROM ("
        "  SELECT *, amount <> amount_costs_positive OR (amount < 0 AND statement_line IN ('IS10', 'IS12')) AS is_cost "
        "  FROM books.profit_and_loss_by_dimension"
        ") WHERE {company} AND dimension_name = ? AND month BETWEEN ? AND ? "
        "GROUP BY dimension_item ORDER BY dimension_item <> '(none)', sum(amount)",
        COST_CENTRES,
        first,
        last,
    )
    for place, (_, income, costs) in enumerate(rows):
        income, costs = income or 0.0, costs or 0.0
        label = place == 0
        axis.barh(place, income, height=0.62, color=COLOURS[0], label="Income" if label else None)
        axis.barh(place, costs, height=0.62, color=COLOURS[2], label="Costs" if label else None)
        result = income + costs
        axis.plot(result, place, "D", color=RESULT, markeredgecolor="white", label="Result" if label else None)
        axis.annotate(
            _thousands(result), (max(income, 0.0), place), xytext=(6, 0), textcoords="offset points", va="center",
            fontsize=9, color=RESULT if result >= 0 else LOSS, fontweight="bold",
        )  # fmt: skip
    axis.set_yticks(range(len(rows)), ["no cost centre" if name == "(none)" else name for name, *_ in rows])
    axis.axvline(0, color="#444444", linewidth=0.8)
    axis.margins(x=0.14)
    _grid(axis, "x")
    return f"Profit and loss by cost centre, {first:%b %Y} to {last:%b %Y}"


def cash_and_receivables(books: Books, above: Axes, axis: Axes) -> str:
    """Cash at each month's end in the upper panel; below it open receivables by age, and payables under the line.

    Each has a scale of its own, since a full bank account would make the others invisible.
    """
    first = books.first_of_month - timedelta(days=365)
    ages = books.rows(
        "SELECT as_of, age_group, sum(open_sum)::DOUBLE FROM books.receivables_by_age "
        "WHERE {company} AND as_of >= ? GROUP BY ALL",
        first,
    )
    debts = dict(
        books.rows(
            "SELECT as_of, -sum(open_sum)::DOUBLE FROM books.payables_by_age "
            "WHERE {company} AND as_of >= ? GROUP BY ALL",
            first,
        )
    )
    cash = {
        min(day, books.as_of): balance
        for day, balance in books.rows(
            "SELECT month_end, sum(balance)::DOUBLE FROM books.bank_balance "
            "WHERE {company} AND month <= ? GROUP BY ALL",
            books.as_of,
        )
    }
    days = sorted({books.as_of, *(day for day, *_ in ages), *(day for day in cash if day >= first)})
    sums = {(day, group): amount for day, group, amount in ages}
    bottoms = [0.0] * len(days)
    for colour, group in zip(COLOURS, sorted({group for _, group, _ in ages}), strict=False):
        heights = [sums.get((day, group), 0.0) for day in days]
        axis.bar(range(len(days)), heights, bottom=bottoms, width=0.7, color=colour, label=_age(group))
        bottoms = [bottom + height for bottom, height in zip(bottoms, heights, strict=True)]
    owed = [debts.get(day, 0.0) for day in days]
    axis.bar(range(len(days)), owed, width=0.7, color="#999999", label="Payables")
    money = [cash.get(day, 0.0) for day in days]
    above.plot(range(len(days)), money, color=RESULT, marker="o", label="Cash")
    for panel, low, high in ((above, min(money), max(money)), (axis, min(owed), max(bottoms))):
        _mark_unfinished(panel, days, {books.as_of}, None if panel is above else MONTH_NOT_OVER)
        _whole(panel, low, high)
        _grid(panel, "y")
    axis.set_xticks(range(len(days)), [f"{day:%-d %b}\n{day:%Y}" for day in days], fontsize=8)
    return f"Cash, receivables by age and payables, {days[0]:%-d %b %Y} to {days[-1]:%-d %b %Y}"


def balance_sheet(books: Books, axis: Axes) -> str:
    """Assets left, equity and liabilities right, from the top down in the order of the statutory balance sheet."""
    last = books.first_of_month - timedelta(days=1)
    rows = books.rows(
        "SELECT side, name_en, presented_balance::DOUBLE FROM books.balance_sheet_statutory AS own "
        "WHERE {company} AND month_end = ? AND presented_balance <> 0 AND level BETWEEN 1 AND 2 AND NOT EXISTS ("
        "  SELECT 1 FROM books.balance_sheet_statutory AS finer WHERE finer.source_relation = own.source_relation "
        "  AND finer.business_id = own.business_id AND finer.month_end = own.month_end AND finer.level = 2 "
        "  AND finer.presented_balance <> 0 AND finer.line LIKE own.line || '.%') ORDER BY sort_order",
        last,
    )
    labels = []
    for place, (side, title) in enumerate((("assets", "Assets"), ("liabilities", "Equity and liabilities"))):
        lines = [(name, amount) for one, name, amount in rows if one == side]
        thin = _column(axis, place, lines, COLOURS if place == 0 else COLOURS[::-1])
        total = _thousands(sum(amount for _, amount in lines))
        labels.append("\n".join((f"{title} {total}", *(f"of which {one}" for one in thin))))
    axis.set_xticks((0, 1), labels, fontsize=10)
    axis.set_xlim(-0.5, 1.5)
    axis.axhline(0, color="#444444", linewidth=0.8)
    axis.margins(y=0.02)
    _grid(axis, "y")
    return f"Balance sheet on {last:%-d %B %Y}"


def _column(axis: Axes, place: int, lines: Sequence[tuple[str, float]], colours: Sequence[str]) -> list[str]:
    """One side of the balance sheet: the first line on top, what is negative below zero.

    Returns:
        What is too thin to be named in the column.
    """
    top, low = sum(amount for _, amount in lines if amount > 0), 0.0
    whole = max(top, 1.0)
    thin = []
    for colour, (name, amount) in zip(colours, lines, strict=False):
        bottom = top - amount if amount > 0 else low
        axis.bar(place, amount, bottom=bottom, width=0.9, color=colour, edgecolor="white", linewidth=0.5)
        if amount > 0:
            top -= amount
        else:
            low += amount
        if abs(amount) < whole / 30:
            thin.append(f"{name} {_thousands(amount)}")
            continue
        axis.annotate(
            f"{name}  {_thousands(amount)}", (place, bottom + amount / 2), ha="center", va="center", fontsize=9,
            bbox={"boxstyle": "round,pad=0.2", "facecolor": "white", "edgecolor": "none", "alpha": 0.85},
        )  # fmt: skip
    return thin


def _age(group: str) -> str:
    return "Receivables, not due" if group.startswith("0") else f"Receivables, {group} overdue"


def _thousands(amount: float) -> str:
    """An amount in thousands of euros with one decimal, a minus in front of what is negative."""
    return f"{amount / 1000:,.1f}".replace("-", "\N{MINUS SIGN}")


def _grid(axis: Axes, direction: str) -> None:
    """Write thousands of euros on one axis and draw its grid."""
    chosen = axis.xaxis if direction == "x" else axis.yaxis
    chosen.set_major_formatter(FuncFormatter(lambda value, _: f"{value / 1000:,.0f}".replace("-", "\N{MINUS SIGN}")))
    axis.grid(axis="x" if direction == "x" else "y", color="#dddddd", linewidth=0.6)
    axis.set_axisbelow(True)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)


def _whole(axis: Axes, low: float, high: float) -> None:
    """From the lowest to the highest amount with zero between them, and a little more: no bar ends at the edge."""
    low, high = min(low, 0.0), max(high, 0.0)
    space = max(high - low, 1.0) * 0.06
    axis.set_ylim(low - (space if low < 0 else 0.0), high + (space if high > 0 else 0.0))
    axis.axhline(0, color="#444444", linewidth=0.8)


def _mark_unfinished(axis: Axes, days: Sequence[date], unfinished: set[date], label: str | None) -> None:
    """Grey behind the months that are not over."""
    for n, day in enumerate(days):
        if day in unfinished:
            axis.axvspan(n - 0.5, n + 0.5, color="#000000", alpha=0.08, zorder=0, label=label)


def _months(axis: Axes, months: Sequence[date]) -> None:
    """The year below January, and below the first month wherever that is."""
    names = [f"{m:%b}\n{m:%Y}" if n == 0 or m.month == 1 else f"{m:%b}" for n, m in enumerate(months)]
    shown = [n for n in range(len(months)) if len(months) <= 18 or n == 0 or months[n].month % 3 == 1]
    axis.set_xticks(shown, [names[n] for n in shown])
    axis.set_xlim(-0.7, len(months) - 0.3)
    _grid(axis, "y")


PICTURES = (
    (profit_and_loss_by_month, (10.0, 5.2), 1),
    (profit_and_loss_by_cost_centre, (10.0, 4.8), 1),
    (cash_and_receivables, (10.0, 6.4), 2),
    (balance_sheet, (10.0, 6.4), 1),
)
"""Each picture with its size in inches and the number of panels that it has, one above the other."""


def draw(database: Path, directory: Path, names: Mapping[str, str] | None = None) -> list[Path]:
    """Draw every picture of every company.

    Args:
        database: the DuckDB file.
        directory: for the pictures.
        names: what to call the companies, by business id; else as dim_company does.

    Returns:
        The files.
    """
    directory.mkdir(parents=True, exist_ok=True)
    files = []
    with duckdb.connect(str(database), read_only=True) as connection:
        companies = connection.execute(
            "SELECT source_relation, business_id, company_name, as_of FROM books.dim_company ORDER BY ALL"
        ).fetchall()
        for source, business_id, name, as_of in companies:
            books = Books(connection, source, business_id, (names or {}).get(business_id, name), as_of)
            for picture, size, panels in PICTURES:
                file = directory / f"{source}_{picture.__name__}.png"
                figure = drawing(picture, size, panels, books)
                figure.savefig(file, dpi=110)
                plt.close(figure)
                files.append(file)
    return files


def drawing(picture: Any, size: tuple[float, float], panels: int, books: Books) -> Figure:
    """One picture of one company, with its title and what its colours mean."""
    figure, axes = plt.subplots(panels, figsize=size, layout="constrained", sharex=True, squeeze=False)
    title = picture(books, *axes[:, 0])
    lines = (*wrap(books.name, LETTERS), *wrap(f"{title}, {UNIT}", LETTERS))
    figure.suptitle("\n".join(lines), x=0.01, horizontalalignment="left", fontweight="bold")
    if any(axis.get_legend_handles_labels()[0] for axis in axes[:, 0]):
        figure.legend(loc="outside lower center", ncols=4, frameon=False, fontsize=9)
    return figure


if __name__ == "__main__":
    for drawn in draw(Path(sys.argv[1]), Path(sys.argv[2])):
        print(drawn)
