"""Messages that still gather changes of one publisher: which wait for whom, and how a change joins one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from store.alert_schema import DeliveryChangeRow, DeliveryRow
from store.values import DeliveryState, Purpose, Severity


def gathering(session: Session, publisher: str, now: datetime) -> frozenset[int]:
    """The subscriptions for which a message of this publisher waits that a change may join."""
    return frozenset(session.scalars(select(DeliveryRow.subscription_id).where(_open(publisher, now))))


def join(
    session: Session,
    subscription_id: int,
    publisher: str,
    change_id: int,
    now: datetime,
    *,
    severity: Severity,
    due_at: datetime,
    thread_id: int | None = None,
) -> int | None:
    """Adds a change to the message of this publisher that still waits; its number, None where none waits.

    A message waits while its time lies ahead, or was set in this same pass, and nobody has claimed it. It goes out
    earlier where due_at is earlier, and as grave as the gravest of its changes.
    """
    row = session.scalar(
        select(DeliveryRow)
        .where(DeliveryRow.subscription_id == subscription_id, _open(publisher, now))
        .order_by(DeliveryRow.id)
        .limit(1)
        .with_for_update(of=DeliveryRow)  # a claim that is under way ends first, and then it is no longer open
    )
    if row is None:
        return None
    session.add(DeliveryChangeRow(delivery_id=row.id, change_id=change_id, subscription_id=subscription_id))
    known = Severity(row.severity) if row.severity else severity
    row.severity = max(known, severity, key=lambda one: one.rank)
    row.next_at = min(row.next_at, due_at)
    if row.thread_id is None and thread_id != row.id:
        row.thread_id = thread_id
    session.flush()
    return row.id


def _open(publisher: str, now: datetime) -> ColumnElement[bool]:
    return and_(
        DeliveryRow.publisher == publisher,
        DeliveryRow.purpose == Purpose.CHANGES,
        DeliveryRow.state == DeliveryState.PENDING,
        DeliveryRow.claimed_at.is_(None),
        or_(DeliveryRow.next_at > now, DeliveryRow.created_at == now),
    )
