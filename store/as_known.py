"""What was known at an instant: changes as they stood then, and which of today's rows were written later.

Rows of visits, versions and findings are never rewritten. Two things of a change are: whether it is held, and when it
was confirmed. Both are taken back here to what they were.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from store import history
from store.alert_schema import ReviewEntryRow, ReviewRow
from store.reviews import ReviewState
from store.schema import ChangeRow, SourceRow, VersionRow, VisitRow
from store.values import Held, Outcome
from store.views import ChangeFilter, ChangeView

_GOOD = [outcome.value for outcome in Outcome if outcome.good]
_AT_A_TIME = 500


def changes_known(session: Session, since: datetime, until: datetime, known_at: datetime) -> tuple[ChangeView, ...]:
    """The changes of [since, until) judged by known_at, oldest first, held and confirmed as they were then."""
    found = history.changes(session, ChangeFilter(since=since, until=until))
    judged = _judged_by(session, since, until, known_at)
    refuted = _refuted_by(session, [one for one in found if one.held is Held.UNCONFIRMED], known_at)
    return tuple(_as_then(one, known_at, one.id in refuted) for one in found if one.id in judged)


def reviews_known(
    session: Session, owner: str, changes: Iterable[int], known_at: datetime
) -> Mapping[int, tuple[ReviewState, datetime]]:
    """How far an owner's reviews of changes were at an instant, by the number of the change, and since when."""
    ids, found = list(changes), dict[int, tuple[ReviewState, datetime]]()
    for start in range(0, len(ids), _AT_A_TIME):
        rows = session.execute(
            select(ReviewRow.change_id, ReviewEntryRow.state, ReviewEntryRow.at)
            .join(ReviewEntryRow, ReviewEntryRow.review_id == ReviewRow.id)
            .where(ReviewRow.owner == owner, ReviewRow.change_id.in_(ids[start : start + _AT_A_TIME]))
            .where(ReviewEntryRow.at <= known_at)
            .order_by(ReviewEntryRow.id)
        )
        found.update((row.change_id, (ReviewState(row.state), row.at)) for row in rows)
    return found


def newest_knowledge(session: Session, now: datetime) -> datetime:
    """When something last became known, by now: a visit, a judgement or a step of a review."""
    moments = (
        select(func.max(VisitRow.at)).where(VisitRow.at <= now),
        select(func.max(VersionRow.judged_at)).where(VersionRow.judged_at <= now),
        select(func.max(ReviewEntryRow.at)).where(ReviewEntryRow.at <= now),
    )
    return max((at for moment in moments if (at := session.scalar(moment)) is not None), default=now)


def reread_sources(session: Session, since: datetime, until: datetime) -> tuple[str, ...]:
    """Sources some of whose snapshots of [since, until) have been read once more by a later extractor, by slug."""
    first, again = aliased(VersionRow), aliased(VersionRow)
    rows = session.scalars(
        select(SourceRow.slug)
        .join(again, again.source_id == SourceRow.id)
        .join(first, (first.snapshot_id == again.snapshot_id) & (first.at == again.at) & (first.id < again.id))
        .where(again.technical, again.at >= since, again.at < until)
        .distinct()
        .order_by(SourceRow.slug)
    )
    return tuple(rows)


def _as_then(change: ChangeView, known_at: datetime, refuted: bool) -> ChangeView:
    if change.confirmed_at is not None and change.confirmed_at > known_at:
        change = replace(change, confirmed_at=None, held=Held.AWAITING_CONFIRMATION)
    elif change.held is Held.UNCONFIRMED and not refuted:
        change = replace(change, held=Held.AWAITING_CONFIRMATION)
    later = change.announced_at is not None and change.announced_at > known_at
    return replace(change, announced_at=None) if later else change


def _judged_by(session: Session, since: datetime, until: datetime, known_at: datetime) -> frozenset[int]:
    rows = session.scalars(
        select(ChangeRow.id)
        .join(VersionRow, VersionRow.id == ChangeRow.to_version)
        .where(ChangeRow.at >= since, ChangeRow.at < until)
        .where(func.coalesce(VersionRow.judged_at, ChangeRow.at) <= known_at)
    )
    return frozenset(rows)


def _refuted_by(session: Session, changes: Sequence[ChangeView], known_at: datetime) -> frozenset[int]:
    """Those of these changes that a good visit after the one that brought them had followed by an instant."""
    found = set()
    for one in changes:
        later = (
            select(VisitRow.id)
            .join(SourceRow, SourceRow.id == VisitRow.source_id)
            .where(SourceRow.slug == one.source, VisitRow.outcome.in_(_GOOD))
            .where(VisitRow.at > one.at, VisitRow.at <= known_at)
            .limit(1)
        )
        if session.scalar(later) is not None:
            found.add(one.id)
    return frozenset(found)
