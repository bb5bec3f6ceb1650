"""Do the pages and the API show stories: who did what, who says which day, and what depends on whom?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from detector.news.run import stories_of
from store.archive import Received, Visited, record_visit
from store.database import Database
from store.sources import SourceSpec, claim_named, declare
from store.values import (
    Content,
    Entry,
    Facts,
    Outcome,
    Passage,
    PassageKind,
    Polarity,
    SourceKind,
    Span,
)
from tocsin.web.app import create_app

START = datetime(2026, 6, 12, 8, 0, tzinfo=UTC)
TOLD = (
    ("one", "News One", "Anthropic blocks Claude in Japan from 15 June"),
    ("two", "News Two", "Claude access in Japan ends on 17 June as Anthropic <b>blocks</b> users"),
    ("drei", "Blatt", "Anthropic sperrt Claude in Japan ab dem 15. Juni (Quelle: News One)"),
)


@pytest.fixture
def client(sqlite_database: Database) -> Iterator[TestClient]:
    for hours, (slug, publisher, title) in enumerate(TOLD):
        _visit(sqlite_database, slug, publisher, title, START + timedelta(hours=hours))
    stories_of(sqlite_database, START + timedelta(hours=4))
    with TestClient(create_app(sqlite_database, lambda: START + timedelta(hours=5))) as opened:
        yield opened


def _visit(database: Database, slug: str, publisher: str, title: str, at: datetime) -> None:
    entry = Entry(f"https://{slug}.example/1", title, Span(0, 0, len(title), title), published=at)
    content = Content((Passage(PassageKind.LIST_ITEM, title),), Facts(entries=(entry,)))
    spec = SourceSpec(
        slug=slug, title=slug, publisher=publisher, product=None, kind=SourceKind.FEED, polarity=Polarity.ALLOW,
        language="de" if slug == "drei" else "en", jurisdiction=None, url=f"https://{slug}.example/feed",
        host=f"{slug}.example", every=timedelta(hours=1), text="",
    )  # fmt: skip
    with database.begin() as session:
        declare(session, [spec], at, retire=False)
        [source] = claim_named(session, [slug], at, timedelta(minutes=5))
        visited = Visited(
            outcome=Outcome.VERSION, at=at, due_at=at + timedelta(hours=1), url=spec.url, recipe="r1", status=200,
            received=Received(spec.url, 200, {}, content.fingerprint.encode()), content=content,
        )  # fmt: skip
        record_visit(session, source, visited)


def test_the_api_gives_stories_by_filter_and_one_by_number(client: TestClient) -> None:
    (story,) = client.get("/api/stories").json()
    assert (story["action"], story["actor"], story["territories"]) == ("restrict", "Anthropic", ["JP"])
    assert (len(story["reports"]), story["chains"]) == (3, 2)
    assert (story["effective"], story["disputed"]) == (None, ["effective"])
    assert story["disagreements"] == ["effective 2026-06-15 (News One, Blatt); 2026-06-17 (News Two)"]
    assert client.get(f"/api/stories/{story['id']}").json() == story
    for query, count in (
        ("territory=Japan", 1), ("territory=FR", 0), ("publisher=anthropic", 1), ("publisher=News+Two", 1),
        ("publisher=OpenAI", 0), ("since=2026-06-13", 0), ("until=2026-06-12", 1), ("until=2026-06-11", 0),
    ):  # fmt: skip
        assert len(client.get(f"/api/stories?{query}").json()) == count, query


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/stories?territory=Nowhereland", 400),
        ("/api/stories?kind=feed", 400),
        ("/api/stories?limit=0", 400),
        ("/api/stories/999", 404),
        ("/api/stories/one", 404),
        ("/stories/999", 404),
        ("/stories/1..2", 404),
        ("/stories?since=soon", 400),
    ],
)
def test_what_cannot_be_answered_is_refused(client: TestClient, address: str, status: int) -> None:
    assert client.get(address).status_code == status


def test_the_pages_show_days_chains_and_reasons_and_escape_headlines(client: TestClient) -> None:
    listed = client.get("/stories").text
    assert "Anthropic restricts access to Claude" in listed
    assert "2 independent chains" in listed
    assert "The sources disagree about: effective" in listed
    number = client.get("/api/stories").json()[0]["id"]
    assert f'href="/stories/{number}"' in listed
    assert f'href="/stories/{number}"' in client.get("/").text
    page = client.get(f"/stories/{number}").text
    for said in ("not settled", "15 June 2026", "17 June 2026", "credits News One", "https://two.example/1"):
        assert said in page, said
    assert "<b>blocks</b>" not in page


def test_every_key_of_a_story_is_in_the_documentation(client: TestClient) -> None:
    text = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
    (story,) = client.get("/api/stories").json()
    keys = {*story, *story["reports"][0], *story["sayings"][0], *story["sayings"][0]["day"]}
    assert sorted(key for key in keys if f"`{key}`" not in text) == []


def test_without_stories_the_page_says_how_they_come(sqlite_database: Database) -> None:
    with TestClient(create_app(sqlite_database, lambda: START)) as opened:
        assert "No story yet" in opened.get("/stories").text
        assert "No story fits" in opened.get("/stories?territory=HK").text
        assert opened.get("/api/stories").json() == []
