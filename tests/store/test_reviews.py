"""Who decided what about a change: legal steps, reasons, teams, two people at once, and what still needs a decision."""

from __future__ import annotations

import threading
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import text

from store.history import NoSuchChange, changes
from store.pending import record_judgement, unjudged
from store.reviews import (
    InvalidReview,
    ReviewState,
    Via,
    needs_reason,
    open_changes,
    review,
    review_of,
    reviews_of,
    states_of,
)
from store.subscriptions import NewSubscription, add, subscription
from store.values import Judgement, Severity
from store.views import ChangeFilter

TEAM = "team:legal"
OPEN, ACKNOWLEDGED, IN_REVIEW, ACTIONED, DISMISSED = ReviewState


@pytest.fixture
def changed(database, record, list_of, start):
    """Three changes of one source; their addresses, oldest first."""
    for hour, codes in enumerate(("FR", "FR JP", "FR JP KE", "FR")):
        record(start + timedelta(hours=hour), list_of(*codes.split()))
    with database.begin() as session:
        for version in unjudged(session, 100):
            judgement = Judgement(True, 0.9, Severity.HIGH, ("a reason",)) if version.old else None
            record_judgement(session, version.version_id, (), judgement, start)
    with database.read() as session:
        found = changes(session, ChangeFilter())
    assert len(found) == 3
    return found


@pytest.fixture
def step(database, start):
    """Takes one step in a transaction of its own."""
    taken = iter(range(1000))

    def made(change, state, reason=None, by="Ada", owner=TEAM, via=Via.PAGE):
        with database.begin() as session:
            at = start + timedelta(days=1, minutes=next(taken))
            return review(session, owner, change, state, by, reason, via, at)

    return made


def test_a_change_nobody_touched_is_open_and_has_no_step(database, changed):
    with database.read() as session:
        found = review_of(session, TEAM, changed[0].address)
        assert (found.state, found.entries, found.updated_at) == (OPEN, (), None)
        assert reviews_of(session, TEAM) == ()


def test_every_step_stays_with_who_when_why_and_how(database, changed, step, start):
    address = changed[0].address
    step(address, ACKNOWLEDGED)
    step(address, "in_review", by="  Grace\u202e\nHopper ", via=Via.SLACK)
    step(address, DISMISSED, "does not touch\r\nour contracts", by="Ada", via=Via.COMMAND)
    with database.read() as session:
        found = review_of(session, TEAM, address)
    assert found.state is DISMISSED
    assert [(one.by, one.state, one.reason, one.via) for one in found.entries] == [
        ("Ada", ACKNOWLEDGED, None, Via.PAGE),
        ("Grace Hopper", IN_REVIEW, None, Via.SLACK),
        ("Ada", DISMISSED, "does not touch our contracts", Via.COMMAND),
    ]
    assert [one.at for one in found.entries] == [start + timedelta(days=1, minutes=n) for n in range(3)]
    assert found.updated_at == found.entries[-1].at


LEGAL = {
    OPEN: {ACKNOWLEDGED, IN_REVIEW, ACTIONED, DISMISSED},
    ACKNOWLEDGED: {OPEN, IN_REVIEW, ACTIONED, DISMISSED},
    IN_REVIEW: {OPEN, ACTIONED, DISMISSED},
    ACTIONED: {OPEN, IN_REVIEW},
    DISMISSED: {OPEN, IN_REVIEW},
}


def test_only_legal_steps_are_taken(changed, step):
    address = changed[0].address
    for before, after in product(ReviewState, ReviewState):
        owner = f"team:{before}-{after}"
        if before is not OPEN:
            step(address, before, "a reason", owner=owner)
        if after in LEGAL[before]:
            assert step(address, after, "because", owner=owner).state is after
        else:
            with pytest.raises(InvalidReview, match=r"^state: ") as refused:
                step(address, after, "because", owner=owner)
            assert refused.value.field == "state"


BACK = [(OPEN, DISMISSED), (ACKNOWLEDGED, OPEN), (IN_REVIEW, OPEN), (ACTIONED, OPEN), (DISMISSED, IN_REVIEW)]


def test_dismissing_and_going_back_take_a_reason(database, changed, step):
    address = changed[0].address
    for (before, after), reason in product(BACK, [None, "", " \t\n", "\u202e"]):
        owner = f"team:{before}-{after}-{reason!r}"
        assert needs_reason(before, after)
        if before is not OPEN:
            step(address, before, "for now", owner=owner)
        with pytest.raises(InvalidReview, match=r"^reason: say why"):
            step(address, after, reason, owner=owner)
        with database.read() as session:
            assert review_of(session, owner, address).state is before
        assert step(address, after, "we looked again", owner=owner).state is after


def test_the_same_step_again_is_one_step_and_another_s_is_told_who_was_first(changed, step):
    address = changed[0].address
    first = step(address, ACKNOWLEDGED)
    assert step(address, ACKNOWLEDGED) == first
    with pytest.raises(InvalidReview, match=rf"{address} is acknowledged already by Ada"):
        step(address, ACKNOWLEDGED, by="Grace")
    with pytest.raises(InvalidReview, match="open already"):
        step(address, "open", owner="team:other")


BAD = [
    ({"by": " \x00\u202e"}, "by"),
    ({"by": "x" * 201}, "by"),
    ({"reason": "x" * 2001}, "reason"),
    ({"state": "done"}, "state"),
    ({"state": ""}, "state"),
]


def test_bad_steps_are_refused_by_name(database, changed, step):
    for given, field in BAD:
        with pytest.raises(InvalidReview) as refused:
            step(changed[0].address, **({"state": ACKNOWLEDGED} | given))
        assert refused.value.field == field
    with database.read() as session:
        assert reviews_of(session, TEAM) == ()


def test_an_unknown_change_is_refused(database, changed, step):
    for address in ("99..100", "1-2", "", "1..2; drop table review", "9999999999..1"):
        with pytest.raises(NoSuchChange):
            step(address, ACKNOWLEDGED)
        with database.read() as session, pytest.raises(NoSuchChange):
            review_of(session, TEAM, address)


def test_a_team_shares_its_reviews_and_others_do_not_see_them(database, changed, step, start):
    with database.begin() as session:
        alone = add(session, NewSubscription("email", "ada@example.org"), start)
        session.execute(text("update subscription set team = 'legal'"))
        session.expire_all()
        other = add(session, NewSubscription("email", "grace@example.org"), start)
    step(changed[0].address, ACTIONED, owner=TEAM)
    step(changed[1].address, ACKNOWLEDGED, owner=other)
    with database.read() as session:
        member = subscription(session, alone.id)
        assert [one.change for one in reviews_of(session, member)] == [changed[0].address]
        assert review_of(session, member, changed[0].address).state is ACTIONED
        assert review_of(session, other, changed[0].address).state is OPEN
        assert [one.owner for one in reviews_of(session, other)] == [f"subscription:{other.id}"]


def test_reviews_come_by_the_change_s_time_and_by_state(database, changed, step):
    step(changed[2].address, DISMISSED, "not ours")
    step(changed[0].address, ACKNOWLEDGED)
    with database.read() as session:
        assert [one.change for one in reviews_of(session, TEAM)] == [changed[0].address, changed[2].address]
        assert [one.change for one in reviews_of(session, TEAM, DISMISSED)] == [changed[2].address]
        assert [len(one.entries) for one in reviews_of(session, TEAM)] == [1, 1]


def test_what_needs_a_decision_leaves_out_what_is_closed(database, changed, step):
    step(changed[0].address, ACKNOWLEDGED)
    step(changed[1].address, ACTIONED)
    ids = [one.id for one in reversed(changed)]
    with database.read() as session:
        assert states_of(session, TEAM, ids) == {ids[0]: OPEN, ids[1]: ACTIONED, ids[2]: ACKNOWLEDGED}
        assert list(open_changes(session, TEAM, ids).items()) == [(ids[0], OPEN), (ids[2], ACKNOWLEDGED)]
        assert open_changes(session, TEAM, ()) == {}
        assert len(states_of(session, TEAM, range(1, 1201))) == 1200


def test_two_people_at_once_take_one_step_each_and_the_second_is_judged_by_the_first(database, changed, start):
    """Both act on an open change; whoever comes second finds it decided."""
    address, ready, ended = changed[0].address, threading.Barrier(2), []

    def act(who: str, state: ReviewState) -> None:
        ready.wait()
        try:
            with database.begin() as session:
                review(session, TEAM, address, state, who, "a reason", Via.PAGE, start)
            ended.append("taken")
        except InvalidReview:
            ended.append("refused")

    threads = [threading.Thread(target=act, args=one) for one in (("Ada", ACTIONED), ("Grace", DISMISSED))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(ended) == ["refused", "taken"]
    with database.read() as session:
        found = review_of(session, TEAM, address)
    assert len(found.entries) == 1
    assert found.state is found.entries[0].state


def test_who_comes_while_another_decides_waits_and_is_judged_by_that_decision(database, changed, step, start):
    """The first has not committed yet when the second begins; the row is there already, so no insertion holds it up."""
    address, ended = changed[0].address, []
    step(address, ACKNOWLEDGED)

    def come_second() -> None:
        try:
            with database.begin() as session:
                review(session, TEAM, address, DISMISSED, "Grace", "not ours", Via.PAGE, start)
            ended.append("taken")
        except InvalidReview as error:
            ended.append(str(error))

    second = threading.Thread(target=come_second)
    with database.begin() as session:
        review(session, TEAM, address, ACTIONED, "Ada", None, Via.PAGE, start)
        second.start()
        second.join(0.5)
        assert ended == []
    second.join(30)
    assert ended == [f"state: {address} is actioned; from there: open, in_review"]
