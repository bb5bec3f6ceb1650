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

_LOOK_BACK = 20  # versions before the old one that a return is recognised against, re-readings among them


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A version to compare with its predecessor, or with the last believed one where that was doubted.

    old is None for a baseline; earlier: fingerprints of the versions before the predecessor, newest first.
    """

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
    old_id: int | None = None


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
    session: Session,
    version_id: int,
    findings: tuple[Finding, ...],
    judgement: Judgement | None,
    now: datetime,
    old_id: int | None = None,
) -> None:
    """Stores a change with its findings, once: a version that somebody judged meanwhile is left as it is.

    old_id: the version that it was compared with, where the caller knows.

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
    compared = old_id or confirmation.compared_with(session, version, content_of(version))
    assert version.previous_id is not None
    assert compared is not None
    change = ChangeRow(
        source_id=version.source_id,
        from_version=compared,
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
    _await_second_look(session, change, content_of(version))
    confirmation.settle(session, version.source_id)
    nothing_told = change.held in (None, Held.COSMETIC.value, Held.REVERSION.value)
    if nothing_told and confirmation.restores_unconfirmed(session, version.previous_id, content_of(version)):
        change.held = Held.UNCONFIRMED.value
    elif change.held is None and change.substantive:
        source = session.get_one(SourceRow, version.source_id)
        if (why := noise.why_held(session, source, version.at, findings, judgement)) is not None:
            change.held, change.reasons = why[0].value, [*change.reasons, f"held: {why[1]}"]
    session.flush()


def _await_second_look(session: Session, change: ChangeRow, new: Content) -> None:
    """A text that lost much is held as a list that lost something is."""
    if change.held is not None or not change.substantive:
        return
    source = session.get_one(SourceRow, change.source_id)
    old = content_of(session.get_one(VersionRow, change.from_version))
    if confirmation.lost_much(SourceKind(source.kind), old, new):
        change.held = Held.AWAITING_CONFIRMATION.value
        gone = f"{confirmation.shrank(old, new):.0%} of the text is gone: told when seen twice"
        change.reasons = [*change.reasons, gone]
    session.flush()


def _unjudged(session: Session, version: VersionRow, source: SourceRow) -> Unjudged:
    new = content_of(version)
    compared = confirmation.compared_with(session, version, new)
    chain = list(
        session.execute(
            select(VersionRow.id, VersionRow.fingerprint)
            .where(VersionRow.source_id == version.source_id, VersionRow.id < (version.previous_id or 0))
            .order_by(VersionRow.at.desc(), VersionRow.id.desc())
            .limit(_LOOK_BACK)
        )
    )
    previous = session.get(VersionRow, compared) if compared is not None else None
    return Unjudged(
        version_id=version.id,
        kind=SourceKind(source.kind),
        publisher=source.publisher,
        product=source.product,
        polarity=Polarity(source.polarity),
        language=source.language,
        at=version.at,
        old=content_of(previous) if previous is not None else None,
        new=new,
        earlier=tuple(row.fingerprint for row in chain),
        technical=version.technical,
        old_id=compared,
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
