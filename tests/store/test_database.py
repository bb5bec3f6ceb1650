"""The schema goes up and down with data in it, says what the classes say, and opens with clear errors."""

import threading
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text

from store.columns import Base, UtcDateTime
from store.database import Database, DatabaseUnavailable, migrate, open_database
from store.schema import SourceRow


def test_migrations_make_exactly_the_mapped_tables(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []


def test_down_and_up_again_with_data_in_it(database, record, list_of, start):
    record(start, list_of("US"))
    migrate(database, "base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    migrate(database, "head")
    with database.read() as session:
        assert session.scalars(select(SourceRow)).all() == []


def test_opening_twice_migrates_once(database_url):
    for _ in range(2):
        opened = open_database(database_url)
        with opened.engine.connect() as connection:
            assert connection.execute(text("select count(*) from alembic_version")).scalar() == 1
        opened.close()


def test_two_processes_may_open_an_empty_database_at_once(database_url):
    errors = []

    def opened():
        try:
            open_database(database_url).close()
        except DatabaseUnavailable as error:
            errors.append(error)

    threads = [threading.Thread(target=opened) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_a_block_that_fails_leaves_no_trace(database, spec_of, start):
    from store.sources import declare

    def fails():
        with database.begin() as session:
            declare(session, [spec_of()], start)
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        fails()
    with database.read() as session:
        assert session.scalars(select(SourceRow)).all() == []


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nonsense", "not a database address"),
        ("mysql://localhost/x", "use sqlite or postgresql"),
        ("postgresql://nobody@127.0.0.1:1/none", "127.0.0.1"),
        ("sqlite:////proc/nowhere/x.db", "folder /proc/nowhere"),
    ],
)
def test_what_cannot_be_opened_is_named(url, says):
    with pytest.raises(DatabaseUnavailable, match=says):
        open_database(url)


def test_a_password_is_never_told():
    with pytest.raises(DatabaseUnavailable) as raised:
        open_database("postgresql://me:secret@127.0.0.1:1/none")
    assert "secret" not in str(raised.value)


def test_naive_times_are_refused():
    with pytest.raises(ValueError, match="naive"):
        UtcDateTime().process_bind_param(datetime(2024, 7, 8), None)


def test_times_come_back_as_utc(database, record, list_of, start):
    record(start, list_of("US"))
    with database.read() as session:
        assert session.scalars(select(SourceRow.verified_at)).one() == start.astimezone(UTC)


def test_sqlite_readers_do_not_wait_for_a_writer(sqlite_database, sqlite_url):
    other = Database(sqlite_url)
    with sqlite_database.begin() as writing:
        writing.execute(text("select 1"))
        with other.read() as reading:
            assert reading.scalars(select(SourceRow)).all() == []
    other.close()
