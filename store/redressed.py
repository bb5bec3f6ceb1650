"""Which pages came with other bytes and the same text: no version is written of them, and they are not lost to sight.

Markup, tracking parameters and lines that change by themselves ("Last updated: 11 months ago") are left out of what is
compared. The bytes are kept; these rows say when they came, so that whoever doubts our reading can look.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from store.schema import SnapshotRow, SourceRow, VersionRow, VisitRow
from store.values import Outcome
from store.views import ChangeFilter


@dataclass(frozen=True, slots=True)
class Redressed:
    """One version of a source that came again with other bytes: how many different bodies, from when to when (UTC)."""

    source: str
    version: int
    bodies: int
    first: datetime
    last: datetime


def redressed(session: Session, wanted: ChangeFilter) -> tuple[Redressed, ...]:
    """A row for each version that came again so, oldest first; of wanted its source, publisher, since and until."""
    own, brought = aliased(SnapshotRow), aliased(SnapshotRow)
    query = (
        select(
            SourceRow.slug,
            VersionRow.id,
            func.count(brought.sha256.distinct()),
            func.min(VisitRow.at),
            func.max(VisitRow.at),
        )
        .join(SourceRow, SourceRow.id == VisitRow.source_id)
        .join(VersionRow, VersionRow.id == VisitRow.version_id)
        .join(own, own.id == VersionRow.snapshot_id)
        .join(brought, brought.id == VisitRow.snapshot_id)
        .where(VisitRow.outcome == Outcome.CONFIRMED.value, brought.sha256 != own.sha256)
        .group_by(SourceRow.slug, VersionRow.id)
        .order_by(func.min(VisitRow.at), VersionRow.id)
    )
    if wanted.source:
        query = query.where(SourceRow.slug == wanted.source)
    if wanted.publisher:
        query = query.where(func.lower(SourceRow.publisher) == wanted.publisher.lower())
    if wanted.since:
        query = query.where(VisitRow.at >= wanted.since)
    if wanted.until:
        query = query.where(VisitRow.at < wanted.until)
    return tuple(
        Redressed(slug, version, bodies, first, last) for slug, version, bodies, first, last in session.execute(query)
    )
