"""Snowflake and BigQuery as emulators play them: filled with synced tables, and asked through the vendors' own clients.

Both emulators translate each statement to DuckDB's SQL, and keep a database in a DuckDB file; so the synced tables are
copied into one, with the types that Airbyte's destinations use there. What they accept and compute is evidence for the
real ones, and no proof.
"""

from __future__ import annotations

import json
import subprocess
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import build
import duckdb
import postgres_server

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
ENVIRONMENTS = PROJECT / ".emulators"
"""The virtual environment of each, made by `make warehouse-emulators`."""

NUMBER = "DECIMAL(38,9)"
"""DuckDB's type of a number with decimals, as PyAirbyte makes it."""


@dataclass
class Emulator:
    """A running emulator with the synced tables, and dbt for it.

    Args:
        engine: snowflake or bigquery, a target of profiles.yml beside this file.
        port: on 127.0.0.1.
        directory: for what dbt writes.
    """

    engine: str
    port: int
    directory: Path

    def dbt(self, *command: str, **variables: Any) -> tuple[int, str]:
        """Run dbt in a project of its own that has the package in it; its exit status and what it said.

        Without comments: fakesnow fails at an apostrophe in one.
        """
        project = self.directory / "project"
        project.mkdir(exist_ok=True)
        (project / "packages.yml").write_text(f"packages:\n  - local: {PROJECT}\n")
        off = "+persist_docs: {relation: false, columns: false}"
        (project / "dbt_project.yml").write_text(
            "name: emulated\nversion: 1.0.0\nprofile: netvisor\n"
            f"models:\n  netvisor:\n    {off}\n    staging:\n      {off}\n"
        )
        environment = build.settings({"EMULATOR_PORT": str(self.port)}, self.directory / "dbt")
        environment["DBT_PROFILES_DIR"] = str(HERE)
        said = ""
        for words in (["deps"], [*command, "--target", self.engine, "--vars", json.dumps(variables)]):
            run = subprocess.run(
                [build.DBT, "--no-use-colors", *words], cwd=project, env=environment, capture_output=True, text=True
            )
            said += run.stdout
            if run.returncode:
                break
        return run.returncode, said

    def rows(self, relation: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The names of the columns of a table, in small letters, and its rows."""
        query = f"select * from {relation}"
        if self.engine == "snowflake":
            return self._snowflake(query)
        return self._bigquery(query)

    def _snowflake(self, query: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        import snowflake.connector

        with snowflake.connector.connect(
            user="emulated", password="emulated", account="emulated", host="127.0.0.1", port=self.port,
            protocol="http", database="NETVISOR",
        ) as connection:  # fmt: skip
            cursor = connection.cursor().execute(query)
            return [column.name.lower() for column in cursor.description], cursor.fetchall()

    def _bigquery(self, query: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        from google.auth.credentials import AnonymousCredentials
        from google.cloud import bigquery

        client = bigquery.Client(
            project="netvisor", credentials=AnonymousCredentials(),
            client_options={"api_endpoint": f"http://127.0.0.1:{self.port}"},  # ignore-https-check
        )  # fmt: skip
        found = client.query(query).result()
        return [field.name.lower() for field in found.schema], [row.values() for row in found]


@contextmanager
def emulator(engine: str, source: Path, schemas: Iterable[str], directory: Path) -> Iterator[Emulator]:
    """Serve the synced tables of a DuckDB file.

    Args:
        engine: snowflake or bigquery.
        source: the DuckDB file.
        schemas: one for each company.
        directory: a new one, for the emulator's files.

    Raises:
        RuntimeError: it does not answer.
    """
    python = ENVIRONMENTS / engine / "bin" / "python"
    port = postgres_server.free_port()
    if engine == "snowflake":
        _copy(source, schemas, directory / "NETVISOR.db", str.upper, {NUMBER: "DOUBLE"})
        words = [str(HERE / "serve_snowflake.py"), str(directory), str(port)]
        health = f"http://127.0.0.1:{port}/"  # ignore-https-check
    else:
        database = directory / "crucible"
        catalogs = directory / "crucible.catalogs"
        catalogs.mkdir()
        _copy(source, schemas, catalogs / "0.duckdb", str, {})
        with duckdb.connect(str(database)) as own:
            own.execute("CREATE TABLE catalogs (name VARCHAR PRIMARY KEY, file VARCHAR)")
            own.execute("INSERT INTO catalogs VALUES ('netvisor', ?)", [str(catalogs / "0.duckdb")])
        words = [
            "-m",
            "crucible.cli",
            "serve",
            "--dialect",
            "bigquery",
            "--port",
            str(port),
            "--database",
            str(database),
        ]
        health = f"http://127.0.0.1:{port}/_crucible/health"  # ignore-https-check
    log = directory / "log"
    with log.open("w") as output, subprocess.Popen([python, *words], stdout=output, stderr=output) as server:
        try:
            _wait(health, server, log)
            yield Emulator(engine, port, directory)
        finally:
            server.terminate()


def _copy(source: Path, schemas: Iterable[str], target: Path, named: Any, types: dict[str, str]) -> None:
    """Copy every stream's table; moments become those with a zone, as both destinations write them."""
    with duckdb.connect(str(target)) as copy:
        copy.execute(f"ATTACH '{source}' AS source (READ_ONLY)")
        for schema in schemas:
            copy.execute(f'CREATE SCHEMA "{named(schema)}"')
            columns = copy.execute(
                "SELECT table_name, column_name, data_type FROM duckdb_columns() "
                "WHERE database_name = 'source' AND schema_name = ? ORDER BY table_name, column_index",
                [schema],
            ).fetchall()
            # PyAirbyte's own tables begin with a line
            for table in dict.fromkeys(name for name, _, _ in columns if not name.startswith("_")):
                chosen = ", ".join(
                    f'"{column}" AT TIME ZONE \'UTC\' AS "{named(column)}"'
                    if kind == "TIMESTAMP"
                    else f'CAST("{column}" AS {types.get(kind, kind)}) AS "{named(column)}"'
                    for name, column, kind in columns
                    if name == table
                )
                made = f'"{named(schema)}"."{named(table)}"'
                copy.execute(f'CREATE TABLE {made} AS SELECT {chosen} FROM source."{schema}"."{table}"')


def _wait(address: str, server: subprocess.Popen[Any], log: Path) -> None:
    """Wait until the emulator answers, whatever it answers."""
    for _ in range(240):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.25)
    raise RuntimeError(f"The emulator does not answer: {log.read_text()[-2000:]}")
