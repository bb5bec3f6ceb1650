"""Whether there is proof that Tocsin works, and what the outside watchdog answered when it was last told so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from store.promise_schema import HeartbeatRow
from store.schema import SourceRow, VisitRow

_IDLE = timedelta(hours=1)  # a source that has been due for longer, while no visit ended, means that nothing works
_ROW = 1


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """When the watchdog was last asked and last answered well; error: what the last try came to, None when well."""

    asked_at: datetime
    answered_at: datetime | None
    error: str | None


def heartbeat(session: Session) -> Heartbeat | None:
    """None before the first one."""
    row = session.get(HeartbeatRow, _ROW)
    return Heartbeat(row.asked_at, row.answered_at, row.error) if row is not None else None


def record(session: Session, at: datetime, error: str | None) -> None:
    row = session.get(HeartbeatRow, _ROW, with_for_update=True)
    if row is None:
        row = HeartbeatRow(id=_ROW)
        session.add(row)
    row.asked_at, row.error = at, error
    if error is None:
        row.answered_at = at
    session.flush()


def is_working(session: Session, now: datetime) -> bool:
    """False when sources have long been due and yet no visit of any ended: a round that did nothing proves nothing."""
    waits = session.scalar(
        select(SourceRow.id)
        .where(SourceRow.active, SourceRow.due_at <= now - _IDLE)
        .where(or_(SourceRow.lease_until.is_(None), SourceRow.lease_until <= now))
        .limit(1)
    )
    if waits is None:
        return True
    newest = session.scalar(select(func.max(VisitRow.at)))
    return newest is not None and now - newest <= _IDLE
