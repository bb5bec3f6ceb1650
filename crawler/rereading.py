"""Reads stored snapshots again with today's extractor, each by the declaration of its day, and tells nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crawler.extract import Unextractable, extract
from crawler.keys import DeclarationError
from crawler.run import LEASE
from crawler.visit import declared, recipe_of
from store.database import Database
from store.rereading import Stored, record_rereading, snapshots_read, stored
from store.sources import DueSource, claim_named, release
from store.values import Content


class Reread(StrEnum):
    """How a re-reading ended. unread: today's extractor cannot read it, and what it said stays. busy: the source is
    being visited."""

    CHANGED = "changed"
    SAME = "same"
    UNREAD = "unread"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Reading:
    """One snapshot read again. version: what was written, None where nothing was; reason: why it could not be read."""

    slug: str
    captured_at: datetime | None
    ended: Reread
    version: int | None = None
    reason: str | None = None


def reread(database: Database, slug: str, clock: Callable[[], datetime]) -> Iterator[Reading]:
    """Reads every stored snapshot of a source again whose recipe is not today's, oldest first."""
    with database.begin() as session:
        claimed = claim_named(session, [slug], clock(), LEASE)
        waiting = snapshots_read(session, claimed[0]) if claimed else []
    if not claimed:
        yield Reading(slug, None, Reread.BUSY, reason="another process is visiting this source; try again")
        return
    source = claimed[0]
    try:
        for version in waiting:
            yield from _read_again(database, source, version, clock)
    finally:
        with database.begin() as session:
            release(session, [source])


def _read_again(
    database: Database, source: DueSource, version: int, clock: Callable[[], datetime]
) -> Iterator[Reading]:
    with database.read() as session:
        old = stored(session, source, version)
    try:
        recipe = recipe_of(source.slug, old.text)
        if recipe == old.recipe:
            return
        content = _content(source, old)
    except (Unextractable, DeclarationError) as error:
        yield Reading(source.slug, old.captured_at, Reread.UNREAD, reason=str(error))
        return
    if content == old.content and not old.current:
        yield Reading(source.slug, old.captured_at, Reread.SAME)
        return
    with database.begin() as session:
        written = record_rereading(session, source, old, recipe, content, clock())
    ended = Reread.SAME if content == old.content else Reread.CHANGED
    yield Reading(source.slug, old.captured_at, ended if written else Reread.BUSY, written)


def _content(source: DueSource, old: Stored) -> Content:
    return extract(old.body, old.content_type, declared(source.slug, old.text))
