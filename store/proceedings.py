"""Which notices each docket held at an instant, as its visits then saw them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.archive import content_of
from store.schema import SourceRow, VersionRow, VisitRow
from store.values import Notice, Outcome, SourceKind

_GOOD = [outcome.value for outcome in Outcome if outcome.good]


@dataclass(frozen=True, slots=True)
class KnownDocket:
    """A docket source and its notices, as the last good visit by an instant saw them."""

    source: str
    title: str
    publisher: str
    product: str | None
    seen_at: datetime
    notices: tuple[Notice, ...]


def dockets_known(session: Session, known_at: datetime) -> tuple[KnownDocket, ...]:
    """The dockets by slug. What a re-reading found later in the same bytes is not yet known."""
    sources = session.scalars(
        select(SourceRow).where(SourceRow.kind == SourceKind.DOCKET.value).order_by(SourceRow.slug)
    )
    found = []
    for source in sources:
        row = session.execute(
            select(VisitRow.at, VersionRow)
            .join(VersionRow, VersionRow.id == VisitRow.version_id)
            .where(VisitRow.source_id == source.id, VisitRow.outcome.in_(_GOOD), VisitRow.at <= known_at)
            .order_by(VisitRow.at.desc(), VisitRow.id.desc())
            .limit(1)
        ).first()
        if row is not None:
            notices = content_of(row[1]).facts.notices
            found.append(
                KnownDocket(source.slug, source.title, source.publisher, source.product, row[0], tuple(notices))
            )
    return tuple(found)
