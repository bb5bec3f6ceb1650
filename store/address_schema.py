"""The tables of a source's past: the addresses it was read at, and what its declaration said, each with its dates."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import Base


class SourceAddressRow(Base):
    """An address of a source from since to until; until is null while it holds. why: store.addresses.Why."""

    __tablename__ = "source_address"

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(Integer, ForeignKey("source.id"), index=True)
    url: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(String(12))
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class DeclarationTextRow(Base):
    """What a source's declaration said from since to until, so that an old snapshot can be read as in its day."""

    __tablename__ = "declaration_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(Integer, ForeignKey("source.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime]
    until: Mapped[datetime | None]
