"""Opens the database and brings its schema up to date; the only door to a session."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

_HERE = Path(__file__).resolve().parent


class DatabaseUnavailable(Exception):
    """The database cannot be opened, reached or written; the text says what to do. What was under way left no trace."""


class Database:
    """One engine. begin() gives a session in a transaction that commits at the end of the block or leaves no trace."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        with _told(self.url), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only reads: on SQLite it waits for no writer and makes none wait."""
        engine = self.engine.execution_options(read_only=True)
        with _told(self.url), Session(engine, expire_on_commit=False) as session:
            yield session

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def close(self) -> None:
        self.engine.dispose()


def open_database(url: str) -> Database:
    """The database at a SQLAlchemy URL, migrated to the newest schema.

    Raises DatabaseUnavailable when it cannot be opened, with the address and the reason.
    """
    database = Database(url)
    with _told(url):
        migrate(database, "head")
    return database


def migrate(database: Database, revision: str) -> None:
    """Moves the schema up or down to a revision ("head", "base", or an id of alembic/versions) in one transaction."""
    config = Config()
    config.set_main_option("script_location", str(_migrations()).replace("%", "%%"))
    with database.engine.begin() as connection:
        if not database.is_sqlite:  # SQLite's BEGIN IMMEDIATE already lets only one process in
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7462)")
        config.attributes["connection"] = connection
        now = MigrationContext.configure(connection).get_current_revision()
        passed = ScriptDirectory.from_config(config).iterate_revisions(now, "base") if now else ()
        down = revision == "base" or revision in {one.revision for one in passed}
        (command.downgrade if down else command.upgrade)(config, revision)


def _migrations() -> Path:
    packaged = _HERE / "migrations"
    return packaged if packaged.is_dir() else _HERE.parent / "alembic"


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseUnavailable(
            f"TOCSIN_DATABASE_URL {url!r} is not a database address; write sqlite:///file.db or postgresql://host/name"
        ) from error
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise DatabaseUnavailable(f"TOCSIN_DATABASE_URL names {parsed.get_backend_name()!r}; use sqlite or postgresql")
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            _make_folder(Path(parsed.database).parent)
        engine = create_engine(parsed, connect_args={"timeout": 30})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediately)
        return engine
    return create_engine(parsed, pool_pre_ping=True)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnavailable(f"the database's folder {folder} cannot be made: {error.strerror}") from error


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_immediately
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediately(connection: Any) -> None:
    # A deferred transaction that reads first and writes later fails at once when another process wrote in between;
    # taking the write lock at the start makes it wait its turn instead.
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


_WHAT_TO_DO = (
    ("is full", "make room on its disk; Tocsin goes on by itself"),
    ("no space left", "make room on the server's disk; Tocsin goes on by itself"),
    ("is locked", "another program has held it for too long: end that program; Tocsin goes on by itself"),
    ("unable to open", "look whether the folder is there and may be written to"),
    ("readonly", "give Tocsin the right to write the file and its folder"),
    ("disk i/o error", "look after its disk; Tocsin goes on by itself when it can be written again"),
    ("not a database", "the file is damaged or none of Tocsin's: restore it from a backup, or name another file"),
    ("malformed", "the file is damaged: restore it from a backup"),
    ("password", "mend the user or password in TOCSIN_DATABASE_URL"),
    ("does not exist", "mend the name in TOCSIN_DATABASE_URL, or create the database"),
    ("connection", "look whether the server is running and can be reached; Tocsin goes on by itself when it is back"),
)


@contextmanager
def _told(url: str) -> Iterator[None]:
    """Tells a database that fails by its address, its own words and what to do, in one line."""
    try:
        yield
    except DBAPIError as error:
        said = " ".join(str(error.orig).split())
        advice = next((todo for sign, todo in _WHAT_TO_DO if sign in said.lower()), None)
        gone = isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated
        if not gone and not (type(error) is DatabaseError and advice):
            raise  # a mistake of ours in a statement
        raise DatabaseUnavailable(f"{_without_password(url)}: {said}" + (f"; {advice}" if advice else "")) from error


def _without_password(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)
