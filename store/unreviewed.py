"""Which critical changes were told and nobody looked at, and which reminders of them nobody answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from store.alert_schema import DeliveryRow, ReviewRow
from store.deliveries import leased_to_nobody, told_changes, undone
from store.reviews import ReviewState, states_of
from store.subscriptions import Subscription, list_subscriptions, subscription
from store.values import DeliveryState, Purpose, Severity

# What was told long before is not reminded of: not after weeks of a stopped service, nor when reminders are turned on.
NO_LATER = timedelta(days=7)
REVIEWED = "reviewed meanwhile"


@dataclass(frozen=True, slots=True)
class Told:
    """What a delivery told a subscription of a change that is still open. at: when it was sent, a reminder: made.

    delivery: the number of a reminder; of what was told before, the message that opened its thread.
    """

    subscription: Subscription
    change_id: int
    delivery: int
    at: datetime


def unreviewed(session: Session, now: datetime) -> tuple[Told, ...]:
    """What was told as critical longer than remind_after ago, is open, and was not reminded of.

    As critical: the message was, and the caller says which of its changes are. One that was opened again waits anew.
    """
    return tuple(
        one
        for mine in list_subscriptions(session)
        if mine.active and mine.remind_after is not None
        for one in _unreviewed(session, mine, now - timedelta(seconds=mine.remind_after))
    )


def unanswered(session: Session, now: datetime) -> tuple[Told, ...]:
    """Reminders made longer than remind_after ago of changes that are still open, for who has somebody to turn to."""
    return tuple(
        one
        for mine in list_subscriptions(session)
        if mine.remind_after is not None and mine.escalate_to is not None
        for one in _unanswered(session, mine, now - timedelta(seconds=mine.remind_after))
    )


def reminder(session: Session, number: int) -> Told:
    """The reminder that an escalation is about. Raises LookupError."""
    row = session.get(DeliveryRow, number)
    if row is None or row.purpose != Purpose.REMINDER:
        raise LookupError(f"delivery {number} is no reminder")
    return _told(session, row)


def reviewed_meanwhile(session: Session, now: datetime, lease: timedelta) -> tuple[int, ...]:
    """Reminders and escalations that wait to be sent though somebody reviewed what they are about."""
    waiting = session.scalars(_waiting(now, lease)).all()
    return tuple(row.id for row in waiting if not _still_open(session, row))


def drop(session: Session, now: datetime, lease: timedelta) -> int:
    """Gives up what reviewed_meanwhile names; how many. What is being sent this moment is sent."""
    rows = session.scalars(_waiting(now, lease).with_for_update(skip_locked=True)).all()
    dropped = [row for row in rows if not _still_open(session, row)]
    for row in dropped:
        row.state, row.error = DeliveryState.DEAD, REVIEWED
    session.flush()
    return len(dropped)


def _waiting(now: datetime, lease: timedelta) -> Select[DeliveryRow]:
    return (
        select(DeliveryRow)
        .where(DeliveryRow.purpose.in_([Purpose.REMINDER, Purpose.ESCALATION]), undone())
        .where(leased_to_nobody(now, lease))
    )


def _unreviewed(session: Session, mine: Subscription, until: datetime) -> Iterator[Told]:
    rows = session.scalars(
        select(DeliveryRow)
        .where(DeliveryRow.subscription_id == mine.id, DeliveryRow.purpose == Purpose.CHANGES)
        .where(DeliveryRow.state == DeliveryState.SENT, DeliveryRow.sent_at.between(until - NO_LATER, until))
        .where(or_(DeliveryRow.severity.is_(None), DeliveryRow.severity == Severity.CRITICAL))
        .order_by(DeliveryRow.id)
    )
    told = {number: row for row in rows for number in told_changes(session, row.id)}
    reminded = select(DeliveryRow.about_id).where(
        DeliveryRow.subscription_id == mine.id, DeliveryRow.purpose == Purpose.REMINDER
    )
    touched = select(ReviewRow.change_id).where(ReviewRow.owner == mine.owner, ReviewRow.updated_at > until)
    passed_over = {*session.scalars(reminded), *session.scalars(touched)}
    for number, state in states_of(session, mine, told).items():
        if state is ReviewState.OPEN and number not in passed_over:
            row = told[number]
            yield Told(mine, number, row.thread_id or row.id, row.sent_at or row.created_at)


def _unanswered(session: Session, mine: Subscription, until: datetime) -> Iterator[Told]:
    about = select(DeliveryRow.about_id).where(DeliveryRow.purpose == Purpose.ESCALATION)
    escalated = set(session.scalars(about))
    rows = session.scalars(
        select(DeliveryRow)
        .where(DeliveryRow.subscription_id == mine.id, DeliveryRow.purpose == Purpose.REMINDER)
        .where(DeliveryRow.created_at.between(until - NO_LATER, until))
        .order_by(DeliveryRow.id)
    )
    for row in rows.all():
        if row.id not in escalated and _still_open(session, row):
            yield _told(session, row)


def _still_open(session: Session, row: DeliveryRow) -> bool:
    """Whether nobody has touched the change that a reminder, or the reminder behind an escalation, is about."""
    about = session.get(DeliveryRow, row.about_id) if row.purpose == Purpose.ESCALATION else row
    if about is None or about.about_id is None:
        return False
    owner = subscription(session, about.subscription_id)
    return states_of(session, owner, [about.about_id])[about.about_id] is ReviewState.OPEN


def _told(session: Session, row: DeliveryRow) -> Told:
    mine = subscription(session, row.subscription_id)
    return Told(mine, row.about_id or 0, row.id, row.created_at)
