"""What is to be told to whom and how far it got: deliveries inserted, claimed by one process, and marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from store.alert_schema import DeliveryChangeRow, DeliveryRow, SubscriptionRow
from store.schema import ChangeRow, SourceRow
from store.subscriptions import Subscription, subscription
from store.values import DeliveryState, Purpose, Severity

UNDONE = (DeliveryState.PENDING, DeliveryState.FAILED)
# A message that alone cannot be delivered must not silence its subscription: after so many failures later ones pass it.
OVERTAKEN_AFTER = 4


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is ours until lease_until.

    changes: every change it tells, the one that opened it first. thread_key, thread_reference: of the message it
    answers (DeliveryRow.reference), None where it opens a thread.
    """

    id: int
    key: str
    purpose: Purpose
    subscription: Subscription
    change_id: int | None
    week: str | None
    bulletin_id: int | None
    attempts: int
    created_at: datetime
    lease_until: datetime
    about_id: int | None = None
    changes: tuple[int, ...] = ()
    thread_key: str | None = None
    thread_reference: str | None = None


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


def unannounced(session: Session, source: str | None = None) -> tuple[int, ...]:
    """Changes that should be told and have not been, of one source or of all, oldest first."""
    query = select(ChangeRow.id).where(_to_tell()).order_by(ChangeRow.at, ChangeRow.id)
    if source is not None:
        asked = select(SourceRow.id).where(SourceRow.slug == source)
        query = query.where(ChangeRow.source_id.in_(asked))
    return tuple(session.scalars(query))


def claim_change(session: Session, change_id: int, now: datetime) -> bool:
    """Marks a change announced; False when another process did, or when it was held meanwhile."""
    claimed = session.execute(
        update(ChangeRow)
        .where(ChangeRow.id == change_id, _to_tell())
        .values(announced_at=now)
        .returning(ChangeRow.id)
        .execution_options(synchronize_session="fetch")
    )
    return claimed.first() is not None


def insert(
    session: Session,
    subscription_id: int,
    key: str,
    now: datetime,
    *,
    change_id: int | None = None,
    week: str | None = None,
    bulletin_id: int | None = None,
    about_id: int | None = None,
    purpose: Purpose = Purpose.CHANGES,
    publisher: str | None = None,
    severity: Severity | None = None,
    thread_id: int | None = None,
    next_at: datetime | None = None,
) -> int | None:
    """The number of a new delivery; None when its key, or its change or week for this subscription, is there already.

    next_at: not to be sent before; now by default.
    """
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    inserted = session.execute(
        dialect.insert(DeliveryRow)
        .values(
            subscription_id=subscription_id,
            change_id=change_id,
            week=week,
            bulletin_id=bulletin_id,
            about_id=about_id,
            purpose=purpose,
            publisher=publisher,
            severity=severity,
            thread_id=thread_id,
            key=key,
            state=DeliveryState.PENDING,
            attempts=0,
            created_at=now,
            next_at=next_at or now,
        )
        .on_conflict_do_nothing()
        .returning(DeliveryRow.id)
    )
    return inserted.scalar()


def claim_due(session: Session, channel: str, now: datetime, lease: timedelta) -> Claim | None:
    """The delivery of this channel that has waited longest, leased to the caller; None when nothing is due.

    Of one subscription only the oldest undone delivery is due (or any, once that one has failed OVERTAKEN_AFTER
    times), so that a reader gets messages in the order of the changes. Two processes never claim the same row: SQLite
    holds the write lock for the whole transaction, PostgreSQL locks the row and skips rows locked by others.
    """
    earlier = aliased(DeliveryRow)
    waits_its_turn = (
        select(earlier.id)
        .where(earlier.subscription_id == DeliveryRow.subscription_id, earlier.id < DeliveryRow.id)
        .where(earlier.state.in_(UNDONE), earlier.attempts < OVERTAKEN_AFTER)
        .exists()
    )
    row = session.scalar(
        select(DeliveryRow)
        .join(SubscriptionRow, SubscriptionRow.id == DeliveryRow.subscription_id)
        .where(SubscriptionRow.channel == channel)
        .where(SubscriptionRow.paused_at.is_(None), SubscriptionRow.ended_at.is_(None))
        .where(DeliveryRow.state.in_(UNDONE), DeliveryRow.next_at <= now)
        .where(or_(DeliveryRow.lease_until.is_(None), DeliveryRow.lease_until <= now))
        .where(~waits_its_turn)
        .order_by(DeliveryRow.next_at, DeliveryRow.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=DeliveryRow)
    )
    if row is None:
        return None
    row.lease_until = now + lease
    session.flush()
    opened = session.get(DeliveryRow, row.thread_id) if row.thread_id else None
    return Claim(
        id=row.id,
        key=row.key,
        purpose=Purpose(row.purpose),
        subscription=subscription(session, row.subscription_id),
        change_id=row.change_id,
        week=row.week,
        bulletin_id=row.bulletin_id,
        attempts=row.attempts,
        created_at=row.created_at,
        lease_until=row.lease_until,
        about_id=row.about_id,
        changes=told_changes(session, row),
        thread_key=opened.key if opened else None,
        thread_reference=opened.reference if opened else None,
    )


def told_changes(session: Session, row: DeliveryRow) -> tuple[int, ...]:
    """Every change a delivery tells, the one that opened it first."""
    joined = select(DeliveryChangeRow.change_id).where(DeliveryChangeRow.delivery_id == row.id)
    first = () if row.change_id is None else (row.change_id,)
    return (*first, *session.scalars(joined.order_by(DeliveryChangeRow.change_id)))


def mark_sent(session: Session, delivery_id: int, receipt: str, now: datetime, reference: str | None = None) -> None:
    """The channel answered that it has the message. True even when the lease ran out meanwhile, so it asks for none."""
    session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.id == delivery_id, DeliveryRow.state != DeliveryState.SENT)
        .values(
            state=DeliveryState.SENT,
            sent_at=now,
            receipt=receipt,
            reference=reference,
            error=None,
            lease_until=None,
            attempts=DeliveryRow.attempts + 1,
        )
    )


def mark_failed(session: Session, claim: Claim, reason: str, next_at: datetime) -> bool:
    """Will be tried again at next_at; False when the lease was lost and another process decides."""
    return _mark_unsent(session, claim, DeliveryState.FAILED, reason, next_at)


def mark_dead(session: Session, claim: Claim, reason: str, now: datetime) -> bool:
    """Will not be tried again; False when the lease was lost and another process decides."""
    return _mark_unsent(session, claim, DeliveryState.DEAD, reason, now)


def revive(session: Session, subscription_id: int, now: datetime) -> int:
    """Puts the dead deliveries of a subscription back in the queue, for after the operator mended the channel."""
    revived = session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.subscription_id == subscription_id, DeliveryRow.state == DeliveryState.DEAD)
        .values(state=DeliveryState.PENDING, attempts=0, next_at=now, lease_until=None)
        .returning(DeliveryRow.id)
    )
    return len(revived.all())


def deliveries(
    session: Session,
    *,
    subscription_id: int | None = None,
    change_id: int | None = None,
    state: DeliveryState | None = None,
    limit: int = 1000,
) -> tuple[DeliveryView, ...]:
    """Deliveries in the order they were inserted."""
    query = select(DeliveryRow, SubscriptionRow).join(SubscriptionRow).order_by(DeliveryRow.id).limit(limit)
    for column, value in (
        (DeliveryRow.subscription_id, subscription_id),
        (DeliveryRow.change_id, change_id),
        (DeliveryRow.state, state),
    ):
        if value is not None:
            query = query.where(column == value)
    return tuple(_view(row, owner) for row, owner in session.execute(query))


def count_by_state(session: Session) -> Mapping[DeliveryState, int]:
    """How many deliveries are in each state; every state is named."""
    found = session.execute(select(DeliveryRow.state, func.count()).group_by(DeliveryRow.state)).all()
    return dict.fromkeys(DeliveryState, 0) | {DeliveryState(state): count for state, count in found}


def next_due_at(session: Session) -> datetime | None:
    """When the next delivery can be tried, None when nothing waits; leases count as waiting until they run out."""
    later = func.greatest if session.get_bind().dialect.name == "postgresql" else func.max
    waiting_until: ColumnElement[datetime] = later(
        DeliveryRow.next_at, func.coalesce(DeliveryRow.lease_until, DeliveryRow.next_at)
    )
    query = (
        select(func.min(waiting_until, type_=DeliveryRow.next_at.type))
        .join(SubscriptionRow, SubscriptionRow.id == DeliveryRow.subscription_id)
        .where(DeliveryRow.state.in_(UNDONE), SubscriptionRow.paused_at.is_(None), SubscriptionRow.ended_at.is_(None))
    )
    return session.scalar(query)


def _to_tell() -> ColumnElement[bool]:
    return and_(ChangeRow.announced_at.is_(None), ChangeRow.held.is_(None), ChangeRow.substantive.is_(True))


def _mark_unsent(session: Session, claim: Claim, state: DeliveryState, reason: str, next_at: datetime) -> bool:
    # lease_until is the fence: whoever claims after us writes another one.
    marked = session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.id == claim.id, DeliveryRow.state.in_(UNDONE), DeliveryRow.lease_until == claim.lease_until)
        .values(state=state, error=reason, next_at=next_at, lease_until=None, attempts=DeliveryRow.attempts + 1)
        .returning(DeliveryRow.id)
    )
    return marked.first() is not None


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
    )
