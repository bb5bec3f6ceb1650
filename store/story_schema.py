"""The tables of stories: reports of one happening, gathered from the entries of feeds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import Base


class StoryRow(Base):
    """Reports of one happening. effective, ends and the lists are those of store.happenings.Story.

    fingerprint is of the story and what it is tied to, so that deriving it again writes nothing.
    """

    __tablename__ = "story"

    id: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str | None] = mapped_column(Text)
    object: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime] = mapped_column(index=True)
    effective: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    ends: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    products: Mapped[list[str]]
    territories: Mapped[list[str]]
    disputed: Mapped[list[str]]
    sayings: Mapped[list[Any]]
    refers: Mapped[list[str]]
    related: Mapped[list[Any]]
    chains: Mapped[int] = mapped_column(Integer)
    official: Mapped[bool] = mapped_column(Boolean)
    fingerprint: Mapped[str] = mapped_column(String(64))
    derived_at: Mapped[datetime]


class StoryEntryRow(Base):
    """One happening as one entry of a feed tells it; position counts the happenings of an entry.

    at: when the entry was published, else first seen. chain, rank and copy_of are its place in the story.
    """

    __tablename__ = "story_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    story_id: Mapped[int | None] = mapped_column(ForeignKey("story.id"), index=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    link: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(index=True)
    official: Mapped[bool] = mapped_column(Boolean)
    happening: Mapped[dict[str, Any]]
    chain: Mapped[int | None] = mapped_column(Integer)
    rank: Mapped[int | None] = mapped_column(Integer)
    copy_of: Mapped[int | None] = mapped_column(Integer)
    because: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("source_id", "link", "position"),)
