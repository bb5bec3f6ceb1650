"""Whether two versions are versions of one text at all: another page, another language, nothing left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from detector.align import Alignment, Pair
from detector.chrome import says_error
from detector.similarity import shared_words
from detector.vocabulary import content_stems
from detector.words import words
from store.values import Passage

# Share of the longer version's words that a version must keep to be an edit of the other.
_KEPT = 0.12
_ENOUGH_WORDS = 150
_SHARED_BY_CHANCE = 0.3
# Share of the smaller vocabulary found in the larger; a text rewritten from scratch keeps its subject.
_SAME_SUBJECT = 0.35
_COMMON = {
    "en": "the of and to in that is for with you are this",
    "fr": "le la les des et est que vous pour dans une sur",
    "de": "der die und das ist nicht sie mit für den ein von",
    "es": "el los las que para una por con del es usted sus",
    "pt": "os para uma com não que você por dos em seu ou",
    "it": "il di che per gli non con una della sono dei si",
}
_OF_WORD = {language: frozenset(common.split()) for language, common in _COMMON.items()}
_HAN = re.compile(r"[\u4e00-\u9fff]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_HANGUL = re.compile(r"[\uac00-\ud7af]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_SAMPLE = 20_000


def fault(old: Sequence[Passage], new: Sequence[Passage], alignment: Alignment) -> str | None:
    """Why the two are no two versions of one text, in words; None when they are.

    Short texts (under 150 words on both sides) are never doubted: a notice of two lines may be replaced.
    """
    before, after = _count(old, range(len(old))), _count(new, range(len(new)))
    if not before or not after:
        return _empty(before, after)
    if max(before, after) < _ENOUGH_WORDS:
        return None
    spoken = language(passage.text for passage in old), language(passage.text for passage in new)
    kept = _kept(old, new, alignment) / max(before, after)
    if kept < 0.5 and None not in spoken and spoken[0] != spoken[1]:
        return f"the language switched from {spoken[0]} to {spoken[1]}"
    if _says_error(old) != _says_error(new):
        return f"one of the two versions says that its page could not be shown; they share {kept:.0%} of their words"
    if kept >= _KEPT:
        return None
    if after < before * _KEPT:
        return f"the text shrank from {before} to {after} words"
    if before < after * _KEPT:
        return f"the text grew from {before} to {after} words"
    common = _common_vocabulary(old, new)
    if common >= _SAME_SUBJECT:
        return None
    return f"the two texts share {kept:.0%} of their words and {common:.0%} of their vocabulary: another page"


def _says_error(passages: Sequence[Passage]) -> bool:
    return any(says_error(passage.text) for passage in passages)


def _common_vocabulary(old: Sequence[Passage], new: Sequence[Passage]) -> float:
    left, right = ({s for one in passages for s in content_stems(words(one.text))} for passages in (old, new))
    return len(left & right) / min(len(left), len(right)) if left and right else 0.0


def language(texts: Iterable[str]) -> str | None:
    """The language a text is written in by its script and commonest words; None when that does not show."""
    sample = ""
    for text in texts:
        sample += " " + text
        if len(sample) > _SAMPLE:
            break
    scripts = (("ja", _KANA, 0.05), ("zh", _HAN, 0.2), ("ko", _HANGUL, 0.2), ("ru", _CYRILLIC, 0.3))
    letters = sum(1 for letter in sample if letter.isalpha())
    for name, script, share in scripts:
        if letters and len(script.findall(sample)) / letters > share:
            return name
    spoken = [word.key for word in words(sample)]
    counts = {name: sum(1 for word in spoken if word in common) for name, common in _OF_WORD.items()}
    best, second = sorted(counts, key=counts.__getitem__, reverse=True)[:2]
    return best if counts[best] > 20 and counts[best] > 1.5 * counts[second] else None


def _empty(before: int, after: int) -> str | None:
    if not before and not after:
        return None
    return "the old version has no text" if not before else "the new version has no text"


def _kept(old: Sequence[Passage], new: Sequence[Passage], alignment: Alignment) -> float:
    indices = [j for _, j in (*alignment.equal, *alignment.moved)]
    changed = sum(_kept_of(old, new, pair) for pair in alignment.changed)
    return _count(new, indices) + changed


def _kept_of(old: Sequence[Passage], new: Sequence[Passage], pair: Pair) -> float:
    """The words of a changed pair that its sides share beyond what any two texts of one language share."""
    left = " ".join(old[index].text for index in pair.old)
    right = " ".join(new[index].text for index in pair.new)
    shared = shared_words(left, right)
    return max(0.0, shared - _SHARED_BY_CHANCE) / (1 - _SHARED_BY_CHANCE) * _count(new, pair.new)


def _count(passages: Sequence[Passage], indices: Iterable[int]) -> int:
    return sum(len(words(passages[index].text)) for index in indices)
