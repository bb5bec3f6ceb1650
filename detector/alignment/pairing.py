"""Which of the passages left over belong together: by letters near each other, then anywhere, then by meaning."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from detector.alignment.similarity import Matrix, best_pairs, likeness, likeness_matrix, shared_words
from detector.encoder import Encoder
from detector.words.overlap import CJK, words
from detector.words.vocabulary import shared_meaning
from store.values import Passage

# Letter ratios; measured on revisions of provider terms: unrelated clauses of one agreement stay below 0.5.
_NEAR = 0.52
_ONLY_NEIGHBOUR = 0.4
_SHORT = 0.7
# Any two sentences of one language share letters; below this ratio they must share words as well.
_SURE = 0.6
_SHARED = 0.3
_ANYWHERE = 0.75
_HALF = 0.5
_ENDS = (".", "!", "?", ";", "。", "！", "？", "；")
_SHORT_LENGTH = 25
# A Chinese or Japanese character says about as much as this many letters.
_CJK_WIDTH = 4
_CJK = re.compile(rf"[{CJK}]")
# Cosine of all-MiniLM-L6-v2: unrelated English sentences reach 0.23, paraphrases begin at 0.80 (dependencies, 3).
_MEANING = 0.72
_CELLS = 1_000_000
_EMBEDDED = 150
_RAREST = 6
_HOLDERS = 30
Two = tuple[int, int]
Runs = tuple[tuple[int, ...], tuple[int, ...]]


def in_gap(left: Sequence[int], right: Sequence[int], old: Sequence[str], new: Sequence[str]) -> list[Two]:
    """Pairs among passages that stand between the same two equal neighbours."""
    if len(left) * len(right) > _CELLS:
        return []
    scores = _scores(left, right, old, new)
    alone = len(left) == len(right) == 1
    floor = _ONLY_NEIGHBOUR if alone else _NEAR
    pairs = [(left[row], right[column], scores[row, column]) for row, column in best_pairs(scores, floor)]
    found = [(i, j) for i, j, score in pairs if score >= _SURE or shared_words(old[i], new[j]) >= _SHARED]
    return [(left[0], right[0])] if alone and not found and _say_alike(old[left[0]], new[right[0]]) else found


def _say_alike(old: str, new: str) -> bool:
    """Whether two sentences that face each other alone say half the same, in whatever order and forms."""
    both = old.rstrip().endswith(_ENDS) and new.rstrip().endswith(_ENDS)
    return both and shared_meaning(old, new) >= _HALF


def _width(text: str) -> int:
    """About how many letters a text would have in a script of letters."""
    return len(text) + (_CJK_WIDTH - 1) * len(_CJK.findall(text))


def anywhere(left: Sequence[int], right: Sequence[int], old: Sequence[str], new: Sequence[str]) -> list[Two]:
    """Pairs of leftovers of the whole text that are alike enough to be one passage that moved and changed."""
    if not left or not right:
        return []
    if len(left) * len(right) <= _CELLS:
        return [(left[row], right[column]) for row, column in best_pairs(_scores(left, right, old, new), _ANYWHERE)]
    return _among_candidates(left, right, old, new)


def _among_candidates(left: Sequence[int], right: Sequence[int], old: Sequence[str], new: Sequence[str]) -> list[Two]:
    """The same where every pair cannot be asked: only those that share one of the old passage's rarest words."""
    holders: dict[str, list[int]] = defaultdict(list)
    for index in right:
        for key in {word.key for word in words(new[index])}:
            holders[key].append(index)
    scored = []
    for index in left:
        keys = sorted({word.key for word in words(old[index])} & holders.keys(), key=lambda key: len(holders[key]))
        candidates = {other for key in keys[:_RAREST] if len(holders[key]) <= _HOLDERS for other in holders[key]}
        if candidates and len(old[index]) >= _SHORT_LENGTH:
            score, best = max((likeness(old[index], new[other]), -other) for other in candidates)
            scored.append((-score, index, -best))
    pairs: list[Two] = []
    taken: set[int] = set()
    for negative, index, other in sorted(scored):
        if -negative >= _ANYWHERE and other not in taken:
            taken.add(other)
            pairs.append((index, other))
    return pairs


def by_meaning(
    left: Sequence[int], right: Sequence[int], old: Sequence[Passage], new: Sequence[Passage], encoder: Encoder
) -> list[Two]:
    """Pairs of leftovers that say alike in other words. Headings and scraps of four words or fewer are not asked."""
    rows = [index for index in left if len(words(old[index].text)) > 4][:_EMBEDDED]
    columns = [index for index in right if len(words(new[index].text)) > 4][:_EMBEDDED]
    if not rows or not columns:
        return []
    vectors = (
        encoder.encode([old[index].text for index in rows]),
        encoder.encode([new[index].text for index in columns]),
    )
    scores = np.asarray(vectors[0] @ vectors[1].T, dtype=np.float32)
    return [(rows[row], columns[column]) for row, column in best_pairs(scores, _MEANING)]


def widened(
    pairs: Sequence[Two], left: Sequence[int], right: Sequence[int], old: Sequence[str], new: Sequence[str]
) -> list[Runs]:
    """Pairs with the unpaired neighbours that make them more alike: an edited paragraph that was split or merged."""
    free_old = set(left) - {i for i, _ in pairs}
    free_new = set(right) - {j for _, j in pairs}
    runs: list[Runs] = []
    for one, other in pairs:
        olds: tuple[int, ...] = (one,)
        news = _grown(old[one], (other,), free_new, new)
        if len(news) == 1:
            olds = _grown(new[other], olds, free_old, old)
        runs.append((olds, news))
    return runs


def _grown(target: str, run: tuple[int, ...], free: set[int], texts: Sequence[str]) -> tuple[int, ...]:
    score = likeness(target, _joined(run, texts))
    growing = True
    while growing:
        growing = False
        for candidate in ((*run, run[-1] + 1), (run[0] - 1, *run)):
            added = candidate[-1] if candidate[:-1] == run else candidate[0]
            if added not in free:
                continue
            better = likeness(target, _joined(candidate, texts))
            if better > score + 0.03:
                run, score, growing = candidate, better, True
                free.discard(added)
                break
    return run


def _joined(run: Sequence[int], texts: Sequence[str]) -> str:
    return " ".join(texts[index] for index in run)


def _scores(left: Sequence[int], right: Sequence[int], old: Sequence[str], new: Sequence[str]) -> Matrix:
    """Likeness, lowered to zero for short texts that are not nearly the same: "Japan" is not an edited "Jordan"."""
    scores = likeness_matrix([old[index] for index in left], [new[index] for index in right])
    for row, index in enumerate(left):
        if _width(old[index]) < _SHORT_LENGTH:
            scores[row, scores[row] < _SHORT] = 0
    for column, index in enumerate(right):
        if _width(new[index]) < _SHORT_LENGTH:
            scores[scores[:, column] < _SHORT, column] = 0
    return scores
