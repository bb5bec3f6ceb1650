"""Which passage of a version became which: equal, moved, changed, added or removed."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from detector.alignment import pairing
from detector.alignment.matching import matches
from detector.alignment.reflow import reflowed, scattered
from detector.encoder import Encoder
from detector.words.overlap import enumeration_end, folded
from store.values import Passage

_MARK = 12
Two = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pair:
    """Old passages that became new ones; more than one on a side where a paragraph was split or merged."""

    old: tuple[int, ...]
    new: tuple[int, ...]


@dataclass(frozen=True)
class Alignment:
    """Every passage index of both versions exactly once.

    equal and moved passages have the same folded text (case, punctuation and numbering aside); equal keep their order.
    """

    equal: tuple[tuple[int, int], ...] = ()
    moved: tuple[tuple[int, int], ...] = ()
    changed: tuple[Pair, ...] = ()
    removed: tuple[int, ...] = ()
    added: tuple[int, ...] = ()

    def renumbered(self, old: Sequence[int], new: Sequence[int]) -> Alignment:
        """The same alignment where passage i was only the i-th of the indices given."""
        return Alignment(
            tuple((old[i], new[j]) for i, j in self.equal),
            tuple((old[i], new[j]) for i, j in self.moved),
            tuple(Pair(tuple(old[i] for i in one.old), tuple(new[j] for j in one.new)) for one in self.changed),
            tuple(old[i] for i in self.removed),
            tuple(new[j] for j in self.added),
        )


@dataclass
class _Open:
    """Passages not yet aligned, by index, in order."""

    old: list[int]
    new: list[int]
    changed: list[Pair] = field(default_factory=list)

    def close(self, pairs: Sequence[Pair]) -> None:
        self.changed.extend(pairs)
        done_old = {index for pair in pairs for index in pair.old}
        done_new = {index for pair in pairs for index in pair.new}
        self.old = [index for index in self.old if index not in done_old]
        self.new = [index for index in self.new if index not in done_new]


def align(old: Sequence[Passage], new: Sequence[Passage], encoder: Encoder | None = None) -> Alignment:
    """Aligns two versions: near linear in equal passages; letters, then embeddings, only for what is left over.

    Splits and merges pair several passages with one. encoder None: alignment by letters alone.
    """
    old_keys, new_keys = _keys(old, new)
    equal = matches(old_keys, new_keys)
    rest = _Open(_others(len(old), {i for i, _ in equal}), _others(len(new), {j for _, j in equal}))
    moved = _same_elsewhere(rest, old_keys, new_keys)
    gaps = list(_gaps(rest, equal))
    old_texts = [passage.text for passage in old]
    new_texts = [passage.text for passage in new]
    for left, right in gaps:
        rest.close([Pair(*both) for both in reflowed(left, right, old_texts, new_texts)])
    for left, right in _gaps(rest, equal):
        pairs = pairing.in_gap(left, right, old_texts, new_texts)
        rest.close([Pair(*both) for both in pairing.widened(pairs, left, right, old_texts, new_texts)])
    rest.close([Pair(*both) for both in scattered(rest.old, rest.new, old_keys, new_keys)])
    rest.close([Pair((i,), (j,)) for i, j in pairing.anywhere(rest.old, rest.new, old_texts, new_texts)])
    if encoder is not None:
        rest.close([Pair((i,), (j,)) for i, j in pairing.by_meaning(rest.old, rest.new, old, new, encoder)])
    equal = _with_marks(rest, equal, old_texts, new_texts)
    changed = tuple(sorted(rest.changed, key=lambda pair: (pair.new, pair.old)))
    return Alignment(tuple(equal), tuple(sorted(moved)), changed, tuple(rest.old), tuple(rest.new))


def _keys(old: Sequence[Passage], new: Sequence[Passage]) -> tuple[list[str], list[str]]:
    """What passages are matched by: the text itself where both versions have it, else the folded text."""
    common = {passage.text for passage in old} & {passage.text for passage in new}
    left, right = (
        [one.text if one.text in common else folded(one.text) for one in passages] for passages in (old, new)
    )
    return left, right


def _others(count: int, taken: set[int]) -> list[int]:
    return [index for index in range(count) if index not in taken]


def _same_elsewhere(rest: _Open, old_keys: Sequence[str], new_keys: Sequence[str]) -> list[tuple[int, int]]:
    places: dict[str, deque[int]] = defaultdict(deque)
    for index in rest.new:
        places[new_keys[index]].append(index)
    moved = []
    for index in rest.old:
        if places[old_keys[index]]:
            moved.append((index, places[old_keys[index]].popleft()))
    gone_old, gone_new = {i for i, _ in moved}, {j for _, j in moved}
    rest.old = [index for index in rest.old if index not in gone_old]
    rest.new = [index for index in rest.new if index not in gone_new]
    return moved


def _with_marks(rest: _Open, equal: Sequence[Two], old_texts: Sequence[str], new_texts: Sequence[str]) -> list[Two]:
    """Equal pairs without those whose number or bullet became a passage of its own, or ceased to be one: they split."""
    marks_old = {index + 1 for index in rest.old if _is_mark(old_texts[index])}
    marks_new = {index + 1 for index in rest.new if _is_mark(new_texts[index])}
    kept = []
    for i, j in equal:
        if (j in marks_new) != (i in marks_old) and len(old_texts[i]) != len(new_texts[j]):
            rest.close([Pair((i,), (j - 1, j)) if j in marks_new else Pair((i - 1, i), (j,))])
        else:
            kept.append((i, j))
    return kept


def _is_mark(text: str) -> bool:
    """Whether a passage is only a number or a bullet: "7.1", "(b)", "•"."""
    return len(text) <= _MARK and (not any(map(str.isalnum, text)) or enumeration_end(f"{text} a") > len(text))


def _gaps(rest: _Open, equal: Sequence[tuple[int, int]]) -> Iterator[tuple[list[int], list[int]]]:
    """Open passages between two neighbouring equal ones, where both sides have some."""
    old, new = deque(rest.old), deque(rest.new)
    for old_end, new_end in [*equal, (float("inf"), float("inf"))]:
        left = [old.popleft() for _ in range(sum(1 for _ in _below(old, old_end)))]
        right = [new.popleft() for _ in range(sum(1 for _ in _below(new, new_end)))]
        if left and right:
            yield left, right


def _below(indices: deque[int], end: float) -> Iterator[int]:
    for index in indices:
        if index >= end:
            return
        yield index
