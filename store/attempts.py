"""What the other side answered to each try: the receipts of a delivery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.alert_schema import AttemptRow
from store.values import DeliveryState


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try. state: what it ended as (sent, failed, dead); answer: the other side's words, or what went wrong."""

    at: datetime
    state: DeliveryState
    answer: str


def note(session: Session, delivery_id: int, state: DeliveryState, answer: str, at: datetime) -> None:
    """Keeps the end of one try; a try cut off by a crash has none."""
    session.add(AttemptRow(delivery_id=delivery_id, at=at, state=state, answer=answer))
    session.flush()


def attempts_of(session: Session, delivery_id: int) -> tuple[Attempt, ...]:
    """The tries of a delivery in their order."""
    rows = session.scalars(select(AttemptRow).where(AttemptRow.delivery_id == delivery_id).order_by(AttemptRow.id))
    return tuple(Attempt(row.at, DeliveryState(row.state), row.answer) for row in rows)
