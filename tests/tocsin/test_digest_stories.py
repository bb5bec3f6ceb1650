"""Does a story as known then hold what had been reported by then, also when an outlet rewrites its entry later?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from detector.news.run import stories_of
from store.archive import Received, Visited, record_visit
from store.database import Database
from store.happenings import StoryView
from store.sources import SourceSpec, claim_named, declare
from store.stories_known import stories_known
from store.values import Content, Entry, Facts, Outcome, Passage, PassageKind, Polarity, SourceKind, Span

START = datetime(2026, 6, 12, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def visit(database: Database, slug: str, title: str, at: datetime, published: datetime) -> None:
    entry = Entry(f"https://{slug}.example/1", title, Span(0, 0, len(title), title), published=published)
    content = Content((Passage(PassageKind.LIST_ITEM, title),), Facts(entries=(entry,)))
    spec = SourceSpec(
        slug=slug, title=slug, publisher=slug, product=None, kind=SourceKind.FEED, polarity=Polarity.ALLOW,
        language="en", jurisdiction=None, url=f"https://{slug}.example/feed", host=f"{slug}.example",
        every=timedelta(hours=1), text="",
    )  # fmt: skip
    with database.begin() as session:
        declare(session, [spec], at, retire=False)
        [source] = claim_named(session, [slug], at, timedelta(minutes=5))
        visited = Visited(
            outcome=Outcome.VERSION, at=at, due_at=at + timedelta(hours=1), url=spec.url, recipe="r1", status=200,
            received=Received(spec.url, 200, {}, title.encode()), content=content,
        )  # fmt: skip
        record_visit(session, source, visited)
    stories_of(database, at)


def known(database: Database, at: datetime) -> tuple[StoryView, ...]:
    with database.read() as session:
        return stories_known(session, START - DAY, START + 9 * DAY, at)


def test_later_reports_are_left_out(database: Database) -> None:
    visit(database, "one", "Anthropic blocks Claude in Japan from 15 June", START, START)
    visit(database, "two", "Anthropic blocks Claude in Japan and Chile from 15 June", START + DAY, START + DAY)
    [then], [now] = known(database, START), known(database, START + DAY)
    assert [one.source for one in then.reports] == ["one"]
    assert [one.source for one in now.reports] == ["one", "two"]
    assert (then.chains, then.last_at, then.territories) == (1, START, ("JP",))
    assert known(database, START - DAY) == ()


def test_an_entry_rewritten_later_was_known_all_the_same(database: Database) -> None:
    visit(database, "one", "Anthropic blocks Claude in Japan from 15 June", START, START)
    visit(database, "one", "Anthropic blocks Claude in Japan from 17 June", START + DAY, START)
    assert [one.reports[0].source for one in known(database, START)] == ["one"]


def test_days_that_disagree_are_nobodys(database: Database) -> None:
    visit(database, "one", "Anthropic blocks Claude in Japan from 15 June", START, START)
    visit(database, "two", "Claude access in Japan ends on 17 June as Anthropic blocks users", START + DAY, START + DAY)
    [then], [now] = known(database, START), known(database, START + DAY)
    assert then.effective is not None
    assert (then.effective.first.day, then.disputed) == (15, ())
    assert (now.effective, now.disputed) == (None, ("effective",))
