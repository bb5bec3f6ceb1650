"""Smallest real changes are heard and edits that change nothing are not: a sample of the seeded edits, floors by class.

The whole table is made by benchmarks/flips.py.
"""

from __future__ import annotations

import importlib
from types import ModuleType

import pytest

COUNT = 30
SEED = 20
FLIP_FLOOR = {"en": 1.0, "fr": 0.98, "zh": 0.98}
REWRITE_CEILING = 0.05
CLASSES = ("not", "may/must", "number", "date", "party", "except", "list member")
QUIET = ("typo", "punctuation", "format", "renumbering", "paraphrase")


@pytest.fixture(scope="module")
def flips() -> ModuleType:
    return importlib.import_module("benchmarks.flips")


@pytest.fixture(scope="module")
def rewrites() -> ModuleType:
    return importlib.import_module("benchmarks.rewrites")


@pytest.mark.parametrize("language", ["en", "fr", "zh"])
@pytest.mark.parametrize("kind", CLASSES)
def test_flips_are_substantive(flips, language, kind):
    row = flips.scored(language, kind, flips.flips(language, kind, COUNT, SEED), wanted=True)
    assert row.flagged >= FLIP_FLOOR[language] * row.count, row.wrong


@pytest.mark.parametrize("language", ["en", "fr", "zh"])
@pytest.mark.parametrize("kind", QUIET)
def test_rewrites_are_not_substantive(flips, rewrites, language, kind):
    row = flips.scored(language, kind, rewrites.rewrites(language, kind, COUNT, SEED), wanted=False)
    assert row.flagged <= REWRITE_CEILING * row.count, row.wrong


def test_the_same_seed_writes_the_same(flips):
    first, second = (list(flips.flips("fr", "party", 20, 7)) for _ in range(2))
    assert first == second
    assert first != list(flips.flips("fr", "party", 20, 8))


def test_every_flip_differs(flips):
    for kind in CLASSES:
        assert all(edit.old != edit.new for edit in flips.flips("zh", kind, 20, 3))
