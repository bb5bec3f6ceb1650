"""Stored snapshots to be read again, and the door by which new readings come in: technical versions, told to nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store import blobs
from store.addresses import text_at
from store.archive import content_of
from store.codec import encode
from store.schema import SnapshotRow, SourceRow, VersionRow
from store.sources import DueSource
from store.values import Content


@dataclass(frozen=True, slots=True)
class Stored:
    """A snapshot behind a version, with what its newest reading says and the declaration of the snapshot's day.

    current: the version the source stands at; then text is the declaration in force, which the next visit reads by.
    """

    version: int
    snapshot: int
    captured_at: datetime
    recipe: str
    content: Content
    text: str
    body: bytes
    content_type: str | None
    current: bool


def snapshots_read(session: Session, source: DueSource) -> list[int]:
    """The newest version of each snapshot that became one, in the order of the source's history."""
    newest = (
        select(func.max(VersionRow.id)).where(VersionRow.source_id == source.id).group_by(VersionRow.snapshot_id)
    ).scalar_subquery()
    rows = select(VersionRow.id).where(VersionRow.id.in_(newest)).order_by(VersionRow.at, VersionRow.id)
    others = [one for one in session.scalars(rows) if one != source.version]
    return [*others, source.version] if source.version is not None else others


def stored(session: Session, source: DueSource, version_id: int) -> Stored:
    """One version with its bytes and the declaration to read them by."""
    version = session.get_one(VersionRow, version_id)
    snapshot = session.get_one(SnapshotRow, version.snapshot_id)
    current = version_id == source.version
    text = source.text if current else text_at(session, source.id, snapshot.fetched_at)
    return Stored(
        version=version.id,
        snapshot=snapshot.id,
        captured_at=snapshot.fetched_at,
        recipe=version.recipe,
        content=content_of(version),
        text=text or source.text,
        body=blobs.bytes_of(session, snapshot.sha256),
        content_type=str(snapshot.headers["content-type"]) if "content-type" in snapshot.headers else None,
        current=current,
    )


def record_rereading(
    session: Session, source: DueSource, old: Stored, recipe: str, content: Content, now: datetime
) -> int | None:
    """Writes what a stored snapshot says today beside what it said; returns the new version.

    It is judged as it is written, so that nobody is told. None, and nothing written, when the claim was lost.
    """
    row = session.get(SourceRow, source.id, with_for_update=True, populate_existing=True)
    if row is None or row.lease_token != source.token:
        return None
    before = session.get_one(VersionRow, old.version)
    version = VersionRow(
        source_id=row.id,
        snapshot_id=before.snapshot_id,
        previous_id=before.id,
        recipe=recipe,
        fingerprint=content.fingerprint,
        content=blobs.compress(encode(content)),
        at=before.at,
        technical=True,
        judged_at=now,
        reported_at=before.reported_at if old.current else now,
    )
    session.add(version)
    session.flush()
    if old.current:
        row.version_id = version.id
        session.flush()
    return version.id
