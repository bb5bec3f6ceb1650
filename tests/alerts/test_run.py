"""Is every change announced once, every message sent at least once, and every failure kept with its reason?"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random

import pytest

from alerts.backoff import ATTEMPTS_AT_MOST, JITTER, STEPS, wait_after
from alerts.channel import PermanentFailure, Receipt, TransientFailure
from alerts.channels import open_channels
from alerts.channels.email import EmailChannel
from alerts.channels.slack import SlackChannel
from alerts.run import LEASE, announce, announce_change, compile_digests, deliver, pass_over
from alerts.smtp_server import smtp_server
from store import history, untold
from store.deliveries import told_changes
from store.outbox_views import count_by_state, deliveries
from store.schema import ChangeRow
from store.subscriptions import BY_OWNER, NewSubscription, add, list_subscriptions, pause, resume
from store.values import DeliveryState, Held, Severity

# What is tested here does not depend on the database; the others run on both.
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


class Recorder:
    """A channel that does what it is told: raises what stands in troubles, one by one, then takes everything."""

    def __init__(self, name="email", troubles=()):
        self.name = name
        self.troubles = list(troubles)
        self.sent = []

    async def send(self, message, to, key, thread=None):
        await asyncio.sleep(0)
        if self.troubles:
            raise self.troubles.pop(0)
        self.sent.append((to.address, key, message.subject))
        return Receipt("taken")


@pytest.fixture
def subscribe(database, made):
    def one(address="ada@example.org", channel="email", **more):
        with database.begin() as session:
            return add(session, NewSubscription(channel, address, **more), made.NINTH - timedelta(days=30))

    return one


def all_deliveries(database):
    with database.read() as session:
        return deliveries(session)


def announce_apart(database, clock):
    """One message for each change: none is announced in the pass of another."""
    with database.read() as session:
        waiting = untold.unannounced(session)
    for before, change in zip(range(len(waiting), 0, -1), waiting, strict=True):
        assert announce_change(database, change, clock() - timedelta(seconds=before))


def seeded_changes(seed, made, number=1, **more):
    source = seed.source()
    return [seed.change(source, *made.LOST_TWO, at=made.NINTH + timedelta(minutes=at), **more) for at in range(number)]


def test_a_change_is_announced_once_to_whom_it_concerns(database, seed, made, subscribe, clock):
    seeded_changes(seed, made)
    hongkong, weekly = subscribe("hk@example.org", territories=("Hong Kong",)), subscribe("w@x.org", digest="weekly")
    subscribe("tw@example.org", territories=("TW",))
    ended, paused = subscribe("ended@example.org"), subscribe("paused@example.org")
    with database.begin() as session:
        from store.subscriptions import end

        end(session, ended.id, clock())
        pause(session, paused.id, BY_OWNER, clock())
    assert announce(database, clock()) == 1
    assert announce(database, clock()) == 0
    assert [one.subscription_id for one in all_deliveries(database)] == [hongkong.id]
    assert weekly.id not in {one.subscription_id for one in all_deliveries(database)}


@pytest.mark.parametrize("more", [{"held": Held.AWAITING_CONFIRMATION}, {"substantive": False}])
@on_sqlite
def test_what_is_held_or_not_substantive_is_not_announced(database, seed, made, subscribe, clock, more):
    subscribe()
    seeded_changes(seed, made, **more)
    assert announce(database, clock()) == 0
    assert all_deliveries(database) == ()


@on_sqlite
def test_a_held_change_is_announced_when_it_is_let_go(database, seed, made, subscribe, clock):
    subscribe()
    (change,) = seeded_changes(seed, made, held=Held.AWAITING_CONFIRMATION)
    with database.begin() as session:
        session.get_one(ChangeRow, change).held = None
    assert announce(database, clock()) == 1
    assert len(all_deliveries(database)) == 1


def test_two_processes_announce_once(database, seed, made, subscribe, clock):
    subscribe()
    seeded_changes(seed, made, 6)
    with ThreadPoolExecutor(4) as pool:
        announced = list(pool.map(lambda _: announce(database, clock()), range(4)))
    assert sum(announced) == 6
    with database.read() as session:
        told = [change for one in deliveries(session) for change in told_changes(session, one.id)]
    assert len(told) == len(set(told)) == 6


@on_sqlite
async def test_a_replay_may_pass_over_the_past(database, seed, made, subscribe, clock):
    subscribe()
    seeded_changes(seed, made, 3)
    with database.read() as session:
        slug = history.sources(session, clock())[0].slug
    assert pass_over(database, "another", clock()) == 0
    assert pass_over(database, slug, clock()) == 3
    assert announce(database, clock()) == 0
    assert all_deliveries(database) == ()


async def test_messages_go_out_in_order_and_once(database, seed, made, subscribe, clock):
    for number in range(5):
        subscribe(f"s{number}@example.org")
    seeded_changes(seed, made, 4)
    announce_apart(database, clock)
    channel = Recorder()
    done = await deliver(database, {"email": channel}, clock, rng=Random(1))
    assert (done.sent, done.failed, done.dead) == (20, 0, 0)
    assert len({key for _, key, _ in channel.sent}) == 20
    keys = {one.key: one.id for one in all_deliveries(database)}
    for number in range(5):
        order = [keys[key] for address, key, _ in channel.sent if address == f"s{number}@example.org"]
        assert order == sorted(order)
    assert (await deliver(database, {"email": channel}, clock)).sent == 0
    first = all_deliveries(database)[0]
    assert (first.state, first.receipt, first.sent_at, first.attempts) == (DeliveryState.SENT, "taken", clock(), 1)


async def test_two_deliverers_send_each_message_once(database, seed, made, subscribe, clock):
    for number in range(4):
        subscribe(f"s{number}@example.org")
    seeded_changes(seed, made, 3)
    announce_apart(database, clock)
    channel = Recorder()
    done = await asyncio.gather(*(deliver(database, {"email": channel}, clock) for _ in range(3)))
    assert sum(one.sent for one in done) == 12
    assert len(channel.sent) == len({key for _, key, _ in channel.sent}) == 12


async def test_a_transient_failure_backs_off_and_arrives_later(database, seed, made, subscribe, clock):
    subscribe()
    seeded_changes(seed, made)
    announce(database, clock())
    channel = Recorder(troubles=[TransientFailure("450 later"), TransientFailure("450 later")])
    assert (await deliver(database, {"email": channel}, clock)).failed == 1
    (one,) = all_deliveries(database)
    assert (one.state, one.error, one.attempts) == (DeliveryState.FAILED, "450 later", 1)
    assert timedelta(seconds=54) <= one.next_at - clock() <= timedelta(seconds=66)
    assert (await deliver(database, {"email": channel}, clock)).failed == 0
    clock.forward(seconds=70)
    assert (await deliver(database, {"email": channel}, clock)).failed == 1
    clock.forward(minutes=6)
    assert (await deliver(database, {"email": channel}, clock)).sent == 1
    assert all_deliveries(database)[0].error is None


@on_sqlite
async def test_after_ten_failures_it_is_dead_with_its_reason(database, seed, made, subscribe, clock):
    subscribe()
    seeded_changes(seed, made)
    announce(database, clock())
    channel = Recorder(troubles=[TransientFailure("450 later")] * 20)
    for _ in range(ATTEMPTS_AT_MOST):
        await deliver(database, {"email": channel}, clock)
        clock.forward(hours=30)
    (one,) = all_deliveries(database)
    assert one.state is DeliveryState.DEAD
    assert one.error == "given up after 10 attempts: 450 later"
    assert len(channel.troubles) == 10
    with database.read() as session:
        assert list_subscriptions(session)[0].active


async def test_a_dead_address_pauses_its_subscription(database, seed, made, subscribe, clock):
    subscribe()
    seeded_changes(seed, made, 2)
    announce_apart(database, clock)
    channel = Recorder(troubles=[PermanentFailure("550 no such user")])
    done = await deliver(database, {"email": channel}, clock)
    assert (done.dead, done.sent) == (1, 0)
    assert done.problems == ("subscription 1 (email): 550 no such user",)
    with database.begin() as session:
        (subscription,) = list_subscriptions(session)
        assert (subscription.paused_at, subscription.paused_reason) == (clock(), "550 no such user")
        resume(session, subscription.id)
    assert (await deliver(database, {"email": channel}, clock)).sent == 1


@on_sqlite
async def test_a_refused_message_does_not_pause(database, seed, made, subscribe, clock):
    subscribe()
    seeded_changes(seed, made, 2)
    announce_apart(database, clock)
    channel = Recorder(troubles=[PermanentFailure("554 spam", address_is_dead=False)])
    done = await deliver(database, {"email": channel}, clock)
    assert (done.dead, done.sent) == (1, 1)


@on_sqlite
async def test_one_failing_channel_delays_no_other(database, seed, made, subscribe, clock):
    subscribe()
    subscribe("https://hooks.slack.com/services/T0", "slack")
    seeded_changes(seed, made, 2)
    announce_apart(database, clock)
    broken, well = Recorder("email", [TransientFailure("down")] * 9), Recorder("slack")
    done = await deliver(database, {"email": broken, "slack": well}, clock)
    assert (len(well.sent), done.sent, done.failed) == (2, 2, 1)


@on_sqlite
async def test_a_hanging_channel_delays_no_other(database, seed, made, subscribe, clock):
    subscribe()
    subscribe("https://hooks.slack.com/services/T0", "slack")
    seeded_changes(seed, made, 2)
    announce_apart(database, clock)
    gate = asyncio.Event()

    class Hanging(Recorder):
        async def send(self, message, to, key, thread=None):
            await gate.wait()
            return await super().send(message, to, key, thread)

    class Opening(Recorder):
        async def send(self, message, to, key, thread=None):
            receipt = await super().send(message, to, key, thread)
            if len(self.sent) == 2:
                gate.set()  # only when everything of this channel is out may the other go on
            return receipt

    done = await deliver(database, {"email": Hanging("email"), "slack": Opening("slack")}, clock)
    assert done.sent == 4


@on_sqlite
async def test_an_unexpected_error_is_kept_and_stops_nobody(database, seed, made, subscribe, clock):
    subscribe()
    subscribe("b@example.org")
    seeded_changes(seed, made)
    announce(database, clock())
    channel = Recorder(troubles=[ZeroDivisionError("oops")])
    done = await deliver(database, {"email": channel}, clock)
    assert (done.sent, done.failed) == (1, 1)
    assert "ZeroDivisionError: oops" in {one.error for one in all_deliveries(database)}


@on_sqlite
async def test_a_message_that_cannot_be_delivered_is_overtaken(database, seed, made, subscribe, clock):
    subscribe()
    seeded_changes(seed, made)
    seed.change(seed.source("another"), *made.LOST_TWO)
    announce_apart(database, clock)
    first_key = all_deliveries(database)[0].key

    class Picky(Recorder):
        async def send(self, message, to, key, thread=None):
            if key == first_key:
                raise TransientFailure("451 not this one")
            return await super().send(message, to, key, thread)

    channel = Picky()
    for _ in range(3):
        await deliver(database, {"email": channel}, clock)
        assert channel.sent == []
        clock.forward(hours=1)
    await deliver(database, {"email": channel}, clock)
    assert len(channel.sent) == 1


@on_sqlite
async def test_deliveries_of_a_channel_that_is_not_there_wait(database, seed, made, subscribe, clock):
    subscribe()
    seeded_changes(seed, made)
    announce(database, clock())
    await deliver(database, {"slack": Recorder("slack")}, clock)
    with database.read() as session:
        assert count_by_state(session)[DeliveryState.PENDING] == 1


@on_sqlite
async def test_limit_is_kept(database, seed, made, subscribe, clock):
    subscribe()
    seeded_changes(seed, made, 5)
    announce_apart(database, clock)
    assert (await deliver(database, {"email": Recorder()}, clock, limit=2)).sent == 2


class Killed(BaseException):
    """Stands for kill -9 at a step: nothing after it runs."""


@pytest.mark.parametrize(("step", "arrived"), [("claimed", 1), ("answered", 2)])
async def test_a_crash_loses_nothing_and_a_second_mail_has_the_same_name(
    database, seed, made, subscribe, clock, mail_servers, mailbox, step, arrived
):
    subscribe()
    seeded_changes(seed, made)
    announce(database, clock())
    server = smtp_server(f"smtp://127.0.0.1:{await mail_servers()}")
    channels = {"email": EmailChannel(server, "Tocsin <t@example.org>", clock, timeout=5)}

    def kill(at):
        if at == step:
            raise Killed

    with pytest.raises(Killed):
        await deliver(database, channels, clock, checkpoint=kill)
    assert (await deliver(database, channels, clock)).sent == 0
    clock.at += LEASE
    steps = []
    assert (await deliver(database, channels, clock, checkpoint=steps.append)).sent == 1
    assert steps == ["claimed", "answered", "marked"]
    assert len(mailbox.mails) == arrived
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 1
    assert (await deliver(database, channels, clock)).sent == 0


async def test_who_lost_the_lease_does_not_undo_what_another_did(database, seed, made, subscribe, clock):
    subscribe()
    seeded_changes(seed, made)
    announce(database, clock())

    class Late(Recorder):
        async def send(self, message, to, key, thread=None):
            clock.at += LEASE
            assert (await deliver(database, {"email": Recorder()}, clock)).sent == 1
            raise PermanentFailure("too late")

    await deliver(database, {"email": Late()}, clock)
    assert all_deliveries(database)[0].state is DeliveryState.SENT
    with database.read() as session:
        assert list_subscriptions(session)[0].active


@on_sqlite
async def test_mail_and_slack_together_over_real_sockets(
    database, seed, made, subscribe, clock, mail_servers, mailbox, workspace, servers
):
    subscribe(territories=("HK",))
    subscribe(workspace.url, "slack", min_severity=Severity.HIGH)
    seeded_changes(seed, made, confirmed_at=made.NINTH + timedelta(minutes=10))
    workspace.answers = [(429, "rate_limited", {"Retry-After": "7"})]
    channels = open_channels(
        smtp_url=f"smtp://127.0.0.1:{await mail_servers()}",
        mail_from="Tocsin <tocsin@example.org>",
        session=servers.session,
        clock=clock,
    )
    announce(database, clock())
    done = await deliver(database, channels, clock, base_url="https://tocsin.example.org")
    assert (done.sent, done.failed) == (1, 1)
    assert workspace.url not in str(done.problems)
    slack = next(one for one in all_deliveries(database) if one.channel == "slack")
    assert slack.next_at == clock() + timedelta(seconds=7)
    clock.forward(seconds=7)
    assert (await deliver(database, channels, clock)).sent == 1
    assert len(mailbox.mails) == 1
    assert workspace.bodies[0]["text"] == (
        "OpenAI API no longer lists Hong Kong and Macao (seen 9 July 2024 08:00 UTC, confirmed 08:10)"
    )
    assert isinstance(channels["slack"], SlackChannel)


async def test_the_weekly_digest_is_compiled_and_sent_once(
    database, seed, made, subscribe, clock, mail_servers, mailbox
):
    subscribe(digest="weekly", timezone="Asia/Hong_Kong")
    seeded_changes(seed, made)
    announce(database, clock())
    assert all_deliveries(database) == ()
    clock.at = made.NINTH.replace(day=14, hour=22, minute=59)
    weeks_so_far = compile_digests(database, clock())
    assert "2024-W28" not in {one.week for one in all_deliveries(database)}
    clock.forward(minutes=1)  # Monday 15 July 07:00 in Hong Kong
    assert compile_digests(database, clock()) == 1
    assert compile_digests(database, clock()) == 0
    server = smtp_server(f"smtp://127.0.0.1:{await mail_servers()}")
    channel = EmailChannel(server, "Tocsin <tocsin@example.org>", clock, timeout=5)
    assert (await deliver(database, {"email": channel}, clock)).sent == weeks_so_far + 1
    subjects = [str(mail["Subject"]) for mail in mailbox.mails]
    assert subjects[-1].startswith("Tocsin digest 2024-W28: 1 change")
    assert "no longer lists Hong Kong and Macao" in mailbox.mails[-1].get_body(("plain",)).get_content()


@pytest.mark.parametrize("why", [BY_OWNER, "550 no such user"])
def test_digests_that_were_due_in_a_pause_come_after_it(database, made, subscribe, clock, why):
    weekly = subscribe(digest="weekly")
    compile_digests(database, clock())
    before = len(all_deliveries(database))
    with database.begin() as session:
        pause(session, weekly.id, why, clock())
    clock.forward(days=14)
    assert compile_digests(database, clock()) == 0
    with database.begin() as session:
        resume(session, weekly.id)
    assert compile_digests(database, clock()) == 2
    assert [one.week for one in all_deliveries(database)][before:] == ["2024-W28", "2024-W29"]


@pytest.mark.parametrize("attempts", range(1, ATTEMPTS_AT_MOST))
def test_back_off_grows_and_stays_within_its_jitter(attempts):
    step = STEPS[min(attempts, len(STEPS)) - 1]
    waits = [wait_after(attempts, None, Random(seed)) for seed in range(20)]
    assert all(step * 0.9 <= wait <= step * 1.1 for wait in waits if wait)
    assert len(set(waits)) > 1


def test_back_off_ends_and_obeys_the_other_side():
    assert wait_after(ATTEMPTS_AT_MOST, None, Random()) is None
    assert wait_after(1, timedelta(seconds=7), Random()) == timedelta(seconds=7)
    assert wait_after(1, timedelta(0), Random()) == timedelta(seconds=1)
    later = wait_after(5, timedelta(seconds=1), Random())
    assert later is not None
    assert later >= STEPS[4] * (1 - JITTER)
    assert wait_after(5, timedelta(hours=23), Random()) == timedelta(hours=23)
