"""One sync of the story into DuckDB, the same tables in PostgreSQL, and dbt's tables of both: for all tests."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE.parent / "warehouse"), str(HERE.parent), str(HERE)]

import build  # noqa: E402
import demo  # noqa: E402
import duckdb  # noqa: E402
import postgres_server  # noqa: E402
import postgres_tables  # noqa: E402
import psycopg2  # noqa: E402
import sync  # noqa: E402
from story import SCHEMAS, Story, bookkeepers_at_work  # noqa: E402

VOUCHERS = 800
STREAMS = (*sync.STREAMS, *sync.HOURS)


@dataclass
class Warehouse:
    """A database with the synced companies, and dbt for it.

    Args:
        engine: duckdb or postgres, a target of profiles.yml.
        place: the path of the DuckDB file, or the server's port.
        directory: for what dbt writes beside the database.
    """

    engine: str
    place: Any
    directory: Path
    said: str = field(default="", init=False, repr=False)
    """What dbt said last."""

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query gives."""
        if self.engine == "duckdb":
            with duckdb.connect(str(self.place), read_only=True) as connection:
                return connection.execute(query).fetchall()
        with closing(self._server()) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    def change(self, *statements: str) -> None:
        """Run statements that change the database."""
        if self.engine == "duckdb":
            with duckdb.connect(str(self.place)) as connection:
                for statement in statements:
                    connection.execute(statement)
            return
        with closing(self._server()) as connection, connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def _server(self) -> Any:
        name = postgres_server.USER
        return psycopg2.connect(host="127.0.0.1", port=self.place, user=name, dbname=name)

    def dbt(self, *command: str, **variables: Any) -> int:
        """Run dbt with the demonstration's variables and others; its exit status."""
        target = {"NETVISOR_DUCKDB": str(self.place)}
        if self.engine == "postgres":
            target = {
                "NETVISOR_PGHOST": "127.0.0.1",
                "NETVISOR_PGPORT": str(self.place),
                "NETVISOR_PGPASSWORD": postgres_server.PASSWORD,
            }
        if self.engine == "bigquery":
            # or it looks for credentials of Google's before it compiles anything
            target = {"BIGQUERY_METHOD": "oauth-secrets", "BIGQUERY_TOKEN": "none"}
        environment = build.settings(target, self.directory / "dbt")
        status, self.said = build.dbt(
            *command, "--target", self.engine, environment=environment,
            variables={**demo.variables("error"), **variables}, show_progress=False,
        )  # fmt: skip
        return status

    def copy(self, directory: Path) -> Warehouse:
        """A copy of the DuckDB file, to be bent: of the same name, which its views have in front of every table."""
        place = directory / self.place.name
        shutil.copy(self.place, place)
        return Warehouse(self.engine, place, directory)

    def cache(self, schema: str) -> Any:
        """PyAirbyte's name for one company's schema; of DuckDB only (see postgres_tables.py)."""
        return sync.duckdb_file(self.place, schema)


@dataclass
class Synced:
    """The story after its second sync."""

    story: Story
    done: dict[str, dict[str, list[int]]]
    records: list[dict[str, int]]
    duckdb: Warehouse


def sync_all(story: Story, simulator: Any, warehouse: Warehouse) -> dict[str, int]:
    """Sync every company; the number of records by company."""
    return {
        company: sync.sync(
            story.config(simulator, company), warehouse.cache(schema), STREAMS, show_progress=False
        )
        for company, schema in SCHEMAS.items()
    }  # fmt: skip


@pytest.fixture(scope="session")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Synced:
    """Two companies, synced twice into DuckDB, with their bookkeepers at work in between."""
    story = Story(VOUCHERS)
    directory = tmp_path_factory.mktemp("duckdb")
    warehouse = Warehouse("duckdb", directory / "warehouse.duckdb", directory)
    with story.simulator() as simulator:
        records = [sync_all(story, simulator, warehouse)]
        done = {name: bookkeepers_at_work(company, simulator.now) for name, company in story.companies.items()}
        records.append(sync_all(story, simulator, warehouse))
        simulator.assert_clean()
    return Synced(story, done, records, warehouse)


@pytest.fixture(scope="session")
def duckdb_warehouse(synced: Synced) -> Warehouse:
    """The DuckDB file with dbt's tables; every test of dbt's was an error that would have stopped it."""
    assert synced.duckdb.dbt("build") == 0, synced.duckdb.said
    return synced.duckdb


@pytest.fixture(scope="session")
def postgres_warehouse(synced: Synced, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """The same synced tables in a PostgreSQL server, with dbt's tables."""
    with postgres_server.server() as port:
        postgres_tables.copy(synced.duckdb.place, list(SCHEMAS.values()), port)
        warehouse = Warehouse("postgres", port, tmp_path_factory.mktemp("postgres"))
        assert warehouse.dbt("build") == 0, warehouse.said
        yield warehouse


@pytest.fixture(params=["duckdb", "postgres"])
def warehouse(request: pytest.FixtureRequest) -> Warehouse:
    """Each of both databases with its tables."""
    found: Warehouse = request.getfixturevalue(f"{request.param}_warehouse")
    return found
