"""Whether two texts are the same words in the same order, however they are marked up and cut into passages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from detector.prose.stamps import is_stamp
from detector.words.overlap import KEPT_SIGNS, words
from store.values import Passage

# A bare day, or one from which something holds, may be what a sentence states; one of the text's own editing is not.
_TOUCHED = re.compile(
    r"\b(?:updated|modified|revised|published|posted|effective date|last (?:change|review))\b"
    r"|\bmise? à jour\b|更新|修订|发布"
)
_STAMP = 60  # characters: a longer difference is no stamp
_GLUED = 0.05  # share of the characters that blanks and borders of cells may be which one reading lost


def same_words(old: Sequence[Passage], new: Sequence[Passage]) -> bool:
    """Whether every word, number and unit sign follows the same ones on both sides; case and punctuation are nothing.

    Passages that are equal at both ends cancel out and the rest is read up to the first word that differs, so that the
    answer costs little where it is no. Words that a reading glued to each other ("Identifiers.A name") are the same.
    One date stamp may stand on one side only: alone in a passage it is left out when a page is read, merged into a
    paragraph it is not. Two texts without words are not the same.
    """
    start = _equal_ahead(old, new)
    end = _equal_ahead(old[start:][::-1], new[start:][::-1])
    left, right = old[start : len(old) - end], new[start : len(new) - end]
    if not left and not right:
        return bool(old)
    if all(one == other for one, other in zip_longest(_keys(left), _keys(right))):
        return any(_keys(old))
    if abs(_length(left) - _length(right)) > max(_STAMP, _GLUED * _length(left)):
        return False
    before, after = list(_keys(left)), list(_keys(right))
    return "".join(before) == "".join(after) or _only_a_stamp(before, after)


def _only_a_stamp(left: Sequence[str], right: Sequence[str]) -> bool:
    """Whether what one side has more, at one place, is a date stamp."""
    if abs(len(left) - len(right)) > _STAMP:
        return False
    short, long = sorted((left, right), key=len)
    ahead = next((at for at, (one, other) in enumerate(zip(short, long, strict=False)) if one != other), len(short))
    more = len(long) - len(short)
    extra = " ".join(long[ahead : ahead + more])
    same = bool(short) and short[ahead:] == long[ahead + more :]
    return same and is_stamp(extra) and bool(_TOUCHED.search(extra))


def _length(passages: Sequence[Passage]) -> int:
    return sum(len(passage.text) + 1 for passage in passages)


def _equal_ahead(old: Sequence[Passage], new: Sequence[Passage]) -> int:
    count = 0
    for one, other in zip(old, new, strict=False):
        if one.text != other.text:
            break
        count += 1
    return count


def _keys(passages: Sequence[Passage]) -> Iterator[str]:
    for passage in passages:
        for word in words(passage.text):
            if not word.is_sign or word.key in KEPT_SIGNS:
                yield word.key
