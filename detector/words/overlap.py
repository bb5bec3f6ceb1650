"""Which words of one text stand in another, and where the two differ."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from detector.alignment.matching import matches
from detector.prose.chrome import chrome_spans
from detector.words.addresses import MAIL, plain_mail

CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(
    rf"{MAIL}|\d+(?:[.,]\d+)*|[{CJK}]|[^\W\d_{CJK}]+(?:['’ʼ](?:s|t|re|ve|ll|m|d)\b)?|[^\w\s]|_",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"[\[({<]")
_ENUMERATION = re.compile(
    # Asterisks are the bold type of a heading that a page shows as text.
    r"^(?:\*{1,3}\s?)?(?:(?:section|article|clause|§+)\s*)?"
    r"(?:\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-z]|[ivxlc]{1,5})[.)]|\d{1,3}(?:\.\d{1,3})+|§+\s*\d+(?:\.\d+)*)\s+(?=\S)"
    # "1.1.“Contents” means": the blank was lost.
    r"|^\d{1,3}(?:\.\d{1,3}){0,4}\.(?=[\"“‘(]?(?-i:[A-ZÀ-Þ][a-zà-ÿ]))"
    # Chinese sets no blank behind a clause number; what a unit follows is an amount ("3.5万元").
    rf"|^\d{{1,3}}(?:\.\d{{1,3}}){{2,}}\.?(?=[{CJK}])"
    rf"|^\d{{1,3}}\.\d{{1,3}}(?=[{CJK}])(?![百千万萬亿億元美欧港年岁歲月日天周週星小时時分秒个個倍次人名项項份件家度公米版])"
    rf"|^(?:\d{{1,3}}[.、．]|[（(][一二三四五六七八九十]{{1,3}}[）)]|[一二三四五六七八九十]{{1,3}}、)(?=[{CJK}])",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?;:])\s+(?=[^\sa-z])|(?<=[。！？；])")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "«": '"', "»": '"', "\u00ad": None})
KEPT_SIGNS = frozenset("%‰$€£¥<>≤≥=+&")


@dataclass(frozen=True, slots=True)
class Word:
    """One token of a text with its character offsets [start, end); key is what it is compared by."""

    key: str
    start: int
    end: int

    @property
    def is_sign(self) -> bool:
        return not self.key.isalnum() and not any(letter.isalnum() for letter in self.key)


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[Word, ...]:
    """The tokens of a text: words, numbers, addresses, single CJK characters, single signs; no page furniture."""
    found = (Word(_key(match.group()), match.start(), match.end()) for match in _TOKEN.finditer(text))
    skipped = chrome_spans(text)
    if not skipped:
        return tuple(found)
    return tuple(word for word in found if not any(low <= word.start < high for low, high in skipped))


def _key(token: str) -> str:
    """What a token is compared by."""
    return (plain_mail(token) if _BRACKET.search(token) else token).translate(_QUOTES).casefold()


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """A text without what carries no meaning: case, quotes, dashes, full stops, spacing and a leading number.

    Texts with the same folding differ only in typography or numbering. A text that folds to nothing stands for itself.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    body = plain[enumeration_end(plain) :]
    kept = [word.key for word in words(body) if not word.is_sign or word.key in KEPT_SIGNS]
    return " ".join(kept) or plain


def enumeration_end(text: str) -> int:
    """Where a leading clause number ("7.1 ", "(b) ", "§ 3 ") ends; 0 when there is none."""
    match = _ENUMERATION.match(text)
    return match.end() if match else 0


def sentences(text: str) -> list[str]:
    """The sentences of a text, roughly: cut after full stops, semicolons and colons before a capital."""
    return [piece for piece in (part.strip() for part in _SENTENCE_END.split(text)) if piece]


@dataclass(frozen=True, slots=True)
class Hunk:
    """A place where two texts differ: word ranges [old_start, old_end) and [new_start, new_end), one may be empty."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


@dataclass(frozen=True)
class WordDifference:
    """Two texts word by word. hunks are in order, do not touch, and cover every word that differs."""

    old: tuple[Word, ...]
    new: tuple[Word, ...]
    hunks: tuple[Hunk, ...]

    def image(self, start: int, end: int) -> tuple[int, int]:
        """The word range of the new text that stands where the old words [start, end) stood."""
        first, last = self._place(start), self._place(end - 1)
        low = first.new_start if isinstance(first, Hunk) else first
        high = last.new_end if isinstance(last, Hunk) else last + 1
        return low, max(low, high)

    def windows(self, around: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """Character ranges of the old and of the new text that hold all hunks and as many equal words around them."""
        joined: list[Hunk] = []
        for hunk in self.hunks:
            if joined and hunk.old_start - joined[-1].old_end <= 2 * around:
                hunk = Hunk(joined[-1].old_start, hunk.old_end, joined[-1].new_start, hunk.new_end)
                joined.pop()
            joined.append(hunk)
        old = [_characters(self.old, one.old_start - around, one.old_end + around) for one in joined]
        new = [_characters(self.new, one.new_start - around, one.new_end + around) for one in joined]
        return old, new

    def _place(self, position: int) -> Hunk | int:
        index = bisect_right(self._starts, position) - 1
        if index < 0:
            return position
        hunk = self.hunks[index]
        return hunk if position < hunk.old_end else position + hunk.new_end - hunk.old_end

    @cached_property
    def _starts(self) -> list[int]:
        return [hunk.old_start for hunk in self.hunks]


def _characters(tokens: Sequence[Word], first: int, last: int) -> tuple[int, int]:
    inside = tokens[max(0, first) : max(0, last)]
    return (inside[0].start, inside[-1].end) if inside else (0, 0)


def word_difference(old: str, new: str) -> WordDifference:
    """Where two texts differ, word by word; case and quote glyphs are not differences."""
    left, right = words(old), words(new)
    pairs = matches([word.key for word in left], [word.key for word in right])
    return WordDifference(left, right, tuple(_hunks(pairs, len(left), len(right))))


def _hunks(pairs: Sequence[tuple[int, int]], old_count: int, new_count: int) -> list[Hunk]:
    hunks: list[Hunk] = []
    old_at = new_at = 0
    for old, new in [*pairs, (old_count, new_count)]:
        if old > old_at or new > new_at:
            hunks.append(Hunk(old_at, old, new_at, new))
        old_at, new_at = old + 1, new + 1
    return hunks


def word_range(tokens: Sequence[Word], start: int, end: int) -> tuple[int, int]:
    """The words that overlap characters [start, end)."""
    first = bisect_right(tokens, start, key=lambda word: word.end)
    last = bisect_left(tokens, end, key=lambda word: word.start)
    return first, max(first, last)
