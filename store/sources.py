"""The declared sources: brings rows in line with declarations, and claims those that are due for one process."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from store import addresses
from store.pace_schema import PaceRow
from store.promise_schema import PromiseRow
from store.schema import SourceRow, VersionRow
from store.values import Polarity, SourceKind


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """What a declaration says of its source; text is the declaration itself (TOML).

    shortest and longest bound the time between two visits; None leaves it to store.pace. hints: slugs of sources whose
    changes pull a visit to this one forward. promise: within how many times `every` it is verified.
    newest: the greatest age of a feed's newest entry.
    """

    slug: str
    title: str
    publisher: str
    product: str | None
    kind: SourceKind
    polarity: Polarity
    language: str
    jurisdiction: str | None
    url: str
    host: str
    every: timedelta
    text: str
    shortest: timedelta | None = None
    longest: timedelta | None = None
    hints: tuple[str, ...] = ()
    promise: int | None = None
    newest: timedelta | None = None


@dataclass(frozen=True, slots=True)
class DueSource:
    """A source claimed for a visit: its declaration, validators and current version. token proves the claim.

    every is the interval in force: that of its pace, or what the declaration says where it has none.
    """

    id: int
    slug: str
    text: str
    url: str
    host: str
    every: timedelta
    etag: str | None
    last_modified: str | None
    unconditional_in: int
    failures: int
    version: int | None
    recipe: str | None
    token: int


def declare(session: Session, specs: Sequence[SourceSpec], now: datetime, *, retire: bool = True) -> None:
    """Makes the source rows say what the declarations say. New ones are due now.

    With retire, sources that no declaration names go inactive; their history stays.
    """
    rows = {row.slug: row for row in session.scalars(select(SourceRow))}
    declared, urls = [], addresses.declared_urls(session)
    for spec in specs:
        row = rows.pop(spec.slug, None)
        if row is None:
            row = SourceRow(slug=spec.slug, due_at=now, lease_token=0, failures=0, unconditional_in=0)
            session.add(row)
            row.url, row.host = spec.url, spec.host
        elif urls.get(row.id) != spec.url:  # where the declaration stays the same, a source may have moved on
            row.url, row.host = spec.url, spec.host
            row.etag = row.last_modified = None
            row.due_at = min(row.due_at, now)
        every = row.every_seconds
        _copy(spec, row)
        declared.append((spec, row, every != row.every_seconds))
    if retire:
        for row in rows.values():
            row.active = False
    session.flush()
    addresses.keep_declared(session, [(row, spec.url) for spec, row, _ in declared], now)
    _declare_paces(session, declared)
    _declare_promises(session, declared)


def _declare_paces(session: Session, declared: Sequence[tuple[SourceSpec, SourceRow, bool]]) -> None:
    """Bounds and hints of each source as declared. Where they or `every` are new, the interval is `every` again."""
    known = {pace.source_id: pace for pace in session.scalars(select(PaceRow))}
    for spec, row, other_every in declared:
        pace = known.get(row.id)
        if pace is None:
            pace = PaceRow(source_id=row.id, hints=[])
            session.add(pace)
        bounds = (_seconds(spec.shortest), _seconds(spec.longest))
        if other_every or bounds != (pace.shortest_seconds, pace.longest_seconds):
            pace.interval_seconds = None
        pace.shortest_seconds, pace.longest_seconds = bounds
        if pace.hints != list(spec.hints):
            pace.hints = list(spec.hints)
    session.flush()


def _declare_promises(session: Session, declared: Sequence[tuple[SourceSpec, SourceRow, bool]]) -> None:
    known = {promise.source_id: promise for promise in session.scalars(select(PromiseRow))}
    for spec, row, _ in declared:
        promise = known.get(row.id)
        if promise is None:
            promise = PromiseRow(source_id=row.id)
            session.add(promise)
        promise.factor, promise.newest_seconds = spec.promise, _seconds(spec.newest)
    session.flush()


def _seconds(length: timedelta | None) -> int | None:
    return int(length.total_seconds()) if length is not None else None


def claim_due(
    session: Session, now: datetime, limit: int, lease: timedelta, leave_out: Collection[str] = ()
) -> list[DueSource]:
    """Claims up to limit due sources, longest overdue first; nobody else gets them until the lease runs out.

    leave_out: hosts whose sources stay unclaimed.
    """
    due = (
        select(SourceRow.id)
        .where(SourceRow.active, SourceRow.due_at <= now, _unleased(now), SourceRow.host.not_in(leave_out))
        .order_by(SourceRow.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return _claim(session, list(session.scalars(due)), now, lease)


def claim_named(session: Session, slugs: Iterable[str], now: datetime, lease: timedelta) -> list[DueSource]:
    """Claims sources by slug whether due or not, leaving out those another process is visiting."""
    named = (
        select(SourceRow.id)
        .where(SourceRow.slug.in_(list(slugs)), _unleased(now))
        .order_by(SourceRow.id)
        .with_for_update(skip_locked=True)
    )
    return _claim(session, list(session.scalars(named)), now, lease)


def release(session: Session, claimed: Sequence[DueSource]) -> None:
    """Gives claims back without a visit, due as before."""
    for source in claimed:
        session.execute(
            update(SourceRow)
            .where(SourceRow.id == source.id, SourceRow.lease_token == source.token)
            .values(lease_until=None)
        )


def postpone(session: Session, source: DueSource, until: datetime) -> None:
    """Gives a claim back without a visit, due again at until."""
    session.execute(
        update(SourceRow)
        .where(SourceRow.id == source.id, SourceRow.lease_token == source.token)
        .values(lease_until=None, due_at=until)
    )


def active_slugs(session: Session) -> list[str]:
    return list(session.scalars(select(SourceRow.slug).where(SourceRow.active).order_by(SourceRow.slug)))


def _unleased(now: datetime) -> ColumnElement[bool]:
    return or_(SourceRow.lease_until.is_(None), SourceRow.lease_until <= now)


def _claim(session: Session, ids: list[int], now: datetime, lease: timedelta) -> list[DueSource]:
    if not ids:
        return []
    session.execute(
        update(SourceRow)
        .where(SourceRow.id.in_(ids))
        .values(lease_until=now + lease, lease_token=SourceRow.lease_token + 1)
        .execution_options(synchronize_session=False)
    )
    rows = session.execute(
        select(SourceRow, VersionRow.recipe, PaceRow.interval_seconds)
        .outerjoin(VersionRow, VersionRow.id == SourceRow.version_id)
        .outerjoin(PaceRow, PaceRow.source_id == SourceRow.id)
        .where(SourceRow.id.in_(ids))
        .order_by(SourceRow.due_at, SourceRow.id)
        .execution_options(populate_existing=True)
    )
    return [_due(row, recipe, interval) for row, recipe, interval in rows]


def _due(row: SourceRow, recipe: str | None, interval: int | None) -> DueSource:
    return DueSource(
        id=row.id,
        slug=row.slug,
        text=row.declaration,
        url=row.url,
        host=row.host,
        every=timedelta(seconds=interval or row.every_seconds),
        etag=row.etag,
        last_modified=row.last_modified,
        unconditional_in=row.unconditional_in,
        failures=row.failures,
        version=row.version_id,
        recipe=recipe,
        token=row.lease_token,
    )


def _copy(spec: SourceSpec, row: SourceRow) -> None:
    row.title, row.publisher, row.product = spec.title, spec.publisher, spec.product
    row.kind, row.polarity = spec.kind.value, spec.polarity.value
    row.language, row.jurisdiction = spec.language, spec.jurisdiction
    row.declaration = spec.text
    row.every_seconds, row.active = int(spec.every.total_seconds()), True
