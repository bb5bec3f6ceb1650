"""Databases for the tests: SQLite in a temporary folder, and PostgreSQL where one answers."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

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


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    database = open_database(sqlite_url)
    yield database
    database.close()


@pytest.fixture
def postgres_url() -> Iterator[str]:
    name = f"tocsin_{uuid.uuid4().hex[:12]}"
    try:
        url, admin = _postgres_in_own_schema(name)
    except Exception as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no PostgreSQL at TOCSIN_TEST_POSTGRES: {error}")
    yield url
    with admin.engine.begin() as connection:
        connection.exec_driver_sql(f'DROP SCHEMA "{name}" CASCADE')
    admin.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database, once on SQLite and once on PostgreSQL."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database, once on SQLite and once on PostgreSQL."""
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real page histories beside the project; the test is skipped where it is absent."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not (folder / "corpus").is_dir():
        pytest.skip("the real page histories (../shared) are not here")
    return folder
