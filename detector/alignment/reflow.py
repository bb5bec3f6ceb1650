"""Where paragraphs were split, merged or cut anew: the same words under other paragraph borders."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from detector.alignment.matching import matches
from detector.words.overlap import words

Runs = tuple[tuple[int, ...], tuple[int, ...]]
# Share of a group's words that must stand on both sides, and of each passage's words within its group. An edit beside
# the new border is allowed; a sentence that was written anew stays a passage of its own.
_GROUP = 0.8
_PASSAGE = 0.6
# Two passages belong together when they share this many words in order, and this share of the shorter one.
_LINK = 0.5
_WORDS = 60_000


def reflowed(
    left: Sequence[int], right: Sequence[int], old_texts: Sequence[str], new_texts: Sequence[str]
) -> list[Runs]:
    """Groups of passages (indices, of which the gap's are given) that are one text under other borders.

    At least one side of a group has several passages. The words and signs of the gap are matched in order, near linear
    in their number, so that splits, merges and both at once are seen, and small edits within them do not hide them.
    """
    if not left or not right or len(left) + len(right) < 3:
        return []
    old, new = _Side.of(left, old_texts), _Side.of(right, new_texts)
    if len(old.words) + len(new.words) > _WORDS:
        return []
    shared: Counter[tuple[int, int]] = Counter((old.owner[i], new.owner[j]) for i, j in matches(old.words, new.words))
    return [run for run in _groups(shared, old, new) if _holds(run, shared, old, new)]


def scattered(
    left: Sequence[int], right: Sequence[int], old_keys: Sequence[str], new_keys: Sequence[str]
) -> list[Runs]:
    """Passages that were split or merged and moved at once: folded texts that concatenate to exactly the same."""
    return [*_one_to_many(left, right, old_keys, new_keys)] + [
        (old, new) for new, old in _one_to_many(right, left, new_keys, old_keys)
    ]


@dataclass
class _Side:
    """The words of a gap's passages one after the other; owner: the passage of each word; size: words by passage."""

    words: list[str] = field(default_factory=list)
    owner: list[int] = field(default_factory=list)
    size: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, indices: Sequence[int], texts: Sequence[str]) -> _Side:
        side = cls()
        for index in indices:
            keys = [word.key for word in words(texts[index])]
            side.words += keys
            side.owner += [index] * len(keys)
            side.size[index] = len(keys)
        return side


def _groups(shared: Counter[tuple[int, int]], old: _Side, new: _Side) -> Iterator[Runs]:
    """Connected passages, in order; a new heading may stand between the halves of a paragraph."""
    links: dict[int, list[int]] = defaultdict(list)
    for (i, j), count in sorted(shared.items()):
        if count >= _LINK * min(old.size[i], new.size[j]):
            links[j].append(i)
    waiting: list[tuple[set[int], set[int]]] = []
    for j in sorted(links):
        if waiting and waiting[-1][0].intersection(links[j]):
            waiting[-1][0].update(links[j])
            waiting[-1][1].add(j)
        else:
            waiting.append((set(links[j]), {j}))
    for olds, news in waiting:
        if len(olds) + len(news) > 2:
            yield tuple(sorted(olds)), tuple(sorted(news))


def _holds(run: Runs, shared: Counter[tuple[int, int]], old: _Side, new: _Side) -> bool:
    olds, news = run
    by_old = {i: sum(shared[i, j] for j in news) for i in olds}
    by_new = {j: sum(shared[i, j] for i in olds) for j in news}
    total = sum(old.size[i] for i in olds) + sum(new.size[j] for j in news)
    return (
        2 * sum(by_old.values()) >= _GROUP * total
        and all(count >= _PASSAGE * old.size[i] for i, count in by_old.items())
        and all(count >= _PASSAGE * new.size[j] for j, count in by_new.items())
    )


def _one_to_many(
    ones: Sequence[int], many: Sequence[int], one_keys: Sequence[str], many_keys: Sequence[str]
) -> Iterator[Runs]:
    starts: dict[str, list[int]] = {}
    for place, index in enumerate(many):
        starts.setdefault(many_keys[index][:12], []).append(place)
    used: set[int] = set()
    for one in ones:
        whole = one_keys[one]
        for place in starts.get(whole[:12], []):
            run = _run(whole, many, place, many_keys)
            if len(run) > 1 and not used.intersection(run):
                used.update(run)
                yield (one,), run
                break


def _run(whole: str, many: Sequence[int], place: int, keys: Sequence[str]) -> tuple[int, ...]:
    """The neighbouring passages from place on that together are the whole text; empty when they are not."""
    at, first = 0, place
    while place < len(many) and at < len(whole) and many[place] - many[first] == place - first:
        key = keys[many[place]]
        if not whole.startswith(key, at):
            return ()
        at += len(key) + 1
        place += 1
    return tuple(many[first:place]) if at == len(whole) + 1 else ()
