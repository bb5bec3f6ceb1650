"""The tables. Mapped classes live only here; everybody else sees the values of store.values and store.history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import Base


class SourceRow(Base):
    """A declared thing, its validators and when it is due.

    url is the address in force: the declared one, or where it moved (store.address_schema).
    etag and last_modified come from the last *good* answer only: a bad capture must never be confirmed by a 304.
    lease_until and lease_token claim it for one process.
    """

    __tablename__ = "source"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    title: Mapped[str] = mapped_column(Text)
    publisher: Mapped[str] = mapped_column(Text, index=True)
    product: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(20))
    polarity: Mapped[str] = mapped_column(String(10), default="allow")
    language: Mapped[str] = mapped_column(String(20))
    jurisdiction: Mapped[str | None] = mapped_column(String(20))
    url: Mapped[str] = mapped_column(Text)
    host: Mapped[str] = mapped_column(Text)
    declaration: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    every_seconds: Mapped[int] = mapped_column(Integer)
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[int] = mapped_column(Integer, default=0)
    etag: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[str | None] = mapped_column(Text)
    unconditional_in: Mapped[int] = mapped_column(Integer, default=0)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    version_id: Mapped[int | None] = mapped_column(Integer)
    verified_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_source_due", "due_at", sqlite_where=text("active"), postgresql_where=text("active")),)


class HostRow(Base):
    """Politeness that outlives a process: who may ask this host now, not before when, and its robots.txt."""

    __tablename__ = "host"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    owner: Mapped[str | None] = mapped_column(String(80))
    owner_until: Mapped[datetime | None]
    next_ok_at: Mapped[datetime | None]


class RobotsRow(Base):
    """One origin's robots.txt: status 200 with text, another status, or none when it could not be reached."""

    __tablename__ = "robots"

    origin: Mapped[str] = mapped_column(Text, primary_key=True)
    status: Mapped[int | None] = mapped_column(Integer)
    body: Mapped[str] = mapped_column(Text, default="")
    fetched_at: Mapped[datetime]


class BlobRow(Base):
    """Bytes under their SHA-256, zstd-compressed, against the bytes of base where that is smaller."""

    __tablename__ = "blob"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(Integer)
    base: Mapped[str | None] = mapped_column(String(64))
    data: Mapped[bytes] = mapped_column(LargeBinary)


class SnapshotRow(Base):
    """The bytes received with address, status and headers; immutable."""

    __tablename__ = "snapshot"

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), index=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"))
    url: Mapped[str] = mapped_column(Text)
    status: Mapped[int] = mapped_column(Integer)
    headers: Mapped[dict[str, Any]]
    fetched_at: Mapped[datetime]


class VersionRow(Base):
    """What a snapshot says under a recipe; written only when it differs from the one before.

    content: zstd-compressed JSON of store.values.Content. technical: a re-reading by a newer recipe, never announced.
    judged_at is null until the detector has compared it with previous_id; reported_at until its entries have been read
    for what they say happened. believed_at: the visit at which a large loss was believed, having been said alike often.
    """

    __tablename__ = "version"

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshot.id"))
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"))
    recipe: Mapped[str] = mapped_column(String(64))
    fingerprint: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]
    technical: Mapped[bool] = mapped_column(Boolean, default=False)
    judged_at: Mapped[datetime | None]
    reported_at: Mapped[datetime | None]
    believed_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_version_source_at", "source_id", "at"),
        Index(
            "ix_version_unreported",
            "id",
            sqlite_where=text("reported_at is null"),
            postgresql_where=text("reported_at is null"),
        ),
        Index(
            "ix_version_unjudged",
            "id",
            sqlite_where=text("judged_at is null"),
            postgresql_where=text("judged_at is null"),
        ),
    )


class VisitRow(Base):
    """One attempt to fetch a source and how it ended. version_id: the version it confirmed or brought."""

    __tablename__ = "visit"

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(Text)
    status: Mapped[int | None] = mapped_column(Integer)
    url: Mapped[str] = mapped_column(Text)
    conditional: Mapped[bool] = mapped_column(Boolean, default=False)
    snapshot_id: Mapped[int | None] = mapped_column(ForeignKey("snapshot.id"))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"))

    __table_args__ = (Index("ix_visit_source_at", "source_id", "at"),)


class ChangeRow(Base):
    """An ordered pair of versions with its judgement. announced_at is null until deliveries have been inserted."""

    __tablename__ = "change"

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), index=True)
    from_version: Mapped[int] = mapped_column(ForeignKey("version.id"))
    to_version: Mapped[int] = mapped_column(ForeignKey("version.id"), unique=True)
    at: Mapped[datetime] = mapped_column(index=True)
    substantive: Mapped[bool] = mapped_column(Boolean)
    significance: Mapped[float] = mapped_column(Float)
    severity: Mapped[str] = mapped_column(String(20))
    reasons: Mapped[list[str]]
    model: Mapped[str | None] = mapped_column(Text)
    held: Mapped[str | None] = mapped_column(String(30))
    confirmed_at: Mapped[datetime | None]
    announced_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "ix_change_unannounced",
            "id",
            sqlite_where=text("announced_at is null"),
            postgresql_where=text("announced_at is null"),
        ),
    )


class FindingRow(Base):
    """One typed statement of a change; position keeps the detector's order."""

    __tablename__ = "finding"

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("change.id"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    severity: Mapped[str] = mapped_column(String(20))
    product: Mapped[str | None] = mapped_column(Text)
    territory: Mapped[str | None] = mapped_column(String(10), index=True)
    subject: Mapped[str | None] = mapped_column(Text)
    old: Mapped[str | None] = mapped_column(Text)
    new: Mapped[str | None] = mapped_column(Text)
    old_span: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    new_span: Mapped[dict[str, Any] | None] = mapped_column(JSON)
