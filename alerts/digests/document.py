"""A digest in words, once for every form: sections of rows of cells, which text, mail, page and PDF set as they can."""

from __future__ import annotations

from dataclasses import dataclass

from alerts.digests.values import Counted, HoursOfDay


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell, every text one clean line. badge: (class, word) of a mark before it. small: further lines below it.

    link: checked already. days: verified hours by day, drawn where the form can draw; small says the same.
    hashes: (line with "{sha}", SHA-256), which forms with links may shorten.
    """

    text: str
    badge: tuple[str, str] | None = None
    link: str | None = None
    small: tuple[str, ...] = ()
    days: tuple[HoursOfDay, ...] = ()
    hashes: tuple[tuple[str, str], ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """Everything below the text, hashes in full."""
        return (*self.small, *(line.format(sha=sha) for line, sha in self.hashes))


Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a digest. empty: what stands in place of rows. widths: of the columns, in hundredths.

    trend: counts to be drawn; rows say the same where a form cannot draw. left: rows that were cut off.
    """

    key: str
    title: str
    head: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[Row, ...]
    empty: str
    intro: tuple[str, ...] = ()
    trend: tuple[Counted, ...] = ()
    left: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """label: "Digest 2024-W28"; span: the days in words; facts: (label, value)."""

    label: str
    first_line: str
    span: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    method: tuple[str, ...]
