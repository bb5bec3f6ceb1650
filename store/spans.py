"""The smallest unit of text that is compared, and exact places in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PassageKind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_ROW = "table_row"


@dataclass(frozen=True, slots=True)
class Passage:
    """The smallest unit of text compared: one line, whitespace folded, Unicode NFC.

    path: the headings above it, outermost first. cells: the cells of a table row. links: link targets in order,
    tracking parameters removed.
    """

    kind: PassageKind
    text: str
    path: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """Where a statement stands: passage index in its version, character offsets [start, end) and the quoted text."""

    passage: int
    start: int
    end: int
    text: str
