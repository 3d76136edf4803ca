"""The synced tables of a DuckDB file, in a PostgreSQL server.

PyAirbyte 1.0's own way into PostgreSQL goes through data frames, which take a text of digits beside a null for a
number: the account number `1701` arrives as the text `1701.0`, and the reference `0012` as `12`. Airbyte's PostgreSQL
destination does not. So the tables are copied as they are. (Staging takes the `.0` away all the same.)
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import duckdb
import postgres_server
import psycopg2
from psycopg2.extras import execute_values

TYPES = {"VARCHAR": "text", "JSON": "jsonb", "DOUBLE": "double precision", "TIMESTAMP WITH TIME ZONE": "timestamptz"}
"""DuckDB's types that PostgreSQL calls otherwise."""
AT_ONCE = 1000


def copy(source: Path, schemas: list[str], port: int) -> None:
    """Copies every table of some schemas.

    Args:
        source: the DuckDB file.
        schemas: one for each company.
        port: of the server on 127.0.0.1.
    """
    name = postgres_server.USER
    with (
        duckdb.connect(str(source), read_only=True) as tables,
        closing(psycopg2.connect(host="127.0.0.1", port=port, user=name, dbname=name)) as server,
        server.cursor() as cursor,
    ):
        for schema in schemas:
            cursor.execute(f'create schema "{schema}"')
            found = tables.execute("select table_name from information_schema.tables where table_schema = ?", [schema])
            for (table,) in found.fetchall():
                columns = tables.execute(
                    "select column_name, data_type from information_schema.columns "
                    "where table_schema = ? and table_name = ? order by ordinal_position",
                    [schema, table],
                ).fetchall()
                made = ", ".join(f'"{column}" {TYPES.get(kind, kind)}' for column, kind in columns)
                cursor.execute(f'create table "{schema}"."{table}" ({made})')
                rows = tables.execute(f'select * from "{schema}"."{table}"')
                while part := rows.fetchmany(AT_ONCE):
                    execute_values(cursor, f'insert into "{schema}"."{table}" values %s', part)
        server.commit()
