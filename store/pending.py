"""Versions that no detector has compared yet, and the door by which its judgement comes in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from store import confirmation, noise
from store.archive import content_of
from store.codec import jsonable
from store.schema import ChangeRow, FindingRow, SourceRow, VersionRow
from store.values import Content, Finding, Held, Judgement, Polarity, SourceKind

_LOOK_BACK = 10  # versions before the old one that a return is recognised against


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A version to compare with its predecessor. old is None for a baseline; earlier: fingerprints, newest first."""

    version_id: int
    kind: SourceKind
    publisher: str
    product: str | None
    polarity: Polarity
    language: str
    at: datetime
    old: Content | None
    new: Content
    earlier: tuple[str, ...]
    technical: bool


def unjudged(session: Session, limit: int) -> list[Unjudged]:
    """Up to limit versions without a judgement, oldest first."""
    rows = session.execute(
        select(VersionRow, SourceRow)
        .join(SourceRow, SourceRow.id == VersionRow.source_id)
        .where(VersionRow.judged_at.is_(None))
        .order_by(VersionRow.id)
        .limit(limit)
    ).all()
    return [_unjudged(session, version, source) for version, source in rows]


def record_judgement(
    session: Session, version_id: int, findings: tuple[Finding, ...], judgement: Judgement | None, now: datetime
) -> None:
    """Stores a change with its findings, once: a version that somebody judged meanwhile is left as it is.

    judgement None marks a baseline or a technical re-reading: judged, and no change.
    """
    claimed = session.execute(
        update(VersionRow)
        .where(VersionRow.id == version_id, VersionRow.judged_at.is_(None))
        .values(judged_at=now)
        .execution_options(synchronize_session=False)
    )
    if claimed.rowcount == 0 or judgement is None:  # type: ignore[attr-defined]
        return
    version = session.get_one(VersionRow, version_id, populate_existing=True)
    assert version.previous_id is not None
    change = ChangeRow(
        source_id=version.source_id,
        from_version=version.previous_id,
        to_version=version.id,
        at=version.at,
        substantive=judgement.substantive,
        significance=judgement.significance,
        severity=judgement.severity.value,
        reasons=list(judgement.reasons),
        model=judgement.model,
        held=judgement.held.value if judgement.held else None,
    )
    session.add(change)
    session.flush()
    session.add_all(_row(change.id, position, finding) for position, finding in enumerate(findings))
    confirmation.settle(session, version.source_id)
    if change.held is None and confirmation.restores_unconfirmed(session, version.previous_id, content_of(version)):
        change.held = Held.UNCONFIRMED.value
    elif change.held is None and change.substantive:
        source = session.get_one(SourceRow, version.source_id)
        if (why := noise.why_held(session, source, version.at, findings, judgement)) is not None:
            change.held, change.reasons = why[0].value, [*change.reasons, f"held: {why[1]}"]
    session.flush()


def _unjudged(session: Session, version: VersionRow, source: SourceRow) -> Unjudged:
    chain = list(
        session.execute(
            select(VersionRow.id, VersionRow.fingerprint)
            .where(VersionRow.source_id == version.source_id, VersionRow.id < (version.previous_id or 0))
            .order_by(VersionRow.id.desc())
            .limit(_LOOK_BACK)
        )
    )
    previous = session.get(VersionRow, version.previous_id) if version.previous_id is not None else None
    return Unjudged(
        version_id=version.id,
        kind=SourceKind(source.kind),
        publisher=source.publisher,
        product=source.product,
        polarity=Polarity(source.polarity),
        language=source.language,
        at=version.at,
        old=content_of(previous) if previous is not None else None,
        new=content_of(version),
        earlier=tuple(row.fingerprint for row in chain),
        technical=version.technical,
    )


def _row(change_id: int, position: int, finding: Finding) -> FindingRow:
    return FindingRow(
        change_id=change_id,
        position=position,
        kind=finding.kind.value,
        severity=finding.severity.value,
        product=finding.product,
        territory=finding.territory,
        subject=finding.subject,
        old=finding.old,
        new=finding.new,
        old_span=jsonable(finding.old_span) if finding.old_span else None,
        new_span=jsonable(finding.new_span) if finding.new_span else None,
    )
