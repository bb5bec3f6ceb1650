"""Which sources a change elsewhere speaks of: they are visited now instead of when their interval has passed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from store.archive import content_of
from store.pace import hastened, hints_affordable
from store.pace_schema import PaceRow
from store.pacing import Changed, Paced, bounds_of, budget_of, is_planned, looks_of, make_due
from store.schema import SourceRow, VersionRow
from store.values import Entry, SourceKind

FRESH = timedelta(hours=1)
"""A change seen longer ago (a replayed archive, a service that was down) hints at nothing any more."""

_DAY = 86400.0


def follow(session: Session, changed: Sequence[Changed], now: datetime) -> list[str]:
    """Makes the sources due now that fresh changes speak of; gives their slugs.

    Not one that was verified less than its shortest interval ago, or whose last visit failed (its host may have asked
    us to wait), and none while hints have had their part of the budget.
    """
    fresh = [one for one in changed if now - one.at <= FRESH]
    if not fresh:
        return []
    spent, wishes = budget_of(session)
    if not hints_affordable(spent, wishes):
        return []
    waiting = _waiting(session, now)
    told: dict[int, str] = {}
    for one in fresh:
        entries = _new_entries(session, one) if one.kind is SourceKind.FEED else ()
        for source, pace in waiting:
            why = _why(one, entries, source, pace)
            if why is not None:
                told.setdefault(source.id, why)
    hinted = [(source, pace) for source, pace in waiting if source.id in told]
    make_due(session, [{"which": source.id, "was": source.due_at, "due": now} for source, _ in hinted])
    for source, pace in hinted:
        _pay(source, pace, told[source.id], now)
    session.flush()
    return [source.slug for source, _ in hinted]


@dataclass(frozen=True, slots=True)
class Awaited:
    """A source that a sitemap may pull forward: its address, and when it was last verified."""

    source_id: int
    url: str
    verified_at: datetime


def sitemaps(session: Session, now: datetime) -> dict[str, tuple[Awaited, ...]]:
    """By the address of each sitemap that declarations name among their hints, the sources that it could make due now.

    None while intervals do not adapt, and none while hints have had their part of the budget.
    """
    found: dict[str, list[Awaited]] = {}
    for source, pace in _waiting(session, now) if is_planned(session) else ():
        for hint in pace.hints:
            if is_address(hint) and source.verified_at is not None:
                found.setdefault(hint, []).append(Awaited(source.id, source.url, source.verified_at))
    if not found or not hints_affordable(*budget_of(session)):
        return {}
    return {address: tuple(awaited) for address, awaited in found.items()}


def follow_sitemap(session: Session, address: str, changed: Mapping[int, datetime], now: datetime) -> list[str]:
    """Makes the sources due now whose page, as a sitemap says, changed after their last visit; gives their slugs.

    changed: by source id. A date ahead of our clock says nothing.
    """
    if not changed or not hints_affordable(*budget_of(session)):
        return []
    hinted = [
        (source, pace)
        for source, pace in _waiting(session, now)
        if address in pace.hints
        and (at := changed.get(source.id)) is not None
        and source.verified_at is not None
        and source.verified_at < at <= now
    ]
    make_due(session, [{"which": source.id, "was": source.due_at, "due": now} for source, _ in hinted])
    for source, pace in hinted:
        _pay(source, pace, f"its sitemap says it changed on {changed[source.id]:%Y-%m-%d %H:%M} UTC", now)
    session.flush()
    return [source.slug for source, _ in hinted]


def is_address(hint: str) -> bool:
    """Whether a declared hint is the address of a sitemap; others are slugs of sources."""
    return hint.startswith(("http://", "https://"))


def _waiting(session: Session, now: datetime) -> list[Paced]:
    rows = session.execute(
        select(SourceRow, PaceRow)
        .join(PaceRow, PaceRow.source_id == SourceRow.id)
        .where(
            SourceRow.active,
            SourceRow.due_at > now,
            SourceRow.failures == 0,
            SourceRow.verified_at.is_not(None),
            or_(SourceRow.lease_until.is_(None), SourceRow.lease_until <= now),
        )
        .order_by(SourceRow.slug)
    )
    return [(source, pace) for source, pace in rows if _long_ago(source, pace, now)]


def _long_ago(source: SourceRow, pace: PaceRow, now: datetime) -> bool:
    verified = source.verified_at
    return verified is not None and (now - verified).total_seconds() >= bounds_of(source, pace).shortest * _DAY


def _why(changed: Changed, entries: Sequence[Entry], source: SourceRow, pace: PaceRow) -> str | None:
    """Why a change speaks of a source, None where it does not."""
    if source.id == changed.source_id:
        return None
    if changed.slug in pace.hints:
        return f"{changed.slug} changed, as its declaration asks"
    if any(leads_to(entry.link, source.url) for entry in entries):
        return f"an entry of {changed.slug} leads to it"
    if source.kind == SourceKind.FEED.value:
        return None
    if any(_speaks_of(entry, changed, source.publisher) for entry in entries):
        return f"an entry of {changed.slug} names {source.publisher} and a territory"
    if changed.kind is not SourceKind.FEED and changed.publisher == source.publisher:
        return f"{changed.slug} of the same publisher changed"
    return None


def leads_to(link: str, address: str) -> bool:
    """Whether a link leads to a page or below it, however scheme, www, query, .md and the last slash are written."""
    to, page = place(link), place(address)
    return page is not None and to is not None and (to == page or ("/" in page and to.startswith(page + "/")))


def place(address: str) -> str | None:
    """An address without what may be written otherwise; None where it is none."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    return host + parts.path.rstrip("/").removesuffix(".md") if host else None


def _speaks_of(entry: Entry, changed: Changed, publisher: str) -> bool:
    """An entry that names a territory, and the publisher, unless it speaks itself."""
    if not entry.territories:
        return False
    named = rf"(?<!\w){re.escape(publisher)}(?!\w)"
    return changed.publisher == publisher or re.search(named, f"{entry.title} {entry.summary}", re.I) is not None


def _new_entries(session: Session, changed: Changed) -> tuple[Entry, ...]:
    old = {entry.link for entry in _entries(session, changed.previous)}
    return tuple(entry for entry in _entries(session, changed.version) if entry.link not in old)


def _entries(session: Session, version: int) -> Iterator[Entry]:
    yield from content_of(session.get_one(VersionRow, version)).facts.entries


def _pay(source: SourceRow, pace: PaceRow, why: str, now: datetime) -> None:
    interval = pace.interval_seconds or source.every_seconds
    left = (source.due_at - now).total_seconds()
    pace.early = hastened(looks_of(pace), left, interval).early
    pace.hinted_at, pace.hint = now, why
