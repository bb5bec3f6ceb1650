"""Which message a new one answers: what a subscription was told of the same matter before."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, or_, select, union_all
from sqlalchemy.orm import Session

from store.alert_schema import DeliveryChangeRow, DeliveryRow
from store.schema import ChangeRow, FindingRow
from store.values import DeliveryState, FindingKind

# Their subject names a thing that lasts: a document, a proceeding, a model in a region, a rule, an article. The subject
# of a finding in prose is a word of the text, which ties nothing together.
LASTING = frozenset({
    FindingKind.NOTICE_PUBLISHED, FindingKind.NOTICE_DROPPED, FindingKind.STAGE_ADVANCED, FindingKind.DEADLINE_SET,
    FindingKind.DEADLINE_MOVED, FindingKind.EFFECTIVE_DATE_SET, FindingKind.EFFECTIVE_DATE_MOVED,
    FindingKind.DEPLOYMENT_ADDED, FindingKind.DEPLOYMENT_REMOVED, FindingKind.ACCESS_RULE_CHANGED,
    FindingKind.ENTRY_REPORTED,
})  # fmt: skip


def threads_of(session: Session, change_id: int, since: datetime) -> dict[int, int]:
    """For each subscription, the delivery that opened the thread which a change continues; none: it opens one.

    It continues what was told since then of the same source and the same territory, notice, deployment, rule or entry:
    so a correction, a reversal and a date that moved answer the message that they correct.
    """
    matters = select(FindingRow.territory, FindingRow.subject, FindingRow.kind).where(FindingRow.change_id == change_id)
    territories, subjects = set(), set()
    for territory, subject, kind in session.execute(matters):
        if territory:
            territories.add(territory)
        elif subject and kind in LASTING:
            subjects.add(subject)
    if not (territories or subjects):
        return {}
    source = select(ChangeRow.source_id).where(ChangeRow.id == change_id).scalar_subquery()
    same = or_(
        FindingRow.territory.in_(territories),
        FindingRow.subject.in_(subjects) & FindingRow.territory.is_(None) & FindingRow.kind.in_(LASTING),
    )
    alike = (
        select(ChangeRow.id)
        .where(ChangeRow.source_id == source, ChangeRow.id != change_id)
        .where(select(FindingRow.id).where(FindingRow.change_id == ChangeRow.id, same).exists())
    )
    opened = select(DeliveryRow.id).where(DeliveryRow.change_id.in_(alike))
    joined = select(DeliveryChangeRow.delivery_id).where(DeliveryChangeRow.change_id.in_(alike))
    found = session.execute(
        select(DeliveryRow.subscription_id, func.coalesce(DeliveryRow.thread_id, DeliveryRow.id))
        .where(DeliveryRow.id.in_(union_all(opened, joined)))
        .where(DeliveryRow.created_at >= since, DeliveryRow.state != DeliveryState.DEAD)
        .order_by(DeliveryRow.id.desc())
    )
    return dict(found.tuples().all())  # the oldest of each stays


def answered(session: Session, delivery: DeliveryRow) -> tuple[str, str | None] | None:
    """Key and reference of the message that a delivery answers: the first of its thread that arrived."""
    if delivery.thread_id is None:
        return None
    first = session.execute(
        select(DeliveryRow.key, DeliveryRow.reference)
        .where(or_(DeliveryRow.id == delivery.thread_id, DeliveryRow.thread_id == delivery.thread_id))
        .where(DeliveryRow.state == DeliveryState.SENT, DeliveryRow.id != delivery.id)
        .order_by(DeliveryRow.id)
        .limit(1)
    ).first()
    return (first.key, first.reference) if first else None
