"""Are changes of one publisher one message, and does what belongs to an earlier message answer it?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from alerts.channel import PermanentFailure, Receipt, TransientFailure
from alerts.run import GATHER, LEASE, Timers, announce, announce_change, deliver, next_post, tell_operators
from store import deliveries as outbox
from store import untold
from store.deliveries import told_changes
from store.outbox_views import deliveries
from store.promises import open_troubles
from store.schema import ChangeRow
from store.subscriptions import BY_OPERATOR, BY_OWNER, NewSubscription, add, end, list_subscriptions, pause, resume
from store.values import DeliveryState, Finding, FindingKind, Held, Purpose, Severity

TIMERS = Timers(timedelta(minutes=2), timedelta(minutes=30))
WAIT = timedelta(minutes=2)
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


class Recorder:
    """A channel that takes everything and keeps what was said."""

    def __init__(self, name="email", troubles=()):
        self.name, self.troubles, self.sent, self.threads = name, list(troubles), [], []

    async def send(self, message, to, key, thread=None):
        if self.troubles:
            raise self.troubles.pop(0)
        self.sent.append((to.address, key, message))
        self.threads.append(thread)
        return Receipt("taken", f"ref-{len(self.sent)}")


@pytest.fixture
def subscribe(database, made):
    def one(address="ada@example.org", channel="email", **more):
        wish = {name: more.pop(name) for name in list(more) if name in NewSubscription.__dataclass_fields__}
        with database.begin() as session:
            subscription = add(session, NewSubscription(channel, address, **wish), made.NINTH - timedelta(days=30))
            from store.alert_schema import SubscriptionRow

            row = session.get_one(SubscriptionRow, subscription.id)
            for name, value in more.items():
                setattr(row, name, value)
        return subscription

    return one


@pytest.fixture
def outgoing(database):
    """Every delivery with the changes it tells."""

    def read():
        with database.read() as session:
            return [(one, told_changes(session, one.id)) for one in deliveries(session)]

    return read


def test_changes_of_one_publisher_are_one_message(database, seed, made, subscribe, clock, outgoing):
    subscribe()
    here, there = seed.source(), seed.source("terms")
    other = seed.source("azure", publisher="Microsoft")
    first = seed.change(here, made.removed("HK", "Hong Kong", 1))
    announce(database, clock(), TIMERS)
    clock.forward(seconds=90)
    second = seed.change(there, made.added("KE", "Kenya"), at=clock())
    third = seed.change(other, made.removed("MO", "Macau", 2), at=clock())
    announce(database, clock(), TIMERS)
    (one, told), (two, others) = outgoing()
    assert (told, others) == ((first, second), (third,))
    assert (one.publisher, one.severity, one.next_at) == ("OpenAI", Severity.HIGH, made.NINTH + WAIT)
    assert (two.publisher, two.next_at) == ("Microsoft", clock() + WAIT)


def test_changes_announced_in_one_pass_are_one_message_without_any_wait(
    database, seed, made, subscribe, clock, outgoing
):
    subscribe()
    source = seed.source()
    changes = tuple(seed.change(source, *made.LOST_TWO, at=clock() + timedelta(minutes=n)) for n in range(3))
    announce(database, clock())
    ((one, told),) = outgoing()
    assert (told, one.next_at) == (changes, clock())


def test_what_is_claimed_is_closed(database, seed, made, subscribe, clock, outgoing):
    subscribe()
    source = seed.source()
    seed.change(source, *made.LOST_TWO)
    announce(database, clock(), TIMERS)
    clock.at += WAIT
    with database.begin() as session:
        assert outbox.claim_due(session, "email", clock(), LEASE) is not None
    seed.change(source, *made.LOST_TWO, at=clock())
    announce(database, clock(), TIMERS)
    (_, first), (second, _) = outgoing()
    assert len(first) == 1
    assert second.next_at == clock() + timedelta(minutes=30)  # group_interval counts from the message under way


async def test_between_two_messages_of_one_publisher_lies_the_interval(
    database, seed, made, subscribe, clock, outgoing
):
    subscribe()
    source, channel = seed.source(), Recorder()
    seed.change(source, *made.LOST_TWO)
    announce(database, clock(), TIMERS)
    clock.at += WAIT
    assert (await deliver(database, {"email": channel}, clock)).sent == 1
    sent_at = clock()
    clock.forward(minutes=5)
    for minutes in (0, 10):
        seed.change(source, *made.LOST_TWO, at=clock() + timedelta(minutes=minutes))
    announce(database, clock(), TIMERS)
    _, (second, told) = outgoing()
    assert second.next_at == sent_at + timedelta(minutes=30)
    assert len(told) == 2
    assert next_post(database, clock(), "email") == second.next_at
    clock.at = second.next_at
    assert (await deliver(database, {"email": channel}, clock)).sent == 1
    assert channel.sent[1][2].changes == tuple(f"{number}..{number + 1}" for number in (3, 5))


def test_critical_makes_its_whole_group_due(database, seed, made, subscribe, clock, outgoing):
    subscribe(quiet_from="00:00", quiet_to="23:00")
    source = seed.source()
    seed.change(source, made.added("KE", "Kenya"))
    announce(database, clock(), TIMERS)
    ((one, _),) = outgoing()
    assert one.next_at == made.NINTH.replace(hour=23)
    clock.forward(seconds=30)
    seed.change(source, made.removed("HK", "Hong Kong", 1, severity=Severity.CRITICAL), at=clock())
    announce(database, clock(), TIMERS)
    ((one, told),) = outgoing()
    assert (one.next_at, one.severity, len(told)) == (clock(), Severity.CRITICAL, 2)


def test_two_processes_join_each_change_once(database, seed, made, subscribe, clock, outgoing):
    subscribe()
    subscribe("bob@example.org")
    source = seed.source()
    changes = {seed.change(source, *made.LOST_TWO, at=clock() + timedelta(minutes=n)) for n in range(8)}
    with ThreadPoolExecutor(4) as pool:
        announced = list(pool.map(lambda _: announce(database, clock(), TIMERS), range(4)))
    assert sum(announced) == 8
    (_, ada), (_, bob) = outgoing()
    assert set(ada) == set(bob) == changes
    assert len(ada) == len(bob) == 8


def test_who_announces_while_another_sends_loses_nothing(database, seed, made, subscribe, clock, outgoing):
    """Claims and joins race: each change is told by exactly one message, and none joins a message under way."""
    subscribe()
    source = seed.source()
    waiting = [seed.change(source, *made.LOST_TWO, at=clock() + timedelta(minutes=n)) for n in range(12)]
    claimed = {}

    def send(_):
        with database.begin() as session:
            claim = outbox.claim_due(session, "email", clock(), LEASE)
        if claim is not None:
            claimed[claim.id] = claim.changes
            with database.begin() as session:
                outbox.mark_sent(session, claim.id, "ok", clock())

    with ThreadPoolExecutor(4) as pool:
        told = [pool.submit(announce_change, database, change, clock()) for change in waiting]
        sends = [pool.submit(send, n) for n in range(12)]
        assert all(one.result() for one in told)
        [one.result() for one in sends]
    send(None)
    found = {one.id: changes for one, changes in outgoing()}
    assert sorted(change for changes in found.values() for change in changes) == waiting
    assert claimed == {number: found[number] for number in claimed}


@on_sqlite
async def test_quiet_hours_are_kept_also_by_what_waited_for_the_service(
    database, seed, made, subscribe, clock, outgoing
):
    subscribe(quiet_from="22:00", quiet_to="06:00")
    seed.change(seed.source(), *made.LOST_TWO)
    announce(database, clock(), TIMERS)
    clock.at = made.NINTH.replace(hour=23)
    channel = Recorder()
    assert (await deliver(database, {"email": channel}, clock)).sent == 0
    seed.change(seed.source("terms"), *made.LOST_TWO, at=clock())
    announce(database, clock(), TIMERS)  # joins: what was put off is open again
    ((one, told),) = outgoing()
    assert one.next_at == made.NINTH.replace(day=10, hour=6)
    assert len(told) == 2
    clock.at = one.next_at
    assert (await deliver(database, {"email": channel}, clock)).sent == 1


@on_sqlite
async def test_one_address_is_not_flooded(database, seed, made, subscribe, clock, outgoing):
    subscribe()
    for number in range(8):
        seed.change(seed.source(f"s{number}", publisher=f"P{number}"), *made.LOST_TWO)
    announce(database, clock())
    channel = Recorder()
    assert (await deliver(database, {"email": channel}, clock, an_hour=3)).sent == 3
    seed.change(seed.source("more", publisher="P7"), *made.LOST_TWO, at=clock())
    clock.forward(minutes=10)
    announce(database, clock())
    assert [len(told) for _, told in outgoing()] == [1] * 7 + [2]  # it joined the one that waits, and is not lost
    grave = seed.source("grave", publisher="P8")
    seed.change(grave, made.removed("HK", "Hong Kong", 1, severity=Severity.CRITICAL), at=clock())
    announce(database, clock())
    assert (await deliver(database, {"email": channel}, clock, an_hour=3)).sent == 1
    sent = [4]
    for _ in range(4):
        clock.forward(hours=1)
        sent.append(sent[-1] + (await deliver(database, {"email": channel}, clock, an_hour=3)).sent)
    assert sent == [4, 7, 9, 9, 9]
    assert {one.state for one, _ in outgoing()} == {DeliveryState.SENT}


async def test_a_reversal_answers_the_first_message(database, seed, made, subscribe, clock, outgoing):
    subscribe()
    source, channel = seed.source(), Recorder()
    seed.change(source, made.removed("HK", "Hong Kong", 1))
    announce(database, clock())
    await deliver(database, {"email": channel}, clock)
    clock.forward(days=3)
    seed.change(source, made.added("HK", "Hong Kong", 1), at=clock())  # taken back
    announce(database, clock())
    await deliver(database, {"email": channel}, clock)
    clock.forward(days=3)
    seed.change(source, made.removed("MO", "Macau", 2), at=clock())  # another matter
    seed.change(seed.source("terms"), made.removed("HK", "Hong Kong", 1), at=clock())  # another source
    for change in range(3, 5):
        announce_change(database, change, clock() + timedelta(seconds=change - 5))
    await deliver(database, {"email": channel}, clock)
    (first, _), (second, _), (third, _), (fourth, _) = outgoing()
    assert (first.thread_id, second.thread_id, third.thread_id, fourth.thread_id) == (None, first.id, None, None)
    assert [thread and (thread.key, thread.reference) for thread in channel.threads] == [
        None,
        (first.key, "ref-1"),
        None,
        None,
    ]
    clock.forward(days=91)
    seed.change(source, made.removed("HK", "Hong Kong", 1), at=clock())
    announce(database, clock())
    assert outgoing()[-1][0].thread_id is None  # nobody remembers that mail


@on_sqlite
def test_a_deadline_that_moves_answers_what_set_it(database, seed, subscribe, clock, outgoing):
    subscribe()
    docket = seed.source("docket", kind="docket", publisher="Treasury")

    def told(kind, subject, **more):
        seed.change(docket, Finding(kind, Severity.MEDIUM, subject=subject, **more), at=clock())
        announce(database, clock())
        clock.forward(days=1)
        return outgoing()[-1][0]

    first = told(FindingKind.NOTICE_PUBLISHED, "2024-13923", new="proposed")
    assert told(FindingKind.DEADLINE_MOVED, "2024-13923", old="2024-08-04", new="2024-09-04").thread_id == first.id
    assert told(FindingKind.STAGE_ADVANCED, "1505-AC82", new="final").thread_id is None
    prose = told(FindingKind.OBLIGATION_STRENGTHENED, "may", old="may", new="must")
    assert told(FindingKind.OBLIGATION_STRENGTHENED, "may", old="may", new="must").thread_id is None
    assert prose.thread_id is None


@on_sqlite
def test_what_joins_brings_its_thread_with_it(database, seed, made, subscribe, clock, outgoing):
    subscribe()
    source = seed.source()
    seed.change(source, made.removed("HK", "Hong Kong", 1))
    announce(database, clock())
    with database.begin() as session:
        outbox.mark_sent(session, 1, "ok", clock(), "ref-1")
    clock.forward(days=1)
    seed.change(seed.source("terms"), made.added("KE", "Kenya"), at=clock())
    seed.change(source, made.added("HK", "Hong Kong", 1), at=clock())
    announce(database, clock(), TIMERS)
    assert outgoing()[-1][0].thread_id == 1


@on_sqlite
def test_held_changes_open_nothing(database, seed, made, subscribe, clock, outgoing):
    subscribe()
    change = seed.change(seed.source(), *made.LOST_TWO, held=Held.REPEATED)
    assert not announce_change(database, change, clock(), TIMERS)
    assert outgoing() == []
    with database.begin() as session:
        session.get_one(ChangeRow, change).held = None
        assert untold.unannounced(session) == (change,)


async def test_a_dead_channel_is_told_at_once_on_another(database, seed, made, subscribe, clock, outgoing):
    dead = subscribe()
    subscribe("bob@example.org")
    operator = subscribe("ops@example.org", operator=True)
    slack = subscribe("https://hooks.slack.com/services/T0", "slack", operator=True)
    seed.change(seed.source(), *made.LOST_TWO)
    announce(database, clock())
    mail, chat = Recorder(troubles=[PermanentFailure("550 no such user")]), Recorder("slack")
    await deliver(database, {"email": mail}, clock, limit=1)  # the oldest: side by side, the other may be refused
    told = [one for one, _ in outgoing() if one.purpose is Purpose.DEAD_CHANNEL]
    assert {(one.subscription_id, one.about_id, one.next_at) for one in told} == {
        (operator.id, dead.id, clock()),
        (slack.id, dead.id, clock()),
    }
    await deliver(database, {"email": mail, "slack": chat}, clock)
    ((_, _, message),) = chat.sent
    assert message.subject == "Dead channel: subscription 1 (email)"
    assert "550 no such user" in message.text
    assert [one.about for one in _channels(database)] == [] or _channels(database)[0].about == str(dead.id)
    clock.at += GATHER
    tell_operators(database, clock())
    clock.forward(hours=2)
    assert tell_operators(database, clock()) == 0  # the bulletin does not say it again
    assert [one.about for one in _channels(database)] == [str(dead.id)]


@on_sqlite
async def test_many_dead_channels_are_one_message_and_a_bulletin(database, seed, made, subscribe, clock, outgoing):
    for number in range(5):
        subscribe(f"p{number}@example.org")
    operator = subscribe("https://hooks.slack.com/services/T0", "slack", operator=True)
    seed.change(seed.source(), *made.LOST_TWO)
    announce(database, clock())
    refused = Recorder(troubles=[PermanentFailure("550 relay says no")] * 5)
    assert (await deliver(database, {"email": refused}, clock)).dead == 5
    assert [one.purpose for one, _ in outgoing() if one.subscription_id == operator.id] == [Purpose.DEAD_CHANNEL]
    tell_operators(database, clock())
    clock.at += GATHER
    assert tell_operators(database, clock()) == 1
    with database.read() as session:
        assert len(open_troubles(session)) == 5


@on_sqlite
async def test_with_nobody_else_to_tell_it_waits_for_a_bulletin(database, seed, made, subscribe, clock, outgoing):
    operator = subscribe("ops@example.org", operator=True)
    with database.begin() as session:
        outbox.insert(session, operator.id, "key", clock(), week="2024-W27", purpose=Purpose.DEAD_CHANNEL, about_id=1)
    await deliver(database, {"email": Recorder(troubles=[PermanentFailure("550 gone")])}, clock)
    assert [one.state for one, _ in outgoing()] == [DeliveryState.DEAD]
    tell_operators(database, clock())
    with database.begin() as session:
        resume(session, operator.id)
        assert list_subscriptions(session)[0].active


@on_sqlite
async def test_paused_and_unconfirmed_ones_wait(database, seed, made, subscribe, clock, outgoing):
    ada, bob = subscribe(), subscribe("bob@example.org")
    seed.change(seed.source(), *made.LOST_TWO)
    announce(database, clock())
    with database.begin() as session:
        pause(session, ada.id, "away", clock())
        end(session, bob.id, clock())
    channel = Recorder()
    assert (await deliver(database, {"email": channel}, clock)).sent == 0
    assert next_post(database, clock(), "email") is None
    with database.begin() as session:
        resume(session, ada.id)
    assert next_post(database, clock(), "email") == clock()
    assert (await deliver(database, {"email": channel}, clock)).sent == 1


async def test_what_comes_while_an_address_is_dead_waits_for_it(database, seed, made, subscribe, clock, outgoing):
    """Nobody wished that pause. What its owner or an operator pauses hears nothing of that time."""
    dead, away, ours = subscribe(), subscribe("bob@example.org"), subscribe("eve@example.org")
    with database.begin() as session:
        pause(session, dead.id, "the mail server refuses the recipient: 550 5.1.1", clock())
        pause(session, away.id, BY_OWNER, clock())
        pause(session, ours.id, f"{BY_OPERATOR}: on holiday", clock())
    seed.change(seed.source(), *made.LOST_TWO)
    assert announce(database, clock()) == 1
    assert [one.subscription_id for one, _ in outgoing()] == [dead.id]
    assert next_post(database, clock(), "email") is None
    with database.begin() as session:
        for one in (dead, away, ours):
            resume(session, one.id)
    channel = Recorder()
    assert (await deliver(database, {"email": channel}, clock)).sent == 1
    assert [to for to, _, _ in channel.sent] == ["ada@example.org"]


@on_sqlite
async def test_a_failed_message_is_closed_and_keeps_its_words(database, seed, made, subscribe, clock, outgoing):
    subscribe()
    source = seed.source()
    seed.change(source, *made.LOST_TWO)
    announce(database, clock(), TIMERS)
    clock.at += WAIT
    channel = Recorder(troubles=[TransientFailure("421 later")])
    await deliver(database, {"email": channel}, clock)
    seed.change(source, *made.LOST_TWO, at=clock())
    announce(database, clock(), TIMERS)
    assert [len(told) for _, told in outgoing()] == [1, 1]
    clock.forward(minutes=40)
    assert (await deliver(database, {"email": channel}, clock)).sent == 2
    assert [message.changes for _, _, message in channel.sent] == [("1..2",), ("3..4",)]


def _channels(database):
    with database.read() as session:
        return [one for one in open_troubles(session) if one.kind == "channel"]
