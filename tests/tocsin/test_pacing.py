"""The whole command: looks are counted and intervals set after a round, shown by status, and left alone when off."""

from datetime import UTC, datetime, timedelta

import pytest

from store.database import Database
from store.pacing import paces
from tocsin.pacing import importance, keep_pace, pace_rows

DECLARATION = """
title = "Example AI: supported countries"
publisher = "{publisher}"
product = "Example API"
kind = "availability"
url = "{url}"
every = "1h"
"""


def page(*names):
    return "<main><h1>Supported countries</h1><ul>" + "".join(f"<li>{name}</li>" for name in names) + "</ul></main>"


@pytest.fixture
def house(world, tocsin):
    for slug, publisher in (("one", "Example AI"), ("two", "Other AI")):
        world.shows(f"/{slug}", page("France", "Japan", "Kenya", "Norway"))
        tocsin.declare(slug, DECLARATION.format(publisher=publisher, url=world.url(f"/{slug}")))
    return world, tocsin


def test_a_round_sets_intervals_and_status_shows_them(house):
    _world, tocsin = house
    tocsin("subscribe", "--email", "officer@example.org", "--confirmed", "--publisher", "Example AI")
    tocsin("once")
    one, two = tocsin.json("status")["paces"]
    assert (one["source"], one["importance"], two["importance"]) == ("one", 2.0, 1.0)
    assert one["interval"] < one["every"] < two["interval"]
    assert one["rate"] == pytest.approx(two["rate"])
    assert "importance 2" in tocsin("status")


def test_off_means_as_declared(house):
    _world, tocsin = house
    tocsin("subscribe", "--email", "officer@example.org", "--confirmed", "--publisher", "Example AI")
    tocsin("once")
    tocsin.environment["TOCSIN_ADAPTIVE"] = "off"
    tocsin("once")
    assert [one["interval"] for one in tocsin.json("status")["paces"]] == [3600, 3600]


def test_a_change_brings_the_publishers_other_page_forward(house):
    world, tocsin = house
    tocsin.declare("two", DECLARATION.format(publisher="Example AI", url=world.url("/two")))
    tocsin("once")
    database = Database(tocsin.environment["TOCSIN_DATABASE_URL"])
    keep_pace(database, datetime.now(UTC), True)
    world.shows("/one", page("France", "Japan", "Kenya", "Norway", "Peru"))
    tocsin("visit", "one")
    now = datetime.now(UTC)
    assert keep_pace(database, now, True) == []  # verified a moment ago: not within the shortest interval
    with database.read() as session:
        assert importance(session) == {view.source_id: 1.0 for view in paces(session)}
        rows = pace_rows(paces(session))
    assert all("changes every" in row[3] for row in rows)
    keep_pace(database, now + timedelta(hours=2), True)
    with database.read() as session:
        one, two = paces(session)
    assert one.interval < one.every < two.interval
    database.close()
