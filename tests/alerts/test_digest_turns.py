"""Does a digest say what waits for a decision, and what became of what was told before?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from alerts.digests.compiling import Cut, Knowledge, compiled
from alerts.digests.message import digest_text
from alerts.digests.values import Known, TurnKind
from alerts.week import Week
from store.reviews import ReviewState
from store.subscriptions import Filters
from store.values import Finding, FindingKind, Held, Severity

W28 = Week(2024, 28)
END = W28.end("UTC")


def cut(known_at=None, known=Known.THEN):
    return Cut(W28, "UTC", known, known_at or W28.due("UTC"))


def digest(changes=(), of=None, **known):
    return compiled(of or cut(), Filters(), Knowledge(changes=list(changes), **known))


def reviewed(made, state, severity=Severity.HIGH):
    finding = replace(made.LOST_TWO[0], severity=severity)
    known = {1: (state, made.NINTH)} if state else {}
    return digest([made.change(finding)], reviews=known).decisions


def test_what_needs_a_decision(made):
    assert [one.address for one in reviewed(made, None)] == ["1..2"]
    assert [one.review for one in reviewed(made, ReviewState.IN_REVIEW)] == [ReviewState.IN_REVIEW]
    assert reviewed(made, ReviewState.ACTIONED) == reviewed(made, ReviewState.DISMISSED) == ()
    assert reviewed(made, None, Severity.MEDIUM) == ()
    assert len(reviewed(made, ReviewState.ACKNOWLEDGED, Severity.MEDIUM)) == 1


def test_a_review_that_was_begun_is_asked_for_again(made):
    old = made.change(made.LOST_TWO[0], at=made.NINTH - timedelta(days=10))
    begun = {1: (ReviewState.IN_REVIEW, made.NINTH)}
    assert [one.address for one in digest(earlier=[old], reviews=begun).decisions] == ["1..2"]
    assert digest(earlier=[old]).decisions == ()


def test_a_reversal_in_the_period_names_the_earlier_change(made):
    before = made.change(*made.LOST_TWO, id=1, at=made.NINTH - timedelta(days=30))
    back = made.change(made.added("HK", "Hong Kong"), id=2, address="2..3")
    [turn] = digest([back], earlier=[before]).turns
    assert (turn.kind, turn.address, turn.by, turn.later) == (TurnKind.REVERSED, "1..2", "2..3", False)
    assert "Change 2..3 reverses change 1..2" in digest_text(digest([back], earlier=[before]))


def test_another_territory_reverses_nothing(made):
    before = made.change(*made.LOST_TWO, id=1, at=made.NINTH - timedelta(days=30))
    assert digest([made.change(made.added("KE", "Kenya"), id=2)], earlier=[before]).turns == ()


def test_a_later_reversal_is_told_as_known_now_only(made):
    lost = made.change(*made.LOST_TWO, id=1)
    back = made.change(made.added("HK", "Hong Kong"), id=2, address="2..3", at=END + timedelta(days=9))
    assert digest([lost]).turns == ()
    now = cut(known=Known.NOW, known_at=END + timedelta(days=20))
    [turn] = digest([lost], of=now, later=[back], then=[lost]).turns
    assert (turn.kind, turn.later, turn.by) == (TurnKind.REVERSED, True, "2..3")


def test_moved_dates_and_amending_notices(made):
    def dated(kind, **other):
        return Finding(kind, Severity.MEDIUM, subject="2024-13923", **other)

    was = made.change(dated(FindingKind.DEADLINE_SET, new="2024-08-04"), id=1, at=made.NINTH - timedelta(days=9))
    moved = made.change(dated(FindingKind.DEADLINE_MOVED, old="2024-08-04", new="2024-09-04"), id=2, address="2..3")
    amended = made.change(dated(FindingKind.STAGE_ADVANCED, new="withdrawal"), id=3, address="3..4")
    kinds = [one.kind for one in digest([moved, amended], earlier=[was]).turns]
    assert kinds == [TurnKind.MOVED, TurnKind.AMENDED]


def test_what_waited_and_was_confirmed_later(made):
    confirmed = made.change(*made.LOST_TWO, confirmed_at=END + timedelta(days=1))
    waiting = replace(confirmed, held=Held.AWAITING_CONFIRMATION, confirmed_at=None)
    now = cut(known=Known.NOW, known_at=END + timedelta(days=20))
    [turn] = digest([confirmed], of=now, then=[waiting]).turns
    assert (turn.kind, turn.later) == (TurnKind.CONFIRMED, True)
