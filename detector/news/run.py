"""Reads what entries say happened and makes stories of them: run after judging, again and again, to the same result."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import structlog

from detector.encoder import Encoder
from detector.news.actors import is_party
from detector.news.happening import happenings, writing
from detector.news.sayings import weighed
from detector.news.stories import LONGEST, stories
from store import reports as told
from store import stories as stored
from store.database import Database
from store.happenings import Happening
from store.reports import Seen, Told, Unread

_log = structlog.get_logger(__name__)
_AT_ONCE = 20  # versions read in one go


def stories_of(database: Database, now: datetime, encoder: Encoder | None = None, *, again: bool = False) -> int:
    """Reads the entries nobody has read, derives the stories they touch, and returns how many are new or different.

    Each version is read once, in a transaction of its own; stories of the last weeks are derived anew each time, so
    that changes judged since are tied to them. A second run writes nothing. again: read every stored entry once more,
    for when the reading has improved. encoder only ranks the reports of a story.
    """
    with database.begin() as session:
        told.pass_over(session, now)
        if again:
            told.read_again(session)
    oldest = _read_all(database, now)
    with database.begin() as session:
        stored.take_turn(session)
        if again:
            oldest = told.oldest_report(session)
        since = min(oldest or now, now) - 2 * LONGEST
        return stored.write(session, stories(told.reports(session, since), encoder), now, weighed)


def _read_all(database: Database, now: datetime) -> datetime | None:
    """Reads every version that waits; returns the time of the oldest report that is new or different."""
    touched: list[datetime] = []
    while True:
        with database.read() as session:
            waiting = told.unread(session, _AT_ONCE)
            parties = told.publishers_beyond_feeds(session)
        if not waiting:
            return min(touched, default=None)
        for version in waiting:
            said = [_told(version, seen, parties) for seen in version.entries]
            with database.begin() as session:
                at = told.keep(session, version.version_id, said, now)
            touched += [at] if at else []


def _told(version: Unread, seen: Seen, parties: frozenset[str]) -> Told:
    official = version.publisher in parties or is_party(version.publisher)
    return Told(seen, official, _happenings(version, seen, official, parties))


def _happenings(version: Unread, seen: Seen, official: bool, parties: Iterable[str]) -> tuple[Happening, ...]:
    entry = seen.entry
    said = writing(
        entry.title,
        entry.summary,
        entry.language or version.language,
        seen.at,
        version.publisher,
        entry.link,
        version.jurisdiction,
        official=official,
        publishers=parties,
    )
    try:
        return happenings(said)
    except (ValueError, LookupError, OverflowError) as error:
        _log.exception("entry could not be read", link=entry.link, error=str(error))
        return ()
