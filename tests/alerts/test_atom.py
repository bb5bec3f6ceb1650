"""Is the feed one that another parser reads, whatever a page said, and do its ids stay?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.dom.minidom import parseString

import feedparser
import pytest

from alerts.atom import NEWEST, Feed, atom_of
from store.subscriptions import Filters
from store.values import Finding, FindingKind, Severity, SourceKind

BASE = "https://tocsin.example.org"
THEN = datetime(2024, 1, 1, tzinfo=UTC)
FEED = Feed("changes", "Tocsin: changes", f"{BASE}/feed.atom")
EVIL = "]]></title><script>alert(1)</script>&amp;\x00\x01\x0b\ufffe\ud800\u202e<b>"


def read(body: bytes) -> feedparser.FeedParserDict:
    """What another parser understands; well-formed by a third one."""
    parseString(body)
    found = feedparser.parse(body)
    assert not found.bozo, found.get("bozo_exception")
    assert found.version == "atom10"
    return found


def test_a_change_is_an_entry_with_its_links_its_sentence_and_its_findings(made):
    body = atom_of(FEED, [made.change(*made.LOST_TWO)], Filters(), BASE, THEN)
    found = read(body)
    assert found.feed.id == "tag:tocsin.example.org,2024-01-01:feed/changes"
    assert found.feed.title == "Tocsin: changes"
    assert {link.rel: link.href for link in found.feed.links} == {
        "self": f"{BASE}/feed.atom", "alternate": f"{BASE}/changes",
    }  # fmt: skip
    [entry] = found.entries
    assert entry.id == "tag:tocsin.example.org,2024-01-01:change/1..2"
    assert entry.link == f"{BASE}/changes/1..2"
    assert {link.rel: link.href for link in entry.links}["via"] == "https://example.com/supported-countries"
    assert entry.title.startswith("[high] ")
    assert "Hong Kong" in entry.title
    assert entry.author == "OpenAI"
    assert entry.published == "2024-07-09T08:00:00Z"
    assert entry.updated == found.feed.updated == "2024-07-09T08:10:00Z", "when it was confirmed"
    assert "Hong Kong" in entry.summary
    assert "<li>" in entry.content[0].value
    assert "Macau" in entry.content[0].value
    assert {tag.term for tag in entry.tags} == {"high", "availability", "territory_removed"}


def test_hostile_text_stays_text(made):
    finding = Finding(FindingKind.ENTRY_REPORTED, Severity.LOW, new=EVIL, new_span=made.span(0, EVIL), subject=EVIL)
    change = made.change(
        finding, publisher=EVIL, title=EVIL, product=EVIL, kind=SourceKind.FEED, url="javascript:alert(1)", source=EVIL
    )
    feed = Feed("x", EVIL, None)
    for base in (BASE, None):
        body = atom_of(feed, [change], Filters(), base, THEN)
        found = read(body)
        assert b"<script" not in body
        assert b"javascript:" not in body
        assert "\u202e" not in body.decode()
        content = found.entries[0].content[0].value  # as feedparser made it safe for a page
        assert "<script" not in content


def test_a_title_of_a_megabyte_is_cut(made):
    long = "word " * 200_000
    change = made.change(*made.LOST_TWO, title=long, publisher=long, product=long)
    body = atom_of(Feed("x", long, None), [change], Filters(), BASE, THEN)
    assert len(body) < 20_000
    assert len(read(body).entries[0].title) <= 300


def test_the_newest_hundred_are_there_newest_first_and_ids_are_each_one_s_own(made):
    changes = [
        made.change(*made.LOST_TWO, address=f"{n}..{n + 1}", at=made.NINTH + timedelta(hours=n), confirmed_at=None)
        for n in range(NEWEST + 30)
    ]
    found = read(atom_of(FEED, changes, Filters(), BASE, THEN))
    assert [entry.id.rpartition("/")[2] for entry in found.entries] == [f"{n}..{n + 1}" for n in range(129, 29, -1)]
    assert len({entry.id for entry in found.entries}) == NEWEST


def test_ids_and_bytes_stay_and_an_empty_feed_is_one(made):
    change = made.change(*made.LOST_TWO)
    assert atom_of(FEED, [change], Filters(), BASE, THEN) == atom_of(FEED, [change], Filters(), BASE, THEN)
    empty = read(atom_of(FEED, [], Filters(), None, THEN))
    assert (empty.feed.updated, empty.entries) == ("2024-01-01T00:00:00Z", [])
    alone = read(atom_of(FEED, [change], Filters(), None, THEN)).entries[0]
    assert alone.id == "tag:tocsin.invalid,2024-01-01:change/1..2"
    assert alone.link == "https://example.com/supported-countries"


@pytest.mark.parametrize("territories", [("HK",), ("MO",)])
def test_what_was_asked_for_is_said_first(made, territories):
    names = {"HK": "Hong Kong", "MO": "Macao"}
    found = read(atom_of(FEED, [made.change(*made.LOST_TWO)], Filters(territories=territories), BASE, THEN))
    assert names[territories[0]] in found.entries[0].title
    [other] = set(names) - set(territories)
    assert names[other] not in found.entries[0].title
