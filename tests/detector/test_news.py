"""Entries in the database become stories, once, however often they are derived."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from detector.news import run as news
from detector.news.run import stories_of
from detector.run import judge
from store.archive import Received, Visited, record_visit
from store.database import Database
from store.happenings import StoryFilter, StoryView
from store.schema import VersionRow
from store.sources import SourceSpec, claim_named, declare
from store.stories import stories
from store.story_schema import StoryEntryRow, StoryRow
from store.values import (
    Availability,
    Content,
    Entry,
    Facts,
    Notice,
    Outcome,
    Passage,
    PassageKind,
    Polarity,
    SourceKind,
    Span,
    Stage,
    Status,
)

START = datetime(2026, 6, 12, 8, 0, tzinfo=UTC)


def feed(*entries: tuple[str, str, datetime | None]) -> Content:
    """Entries as (link, title, published)."""
    passages = tuple(Passage(PassageKind.LIST_ITEM, title) for _, title, _ in entries)
    facts = tuple(
        Entry(link, title, Span(number, 0, len(title), title), published=published)
        for number, (link, title, published) in enumerate(entries)
    )
    return Content(passages, Facts(entries=facts))


def listing(*codes: str) -> Content:
    passages = tuple(Passage(PassageKind.LIST_ITEM, code) for code in codes)
    facts = tuple(
        Availability(code, "Claude API", Status.LISTED, code, Span(number, 0, 2, code))
        for number, code in enumerate(codes)
    )
    return Content(passages, Facts(availability=facts))


@pytest.fixture
def visit(database: Database) -> Callable[..., None]:
    """visit(slug, publisher, content, hours, kind): a good visit that brings this version."""

    def made(slug: str, publisher: str, content: Content, hours: float = 0, kind: SourceKind = SourceKind.FEED) -> None:
        at = START + timedelta(hours=hours)
        spec = SourceSpec(
            slug=slug, title=slug, publisher=publisher, product=None, kind=kind, polarity=Polarity.ALLOW, language="en",
            jurisdiction="US", url=f"https://example.com/{slug}", host="example.com", every=timedelta(hours=1), text="",
        )  # fmt: skip
        with database.begin() as session:
            declare(session, [spec], at, retire=False)
            [source] = claim_named(session, [slug], at, timedelta(minutes=5))
            visited = Visited(
                outcome=Outcome.VERSION, at=at, due_at=at + timedelta(hours=1), url=spec.url, recipe="r1", status=200,
                received=Received(spec.url, 200, {}, content.fingerprint.encode()), content=content,
            )  # fmt: skip
            assert record_visit(session, source, visited) is not None

    return made


@pytest.fixture
def told(database: Database) -> Callable[..., tuple[StoryView, ...]]:
    def made(**wanted: object) -> tuple[StoryView, ...]:
        with database.read() as session:
            return stories(session, StoryFilter(**wanted))  # type: ignore[arg-type]

    return made


def after(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def test_a_wrong_secondary_day_stays_beside_the_first_partys(database, visit, told):
    """Trap 11, through the database, with the secondary reports stored first."""
    visit("one", "News One", feed(("https://one.example/1", "US suspends Claude Fable 5 on 13 June", after(40))), 40)
    visit(
        "two", "News Two", feed(("https://two.example/1", "Claude Fable 5 was suspended in late June", after(200))), 200
    )
    assert stories_of(database, after(200)) == 1
    assert told()[0].disputed == ("effective",)
    visit("own", "Anthropic", feed(("https://own.example/1", "Access to Claude Fable 5 is suspended", after(12))), 201)
    assert stories_of(database, after(201)) == 1
    [story] = told()
    assert story.official
    assert story.effective
    assert story.effective.first == story.effective.last == date(2026, 6, 12)
    assert story.disputed == ("effective",)
    assert [report.publisher for report in story.reports] == ["Anthropic", "News One", "News Two"]
    assert {saying.day.first.day: saying.official for saying in story.sayings} == {12: True, 13: False, 21: False}


def test_deriving_again_writes_nothing_and_keeps_numbers(database, visit, told):
    visit("one", "News One", feed(("https://one.example/1", "Anthropic blocks Claude in Japan", after(0))))
    visit("two", "News Two", feed(("https://two.example/1", "Claude banned in Japan by Anthropic", after(1))), 1)
    assert stories_of(database, after(2)) == 1
    before = told()
    assert stories_of(database, after(3)) == 0
    assert stories_of(database, after(4), again=True) == 0
    assert told() == before


def test_a_new_report_joins_the_story_there_is(database, visit, told):
    visit("one", "News One", feed(("https://one.example/1", "Anthropic blocks Claude in Japan", after(0))))
    stories_of(database, after(1))
    [first] = told()
    visit(
        "two",
        "News Two",
        feed(("https://two.example/1", "Japan: Claude is blocked by Anthropic, users say", after(5))),
        5,
    )
    assert stories_of(database, after(5)) == 1
    [second] = told()
    assert second.id == first.id
    assert second.chains == 2


def test_only_what_an_entry_gained_is_read_and_corrections_replace(database, visit, told):
    old = ("https://one.example/1", "Anthropic blocks Claude in Japan", after(0))
    visit("one", "News One", feed(old))
    stories_of(database, after(0))
    new = ("https://one.example/1", "Correction: Anthropic blocks Claude in Korea, South Korea", after(0))
    visit("one", "News One", feed(new), 1)
    assert stories_of(database, after(1)) == 1
    [story] = told()
    assert story.territories == ("KR",)
    visit("one", "News One", feed((old[0], "An apology to our readers", after(0))), 2)
    stories_of(database, after(2))
    assert told() == ()
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(StoryRow)) == 0
        assert session.scalar(select(func.count()).select_from(StoryEntryRow)) == 0


def test_an_entry_without_a_time_keeps_when_it_was_first_seen(database, visit, told):
    visit("one", "News One", feed(("https://one.example/1", "Anthropic blocks Claude in Japan from Tuesday", None)))
    stories_of(database, after(0))
    visit(
        "one",
        "News One",
        feed(("https://one.example/1", "Anthropic to block Claude in Japan from Tuesday", None)),
        24 * 6,
    )
    stories_of(database, after(24 * 6))
    [story] = told()
    assert story.first_at == START
    assert story.effective
    assert story.effective.first == date(2026, 6, 16)


def test_a_story_is_tied_to_changes_and_notices(database, visit, told):
    visit("list", "Anthropic", listing("JP", "KR", "FR"), -24, SourceKind.AVAILABILITY)
    visit("list", "Anthropic", listing("KR", "FR"), 24, SourceKind.AVAILABILITY)
    visit("list", "Anthropic", listing("FR"), 48, SourceKind.AVAILABILITY)
    number, title = "2026-13923", "Provisions on outbound investment"
    notice = Notice(
        number, title, Stage.PROPOSED, "Proposed Rule", Span(0, 0, 9, title[:9]), rins=("1505-AC82",),
        published=date(2026, 6, 26), url="https://example.com/notice",
    )  # fmt: skip
    visit(
        "docket",
        "US Treasury",
        Content((Passage(PassageKind.HEADING, title),), Facts(notices=(notice,))),
        0,
        SourceKind.DOCKET,
    )
    visit(
        "one",
        "News One",
        feed(
            ("https://one.example/1", "Anthropic blocks Claude in Japan", after(0)),
            ("https://one.example/2", "Treasury proposes outbound investment rule, RIN 1505-AC82", after(0)),
        ),
        1,
    )
    judge(database, None, after(49))
    stories_of(database, after(49))
    japan, rule = sorted(told(), key=lambda story: story.action, reverse=True)
    assert [(one.kind, one.source, one.on) for one in japan.related] == [("change", "list", date(2026, 6, 13))]
    assert [(one.kind, one.address, one.publisher) for one in rule.related] == [("notice", number, "US Treasury")]


def test_a_change_that_comes_later_is_tied_by_the_next_run(database, visit, told):
    visit("list", "Anthropic", listing("JP", "FR"), -24, SourceKind.AVAILABILITY)
    visit("one", "News One", feed(("https://one.example/1", "Anthropic blocks Claude in Japan", after(0))))
    judge(database, None, after(1))
    stories_of(database, after(1))
    assert told()[0].related == ()
    visit("list", "Anthropic", listing("FR"), 30, SourceKind.AVAILABILITY)
    judge(database, None, after(30))
    assert stories_of(database, after(30)) == 1
    assert [one.kind for one in told()[0].related] == ["change"]


def test_a_publisher_with_a_list_of_its_own_speaks_for_itself(database, visit, told):
    visit("list", "Example AI", listing("JP"), 0, SourceKind.AVAILABILITY)
    visit("own", "Example AI", feed(("https://own.example/1", "API traffic from Japan ends on 9 July", after(0))))
    stories_of(database, after(1))
    [story] = told()
    assert (story.actor, story.products, story.official) == ("Example AI", ("Example AI API",), True)


def test_stories_are_found_by_time_publisher_and_territory(database, visit, told):
    visit(
        "one",
        "News One",
        feed(
            ("https://one.example/1", "Anthropic blocks Claude in Japan", after(0)),
            ("https://one.example/2", "OpenAI blocks ChatGPT in Kenya", after(48)),
        ),
        50,
    )
    stories_of(database, after(50))

    def titles(**wanted):
        return [story.title.split()[0] for story in told(**wanted)]

    assert titles() == ["Anthropic", "OpenAI"]
    assert titles(since=after(24)) == ["OpenAI"]
    assert titles(until=after(24)) == ["Anthropic"]
    assert titles(territory="KE") == ["OpenAI"]
    assert titles(publisher="anthropic") == ["Anthropic"]
    assert titles(publisher="News One") == ["Anthropic", "OpenAI"]
    assert titles(publisher="Nobody") == []


def test_versions_of_other_sources_are_marked_and_hold_nothing_up(database, visit):
    visit("list", "Anthropic", listing("JP"), 0, SourceKind.AVAILABILITY)
    stories_of(database, after(0))
    with database.read() as session:
        assert session.scalars(select(VersionRow.reported_at)).all() == [after(0)]


def test_an_entry_that_cannot_be_read_stops_no_other(database, visit, told, monkeypatch):
    real = news.happenings

    def fails_on_one(said):
        if "Kenya" in said.title:
            raise ValueError("nonsense")
        return real(said)

    monkeypatch.setattr(news, "happenings", fails_on_one)
    visit(
        "one",
        "News One",
        feed(
            ("https://one.example/2", "OpenAI blocks ChatGPT in Kenya", after(0)),
            ("https://one.example/1", "Anthropic blocks Claude in Japan", after(0)),
        ),
    )
    assert stories_of(database, after(1)) == 1
    assert [story.actor for story in told()] == ["Anthropic"]


def test_a_notices_own_days_rank_first_and_a_disagreement_is_shown(database, visit, told):
    number, title = "2026-14001", "Provisions on outbound investment"
    notice = Notice(
        number, title, Stage.PROPOSED, "Proposed Rule", Span(0, 0, 9, title[:9]), rins=("1505-AC82",),
        published=date(2026, 6, 26), comments_close=date(2026, 8, 4),
    )  # fmt: skip
    content = Content((Passage(PassageKind.HEADING, title),), Facts(notices=(notice,)))
    visit("docket", "US Treasury", content, 0, SourceKind.DOCKET)
    headline = "Treasury proposes outbound investment rule, comments close August 5, 2026"
    visit("one", "News One", feed(("https://one.example/1", headline, after(0))), 1)
    stories_of(database, after(2))
    [story] = told()
    assert story.ends is not None
    assert story.ends.first == date(2026, 8, 4)
    assert story.disputed == ("ends",)
    said = [(one.role, one.day.first, one.official, one.sources) for one in story.sayings]
    assert said == [
        ("ends", date(2026, 8, 4), True, ("US Treasury (2026-14001)",)),
        ("ends", date(2026, 8, 5), False, ("News One",)),
        ("printed", date(2026, 6, 26), True, ("US Treasury (2026-14001)",)),
    ]
    assert stories_of(database, after(3)) == 0


def test_a_notice_of_another_stage_is_tied_but_dates_nothing(database, visit, told):
    title = "Provisions on outbound investment"
    notice = Notice(
        "2026-14002", title, Stage.FINAL, "Rule", Span(0, 0, 9, title[:9]),
        published=date(2026, 6, 26), effective=date(2026, 9, 1),
    )  # fmt: skip
    content = Content((Passage(PassageKind.HEADING, title),), Facts(notices=(notice,)))
    visit("docket", "US Treasury", content, 0, SourceKind.DOCKET)
    visit("one", "News One", feed(("https://one.example/1", "Treasury proposes AI investment rule", after(0))), 1)
    stories_of(database, after(2))
    [story] = told()
    assert [(one.address, one.sayings) for one in story.related] == [("2026-14002", ())]
    assert (story.effective, story.sayings) == (None, ())


@pytest.mark.parametrize(("said", "disputed"), [("12 June", ()), ("20 June", ("effective",))])
def test_when_a_list_changed_stands_beside_what_is_reported(database, visit, told, said, disputed):
    visit("list", "Anthropic", listing("JP", "FR"), -24, SourceKind.AVAILABILITY)
    visit("list", "Anthropic", listing("FR"), 6, SourceKind.AVAILABILITY)
    visit("one", "News One", feed(("https://one.example/1", f"Anthropic blocks Claude in Japan from {said}", after(0))))
    judge(database, None, after(7))
    stories_of(database, after(7))
    [story] = told()
    assert story.disputed == disputed
    official = [(one.day.first, one.day.last) for one in story.sayings if one.official]
    assert official == [(date(2026, 6, 11), date(2026, 6, 12))]
