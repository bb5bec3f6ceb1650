"""Which changes matter and are still not told at once: said elsewhere already, or one too many of a restless source.

Both stay stored, searchable and in digests' counts with their reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.schema import ChangeRow, FindingRow, SourceRow
from store.values import Finding, Held, Judgement, Severity, SourceKind

BUDGET = 10  # changes a source of texts or lists may announce within BUDGET_SPAN, graver ones not counted against it
BUDGET_SPAN = timedelta(days=7)
SAME_WITHIN = timedelta(days=3)  # the same change on another source of the publisher is the same piece of news
FLAPPING = 3  # returns among the last FLAP_WINDOW changes that make a source restless
FLAP_WINDOW = 10
_RETURNS = (Held.REVERSION.value, Held.UNCONFIRMED.value)


def why_held(
    session: Session, source: SourceRow, at: datetime, findings: Sequence[Finding], judgement: Judgement
) -> tuple[Held, str] | None:
    """The reason to hold a change that would be told, in words, or None."""
    same = _same_elsewhere(session, source, at, findings)
    if same is not None:
        return Held.REPEATED, _same_as(same)
    if source.kind in (SourceKind.FEED.value, SourceKind.DOCKET.value) or judgement.severity.rank >= Severity.HIGH.rank:
        return None
    told = session.scalar(
        select(func.count())
        .select_from(ChangeRow)
        .where(
            ChangeRow.source_id == source.id,
            ChangeRow.substantive,
            ChangeRow.held.is_(None),
            ChangeRow.at > at - BUDGET_SPAN,
            ChangeRow.at < at,
        )
    )
    if (told or 0) >= BUDGET:
        return Held.OVER_BUDGET, f"change {(told or 0) + 1} of this source within {BUDGET_SPAN.days} days"
    return None


def flapping(session: Session) -> tuple[str, ...]:
    """The active sources that keep going back and forth, by slug; for the operator."""
    ranked = (
        select(
            ChangeRow.source_id,
            ChangeRow.held,
            func.row_number().over(partition_by=ChangeRow.source_id, order_by=ChangeRow.id.desc()).label("age"),
        )
    ).subquery()
    rows = session.execute(
        select(SourceRow.slug)
        .join(ranked, ranked.c.source_id == SourceRow.id)
        .where(SourceRow.active, ranked.c.age <= FLAP_WINDOW, ranked.c.held.in_(_RETURNS))
    )
    counts = Counter(slug for (slug,) in rows)
    return tuple(sorted(slug for slug, count in counts.items() if count >= FLAPPING))


def repeated_on(session: Session, change: ChangeRow) -> tuple[str, ...]:
    """Titles of the further sources that showed the same change so far, which were not told for themselves."""
    publisher = session.get_one(SourceRow, change.source_id).publisher
    rows = session.execute(
        select(SourceRow.title, ChangeRow.reasons)
        .join(ChangeRow, ChangeRow.source_id == SourceRow.id)
        .where(
            SourceRow.publisher == publisher,
            ChangeRow.held == Held.REPEATED.value,
            ChangeRow.at >= change.at,
            ChangeRow.at < change.at + SAME_WITHIN,
        )
        .order_by(SourceRow.title, ChangeRow.id)
    )
    said = f"held: {_same_as(change)}"  # as store.pending writes it
    return tuple(dict.fromkeys(title for title, reasons in rows if said in reasons))


def _same_as(change: ChangeRow) -> str:
    return f"the same change as {change.from_version}..{change.to_version} on another source"


def _same_elsewhere(session: Session, source: SourceRow, at: datetime, findings: Sequence[Finding]) -> ChangeRow | None:
    """A change already stored on another source of the same publisher that says exactly the same."""
    said = _said((f.kind.value, f.product, f.territory, f.subject, f.old, f.new) for f in findings)
    if source.kind == SourceKind.FEED.value or not said:
        return None
    near = session.scalars(
        select(ChangeRow)
        .join(SourceRow, SourceRow.id == ChangeRow.source_id)
        .where(
            SourceRow.publisher == source.publisher,
            ChangeRow.source_id != source.id,
            ChangeRow.substantive,
            ChangeRow.held.is_(None),
            ChangeRow.at > at - SAME_WITHIN,
            ChangeRow.at <= at,
        )
        .order_by(ChangeRow.id)
    )
    for change in near:
        rows = session.execute(
            select(
                FindingRow.kind,
                FindingRow.product,
                FindingRow.territory,
                FindingRow.subject,
                FindingRow.old,
                FindingRow.new,
            ).where(FindingRow.change_id == change.id)
        )
        if _said(tuple(row) for row in rows) == said:
            return change
    return None


def _said(findings: Iterable[tuple[str | None, ...]]) -> Counter[tuple[str | None, ...]]:
    """What findings say, without where: equal for the same edit made to two documents."""
    return Counter(finding for finding in findings if any(finding[4:]))
