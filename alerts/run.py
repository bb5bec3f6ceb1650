"""The conductor of alerts: changes become deliveries, weeks become digests, and deliveries are sent and marked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

import structlog

from alerts.backoff import wait_after
from alerts.channel import Channel, Clock, PermanentFailure, Receipt, Recipient, Thread, TransientFailure
from alerts.keys import delivery_key
from alerts.matching import wants
from alerts.saying import message_for
from alerts.troubles import what_is_told
from alerts.week import ended_weeks
from store import deliveries, history, promises
from store.database import Database
from store.deliveries import Claim
from store.subscriptions import Subscription, list_subscriptions, pause
from store.values import Purpose

Result = tuple[str, str | None]  # state and problem of a delivery

LEASE = timedelta(minutes=5)
AT_A_TIME = 4  # on each channel
GATHER = timedelta(minutes=10)  # what breaks together is told together: the network goes down for all of them
APART = timedelta(hours=1)  # between two bulletins, so that the slower sources of an outage are not one message each

_log = structlog.get_logger("tocsin.alerts")


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one deliver() did. failed will be tried again, dead will not; problems says why, one line each."""

    sent: int = 0
    failed: int = 0
    dead: int = 0
    problems: tuple[str, ...] = ()


def announce(database: Database, now: datetime) -> int:
    """Turns every change that should be told into deliveries; how many changes were announced, wanted or not.

    One transaction per change claims it and inserts them all, so a change is announced to everybody or not yet, and two
    processes announce it once.
    """
    with database.read() as session:
        waiting = deliveries.unannounced(session)
    return sum(_announced(database, change_id, now) for change_id in waiting)


def pass_over(database: Database, source: str, now: datetime) -> int:
    """Marks a source's waiting changes announced without telling anybody, for a replay; how many there were."""
    with database.begin() as session:
        return sum(deliveries.claim_change(session, one, now) for one in deliveries.unannounced(session, source))


def compile_digests(database: Database, now: datetime) -> int:
    """Inserts the delivery of every weekly digest that is due; how many were inserted. Safe to run at any time."""
    with database.begin() as session:
        return sum(
            deliveries.insert(
                session, one.id, delivery_key(one.secret, str(week)), now, week=str(week), purpose=Purpose.DIGEST
            )
            is not None
            for one in list_subscriptions(session)
            if one.digest and one.active and not one.operator
            for week in ended_weeks(one.created_at, now, one.timezone)
        )


def tell_operators(database: Database, now: datetime, *, gather: timedelta = GATHER, apart: timedelta = APART) -> int:
    """One look at what is wrong with watching: deliveries of a bulletin where something waits to be told long enough.

    A trouble is told once when it begins, and a broken promise once more when it holds again. Gives how many
    deliveries were inserted. Safe to run at any time.
    """
    with database.read() as session:
        feeds = promises.unread_feeds(session)
    if feeds:
        with database.begin() as session:
            promises.read_feeds(session, feeds)
    with database.read() as session:
        changed = promises.noted(session, now)
        if not (changed.begun or changed.ended or promises.bulletin_due(session, now, gather, apart)):
            return 0
    with database.begin() as session:
        promises.one_at_a_time(session)
        promises.note(session, promises.noted(session, now), now)
        if not promises.bulletin_due(session, now, gather, apart):
            return 0
        bulletin = promises.gathered(session, now)
        return sum(
            deliveries.insert(
                session,
                one.id,
                delivery_key(one.secret, what_is_told(bulletin)),
                now,
                bulletin_id=bulletin.id,
                purpose=Purpose.BULLETIN,
            )
            is not None
            for one in list_subscriptions(session)
            if one.operator and one.active
        )


async def deliver(
    database: Database,
    channels: Mapping[str, Channel],
    clock: Clock,
    *,
    rng: Random | None = None,
    limit: int | None = None,
    base_url: str | None = None,
    checkpoint: Callable[[str], None] | None = None,
) -> Delivered:
    """Sends what is due over the channels given, until nothing is due or limit deliveries of each channel were tried.

    A delivery is marked sent only after the channel answered. Several at a time on each channel, so that a slow
    address delays no other; deliveries of channels not given wait. Any number of processes may do this at once.
    checkpoint is told "claimed", "answered" and "marked" as a delivery passes them.
    """
    post = _Post(database, clock, rng or Random(), base_url, checkpoint or _unwatched)
    done = await asyncio.gather(
        *(post.send_due(channel, limit) for channel in channels.values()), return_exceptions=True
    )
    results = []
    for part in done:  # every channel has finished; only then may a database that went away end the run
        if isinstance(part, BaseException):
            raise part
        results += part
    return Delivered(
        sent=sum(state == "sent" for state, _ in results),
        failed=sum(state == "failed" for state, _ in results),
        dead=sum(state == "dead" for state, _ in results),
        problems=tuple(problem for _, problem in results if problem),
    )


def _announced(database: Database, change_id: int, now: datetime) -> bool:
    with database.begin() as session:
        if not deliveries.claim_change(session, change_id, now):
            return False
        change = history.change_by_id(session, change_id).change
        for one in list_subscriptions(session):
            if one.active and not one.digest and not one.operator and wants(one.filters, change):
                key = delivery_key(one.secret, change.address)
                deliveries.insert(session, one.id, key, now, change_id=change_id)
    return True


@dataclass(frozen=True, slots=True)
class _Post:
    """One run of deliver(): what its workers share."""

    database: Database
    clock: Clock
    rng: Random
    base_url: str | None
    checkpoint: Callable[[str], None]

    async def send_due(self, channel: Channel, limit: int | None) -> list[Result]:
        """Sends what is due on one channel, a few at a time; a failing database is raised when all of them ended."""
        results: list[Result] = []
        running: set[asyncio.Task[Result]] = set()
        left = limit
        while True:
            claim = None
            if len(running) < AT_A_TIME and left != 0:
                claim = await asyncio.to_thread(self._claim, channel.name)
            if claim is not None:
                left = None if left is None else left - 1
                running.add(asyncio.create_task(self._sent(channel, claim)))
            elif running:
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                results += await _results(done, running)
            else:
                return results

    def _claim(self, channel: str) -> Claim | None:
        with self.database.begin() as session:
            return deliveries.claim_due(session, channel, self.clock(), LEASE)

    async def _sent(self, channel: Channel, claim: Claim) -> Result:
        self.checkpoint("claimed")
        try:
            message = await asyncio.to_thread(message_for, self.database, claim, self.clock(), self.base_url)
            # Ends before the lease does, so that nobody else sends what we are still sending.
            async with asyncio.timeout(LEASE.total_seconds() * 0.8):
                receipt = await channel.send(message, _recipient(claim.subscription), claim.key, _thread(claim))
        except PermanentFailure as failure:
            return await asyncio.to_thread(self._dead, claim, failure.reason, failure.address_is_dead)
        except TransientFailure as failure:
            return await asyncio.to_thread(self._failed, claim, failure.reason, failure.retry_after)
        except Exception as error:  # noqa: BLE001  whatever it is, the others must go out
            _log.exception("delivery failed unexpectedly", delivery=claim.id)
            return await asyncio.to_thread(self._failed, claim, f"{type(error).__name__}: {error}", None)
        self.checkpoint("answered")
        await asyncio.to_thread(self._marked, claim, receipt)
        self.checkpoint("marked")
        return "sent", None

    def _marked(self, claim: Claim, receipt: Receipt) -> None:
        with self.database.begin() as session:
            deliveries.mark_sent(session, claim.id, receipt.text, self.clock(), receipt.reference)

    def _failed(self, claim: Claim, reason: str, retry_after: timedelta | None) -> Result:
        wait = wait_after(claim.attempts + 1, retry_after, self.rng)
        if wait is None:
            return self._dead(claim, f"given up after {claim.attempts + 1} attempts: {reason}", False)
        with self.database.begin() as session:
            deliveries.mark_failed(session, claim, reason, self.clock() + wait)
        _log.warning("delivery failed", delivery=claim.id, subscription=claim.subscription.id, reason=reason)
        return "failed", f"{_about(claim.subscription)}: {reason}"

    def _dead(self, claim: Claim, reason: str, address_is_dead: bool) -> Result:
        with self.database.begin() as session:
            marked = deliveries.mark_dead(session, claim, reason, self.clock())
            if marked and address_is_dead:
                pause(session, claim.subscription.id, reason, self.clock())
        _log.error("delivery dead", delivery=claim.id, subscription=claim.subscription.id, reason=reason)
        return "dead", f"{_about(claim.subscription)}: {reason}"


async def _results(done: set[asyncio.Task[Result]], running: set[asyncio.Task[Result]]) -> list[Result]:
    """What the finished ones came to; when one of them broke, raises that after the others ended too."""
    if any(task.exception() for task in done) and running:
        await asyncio.wait(running)
    return [task.result() for task in done]


def _recipient(subscription: Subscription) -> Recipient:
    return Recipient(subscription.address, subscription.signing_secret)


def _thread(claim: Claim) -> Thread | None:
    return Thread(claim.thread_key, claim.thread_reference) if claim.thread_key else None


def _about(subscription: Subscription) -> str:
    """A subscription in an operator's line; a webhook's address is a secret and is not shown."""
    return f"subscription {subscription.id} ({subscription.channel})"


def _unwatched(_step: str) -> None:
    """Nobody watches."""
