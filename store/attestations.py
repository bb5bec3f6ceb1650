"""When was each source looked at with success, so that an absence of change can be attested hour by hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.coverage import promise_of
from store.promise_schema import PromiseRow
from store.schema import SourceRow, VisitRow
from store.values import Outcome

_GOOD = [outcome.value for outcome in Outcome if outcome.good]


@dataclass(frozen=True, slots=True)
class Looks:
    """The good visits of a source around a span of time, oldest first, and the longest gap that its promise allows."""

    promise: timedelta
    at: tuple[datetime, ...]


def looks(session: Session, since: datetime, known_at: datetime) -> Mapping[str, Looks]:
    """Every source's good visits up to known_at, from one promise before since, by slug.

    A good visit confirmed the version or brought a new one; a challenge, an error or a half page is none.
    """
    rows = session.execute(
        select(SourceRow, PromiseRow).outerjoin(PromiseRow, PromiseRow.source_id == SourceRow.id)
    ).all()
    promises = {source.id: promise_of(source, promise).within for source, promise in rows}
    seen: dict[int, list[datetime]] = {source.id: [] for source, _ in rows}
    earliest = since - max(promises.values(), default=timedelta(0))
    for source_id, at in session.execute(
        select(VisitRow.source_id, VisitRow.at)
        .where(VisitRow.source_id.in_(promises), VisitRow.outcome.in_(_GOOD))
        .where(VisitRow.at >= earliest, VisitRow.at <= known_at)
        .order_by(VisitRow.at, VisitRow.id)
    ):
        if at >= since - promises[source_id]:
            seen[source_id].append(at)
    return {source.slug: Looks(promises[source.id], tuple(seen[source.id])) for source, _ in rows}


def watched_by(session: Session, known_at: datetime) -> frozenset[str]:
    """The sources, retired ones too, that had been visited by an instant, by slug."""
    first = (
        select(VisitRow.source_id, func.min(VisitRow.at).label("at"))
        .group_by(VisitRow.source_id)
        .having(func.min(VisitRow.at) <= known_at)
        .subquery()
    )
    return frozenset(session.scalars(select(SourceRow.slug).join(first, first.c.source_id == SourceRow.id)))
