"""What the visits so far say of each source's pace, and the interval that follows: counts looks, shares the budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, or_, select, text, update
from sqlalchemy.orm import Session

from store.pace import UNKNOWN, Looks, Prior, Wish, intervals, later, pooled, rate_of, spent_early, wish
from store.pace_schema import PaceRow
from store.schema import ChangeRow, SourceRow, VersionRow, VisitRow
from store.values import Held, Outcome, SourceKind

PLAN_EVERY = timedelta(hours=1)
_DAY = 86400.0
Paced = tuple[SourceRow, PaceRow]


@dataclass(frozen=True, slots=True)
class Changed:
    """A look that saw something new: the version it brought and the one before."""

    source_id: int
    slug: str
    publisher: str
    kind: SourceKind
    at: datetime
    version: int
    previous: int


@dataclass(frozen=True, slots=True)
class PaceView:
    """How often a source is visited and why. rate (changes a day) and importance are None before the first plan."""

    source_id: int
    slug: str
    publisher: str
    product: str | None
    kind: SourceKind
    every: timedelta
    interval: timedelta
    rate: float | None
    importance: float | None
    hinted_at: datetime | None
    hint: str | None
    language: str = ""


def one_at_a_time(session: Session) -> None:
    """Lets one process at a time count looks and plan; on SQLite a writing transaction already does."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(7464)"))


def is_due(session: Session, now: datetime) -> bool:
    """Whether there are looks to count, or the plan is old."""
    return plan_is_old(session, now) or session.execute(_uncounted().limit(1)).first() is not None


def plan_is_old(session: Session, now: datetime) -> bool:
    newest = session.scalar(select(func.max(PaceRow.planned_at)))
    return newest is None or now - newest >= PLAN_EVERY or newest > now


def count_looks(session: Session) -> list[Changed]:
    """Counts the good visits that nobody has counted yet; gives those that saw a change, by source and time.

    A visit saw one when it brought a version that says something else: a cosmetic change is none, and a re-reading of
    ours neither. A version that nobody has judged is counted when it has been.
    """
    found: list[Changed] = []
    for source, pace in session.execute(_uncounted()).all():
        counted = pace or PaceRow(source_id=source.id, hints=[], changes=0.0, exposure=0.0, early=0.0)
        session.add(counted)
        found += _counted(session, source, counted)
    session.flush()
    return found


def plan(session: Session, importance: Mapping[int, float], now: datetime) -> None:
    """Shares the visits a day that `every` alone would make among the active sources; importance by source id.

    A source that waits for its next visit waits as the new interval says. One that is due at another time, because a
    removal must be seen twice or a visit failed, stays due then.
    """
    paced = _active(session)
    priors = _priors(paced)
    wishes = [_wish(source, pace, priors[source.kind], importance.get(source.id, 1.0)) for source, pace in paced]
    spent = spent_early(looks_of(pace) for _, pace in paced)
    moved = []
    for (source, pace), days in zip(paced, intervals(wishes, spent), strict=True):
        seconds = max(1, int(days * _DAY))
        moved += _moved(source, pace, seconds)
        pace.interval_seconds, pace.planned_at = seconds, now
        pace.rate, pace.importance = rate_of(looks_of(pace), priors[source.kind]), importance.get(source.id, 1.0)
        session.add(pace)
    session.flush()
    make_due(session, moved)


def unplan(session: Session) -> None:
    """Every source is visited at its `every` again; what the looks have shown stays counted."""
    moved = []
    for source, pace in _active(session):
        if pace.interval_seconds is not None:
            moved += _moved(source, pace, source.every_seconds)
            pace.interval_seconds = pace.planned_at = None
    session.flush()
    make_due(session, moved)


def is_planned(session: Session) -> bool:
    return session.scalar(select(PaceRow.source_id).where(PaceRow.interval_seconds.is_not(None)).limit(1)) is not None


def paces(session: Session) -> tuple[PaceView, ...]:
    """The active sources by slug, each with its interval and what that rests on."""
    return tuple(_view(source, pace) for source, pace in _active(session))


def budget_of(session: Session) -> tuple[float, list[Wish]]:
    """What hints cost of late (visits a day), and the wishes whose budget it is taken from."""
    paced = _active(session)
    return spent_early(looks_of(pace) for _, pace in paced), [bounds_of(source, pace) for source, pace in paced]


def bounds_of(source: SourceRow, pace: PaceRow, need: float = 1.0) -> Wish:
    return wish(need, source.every_seconds / _DAY, _days(pace.shortest_seconds), _days(pace.longest_seconds))


def make_due(session: Session, moved: Sequence[Mapping[str, Any]]) -> None:
    """Moves due dates ({which: source id, was, due}) where nobody else has moved them meanwhile."""
    if moved:
        table = SourceRow.__table__
        move = update(table).where(table.c.id == bindparam("which"), table.c.due_at == bindparam("was"))  # type: ignore[arg-type]
        session.connection().execute(move.values(due_at=bindparam("due")), list(moved))


def looks_of(pace: PaceRow) -> Looks:
    return Looks(pace.changes, pace.exposure, pace.early)


def _uncounted() -> Select[SourceRow, PaceRow]:
    return (
        select(SourceRow, PaceRow)
        .outerjoin(PaceRow, PaceRow.source_id == SourceRow.id)
        .where(
            SourceRow.active,
            SourceRow.verified_at.is_not(None),
            or_(PaceRow.looked_at.is_(None), SourceRow.verified_at > PaceRow.looked_at),
        )
        .order_by(SourceRow.id)
    )


def _counted(session: Session, source: SourceRow, pace: PaceRow) -> list[Changed]:
    found = []
    for visit in _good_visits(session, source.id, pace.looked_at):
        new = visit.outcome == Outcome.VERSION.value and visit.previous_id is not None and not visit.technical
        if new and visit.judged_at is None:
            break
        changed = new and visit.change is not None and visit.held != Held.COSMETIC.value
        _count(pace, visit.at, changed)
        if changed:
            kind = SourceKind(source.kind)
            found.append(
                Changed(source.id, source.slug, source.publisher, kind, visit.at, visit.version_id, visit.previous_id)
            )
    return found


def _good_visits(session: Session, source_id: int, since: datetime | None) -> Sequence[Row[*tuple[Any, ...]]]:
    query = (
        select(
            VisitRow.at,
            VisitRow.outcome,
            VisitRow.version_id,
            VersionRow.previous_id,
            VersionRow.technical,
            VersionRow.judged_at,
            ChangeRow.id.label("change"),
            ChangeRow.held,
        )
        .outerjoin(VersionRow, VersionRow.id == VisitRow.version_id)
        .outerjoin(ChangeRow, ChangeRow.to_version == VersionRow.id)
        .where(
            VisitRow.source_id == source_id,
            VisitRow.outcome.in_([Outcome.CONFIRMED.value, Outcome.VERSION.value]),
        )
        .order_by(VisitRow.at, VisitRow.id)
    )
    return session.execute(query if since is None else query.where(VisitRow.at > since)).all()


def _count(pace: PaceRow, at: datetime, changed: bool) -> None:
    if pace.looked_at is not None:  # before the first look there is nothing to differ from
        rate = pace.rate or UNKNOWN[0] / UNKNOWN[1]
        looks = later(looks_of(pace), (at - pace.looked_at).total_seconds() / _DAY, changed, rate)
        pace.changes, pace.exposure, pace.early = looks.changes, looks.exposure, looks.early
    pace.looked_at = at


def _active(session: Session) -> list[Paced]:
    """The active sources by slug; one declared before there were paces has an empty one."""
    rows = session.execute(
        select(SourceRow, PaceRow)
        .outerjoin(PaceRow, PaceRow.source_id == SourceRow.id)
        .where(SourceRow.active)
        .order_by(SourceRow.slug)
    )
    return [
        (source, pace or PaceRow(source_id=source.id, hints=[], changes=0.0, exposure=0.0, early=0.0))
        for source, pace in rows
    ]


def _priors(paced: Sequence[Paced]) -> dict[str, Prior]:
    """What is believed of a source of each kind, from all sources of that kind."""
    kinds: dict[str, list[Looks]] = {}
    for source, pace in paced:
        kinds.setdefault(source.kind, []).append(looks_of(pace))
    return {kind: pooled(looks) for kind, looks in kinds.items()}


def _wish(source: SourceRow, pace: PaceRow, prior: Prior, importance: float) -> Wish:
    """The rate counts relative to the mean of its kind: how soon a kind must be heard of is what `every` says."""
    return bounds_of(source, pace, importance * rate_of(looks_of(pace), prior) / prior.mean)


def _moved(source: SourceRow, pace: PaceRow, seconds: int) -> list[dict[str, Any]]:
    """The new due date of a source that only waits for its interval to pass; none of any other."""
    waited = timedelta(seconds=pace.interval_seconds or source.every_seconds)
    if source.verified_at is None or source.due_at != source.verified_at + waited:
        return []
    due = source.verified_at + timedelta(seconds=seconds)
    return [] if due == source.due_at else [{"which": source.id, "was": source.due_at, "due": due}]


def _days(seconds: int | None) -> float | None:
    return seconds / _DAY if seconds is not None else None


def _view(source: SourceRow, pace: PaceRow) -> PaceView:
    return PaceView(
        source_id=source.id,
        slug=source.slug,
        publisher=source.publisher,
        product=source.product,
        kind=SourceKind(source.kind),
        every=timedelta(seconds=source.every_seconds),
        interval=timedelta(seconds=pace.interval_seconds or source.every_seconds),
        rate=pace.rate,
        importance=pace.importance,
        hinted_at=pace.hinted_at,
        hint=pace.hint,
        language=source.language,
    )
