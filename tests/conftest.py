"""Databases for the tests: SQLite in a temporary folder, and PostgreSQL where one answers."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect

from store.database import Database, open_database

POSTGRES = os.environ.get("TOCSIN_TEST_POSTGRES", "postgresql://root@127.0.0.1:5432/test")


def _postgres_in_own_schema(name: str) -> tuple[str, Database]:
    """A database address whose tables live in a schema of their own, and the door to drop that schema again."""
    admin = Database(POSTGRES)
    with admin.engine.begin() as connection:
        connection.exec_driver_sql(f'CREATE SCHEMA "{name}"')
    return f"{POSTGRES}?options=-csearch_path%3D{name}", admin


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'tocsin.db'}"


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file with nothing in it; a copy is made sooner than a migration."""
    file = tmp_path_factory.mktemp("migrated") / "tocsin.db"
    open_database(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def sqlite_database(sqlite_url: str, migrated_sqlite: Path) -> Iterator[Database]:
    shutil.copyfile(migrated_sqlite, sqlite_url.removeprefix("sqlite:///"))
    database = Database(sqlite_url)
    yield database
    database.close()


def _need_postgres(name: str) -> tuple[str, Database]:
    try:
        return _postgres_in_own_schema(name)
    except Exception as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no PostgreSQL at TOCSIN_TEST_POSTGRES: {error}")


def _dropped(name: str, admin: Database) -> None:
    with admin.engine.begin() as connection:
        connection.exec_driver_sql(f'DROP SCHEMA "{name}" CASCADE')
    admin.close()


@pytest.fixture
def postgres_url() -> Iterator[str]:
    name = f"tocsin_{uuid.uuid4().hex[:12]}"
    url, admin = _need_postgres(name)
    yield url
    _dropped(name, admin)


class PostgresStock:
    """A migrated schema that one test after another uses: to empty it takes a thirtieth of a migration's time."""

    def __init__(self) -> None:
        self._made: tuple[str, str, Database] | None = None
        self._as_made: object = None

    def lent(self) -> Database:
        if self._made is None:
            name = f"tocsin_{uuid.uuid4().hex[:12]}"
            url, admin = _need_postgres(name)
            self._made = (name, url, admin)
            open_database(url).close()
        database = Database(self._made[1])
        self._as_made = _shape(database)
        return database

    def returned(self, database: Database) -> None:
        """Empties the schema; drops it where a test changed its tables, or where the role may not pass triggers by."""
        if _shape(database) != self._as_made or not _emptied(database):
            self.drop()
        database.close()

    def drop(self) -> None:
        if self._made is not None:
            _dropped(self._made[0], self._made[2])
        self._made = None


def _shape(database: Database) -> object:
    """The number of each table and index: a schema that went down and up again has others."""
    with database.engine.begin() as connection:
        return connection.exec_driver_sql(
            "SELECT array_agg(oid ORDER BY oid) FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
        ).scalar()


def _emptied(database: Database) -> bool:
    """Deletes every row and lets numbers begin at 1 again; False where only a superuser may."""
    with database.engine.begin() as connection:
        if connection.exec_driver_sql("SELECT current_setting('is_superuser')").scalar() != "on":
            return False
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for table in _with_rows(connection):
            connection.exec_driver_sql(f'DELETE FROM "{table}"')
        connection.exec_driver_sql(
            "SELECT setval(format('%%I.%%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences"
            " WHERE schemaname = current_schema() AND last_value IS NOT NULL"
        )
    return True


def _with_rows(connection: Connection) -> list[str]:
    names = [name for name in inspect(connection).get_table_names() if name != "alembic_version"]
    asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names)
    return list(connection.exec_driver_sql(asked).scalars())


@pytest.fixture(scope="session")
def postgres_stock() -> Iterator[PostgresStock]:
    stock = PostgresStock()
    yield stock
    stock.drop()


@pytest.fixture
def postgres_database(postgres_stock: PostgresStock) -> Iterator[Database]:
    database = postgres_stock.lent()
    yield database
    postgres_stock.returned(database)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database, once on SQLite and once on PostgreSQL."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """A migrated database with nothing in it, once on SQLite and once on PostgreSQL."""
    return request.getfixturevalue("sqlite_database" if request.param == "sqlite" else "postgres_database")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real page histories beside the project; the test is skipped where it is absent."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not (folder / "corpus").is_dir():
        pytest.skip("the real page histories (../shared) are not here")
    return folder
