"""The tables of promises: what a source promises, what operators are told of, and when the watchdog was asked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import Base


class PromiseRow(Base):
    """What a declaration promises of its source. factor: of `every`; null is the usual one.

    newest_seconds: age at which the newest entry of a feed breaks the promise; null is never. newest_entry_at is that
    entry's time, read from version read_version.
    """

    __tablename__ = "promise"

    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), primary_key=True, autoincrement=False)
    factor: Mapped[int | None] = mapped_column(Integer)
    newest_seconds: Mapped[int | None] = mapped_column(Integer)
    newest_entry_at: Mapped[datetime | None]
    read_version: Mapped[int | None] = mapped_column(Integer)


class TroubleRow(Base):
    """Something the operator hears of once. kind and about name it; of one thing at most one row is open.

    since: when it began; seen_at: when we saw that. said_in: the bulletin that told it, null: not yet, 0: it passed
    before. ended_at, end_seen_at, end_said_in: the same of its end; end_said_in 0: the end is not told.
    """

    __tablename__ = "trouble"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    about: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime]
    seen_at: Mapped[datetime]
    said_in: Mapped[int | None] = mapped_column(Integer)
    ended_at: Mapped[datetime | None]
    end_seen_at: Mapped[datetime | None]
    end_said_in: Mapped[int | None] = mapped_column(Integer)

    __table_args__ = (
        Index(
            "ix_trouble_open",
            "kind",
            "about",
            unique=True,
            sqlite_where=text("ended_at is null"),
            postgresql_where=text("ended_at is null"),
        ),
        Index(
            "ix_trouble_unsaid",
            "id",
            sqlite_where=text("said_in is null or end_said_in is null"),
            postgresql_where=text("said_in is null or end_said_in is null"),
        ),
    )


class BulletinRow(Base):
    """One message to every operator: the troubles whose said_in or end_said_in is its number."""

    __tablename__ = "bulletin"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class HeartbeatRow(Base):
    """The one row about the outside watchdog: when it was last asked, when it last answered, and what went wrong."""

    __tablename__ = "heartbeat"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
