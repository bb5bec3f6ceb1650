"""Where a source was and is read: its declared address, where a permanent redirect led, and its twin.

A move is history and no news: the source keeps its slug, its versions and its subscribers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.address_schema import DeclarationTextRow, SourceAddressRow
from store.schema import SourceRow

_GONE = (404, 410)
_FAILURES = 3  # bad visits in a row after which the declared address is asked again
_AT_MOST_ONCE_IN = timedelta(days=1)  # a server that redirects elsewhere each time has no address to move to


class Why(StrEnum):
    """declared: the declaration names it. redirected: a permanent redirect led there, to the same content. twin: the
    declared twin, read because the address itself had nothing."""

    DECLARED = "declared"
    REDIRECTED = "redirected"
    TWIN = "twin"


@dataclass(frozen=True, slots=True)
class Address:
    """One address of a source; until is None while it holds."""

    url: str
    why: Why
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Moved:
    """A source that is read elsewhere than declared, for the operator."""

    slug: str
    declared: str
    url: str
    why: Why
    since: datetime


def addresses(session: Session, slug: str) -> tuple[Address, ...]:
    """Every address a source ever had, oldest first."""
    rows = session.scalars(
        select(SourceAddressRow)
        .join(SourceRow, SourceRow.id == SourceAddressRow.source_id)
        .where(SourceRow.slug == slug)
        .order_by(SourceAddressRow.since, SourceAddressRow.id)
    )
    return tuple(Address(row.url, Why(row.why), row.since, row.until) for row in rows)


def moved_sources(session: Session) -> tuple[Moved, ...]:
    """The active sources that are read elsewhere than declared, by slug, the newest address of each last."""
    rows = session.execute(
        select(SourceRow.slug, SourceAddressRow)
        .join(SourceAddressRow, SourceAddressRow.source_id == SourceRow.id)
        .where(SourceRow.active, SourceAddressRow.until.is_(None))
        .order_by(SourceRow.slug, SourceAddressRow.since, SourceAddressRow.id)
    ).all()
    declared = {slug: row.url for slug, row in rows if row.why == Why.DECLARED}
    return tuple(
        Moved(slug, declared.get(slug, row.url), row.url, Why(row.why), row.since)
        for slug, row in rows
        if row.why != Why.DECLARED
    )


def declared_urls(session: Session) -> dict[int, str]:
    """The address that each source's declaration names, by the source's id."""
    rows = session.execute(
        select(SourceAddressRow.source_id, SourceAddressRow.url).where(
            SourceAddressRow.why == Why.DECLARED.value, SourceAddressRow.until.is_(None)
        )
    )
    return {row.source_id: row.url for row in rows}


def keep_declared(session: Session, declared: Iterable[tuple[SourceRow, str]], now: datetime) -> None:
    """Writes down what declarations say from now on. declared: source (flushed, with its new text) and its address."""
    urls = declared_urls(session)
    held = session.scalars(select(DeclarationTextRow).where(DeclarationTextRow.until.is_(None)))
    texts = {row.source_id: row for row in held}
    for row, url in declared:
        if urls.get(row.id) != url:
            _close(session, row.id, now)
            session.add(SourceAddressRow(source_id=row.id, url=url, why=Why.DECLARED.value, since=now))
        text = texts.get(row.id)
        if text is None or text.text != row.declaration:
            if text is not None:
                text.until = now
            session.add(DeclarationTextRow(source_id=row.id, text=row.declaration, since=now))
    session.flush()


def text_at(session: Session, source_id: int, at: datetime) -> str | None:
    """What a source's declaration said at an instant; the earliest known where the instant is older than that."""
    of_source = select(DeclarationTextRow.text).where(DeclarationTextRow.source_id == source_id)
    then = of_source.where(DeclarationTextRow.since <= at).order_by(
        DeclarationTextRow.since.desc(), DeclarationTextRow.id.desc()
    )
    first = of_source.order_by(DeclarationTextRow.since, DeclarationTextRow.id)
    return session.scalars(then.limit(1)).first() or session.scalars(first.limit(1)).first()


def move(session: Session, row: SourceRow, url: str, at: datetime) -> None:
    """A permanent redirect led to the same content: later visits go to where it led."""
    if url == row.url:
        return
    moved = _open(session, row.id, Why.REDIRECTED)
    if moved is not None and at - moved.since < _AT_MOST_ONCE_IN:
        return
    _close(session, row.id, at, Why.REDIRECTED)
    session.flush()
    if url != _declared_url(session, row):
        session.add(SourceAddressRow(source_id=row.id, url=url, why=Why.REDIRECTED.value, since=at))
    row.url, row.host = url, _host(url)
    session.flush()


def failed(session: Session, row: SourceRow, status: int | None, at: datetime) -> None:
    """A bad visit: what has gone, or failed too often, at an address it moved to is asked for where it is declared."""
    if status not in _GONE and row.failures < _FAILURES:
        return
    if _open(session, row.id, Why.REDIRECTED) is None:
        return
    row.url = _declared_url(session, row)
    row.host = _host(row.url)
    row.etag = row.last_modified = None
    _close(session, row.id, at, Why.REDIRECTED)
    session.flush()


def found_at(session: Session, row: SourceRow, twin: str | None, at: datetime) -> None:
    """A good visit: the content was found at the twin because the address had nothing, or (None) at the address."""
    reading = _open(session, row.id, Why.TWIN)
    if reading is not None and reading.url != twin:
        reading.until = at
    if twin is not None and (reading is None or reading.url != twin):
        session.add(SourceAddressRow(source_id=row.id, url=twin, why=Why.TWIN.value, since=at))
    session.flush()


def _declared_url(session: Session, row: SourceRow) -> str:
    declared = _open(session, row.id, Why.DECLARED)
    return declared.url if declared is not None else row.url


def _open(session: Session, source_id: int, why: Why) -> SourceAddressRow | None:
    return session.scalars(
        select(SourceAddressRow)
        .where(
            SourceAddressRow.source_id == source_id,
            SourceAddressRow.why == why.value,
            SourceAddressRow.until.is_(None),
        )
        .order_by(SourceAddressRow.id.desc())
        .limit(1)
    ).first()


def _close(session: Session, source_id: int, at: datetime, why: Why | None = None) -> None:
    """Ends the addresses that hold; with why, only those of that kind."""
    rows = select(SourceAddressRow).where(SourceAddressRow.source_id == source_id, SourceAddressRow.until.is_(None))
    for row in session.scalars(rows.where(SourceAddressRow.why == why.value) if why else rows):
        row.until = at


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
