"""The addresses under which a subscription's calendar and feed are read: each holds a secret that only reads."""

from __future__ import annotations

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.alert_schema import SubscriptionRow
from store.subscriptions import NoSuchSubscription, Subscription, subscription


def subscription_of_feed(session: Session, feed_secret: str) -> Subscription:
    """The subscription whose calendar and feed this secret reads, ended ones included. Raises NoSuchSubscription."""
    # Anything but a token is nobody's, and some databases refuse it loudly.
    plain = feed_secret.isascii() and feed_secret.isprintable() and feed_secret != ""
    query = select(SubscriptionRow.id).where(SubscriptionRow.feed_secret == feed_secret)
    number = session.scalar(query) if plain else None
    if number is None:
        raise NoSuchSubscription("no feed has this address")
    return subscription(session, number)


def rotate_feed_secret(session: Session, which: int | str) -> Subscription:
    """Gives the calendar and the feed new addresses; the old ones are nobody's at once. Raises NoSuchSubscription.

    which: a number, or the secret that manages the subscription.
    """
    number = subscription(session, which).id
    row = session.get_one(SubscriptionRow, number)
    row.feed_secret = secrets.token_urlsafe(32)
    session.flush()
    session.expire(row)
    return subscription(session, number)
