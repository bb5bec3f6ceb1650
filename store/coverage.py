"""How well each source is watched: when it was last verified, how often, whether its promise holds, and if not why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session, aliased

from store.archive import content_of
from store.capture_kind import CaptureKind
from store.promise_schema import PromiseRow
from store.schema import SourceRow, VersionRow, VisitRow
from store.values import Outcome, Polarity, SourceKind
from store.views import Coverage, SourceView

PROMISE = 3  # a source is stale when it was not verified for this many of its intervals
_GOOD = [outcome.value for outcome in Outcome if outcome.good]


@dataclass(frozen=True, slots=True)
class Break:
    """A broken promise. since: the last time it was known to hold (never: the first visit); at: when it broke.

    why: the reason where the source answers and is old all the same; None: the last visit says it.
    """

    since: datetime
    at: datetime
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """What a source promises: verified within so long, and the newest entry of a feed not older than newest."""

    within: timedelta
    newest: timedelta | None = None
    newest_entry_at: datetime | None = None

    def broken(self, verified_at: datetime | None, first_visit_at: datetime | None, now: datetime) -> Break | None:
        """The break in force at now; None while the promise holds, and for a source never visited."""
        if verified_at is None:
            return Break(first_visit_at, first_visit_at) if first_visit_at is not None else None
        if now - verified_at > self.within:
            return Break(verified_at, verified_at + self.within)
        if self.newest is None or self.newest_entry_at is None or now - self.newest_entry_at <= self.newest:
            return None
        said = f"its newest entry is of {self.newest_entry_at:%Y-%m-%d}, older than {self.newest.days} days"
        return Break(self.newest_entry_at, self.newest_entry_at + self.newest, said)


def promise_of(source: SourceRow, row: PromiseRow | None) -> Promise:
    every = timedelta(seconds=source.every_seconds)
    if row is None:
        return Promise(PROMISE * every)
    newest = timedelta(seconds=row.newest_seconds) if row.newest_seconds else None
    return Promise((row.factor or PROMISE) * every, newest, row.newest_entry_at)


def sources(session: Session, now: datetime, *, active: bool = True) -> tuple[SourceView, ...]:
    """The sources by slug, each with its last visit and whether its freshness promise holds at now."""
    rows = session.execute(
        select(SourceRow, VisitRow, _first(now), PromiseRow)
        .select_from(SourceRow)
        .outerjoin(VisitRow, VisitRow.id == _newest(None))
        .outerjoin(PromiseRow, PromiseRow.source_id == SourceRow.id)
        .where(SourceRow.active == active)
        .order_by(SourceRow.slug)
    )
    return tuple(_source_view(source, visit, first, promise_of(source, row), now) for source, visit, first, row in rows)


def coverage(
    session: Session, since: datetime, until: datetime, *, slugs: Collection[str] | None = None
) -> tuple[Coverage, ...]:
    """How sources were covered in [since, until): visits by outcome, last verified, stale since and why.

    slugs: these sources, retired ones too; by default every active one.
    """
    mine = SourceRow.active if slugs is None else SourceRow.slug.in_(slugs)
    outcomes: dict[int, Counter[Outcome]] = {}
    kinds: dict[int, Counter[CaptureKind]] = {}
    for source_id, outcome, reason, count in session.execute(
        select(VisitRow.source_id, VisitRow.outcome, VisitRow.reason, func.count())
        .join(SourceRow, SourceRow.id == VisitRow.source_id)  # by the index on source and time
        .where(mine, VisitRow.at >= since, VisitRow.at < until)
        .group_by(VisitRow.source_id, VisitRow.outcome, VisitRow.reason)
    ):
        outcomes.setdefault(source_id, Counter())[Outcome(outcome)] += count
        if not Outcome(outcome).good and (kind := CaptureKind.of(reason)) is not None:
            kinds.setdefault(source_id, Counter())[kind] += count
    good = aliased(VisitRow)
    rows = session.execute(
        select(SourceRow, PromiseRow, VisitRow, good.at, _first(until))
        .select_from(SourceRow)
        .outerjoin(PromiseRow, PromiseRow.source_id == SourceRow.id)
        .outerjoin(VisitRow, VisitRow.id == _newest(until))
        .outerjoin(good, good.id == _newest(until, good_only=True))
        .where(mine)
        .order_by(SourceRow.slug)
    )
    return tuple(
        _coverage(
            source,
            outcomes.get(source.id, {}),
            kinds.get(source.id, {}),
            last,
            good_at,
            _promise_at(session, source, row, until).broken(good_at, first_at, until),
        )
        for source, row, last, good_at, first_at in rows
    )


def _promise_at(session: Session, source: SourceRow, row: PromiseRow | None, until: datetime) -> Promise:
    """The promise with the newest entry that the feed had then: the row holds that of today."""
    promise = promise_of(source, row)
    if promise.newest is None:
        return promise
    then = session.scalars(
        select(VersionRow)
        .join(VisitRow, VisitRow.version_id == VersionRow.id)
        .where(VisitRow.source_id == source.id, VisitRow.outcome.in_(_GOOD), VisitRow.at < until)
        .order_by(VisitRow.at.desc(), VisitRow.id.desc())
        .limit(1)
    ).first()
    if then is None or (row is not None and row.read_version == then.id):
        return promise
    times = [entry.published for entry in content_of(then).facts.entries if entry.published is not None]
    return replace(promise, newest_entry_at=min(max(times), then.at) if times else None)


def newest_visits(session: Session, source_ids: Iterable[int]) -> Mapping[int, tuple[VisitRow, datetime]]:
    """The newest visit and the time of the first one of few sources, each by an index."""
    found = {}
    for source_id in source_ids:
        of_source = select(VisitRow).where(VisitRow.source_id == source_id)
        newest = session.scalars(of_source.order_by(VisitRow.at.desc(), VisitRow.id.desc()).limit(1)).first()
        first = session.scalars(of_source.order_by(VisitRow.at).limit(1)).first()
        if newest is not None and first is not None:
            found[source_id] = (newest, first.at)
    return found


def why_stale(last: VisitRow | None, broken: Break | None) -> str | None:
    """How the last visit ended where it was bad, else why the promise is broken all the same."""
    if last is None:
        return "never visited"
    if not Outcome(last.outcome).good:
        return f"{last.outcome}: {last.reason}" if last.reason else last.outcome
    return (broken.why or "not visited since") if broken else None


def _newest(until: datetime | None, *, good_only: bool = False) -> ScalarSelect[int]:
    """The number of a source's newest visit (before until), found by the index on source and time."""
    visit = aliased(VisitRow)
    query = select(visit.id).where(visit.source_id == SourceRow.id)
    if until is not None:
        query = query.where(visit.at < until)
    if good_only:
        query = query.where(visit.outcome.in_(_GOOD))
    newest_first = query.order_by(visit.at.desc(), visit.id.desc()).limit(1)
    return newest_first.correlate(SourceRow).scalar_subquery()


def _first(until: datetime) -> ScalarSelect[datetime]:
    """When a source's first visit was."""
    visit = aliased(VisitRow)
    earliest = select(func.min(visit.at)).where(visit.source_id == SourceRow.id, visit.at < until)
    return earliest.correlate(SourceRow).scalar_subquery()


def _source_view(
    source: SourceRow, visit: VisitRow | None, first: datetime | None, promise: Promise, now: datetime
) -> SourceView:
    broken = promise.broken(source.verified_at, first, now) if visit is not None else None
    return SourceView(
        slug=source.slug,
        title=source.title,
        publisher=source.publisher,
        product=source.product,
        kind=SourceKind(source.kind),
        polarity=Polarity(source.polarity),
        language=source.language,
        jurisdiction=source.jurisdiction,
        url=source.url,
        every=timedelta(seconds=source.every_seconds),
        active=source.active,
        due_at=source.due_at,
        verified_at=source.verified_at,
        last_visit_at=visit.at if visit else None,
        last_outcome=Outcome(visit.outcome) if visit else None,
        last_reason=visit.reason if visit else None,
        version=source.version_id,
        failures=source.failures,
        stale_since=broken.since if broken else None,
        stale_reason=why_stale(visit, broken) if broken else None,
        promise=promise.within,
    )


def _coverage(
    source: SourceRow,
    outcomes: Mapping[Outcome, int],
    kinds: Mapping[CaptureKind, int],
    last: VisitRow | None,
    good_at: datetime | None,
    broken: Break | None,
) -> Coverage:
    return Coverage(
        source=source.slug,
        title=source.title,
        publisher=source.publisher,
        product=source.product,
        kind=SourceKind(source.kind),
        visits=sum(outcomes.values()),
        verified=sum(count for outcome, count in outcomes.items() if outcome.good),
        outcomes=dict(outcomes),
        last_verified_at=good_at,
        stale_since=broken.since if broken else None,
        reason=why_stale(last, broken),
        captures=dict(kinds),
        language=source.language,
    )
