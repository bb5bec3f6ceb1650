"""All names of territories as a tree of words, and which of them are also names of something else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from store.territory_names import WORD_PART, folded, names, plain_letters

# The run of letters in the middle is WORD_PART again, only quicker: most words are one.
TOKEN = re.compile(rf"{WORD_PART}(?:[^\W_\u02bb\u02bc]+|{WORD_PART}|[\u0300-\u036f])*|[&,()（）]")
# Scripts written without blanks: Han, Thai, Lao, Burmese, Khmer.
HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
KANA = re.compile("[\u3040-\u30ff]")


@dataclass(slots=True)
class Node:
    """A step in the tree of names. codes is None where no name ends; empty where a phrase that means nothing ends."""

    codes: tuple[str, ...] | None = None
    next: dict[str, Node] = field(default_factory=dict)


@dataclass(frozen=True)
class Gazetteer:
    """The tree of names written in words; han: those of scripts without blanks, with their codes in han_codes.

    Folded names apart: initials ("US"), given names and surnames (persons), states and cities of the United States
    (states, georgia), and words that name a territory only beside other territories (doubtful).
    """

    root: Node
    han: re.Pattern[str]
    han_codes: Mapping[str, tuple[str, ...]]
    initials: frozenset[str]
    persons: frozenset[str]
    states: frozenset[str]
    georgia: frozenset[str]
    doubtful: frozenset[str]


@lru_cache(maxsize=65536)
def key_of(token: str) -> str:
    """One token folded as the tree holds it; brackets are kept, they are part of "Congo (DRC)"."""
    if token in "(（":
        return "("
    if token in ")）":
        return ")"
    if token == "&":
        return "and"
    if len(token) == 1 and not token.isalnum():
        return token
    word = plain_letters(unicodedata.normalize("NFKD", token))
    return {"st": "saint", "ste": "sainte"}.get(word, word)


@lru_cache(maxsize=8)
def gazetteer(locale: str) -> Gazetteer:
    known = names(locale)
    prose = known.prose
    never = _folded_set(prose["never"])
    root, han = Node(), {}
    for name, codes in known.display.items():
        if "/" in name or _names_another_after_comma(name) or name in _CODES_ONLY:
            continue
        if HAN.search(name) or KANA.search(name):
            han[name] = codes
        else:
            _plant(root, name, codes)
    for phrase in prose["phrases"]:
        if HAN.search(phrase) or KANA.search(phrase):
            han[phrase] = ()
        else:
            _plant(root, phrase, ())
    initials, persons, states, georgia = (_folded_set(prose[key]) for key in _SETS)
    return Gazetteer(root, _han_pattern(han), han, initials, persons, states, georgia, never)


_CODES_ONLY = frozenset(("ARE", "GBR", "PRK", "KOR"))
_SETS = ("initials", "persons", "states", "georgia_us")


def _folded_set(given: tuple[str, ...]) -> frozenset[str]:
    return frozenset(folded(name) for name in given)


def _plant(root: Node, name: str, codes: tuple[str, ...]) -> None:
    node = root
    keys = [key_of(token) for token in TOKEN.findall(name)]
    while len(keys) > 1 and keys[0] in ("the", "la", "le", "les"):
        del keys[0]
    for key in keys:
        node = node.next.setdefault(key, Node())
    if node.codes is None:
        node.codes = codes


def _names_another_after_comma(name: str) -> bool:
    """ "Hong Kong, China" in a sentence may be two entries of an enumeration: only a list entry reads it as one."""
    return "," in name and folded(name.rpartition(",")[2]) in names().exact


def _han_pattern(han: Mapping[str, tuple[str, ...]]) -> re.Pattern[str]:
    """Longest first, no word boundaries; a katakana name must not stand inside a longer katakana word."""
    parts = []
    for name in sorted(han, key=len, reverse=True):
        bound = "" if HAN.search(name) else "[\u30a0-\u30ff]"
        parts.append(f"(?<!{bound}){re.escape(name)}(?!{bound})" if bound else re.escape(name))
    return re.compile("|".join(parts))
