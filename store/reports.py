"""What entries say happened: versions whose entries nobody has read yet, and the door by which reports come in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from store.archive import content_of
from store.codec import decode, jsonable
from store.happenings import Happening, Report
from store.schema import SourceRow, VersionRow
from store.story_schema import StoryEntryRow
from store.values import Entry, SourceKind


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry and when it was published, else when it was first seen."""

    entry: Entry
    at: datetime


@dataclass(frozen=True, slots=True)
class Unread:
    """A version of a feed with the entries that it has and its predecessor had not, or had otherwise."""

    version_id: int
    publisher: str
    jurisdiction: str | None
    language: str
    entries: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """An entry with what it says happened, in its order. official: its publisher speaks for itself."""

    seen: Seen
    official: bool
    happenings: tuple[Happening, ...]


def unread(session: Session, limit: int) -> list[Unread]:
    """Up to limit versions of feeds whose entries have not been read, oldest first."""
    rows = session.execute(
        select(VersionRow, SourceRow)
        .join(SourceRow, SourceRow.id == VersionRow.source_id)
        .where(VersionRow.reported_at.is_(None), SourceRow.kind == SourceKind.FEED.value)
        .order_by(VersionRow.id)
        .limit(limit)
    ).all()
    return [_unread(session, version, source) for version, source in rows]


def keep(session: Session, version_id: int, told: Sequence[Told], now: datetime) -> datetime | None:
    """Stores what the entries of a version say, once; returns the time of the oldest report that is new or different.

    A version that somebody read meanwhile is left as it is. What a newer version says of a link stays.
    """
    claimed = session.execute(
        update(VersionRow)
        .where(VersionRow.id == version_id, VersionRow.reported_at.is_(None))
        .values(reported_at=now)
        .execution_options(synchronize_session=False)
    )
    if claimed.rowcount == 0:  # type: ignore[attr-defined]
        return None
    version = session.get_one(VersionRow, version_id, populate_existing=True)
    touched = [at for one in told if (at := _keep_entry(session, version, one)) is not None]
    return min(touched, default=None)


def pass_over(session: Session, now: datetime) -> None:
    """Marks the versions of sources that are no feeds: they hold no entries."""
    others = select(SourceRow.id).where(SourceRow.kind != SourceKind.FEED.value)
    session.execute(
        update(VersionRow)
        .where(VersionRow.reported_at.is_(None), VersionRow.source_id.in_(others))
        .values(reported_at=now)
        .execution_options(synchronize_session=False)
    )


def read_again(session: Session) -> None:
    """Has every version of a feed read anew by the next run, for when the reading has improved."""
    feeds = select(SourceRow.id).where(SourceRow.kind == SourceKind.FEED.value)
    session.execute(
        update(VersionRow)
        .where(VersionRow.source_id.in_(feeds))
        .values(reported_at=None)
        .execution_options(synchronize_session=False)
    )


def publishers_beyond_feeds(session: Session) -> frozenset[str]:
    """The publishers that speak through lists, terms or dockets: they act, and their own feeds are first-party."""
    rows = session.scalars(select(SourceRow.publisher).where(SourceRow.kind != SourceKind.FEED.value).distinct())
    return frozenset(rows)


def reports(session: Session, since: datetime) -> tuple[Report, ...]:
    """The reports from an instant on, and older ones of stories that reach beyond it, oldest first."""
    reaching = select(StoryEntryRow.story_id).where(StoryEntryRow.at >= since, StoryEntryRow.story_id.is_not(None))
    rows = session.execute(
        select(StoryEntryRow, SourceRow)
        .join(SourceRow, SourceRow.id == StoryEntryRow.source_id)
        .where(or_(StoryEntryRow.at >= since, StoryEntryRow.story_id.in_(reaching)))
        .order_by(StoryEntryRow.at, StoryEntryRow.id)
    )
    return tuple(report(row, source) for row, source in rows)


def oldest_report(session: Session) -> datetime | None:
    return session.scalar(select(func.min(StoryEntryRow.at)))


def report(row: StoryEntryRow, source: SourceRow) -> Report:
    return Report(
        id=row.id,
        source=source.slug,
        publisher=source.publisher,
        jurisdiction=source.jurisdiction,
        official=row.official,
        link=row.link,
        title=row.title,
        summary=row.summary,
        language=row.language,
        at=row.at,
        happening=happening_of(row),
        story=row.story_id,
    )


def happening_of(row: StoryEntryRow) -> Happening:
    found: Happening = decode(Happening, json.dumps(row.happening).encode())
    return found


def _unread(session: Session, version: VersionRow, source: SourceRow) -> Unread:
    previous = session.get(VersionRow, version.previous_id) if version.previous_id is not None else None
    had = {_said(entry) for entry in content_of(previous).facts.entries} if previous is not None else set()
    fresh = [entry for entry in content_of(version).facts.entries if _said(entry) not in had]
    first = _first_seen(session, source.id, [entry.link for entry in fresh if entry.published is None])
    seen = tuple(Seen(entry, entry.published or first.get(entry.link, version.at)) for entry in fresh)
    return Unread(version.id, source.publisher, source.jurisdiction, source.language, seen)


def _said(entry: Entry) -> tuple[str, str, str, datetime | None]:
    return entry.link, entry.title, entry.summary, entry.published


def _first_seen(session: Session, source_id: int, links: Sequence[str]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for start in range(0, len(links), 500):
        rows = session.execute(
            select(StoryEntryRow.link, StoryEntryRow.at).where(
                StoryEntryRow.source_id == source_id, StoryEntryRow.link.in_(links[start : start + 500])
            )
        )
        found.update((row.link, row.at) for row in rows)
    return found


def _keep_entry(session: Session, version: VersionRow, told: Told) -> datetime | None:
    entry = told.seen.entry
    rows = session.scalars(
        select(StoryEntryRow)
        .where(StoryEntryRow.source_id == version.source_id, StoryEntryRow.link == entry.link)
        .order_by(StoryEntryRow.position)
    ).all()
    if rows and session.get_one(VersionRow, rows[0].version_id).at > version.at:
        return None
    touched = [row.at for row in rows[len(told.happenings) :]]
    _drop(session, [row.id for row in rows[len(told.happenings) :]])
    for position, happening in enumerate(told.happenings):
        row = rows[position] if position < len(rows) else None
        fields = _fields(version, told, position, happening)
        if row is None:
            session.add(StoryEntryRow(source_id=version.source_id, **fields))
            touched.append(told.seen.at)
        elif any(getattr(row, name) != value for name, value in fields.items() if name != "version_id"):
            touched += [row.at, told.seen.at]
            for name, value in fields.items():
                setattr(row, name, value)
    session.flush()
    return min(touched, default=None)


def _fields(version: VersionRow, told: Told, position: int, happening: Happening) -> dict[str, object]:
    entry = told.seen.entry
    return {
        "version_id": version.id,
        "link": entry.link,
        "position": position,
        "title": entry.title,
        "summary": entry.summary,
        "language": entry.language,
        "at": told.seen.at,
        "official": told.official,
        "happening": jsonable(happening),
    }


def _drop(session: Session, ids: Iterable[int]) -> None:
    gone = list(ids)
    if gone:
        session.execute(
            delete(StoryEntryRow).where(StoryEntryRow.id.in_(gone)).execution_options(synchronize_session=False)
        )
