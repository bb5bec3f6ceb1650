"""Stored snapshots read again: by the declaration of their day, marked technical, told to nobody; on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from alerts.run import announce
from crawler.answers import Fetched
from crawler.declaration import parse
from crawler.known import Known
from crawler.rereading import Reread, reread
from crawler.run import known_to
from crawler.visit import Pace, ended, spec
from detector.run import judge
from store.alert_schema import DeliveryRow
from store.archive import content_of, record_visit
from store.availability import availability
from store.history import changes
from store.schema import VersionRow
from store.sources import claim_named, declare
from store.values import FindingKind, Outcome
from store.views import ChangeFilter

START = datetime(2024, 7, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
URL = "https://example.com/list"
BETA = "<div class=beta><ul><li>Brazil</li><li>Chile</li><li>Ghana</li></ul></div>"


def page(*names: str) -> bytes:
    items = "".join(f"<li>{name}</li>" for name in names)
    return f"<main><h1>Supported countries and territories</h1><ul>{items}</ul>{BETA}</main>".encode()


def text(more: str = "") -> str:
    return f'title = "E"\npublisher = "P"\nproduct = "Example API"\nkind = "availability"\nurl = "{URL}"\n{more}'


@pytest.fixture
def visit(database):
    """One visit that brings these bytes under this declaration, with its judging."""

    def visited(at: datetime, body: bytes, declaration: str) -> Outcome:
        with database.begin() as session:
            declare(session, [spec(parse(declaration, "example", "test"))], at)
            [source] = claim_named(session, ["example"], at, HOUR)
        answer = Fetched(URL, 200, {"content-type": "text/html"}, body)
        known: Known = known_to(database, source)
        end = ended(source, answer, False, known, at, Pace())
        with database.begin() as session:
            record_visit(session, source, end)
        judge(database, None, at)
        return end.outcome

    return visited


def versions(database):
    with database.read() as session:
        return session.scalars(select(VersionRow).order_by(VersionRow.id)).all()


def listed(version):
    return {fact.territory for fact in content_of(version).facts.availability}


def improve(monkeypatch):
    """An extractor that reads as the present one does but for Peru, whose name it corrects to Poland's."""
    from crawler import extract as module
    from crawler import rereading, visit

    monkeypatch.setattr(module, "EXTRACTOR_REVISION", 999)
    visit.recipe_of.cache_clear()
    real = module.extract

    def better(body, content_type, declaration):
        return real(body.replace(b"Peru", b"Poland"), content_type, declaration)

    monkeypatch.setattr(rereading, "extract", better)
    monkeypatch.setattr(visit, "extract", better)


@pytest.fixture(autouse=True)
def forget_recipes():
    from crawler.visit import recipe_of

    yield
    recipe_of.cache_clear()


def test_an_improved_extractor_makes_technical_versions_and_no_news(database, visit, monkeypatch):
    visit(START, page("France", "Japan", "Kenya", "Peru"), text())
    visit(START + HOUR, page("France", "Japan", "Kenya", "Peru", "Samoa"), text())
    improve(monkeypatch)
    readings = list(reread(database, "example", lambda: START + 2 * HOUR))
    assert [(one.captured_at, one.ended) for one in readings] == [
        (START, Reread.CHANGED),
        (START + HOUR, Reread.CHANGED),
    ]
    old, newer, old_again, newer_again = versions(database)
    assert [version.technical for version in versions(database)] == [False, False, True, True]
    assert ("PE" in listed(old), "PL" in listed(old_again), "PL" in listed(newer_again)) == (True, True, True)
    assert (old_again.at, newer_again.at, newer_again.previous_id) == (old.at, newer.at, newer.id)
    judge(database, None, START + 3 * HOUR)
    announce(database, START + 3 * HOUR)
    with database.read() as session:
        [change] = changes(session, ChangeFilter())
        assert [finding.territory for finding in change.findings] == ["WS"]
        assert session.scalars(select(DeliveryRow)).all() == []


def test_the_next_real_change_is_told_against_the_new_reading(database, visit, monkeypatch):
    visit(START, page("France", "Japan", "Kenya", "Peru"), text())
    improve(monkeypatch)
    list(reread(database, "example", lambda: START + HOUR))
    visit(START + 2 * HOUR, page("France", "Japan", "Kenya", "Peru", "Samoa"), text())
    with database.read() as session:
        [change] = changes(session, ChangeFilter())
    assert [(f.kind, f.territory) for f in change.findings if f.territory] == [(FindingKind.TERRITORY_ADDED, "WS")]


def test_reading_again_twice_writes_once(database, visit, monkeypatch):
    visit(START, page("France", "Japan", "Kenya", "Peru"), text())
    improve(monkeypatch)
    list(reread(database, "example", lambda: START + HOUR))
    assert list(reread(database, "example", lambda: START + 2 * HOUR)) == []
    assert len(versions(database)) == 2


def test_nothing_is_read_again_under_an_unchanged_recipe(database, visit):
    visit(START, page("France", "Japan", "Kenya"), text())
    assert list(reread(database, "example", lambda: START + HOUR)) == []


def test_an_old_snapshot_is_read_by_the_declaration_of_its_day(database, visit, monkeypatch):
    visit(START, page("France", "Japan", "Peru"), text())
    without_beta = text('remove = [".beta"]\n')
    visit(START + 24 * HOUR, page("France", "Japan", "Peru", "Samoa"), without_beta)
    improve(monkeypatch)
    list(reread(database, "example", lambda: START + 25 * HOUR))
    readings = {version.at: version for version in versions(database) if version.technical}
    assert {"BR", "CL", "GH", "PL"} <= listed(readings[START])
    assert not {"BR", "CL", "GH"} & listed(readings[START + 24 * HOUR])


def test_what_was_true_on_a_day_is_answered_from_the_newest_reading(database, visit, monkeypatch):
    visit(START, page("France", "Japan", "Kenya", "Peru"), text())
    visit(START + HOUR, page("France", "Japan", "Kenya"), text())
    improve(monkeypatch)
    list(reread(database, "example", lambda: START + 2 * HOUR))
    with database.read() as session:
        answers = {
            code: availability(session, START + timedelta(minutes=1), territory=code)[0].status.value
            for code in ("PE", "PL")
        }
    assert answers["PL"] == "listed"
    assert answers["PE"] != "listed"


def test_what_today_cannot_be_read_stays_as_it_was(database, visit, monkeypatch):
    from crawler import rereading
    from crawler.extract import Unextractable

    visit(START, page("France", "Japan", "Kenya"), text())
    improve(monkeypatch)

    def fails(*_):
        raise Unextractable("the page holds no text")

    monkeypatch.setattr(rereading, "extract", fails)
    [reading] = reread(database, "example", lambda: START + HOUR)
    assert (reading.ended, reading.reason) == (Reread.UNREAD, "the page holds no text")
    assert len(versions(database)) == 1


def test_a_source_that_is_being_visited_is_left_alone(database, visit):
    visit(START, page("France", "Japan", "Kenya"), text())
    with database.begin() as session:
        claim_named(session, ["example"], START + HOUR, HOUR)
    [reading] = reread(database, "example", lambda: START + HOUR)
    assert reading.ended is Reread.BUSY
