"""Whether two rows of a table hold the same, cell by cell, however the members of a list in a cell are marked."""

from __future__ import annotations

import re

from detector.alignment.blocks import Block
from detector.words.overlap import folded
from store.values import PassageKind

_CELL = " | "
_BULLET = re.compile(r"(?:^|(?<=\s))[•·▪◦●‣*–-](?=\s)|[•▪◦●‣]")


def same_cells(old: Block, new: Block) -> bool:
    """Whether both are rows of as many cells, each the same text or the same set of bulleted members."""
    if any(block.passages[index].kind is not PassageKind.TABLE_ROW for block in (old, new) for index in block.indices):
        return False
    left, right = old.text.split(_CELL), new.text.split(_CELL)
    return len(left) == len(right) and all(
        _members(one) == _members(other) for one, other in zip(left, right, strict=True)
    )


def _members(cell: str) -> frozenset[str]:
    """The members of a cell, each once and in whatever order; a cell without bullets is its own only member."""
    parts = [part.strip() for part in _BULLET.split(cell)]
    return frozenset(folded(part) for part in parts if any(letter.isalnum() for letter in part))
