"""The tables of stories come and go with data in the database, and versions stay."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import inspect, select, text

from store.database import migrate
from store.happenings import Action, Day, Happening, Saying, Story, StoryFilter, Telling
from store.reports import Seen, Told, keep, reports, unread
from store.schema import VersionRow
from store.stories import stories, write
from store.story_schema import StoryEntryRow
from store.values import Content, Entry, Facts, Passage, PassageKind, Span


@pytest.fixture
def entry() -> Entry:
    title = "OpenAI blocks its API in China"
    return Entry("https://one.example/1", title, Span(0, 0, len(title), title))


@pytest.fixture
def happening(start) -> Happening:
    day = Day(start.date(), start.date(), "today", True)
    return Happening(
        Action.RESTRICT, "OpenAI", None, ("OpenAI API",), ("CN",), day, None, None, ("Baidu",), "OpenAI blocks"
    )  # fmt: skip


def test_up_and_down_and_up_with_data(database, record, list_of, start, entry, happening):
    record(start, list_of("US"))
    record(start + timedelta(hours=1), list_of("US", "CA"))
    with database.begin() as session:
        for version in session.scalars(select(VersionRow.id)).all():
            keep(session, version, [Told(Seen(entry, start), False, (happening,))], start)
    migrate(database, "0001")
    assert "story" not in inspect(database.engine).get_table_names()
    columns = {column["name"] for column in inspect(database.engine).get_columns("version")}
    assert "judged_at" in columns
    assert "reported_at" not in columns
    with database.engine.connect() as connection:
        assert connection.execute(text("select count(*) from version")).scalar() == 2
        assert connection.execute(text("select count(*) from visit where version_id is not null")).scalar() == 2
    migrate(database, "head")
    with database.read() as session:
        assert session.scalars(select(VersionRow.reported_at)).all() == [None, None]
        assert session.scalars(select(StoryEntryRow)).all() == []


def test_a_report_and_a_story_come_back_as_they_went_in(database, record, start, entry, happening):
    content = Content((Passage(PassageKind.LIST_ITEM, entry.title),), Facts(entries=(entry,)))
    version = record(start, content)
    with database.begin() as session:
        assert keep(session, version, [Told(Seen(entry, start), True, (happening,))], start) == start
        assert keep(session, version, [Told(Seen(entry, start), True, ())], start) is None  # read once
    with database.begin() as session:
        [report] = reports(session, start)
        assert (report.happening, report.official, report.story) == (happening, True, None)
        assert reports(session, start + timedelta(seconds=1)) == ()
        assert happening.effective
        story = Story(
            Action.RESTRICT, "OpenAI", None, ("OpenAI API",), ("CN",), entry.title, start, start, happening.effective,
            None, (), (Saying("effective", happening.effective, True, ("Example AI",)),), 1, True, (),
            (Telling(report.id, 0, 1, None, None),),
        )  # fmt: skip
        assert write(session, [story], start) == 1
        assert write(session, [story], start) == 0
        [view] = stories(session, StoryFilter())
    assert (view.effective, view.sayings, view.chains, view.official) == (happening.effective, story.sayings, 1, True)
    assert [(one.link, one.chain, one.happening) for one in view.reports] == [(entry.link, 1, happening)]


def test_sources_are_feeds_only(database, record, list_of, start):
    record(start, list_of("US"))
    with database.read() as session:
        assert unread(session, 10) == []
