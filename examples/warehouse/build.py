"""Builds the analyst's tables: runs the files of `sql/` in the order of their names.

python examples/warehouse/build.py warehouse.duckdb
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

SQL = Path(__file__).resolve().parent / "sql"


def build(database: Path) -> None:
    """Make every table and view anew.

    Raises:
        RuntimeError: a statement failed; the message names its file.
    """
    with duckdb.connect(str(database)) as connection:
        for file in sorted(SQL.glob("*.sql")):
            try:
                connection.execute(file.read_text())
            except duckdb.Error as error:
                raise RuntimeError(f"{file.name}: {error}") from error


if __name__ == "__main__":
    build(Path(sys.argv[1]))
