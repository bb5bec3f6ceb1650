"""Every waiting version is judged once, in a transaction of its own, whatever happens to the others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from detector import run
from store import history, pending
from store.archive import Received, Visited, record_visit
from store.database import Database
from store.sources import SourceSpec, claim_named, declare
from store.values import Content, FindingKind, Held, Outcome, Polarity, Severity, SourceKind
from store.views import ChangeFilter, ChangeView

START = datetime(2024, 7, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def visit(database: Database) -> Callable[..., None]:
    """visit(content, hours): one good visit of a source of a kind that brings this version."""

    def made(content: Content, hours: int, kind: SourceKind = SourceKind.TERMS, slug: str = "terms", **more) -> None:
        at = START + timedelta(hours=hours)
        spec = SourceSpec(
            slug=slug,
            title="Example",
            publisher="Example AI",
            product="Example API",
            kind=kind,
            polarity=Polarity.ALLOW,
            language="en",
            jurisdiction=None,
            url=f"https://example.com/{slug}",
            host="example.com",
            every=timedelta(hours=1),
            text="title = 'Example'",
        )
        with database.begin() as session:
            declare(session, [spec], at, retire=False)
            [source] = claim_named(session, [slug], at, timedelta(minutes=5))
            received = Received(spec.url, 200, {}, content.fingerprint.encode())
            visited = Visited(
                outcome=Outcome.VERSION,
                at=at,
                due_at=at + timedelta(hours=1),
                url=spec.url,
                recipe="r1",
                status=200,
                received=received,
                content=content,
                **more,
            )
            assert record_visit(session, source, visited) is not None

    return made


def _changes(database: Database) -> tuple[ChangeView, ...]:
    with database.read() as session:
        return history.changes(session, ChangeFilter())


def _waiting(database: Database) -> int:
    with database.read() as session:
        return len(pending.unjudged(session, 100))


def test_a_change_is_stored_with_its_findings_and_a_second_run_adds_nothing(database, visit, content):
    visit(content("You may resell."), 0)
    visit(content("You may not resell."), 1)
    assert run.judge(database, None, START + timedelta(hours=2)) == 1
    (change,) = _changes(database)
    assert [finding.kind for finding in change.findings] == [FindingKind.PERMISSION_WITHDRAWN]
    assert (change.substantive, change.severity, change.held) == (True, Severity.MEDIUM, None)
    assert run.judge(database, None, START + timedelta(hours=3)) == 0
    assert _changes(database) == (change,)


def test_a_baseline_is_no_change(database, visit, content):
    visit(content("You may resell."), 0)
    assert run.judge(database, None, START) == 0
    assert _changes(database) == ()
    assert _waiting(database) == 0


def test_a_technical_re_reading_is_no_change(database, visit, content):
    visit(content("You may resell."), 0)
    visit(content("You may not resell."), 1, technical=True)
    run.judge(database, None, START)
    assert _changes(database) == ()
    assert _waiting(database) == 0


def test_a_return_is_recognised_over_the_versions_before(database, visit, content):
    first, second = content("You may resell."), content("You may not resell.")
    visit(first, 0)
    visit(second, 1)
    visit(first, 2)
    run.judge(database, None, START + timedelta(hours=3))
    assert [change.held for change in _changes(database)] == [None, Held.REVERSION]


def test_a_removal_waits(database, visit, listing):
    visit(listing("Japan=JP", "Hong Kong=HK"), 0, SourceKind.AVAILABILITY)
    visit(listing("Japan=JP"), 1, SourceKind.AVAILABILITY)
    run.judge(database, None, START + timedelta(hours=2))
    (change,) = _changes(database)
    assert (change.held, change.findings[0].territory) == (Held.AWAITING_CONFIRMATION, "HK")


def test_one_failing_comparison_is_stored_and_stops_no_other(database, visit, content, monkeypatch):
    visit(content("You may resell."), 0, slug="broken")
    visit(content("poison"), 1, slug="broken")
    visit(content("You may resell."), 0, slug="sound")
    visit(content("You must resell."), 1, slug="sound")
    real = run.compare

    def failing(old, new, *rest):
        if new.passages[0].text == "poison":
            raise RuntimeError("no such luck")
        return real(old, new, *rest)

    monkeypatch.setattr(run, "compare", failing)
    assert run.judge(database, None, START + timedelta(hours=2)) == 2
    told = {change.source: change for change in _changes(database)}
    assert told["broken"].severity is Severity.OPERATIONAL
    assert told["broken"].reasons == ("the comparison failed: RuntimeError: no such luck",)
    assert not told["broken"].substantive
    assert told["sound"].substantive


COUNTRIES = ("Albania=AL", "Algeria=DZ", "Angola=AO", "Argentina=AR", "Armenia=AM", "Australia=AU", "Austria=AT")


def _told(database: Database) -> list[tuple[str, str | None, Held | None]]:
    """(kind, territory, held) of every finding, the oldest change first."""
    return [(one.kind.value, one.territory, view.held) for view in _changes(database) for one in view.findings]


def _visit_lists(visit, listing, database, *lists: tuple[str, ...]) -> None:
    for hours, entries in enumerate(lists):
        visit(listing(*entries), hours, SourceKind.AVAILABILITY)
        run.judge(database, None, START + timedelta(hours=hours))


def test_what_comes_back_behind_a_list_that_was_cut_short_is_no_news(database, visit, listing):
    _visit_lists(visit, listing, database, COUNTRIES, COUNTRIES[:3], COUNTRIES)
    assert [kind for kind, _, _ in _told(database)] == ["list_cut_short", "reversion"]
    assert [view.held for view in _changes(database)] == [Held.DOUBTFUL, Held.REVERSION]


def test_what_really_changed_meanwhile_is_told_against_the_last_whole_list(database, visit, listing):
    later = (*COUNTRIES[:5], *COUNTRIES[6:], "Azerbaijan=AZ")
    _visit_lists(visit, listing, database, COUNTRIES, COUNTRIES[:3], COUNTRIES[:2], later)
    assert [one for one in _told(database) if one[0] != "list_cut_short"] == [
        ("territory_removed", "AO", Held.UNCONFIRMED),
        ("territory_removed", "AU", Held.AWAITING_CONFIRMATION),
        ("territory_added", "AZ", Held.AWAITING_CONFIRMATION),
    ]
    [*_, newest] = _changes(database)
    with database.read() as session:
        texts = history.change(session, newest.address)
    assert [one.text for one in texts.old] == [name.partition("=")[0] for name in COUNTRIES]


def test_an_end_that_was_doubted_beside_an_addition_is_no_news_when_it_is_back(database, visit, listing):
    _visit_lists(visit, listing, database, COUNTRIES, ("Aruba=AW", *COUNTRIES[:3]), COUNTRIES)
    assert ("territory_added", "AR", None) not in _told(database)
    assert [kind for kind, _, _ in _told(database)] == ["list_cut_short", "territory_added", "reversion"]


def test_a_short_list_that_goes_on_is_compared_with_itself(database, visit, listing):
    _visit_lists(visit, listing, database, COUNTRIES, COUNTRIES[:3], (*COUNTRIES[:3], "Chile=CL"))
    assert _told(database)[-1] == ("territory_added", "CL", None)
