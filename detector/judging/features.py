"""A comparison as numbers: what the learned judge reads beside the findings' own rules."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from detector.prose.chrome import is_chrome, is_link_line
from detector.prose.findings import Prose
from detector.prose.stamps import is_stamp
from detector.words.overlap import Word, words
from detector.words.vocabulary import content_stems
from store.values import Finding, FindingKind, Passage, PassageKind, Severity

K = FindingKind
# Passages from either end of a text that count as its edge: headers, footers, navigation.
_EDGE = 3
# Findings whose texts are read for their words; a text with more changes is no doubtful case.
_READ = 60
_CLAUSES = frozenset({K.TEXT_ADDED, K.TEXT_REMOVED, K.REWORDED})
_NAMED = frozenset({K.PARTY_CHANGED, K.SCOPE_CHANGED, K.NUMBER_CHANGED})

# In the order of learned.json: what each number says, for the reasons of a judgement.
NAMES: Mapping[str, str] = {
    "medium": "findings of medium severity or above",
    "low": "findings of low severity",
    "named": "names, figures and words of reach that changed",
    "reworded": "passages reworded without effect",
    "lone": "passages without weight that came or went",
    "links": "link targets that changed",
    "clause": "content words in the longest clause that came or went",
    "gained": "content words that the old text did not have there",
    "lost": "content words that the new text does not have there",
    "shared": "share of the changed passages' words that stand on both sides",
    "changed": "share of the text that differs",
    "growth": "growth or loss of the whole text",
    "stamp": "date stamp renewed",
    "furniture": "share of findings in page furniture, headings and scraps",
    "edge": "share of findings at the top or the foot of the page",
    "proper": "capitalised words that came or went inside sentences",
    "foreign": "share of findings in another script than the text",
}


@dataclass(frozen=True)
class Reading:
    """A compared text and what was found in it; every figure is computed from what differs, never from the page."""

    prose: Prose
    findings: Sequence[Finding]

    @cached_property
    def values(self) -> Mapping[str, float]:
        """One float for each of NAMES. Counts are log(1 + n), shares 0..1."""
        mattering = [one for one in self.findings if one.severity.rank >= Severity.LOW.rank]
        counts = self._counts(mattering)
        return counts | self._vocabulary() | self._places(mattering)

    @property
    def words_differ(self) -> bool:
        """Whether the passages that differ hold other words, not only the same ones in another order."""
        return sorted(self._keys[0]) != sorted(self._keys[1])

    def _counts(self, mattering: Sequence[Finding]) -> dict[str, float]:
        idle = [one for one in self.findings if one.severity is Severity.INFO]
        lengths = [len(content_stems(words(_text(one)))) for one in mattering[:_READ] if one.kind in _CLAUSES]
        return {
            "medium": _log(sum(1 for one in mattering if one.severity.rank >= Severity.MEDIUM.rank)),
            "low": _log(sum(1 for one in mattering if one.severity is Severity.LOW)),
            "named": _log(sum(1 for one in mattering if one.kind in _NAMED)),
            "reworded": _log(sum(1 for one in idle if one.kind is K.REWORDED)),
            "lone": _log(sum(1 for one in idle if one.kind in (K.TEXT_ADDED, K.TEXT_REMOVED))),
            "links": _log(sum(1 for one in idle if one.kind is K.LINK_CHANGED)),
            "clause": _log(max(lengths, default=0)),
            "stamp": float(any(one.kind is K.DATE_CHANGED or is_stamp(_text(one)) for one in idle[:_READ])),
            "proper": _log(sum(_capitals(one) for one in idle[:_READ] if one.kind is K.REWORDED)),
        }

    def _vocabulary(self) -> dict[str, float]:
        left, right = (content_stems(one) for one in self._words)
        before, after = self._sizes
        rest = max(len(self._words[0]), len(self._words[1]))
        return {
            "gained": _log(len(right - left)),
            "lost": _log(len(left - right)),
            "shared": len(left & right) / len(left | right) if left | right else 1.0,
            "changed": rest / max(before, after, 1),
            "growth": abs(math.log((after + 50) / (before + 50))),
        }

    def _places(self, mattering: Sequence[Finding]) -> dict[str, float]:
        places = [place for one in mattering[:_READ] for place in self._held(one)]
        of = max(1, len(places))
        return {
            "furniture": sum(_is_furniture(passages[at]) for passages, at in places) / of,
            "edge": sum(at < _EDGE or at >= len(passages) - _EDGE for passages, at in places) / of,
            "foreign": sum(_is_foreign(passages[at].text) != self._foreign for passages, at in places) / of,
        }

    def _held(self, finding: Finding) -> Iterator[tuple[Sequence[Passage], int]]:
        for span, passages in ((finding.old_span, self.prose.old), (finding.new_span, self.prose.new)):
            if span is not None:
                yield passages, span.passage

    @cached_property
    def _foreign(self) -> bool:
        return _is_foreign(" ".join(passage.text for passage in self.prose.new[:40])[:4000])

    @cached_property
    def _words(self) -> tuple[list[Word], list[Word]]:
        alignment = self.prose.alignment
        left = [*alignment.removed, *(index for pair in alignment.changed for index in pair.old)]
        right = [*alignment.added, *(index for pair in alignment.changed for index in pair.new)]
        return _read(self.prose.old, left), _read(self.prose.new, right)

    @property
    def _keys(self) -> tuple[list[str], list[str]]:
        left, right = self._words
        return [one.key for one in left if not one.is_sign], [one.key for one in right if not one.is_sign]

    @property
    def _sizes(self) -> tuple[int, int]:
        """About how many words both texts have."""
        before, after = (sum(len(one.text) for one in side) // 6 for side in (self.prose.old, self.prose.new))
        return max(before, len(self._words[0])), max(after, len(self._words[1]))


def _read(passages: Sequence[Passage], indices: Iterable[int]) -> list[Word]:
    return [word for index in indices for word in words(passages[index].text)]


def _log(count: float) -> float:
    return math.log1p(count)


def _text(finding: Finding) -> str:
    spans = (finding.old_span, finding.new_span)
    return " ".join(span.text for span in spans if span is not None)


def _capitals(finding: Finding) -> int:
    """Words with a capital that one side of a rewording has and the other has in no form."""
    old, new = ((span.text if span else "") for span in (finding.old_span, finding.new_span))
    known = {word.key for word in words(old)} & {word.key for word in words(new)}
    return sum(1 for side in (old, new) for word in words(side) if side[word.start].isupper() and word.key not in known)


def _is_furniture(passage: Passage) -> bool:
    if passage.kind is PassageKind.HEADING or is_chrome(passage.text) or is_link_line(passage):
        return True
    return len(passage.text.split()) <= 4 and passage.kind is PassageKind.PARAGRAPH and passage.text.isascii()


def _is_foreign(text: str) -> bool:
    """Whether the letters of a text are mostly outside the Latin script."""
    letters = [letter for letter in text if letter.isalpha()]
    return bool(letters) and sum(1 for letter in letters if ord(letter) > 0x24F) > len(letters) / 2
