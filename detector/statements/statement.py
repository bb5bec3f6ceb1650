"""What one piece of text states: a value of one family, and where it stands."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

from detector.statements.search import Search


class Family(StrEnum):
    """Statements are compared only with statements of their own family."""

    FORCE = "force"
    NEGATION = "negation"
    SCOPE = "scope"
    NUMBER = "number"
    DATE = "date"
    TERRITORY = "territory"
    PARTY = "party"


@dataclass(frozen=True, slots=True)
class Statement:
    """value is what is compared, [start, end) the characters that say it."""

    family: Family
    value: str
    start: int
    end: int

    def overlaps(self, other: Statement) -> bool:
        return self.start < other.end and other.start < self.end


class Table:
    """Rows of a value and the expression that says it, case ignored; earlier rows win where two overlap."""

    def __init__(self, rows: Sequence[tuple[str, str]]) -> None:
        self._values = tuple(value for value, _ in rows)
        self._search = Search([re.compile(expression, re.IGNORECASE) for _, expression in rows])

    def found(self, family: Family, text: str) -> list[Statement]:
        """Every match of a row in a text, in order, none overlapping another."""
        matches = self._search.matches(text)
        return without_overlaps([Statement(family, self._values[row], *match.span()) for row, match in matches])


def without_overlaps(statements: Sequence[Statement]) -> list[Statement]:
    """Statements in reading order; of two that overlap the longer stays, of two as long the earlier in the list."""
    kept: list[Statement] = []
    for statement in sorted(statements, key=lambda one: (one.start, one.start - one.end)):
        if kept and statement.overlaps(kept[-1]):
            continue
        kept.append(statement)
    return kept


def outside(statements: Iterable[Statement], taken: Sequence[Statement]) -> list[Statement]:
    """Statements that overlap none of those taken, in whatever order these come."""
    ordered = sorted(taken, key=lambda one: one.start)
    starts = [one.start for one in ordered]
    reach = list(accumulate((one.end for one in ordered), max))
    return [one for one in statements if not _reached(one, starts, reach)]


def _reached(statement: Statement, starts: Sequence[int], reach: Sequence[int]) -> bool:
    before = bisect_left(starts, statement.end)
    return before > 0 and reach[before - 1] > statement.start
