"""A page that came with other bytes and the same text stays in sight; one that is the same byte for byte is silent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from store.archive import Received, Visited, record_visit
from store.redressed import Redressed, redressed
from store.sources import claim_named, declare
from store.values import Content, Outcome, Passage, PassageKind
from store.views import ChangeFilter

HOUR = timedelta(hours=1)
ALL = ChangeFilter()


@pytest.fixture
def came(database, spec_of):
    """came(at, body, outcome=, slug=): a visit that brought these bytes."""

    def made(at, body: bytes, outcome=Outcome.CONFIRMED, slug="example"):
        content = Content((Passage(PassageKind.PARAGRAPH, "You pay."),)) if outcome is Outcome.VERSION else None
        with database.begin() as session:
            declare(session, [spec_of(slug)], at, retire=False)
            [source] = claim_named(session, [slug], at, HOUR)
            received = Received("https://example.com/terms", 200, {}, body)
            return record_visit(
                session,
                source,
                Visited(outcome, at, at + HOUR, received.url, "r1", received=received, content=content),
            )

    return made


def seen(database, wanted=ALL):
    with database.read() as session:
        return redressed(session, wanted)


def test_other_bytes_with_the_same_text_are_one_row_for_the_version(database, came, start):
    version = came(start, b"<p>You pay.</p>", Outcome.VERSION)
    came(start + HOUR, b"<p>You pay.</p>")
    assert seen(database) == ()
    came(start + 2 * HOUR, b"<div>You pay.</div>")
    came(start + 3 * HOUR, b"<i>You pay.</i>")
    came(start + 4 * HOUR, b"<div>You pay.</div>")
    assert seen(database) == (Redressed("example", version, 2, start + 2 * HOUR, start + 4 * HOUR),)


def test_a_bad_capture_is_none(database, came, start):
    came(start, b"<p>You pay.</p>", Outcome.VERSION)
    came(start + HOUR, b"<p>Just a moment</p>", Outcome.BLOCKED)
    assert seen(database) == ()


def test_only_what_was_asked_for(database, came, start):
    for slug in ("a", "b"):
        came(start, b"<p>You pay.</p>", Outcome.VERSION, slug)
        came(start + HOUR, b"<b>You pay.</b>", slug=slug)
    assert [row.source for row in seen(database)] == ["a", "b"]
    assert [row.source for row in seen(database, ChangeFilter(source="b"))] == ["b"]
    assert len(seen(database, ChangeFilter(publisher="example ai"))) == 2
    assert seen(database, ChangeFilter(publisher="nobody")) == ()
    assert seen(database, ChangeFilter(until=start + HOUR)) == ()
    assert seen(database, ChangeFilter(since=start + 2 * HOUR)) == ()
