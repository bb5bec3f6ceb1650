"""Whether a removal was seen twice: a list that lost something is believed only when a later visit agrees.

A change that waits is settled by the newest good visit after the one that brought it. What stays gone is confirmed
at that visit's time; what came back whole was never announced and stays unconfirmed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store import blobs
from store.codec import decode
from store.schema import ChangeRow, VersionRow, VisitRow
from store.values import Content, Facts, Held, Outcome


def facts_removed(old: Facts, new: Facts) -> frozenset[tuple[str, str]]:
    """What a list no longer names: (product, territory) and (model, region) pairs."""
    return stated(old) - stated(new)


def stated(facts: Facts) -> frozenset[tuple[str, str]]:
    """The pairs a list names: (product, territory) and (model, region)."""
    return frozenset((fact.product, fact.territory) for fact in facts.availability) | frozenset(
        (fact.model, fact.region) for fact in facts.deployments
    )


def settle(session: Session, source_id: int) -> None:
    """Confirms or discards the changes of one source that wait for a second look, as far as its visits allow."""
    waiting = session.scalars(
        select(ChangeRow)
        .where(ChangeRow.source_id == source_id, ChangeRow.held == Held.AWAITING_CONFIRMATION.value)
        .order_by(ChangeRow.id)
    ).all()
    for change in waiting:
        later = _newest_good_visit_after(session, source_id, change.to_version)
        if later is None:
            continue
        version_id, at = later
        if version_id == change.to_version or _still_gone(session, change, version_id):
            change.held, change.confirmed_at = None, at
        else:
            change.held = Held.UNCONFIRMED.value
    session.flush()


def waiting_sources(session: Session, source_ids: Iterable[int]) -> list[int]:
    """Which of these sources have a change that waits for a second look."""
    waiting = session.scalars(
        select(ChangeRow.source_id).where(ChangeRow.held == Held.AWAITING_CONFIRMATION.value).distinct()
    )
    return sorted(set(waiting) & set(source_ids))


def restores_unconfirmed(session: Session, from_version: int, new: Content) -> bool:
    """Whether the version before only undid something that was never believed, and this one puts it back."""
    change = session.scalars(select(ChangeRow).where(ChangeRow.to_version == from_version)).first()
    if change is None or change.held != Held.UNCONFIRMED.value:
        return False
    return stated(new.facts) == stated(_content(session, change.from_version).facts)


def _newest_good_visit_after(session: Session, source_id: int, version_id: int) -> tuple[int, datetime] | None:
    brought = session.scalars(
        select(VisitRow.id).where(VisitRow.version_id == version_id).order_by(VisitRow.id).limit(1)
    ).first()
    if brought is None:
        return None
    row = session.execute(
        select(VisitRow.version_id, VisitRow.at)
        .where(
            VisitRow.source_id == source_id,
            VisitRow.id > brought,
            VisitRow.outcome.in_([Outcome.CONFIRMED.value, Outcome.VERSION.value]),
        )
        .order_by(VisitRow.id.desc())
        .limit(1)
    ).first()
    return (row.version_id, row.at) if row is not None and row.version_id is not None else None


def _still_gone(session: Session, change: ChangeRow, version_id: int) -> bool:
    old, new = _content(session, change.from_version), _content(session, change.to_version)
    removed = facts_removed(old.facts, new.facts)
    return bool(removed - stated(_content(session, version_id).facts))


def _content(session: Session, version_id: int) -> Content:
    version = session.get_one(VersionRow, version_id)
    content: Content = decode(Content, blobs.decompress(version.content))
    return content
