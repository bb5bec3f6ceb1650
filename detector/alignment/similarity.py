"""How alike two texts are, by their letters; quick for any length."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from detector.words.overlap import words

# Longer texts are compared by the words they share: letter ratios cost the product of both lengths.
_LETTERS_LIMIT = 3_000
Matrix = NDArray[np.float32]


def likeness(old: str, new: str) -> float:
    """0..1; 1 for equal texts. Order counts in short texts, only the words in long ones."""
    if max(len(old), len(new)) <= _LETTERS_LIMIT:
        return fuzz.ratio(old.casefold(), new.casefold()) / 100
    return shared_words(old, new)


def shared_words(old: str, new: str) -> float:
    """Dice coefficient of the two texts' words, 0..1."""
    left, right = (Counter(word.key for word in words(text) if not word.is_sign) for text in (old, new))
    total = left.total() + right.total()
    return 2 * (left & right).total() / total if total else 0.0


def likeness_matrix(old: Sequence[str], new: Sequence[str]) -> Matrix:
    """likeness of every old text (rows) with every new one (columns), float32 of shape (len(old), len(new))."""
    short = [text.casefold()[:_LETTERS_LIMIT] for text in old], [text.casefold()[:_LETTERS_LIMIT] for text in new]
    return np.asarray(process.cdist(*short, scorer=fuzz.ratio, dtype=np.float32) / 100, dtype=np.float32)


def best_pairs(scores: Matrix, floor: float) -> list[tuple[int, int]]:
    """Row and column pairs, best first, each row and column used once, none below floor."""
    rows, columns = np.nonzero(scores >= floor)
    order = np.argsort(-scores[rows, columns], kind="stable")
    pairs: list[tuple[int, int]] = []
    used_rows: set[int] = set()
    used_columns: set[int] = set()
    for index in order:
        row, column = int(rows[index]), int(columns[index])
        if row not in used_rows and column not in used_columns:
            used_rows.add(row)
            used_columns.add(column)
            pairs.append((row, column))
    return pairs
