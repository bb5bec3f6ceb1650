"""What was refused lately: of one source since its last good visit, and of a whole host."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store import blobs
from store.archive import Received
from store.schema import SnapshotRow, SourceRow, VisitRow
from store.values import Outcome

_GOOD = [Outcome.CONFIRMED.value, Outcome.VERSION.value]


def refused_since_good(session: Session, source_id: int, most: int) -> tuple[Received, ...]:
    """The newest captures of a source that were refused since its last good visit, newest first."""
    last_good = select(func.max(VisitRow.id)).where(VisitRow.source_id == source_id, VisitRow.outcome.in_(_GOOD))
    rows = session.scalars(
        select(SnapshotRow)
        .join(VisitRow, VisitRow.snapshot_id == SnapshotRow.id)
        .where(VisitRow.source_id == source_id, VisitRow.id > func.coalesce(last_good.scalar_subquery(), 0))
        .order_by(VisitRow.id.desc())
        .limit(most)
    ).all()
    return tuple(
        Received(row.url, row.status, {k: str(v) for k, v in row.headers.items()}, blobs.bytes_of(session, row.sha256))
        for row in rows
    )


def refused_on_host(session: Session, host: str, most: int) -> tuple[tuple[str, bytes], ...]:
    """Reason and body of the newest captures of a host's sources that were refused, one of each body."""
    rows = session.execute(
        select(SnapshotRow.sha256, func.max(VisitRow.id), func.max(VisitRow.reason))
        .join(VisitRow, VisitRow.snapshot_id == SnapshotRow.id)
        .join(SourceRow, SourceRow.id == VisitRow.source_id)
        .where(SourceRow.host == host, VisitRow.outcome.in_([Outcome.BLOCKED.value, Outcome.UNREACHABLE.value]))
        .group_by(SnapshotRow.sha256)
        .order_by(func.max(VisitRow.id).desc())
        .limit(most)
    ).all()
    return tuple((row[2] or "", blobs.bytes_of(session, row[0])) for row in rows)
