"""Alignment holds every passage exactly once, whatever the texts."""

from __future__ import annotations

import itertools
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from detector.alignment.align import Alignment, align
from detector.alignment.matching import matches
from detector.words.overlap import folded, word_difference
from store.values import Passage, PassageKind

_LINE = st.text(st.sampled_from("ab .1不可"), max_size=8)
_LINES = st.lists(_LINE, max_size=12)


def _passages(texts: list[str]) -> list[Passage]:
    return [Passage(PassageKind.PARAGRAPH, text) for text in texts]


def _sides(found: Alignment) -> tuple[list[int], list[int]]:
    old = [i for i, _ in (*found.equal, *found.moved)] + [i for pair in found.changed for i in pair.old]
    new = [j for _, j in (*found.equal, *found.moved)] + [j for pair in found.changed for j in pair.new]
    return sorted(old + list(found.removed)), sorted(new + list(found.added))


@given(_LINES, _LINES)
@settings(max_examples=150, deadline=None)
def test_every_passage_is_aligned_once(old, new):
    found = align(_passages(old), _passages(new))
    assert _sides(found) == (list(range(len(old))), list(range(len(new))))
    for i, j in (*found.equal, *found.moved):
        assert folded(old[i]) == folded(new[j])
    assert list(found.equal) == sorted(found.equal)
    assert [j for _, j in found.equal] == sorted(j for _, j in found.equal)


@given(_LINES)
@settings(max_examples=60, deadline=None)
def test_a_text_equals_itself(lines):
    found = align(_passages(lines), _passages(lines))
    assert found == Alignment(equal=tuple((index, index) for index in range(len(lines))))


@given(st.lists(_LINE, max_size=15), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_a_reordered_text_only_moves(lines, chance):
    shuffled = lines[:]
    chance.shuffle(shuffled)
    found = align(_passages(lines), _passages(shuffled))
    assert not (found.changed)
    assert not (found.removed)
    assert not (found.added)


@given(st.lists(st.integers(0, 5), max_size=30), st.lists(st.integers(0, 5), max_size=30))
@settings(max_examples=150, deadline=None)
def test_matches_are_increasing_and_equal(old, new):
    pairs = matches(old, new)
    assert all(old[i] == new[j] for i, j in pairs)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in itertools.pairwise(pairs))


def test_five_thousand_reordered_passages_only_move():
    texts = [f"Clause number {index} about subject {index * 7 % 5000}." for index in range(5000)]
    shuffled = texts[:]
    random.Random(4).shuffle(shuffled)
    found = align(_passages(texts), _passages(shuffled))
    assert len(found.equal) + len(found.moved) == 5000
    assert not (found.changed)
    assert not (found.removed)
    assert not (found.added)


def test_repeated_passages_beyond_the_quadratic_limit_keep_their_order():
    old = ["yes", "no"] * 600
    new = ["no", *old, "maybe"]
    pairs = matches(old, new)
    assert len(pairs) >= 1199


def test_one_edit_among_equal_neighbours_is_a_pair():
    old = ["first clause stands", "users may leave at any time", "last clause stands"]
    new = ["first clause stands", "users must leave at any time", "last clause stands"]
    found = align(_passages(old), _passages(new))
    assert [(pair.old, pair.new) for pair in found.changed] == [((1,), (1,))]


def test_names_in_a_list_are_not_edits_of_each_other():
    found = align(_passages(["Japan"]), _passages(["Jordan"]))
    assert (found.removed, found.added) == ((0,), (0,))


@given(st.text(st.sampled_from("ab c1.不可"), max_size=25), st.text(st.sampled_from("ab c1.不可"), max_size=25))
@settings(max_examples=150, deadline=None)
def test_hunks_cover_every_word_that_differs(old, new):
    difference = word_difference(old, new)
    left, right, at_old, at_new = [], [], 0, 0
    for hunk in difference.hunks:
        left += [word.key for word in difference.old[at_old : hunk.old_start]]
        right += [word.key for word in difference.new[at_new : hunk.new_start]]
        at_old, at_new = hunk.old_end, hunk.new_end
    assert left + [w.key for w in difference.old[at_old:]] == right + [w.key for w in difference.new[at_new:]]
