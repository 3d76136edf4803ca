"""The pictures: company, period and one unit in each title, the month that is not over, and nothing cut off."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pictures
import pytest
from matplotlib import pyplot
from story import NAMES, SCHEMAS

from conftest import Warehouse

LONG_NAME = "Pohjois-Karjalan Metsäkoneiden Huolto, Varaosakauppa ja Kuljetuspalvelut Virtanen & Kumppanit Oy"
BUSINESS_ID, SCHEMA = next(iter(SCHEMAS.items()))


@pytest.mark.parametrize(("picture", "size", "panels"), pictures.PICTURES)
def test_a_picture(picture: object, size: tuple[float, float], panels: int, duckdb_warehouse: Warehouse) -> None:
    with duckdb.connect(str(duckdb_warehouse.place), read_only=True) as connection:
        as_of = connection.execute(
            "select as_of from books.dim_company where source_relation = ?", [SCHEMA]
        ).fetchall()[0][0]
        books = pictures.Books(connection, SCHEMA, BUSINESS_ID, LONG_NAME, as_of)
        figure = pictures.drawing(picture, size, panels, books)
    figure.canvas.draw()
    title = figure.texts[0]
    words = title.get_text().replace("\n", " ")
    assert words.startswith(LONG_NAME) and words.endswith(", thousand euros") and str(as_of.year) in words
    box = title.get_window_extent()
    assert box.x0 >= 0 and box.x1 <= figure.bbox.x1 and box.y1 <= figure.bbox.y1, "the whole title is there"
    legend = [text.get_text() for one in figure.legends for text in one.get_texts()]
    by_month = picture in (pictures.profit_and_loss_by_month, pictures.cash_and_receivables)
    assert (pictures.MONTH_NOT_OVER in legend) == by_month
    for axis in figure.axes:
        low, high = axis.get_ylim() if by_month else axis.get_xlim()
        bars = [bar.get_bbox() for bar in axis.patches if bar.get_label() != pictures.MONTH_NOT_OVER]
        ends = [end for bar in bars for end in ((bar.y0, bar.y1) if by_month else (bar.x0, bar.x1))]
        if axis.containers:
            assert low < min(ends) and max(ends) < high, "no bar touches the edge"
    marks = [text.get_text() for axis in figure.axes for text in (*axis.get_xticklabels(), *axis.get_yticklabels())]
    assert not any(mark.startswith("-") for mark in marks), "a minus is a minus, not a hyphen"
    pyplot.close(figure)


def test_the_balance_sheet_stands_the_right_way_round(duckdb_warehouse: Warehouse) -> None:
    """Assets left, equity and liabilities right, each from the top down in the statutory order; both equally high."""
    with duckdb.connect(str(duckdb_warehouse.place), read_only=True) as connection:
        rows = connection.execute("select as_of from books.dim_company where source_relation = ?", [SCHEMA]).fetchall()
        books = pictures.Books(connection, SCHEMA, BUSINESS_ID, NAMES[BUSINESS_ID], rows[0][0])
        figure = pictures.drawing(pictures.balance_sheet, (10.0, 6.4), 1, books)
        lines = connection.execute(
            "select distinct name_en, side, sort_order from books.balance_sheet_statutory order by sort_order"
        ).fetchall()
    axis = figure.axes[0]
    for place, side in enumerate(("assets", "liabilities")):
        order = [name for name, one, _ in lines if one == side]
        texts = [text for text in axis.texts if round(text.xy[0]) == place]  # type: ignore[attr-defined]
        names = [text.get_text().split("  ")[0] for text in sorted(texts, key=lambda text: -text.xy[1])]  # type: ignore[attr-defined]
        assert len(names) > 1 and sorted(names, key=order.index) == names
    totals = [label.get_text().split("\n")[0].rsplit(" ", 1)[1] for label in axis.get_xticklabels()]
    assert len(set(totals)) == 1, "both sides add up to the same"
    pyplot.close(figure)


def test_every_company_has_every_picture(duckdb_warehouse: Warehouse, tmp_path: Path) -> None:
    files = pictures.draw(duckdb_warehouse.place, tmp_path, NAMES)
    assert len(files) == len(SCHEMAS) * len(pictures.PICTURES)
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in files)
