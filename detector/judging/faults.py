"""Whether two versions are versions of one text at all: another page, another language, nothing left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from detector.alignment.align import Alignment, Pair
from detector.alignment.similarity import shared_words
from detector.judging.editions import another_title, other_documents, other_edition
from detector.prose.chrome import says_error
from detector.words.overlap import words
from detector.words.vocabulary import content_stems
from store.values import Passage

# Share of the longer version's words that a version must keep to be an edit of the other.
_KEPT = 0.12
_ENOUGH_WORDS = 150
_SHARED_BY_CHANCE = 0.3
# A page of which no passage is left, with another title and this share of the words, is another page.
_MUCH_LESS = 0.25
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
_LOGOGRAM = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_SAMPLE = 20_000
_HALF = 0.5
# Share of such words: median 0.15 in the labelled terms (development pairs), at most 0.04 in manuals.
_AGREED_SHARE = 0.06
_AGREED_SHARE_HAN = 0.03
_AGREED_WORDS = """
you your we our us may must shall will not agreement terms policy service services privacy data party parties use
rights consent liability vous votre vos nous nos peut doit pouvez devez conditions accord contrat données droits
sie ihre ihr wir unsere dürfen müssen vereinbarung nutzungsbedingungen daten rechte
"""
_AGREED = frozenset(_AGREED_WORDS.split())
_AGREED_HAN = re.compile(r"您|你方|我们|不得|应当|必须|可以|条款|协议|服务|个人信息|责任")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why two versions are doubted. replaced: both are agreements in one language, so the whole text may be new."""

    reason: str
    replaced: bool = False


def fault(old: Sequence[Passage], new: Sequence[Passage], alignment: Alignment) -> Fault | None:
    """Why the two are no two versions of one text; None when they are.

    Short texts (under 150 words on both sides) are never doubted: a notice of two lines may be replaced. What most of
    a text keeps is not read again: the cost grows with what differs.
    """
    rest_old, rest_new = _rest(old, new, alignment)
    same = sum(_size(new[j].text) for _, j in (*alignment.equal, *alignment.moved))
    before = same + sum(_size(one.text) for one in rest_old)
    after = same + sum(_size(one.text) for one in rest_new)
    if not before or not after:
        reason = _empty(before, after)
        return Fault(reason) if reason else None
    if max(before, after) < _ENOUGH_WORDS:
        return None
    kept = (same + sum(_kept_of(old, new, pair) for pair in alignment.changed)) / max(before, after)
    if kept < _HALF and (reason := _switched(old, new)) is not None:
        return Fault(reason)
    if _says_error(rest_old) != _says_error(rest_new):
        return Fault(
            f"one of the two versions says that its page could not be shown; they share {kept:.0%} of the words"
        )
    other = other_edition(old, new, alignment) or other_documents(old, new, alignment)
    if other is not None:
        return Fault(other)
    if not same and min(before, after) < _MUCH_LESS * max(before, after) and another_title(old, new):
        return Fault(f"another page under another title: {before} words gave way to {after}")
    return None if kept >= _KEPT else _strangers(old, new, (before, after), kept)


def _strangers(old: Sequence[Passage], new: Sequence[Passage], sizes: tuple[int, int], kept: float) -> Fault | None:
    """The fault of two texts that hardly share a passage; a text rewritten from scratch keeps its vocabulary: none."""
    before, after = sizes
    if after < before * _KEPT:
        return Fault(f"the text shrank from {before} to {after} words")
    if before < after * _KEPT:
        return Fault(f"the text grew from {before} to {after} words")
    common = _common_vocabulary(old, new)
    if common >= _SAME_SUBJECT:
        return None
    shares = f"the two texts share {kept:.0%} of their words and {common:.0%} of their vocabulary"
    if _agrees(old) and _agrees(new):
        return Fault(f"the whole text was replaced by another one: {shares}", replaced=True)
    return Fault(f"{shares}: another page")


def _rest(old: Sequence[Passage], new: Sequence[Passage], alignment: Alignment) -> tuple[list[Passage], list[Passage]]:
    """The passages that are not the same on both sides."""
    left = [*alignment.removed, *(index for pair in alignment.changed for index in pair.old)]
    right = [*alignment.added, *(index for pair in alignment.changed for index in pair.new)]
    return [old[index] for index in left], [new[index] for index in right]


def _switched(old: Sequence[Passage], new: Sequence[Passage]) -> str | None:
    spoken = language(passage.text for passage in old), language(passage.text for passage in new)
    if None in spoken or spoken[0] == spoken[1]:
        return None
    return f"the language switched from {spoken[0]} to {spoken[1]}"


def _agrees(passages: Sequence[Passage]) -> bool:
    """Whether a text speaks as an agreement does: who may, must and shall do what with services, data and rights."""
    text = " ".join(passage.text for passage in passages)[:_SAMPLE]
    if len(_HAN.findall(text)) > len(text) / 5:
        return len(_AGREED_HAN.findall(text)) >= _AGREED_SHARE_HAN * len(text)
    spoken = [word.key for word in words(text) if not word.is_sign]
    return sum(1 for word in spoken if word in _AGREED) >= _AGREED_SHARE * len(spoken)


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


def _kept_of(old: Sequence[Passage], new: Sequence[Passage], pair: Pair) -> float:
    """The words of a changed pair that its sides share beyond what any two texts of one language share."""
    left = " ".join(old[index].text for index in pair.old)
    right = " ".join(new[index].text for index in pair.new)
    shared = shared_words(left, right)
    return (
        max(0.0, shared - _SHARED_BY_CHANCE)
        / (1 - _SHARED_BY_CHANCE)
        * sum(_size(new[index].text) for index in pair.new)
    )


def _size(text: str) -> int:
    """About how many words a text has: those between spaces, or its Han and Kana letters when these are more."""
    spaced = text.count(" ") + 1 if text.strip() else 0
    return spaced if text.isascii() else max(spaced, len(_LOGOGRAM.findall(text)))
