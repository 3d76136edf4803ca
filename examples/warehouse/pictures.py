"""Draws the profit and loss by month and by cost centre from the warehouse.

python examples/warehouse/pictures.py warehouse.duckdb pictures/
"""

from __future__ import annotations

import sys
from collections import defaultdict
from datetime import date
from pathlib import Path

import duckdb
import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

# Colours that people with any kind of colour vision tell apart (Okabe and Ito); the result stands above all in black.
COLOURS = ("#0072B2", "#E69F00", "#D55E00", "#CC79A7", "#56B4E9", "#999999", "#009E73", "#F0E442")
RESULT = "#000000"
LOSS = "#B00020"


def _groups(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The groups of the profit and loss statement in the order of the chart of accounts."""
    rows = connection.execute(
        "SELECT account_group FROM books.profit_and_loss_by_month GROUP BY account_group ORDER BY min(sort_order)"
    ).fetchall()
    return [group for (group,) in rows]


def _euros(axis: Axes, direction: str) -> None:
    """Write thousands of euros on one axis and draw its grid."""
    chosen = axis.xaxis if direction == "x" else axis.yaxis
    chosen.set_major_formatter(FuncFormatter(lambda value, _: f"{value / 1000:,.0f}"))
    axis.grid(axis=direction, color="#dddddd", linewidth=0.6)
    axis.set_axisbelow(True)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)


def by_month(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Income above the line, costs below it, and the result, for each month up to the current one."""
    rows = connection.execute(
        "SELECT month, account_group, sum(amount)::DOUBLE FROM books.profit_and_loss_by_month, books.warehouse "
        "WHERE month <= as_of GROUP BY ALL"
    ).fetchall()
    amounts: dict[tuple[date, str], float] = {(month, group): amount for month, group, amount in rows}
    months = sorted({month for month, _, _ in rows})
    places = range(len(months))
    figure, axis = plt.subplots(figsize=(10, 4.8), layout="constrained")
    above, below = [0.0] * len(months), [0.0] * len(months)
    for colour, group in zip(COLOURS, _groups(connection), strict=False):
        heights = [amounts.get((month, group), 0.0) for month in months]
        bottoms = [above[n] if height >= 0 else below[n] for n, height in enumerate(heights)]
        axis.bar(places, heights, bottom=bottoms, width=0.8, color=colour, label=group)
        for n, height in enumerate(heights):
            if height >= 0:
                above[n] += height
            else:
                below[n] += height
    results = [above[n] + below[n] for n in places]
    axis.plot(places, results, color=RESULT, marker="o", markersize=3.5, linewidth=1.4, label="Result")
    axis.axhline(0, color="#444444", linewidth=0.8)
    # the year below January, and below the first month wherever that is
    names = [
        f"{month:%b}\n{month:%Y}" if n == 0 or month.month == 1 else f"{month:%b}" for n, month in enumerate(months)
    ]
    shown = [n for n in places if months[n].month % 3 == 1 or len(months) <= 18]
    axis.set_xticks(shown, [names[n] for n in shown])
    axis.set_xlim(-0.7, len(months) - 0.3)
    axis.margins(y=0.06)
    axis.set_ylabel("thousand euros")
    axis.set_title("Profit and loss by month", loc="left", fontweight="bold")
    _euros(axis, "y")
    figure.legend(loc="outside lower center", ncols=4, frameon=False, fontsize=9)
    figure.savefig(file, dpi=110)
    plt.close(figure)


def by_cost_centre(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Income, costs and result of each cost centre over the last twelve full months."""
    first, last = connection.execute(
        "SELECT (date_trunc('month', as_of) - INTERVAL 12 MONTH)::DATE, "
        "(date_trunc('month', as_of) - INTERVAL 1 DAY)::DATE FROM books.warehouse"
    ).fetchall()[0]
    rows = connection.execute(
        "SELECT cost_centre, account_group, sum(amount)::DOUBLE FROM books.profit_and_loss_by_cost_centre "
        "WHERE month BETWEEN ? AND ? GROUP BY ALL",
        [first, last],
    ).fetchall()
    amounts: dict[str, dict[str, float]] = defaultdict(dict)
    for centre, group, amount in rows:
        amounts[centre][group] = amount
    # the largest result on top, what has no cost centre at the bottom
    centres = sorted(amounts, key=lambda centre: (centre != "(none)", sum(amounts[centre].values())))
    figure, axis = plt.subplots(figsize=(10, 1.6 + 0.55 * len(centres)), layout="constrained")
    for place, centre in enumerate(centres):
        right = left = 0.0
        for colour, group in zip(COLOURS, _groups(connection), strict=False):
            amount = amounts[centre].get(group, 0.0)
            axis.barh(place, amount, left=right if amount >= 0 else left, height=0.62, color=colour,
                      label=group if place == 0 else None)  # fmt: skip
            if amount >= 0:
                right += amount
            else:
                left += amount
        result = right + left
        axis.plot(result, place, marker="D", color=RESULT, markersize=6, markeredgecolor="white",
                  linestyle="none", label="Result" if place == 0 else None)  # fmt: skip
        axis.annotate(
            f"{result:,.0f} €", (right, place), xytext=(6, 0), textcoords="offset points", va="center", fontsize=9,
            color=RESULT if result >= 0 else LOSS, fontweight="bold",
        )  # fmt: skip
    axis.set_yticks(range(len(centres)), centres)
    axis.axvline(0, color="#444444", linewidth=0.8)
    axis.margins(x=0.14)
    axis.set_xlabel("thousand euros")
    axis.set_title(f"Profit and loss by cost centre, {first:%b %Y} to {last:%b %Y}", loc="left", fontweight="bold")
    _euros(axis, "x")
    figure.legend(loc="outside lower center", ncols=4, frameon=False, fontsize=9)
    figure.savefig(file, dpi=110)
    plt.close(figure)


def draw(database: Path, directory: Path) -> list[Path]:
    """Draw both pictures; their files."""
    directory.mkdir(parents=True, exist_ok=True)
    files = [directory / "profit_and_loss_by_month.png", directory / "profit_and_loss_by_cost_centre.png"]
    with duckdb.connect(str(database), read_only=True) as connection:
        by_month(connection, files[0])
        by_cost_centre(connection, files[1])
    return files


if __name__ == "__main__":
    for drawn in draw(Path(sys.argv[1]), Path(sys.argv[2])):
        print(drawn)
