"""What the operator is told of once: promises that broke and hold again, and other troubles with watching.

A pass compares what is wrong now with the open rows, opens and ends rows, and gathers what was not told yet into one
bulletin. State is in rows, so that a pass may be made at any time, twice, or by two processes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from store import noise
from store.addresses import moved_sources
from store.alert_schema import SubscriptionRow
from store.archive import content_of
from store.coverage import newest_visits, promise_of, why_stale
from store.promise_schema import BulletinRow, PromiseRow, TroubleRow
from store.schema import ChangeRow, FindingRow, SourceRow, VersionRow
from store.subscriptions import BY_OPERATOR, BY_OWNER
from store.values import FindingKind, Held, SourceKind

_LATELY = timedelta(days=7)  # doubtful changes older than this are no news to the operator
UNTOLD = 0  # in said_in and end_said_in: passed before it was told, or nothing to tell


class TroubleKind(StrEnum):
    """stale: a promise is broken. flapping: a source goes back and forth. doubtful: a change was held as a doubtful
    capture, or its list was cut short. channel: a subscription is paused because its address is dead. moved: a source
    is read elsewhere than declared."""

    STALE = "stale"
    FLAPPING = "flapping"
    DOUBTFUL = "doubtful"
    CHANNEL = "channel"
    MOVED = "moved"


_ANEW = frozenset({TroubleKind.MOVED, TroubleKind.CHANNEL})  # told again where they begin once more before an end


@dataclass(frozen=True, slots=True)
class Trouble:
    """about: slug, address of a change, or number of a subscription; title: that for people. ended_at None: open."""

    kind: TroubleKind
    about: str
    title: str
    since: datetime
    reason: str
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Bulletin:
    """What one message to the operators says."""

    id: int
    at: datetime
    begun: tuple[Trouble, ...]
    ended: tuple[Trouble, ...]


@dataclass(frozen=True, slots=True)
class Noted:
    """What a pass would write: troubles that began, and rows that ended with the time."""

    begun: tuple[Trouble, ...]
    ended: tuple[tuple[int, datetime], ...]


def one_at_a_time(session: Session) -> None:
    """Lets one process at a time make a pass; on SQLite a writing transaction already does."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(7465)"))


def unread_feeds(session: Session) -> tuple[int, ...]:
    """Feeds whose current version nobody has read yet for the time of its newest entry, by source id."""
    return tuple(
        session.scalars(
            select(PromiseRow.source_id)
            .join(SourceRow, SourceRow.id == PromiseRow.source_id)
            .where(SourceRow.active, SourceRow.kind == SourceKind.FEED.value, SourceRow.version_id.is_not(None))
            .where(or_(PromiseRow.read_version.is_(None), PromiseRow.read_version != SourceRow.version_id))
        )
    )


def read_feeds(session: Session, source_ids: Sequence[int]) -> None:
    """Notes when the newest entry of each feed is of; a time ahead of its capture counts as the capture's."""
    for source_id in source_ids:
        source, promise = session.get_one(SourceRow, source_id), session.get_one(PromiseRow, source_id)
        if source.version_id is None:
            continue
        version = session.get_one(VersionRow, source.version_id)
        times = [entry.published for entry in content_of(version).facts.entries if entry.published is not None]
        promise.newest_entry_at = min(max(times), version.at) if times else None
        promise.read_version = version.id
    session.flush()


def noted(session: Session, now: datetime) -> Noted:
    """How what is wrong now differs from the open rows."""
    current = {(one.kind, one.about): one for one in _current(session, now)}
    known = {(TroubleKind(row.kind), row.about): row for row in _open(session)}
    # A change is held once; it is not told again while it stays among those of late.
    doubted = select(TroubleRow.about).where(TroubleRow.kind == TroubleKind.DOUBTFUL.value)
    told = {(TroubleKind.DOUBTFUL, about) for about in session.scalars(doubted)}
    anew = {key for key, row in known.items() if key[0] in _ANEW and key in current and current[key].since > row.since}
    begun = [one for key, one in current.items() if (key not in known and key not in told) or key in anew]
    verified = {row.slug: row.verified_at for row in session.execute(select(SourceRow.slug, SourceRow.verified_at))}
    ended = [
        (row.id, max(verified.get(row.about) or now, row.since) if kind is TroubleKind.STALE else now)
        for (kind, about), row in known.items()
        if (kind, about) not in current or (kind, about) in anew
    ]
    return Noted(tuple(begun), tuple(ended))


def note(session: Session, changed: Noted, now: datetime) -> None:
    """Ends the rows that ended and writes rows for what began. What ended before it was told is never told."""
    active = set(session.scalars(select(SourceRow.slug).where(SourceRow.active)))
    for row_id, at in changed.ended:
        row = session.get_one(TroubleRow, row_id)
        row.ended_at, row.end_seen_at = at, now
        if row.said_in is None:
            row.said_in = row.end_said_in = UNTOLD
        elif row.kind != TroubleKind.STALE.value or row.about not in active:
            row.end_said_in = UNTOLD
    session.flush()  # before what begins anew: of one thing at most one row is open
    for one in changed.begun:
        session.add(
            TroubleRow(
                kind=one.kind.value, about=one.about, title=one.title, reason=one.reason, since=one.since, seen_at=now
            )
        )
    session.flush()


def bulletin_due(session: Session, now: datetime, gather: timedelta, apart: timedelta) -> bool:
    """Whether something waits to be told: the oldest for at least gather, and the last bulletin apart ago or more."""
    oldest = min((row.end_seen_at or row.seen_at for row in _unsaid(session)), default=None)
    last = session.scalar(select(func.max(BulletinRow.at)))
    return oldest is not None and now - oldest >= gather and (last is None or now - last >= apart)


def gathered(session: Session, now: datetime) -> Bulletin:
    """One bulletin of all that waits to be told."""
    row = BulletinRow(at=now)
    session.add(row)
    session.flush()
    for trouble in _unsaid(session):
        if trouble.said_in is None:
            trouble.said_in = row.id
        else:
            trouble.end_said_in = row.id
    session.flush()
    return bulletin(session, row.id)


def bulletin(session: Session, bulletin_id: int) -> Bulletin:
    """A bulletin as it was gathered: a trouble told as begun stays so, however it went on."""
    row = session.get_one(BulletinRow, bulletin_id)
    ordered = select(TroubleRow).order_by(TroubleRow.kind.desc(), TroubleRow.since, TroubleRow.about)
    begun = session.scalars(ordered.where(TroubleRow.said_in == bulletin_id)).all()
    ended = session.scalars(ordered.where(TroubleRow.end_said_in == bulletin_id)).all()
    return Bulletin(row.id, row.at, tuple(_trouble(one, None) for one in begun), tuple(map(_ended, ended)))


def tell_at_once(session: Session, trouble: Trouble) -> None:
    """Notes a trouble that the operators hear of in a message of its own: no bulletin tells its beginning."""
    known = select(TroubleRow).where(TroubleRow.kind == trouble.kind.value, TroubleRow.about == trouble.about)
    for row in session.scalars(known.where(TroubleRow.ended_at.is_(None))):
        row.ended_at = row.end_seen_at = trouble.since  # another one before, not yet seen to have ended
        row.said_in, row.end_said_in = row.said_in or UNTOLD, UNTOLD
    session.flush()  # of one thing at most one row is open
    row = TroubleRow(kind=trouble.kind.value, about=trouble.about, title=trouble.title, reason=trouble.reason)
    row.since = row.seen_at = trouble.since
    row.said_in = UNTOLD
    session.add(row)
    session.flush()


def told_at_once(session: Session, kind: TroubleKind, since: datetime) -> bool:
    """Whether a trouble of this kind was told in a message of its own since then."""
    told = select(TroubleRow.id).where(TroubleRow.kind == kind.value, TroubleRow.said_in == UNTOLD)
    return session.scalar(told.where(TroubleRow.seen_at >= since).limit(1)) is not None


def open_troubles(session: Session) -> tuple[Trouble, ...]:
    """What is wrong as of the last pass, longest first."""
    return tuple(_trouble(row, None) for row in _open(session))


def _current(session: Session, now: datetime) -> list[Trouble]:
    sources = {row.slug: row for row in session.scalars(select(SourceRow).where(SourceRow.active))}
    restless = [
        Trouble(TroubleKind.FLAPPING, slug, sources[slug].title, now, "keeps going back and forth, and is not told")
        for slug in noise.flapping(session)
    ]
    moved = [
        Trouble(TroubleKind.MOVED, one.slug, sources[one.slug].title, one.since, f"{one.why}: read at {one.url}")
        for one in moved_sources(session)
    ]
    return [*_stale(session, now), *restless, *_doubtful(session, now), *_dead_channels(session), *moved]


def _stale(session: Session, now: datetime) -> list[Trouble]:
    rows = session.execute(
        select(SourceRow, PromiseRow)
        .outerjoin(PromiseRow, PromiseRow.source_id == SourceRow.id)
        .where(SourceRow.active)
        .order_by(SourceRow.slug)
    ).all()
    # now stands for a first visit: it is looked up only for those that may be stale.
    suspects = {source.id for source, row in rows if promise_of(source, row).broken(source.verified_at, now, now)}
    visits = newest_visits(session, suspects)
    found = []
    for source, row in rows:
        last, first = visits.get(source.id, (None, None))
        broken = promise_of(source, row).broken(source.verified_at, first, now) if last is not None else None
        if broken is not None:
            why = why_stale(last, broken) or "not visited since"
            found.append(Trouble(TroubleKind.STALE, source.slug, source.title, broken.since, why))
    return found


def _doubtful(session: Session, now: datetime) -> list[Trouble]:
    cut = select(FindingRow.change_id).where(FindingRow.kind == FindingKind.LIST_CUT_SHORT.value)
    rows = session.execute(
        select(ChangeRow, SourceRow)
        .join(SourceRow, SourceRow.id == ChangeRow.source_id)
        .where(SourceRow.active, ChangeRow.at > now - _LATELY, ChangeRow.at <= now)
        .where(or_(ChangeRow.held == Held.DOUBTFUL.value, ChangeRow.id.in_(cut)))
        .order_by(ChangeRow.id)
    )
    return [
        Trouble(
            TroubleKind.DOUBTFUL,
            f"{change.from_version}..{change.to_version}",
            source.title,
            change.at,
            "; ".join(change.reasons) or "it looks like a doubtful capture",
        )
        for change, source in rows
    ]


def _dead_channels(session: Session) -> list[Trouble]:
    rows = session.scalars(
        select(SubscriptionRow)
        .where(SubscriptionRow.paused_at.is_not(None), SubscriptionRow.ended_at.is_(None))
        .where(*(SubscriptionRow.paused_reason.not_like(f"{wished}%") for wished in (BY_OWNER, BY_OPERATOR)))
        .order_by(SubscriptionRow.id)
    )
    return [
        Trouble(
            TroubleKind.CHANNEL,
            str(row.id),
            f"subscription {row.id} ({row.channel})",
            row.paused_at,
            row.paused_reason or "paused",
        )
        for row in rows
        if row.paused_at is not None
    ]


def _open(session: Session) -> Sequence[TroubleRow]:
    return session.scalars(
        select(TroubleRow).where(TroubleRow.ended_at.is_(None)).order_by(TroubleRow.since, TroubleRow.id)
    ).all()


def _unsaid(session: Session) -> list[TroubleRow]:
    """Rows with something to tell. An open one that was told has nothing, though its end is not told either."""
    rows = session.scalars(
        select(TroubleRow)
        .where(or_(TroubleRow.said_in.is_(None), TroubleRow.end_said_in.is_(None)))
        .order_by(TroubleRow.id)
    )
    return [row for row in rows if row.said_in is None or row.ended_at is not None]


def _trouble(row: TroubleRow, ended_at: datetime | None) -> Trouble:
    return Trouble(TroubleKind(row.kind), row.about, row.title, row.since, row.reason, ended_at)


def _ended(row: TroubleRow) -> Trouble:
    return _trouble(row, row.ended_at)
