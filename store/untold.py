"""Which changes have not been told yet, and the door that lets each be told once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, select, text, update
from sqlalchemy.orm import Session

from store.schema import ChangeRow, SourceRow


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


def one_at_a_time(session: Session) -> None:
    """Lets one process at a time open and join groups; on SQLite a writing transaction already does."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(7466)"))


def _to_tell() -> ColumnElement[bool]:
    return and_(ChangeRow.announced_at.is_(None), ChangeRow.held.is_(None), ChangeRow.substantive.is_(True))
