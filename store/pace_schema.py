"""The table of paces: how often each source is visited, and what that rests on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import Base


class PaceRow(Base):
    """One source's pace. Everything but what its declaration says can be derived again from its visits.

    interval_seconds: time between two visits; null is `every`. looked_at: the newest good visit that is counted in
    changes and exposure (store.pace.Looks; days). hint: why its last early visit was early.
    """

    __tablename__ = "pace"

    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), primary_key=True, autoincrement=False)
    shortest_seconds: Mapped[int | None] = mapped_column(Integer)
    longest_seconds: Mapped[int | None] = mapped_column(Integer)
    hints: Mapped[list[str]]
    interval_seconds: Mapped[int | None] = mapped_column(Integer)
    looked_at: Mapped[datetime | None]
    changes: Mapped[float] = mapped_column(Float, default=0.0)
    exposure: Mapped[float] = mapped_column(Float, default=0.0)
    early: Mapped[float] = mapped_column(Float, default=0.0)
    rate: Mapped[float | None] = mapped_column(Float)
    importance: Mapped[float | None] = mapped_column(Float)
    planned_at: Mapped[datetime | None]
    hinted_at: Mapped[datetime | None]
    hint: Mapped[str | None] = mapped_column(Text)
