"""Addresses and declarations keep their dates, on both databases, and the schema goes up and down with them in it."""

from datetime import timedelta

from sqlalchemy import select, text

from store.addresses import Why, addresses, moved_sources, text_at
from store.database import migrate
from store.schema import SourceRow, VersionRow
from store.sources import claim_named, declare

HOUR = timedelta(hours=1)
NEW = "https://new.example.org/countries"


def of(database, slug="example"):
    with database.read() as session:
        return addresses(session, slug)


def row(database):
    with database.read() as session:
        return session.scalars(select(SourceRow)).one()


def moved(record, list_of, start):
    """A source whose second visit was led to a new address for good."""
    record(start, list_of("US"))
    record(start + HOUR, list_of("US"), moved_to=NEW)


def test_a_declared_source_has_one_address_from_its_first_day(database, record, list_of, start):
    record(start, list_of("US"))
    record(start + HOUR, list_of("US"))
    [only] = of(database)
    assert (only.url, only.why, only.since, only.until) == (
        "https://example.com/countries",
        Why.DECLARED,
        start,
        None,
    )


def test_a_move_keeps_the_declared_address_and_goes_to_the_new_host(database, record, list_of, start):
    moved(record, list_of, start)
    assert [(one.url, one.since) for one in of(database)][1:] == [(NEW, start + HOUR)]
    assert (row(database).url, row(database).host) == (NEW, "new.example.org")
    with database.read() as session:
        assert [one.slug for one in moved_sources(session)] == ["example"]


def test_a_server_that_redirects_elsewhere_each_time_is_followed_once_a_day(database, record, list_of, start):
    moved(record, list_of, start)
    for hours in range(2, 30):
        record(start + hours * HOUR, list_of("US"), moved_to=f"{NEW}?session={hours}")
    assert len(of(database)) == 3


def test_being_led_back_to_the_declared_address_ends_the_move(database, record, list_of, start):
    moved(record, list_of, start)
    record(start + 48 * HOUR, list_of("US"), moved_to="https://example.com/countries")
    assert [one.until for one in of(database)] == [None, start + 48 * HOUR]
    assert row(database).host == "example.com"


def test_three_failures_at_the_new_address_lead_back_to_the_declared_one(database, record, list_of, start):
    from store.values import Outcome

    moved(record, list_of, start)
    for hours in (2, 3):
        record(start + hours * HOUR, None, Outcome.BLOCKED, reason="challenge")
    assert row(database).url == NEW
    record(start + 4 * HOUR, None, Outcome.BLOCKED, reason="challenge")
    assert row(database).url == "https://example.com/countries"


def test_the_declaration_of_a_day_is_found_by_its_day(database, spec_of, start):
    with database.begin() as session:
        for hours, said in ((0, "first"), (1, "first"), (2, "second")):
            declare(session, [spec_of(text=said)], start + hours * HOUR)
        source = session.scalars(select(SourceRow.id)).one()
        found = [text_at(session, source, start + hours * HOUR) for hours in (-5, 0, 1, 2, 9)]
    assert found == ["first", "first", "first", "second", "second"]


def test_a_database_of_before_gets_its_addresses_and_texts(database, record, list_of, start):
    record(start, list_of("US"))
    migrate(database, "0004")
    with database.engine.begin() as connection:
        assert "source_address" not in tables(connection)
    migrate(database, "head")
    [only] = of(database)
    assert (only.url, only.why, only.since) == ("https://example.com/countries", Why.DECLARED, start)
    with database.read() as session:
        assert text_at(session, row(database).id, start) == "title = 'Example'"


def test_going_back_a_moved_source_is_asked_for_where_it_is_declared(database, record, list_of, start, spec_of):
    moved(record, list_of, start)
    migrate(database, "0004")
    with database.engine.begin() as connection:
        found = connection.execute(text("select url, host, etag from source")).one()
    assert tuple(found) == ("https://example.com/countries", "example.com", None)
    migrate(database, "head")
    with database.begin() as session:
        declare(session, [spec_of()], start + 2 * HOUR)
        [claimed] = claim_named(session, ["example"], start + 2 * HOUR, HOUR)
        assert session.scalars(select(VersionRow.believed_at)).all() == [None]
    assert claimed.url == "https://example.com/countries"


def tables(connection):
    from sqlalchemy import inspect

    return set(inspect(connection).get_table_names())
