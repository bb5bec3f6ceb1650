"""From a page that blocks us to the operator's message, status, health, metrics and the outside watchdog."""

import re
import sqlite3

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from crawler.declaration import DeclarationError, parse
from store.database import open_database
from tocsin.app import now
from tocsin.web.app import create_app

TERMS = """title = "Example terms"
publisher = "Example AI"
kind = "terms"
language = "en"
every = "1h"
url = "{url}"
"""
PAGE = (
    "<html><body><main><h1>Terms</h1>"
    + "<p>You may use the service where it is listed.</p>" * 30
    + "</main></body></html>"
)
BLOCK = (
    "<html><head><title>Just a moment...</title></head>"
    "<body><div id='challenge-form'>Checking your browser</div></body></html>"
)
FEED = """title = "Example news"
publisher = "Example AI"
kind = "feed"
url = "https://example.com/feed"
"""


def make_late(command_database, hours):
    """Moves all that happened so many hours into the past."""
    path = command_database.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        for table, column in (("source", "verified_at"), ("source", "due_at"), ("visit", "at")):
            connection.execute(f"update {table} set {column} = datetime({column}, '-{hours} hours')")
    connection.close()


@pytest.fixture
def house(world, tocsin):
    world.shows("/terms", PAGE)
    tocsin.declare("terms", TERMS.format(url=world.url("/terms")))
    tocsin.environment["TOCSIN_MODEL"] = "none"
    tocsin("subscribe", "--operator", "--slack", world.url("/hook"))
    return world, tocsin


def test_a_source_blocked_for_hours_is_told_once_and_once_when_it_can_be_read_again(house, command_database):
    world, tocsin = house
    tocsin("once")
    make_late(command_database, 5)
    world.shows("/terms", BLOCK, status=403)
    for _ in range(3):
        tocsin("once")
    assert [one["text"] for one in world.slack] == ["1 source is stale: Example terms"]
    status = tocsin.json("status")
    [stale] = status["stale"]
    assert stale["promise"] == 3 * 3600
    assert stale["stale_reason"].startswith("blocked: ")
    assert status["visits"]["terms"]["good"] == 1
    assert [one["kind"] for one in status["troubles"]] == ["stale"]
    assert "stale since" in tocsin("status")
    world.shows("/terms", PAGE)
    make_late(command_database, 1)
    for _ in range(3):
        tocsin("once")
    assert [one["text"] for one in world.slack[1:]] == ["1 source is verified again: Example terms"]
    assert tocsin.json("status")["troubles"] == []


def test_the_pages_health_and_metrics_say_the_same(house, command_database):
    world, tocsin = house
    tocsin("once")
    make_late(command_database, 5)
    world.shows("/terms", BLOCK, status=403)
    tocsin("once")
    database = open_database(command_database)
    with TestClient(create_app(database, now)) as client:
        health = client.get("/healthz").json()
        metrics = client.get("/metrics")
        home = client.get("/").text
    database.close()
    assert (health["stale"], health["stale_sources"][0]["source"]) == (1, "terms")
    assert health["visits"] == {"days": 7, "good": 1, "all": 2}
    assert re.search(r"1 of 2", home)
    assert metrics.headers["content-type"].startswith("text/plain")
    found = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(metrics.text)
        for sample in family.samples
    }
    assert found[("tocsin_source_stale", ("source", "terms"))] == 1
    assert found[("tocsin_source_promise_seconds", ("source", "terms"))] == 3 * 3600
    assert found[("tocsin_source_visits_7d", ("outcome", "blocked"), ("source", "terms"))] == 1
    assert found[("tocsin_troubles", ("kind", "stale"))] == 1
    assert sum(value for (name, *_), value in found.items() if name == "tocsin_source_captures_7d") == 1


def test_the_watchdog_is_asked_after_a_round_and_its_failure_stops_nothing(house):
    world, tocsin = house
    world.shows("/beat", "ok")
    tocsin.environment["TOCSIN_HEARTBEAT_URL"] = world.url("/beat?secret")
    tocsin("once")
    assert world.asked.count("/beat?secret") == 1
    assert tocsin.json("status")["heartbeat"]["error"] is None
    world.shows("/beat", "no", status=500)
    tocsin("once")
    beat = tocsin.json("status")["heartbeat"]
    assert beat["error"] == "answered 500"
    assert beat["answered_at"] < beat["asked_at"]
    assert "the watchdog answered 500" in tocsin("status")


def test_a_watchdog_at_a_forbidden_address_is_not_asked(house):
    _world, tocsin = house
    tocsin.environment["TOCSIN_HEARTBEAT_URL"] = "http://127.0.0.2:9/beat?secret"
    tocsin("once")
    error = tocsin.json("status")["heartbeat"]["error"]
    assert error.startswith("the outbound gate refuses it")
    assert "secret" not in error


@pytest.mark.parametrize(
    ("line", "days", "factor"),
    [
        ("", 365, None),
        ('[expect]\nnewest = "90d"', 90, None),
        ('[expect]\nnewest = "any"', None, None),
        ("promise = 7", 365, 7),
    ],
)
def test_what_a_declaration_may_promise(line, days, factor):
    found = parse(FEED + line, "news", "news.toml")
    assert (found.expect.newest.days if found.expect.newest else None, found.promise) == (days, factor)


@pytest.mark.parametrize(
    "line", ["promise = 2", "promise = 101", '[expect]\nnewest = "6h"', '[expect]\nnewest = "soon"']
)
def test_what_no_declaration_may_promise(line):
    with pytest.raises(DeclarationError):
        parse(FEED + line, "news", "news.toml")
