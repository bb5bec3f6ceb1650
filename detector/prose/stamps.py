"""Which passages only say when the text was last touched: a new stamp alone changes nothing that is stated."""

from __future__ import annotations

import re

from detector.statements.dates import dates
from detector.words.overlap import words

_STAMP = re.compile(
    r"\bdate\b|updated|modified|revised|effective|last (?:change|review)|version|published|posted|released|adopted"
    r"|as of|date of|mis(?:e)? à jour|modification|en vigueur|更新|生效|修订|发布|版本|stand|zuletzt",
    re.IGNORECASE,
)
_STAMP_WORDS = 8
_STAMP_LENGTH = 300


def is_stamp(text: str) -> bool:
    """Whether a passage is only a date stamp: "Last updated: 9 July 2024", or a date alone."""
    days = dates(text) if len(text) <= _STAMP_LENGTH else []
    if not days:
        return False
    rest = text
    for day in reversed(days):
        rest = rest[: day.start] + rest[day.end :]
    left = [word.key for word in words(rest) if not word.is_sign]
    counts = any(len(key) > 2 and key[0].isdigit() for key in left)
    return not left or (len(left) <= _STAMP_WORDS and bool(_STAMP.search(rest)) and not counts)
