"""What history answers: filters, addresses, coverage, deadlines."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from store import history
from store.pending import record_judgement, unjudged
from store.values import (
    Content,
    Facts,
    Finding,
    FindingKind,
    Held,
    Judgement,
    Notice,
    Outcome,
    Severity,
    SourceKind,
    Span,
    Stage,
)
from store.views import ChangeFilter

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def two_changes(database, record, list_of, start):
    record(start, list_of("US"))
    record(start + HOUR, list_of("US", "HK"))
    record(start + 2 * HOUR, list_of("US", "HK", "JP"))
    with database.begin() as session:
        for number, version in enumerate(unjudged(session, 9)):
            if version.old is None:
                record_judgement(session, version.version_id, (), None, start)
                continue
            territory = "HK" if number == 1 else "JP"
            span = Span(1, 0, 2, territory)
            finding = Finding(
                FindingKind.TERRITORY_ADDED, Severity.LOW, None, "listed", None, span, "Example API", territory
            )
            held = None if territory == "HK" else Held.COSMETIC
            judgement = Judgement(True, 0.4, Severity.LOW, ("because",), held)
            record_judgement(session, version.version_id, (finding,), judgement, start)


def found(database, **wanted):
    with database.read() as session:
        return [view.findings[0].territory for view in history.changes(session, ChangeFilter(**wanted))]


def test_changes_are_oldest_first(database, two_changes):
    assert found(database) == ["HK", "JP"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"territory": "HK"}, ["HK"]),
        ({"territory": "DE"}, []),
        ({"publisher": "EXAMPLE ai"}, ["HK", "JP"]),
        ({"publisher": "Other"}, []),
        ({"product": "example api"}, ["HK", "JP"]),
        ({"source": "example"}, ["HK", "JP"]),
        ({"kind": "availability"}, ["HK", "JP"]),
        ({"kind": "territory_added"}, ["HK", "JP"]),
        ({"kind": "territory_removed"}, []),
        ({"kind": "feed"}, []),
        ({"held": True}, ["JP"]),
        ({"held": False}, ["HK"]),
    ],
)
def test_filters(database, two_changes, wanted, expected):
    assert found(database, **wanted) == expected


def test_since_and_until_are_capture_times(database, two_changes, start):
    assert found(database, since=start + 2 * HOUR) == ["JP"]
    assert found(database, until=start + 2 * HOUR) == ["HK"]


def test_limit_keeps_the_newest(database, two_changes):
    with database.read() as session:
        [view] = history.changes(session, ChangeFilter(), limit=1)
    assert view.findings[0].territory == "JP"


def test_change_by_address_brings_both_texts_and_evidence(database, two_changes, start):
    with database.read() as session:
        texts = history.change(session, "1..2")
    assert [passage.text for passage in texts.new] == ["US", "HK"]
    assert (texts.change.before.version, texts.change.after.version) == (1, 2)
    assert texts.change.after.captured_at == start + HOUR
    assert texts.change.findings[0].new_span == Span(1, 0, 2, "HK")


@pytest.mark.parametrize("address", ["1..9", "nonsense", "1-2", "..", "1..x"])
def test_wrong_addresses_are_named(database, two_changes, address):
    with database.read() as session, pytest.raises(history.NoSuchChange, match=r".+"):
        history.change(session, address)


def test_sources_tell_when_verified_and_why_not(database, record, list_of, start):
    record(start, list_of("US"))
    record(start + HOUR, None, Outcome.BLOCKED, reason="challenge")
    with database.read() as session:
        [fresh] = history.sources(session, start + 2 * HOUR)
        [stale] = history.sources(session, start + 4 * HOUR)
    assert (fresh.verified_at, fresh.last_outcome, fresh.last_reason) == (start, Outcome.BLOCKED, "challenge")
    assert fresh.stale_since is None
    assert stale.stale_since == start


def test_coverage_counts_visits_and_names_what_is_stale(database, record, list_of, start):
    for hours in range(4):
        record(start + hours * HOUR, list_of("US"))
    record(start + 4 * HOUR, None, Outcome.UNREACHABLE, reason="timed out")
    with database.read() as session:
        [covered] = history.coverage(session, start, start + DAY)
        [before] = history.coverage(session, start - DAY, start)
    assert (covered.visits, covered.verified) == (5, 4)
    assert covered.outcomes == {Outcome.VERSION: 1, Outcome.CONFIRMED: 3, Outcome.UNREACHABLE: 1}
    assert (covered.last_verified_at, covered.stale_since) == (start + 3 * HOUR, start + 3 * HOUR)
    assert covered.reason == "unreachable: timed out"
    assert (before.visits, before.last_verified_at, before.reason) == (0, None, "never visited")


def test_deadlines_come_from_current_versions_in_order(database, record, spec_of, start):
    notice = Notice("2024-13923", "Proposed", Stage.PROPOSED, "Proposed Rule", Span(0, 0, 1, "x"))
    dated = replace(notice, comments_close=date(2024, 8, 4), effective=date(2025, 1, 2))
    record(start, Content((), Facts(notices=(dated,))))
    with database.begin() as session:
        from store.sources import declare

        declare(session, [spec_of("example", kind=SourceKind.DOCKET)], start)
    with database.read() as session:
        ahead = history.deadlines(session, date(2024, 8, 4), date(2025, 1, 2))
        assert [(d.what, d.on.isoformat()) for d in ahead] == [
            ("comments close", "2024-08-04"),
            ("takes effect", "2025-01-02"),
        ]
        assert history.deadlines(session, date(2024, 8, 5), date(2025, 1, 1)) == ()
