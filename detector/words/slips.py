"""Which differing words are slips of the pen: "recieve" for "receive" says nothing else than "receive" did."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from rapidfuzz.distance import OSA

from detector.words.overlap import Word, WordDifference

# Shorter words are each other's neighbours too often: "fee" is not a mistyped "free".
_SHORTEST = 4
# From this many letters on any one letter may have slipped, before only the ways a hand slips are believed.
_LONG = 7
_MIDDLE = 5
_TWO_SLIPS = 10
_ENDINGS = ("s", "es", "d", "ed", "ing", "ly", "er", "ers", "e", "ent")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


@dataclass(frozen=True, slots=True)
class Slip:
    """A word of the old text and the word of the new one that stands for it, one of them mistyped."""

    old: Word
    new: Word
    old_is_wrong: bool


@lru_cache(maxsize=1)
def _dictionary() -> frozenset[str]:
    """English words that several of 44 providers use in their terms, and common French ones: none is mistyped."""
    folder = files("detector.words")
    return frozenset(
        word for name in ("english.txt", "french.txt") for word in folder.joinpath(name).read_text("utf-8").split()
    )


@lru_cache(maxsize=20_000)
def _is_known(word: str) -> bool:
    """Whether the dictionary holds a word, also without a regular ending."""
    if word in _dictionary():
        return True
    bases = [word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending)]
    return any(
        base in _dictionary() or f"{base}e" in _dictionary()
        for base in bases
        if len(base) >= _SHORTEST and base[-1] != "s"
    )


def slips(difference: WordDifference) -> list[Slip]:
    """The slips among words that took each other's place one by one; two words that both texts hold are two words."""
    found: list[Slip] = []
    both = {word.key for word in difference.old} & {word.key for word in difference.new}
    for hunk in difference.hunks:
        left = [word for word in difference.old[hunk.old_start : hunk.old_end] if not word.is_sign]
        right = [word for word in difference.new[hunk.new_start : hunk.new_end] if not word.is_sign]
        if len(left) == len(right):
            found.extend(
                Slip(old, new, _is_odd(old.key, new.key))
                for old, new in zip(left, right, strict=True)
                if is_slip(old.key, new.key) and not {old.key, new.key} <= both
            )
    return found


def _is_odd(word: str, other: str) -> bool:
    return not _is_known(word) and (_is_known(other) or len(word) < len(other))


@lru_cache(maxsize=20_000)
def is_slip(old: str, new: str) -> bool:
    """Whether one of two case-folded words is the other mistyped.

    When the dictionary knows exactly one of them, the other is one slip away from it. Both known: two words. None
    known: only letters that changed places, or a doubled or swallowed letter in a long word.
    """
    if old == new or not (old.isalpha() and new.isalpha()) or max(len(old), len(new)) < _SHORTEST - 1:
        return False
    distance = OSA.distance(old, new, score_cutoff=2)
    known = _is_known(old) + _is_known(new)
    if known == 2 or distance > 2 or (distance == 2 and (known != 1 or min(len(old), len(new)) < _TWO_SLIPS)):
        return False
    if distance == 2:
        return old[0] == new[0]
    if sorted(old) == sorted(new):
        return known == 1 or len(old) > _MIDDLE
    if max(len(old), len(new)) < _SHORTEST:
        return False
    if len(old) != len(new):
        shorter, longer = sorted((old, new), key=len)
        return _swallowed(shorter, longer, known)
    if old[0] != new[0]:
        return False
    if _are_neighbours(old, new):
        return known == 1 or len(old) > _MIDDLE
    return known == 1 and len(old) >= _LONG


def is_slip_of_name(old: str, new: str) -> bool:
    """Whether two names of five letters or more differ by a letter too many inside them, or by two that changed places.

    No dictionary knows names: whoever asks must know one of the two as the right one.
    """
    close = min(len(old), len(new)) >= _MIDDLE and old.isalpha() and new.isalpha() and OSA.distance(old, new) == 1
    ends_agree = old[:1] == new[:1] and old[-1:] == new[-1:]
    return close and ends_agree and (len(old) != len(new) or sorted(old) == sorted(new))


def _swallowed(shorter: str, longer: str, known: int) -> bool:
    """A letter too many or too few; at either end, where endings and prefixes stand, only too few of a known word."""
    at = next((place for place, letter in enumerate(shorter) if longer[place] != letter), len(shorter))
    doubled = at > 0 and longer[at] == longer[at - 1]
    if at in (0, len(shorter)) and not doubled:
        return known == 1 and _is_known(longer)
    return len(longer) >= (_MIDDLE if known else _LONG)


def _are_neighbours(old: str, new: str) -> bool:
    left, right = next((one, other) for one, other in zip(old, new, strict=True) if one != other)
    row = next((row for row in _ROWS if left in row), "")
    return right in row and bool(row) and abs(row.index(left) - row.index(right)) == 1


@dataclass(frozen=True)
class Repaired:
    """A text with its mistyped words put right; starts and shifts say where its characters stood."""

    text: str
    starts: tuple[int, ...] = ()
    shifts: tuple[int, ...] = ()

    def place(self, start: int, end: int) -> tuple[int, int]:
        """The characters of the text as it was for characters [start, end) of the text put right."""
        low = max(0, start + self._shift(start))
        return low, max(low, end + self._shift(end))

    def _shift(self, position: int) -> int:
        index = bisect_right(self.starts, position) - 1
        return self.shifts[index] if index >= 0 else 0


def repaired(text: str, fixes: Sequence[tuple[Word, Word]]) -> Repaired:
    """A text with wrong words replaced by right ones (pairs wrong, right; in reading order)."""
    pieces: list[str] = []
    starts: list[int] = []
    shifts: list[int] = []
    at = length = 0
    for wrong, right in fixes:
        pieces += [text[at : wrong.start], right.key if text[wrong.start].islower() else right.key.capitalize()]
        length += wrong.start - at + len(right.key)
        at = wrong.end
        starts.append(length)
        shifts.append(at - length)
    return Repaired("".join([*pieces, text[at:]]), tuple(starts), tuple(shifts))
