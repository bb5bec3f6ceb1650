"""Which words and turns of phrase say the same: groups in English, French and Chinese, each group one meaning.

The groups stand in synonyms_<language>.toml. Words that may be told apart in terms ("fees" and "charges", "terminate"
and "expire", "parent" and "guardian") share none.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from importlib.resources import files

from detector.words.french import french_stem
from detector.words.overlap import Word, words
from detector.words.stems import stem

Meaning = tuple[str, int, int]
Phrases = dict[str, dict[tuple[str, ...], str]]
_STEMS: dict[str, Callable[[str], str]] = {"en": stem, "fr": french_stem, "zh": str}


def word_stem(word: str, french: bool) -> str:
    """A word without its endings, as a French or as an English one."""
    return french_stem(word) if french else stem(word)


@lru_cache(maxsize=2)
def _phrases(language: str) -> Phrases:
    """By the stem of their first word: the stems of each turn of phrase and what it means ("" for nothing)."""
    found: Phrases = {}
    for one in (language, "zh"):
        for names, silent in _groups(one):
            meaning = "" if silent else " ".join(_stems(names[0], one))
            for stems in (_stems(name, one) for name in names):
                found.setdefault(stems[0], {}).setdefault(stems, meaning)
    return {first: dict(sorted(group.items(), key=lambda one: -len(one[0]))) for first, group in found.items()}


def _groups(language: str) -> Iterator[tuple[list[str], bool]]:
    """The names of each group, and whether it says nothing."""
    table = tomllib.loads(files("detector.words").joinpath(f"synonyms_{language}.toml").read_text("utf-8"))
    for kind in ("silent", "same"):
        for line in table[kind]:
            yield [name.strip() for name in line.split("|")], kind == "silent"


def _stems(name: str, language: str) -> tuple[str, ...]:
    return tuple(_STEMS[language](word.key) for word in words(name) if not word.is_sign)


def meanings(tokens: Sequence[Word], french: bool = False) -> Iterator[Meaning]:
    """(meaning, first, last + 1) of every word and turn of phrase of a text; signs are passed over.

    The longest turn of phrase wins. A word of no group means its own stem; a phrase that says nothing means "".
    """
    known = _phrases("fr" if french else "en")
    places = [place for place, word in enumerate(tokens) if not word.is_sign]
    stems = [word_stem(tokens[place].key, french) for place in places]
    at = 0
    while at < len(stems):
        length, meaning = _longest(stems, at, known)
        yield meaning, places[at], places[at + length - 1] + 1
        at += length


def _longest(stems: Sequence[str], at: int, known: Phrases) -> tuple[int, str]:
    for phrase, meaning in known.get(stems[at], {}).items():
        if tuple(stems[at : at + len(phrase)]) == phrase:
            return len(phrase), meaning
    return 1, stems[at]
