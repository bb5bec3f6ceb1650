"""The disk is full, the database is locked, damaged or gone: one line says what to do, and nothing is half-written."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import event, func, select

from store.database import Database, DatabaseUnavailable, open_database
from store.schema import SnapshotRow, SourceRow, VersionRow, VisitRow
from tocsin import rounds
from tocsin.app import App
from tocsin.settings import read_settings

DECLARATION = """
title = "Example AI: supported countries"
publisher = "Example AI"
product = "Example API"
kind = "availability"
url = "{url}"
every = "1h"
"""


def page(*names: str, padding: str = "") -> str:
    listed = "".join(f"<li>{name}</li>" for name in names)
    return f"<main><h1>Supported countries</h1><ul>{listed}</ul></main><!-- {padding} -->"


@pytest.fixture
def app(database_url: str, world: Any, tmp_path: Path) -> Iterator[App]:
    """A house that watches one list and has read it once."""
    world.shows("/countries", page("France", "Japan", "Kenya"))
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "example.toml").write_text(DECLARATION.format(url=world.url("/countries")))
    settings = read_settings(
        database_url=database_url,
        sources=(tmp_path / "sources",),
        allow_hosts=frozenset({"127.0.0.1"}),
        contact="tests@example.org",
        gap=0,
        model="none",
    )
    database = open_database(database_url)
    made = App(settings, database)
    made.declare()
    once(made)
    yield made
    database.close()


def once(app: App) -> None:
    """A whole round in which the source is visited, whatever claim a round before it left."""
    with app.database.begin() as session:
        session.execute(SourceRow.__table__.update().values(lease_until=None, etag=None))  # type: ignore[attr-defined]
    asyncio.run(rounds.once(app, ["example"], lambda slug, outcome: None))


def stored(database: Database) -> tuple[int, ...]:
    with database.read() as session:
        return tuple(
            session.scalar(select(func.count()).select_from(row)) or 0 for row in (SnapshotRow, VersionRow, VisitRow)
        )


def one_line(error: pytest.ExceptionInfo[DatabaseUnavailable]) -> str:
    said = str(error.value)
    assert "\n" not in said
    return said


@pytest.fixture
def sqlite_app(app: App) -> App:
    if not app.database.is_sqlite:
        pytest.skip("a file is what this is about")
    return app


def file_of(app: App) -> Path:
    return Path(app.settings.database_url.removeprefix("sqlite:///"))


def test_a_full_disk_is_named_loses_nothing_and_passes(sqlite_app: App, world: Any) -> None:
    before = stored(sqlite_app.database)
    full = True

    @event.listens_for(sqlite_app.database.engine, "begin")
    def limited(connection: Any) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages if full else 1_000_000}")

    world.shows("/countries", page("France", "Japan", "Kenya", "Peru", padding=noise(200_000)))
    with pytest.raises(DatabaseUnavailable) as error:
        once(sqlite_app)
    assert "full" in one_line(error)
    assert "make room" in one_line(error)
    assert stored(sqlite_app.database) == before, "no snapshot without its visit, and no visit that says it failed"
    full = False
    once(sqlite_app)
    assert stored(sqlite_app.database) == tuple(count + 1 for count in before)


def noise(size: int) -> str:
    """Text that does not compress, so that it needs room."""
    return random.Random(1).randbytes(size // 2).hex()


def test_a_database_that_another_program_locks_is_named_and_passes(sqlite_app: App, world: Any) -> None:
    before = stored(sqlite_app.database)

    @event.listens_for(sqlite_app.database.engine, "connect")
    def impatient(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA busy_timeout = 200")  # half a minute is too long for a test

    sqlite_app.database.engine.dispose()
    world.shows("/countries", page("France", "Japan", "Kenya", "Peru"))
    with contextlib.closing(sqlite3.connect(file_of(sqlite_app), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseUnavailable) as error:
            once(sqlite_app)
        assert "locked" in one_line(error)
        assert "end that program" in one_line(error)
        assert stored(sqlite_app.database) == before, "what is stored can still be read"
    once(sqlite_app)
    assert stored(sqlite_app.database) == tuple(count + 1 for count in before)


def test_a_file_that_is_no_database_is_named(sqlite_app: App) -> None:
    sqlite_app.database.close()
    file = file_of(sqlite_app)
    for beside in file.parent.glob(file.name + "-*"):
        beside.unlink()
    file.write_bytes(b"no database, " * 1000)
    with pytest.raises(DatabaseUnavailable) as error:
        open_database(sqlite_app.settings.database_url)
    assert "restore it from a backup" in one_line(error)
    assert file.read_bytes() == b"no database, " * 1000, "what may still be rescued is left as it is"


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "tocsin.db").mkdir()
    with pytest.raises(DatabaseUnavailable) as error:
        open_database(f"sqlite:///{tmp_path / 'tocsin.db'}")
    assert "look whether the folder is there" in one_line(error)


def test_connections_that_the_server_ends_in_mid_visit_lose_nothing(app: App, world: Any) -> None:
    if app.database.is_sqlite:
        pytest.skip("a file has no server")
    before = stored(app.database)
    ended = []

    @event.listens_for(app.database.engine, "after_cursor_execute")
    def shot(connection: Any, _cursor: Any, statement: str, _p: Any, _x: Any, _many: Any) -> None:
        if statement.startswith("INSERT INTO version") and not ended:
            ended.append(connection.connection.driver_connection.info.backend_pid)
            with Database(app.settings.database_url).engine.begin() as other:
                other.exec_driver_sql(f"SELECT pg_terminate_backend({ended[0]})")

    world.shows("/countries", page("France", "Japan", "Kenya", "Peru"))
    with pytest.raises(DatabaseUnavailable) as error:
        once(app)
    assert "connection" in one_line(error)
    assert "server" in one_line(error)
    assert ended
    assert stored(app.database) == before, "no version without its visit"
    once(app)
    assert stored(app.database) == tuple(count + 1 for count in before)


def test_a_running_service_says_one_line_and_goes_on(sqlite_app: App) -> None:
    from tocsin.scheduler import _tick

    async def job() -> None:
        raise DatabaseUnavailable("sqlite:///x: database is locked")

    with structlog.testing.capture_logs() as lines:
        asyncio.run(_tick("visits", job))
    assert [(line["job"], line["error"]) for line in lines] == [("visits", "sqlite:///x: database is locked")]


def test_a_writer_that_is_soon_done_is_waited_for(sqlite_app: App, world: Any) -> None:
    before = stored(sqlite_app.database)
    world.shows("/countries", page("France", "Japan", "Kenya", "Peru"))
    held = threading.Event()

    def holds() -> None:
        with contextlib.closing(sqlite3.connect(file_of(sqlite_app), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            held.set()
            time.sleep(1)

    thread = threading.Thread(target=holds)
    thread.start()
    assert held.wait(10)
    once(sqlite_app)
    thread.join()
    assert stored(sqlite_app.database) == tuple(count + 1 for count in before)
