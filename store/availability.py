"""On day X, was territory Y supported for product Z, and what is the evidence?

The truth is known only at captures. An answer is what the last good capture before the instant says, and it names the
first good one after it. Where the two agree the answer stands; where they differ, or none came after, the earlier one
speaks for OLD at most, and a change lies somewhere between the two.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.archive import content_of
from store.history import PROMISE, evidence
from store.schema import SnapshotRow, SourceRow, VersionRow, VisitRow
from store.territory import covers
from store.values import Availability, Content, Outcome, Polarity, SourceKind, Status
from store.views import Answer, AvailabilityAnswer, Evidence

OLD = timedelta(days=30)  # how long a capture speaks for the days after it, where none after it agrees

_GOOD = [outcome.value for outcome in Outcome if outcome.good]


@dataclass(frozen=True, slots=True)
class Capture:
    """What a good visit saw: the version's content, the bytes that prove it, and when that visit was."""

    at: datetime
    content: Content
    evidence: Evidence


def availability(
    session: Session,
    at: datetime,
    *,
    publisher: str | None = None,
    product: str | None = None,
    territory: str | None = None,
) -> tuple[AvailabilityAnswer, ...]:
    """One answer for each (source, product, territory), by source and product.

    territory is a code. Without it, every territory that the source names at that instant is answered.
    """
    answers: list[AvailabilityAnswer] = []
    for source in _list_sources(session, publisher):
        before = _capture(session, source.id, at, before=True)
        after = _capture(session, source.id, at, before=False)
        for name in _products(source, before, after):
            if product is None or name.lower() == product.lower():
                codes = [territory] if territory else _named(before or after, name)
                answers += [_answer(source, name, code, at, before, after) for code in codes]
    return tuple(answers)


def _list_sources(session: Session, publisher: str | None) -> list[SourceRow]:
    rows = session.scalars(
        select(SourceRow).where(SourceRow.kind == SourceKind.AVAILABILITY.value).order_by(SourceRow.slug)
    )
    return [row for row in rows if publisher is None or row.publisher.lower() == publisher.lower()]


def _capture(session: Session, source_id: int, at: datetime, *, before: bool) -> Capture | None:
    """The last good capture at or before an instant, or the first one after it."""
    side = VisitRow.at <= at if before else VisitRow.at > at
    order = (VisitRow.at.desc(), VisitRow.id.desc()) if before else (VisitRow.at, VisitRow.id)
    row = session.execute(
        select(VisitRow.at, VersionRow, SnapshotRow)
        .join(VersionRow, VersionRow.id == VisitRow.version_id)
        .join(SnapshotRow, SnapshotRow.id == func.coalesce(VisitRow.snapshot_id, VersionRow.snapshot_id))
        .where(VisitRow.source_id == source_id, VisitRow.outcome.in_(_GOOD), side)
        .order_by(*order)
        .limit(1)
    ).first()
    if row is None:
        return None
    version = _newest_reading(session, row[1])
    # A 304, or the same bytes again, is a capture of its own time though it brought nothing new to keep.
    return Capture(row[0], content_of(version), replace(evidence(version.id, row[2]), captured_at=row[0]))


def _newest_reading(session: Session, version: VersionRow) -> VersionRow:
    """The same bytes as the newest extractor has read them: it knows more than that of the day did."""
    again = select(VersionRow).where(
        VersionRow.snapshot_id == version.snapshot_id, VersionRow.at == version.at, VersionRow.technical
    )
    return session.scalars(again.order_by(VersionRow.id.desc()).limit(1)).first() or version


def _products(source: SourceRow, *captures: Capture | None) -> list[str]:
    facts = [fact for capture in captures if capture for fact in capture.content.facts.availability]
    names = {fact.product for fact in facts}
    if not names and source.product and not any(c and c.content.facts.deployments for c in captures):
        names = {source.product}
    return sorted(names)


def _named(capture: Capture | None, product: str) -> list[str]:
    if capture is None:
        return []
    return sorted({fact.territory for fact in capture.content.facts.availability if fact.product == product})


def _answer(
    source: SourceRow, product: str, territory: str, at: datetime, before: Capture | None, after: Capture | None
) -> AvailabilityAnswer:
    fact = _fact(before, product, territory)
    then, then_why = _state(before, product, territory, source.polarity)
    later, _ = _state(after, product, territory, source.polarity)
    status, reason = _bracketed(source, at, before, then, then_why, after, later)
    return AvailabilityAnswer(
        source=source.slug,
        publisher=source.publisher,
        product=product,
        territory=territory,
        at=at,
        status=status,
        condition=fact.condition if fact and status is not Answer.UNKNOWN else None,
        name=fact.name if fact else None,
        before=before.evidence if before else None,
        verified_at=before.at if before else None,
        after=after.evidence if after else None,
        status_after=later if after else None,
        reason=reason,
    )


def _bracketed(
    source: SourceRow,
    at: datetime,
    before: Capture | None,
    then: Answer,
    then_why: str,
    after: Capture | None,
    later: Answer,
) -> tuple[Answer, str]:
    if before is None:
        first = f"; the first is of {_day(after.at)} and says {_words(later)}" if after else ""
        return Answer.UNKNOWN, f"no good capture on or before {_day(at)}{first}"
    if after is not None and then is later:
        return then, f"{then_why}, and the same on {_day(after.at)}"
    then_why += f"; {_words(later)} on {_day(after.at)}: it changed between the two" if after is not None else ""
    if at - before.at > max(OLD, PROMISE * timedelta(seconds=source.every_seconds)):
        return Answer.UNKNOWN, f"{then_why}; the capture before is too old to say for {_day(at)}"
    return then, then_why


def _state(capture: Capture | None, product: str, territory: str, polarity: str) -> tuple[Answer, str]:
    """What a capture says of a territory, with the sentence that says so."""
    if capture is None:
        return Answer.UNKNOWN, "no capture"
    day = _day(capture.at)
    fact = _fact(capture, product, territory)
    if fact is not None:
        return _ANSWER[fact.status], f"{_ANSWER[fact.status].value} on {day} as {fact.name!r}"
    if capture.content.facts.unknown:
        unread = ", ".join(repr(span.text) for span in capture.content.facts.unknown[:3])
        return (
            Answer.UNKNOWN,
            f"not among the names read on {day}, but the list has names that could not be read: {unread}",
        )
    areas = [
        other.territory
        for other in capture.content.facts.availability
        if other.product == product and other.territory.startswith(f"{territory}-")
    ]
    inside = f" (areas of it are: {', '.join(sorted(areas))})" if areas else ""
    on_what = "the list of excluded territories" if polarity == Polarity.DENY.value else "the list"
    return Answer.NOT_LISTED, f"not on {on_what} on {day}{inside}"


def _fact(capture: Capture | None, product: str, territory: str) -> Availability | None:
    """The fact that names the territory, else one that names a group it belonged to on the day of the capture."""
    if capture is None:
        return None
    facts = [fact for fact in capture.content.facts.availability if fact.product == product]
    named = [fact for fact in facts if fact.territory == territory]
    by_group = [fact for fact in facts if covers(fact, territory, capture.at.date())]
    return next(iter([*named, *by_group]), None)


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


_ANSWER = {
    Status.LISTED: Answer.LISTED,
    Status.RESTRICTED: Answer.RESTRICTED,
    Status.EXCLUDED: Answer.EXCLUDED,
}


def _words(answer: Answer) -> str:
    return answer.value.replace("_", " ")
