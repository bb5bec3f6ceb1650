"""A removal is believed when a second visit agrees; one that comes back was never true."""

from datetime import timedelta

import pytest

from store.history import changes
from store.noise import flapping
from store.pending import record_judgement, unjudged
from store.values import Finding, FindingKind, Held, Judgement, Outcome, Severity
from store.views import ChangeFilter

HOUR = timedelta(hours=1)


@pytest.fixture
def judge(database):
    """Judges what is unjudged: a removal waits for confirmation, anything else does not."""

    def judged(at):
        with database.begin() as session:
            for version in unjudged(session, 100):
                if version.old is None or version.technical:
                    record_judgement(session, version.version_id, (), None, at)
                    continue
                lost = {f.territory for f in version.old.facts.availability} - {
                    f.territory for f in version.new.facts.availability
                }
                finding = Finding(FindingKind.TERRITORY_REMOVED if lost else FindingKind.TERRITORY_ADDED, Severity.HIGH)
                held = Held.AWAITING_CONFIRMATION if lost else None
                judgement = Judgement(True, 1.0, Severity.HIGH, ("test",), held)
                record_judgement(session, version.version_id, (finding,), judgement, at)

    return judged


@pytest.fixture
def held(database):
    def answered():
        with database.read() as session:
            return [(view.held, view.confirmed_at) for view in changes(session, ChangeFilter())]

    return answered


def test_removal_waits_until_a_second_visit(record, list_of, judge, held, start):
    record(start, list_of("US", "HK"))
    record(start + HOUR, list_of("US"))
    judge(start + HOUR)
    assert held() == [(Held.AWAITING_CONFIRMATION, None)]
    record(start + 2 * HOUR, list_of("US"))
    assert held() == [(None, start + 2 * HOUR)]


def test_judging_late_sees_the_confirmation_that_came_before(record, list_of, judge, held, start):
    record(start, list_of("US", "HK"))
    record(start + HOUR, list_of("US"))
    record(start + 2 * HOUR, list_of("US"))
    judge(start + 3 * HOUR)
    assert held() == [(None, start + 2 * HOUR)]


def test_a_failed_visit_confirms_nothing(record, list_of, judge, held, start):
    record(start, list_of("US", "HK"))
    record(start + HOUR, list_of("US"))
    judge(start + HOUR)
    record(start + 2 * HOUR, None, Outcome.BLOCKED, reason="challenge")
    assert held() == [(Held.AWAITING_CONFIRMATION, None)]


@pytest.mark.parametrize("judged_between", [True, False])
def test_what_comes_back_was_never_news_in_either_direction(record, list_of, judge, held, start, judged_between):
    record(start, list_of("US", "HK"))
    record(start + HOUR, list_of("US"))
    if judged_between:
        judge(start + HOUR)
    record(start + 2 * HOUR, list_of("US", "HK"))
    judge(start + 2 * HOUR)
    assert held() == [(Held.UNCONFIRMED, None), (Held.UNCONFIRMED, None)]


def test_what_stays_gone_is_confirmed_though_the_list_changed_again(record, list_of, judge, held, start):
    record(start, list_of("US", "HK"))
    record(start + HOUR, list_of("US"))
    record(start + 2 * HOUR, list_of("US", "JP"))
    judge(start + 3 * HOUR)
    assert held() == [(None, start + 2 * HOUR), (None, None)]


def test_a_real_return_after_a_confirmed_removal_is_news(record, list_of, judge, held, start):
    record(start, list_of("US", "HK"))
    for hours, content in ((1, list_of("US")), (2, list_of("US")), (3, list_of("US", "HK"))):
        record(start + hours * HOUR, content)
        judge(start + hours * HOUR)
    assert held() == [(None, start + 2 * HOUR), (None, None)]


def toggled(record, judge, list_of, start, times):
    """HK leaves, is seen to be gone, and comes back, so often; the hour after the last."""
    record(start, list_of("US", "HK"))
    for hours in range(1, 3 * times + 1):
        record(start + hours * HOUR, list_of("US") if hours % 3 else list_of("US", "HK"))
        judge(start + hours * HOUR)
    return start + (3 * times + 1) * HOUR


def test_what_keeps_coming_and_going_rings_four_times_and_then_the_operator_hears(
    database, record, list_of, judge, held, start
):
    toggled(record, judge, list_of, start, 6)
    assert [why for why, _ in held()] == [None] * 4 + [Held.UNCONFIRMED] * 8
    with database.read() as session:
        assert len(flapping(session)) == 1


def test_a_restless_removal_that_stands_for_days_is_told(record, list_of, judge, held, start):
    gone = toggled(record, judge, list_of, start, 3)
    record(gone, list_of("US"))
    judge(gone)
    for days in (1, 2):
        record(gone + timedelta(days=days), list_of("US"))
    assert held()[-1] == (Held.AWAITING_CONFIRMATION, None)
    record(gone + timedelta(days=3), list_of("US"))
    assert held()[-1] == (None, gone + timedelta(days=3))


def test_another_territory_of_a_restless_list_is_told_at_the_second_look(record, list_of, judge, held, start):
    gone = toggled(record, judge, list_of, start, 3)
    record(gone, list_of("HK"))
    judge(gone)
    record(gone + HOUR, list_of("HK"))
    assert held()[-1] == (None, gone + HOUR)


def test_a_version_is_judged_once(database, record, list_of, judge, held, start):
    record(start, list_of("US"))
    record(start + HOUR, list_of("US", "HK"))
    judge(start)
    with database.begin() as session:
        record_judgement(session, 2, (), Judgement(True, 1.0, Severity.LOW, ("again",)), start)
    assert len(held()) == 1
