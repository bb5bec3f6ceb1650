"""Writes what a visit brought: the visit, the snapshot, the version, and when the source is due again.

One call is one transaction of the caller's; a claim that was lost meanwhile writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from store import addresses, blobs, confirmation
from store.codec import decode, encode
from store.schema import SnapshotRow, SourceRow, VersionRow, VisitRow
from store.sources import DueSource
from store.values import Content, Outcome


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes as they came: final address, HTTP status, header names in lower case."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Visited:
    """How a visit ended and when the source is due again.

    received is None where nothing came (304, unreachable). content is given only when a version is to be written;
    reread is the predecessor's snapshot read under the new recipe, given only when the recipe changed.
    technical: the difference is none of the source's: an archive says that it re-read the page itself, or the same was
    found at another address. believed: a large loss that was said alike often enough. moved_to: where a permanent
    redirect led to the same content. found_at: the twin, where the content was found because the address had nothing.
    """

    outcome: Outcome
    at: datetime
    due_at: datetime
    url: str
    recipe: str
    reason: str | None = None
    status: int | None = None
    conditional: bool = False
    received: Received | None = None
    content: Content | None = None
    reread: Content | None = None
    etag: str | None = None
    last_modified: str | None = None
    unconditional_in: int = 0
    technical: bool = False
    believed: bool = False
    moved_to: str | None = None
    found_at: str | None = None


@dataclass(frozen=True, slots=True)
class Current:
    """The version a source stands at: its content, the recipe that read it, and its snapshot's bytes and headers."""

    version: int
    recipe: str
    content: Content
    snapshot: Received


def record_visit(session: Session, source: DueSource, visited: Visited) -> int | None:
    """Writes one visit. Returns the version it confirmed or brought, None where it says nothing of the content.

    When the claim was lost (lease ran out and another process took the source), nothing is written.
    """
    row = session.get(SourceRow, source.id, with_for_update=True, populate_existing=True)
    if row is None or row.lease_token != source.token:
        return None
    snapshot_id = _kept_snapshot(session, row, visited)
    version_id = row.version_id if visited.outcome.good else None
    if visited.outcome is Outcome.VERSION:
        assert visited.content is not None
        assert snapshot_id is not None
        version_id = _written_version(session, row, visited, snapshot_id)
        if visited.believed:
            session.get_one(VersionRow, version_id).believed_at = visited.at
    session.add(VisitRow(**_visit(row.id, visited, version_id), snapshot_id=snapshot_id))
    _update_source(session, row, visited, version_id)
    session.flush()
    if visited.outcome.good:
        confirmation.settle(session, row.id)
    return version_id


def record_unchanged(session: Session, visits: Sequence[tuple[DueSource, Visited]]) -> None:
    """Writes many visits that brought nothing and confirm the version their source stands at, in few statements."""
    claimed = {source.id: source.token for source, _ in visits}
    held = {
        row.id: row.version_id
        for row in session.execute(
            select(SourceRow.id, SourceRow.version_id, SourceRow.lease_token)
            .where(SourceRow.id.in_(claimed))
            .with_for_update()
        )
        if row.lease_token == claimed[row.id]
    }
    mine = [(source, visited) for source, visited in visits if source.id in held]
    if not mine:
        return
    session.execute(insert(VisitRow), [_visit(source.id, visited, held[source.id]) for source, visited in mine])
    session.execute(update(SourceRow), [_verified(source.id, visited) for source, visited in mine])
    for source, visited in mine:
        if visited.moved_to is not None:
            row = session.get_one(SourceRow, source.id, populate_existing=True)
            addresses.move(session, row, visited.moved_to, visited.at)
    for source_id in confirmation.waiting_sources(session, held):
        confirmation.settle(session, source_id)


def current(session: Session, version_id: int) -> Current:
    """The content and the bytes behind a version."""
    version = session.get_one(VersionRow, version_id)
    snapshot = session.get_one(SnapshotRow, version.snapshot_id)
    return Current(
        version=version.id,
        recipe=version.recipe,
        content=content_of(version),
        snapshot=Received(
            url=snapshot.url,
            status=snapshot.status,
            headers={key: str(value) for key, value in snapshot.headers.items()},
            body=blobs.bytes_of(session, snapshot.sha256),
        ),
    )


def content_of(version: VersionRow) -> Content:
    content: Content = decode(Content, blobs.decompress(version.content))
    return content


def confirmed_before(session: Session, source_id: int, sha256: str) -> int | None:
    """The version that a good visit confirmed or brought with exactly these bytes, the newest such visit's."""
    return session.scalars(
        select(VisitRow.version_id)
        .join(SnapshotRow, SnapshotRow.id == VisitRow.snapshot_id)
        .where(
            SnapshotRow.source_id == source_id,
            SnapshotRow.sha256 == sha256,
            VisitRow.outcome.in_([Outcome.CONFIRMED.value, Outcome.VERSION.value]),
        )
        .order_by(VisitRow.id.desc())
        .limit(1)
    ).first()


def newest_visit_at(session: Session, source_id: int) -> datetime | None:
    """When the newest visit of a source was; a capture replayed must be later."""
    return session.scalars(
        select(VisitRow.at).where(VisitRow.source_id == source_id).order_by(VisitRow.at.desc()).limit(1)
    ).first()


def hasten(session: Session, source_ids: list[int], now: datetime) -> None:
    """Makes sources due now, to be asked without validators."""
    session.execute(update(SourceRow).where(SourceRow.id.in_(source_ids)).values(due_at=now, unconditional_in=0))


def _visit(source_id: int, visited: Visited, version_id: int | None) -> dict[str, Any]:
    return {
        "source_id": source_id,
        "at": visited.at,
        "outcome": visited.outcome.value,
        "reason": visited.reason,
        "status": visited.status,
        "url": visited.url,
        "conditional": visited.conditional,
        "version_id": version_id,
    }


def _verified(source_id: int, visited: Visited) -> dict[str, Any]:
    return {
        "id": source_id,
        "due_at": visited.due_at,
        "lease_until": None,
        "failures": 0,
        "verified_at": visited.at,
        "unconditional_in": visited.unconditional_in,
        "etag": visited.etag,
        "last_modified": visited.last_modified,
    }


def _kept_snapshot(session: Session, source: SourceRow, visited: Visited) -> int | None:
    if visited.received is None:
        return None
    latest = session.execute(
        select(SnapshotRow.id, SnapshotRow.sha256, SnapshotRow.url, SnapshotRow.status)
        .where(SnapshotRow.source_id == source.id)
        .order_by(SnapshotRow.id.desc())
        .limit(1)
    ).first()
    received = visited.received
    sha256 = blobs.keep(session, received.body, like=latest.sha256 if latest else None)
    if latest and (latest.sha256, latest.url, latest.status) == (sha256, received.url, received.status):
        return int(latest.id)
    row = SnapshotRow(
        source_id=source.id,
        sha256=sha256,
        url=received.url,
        status=received.status,
        headers=dict(received.headers),
        fetched_at=visited.at,
    )
    session.add(row)
    session.flush()
    return row.id


def _written_version(session: Session, source: SourceRow, visited: Visited, snapshot_id: int) -> int:
    previous = source.version_id
    assert visited.content is not None
    if visited.reread is not None and previous is not None:
        old = session.get_one(VersionRow, previous)
        previous = _add_version(session, source.id, old.snapshot_id, previous, visited, visited.reread, old.at, True)
        if visited.content == visited.reread:
            return previous
    technical = visited.technical
    return _add_version(session, source.id, snapshot_id, previous, visited, visited.content, visited.at, technical)


def _add_version(
    session: Session,
    source_id: int,
    snapshot_id: int,
    previous_id: int | None,
    visited: Visited,
    content: Content,
    at: datetime,
    technical: bool,
) -> int:
    row = VersionRow(
        source_id=source_id,
        snapshot_id=snapshot_id,
        previous_id=previous_id,
        recipe=visited.recipe,
        fingerprint=content.fingerprint,
        content=blobs.compress(encode(content)),
        at=at,
        technical=technical,
    )
    session.add(row)
    session.flush()
    return row.id


def _update_source(session: Session, row: SourceRow, visited: Visited, version_id: int | None) -> None:
    if not visited.outcome.good:
        row.due_at, row.lease_until = visited.due_at, None
        row.failures += 1
        addresses.failed(session, row, visited.status, visited.at)
        return
    row.version_id = version_id
    for name, value in _verified(row.id, visited).items():
        setattr(row, name, value)
    addresses.found_at(session, row, visited.found_at, visited.at)
    if visited.moved_to is not None:
        addresses.move(session, row, visited.moved_to, visited.at)
