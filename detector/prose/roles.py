"""Whether two words changed places around a verb: "A may remove B" says something else than "B may remove A"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from detector.words.overlap import Hunk, Word, WordDifference

# Words of a role ("the data controller"); in Chinese, characters.
_LONGEST = 6
# A passage with more differing places was rewritten: nothing is told of single roles in it.
_PLACES = 12
_JOINING_WORDS = "and or nor plus with together as well et ou ni ainsi que avec 和 或 与 與 及 以 者 跟"
_JOINING = frozenset(_JOINING_WORDS.split())
_EMPTY = frozenset(["a", "an", "the", "le", "la", "les", "l", "un", "une", "des"])


def roles_swapped(difference: WordDifference) -> bool:
    """Whether a word gave way to another at one place and the other to it at a later one, with a verb between.

    Members of a list in another order and two that are joined ("A and B") are none: what stands right beside either
    is a sign or a word that joins.
    """
    if not 2 <= len(difference.hunks) <= _PLACES:
        return False
    pairs = combinations(difference.hunks, 2)
    return any(_mirrored(one, other, difference) or _turned(one, other, difference) for one, other in pairs)


def _mirrored(one: Hunk, other: Hunk, difference: WordDifference) -> bool:
    first = _sides(one, difference)
    second = _sides(other, difference)
    if not (first[0] and first[1] and first == second[::-1]):
        return False
    between = difference.old[one.old_end : other.old_start]
    return _parts(between)


def _turned(one: Hunk, other: Hunk, difference: WordDifference) -> bool:
    """The same where the first role is what both sides keep: "A [may remove B]" became "[B may remove] A"."""
    gone = [part for hunk in (one, other) for part in difference.old[hunk.old_start : hunk.old_end]]
    come = [part for hunk in (one, other) for part in difference.new[hunk.new_start : hunk.new_end]]
    sides = ((hunk.old_end > hunk.old_start, hunk.new_end > hunk.new_start) for hunk in (one, other))
    if len(gone) != len(come) or sorted(sides) != [(False, True), (True, False)]:
        return False
    old, new = [word.key for word in gone], [word.key for word in come]
    verb_first = one.old_start == one.old_end  # what the old text has after the role begins with the verb
    for at in range(1, len(old)):
        verb = gone[:at] if verb_first else gone[at:]
        role = gone[at:] if verb_first else gone[:at]
        if new == old[at:] + old[:at] and len(role) <= _LONGEST and _parts(verb):
            return True
    return False


def _parts(between: Sequence[Word]) -> bool:
    """Whether words part two roles as a verb does."""
    return bool(between) and not (_joins(between[0]) or _joins(between[-1]) or all(map(_joins, between)))


def _sides(hunk: Hunk, difference: WordDifference) -> tuple[tuple[str, ...], tuple[str, ...]]:
    old = tuple(_role(difference.old[hunk.old_start : hunk.old_end]))
    new = tuple(_role(difference.new[hunk.new_start : hunk.new_end]))
    return (old, new) if max(len(old), len(new)) <= _LONGEST else ((), ())


def _role(tokens: Sequence[Word]) -> Iterator[str]:
    return (word.key for word in tokens if not word.is_sign and word.key not in _EMPTY)


def _joins(word: Word) -> bool:
    return word.is_sign or word.key in _JOINING
