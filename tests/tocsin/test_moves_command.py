"""What an operator sees of moves and re-readings: status, sources and source reread."""

from __future__ import annotations

DECLARATION = """
title = "Example AI: supported countries"
publisher = "Example AI"
product = "Example API"
kind = "availability"
url = "{url}"
every = "1h"
"""
COUNTRIES = ("France", "Japan", "Kenya", "Norway", "Peru", "Samoa")


def page(*names: str) -> str:
    return "<main><h1>Supported countries</h1><ul>" + "".join(f"<li>{name}</li>" for name in names) + "</ul></main>"


def test_a_move_is_told_by_status_and_kept_by_the_source(world, tocsin):
    world.shows("/old", page(*COUNTRIES))
    tocsin.declare("example", DECLARATION.format(url=world.url("/old")))
    tocsin("visit")
    assert tocsin.json("status")["moved"] == []
    world.shows("/old", world.url("/new"), status=301)
    world.shows("/new", page(*COUNTRIES))
    tocsin("visit")
    [moved] = tocsin.json("status")["moved"]
    assert (moved["slug"], moved["declared"], moved["url"], moved["why"]) == (
        "example",
        world.url("/old"),
        world.url("/new"),
        "redirected",
    )
    assert "Read elsewhere than declared" in tocsin("status")
    [source] = tocsin.json("sources")
    assert [one["why"] for one in source["addresses"]] == ["declared", "redirected"]
    assert tocsin.json("history") == []


def test_reread_says_what_it_read_otherwise_and_changes_no_history(world, tocsin, monkeypatch):
    from crawler import extract
    from crawler.visit import recipe_of

    world.shows("/list", page(*COUNTRIES))
    tocsin.declare("example", DECLARATION.format(url=world.url("/list")))
    tocsin("visit")
    assert tocsin.json("source", "reread")["snapshots"] == 0
    monkeypatch.setattr(extract, "EXTRACTOR_REVISION", 999)
    recipe_of.cache_clear()
    answer = tocsin.json("source", "reread", "example")
    recipe_of.cache_clear()
    assert (answer["snapshots"], answer["same"], answer["changed"]) == (1, 1, 0)
    assert tocsin.json("history") == []


def test_reread_of_an_unknown_source_is_refused(tocsin):
    assert "no source nowhere" in tocsin("source", "reread", "nowhere", code=2)
