"""What is to be told: changes become deliveries or join one that waits, weeks become digests, troubles bulletins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.grouping import AT_ONCE, Timers, due_at
from alerts.keys import delivery_key
from alerts.matching import concerns, severity_for, wants
from alerts.troubles import what_is_told
from alerts.week import ended_periods
from store import deliveries, groups, history, outbox_views, promises, untold
from store.database import Database
from store.subscriptions import Session, Subscription, list_subscriptions
from store.threads import threads_of
from store.values import Purpose
from store.views import ChangeView

GATHER = timedelta(minutes=10)  # what breaks together is told together: the network goes down for all of them
APART = timedelta(hours=1)  # between two bulletins, so that the slower sources of an outage are not one message each
ONE_MATTER = timedelta(days=90)  # how long after its last message a thread is continued


def announce(database: Database, now: datetime, timers: Timers = AT_ONCE) -> int:
    """Turns every change that should be told into deliveries; how many changes were announced, wanted or not.

    One transaction per change claims it and inserts or joins them all, so a change is announced to everybody or not
    yet, and two processes announce it once.
    """
    with database.read() as session:
        waiting = untold.unannounced(session)
    return sum(announce_change(database, change_id, now, timers) for change_id in waiting)


def announce_change(database: Database, change_id: int, now: datetime, timers: Timers = AT_ONCE) -> bool:
    """Announces one change; False when another process did, or when it is not to be told."""
    with database.begin() as session:
        untold.one_at_a_time(session)
        if not untold.claim_change(session, change_id, now):
            return False
        change = history.change_view(session, change_id)
        known = _Known(
            now,
            timers,
            outbox_views.last_messages(session, change.publisher, now),
            threads_of(session, change.id, now - ONE_MATTER),
            groups.gathering(session, change.publisher, now),
        )
        for one in list_subscriptions(session):
            hears = one.active or one.waits_for_its_address
            if hears and not one.digest and not one.operator and wants(one.filters, change):
                _queue(session, one, change, known)
    return True


def pass_over(database: Database, source: str, now: datetime) -> int:
    """Marks a source's waiting changes announced without telling anybody, for a replay; how many there were."""
    with database.begin() as session:
        return sum(untold.claim_change(session, one, now) for one in untold.unannounced(session, source))


def compile_digests(database: Database, now: datetime) -> int:
    """Inserts the delivery of every digest that is due; how many were inserted. Safe to run at any time."""
    with database.begin() as session:
        return sum(
            deliveries.insert(
                session, one.id, delivery_key(one.secret, str(period)), now, week=str(period), purpose=Purpose.DIGEST
            )
            is not None
            for one in list_subscriptions(session)
            if one.digest and one.active and not one.operator
            for period in ended_periods(one.digest, one.created_at, now, one.timezone)
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


@dataclass(frozen=True, slots=True)
class _Known:
    """What is asked of all subscriptions at once when a change is announced, by subscription.

    last: when it last had a message of the publisher. threads: which message the change answers. gathering: those for
    which a message of the publisher waits.
    """

    now: datetime
    timers: Timers
    last: Mapping[int, datetime]
    threads: Mapping[int, int]
    gathering: frozenset[int]


def _queue(session: Session, one: Subscription, change: ChangeView, known: _Known) -> None:
    """Lets a change join the publisher's message that still waits for this subscription, or opens one."""
    severity = severity_for(one.filters, change, concerns(one.filters, change) or ())
    due = due_at(one, severity, known.now, known.timers, known.last.get(one.id))
    thread = known.threads.get(one.id)
    if one.id in known.gathering and groups.join(
        session, one.id, change.publisher, change.id, known.now, severity=severity, due_at=due, thread_id=thread
    ):
        return
    deliveries.insert(
        session,
        one.id,
        delivery_key(one.secret, change.address),
        known.now,
        change_id=change.id,
        publisher=change.publisher,
        severity=severity,
        thread_id=thread,
        next_at=due,
    )
