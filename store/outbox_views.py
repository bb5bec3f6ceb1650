"""How far deliveries got: lists, counts, when the next is due, and what one address was sent of late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, or_, select
from sqlalchemy.orm import Session

from store.alert_schema import DeliveryRow, SubscriptionRow
from store.deliveries import MAY_BE_SENT, leased_to_nobody, undone
from store.values import DeliveryState, Purpose

_LATELY = timedelta(days=8)  # longer than a message waits to be sent or a group_interval lasts


class NoSuchDelivery(LookupError):
    """No delivery has this number; `tocsin delivery list` has them."""


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One delivery as it stands. attempts counts answers and failures, not crashes."""

    id: int
    key: str
    subscription_id: int
    channel: str
    address: str
    change_id: int | None
    week: str | None
    bulletin_id: int | None
    state: DeliveryState
    attempts: int
    created_at: datetime
    next_at: datetime
    lease_until: datetime | None
    sent_at: datetime | None
    receipt: str | None
    error: str | None
    purpose: Purpose = Purpose.CHANGES
    publisher: str | None = None
    severity: str | None = None
    thread_id: int | None = None
    about_id: int | None = None
    reference: str | None = None
    paused: bool = False


def deliveries(
    session: Session,
    *,
    subscription_id: int | None = None,
    change_id: int | None = None,
    state: DeliveryState | None = None,
    since: datetime | None = None,
    limit: int = 1000,
) -> tuple[DeliveryView, ...]:
    """Deliveries in the order they were inserted."""
    return _views(session, _wanted(subscription_id, change_id, state, since).order_by(DeliveryRow.id).limit(limit))


def newest_deliveries(
    session: Session,
    *,
    subscription_id: int | None = None,
    state: DeliveryState | None = None,
    since: datetime | None = None,
    limit: int = 1000,
) -> tuple[DeliveryView, ...]:
    """The deliveries inserted last, newest first."""
    wanted = _wanted(subscription_id, None, state, since)
    return _views(session, wanted.order_by(DeliveryRow.id.desc()).limit(limit))


def delivery(session: Session, delivery_id: int) -> DeliveryView:
    """One delivery. Raises NoSuchDelivery."""
    found = _views(session, _wanted(None, None, None, None).where(DeliveryRow.id == delivery_id))
    if not found:
        raise NoSuchDelivery(f"no delivery {delivery_id}; `tocsin delivery list` has their numbers")
    return found[0]


def count_by_state(session: Session) -> Mapping[DeliveryState, int]:
    """How many deliveries are in each state; every state is named."""
    found = session.execute(select(DeliveryRow.state, func.count()).group_by(DeliveryRow.state)).all()
    return dict.fromkeys(DeliveryState, 0) | {DeliveryState(state): count for state, count in found}


def next_due_at(session: Session, now: datetime, lease: timedelta, channel: str | None = None) -> datetime | None:
    """When the next delivery (of a channel) can be tried, as far as is known now; None when nothing waits.

    What waits behind another counts when that one is done. A lease in force counts until it runs out.
    """
    free = leased_to_nobody(now, lease)
    ready = session.scalar(_waiting(DeliveryRow.next_at, channel).where(free), {"now": now})
    lapses = session.scalar(_waiting(func.coalesce(DeliveryRow.lease_until, now), channel).where(~free), {"now": now})
    return min((at for at in (ready, lapses) if at is not None), default=None)


def last_messages(session: Session, publisher: str, now: datetime) -> dict[int, datetime]:
    """When each subscription last had a message of a publisher: sent, or being sent."""
    at: ColumnElement[datetime] = func.coalesce(
        DeliveryRow.sent_at, DeliveryRow.claimed_at, DeliveryRow.next_at, type_=DeliveryRow.next_at.type
    )
    found = session.execute(
        select(DeliveryRow.subscription_id, func.max(at, type_=DeliveryRow.next_at.type))
        .where(DeliveryRow.publisher == publisher, DeliveryRow.created_at >= now - _LATELY)
        .where(DeliveryRow.purpose == Purpose.CHANGES, DeliveryRow.state != DeliveryState.DEAD, at <= now)
        .group_by(DeliveryRow.subscription_id)
    )
    return dict(found.tuples().all())


def sent_lately(
    session: Session, channel: str, address: str, now: datetime, within: timedelta, but: int | None = None
) -> tuple[datetime, ...]:
    """When each message that one address had within a while went out, oldest first; those being sent are among them.

    but: the delivery that asks.
    """
    at: ColumnElement[datetime] = func.coalesce(
        DeliveryRow.sent_at, DeliveryRow.claimed_at, type_=DeliveryRow.next_at.type
    )
    sending = undone() & (DeliveryRow.lease_until > now)
    query = (
        select(at)
        .join(SubscriptionRow, SubscriptionRow.id == DeliveryRow.subscription_id)
        .where(SubscriptionRow.channel == channel, SubscriptionRow.address == address)
        .where(or_(DeliveryRow.state == DeliveryState.SENT, sending), at > now - within, at <= now)
        .order_by(at)
    )
    return tuple(session.scalars(query.where(DeliveryRow.id != but) if but is not None else query))


def _waiting(what: SQLColumnExpression[datetime], channel: str | None) -> Select[datetime]:
    """The earliest of a time of the deliveries that wait for nothing but their time."""
    query = (
        select(func.min(what, type_=DeliveryRow.next_at.type))
        .join(SubscriptionRow, SubscriptionRow.id == DeliveryRow.subscription_id)
        .where(undone(), MAY_BE_SENT)
    )
    return query.where(SubscriptionRow.channel == channel) if channel is not None else query


def _wanted(
    subscription_id: int | None, change_id: int | None, state: DeliveryState | None, since: datetime | None
) -> Select[DeliveryRow, SubscriptionRow]:
    query = select(DeliveryRow, SubscriptionRow).join(SubscriptionRow)
    for column, value in (
        (DeliveryRow.subscription_id, subscription_id),
        (DeliveryRow.change_id, change_id),
        (DeliveryRow.state, state),
    ):
        if value is not None:
            query = query.where(column == value)
    return query.where(DeliveryRow.created_at >= since) if since is not None else query


def _views(session: Session, query: Select[DeliveryRow, SubscriptionRow]) -> tuple[DeliveryView, ...]:
    return tuple(_view(row, owner) for row, owner in session.execute(query))


def _view(row: DeliveryRow, owner: SubscriptionRow) -> DeliveryView:
    return DeliveryView(
        id=row.id,
        key=row.key,
        subscription_id=row.subscription_id,
        channel=owner.channel,
        address=owner.address,
        change_id=row.change_id,
        week=row.week,
        bulletin_id=row.bulletin_id,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        created_at=row.created_at,
        next_at=row.next_at,
        lease_until=row.lease_until,
        sent_at=row.sent_at,
        receipt=row.receipt,
        error=row.error,
        purpose=Purpose(row.purpose),
        publisher=row.publisher,
        severity=row.severity,
        thread_id=row.thread_id,
        about_id=row.about_id,
        reference=row.reference,
        paused=owner.paused_at is not None,
    )
