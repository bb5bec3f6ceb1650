"""Deliveries that are due are claimed, sent and marked: each at least once, and twice looks like once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

import structlog

from alerts.backoff import wait_after
from alerts.channel import Channel, Clock, PermanentFailure, Receipt, Recipient, Thread, TransientFailure
from alerts.dead_channel import pause_dead
from alerts.grouping import HOUR, not_before
from alerts.saying import message_for
from store import deliveries
from store.database import Database
from store.deliveries import Claim
from store.outbox_views import next_due_at, sent_lately
from store.subscriptions import ChannelName, Session, Subscription

Result = tuple[str, str | None]  # state and problem of a delivery

LEASE = timedelta(minutes=5)
AT_A_TIME = 4  # on each channel
_MOMENT = timedelta(seconds=1)

_log = structlog.get_logger("tocsin.alerts")


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one deliver() did. failed will be tried again, dead will not; problems says why, one line each."""

    sent: int = 0
    failed: int = 0
    dead: int = 0
    problems: tuple[str, ...] = ()


async def deliver(
    database: Database,
    channels: Mapping[str, Channel],
    clock: Clock,
    *,
    rng: Random | None = None,
    limit: int | None = None,
    base_url: str | None = None,
    an_hour: int | None = None,
    checkpoint: Callable[[str], None] | None = None,
) -> Delivered:
    """Sends what is due over the channels given, until nothing is due or limit deliveries of each channel were tried.

    A delivery is marked sent only after the channel answered. Several at a time on each channel, so that a slow
    address delays no other; deliveries of channels not given wait. Any number of processes may do this at once.
    an_hour: messages that one address may have within an hour; what is more waits, and gathers what comes meanwhile.
    checkpoint is told "claimed", "answered" and "marked" as a delivery passes them.
    """
    post = _Post(database, clock, rng or Random(), base_url, an_hour, checkpoint or _unwatched)
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


def next_post(database: Database, now: datetime, channel: str) -> datetime | None:
    """When something of a channel is next to be sent, None when nothing waits; only reads."""
    with database.read() as session:
        return next_due_at(session, now, LEASE, channel)


@dataclass(frozen=True, slots=True)
class _Post:
    """One run of deliver(): what its workers share."""

    database: Database
    clock: Clock
    rng: Random
    base_url: str | None
    an_hour: int | None
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
        """The next delivery that may go out now; those that must wait after all are put off on the way."""
        now = self.clock()
        with self.database.begin() as session:
            while (claim := deliveries.claim_due(session, channel, now, LEASE)) is not None:
                until = self._not_before(session, claim, now)
                if until is None:
                    return claim
                deliveries.put_off(session, claim, max(until, now + _MOMENT))
        return None

    def _not_before(self, session: Session, claim: Claim, now: datetime) -> datetime | None:
        to = claim.subscription
        lately = sent_lately(session, to.channel, to.address, now, HOUR, but=claim.id) if self.an_hour else ()
        return not_before(to, claim.purpose, claim.severity, now, lately, self.an_hour)

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
            # Standard Webhooks: an endpoint that failed for days is disabled, and its owner told elsewhere.
            silent = claim.subscription.channel is ChannelName.WEBHOOK
            return self._dead(claim, f"given up after {claim.attempts + 1} attempts: {reason}", silent)
        now = self.clock()
        with self.database.begin() as session:
            deliveries.mark_failed(session, claim, reason, now + wait, now)
        _log.warning("delivery failed", delivery=claim.id, subscription=claim.subscription.id, reason=reason)
        return "failed", f"{_about(claim.subscription)}: {reason}"

    def _dead(self, claim: Claim, reason: str, address_is_dead: bool) -> Result:
        with self.database.begin() as session:
            marked = deliveries.mark_dead(session, claim, reason, self.clock())
            if marked and address_is_dead:
                pause_dead(session, claim.subscription, reason, self.clock())
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
