"""Where the expressions of a table match a text: each is tried only at the words it can begin with."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache

from detector.statements.openings import Opening, lowered, openings

_WORD = re.compile(r"\w+")
_REMEMBERED = 8_192
Match = re.Match[str]


# One text is searched by every table in turn.
@lru_cache(maxsize=2)
def _words(text: str) -> tuple[tuple[int, str], ...]:
    return tuple((match.start(), match.group()) for match in _WORD.finditer(text))


class Search:
    """Expressions that are looked for together, in one walk over the words of a text."""

    def __init__(self, expressions: Sequence[re.Pattern[str]]) -> None:
        self._expressions = tuple(expressions)
        known = [openings(expression) for expression in expressions]
        self._anywhere = [row for row, found in enumerate(known) if found is None]
        self._rows: dict[Opening, list[int]] = defaultdict(list)
        for row, found in enumerate(known):
            for opening in found or ():
                self._rows[opening].append(row)
        self._lengths = sorted({len(opening.letters) for opening in self._rows})
        self._places = lru_cache(maxsize=_REMEMBERED)(self._places_in)

    def matches(self, text: str) -> list[tuple[int, Match]]:
        """The matches that finditer gives for each expression, with the expression's row; by row, then in order."""
        found: list[list[Match]] = [[] for _ in self._expressions]
        for row in self._anywhere:
            found[row].extend(self._expressions[row].finditer(text))
        for start, word in _words(text):
            for offset, row in self._places(word):
                self._try(text, start + offset, row, found[row])
        return [(row, match) for row, matches in enumerate(found) for match in matches]

    def _try(self, text: str, at: int, row: int, found: list[Match]) -> None:
        if not found or found[-1].end() <= at:
            match = self._expressions[row].match(text, at)
            if match is not None:
                found.append(match)

    def _places_in(self, word: str) -> tuple[tuple[int, int], ...]:
        """The places in a word, as offsets, at which the expression of a row may begin."""
        return tuple(self._openings_of(lowered(word)))

    def _openings_of(self, word: str) -> Iterator[tuple[int, int]]:
        for at, letter in enumerate(word):
            if at and letter.isascii():
                continue
            rows = {row for opening in self._standing(word, at) for row in self._rows.get(opening, ())}
            yield from ((at, row) for row in sorted(rows))

    def _standing(self, word: str, at: int) -> Iterator[Opening]:
        """The openings with which an expression could begin at a place in a word."""
        for length in self._lengths:
            letters = word[at : at + length]
            if len(letters) == length:
                yield Opening(letters)
                if at == 0:
                    yield Opening(letters, at_word=True)
                    if length == len(word):
                        yield Opening(letters, at_word=True, whole=True)
