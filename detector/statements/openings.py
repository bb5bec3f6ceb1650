"""With which letters a match of an expression can begin, so that it is tried only where these stand.

Python tries an expression at every character. Most of ours can begin only with a few words; a walk over the words of
a text finds these places at a small part of the cost. What follows is read from the parsed expression; where that is
not understood the answer is None and the whole text must be searched.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

# Longer openings tell hardly more words apart.
_ENOUGH = 12
_MOST = 2_000
# "[0-9]" is ten openings, "[a-z]" says nothing worth knowing.
_WIDEST = 10
# The letters that ignoring case takes for i and s beside their capitals.
_TWINS = str.maketrans({"\u0131": "i", "\u017f": "s"})
Items = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Opening:
    """The first letters of a match, lower-case. at_word: only at the beginning of a word; whole: the word ends there.

    A word is a run of what expressions call word characters.
    """

    letters: str
    at_word: bool = False
    whole: bool = False


class _NotUnderstood(Exception):
    """The expression can begin with anything, or with something this module does not read."""


def openings(expression: re.Pattern[str]) -> frozenset[Opening] | None:
    """The openings of all matches of an expression; None when these are not known.

    A match of the expression begins with one of them, in whatever case. None as well where an opening of plain
    letters could stand in the middle of a word: a walk over words would not meet it there.
    """
    try:
        tree = importlib.import_module("re._parser").parse(expression.pattern, expression.flags & ~re.DEBUG)
        found = frozenset(_first(list(tree), at_word=False))
    except (ImportError, AttributeError, _NotUnderstood):
        return None
    loose = any(not one.at_word and one.letters[0].isascii() for one in found)
    return None if loose or len(found) > _MOST else found


def lowered(text: str) -> str:
    """A text in lower case with as many characters as it has, letters folded as an expression ignoring case does."""
    plain = text.lower()
    if len(plain) != len(text):
        plain = "".join(letter.lower()[0] for letter in text)
    return plain if plain.isascii() else plain.translate(_TWINS)


def _first(items: Items, *, at_word: bool) -> Iterator[Opening]:
    """The openings of a sequence of parsed items before which nothing stands."""
    if not items:
        raise _NotUnderstood
    (name, given), rest = items[0], items[1:]
    kind = str(name)
    if kind in ("SUBPATTERN", "BRANCH"):
        for one in _inside(kind, given):
            yield from _first([*one, *rest], at_word=at_word)
    elif kind in ("MAX_REPEAT", "MIN_REPEAT"):
        for one in ([*given[2], *rest], rest)[: 1 if given[0] else 2]:
            yield from _first(one, at_word=at_word)
    elif kind in ("AT", "ASSERT", "ASSERT_NOT"):
        yield from _first(rest, at_word=at_word or _asks_border(kind, given, -1))
    else:
        for letter in _letters(kind, given):
            yield from _further(rest, Opening(letter, at_word))


def _further(items: Items, known: Opening) -> Iterator[Opening]:
    """The openings of a sequence of parsed items behind the letters that are known."""
    if not items or len(known.letters) >= _ENOUGH:
        yield known
        return
    (name, given), rest = items[0], items[1:]
    kind = str(name)
    if kind in ("SUBPATTERN", "BRANCH"):
        for one in _inside(kind, given):
            yield from _further([*one, *rest], known)
    elif kind in ("MAX_REPEAT", "MIN_REPEAT") and given[1] == 1 and given[0] == 0:
        yield from _further([*given[2], *rest], known)
        yield from _further(rest, known)
    elif kind == "LITERAL" and _is_letter(given):
        yield from _further(rest, replace(known, letters=known.letters + lowered(chr(given))))
    elif kind == "LITERAL" or _asks_border(kind, given, 1):
        yield replace(known, whole=known.at_word)
    elif kind in ("ASSERT", "ASSERT_NOT"):
        yield from _further(rest, known)
    else:
        yield known


def _inside(kind: str, given: Any) -> Items:
    """What a group holds, or each branch of an alternative."""
    return [given[3]] if kind == "SUBPATTERN" else list(given[1])


def _letters(kind: str, given: Any) -> Iterator[str]:
    """The letters that a literal or a set of few characters stands for."""
    members = given if kind == "IN" else [(kind, given)]
    for name, said in members:
        first, last = said if str(name) == "RANGE" else (said, said)
        if str(name) not in ("LITERAL", "RANGE") or last - first >= _WIDEST:
            raise _NotUnderstood
        for code in range(first, last + 1):
            if not _is_letter(code):
                raise _NotUnderstood
            yield lowered(chr(code))


def _is_letter(code: int) -> bool:
    return chr(code).isalnum() or chr(code) == "_"


def _asks_border(kind: str, given: Any, direction: int) -> bool:
    r"""Whether an assertion beside a letter holds only where a word begins (-1) or ends (1): \b, or no \w there."""
    if kind == "AT":
        return str(given) == "AT_BOUNDARY"
    if kind != "ASSERT_NOT" or given[0] != direction or len(given[1]) != 1:
        return False
    inner, members = given[1][0]
    listed = [(str(one), str(said)) for one, said in members] if str(inner) == "IN" else []
    return ("CATEGORY", "CATEGORY_WORD") in listed and listed[0][0] != "NEGATE"
