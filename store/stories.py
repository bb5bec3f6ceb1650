"""Stories in rows: written once however often they are derived, and read back with their reports."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select, text, update
from sqlalchemy.orm import Session

from store.codec import decode, encode, jsonable
from store.happenings import Action, Day, Related, ReportView, Saying, Story, StoryFilter, StoryView
from store.related import related_to
from store.reports import happening_of
from store.schema import SourceRow
from store.story_schema import StoryEntryRow, StoryRow


def take_turn(session: Session) -> None:
    """Lets one process at a time derive stories; held to the end of the transaction."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite's BEGIN IMMEDIATE already lets only one in
        session.execute(text("SELECT pg_advisory_xact_lock(7463)"))


class NoSuchStory(LookupError):
    """No story has this number: there never was one, or its reports stand in another now."""


Weigh = Callable[[Story, tuple[Related, ...]], Story]


def write(session: Session, derived: Sequence[Story], now: datetime, weigh: Weigh | None = None) -> int:
    """Stores stories that were derived from reports(...); returns how many are new or different.

    A story keeps its number as long as most of its reports stay together; one that has lost all of them goes.
    weigh: the story with what the changes and notices it is tied to say of its days.
    """
    belongs = _stories_of_reports(session, [telling.report for story in derived for telling in story.tellings])
    taken: set[int] = set()
    changed = 0
    for plain in sorted(derived, key=lambda one: -len(one.tellings)):
        related = related_to(session, plain)
        story = weigh(plain, related) if weigh else plain
        row, different = _written(session, story, related, _known(story, belongs, taken), now)
        taken.add(row.id)
        changed += different
    _drop_empty(session)
    return changed


def stories(session: Session, wanted: StoryFilter, limit: int | None = None) -> tuple[StoryView, ...]:
    """The stories that match, by the time of their first report; with limit, the newest ones."""
    query = select(StoryRow).order_by(StoryRow.first_at.desc(), StoryRow.id.desc())
    if wanted.since:
        query = query.where(StoryRow.last_at >= wanted.since)
    if wanted.until:
        query = query.where(StoryRow.first_at < wanted.until)
    if wanted.publisher:
        query = query.where(_of_publisher(wanted.publisher))
    found = []
    for row in session.scalars(query):
        if wanted.territory and wanted.territory not in row.territories:
            continue
        found.append(row)
        if limit is not None and len(found) == limit:
            break
    return tuple(reversed(_views(session, found)))


def story(session: Session, number: int) -> StoryView:
    """The story of a number. Raises NoSuchStory."""
    row = session.get(StoryRow, number)
    if row is None:
        raise NoSuchStory(f"no story {number}; /stories lists them")
    return _views(session, [row])[0]


def _of_publisher(name: str) -> ColumnElement[bool]:
    key = name.lower()
    told = (
        select(StoryEntryRow.story_id)
        .join(SourceRow, SourceRow.id == StoryEntryRow.source_id)
        .where(func.lower(SourceRow.publisher) == key, StoryEntryRow.story_id.is_not(None))
    )
    return or_(func.lower(StoryRow.actor) == key, func.lower(StoryRow.object) == key, StoryRow.id.in_(told))


def _stories_of_reports(session: Session, ids: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for start in range(0, len(ids), 500):
        rows = session.execute(
            select(StoryEntryRow.id, StoryEntryRow.story_id).where(
                StoryEntryRow.id.in_(ids[start : start + 500]), StoryEntryRow.story_id.is_not(None)
            )
        )
        found.update((row.id, row.story_id) for row in rows)
    return found


def _known(story: Story, belongs: dict[int, int], taken: set[int]) -> int | None:
    """The stored story that holds most of the reports; the oldest where several hold as many."""
    counts = Counter(belongs[one.report] for one in story.tellings if one.report in belongs)
    free = [(-count, number) for number, count in counts.items() if number not in taken]
    return min(free)[1] if free else None


def _written(
    session: Session, story: Story, related: Sequence[Related], known: int | None, now: datetime
) -> tuple[StoryRow, bool]:
    row = session.get(StoryRow, known) if known is not None else None
    fingerprint = hashlib.sha256(encode(story) + b"".join(encode(one) for one in related)).hexdigest()
    if row is not None and row.fingerprint == fingerprint:
        return row, False
    fields = _fields(story, related) | {"fingerprint": fingerprint, "derived_at": now}
    if row is None:
        row = StoryRow(**fields)
        session.add(row)
    else:
        for name, value in fields.items():
            setattr(row, name, value)
    session.flush()
    for telling in story.tellings:
        session.execute(
            update(StoryEntryRow)
            .where(StoryEntryRow.id == telling.report)
            .values(
                story_id=row.id,
                chain=telling.chain,
                rank=telling.rank,
                copy_of=telling.copy_of,
                because=telling.because,
            )
            .execution_options(synchronize_session=False)
        )
    return row, True


def _fields(story: Story, related: Sequence[Related]) -> dict[str, Any]:
    return {
        "action": story.action.value,
        "actor": story.actor,
        "object": story.object,
        "title": story.title,
        "first_at": story.first_at,
        "last_at": story.last_at,
        "effective": jsonable(story.effective) if story.effective else None,
        "ends": jsonable(story.ends) if story.ends else None,
        "products": list(story.products),
        "territories": list(story.territories),
        "disputed": list(story.disputed),
        "sayings": [jsonable(one) for one in story.sayings],
        "refers": list(story.refers),
        "related": [jsonable(one) for one in related],
        "chains": story.chains,
        "official": story.official,
    }


def _drop_empty(session: Session) -> None:
    told = select(StoryEntryRow.story_id).where(StoryEntryRow.story_id.is_not(None))
    session.execute(delete(StoryRow).where(StoryRow.id.not_in(told)).execution_options(synchronize_session=False))


def _views(session: Session, rows: Sequence[StoryRow]) -> list[StoryView]:
    told: dict[int, list[tuple[StoryEntryRow, SourceRow]]] = {}
    ids = [row.id for row in rows]
    for start in range(0, len(ids), 500):
        for entry, source in session.execute(
            select(StoryEntryRow, SourceRow)
            .join(SourceRow, SourceRow.id == StoryEntryRow.source_id)
            .where(StoryEntryRow.story_id.in_(ids[start : start + 500]))
            .order_by(StoryEntryRow.rank, StoryEntryRow.id)
        ):
            told.setdefault(entry.story_id or 0, []).append((entry, source))
    return [_view(row, told.get(row.id, [])) for row in rows]


def _view(row: StoryRow, told: Iterable[tuple[StoryEntryRow, SourceRow]]) -> StoryView:
    pairs = list(told)
    links = {entry.id: entry.link for entry, _ in pairs}
    return StoryView(
        id=row.id,
        action=Action(row.action),
        actor=row.actor,
        object=row.object,
        products=tuple(row.products),
        territories=tuple(row.territories),
        title=row.title,
        first_at=row.first_at,
        last_at=row.last_at,
        effective=_read(Day, row.effective) if row.effective else None,
        ends=_read(Day, row.ends) if row.ends else None,
        disputed=tuple(row.disputed),
        sayings=tuple(_read(Saying, one) for one in row.sayings),
        chains=row.chains,
        official=row.official,
        refers=tuple(row.refers),
        reports=tuple(_report_view(entry, source, links) for entry, source in pairs),
        related=tuple(_read(Related, one) for one in row.related),
    )


def _report_view(entry: StoryEntryRow, source: SourceRow, links: dict[int, str]) -> ReportView:
    return ReportView(
        source=source.slug,
        publisher=source.publisher,
        official=entry.official,
        link=entry.link,
        title=entry.title,
        language=entry.language,
        at=entry.at,
        chain=entry.chain or 0,
        copy_of=links.get(entry.copy_of) if entry.copy_of is not None else None,
        because=entry.because,
        happening=happening_of(entry),
    )


def _read(kind: type[Any], value: Any) -> Any:
    return decode(kind, json.dumps(value).encode())
