"""Did the address say yes? Subscriptions confirmed, those that nobody confirmed ended, and how often one was asked.

An e-mail address can be written down by anybody; nothing but the question itself is sent to it before it says yes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.alert_schema import DeliveryRow, SubscriptionRow
from store.subscriptions import NoSuchSubscription, Subscription, end, subscription
from store.values import Purpose

CONFIRM_WITHIN = timedelta(days=7)


class TooLate(NoSuchSubscription):
    """A subscription that ended, or was not confirmed in time, cannot be confirmed; it can be asked for again."""


def confirm(session: Session, which: int | str, now: datetime) -> Subscription:
    """The subscription (by number or secret), confirmed from now on; confirming twice changes nothing.

    Raises NoSuchSubscription, and TooLate where it has ended or nobody confirmed it within CONFIRM_WITHIN.
    """
    found = subscription(session, which)
    if found.ended_at is not None or too_late(found, now):
        raise TooLate("this subscription has ended, or was not confirmed in time; ask for it again")
    if found.confirmed_at is None:
        session.get_one(SubscriptionRow, found.id).confirmed_at = now
        session.flush()
    return subscription(session, found.id)


def too_late(asked: Subscription, now: datetime) -> bool:
    """Whether nobody confirmed it in time; created_at is when it was last asked for."""
    return asked.confirmed_at is None and now - asked.created_at >= CONFIRM_WITHIN


def overdue(session: Session, now: datetime) -> tuple[int, ...]:
    """The numbers of the subscriptions that nobody confirmed within CONFIRM_WITHIN and that have not ended."""
    found = session.scalars(
        select(SubscriptionRow.id)
        .where(SubscriptionRow.confirmed_at.is_(None), SubscriptionRow.ended_at.is_(None))
        .where(SubscriptionRow.created_at <= now - CONFIRM_WITHIN)
    )
    return tuple(found)


def expire(session: Session, now: datetime) -> int:
    """Ends those that are overdue; how many."""
    numbers = overdue(session, now)
    for number in numbers:
        end(session, number, now)
    return len(numbers)


def asked_since(session: Session, since: datetime) -> int:
    """How many subscriptions were made, or asked for once more, since then; ended ones count too."""
    return session.scalar(select(func.count(SubscriptionRow.id)).where(SubscriptionRow.created_at > since)) or 0


def questions_since(session: Session, address: str, since: datetime) -> int:
    """How many confirmations were written for an e-mail address since then, for whichever wishes."""
    query = (
        select(func.count(DeliveryRow.id))
        .join(SubscriptionRow, SubscriptionRow.id == DeliveryRow.subscription_id)
        .where(DeliveryRow.purpose == Purpose.CONFIRMATION, DeliveryRow.created_at > since)
        .where(func.lower(SubscriptionRow.address) == func.lower(address))
    )
    return session.scalar(query) or 0
