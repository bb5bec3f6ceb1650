"""From a visit to the operator's mailbox: a source that moved, one that is read at its twin, one that never rests."""

from __future__ import annotations

import sqlite3

import pytest

DECLARATION = """
title = "Example AI: supported countries"
publisher = "Example AI"
product = "Example API"
kind = "availability"
url = "{url}"
every = "1h"
"""
TERMS = """
title = "Example AI: terms"
publisher = "Example AI"
kind = "terms"
url = "{url}"
every = "1h"
"""
PARAGRAPHS = "".join(f"<p>Clause {n} says what holds for the use of part {n} of the service.</p>" for n in range(12))
COUNTRIES = ("France", "Japan", "Kenya", "Norway", "Peru", "Samoa")
MOVED = "1 source has moved: Example AI: supported countries"


def page(*names: str) -> str:
    return "<main><h1>Supported countries</h1><ul>" + "".join(f"<li>{name}</li>" for name in names) + "</ul></main>"


def texts(box) -> list[str]:
    return [mail.get_body(("plain",)).get_content() for mail in box.mails]


def looked(tocsin) -> None:
    """One visit, due or not, and a round that judges and tells what it brought."""
    tocsin("visit")
    tocsin("once")


def a_day_passes(command_database):
    with sqlite3.connect(command_database.removeprefix("sqlite:///")) as connection:
        for table, column in (("source_address", "since"), ("trouble", "since"), ("trouble", "seen_at")):
            connection.execute(f"update {table} set {column} = datetime({column}, '-25 hours')")
    connection.close()


@pytest.fixture
def house(world, tocsin, mailbox):
    box, smtp_url = mailbox
    tocsin.environment |= {"TOCSIN_SMTP_URL": smtp_url, "TOCSIN_MODEL": "none", "TOCSIN_CONFIRM_AFTER": "0"}
    world.shows("/old", page(*COUNTRIES))
    tocsin.declare("example", DECLARATION.format(url=world.url("/old")))
    tocsin("subscribe", "--operator", "--email", "operator@example.org", "--confirmed")
    looked(tocsin)
    return world, tocsin, box


def test_a_permanent_move_is_mailed_once_and_again_when_it_moves_on(house, command_database):
    world, tocsin, box = house
    world.shows("/old", world.url("/new"), status=301)
    world.shows("/new", page(*COUNTRIES))
    for _ in range(3):
        looked(tocsin)
    assert [MOVED in text for text in texts(box)] == [True]
    assert box.mails[0]["To"] == "operator@example.org"
    assert f"redirected: read at {world.url('/new')}" in texts(box)[0]
    a_day_passes(command_database)
    looked(tocsin)
    assert len(box.mails) == 1, "where it was told to be is where it still is"
    world.shows("/new", world.url("/newest"), status=308)
    world.shows("/newest", page(*COUNTRIES))
    for _ in range(3):
        looked(tocsin)
    assert [MOVED in text for text in texts(box)] == [True, True]
    assert f"redirected: read at {world.url('/newest')}" in texts(box)[1]
    assert [one["kind"] for one in tocsin.json("status")["troubles"]] == ["moved"]


def test_a_source_that_comes_back_to_its_address_is_no_trouble_any_more(house):
    world, tocsin, box = house
    world.shows("/old", world.url("/new"), status=301)
    world.shows("/new", page(*COUNTRIES))
    looked(tocsin)
    world.shows("/old", page(*COUNTRIES))
    world.shows("/new", "gone", status=410)
    for _ in range(2):
        looked(tocsin)
    assert tocsin.json("status")["troubles"] == []
    assert len(box.mails) == 1


def test_a_source_found_at_its_twin_is_mailed_once(house):
    world, tocsin, box = house
    twin = world.url("/twin.md")
    tocsin.declare("example", DECLARATION.format(url=world.url("/old")) + f'twin = "{twin}"\n')
    world.shows("/twin.md", "# Supported countries\n\n" + "".join(f"- {n}\n" for n in COUNTRIES), "text/markdown")
    world.shows("/old", "nothing here", status=404)
    for _ in range(3):
        looked(tocsin)
    assert len(box.mails) == 1
    assert MOVED in texts(box)[0]
    assert f"twin: read at {twin}" in texts(box)[0]


def test_a_source_that_goes_back_and_forth_is_mailed_once(house):
    world, tocsin, box = house
    clause = "<p>You {} share your key with another person, at any time and for any reason whatever.</p>"
    tocsin.declare("terms", TERMS.format(url=world.url("/terms")))
    for turn in range(8):
        world.shows("/terms", f"<main><h1>Terms</h1>{PARAGRAPHS}{clause.format(('may', 'must not')[turn % 2])}</main>")
        looked(tocsin)
    assert [one["held"] for one in tocsin.json("history")].count("reversion") >= 3
    [mail] = texts(box)
    assert "1 source goes back and forth: Example AI: terms" in mail
    assert "Example AI: terms (terms): flapping; keeps going back and forth, and is not told" in mail
    assert [one["kind"] for one in tocsin.json("status")["troubles"]] == ["flapping"]
