"""Which words carry content: what two texts say in words beyond duties, amounts, days, places and names."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from detector.words.french import is_french
from detector.words.overlap import Word, words
from detector.words.stems import stem
from detector.words.synonyms import meanings

_STOP_WORDS = """
a about above according accordance after all also although an and any applicable are as at available be because been
before being below between both but by can could did do does doing down due during e each eg either etc every example
following for from further g had has have having he her here hereby herein hereof hereunder his how however i ie if in
include includes including into is it its itself just like may means must my no nor not of off on one only onto or
other others our ours out over own per please prior related relating relevant respect same set shall she should so
some such than that the their theirs them then there thereof these they this those through thus to together too under
until up upon us various very via was we were what when where whether which while who whom whose why will with within
without would you your yours s t re ve ll m d st nd rd th er l c j qu n ainsi alors comme donc dont entre lors tout
toute tous toutes si leurs même plus aussi sans sous vers chez selon au aux avec ce ces cette dans de des du elle en
est et il ils la le les leur leurs mais ne nos notre nous ou par pas pour qu que qui sa se ses son sont sur un une vos
votre vous y à été être
的 了 和 与 及 或 在 是 有 为 以 对 将 由 从 向 其 您 我 们 你 他 她 它 这 那 之 等 并 而 于 所 中 上 下
也 都 就 个
"""
_STOP = frozenset(_STOP_WORDS.split())
_SHORTENED = re.compile(r"(?:'(?:ll|ve|re|m|d|s|t)|n't)$")
_ENDINGS = frozenset(["st", "nd", "rd", "th", "er", "e"])


@dataclass(frozen=True, slots=True)
class Term:
    """A word or turn of phrase that carries content: what it means, and the words [first, last) that say it."""

    meaning: str
    first: int
    last: int


def content_stems(tokens: Iterable[Word]) -> set[str]:
    """The stems of the words that carry content; numbers and signs carry none here."""
    return {stem(word.key) for word in tokens if is_content(word)}


def terms(tokens: Sequence[Word], french: bool = False) -> Iterator[Term]:
    """What a text says term by term; a figure counts only where it is part of a word ("3D", "GPT4").

    french: read as a French text, else as an English one; Chinese is read in both.
    """
    glued = _glued(tokens)
    for meaning, first, last in meanings(tokens, french):
        if last - first > 1 or is_content(tokens[first]):
            if meaning:
                yield Term(glued.get(first, meaning), first, last)
        elif first in glued:
            yield Term(glued[first], first, last)


def shared_meaning(old: str, new: str) -> float:
    """Dice coefficient of what two texts say in words, whatever the order and the forms, 0..1."""
    left, right = words(old), words(new)
    french = is_french(word.key for word in (*left, *right))
    said, says = ({term.meaning for term in terms(side, french)} for side in (left, right))
    return 2 * len(said & says) / (len(said) + len(says)) if said or says else 0.0


def _glued(tokens: Sequence[Word]) -> dict[int, str]:
    """By place: figures and letters that stand without a space between them, as one term each."""
    found = {}
    for place, (left, right) in enumerate(itertools.pairwise(tokens)):
        if left.end != right.start or not (left.key + right.key).isascii():
            continue
        counts = left.key[0].isdigit() and right.key.isalpha() and right.key not in _ENDINGS
        if counts or (left.key.isalpha() and right.key[0].isdigit()):
            found[place] = f"{left.key}{right.key}"
    return found


def is_content(word: Word) -> bool:
    """Whether a word carries content; "we'll" carries no more than "we will"."""
    plain = _SHORTENED.sub("", word.key)
    return plain not in _STOP and any(letter.isalpha() for letter in plain)
