"""Which names stand for which territories: CLDR's, our own aliases, and how a name is folded.

Names in twelve languages are always known; those of any other language that CLDR has are added where a source declares
it, and only there, so that a word of one language is no territory in another.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.core import get_global

LANGUAGES = ("en", "fr", "zh_Hans", "zh_Hant", "de", "es", "it", "pt", "ja", "ko", "ru", "ar")
FOLDER = Path(__file__).with_name("territories")

# In CLDR but not territories of ISO 3166-1: exceptional reservations, groupings, test locales. Sark (CQ) is part of GG.
_NOT_ISO = frozenset((
    "AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ",
))  # fmt: skip
# Named groups; who belongs to them when stands in territories/groups.toml.
GROUPS = frozenset(("EU", "EEA", "EFTA"))
_ARTICLES = frozenset((
    "the", "la", "le", "les", "l", "el", "los", "las", "il", "lo", "gli", "der", "die", "das",
))  # fmt: skip
_COMBINING = re.compile("[\u0300-\u036f]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufe0f\ufeff]")
# Vowel signs of Indic and Thai letters are no letters to Python, and the modifier apostrophe is one.
WORD_PART = r"(?:[^\W_\u02bb\u02bc]|[\u0900-\u0963\u0966-\u0eff])"
_WORD = re.compile(rf"{WORD_PART}+")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}(?=\W|$)|\b(?:[^\W\d_]\.)+[^\W\d_](?=\W|$)")


@dataclass(frozen=True)
class Names:
    """The gazetteer. exact: folded name -> codes. display: the same names unfolded. areas: codes below a country."""

    codes: frozenset[str]
    areas: frozenset[str]
    exact: Mapping[str, tuple[str, ...]]
    display: Mapping[str, tuple[str, ...]]
    labels: Mapping[tuple[str, str], str]
    regions: frozenset[str]
    prose: Mapping[str, tuple[str, ...]]


def folded(name: str) -> str:
    """A name without case, accents, punctuation and articles; "St." is Saint, "&" is and, "U.S." is us."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKD", name))
    text = plain_letters(text)
    text = _INITIALS.sub(lambda match: match.group().replace(".", ""), text).replace("&", " and ")
    words = [_LONG.get(word, word) for word in _WORD.findall(text)]
    while len(words) > 1 and words[0] in _ARTICLES:
        del words[0]
    if len(words) > 1 and words[-1] == "the":
        del words[-1]
    return " ".join(words)


def plain_letters(decomposed: str) -> str:
    """Lower-case letters without accents and strokes ("ł" is l, "ø" is o) of a text in NFKD."""
    text = unicodedata.normalize("NFC", _COMBINING.sub("", decomposed)).casefold()
    return text if text.isascii() else text.translate(_LETTERS)


_LONG = {"st": "saint", "ste": "sainte", "rep": "republic", "dem": "democratic", "is": "islands", "isl": "islands"}


@lru_cache(maxsize=1)
def alias_file() -> Mapping[str, Any]:
    """The hand-kept names of territories/aliases.toml."""
    return tomllib.loads((FOLDER / "aliases.toml").read_text("utf-8"))


def names(language: str | None = None) -> Names:
    """The gazetteer with a declared language's names, built on first use (about a tenth of a second each)."""
    return _names(further(language))


@lru_cache(maxsize=8)
def _names(further: str) -> Names:
    file = alias_file()
    english = cldr("en")
    codes = frozenset(c for c in english if len(c) == 2 and c.isalpha()) - _NOT_ISO | GROUPS
    languages = (further, *LANGUAGES) if further else LANGUAGES
    exact: dict[str, tuple[str, ...]] = {}
    display: dict[str, tuple[str, ...]] = {}
    for name, found in _all_names(codes, file, languages):
        exact.setdefault(folded(name), found)
        display.setdefault(name, found)
    regions = frozenset(
        folded(n) for lang in languages for c, n in cldr(lang).items() if c.isdigit() or c in ("QO", "EZ")
    )
    return Names(codes, frozenset(file["areas"]), exact, display, _labels(file), regions, file["prose"])


@lru_cache(maxsize=256)
def further(language: str | None) -> str:
    """The CLDR locale whose names a declared language adds to the twelve, or ""."""
    tag = (language or "").replace("-", "_")
    for locale in (tag, tag.partition("_")[0]):
        try:
            known = cldr(locale) if locale else {}
        except (UnknownLocaleError, ValueError):
            continue
        if known:
            return "" if any(cldr(base) == known for base in LANGUAGES) else locale
    return ""


@lru_cache(maxsize=32)
def cldr(language: str) -> Mapping[str, str]:
    """CLDR's territory names in a language; raises babel.UnknownLocaleError for a language CLDR does not have."""
    return dict(Locale.parse(language).territories)


@lru_cache(maxsize=1)
def revision() -> str:
    """Fingerprint of everything a name's meaning depends on: our files and the CLDR data in use."""
    digest = hashlib.sha256(version("babel").encode())
    for path in sorted(FOLDER.glob("*.toml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _all_names(
    codes: frozenset[str], file: Mapping[str, Any], languages: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every name, the decisive first: what several share, our aliases, areas, then CLDR by language."""
    for name, several in file["several"].items():
        yield name, tuple(several)
    for code, aliases in file["names"].items():
        for alias in aliases:
            yield alias, (code,)
    for code, by_language in file["areas"].items():
        for aliases in by_language.values():
            for alias in aliases:
                yield alias, (code,)
    for language in languages:
        for code, name in cldr(language).items():
            if code in codes and code not in GROUPS:
                yield name, (code,)
    for three, two in get_global("territory_aliases").items():
        if len(three) == 3 and three.isalpha() and len(two) == 1 and two[0] in codes and three in _ALPHA3_IN_USE:
            yield three, (two[0],)


# Three-letter codes that lists print as names; the others are left out because they are also words (AND, CAN, PER).
_ALPHA3_IN_USE = frozenset(("USA", "GBR", "ARE", "PRK", "KOR"))


def _labels(file: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    labels = {(lang, code): name for lang, by_code in file["labels"].items() for code, name in by_code.items()}
    for code, by_language in file["areas"].items():
        for lang, aliases in by_language.items():
            labels.setdefault((lang, code), aliases[0])
    return labels
