"""Does a delivery exist once, belong to one process at a time, and end as it should?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, inspect

from store.alert_schema import SubscriptionRow
from store.attempts import Attempt, attempts_of
from store.database import migrate
from store.deliveries import (
    OVERTAKEN_AFTER,
    claim_due,
    insert,
    mark_dead,
    mark_failed,
    mark_sent,
    put_off,
    revive,
)
from store.outbox_views import (
    NoSuchDelivery,
    count_by_state,
    deliveries,
    delivery,
    newest_deliveries,
    next_due_at,
    sent_lately,
)
from store.subscriptions import NewSubscription, add, end, pause, resume
from store.values import DeliveryState, Purpose, Severity

NOW = datetime(2024, 7, 9, 8, tzinfo=UTC)
LEASE = timedelta(minutes=5)


@pytest.fixture
def ada(database):
    with database.begin() as session:
        return add(session, NewSubscription("email", "ada@example.org"), NOW)


def queue(database, who, *weeks, at=NOW):
    with database.begin() as session:
        return [insert(session, who.id, f"{who.id} {week}", at, week=week) for week in weeks]


def claimed(database, now=NOW, channel="email"):
    with database.begin() as session:
        return claim_due(session, channel, now, LEASE)


def test_the_same_delivery_is_inserted_once(database, ada):
    numbers = queue(database, ada, "2024-W27", "2024-W27", "2024-W28")
    assert [number is not None for number in numbers] == [True, False, True]
    with database.begin() as session:
        assert insert(session, ada.id, "another key", NOW, week="2024-W28") is None
        assert len(deliveries(session)) == 2


def test_a_claim_is_ours_until_the_lease_ends(database, ada):
    queue(database, ada, "2024-W27")
    claim = claimed(database)
    assert claim is not None
    assert (claim.subscription, claim.week, claim.change_id) == (ada, "2024-W27", None)
    assert claimed(database, NOW + LEASE - timedelta(seconds=1)) is None
    again = claimed(database, NOW + LEASE)
    assert again is not None
    assert (again.id, again.key, again.attempts) == (claim.id, claim.key, 0)


def test_of_one_subscription_the_oldest_goes_first(database, ada):
    queue(database, ada, "2024-W27", "2024-W28")
    first = claimed(database)
    assert claimed(database) is None
    with database.begin() as session:
        mark_sent(session, first.id, "ok", NOW)
    assert claimed(database).week == "2024-W28"


def test_other_subscriptions_do_not_wait(database, ada):
    with database.begin() as session:
        bob = add(session, NewSubscription("email", "bob@example.org"), NOW)
    queue(database, ada, "2024-W27", "2024-W28")
    queue(database, bob, "2024-W27")
    assert {claimed(database).subscription.id, claimed(database).subscription.id} == {ada.id, bob.id}


def test_many_processes_claim_each_once(database):
    with database.begin() as session:
        people = [add(session, NewSubscription("email", f"p{number}@example.org"), NOW) for number in range(12)]
    for person in people:
        queue(database, person, "2024-W27")
    with ThreadPoolExecutor(6) as pool:
        claims = [claim for claim in pool.map(lambda _: claimed(database), range(30)) if claim]
    assert len({claim.id for claim in claims}) == len(claims)
    left = [claim for claim in (claimed(database) for _ in range(13)) if claim]
    assert len(claims) + len(left) == 12


def test_nothing_is_claimed_for_whom_it_should_not(database, ada):
    queue(database, ada, "2024-W27")
    assert claimed(database, channel="slack") is None
    assert claimed(database, NOW - timedelta(seconds=1)) is None
    with database.begin() as session:
        pause(session, ada.id, "away", NOW)
    assert claimed(database) is None
    with database.begin() as session:
        resume(session, ada.id)
    assert claimed(database) is not None


def test_ending_a_subscription_drops_what_waited(database, ada):
    queue(database, ada, "2024-W27", "2024-W28")
    with database.begin() as session:
        mark_sent(session, deliveries(session)[0].id, "ok", NOW)
        end(session, ada.secret, NOW)
        assert [(one.state, one.error) for one in deliveries(session)] == [
            (DeliveryState.SENT, None),
            (DeliveryState.DEAD, "unsubscribed"),
        ]


def test_marks_are_kept(database, ada):
    queue(database, ada, "2024-W27")
    claim = claimed(database)
    with database.begin() as session:
        assert mark_failed(session, claim, "450 later", NOW + timedelta(minutes=1))
        (one,) = deliveries(session, state=DeliveryState.FAILED)
        assert (one.attempts, one.error, one.next_at) == (1, "450 later", NOW + timedelta(minutes=1))
        assert one.lease_until is None
    assert claimed(database) is None
    claim = claimed(database, NOW + timedelta(minutes=1))
    with database.begin() as session:
        mark_sent(session, claim.id, "250 queued", NOW)
        mark_sent(session, claim.id, "250 again", NOW + timedelta(hours=1))
        (one,) = deliveries(session)
        assert (one.state, one.receipt, one.sent_at, one.attempts) == (DeliveryState.SENT, "250 queued", NOW, 2)


def test_whoever_lost_the_lease_marks_nothing_but_success(database, ada):
    queue(database, ada, "2024-W27")
    late = claimed(database)
    claimed(database, NOW + LEASE)
    with database.begin() as session:
        assert not mark_failed(session, late, "late", NOW)
        assert not mark_dead(session, late, "late", NOW)
        assert deliveries(session)[0].state is DeliveryState.PENDING
        mark_sent(session, late.id, "ok", NOW)
        assert deliveries(session)[0].state is DeliveryState.SENT


def test_a_stuck_delivery_is_overtaken(database, ada):
    queue(database, ada, "2024-W27", "2024-W28")
    for failed in range(OVERTAKEN_AFTER):
        claim = claimed(database, NOW + timedelta(days=failed))
        assert claim.week == "2024-W27"
        with database.begin() as session:
            mark_failed(session, claim, "451 not this one", NOW + timedelta(days=failed + 1))
    assert claimed(database, NOW + timedelta(days=OVERTAKEN_AFTER - 0.5)).week == "2024-W28"


def test_dead_ones_can_be_revived(database, ada):
    queue(database, ada, "2024-W27")
    with database.begin() as session:
        mark_dead(session, claim_due(session, "email", NOW, LEASE), "550", NOW)
        assert count_by_state(session)[DeliveryState.DEAD] == 1
        assert revive(session, NOW, subscription_id=ada.id) == (1,)
        assert count_by_state(session) == {
            DeliveryState.PENDING: 1,
            DeliveryState.SENT: 0,
            DeliveryState.FAILED: 0,
            DeliveryState.DEAD: 0,
        }
    assert claimed(database) is not None


def test_when_the_next_is_due(database, ada):
    with database.begin() as session:
        assert next_due_at(session, NOW, LEASE) is None
    queue(database, ada, "2024-W27")
    with database.begin() as session:
        assert next_due_at(session, NOW, LEASE) == NOW
    claimed(database)
    with database.begin() as session:
        assert next_due_at(session, NOW, LEASE) == NOW + LEASE


def test_tries_are_kept_with_what_was_answered(database, ada):
    queue(database, ada, "2024-W27")
    with database.begin() as session:
        claim = claim_due(session, "email", NOW, LEASE)
        mark_failed(session, claim, "450 later", NOW + timedelta(minutes=1), NOW)
    with database.begin() as session:
        claim = claim_due(session, "email", NOW + timedelta(minutes=1), LEASE)
        mark_sent(session, claim.id, "250 queued", NOW + timedelta(minutes=2), "ts-1")
        assert attempts_of(session, claim.id) == (
            Attempt(NOW, DeliveryState.FAILED, "450 later"),
            Attempt(NOW + timedelta(minutes=2), DeliveryState.SENT, "250 queued"),
        )
        assert delivery(session, claim.id).reference == "ts-1"
        with pytest.raises(NoSuchDelivery, match="no delivery 99"):
            delivery(session, 99)


def test_one_can_be_retried_alone(database, ada):
    first, second = queue(database, ada, "2024-W27", "2024-W28")
    with database.begin() as session:
        for _ in range(2):
            mark_dead(session, claim_due(session, "email", NOW, LEASE), "550", NOW)
        assert revive(session, NOW, delivery_id=second) == (second,)
        assert revive(session, NOW, delivery_id=second) == ()
    assert claimed(database).id == second
    with database.begin() as session:
        assert [one.id for one in deliveries(session, state=DeliveryState.DEAD)] == [first]
        assert [one.id for one in newest_deliveries(session, limit=1)] == [second]
        assert newest_deliveries(session, since=NOW + timedelta(days=1)) == ()


def test_what_waits_for_its_time_holds_up_nothing(database, ada):
    with database.begin() as session:
        insert(session, ada.id, "later", NOW, week="2024-W27", next_at=NOW + timedelta(minutes=30))
    queue(database, ada, "2024-W28")
    assert claimed(database).week == "2024-W28"
    assert claimed(database, NOW + timedelta(minutes=4)) is None


def test_of_a_thread_the_oldest_goes_first_however_often_it_failed(database, ada):
    with database.begin() as session:
        root = insert(session, ada.id, "root", NOW, week="2024-W27")
        insert(session, ada.id, "answer", NOW, week="2024-W28", thread_id=root)
        insert(session, ada.id, "grave", NOW, week="2024-W29", thread_id=root, severity=Severity.CRITICAL)
        insert(session, ada.id, "other", NOW, week="2024-W30")
    for failed in range(OVERTAKEN_AFTER):
        claim = claimed(database, NOW + timedelta(days=failed))
        assert claim.key == "root"
        with database.begin() as session:
            mark_failed(session, claim, "451 not this one", NOW + timedelta(days=failed + 1))
    then = NOW + timedelta(days=OVERTAKEN_AFTER - 0.5)
    assert claimed(database, then).key == "grave"
    with database.begin() as session:
        mark_sent(session, 3, "ok", then)
    assert claimed(database, then).key == "other"
    assert claimed(database, then) is None


def test_an_answer_names_the_first_of_its_thread_that_arrived(database, ada):
    with database.begin() as session:
        root = insert(session, ada.id, "root", NOW, week="2024-W27")
        insert(session, ada.id, "second", NOW, week="2024-W28", thread_id=root)
        insert(session, ada.id, "third", NOW, week="2024-W29", thread_id=root)
        mark_dead(session, claim_due(session, "email", NOW, LEASE), "552 too large", NOW)
        second = claim_due(session, "email", NOW, LEASE)
        assert (second.key, second.thread_key, second.thread_reference) == ("second", None, None)
        mark_sent(session, second.id, "ok", NOW, "ts-2")
        third = claim_due(session, "email", NOW, LEASE)
        assert (third.thread_key, third.thread_reference) == ("second", "ts-2")


def test_put_off_is_as_if_never_claimed(database, ada):
    queue(database, ada, "2024-W27")
    with database.begin() as session:
        put_off(session, claim_due(session, "email", NOW, LEASE), NOW + timedelta(hours=1))
    assert claimed(database, NOW + timedelta(minutes=59)) is None
    again = claimed(database, NOW + timedelta(hours=1))
    assert (again.untouched, again.attempts) == (True, 0)
    assert not claimed(database, NOW + timedelta(hours=1) + LEASE).untouched


def test_a_lease_of_a_clock_that_was_set_back_holds_nobody(database, ada):
    queue(database, ada, "2024-W27")
    claimed(database, NOW + timedelta(days=3))  # by a clock three days ahead, and then the process died
    with database.read() as session:
        assert next_due_at(session, NOW, LEASE) == NOW
    assert claimed(database, NOW) is not None
    with database.read() as session:
        assert next_due_at(session, NOW, LEASE) == NOW + LEASE


def test_an_unconfirmed_address_is_only_asked_whether_it_wants_that(database, ada):
    with database.begin() as session:
        session.get_one(SubscriptionRow, ada.id).confirmed_at = None
        insert(session, ada.id, "digest", NOW, week="2024-W27")
        insert(session, ada.id, "asks", NOW, purpose=Purpose.CONFIRMATION)
    assert claimed(database).key == "asks"
    assert claimed(database) is None
    with database.read() as session:
        assert next_due_at(session, NOW, LEASE, "slack") is None
    with database.begin() as session:
        session.get_one(SubscriptionRow, ada.id).confirmed_at = NOW
        pause(session, ada.id, "away", NOW)
    assert claimed(database, NOW + LEASE).key == "asks"  # whoever asks anew for a paused address must be asked back
    assert claimed(database, NOW + LEASE) is None


def test_what_one_address_had_of_late(database, ada):
    queue(database, ada, "2024-W27", "2024-W28", "2024-W29")
    with database.begin() as session:
        first = claim_due(session, "email", NOW, LEASE)
        mark_sent(session, first.id, "ok", NOW)
        second = claim_due(session, "email", NOW, LEASE)

        def lately(at, but=None, to="ada@example.org"):
            return sent_lately(session, "email", to, at, timedelta(hours=1), but)

        assert lately(NOW) == (NOW, NOW)  # the second is being sent
        assert lately(NOW, but=second.id) == (NOW,)
        assert lately(NOW, to="bob@example.org") == ()
        assert lately(NOW + timedelta(hours=1)) == ()
        assert lately(NOW - timedelta(hours=1)) == ()  # sent by a clock that was ahead: it must not block for hours


def test_a_claim_among_thousands_asks_an_index_what_goes_before(sqlite_database):
    """SQLite takes a partial index only where the statement itself holds the states."""
    asked = []

    def listens(_connection, _cursor, statement, parameters, _context, _many):
        asked.append((statement, parameters))

    event.listen(sqlite_database.engine, "before_cursor_execute", listens)
    claimed(sqlite_database)
    (claim,) = [one for one in asked if "FROM delivery" in one[0]]
    with sqlite_database.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {claim[0]}", claim[1]).all()
    looked = [row[3] for row in plan if "delivery" in row[3]]
    assert sum("ix_delivery_undone" in one for one in looked) >= 3, looked


def test_the_index_comes_and_goes_with_data_in_the_table(database, ada):
    queue(database, ada, "2024-W27", "2024-W28")
    migrate(database, "0007")
    assert "ix_delivery_undone" not in {one["name"] for one in inspect(database.engine).get_indexes("delivery")}
    migrate(database, "head")
    assert "ix_delivery_undone" in {one["name"] for one in inspect(database.engine).get_indexes("delivery")}
    assert claimed(database).week == "2024-W27"
