"""One test site, no selector set by hand: what a page does all day is no news, what is lost is named, what is real
rings, also when it happened behind a block. The pages are those of tests/crawler/site.py."""

from __future__ import annotations

import importlib.util
import sys
from functools import lru_cache
from pathlib import Path
from types import ModuleType

import pytest

from detector import encoder

DECLARATION = """
title = "Halden: where it works, and its terms"
publisher = "Halden"
product = "Halden API"
kind = "availability"
url = "{url}"
every = "1h"
"""


def _site() -> ModuleType:
    path = Path(__file__).parents[1] / "crawler" / "site.py"
    spec = importlib.util.spec_from_file_location("halden_site", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


SITE = _site()


@pytest.fixture(scope="module", autouse=True)
def _model_read_once():
    """Each command of these many would read the same model from disk again, which is most of their time."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(encoder, "_load", lru_cache(maxsize=1)(encoder._load))
        yield


@pytest.fixture
def watched(world, tocsin, mailbox):
    """The page declared and visited once, somebody subscribed."""
    box, smtp_url = mailbox
    tocsin.environment |= {
        "TOCSIN_SMTP_URL": smtp_url,
        "TOCSIN_MAIL_FROM": "Tocsin <tocsin@example.org>",
        "TOCSIN_CONFIRM_AFTER": "0",
    }
    world.shows("/legal/terms", SITE.Page().html())
    tocsin.declare("halden", DECLARATION.format(url=world.url("/legal/terms")))
    tocsin("subscribe", "--email", "officer@example.org", "--confirmed")
    assert tocsin.json("once")["visits"] == {"version": 1}
    return world, tocsin, box


def visited(tocsin) -> dict[str, int]:
    """Due or not: one visit, and a round that judges, looks again and tells."""
    outcomes = tocsin.json("visit", "halden")["visits"]
    tocsin("once")
    return outcomes


def shows_loss(world, loss) -> None:
    if loss.leads_to:
        world.shows("/legal/terms", loss.leads_to, status=302)
        world.shows(loss.leads_to, loss.body)
    else:
        world.shows("/legal/terms", loss.body, status=loss.status)


def reason(tocsin) -> str:
    [source] = tocsin.json("status")["troubled"]
    return str(source["last_reason"])


@pytest.mark.parametrize("name", [*SITE.COSMETIC, *SITE.NEUTRAL])
def test_what_changes_no_meaning_rings_for_nobody(watched, name):
    world, tocsin, box = watched
    change = {**SITE.COSMETIC, **SITE.NEUTRAL}[name]
    world.shows("/legal/terms", change(SITE.Page()).html())
    assert set(visited(tocsin)) <= {"confirmed", "version"}
    visited(tocsin)
    assert box.mails == []


@pytest.mark.parametrize("name", SITE.REAL)
def test_what_changes_the_meaning_rings_once(watched, name):
    world, tocsin, box = watched
    world.shows("/legal/terms", SITE.REAL[name](SITE.Page()).html())
    assert visited(tocsin) == {"version": 1}
    visited(tocsin)
    assert len(box.mails) == 1


@pytest.mark.parametrize("name", SITE.LOSSES)
def test_lost_content_is_named_and_is_no_news(watched, name):
    world, tocsin, box = watched
    loss = SITE.LOSSES[name]
    shows_loss(world, loss)
    assert not {"version", "confirmed"} & set(visited(tocsin))
    assert reason(tocsin).startswith(loss.kind)
    world.shows("/legal/terms", SITE.Page().html())
    visited(tocsin)
    assert (tocsin.json("history"), box.mails) == ([], [])


@pytest.mark.parametrize("name", SITE.LOSSES)
def test_a_country_removed_behind_a_block_is_named(watched, name):
    world, tocsin, box = watched
    shows_loss(world, SITE.LOSSES[name])
    for _ in range(2):
        tocsin("visit", "halden")
    world.shows("/legal/terms", SITE.REAL["country removed"](SITE.Page()).html())
    visited(tocsin)
    visited(tocsin)
    [mail] = box.mails
    assert "Qatar" in mail.get_body(("plain",)).get_content().splitlines()[0]


def test_a_real_mass_removal_is_believed_at_the_third_look_and_told(watched):
    """It looks like a page that lost its text; nothing but repetition tells them apart."""
    world, tocsin, box = watched
    half = SITE.Page(countries=SITE.COUNTRIES[::3])
    world.shows("/legal/terms", half.html())
    assert tocsin.json("visit", "halden")["visits"] == {"implausible": 1}
    assert tocsin.json("visit", "halden")["visits"] == {"implausible": 1}
    assert tocsin.json("visit", "halden")["visits"] == {"version": 1}
    visited(tocsin)
    assert len(box.mails) == 1
