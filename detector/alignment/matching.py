"""Which elements of two sequences are the same, in order: near linear, whatever the sequences."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher

Pair = tuple[int, int]
# difflib is the most readable and quadratic; above this many cells the k-th occurrence is matched with the k-th.
_DIFFLIB_CELLS = 160_000


def matches(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Pair]:
    """Index pairs (i, j) with old[i] == new[j], both strictly increasing.

    Common ends first, then elements that are unique on both sides (patience), then difflib in what is left between.
    """
    found: list[Pair] = []
    waiting = [(0, len(old), 0, len(new))]
    while waiting:
        left, old_end, right, new_end = waiting.pop()
        left, old_end, right, new_end = _trimmed(old, new, (left, old_end, right, new_end), found)
        if left == old_end or right == new_end:
            continue
        cells = (old_end - left) * (new_end - right)
        if cells <= _DIFFLIB_CELLS:
            found.extend(_by_difflib(old, new, (left, old_end, right, new_end)))
            continue
        anchors = _anchors(old, new, (left, old_end, right, new_end))
        found.extend(anchors)
        waiting.extend(_gaps(anchors, (left, old_end, right, new_end)))
    return sorted(found)


def _trimmed(
    old: Sequence[Hashable], new: Sequence[Hashable], window: tuple[int, int, int, int], found: list[Pair]
) -> tuple[int, int, int, int]:
    left, old_end, right, new_end = window
    while left < old_end and right < new_end and old[left] == new[right]:
        found.append((left, right))
        left, right = left + 1, right + 1
    while left < old_end and right < new_end and old[old_end - 1] == new[new_end - 1]:
        old_end, new_end = old_end - 1, new_end - 1
        found.append((old_end, new_end))
    return left, old_end, right, new_end


def _by_difflib(old: Sequence[Hashable], new: Sequence[Hashable], window: tuple[int, int, int, int]) -> Iterator[Pair]:
    left, old_end, right, new_end = window
    matcher = SequenceMatcher(None, old[left:old_end], new[right:new_end], autojunk=False)
    for block in matcher.get_matching_blocks():
        for step in range(block.size):
            yield left + block.a + step, right + block.b + step


def _anchors(old: Sequence[Hashable], new: Sequence[Hashable], window: tuple[int, int, int, int]) -> list[Pair]:
    pairs = _same_occurrence(old, new, window, unique_only=True)
    if not pairs:
        pairs = _same_occurrence(old, new, window, unique_only=False)
    return _longest_increasing(pairs)


def _same_occurrence(
    old: Sequence[Hashable], new: Sequence[Hashable], window: tuple[int, int, int, int], *, unique_only: bool
) -> list[Pair]:
    left, old_end, right, new_end = window
    old_counts = Counter(old[left:old_end])
    new_counts = Counter(new[right:new_end])
    places: dict[tuple[Hashable, int], int] = {}
    seen: Counter[Hashable] = Counter()
    for index in range(right, new_end):
        places[new[index], seen[new[index]]] = index
        seen[new[index]] += 1
    seen.clear()
    pairs = []
    for index in range(left, old_end):
        value = old[index]
        place = places.get((value, seen[value]))
        seen[value] += 1
        if place is not None and not (unique_only and (old_counts[value] > 1 or new_counts[value] > 1)):
            pairs.append((index, place))
    return pairs


def _longest_increasing(pairs: Sequence[Pair]) -> list[Pair]:
    """The longest chain of pairs (sorted by old index) whose new indices increase too."""
    tails: list[int] = []
    tail_at: list[int] = []
    before: list[int] = []
    for index, (_, place) in enumerate(pairs):
        height = bisect_left(tails, place)
        before.append(tail_at[height - 1] if height else -1)
        if height == len(tails):
            tails.append(place)
            tail_at.append(index)
        else:
            tails[height], tail_at[height] = place, index
    chain = []
    at = tail_at[-1] if tail_at else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]


def _gaps(anchors: Sequence[Pair], window: tuple[int, int, int, int]) -> Iterator[tuple[int, int, int, int]]:
    left, old_end, right, new_end = window
    if not anchors:
        return
    for old, new in [*anchors, (old_end, new_end)]:
        if old > left and new > right:
            yield left, old, right, new
        left, right = old + 1, new + 1
