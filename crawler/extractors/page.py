"""What a reader works on: a page's passages, which container each stands in, and the error when there is none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from store.values import Passage, PassageKind

_SPACE = re.compile(r"\s+")
_BLANKS = re.compile(" {2,}")
_AT_ONCE = 65_536  # characters whose whitespace is folded at once: re.sub keeps each piece between two blanks
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00]")


LONGEST_TEXT = 1_000_000
"""Characters, or bytes, of one text: between two tags, quotes or line ends, or in one passage.

The longest of 5,500 real pages has 61,000; five million in one piece, with a single emoji among them, are 20 MB in each
copy that reading makes.
"""


class Unextractable(ValueError):
    """The bytes cannot be read as what the declaration says they are. Waiting does not mend it; a new capture may."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page's passages in order, and for each the number of the list, table or run of paragraphs it stands in."""

    passages: tuple[Passage, ...] = ()
    groups: tuple[int, ...] = ()
    title: str = ""

    def members(self) -> dict[int, list[int]]:
        """Container number -> indices of its passages, headings left out."""
        found: dict[int, list[int]] = {}
        for index, (passage, group) in enumerate(zip(self.passages, self.groups, strict=True)):
            if passage.kind is not PassageKind.HEADING:
                found.setdefault(group, []).append(index)
        return found


@dataclass(slots=True)
class Writer:
    """Collects passages under the headings above them."""

    passages: list[Passage] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)

    def heading(self, level: int, text: str, links: Sequence[str] = ()) -> None:
        while self.headings and self.headings[-1][0] >= level:
            self.headings.pop()
        self.add(PassageKind.HEADING, text, 0, links=links)
        self.headings.append((level, text))

    def add(
        self, kind: PassageKind, text: str, group: int, cells: Sequence[str] = (), links: Sequence[str] = ()
    ) -> None:
        path = tuple(heading for _, heading in self.headings)
        self.passages.append(Passage(kind, text, path, tuple(cells), tuple(links)))
        self.groups.append(group)

    def page(self, title: str = "") -> Page:
        return Page(tuple(self.passages), tuple(self.groups), title)


def plain(text: str) -> str:
    """Text as one line: NFC, zero-width characters removed, whitespace folded."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    elif "\x00" in text:
        text = text.replace("\x00", "")
    if len(text) <= _AT_ONCE:
        return _SPACE.sub(" ", text).strip()
    pieces = (_SPACE.sub(" ", text[at : at + _AT_ONCE]) for at in range(0, len(text), _AT_ONCE))
    return _BLANKS.sub(" ", "".join(pieces)).strip()
