"""Who wants to hear of what: subscriptions added, amended, ended, paused and read."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from store.alert_schema import DeliveryRow, SubscriptionRow
from store.interests import InvalidSubscription
from store.values import DeliveryState, Severity
from store.wishes import (
    BY_OPERATOR,
    BY_OWNER,
    ChannelName,
    Filters,
    NewSubscription,
    Subscription,
    checked,
    is_wished,
    wish,
)

__all__ = [
    "AMENDABLE",
    "BY_OPERATOR",
    "BY_OWNER",
    "ChannelName",
    "Filters",
    "InvalidSubscription",
    "NewSubscription",
    "NoSuchSubscription",
    "Session",
    "Subscription",
    "add",
    "amend",
    "asked_already",
    "end",
    "list_subscriptions",
    "pause",
    "resume",
    "subscription",
]

_LISTS = ("publishers", "products", "territories", "kinds", "languages", "watched")
# How a subscription is told; asking again for the same changes, these.
_MANNERS = (
    *("timezone", "locale", "quiet_from", "quiet_to", "group_wait", "group_interval"),
    *("remind_after", "escalate_to", "team"),
)
# What its owner may change; another address would be one that never said yes, so it is another subscription.
AMENDABLE = (*_LISTS, "min_severity", "digest", *_MANNERS)


class NoSuchSubscription(LookupError):
    """No subscription has this number or secret."""


def add(session: Session, new: NewSubscription, now: datetime, *, confirmed: bool = True) -> Subscription:
    """The stored subscription. The same wish twice is one subscription, told as was asked last.

    confirmed: the address said yes, or an operator vouches for it. Then asking again resumes a paused subscription and
    confirms an unconfirmed one. Not confirmed (anybody may ask in anybody's name): a confirmed subscription stays
    exactly as it is, an unconfirmed one has its time to be confirmed anew.
    Raises InvalidSubscription naming the field and what is allowed.
    """
    wanted = checked(new)
    _one_at_a_time(session)
    known = _same(session, wanted)
    if known is None:
        return _value(_added(session, wanted, now, confirmed))
    if confirmed or known.confirmed_at is None:
        _check_escalation(session, wanted.escalate_to, known.id)
        for name in _MANNERS:
            setattr(known, name, getattr(wanted, name))
        known.confirmed_at = known.confirmed_at or (now if confirmed else None)
        known.created_at = known.created_at if known.confirmed_at else now
    if confirmed:
        known.paused_at, known.paused_reason = None, None
    session.flush()
    return _value(known)


def asked_already(session: Session, new: NewSubscription) -> Subscription | None:
    """The subscription that this wish would be the second of; none can come until the transaction ends.

    Raises InvalidSubscription.
    """
    wanted = checked(new)
    _one_at_a_time(session)
    known = _same(session, wanted)
    return _value(known) if known else None


def amend(session: Session, which: int | str, changed: Mapping[str, Any]) -> Subscription:
    """Changes what a subscription (by number or secret) wants or how it is told: names of AMENDABLE with new values.

    What is pending stays pending. Raises NoSuchSubscription, and InvalidSubscription naming the field.
    """
    row = _row(session, which)
    for name in changed:
        if name not in AMENDABLE:
            raise InvalidSubscription(name[:40], str(changed[name]), f"what can be changed: {', '.join(AMENDABLE)}")
    stated = {one.name: getattr(_value(row), one.name) for one in fields(NewSubscription)}
    wanted = checked(replace(NewSubscription(**stated), **changed))
    _check_escalation(session, wanted.escalate_to, row.id)
    for name in AMENDABLE:
        value = getattr(wanted, name)
        setattr(row, name, list(value) if name in _LISTS else value)
    session.flush()
    return _value(row)


def list_subscriptions(session: Session, *, ended: bool = False) -> tuple[Subscription, ...]:
    """All subscriptions by number, paused and unconfirmed ones included; the ended ones only when asked for."""
    query = select(SubscriptionRow).order_by(SubscriptionRow.id)
    if not ended:
        query = query.where(SubscriptionRow.ended_at.is_(None))
    return tuple(_value(row) for row in session.scalars(query))


def subscription(session: Session, which: int | str) -> Subscription:
    """By number (int) or by secret (str); raises NoSuchSubscription."""
    return _value(_row(session, which))


def end(session: Session, which: int | str, now: datetime) -> Subscription:
    """Ends a subscription by number (int) or secret (str); what was still to be sent to it is dropped with a reason.

    A number written as text is not taken for a number: a web form must know the secret. Ending twice changes nothing.
    """
    row = _row(session, which)
    if row.ended_at is None:
        row.ended_at = now
        session.flush()
        session.execute(
            update(DeliveryRow)
            .where(DeliveryRow.subscription_id == row.id)
            .where(DeliveryRow.state.in_([DeliveryState.PENDING, DeliveryState.FAILED]))
            .values(state=DeliveryState.DEAD, error="unsubscribed")
        )
    return _value(row)


def pause(session: Session, which: int | str, reason: str, now: datetime) -> Subscription:
    """Stops sending; the first reason stays until resumed, but for one that somebody wishes after one nobody wished.

    What comes meanwhile is not told later where the reason begins with BY_OWNER or BY_OPERATOR, and waits where not:
    then nothing arrives at the address, and nobody wished it.
    """
    row = _row(session, which)
    if row.paused_at is None:
        row.paused_at, row.paused_reason = now, reason
    elif is_wished(reason) and not is_wished(row.paused_reason):
        row.paused_reason = reason
    session.flush()
    return _value(row)


def resume(session: Session, which: int | str) -> Subscription:
    """Starts sending again, with what was waiting when it was paused."""
    row = _row(session, which)
    row.paused_at, row.paused_reason = None, None
    session.flush()
    return _value(row)


def _same(session: Session, wanted: NewSubscription) -> SubscriptionRow | None:
    on_channel = select(SubscriptionRow).where(
        SubscriptionRow.channel == wanted.channel, SubscriptionRow.ended_at.is_(None)
    )
    asked = wish(wanted)
    for row in session.scalars(on_channel.order_by(SubscriptionRow.id)):
        if wish(_value(row)) == asked:
            return row
    return None


def _added(session: Session, wanted: NewSubscription, now: datetime, confirmed: bool) -> SubscriptionRow:
    _check_escalation(session, wanted.escalate_to, None)
    stated = {one.name: getattr(wanted, one.name) for one in fields(NewSubscription)}
    row = SubscriptionRow(
        **stated | {name: list(stated[name]) for name in _LISTS},
        secret=secrets.token_urlsafe(32),
        feed_secret=secrets.token_urlsafe(32),
        signing_secret=_signing_secret() if wanted.channel == ChannelName.WEBHOOK else None,
        created_at=now,
        confirmed_at=now if confirmed else None,
    )
    session.add(row)
    session.flush()
    return row


def _signing_secret() -> str:
    """As Standard Webhooks writes one: 24 to 64 random bytes in base64, with a prefix."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


def _check_escalation(session: Session, number: int | None, own: int | None) -> None:
    if number is None:
        return
    if number == own:
        raise InvalidSubscription("escalate_to", str(number), "name another subscription than this one")
    target = session.get(SubscriptionRow, number) if 0 < number < 2**31 else None
    if target is None or target.ended_at is not None:
        allowed = "write the number of a subscription that has not ended; `tocsin subscriptions` lists them"
        raise InvalidSubscription("escalate_to", str(number), allowed)


def _one_at_a_time(session: Session) -> None:
    # Two people asking at once must not both find nothing; on SQLite the transaction already holds the write lock.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(7463)"))


def _row(session: Session, which: int | str) -> SubscriptionRow:
    column = SubscriptionRow.id if isinstance(which, int) else SubscriptionRow.secret
    row = session.scalar(select(SubscriptionRow).where(column == which))
    if row is None:
        raise NoSuchSubscription(f"no subscription {which}" if isinstance(which, int) else "no such subscription")
    return row


def _value(row: SubscriptionRow) -> Subscription:
    values = {one.name: getattr(row, one.name) for one in fields(Subscription)}
    values |= {name: tuple(values[name]) for name in _LISTS}
    return Subscription(**values | {"channel": ChannelName(row.channel), "min_severity": Severity(row.min_severity)})
