"""Does a change of words start what a reader fears? The topics and their patterns are in topics.toml.

Direction counts: that training on the customers' data starts is grave, that it ends is not.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from detector.words.overlap import sentences
from store.values import Finding, FindingKind, Passage, Severity

_FILE = Path(__file__).with_name("topics.toml")


@dataclass(frozen=True)
class Topic:
    """One subject of sentences; how a sentence denies it, forbids it to the reader instead or means others' data."""

    about: re.Pattern[str]
    data: re.Pattern[str]
    own: re.Pattern[str]
    denies: re.Pattern[str]
    theirs: re.Pattern[str]
    others: re.Pattern[str]

    def starts(self, old: str, new: str) -> bool:
        """Whether the new text says that it is done and the old one did not, or an old denial went without another."""
        return bool(self.starting(old, new))

    def starting(self, old: str, new: str) -> frozenset[str]:
        """The sentences that make it start: those of the new text that say so first, or the denials that went."""
        if not self.about.search(old) and not self.about.search(new):
            return frozenset()
        before, after = self._said(old), self._said(new)
        begun = after[True] if not before[True] else frozenset[str]()
        return begun | (before[False] if not after[False] else frozenset[str]())

    def _said(self, text: str) -> dict[bool, frozenset[str]]:
        """True: the sentences that say that it is done; False: those that say that it is not."""
        said = {one: _saying(self, one) for one in sentences(text)}
        return {done: frozenset(one for one, saying in said.items() if saying is done) for done in (True, False)}

    def saying(self, sentence: str) -> bool | None:
        """Whether a sentence says that it is done (True) or that it is not (False); None where it says neither."""
        if not self._is_about(sentence) or self.theirs.search(sentence):
            return None
        if not self._is_denied(sentence):
            return True
        return False if self.data.search(sentence) else None

    def _is_about(self, sentence: str) -> bool:
        if self.others.search(sentence):
            return False
        return bool(self.own.search(sentence) or (self.about.search(sentence) and self.data.search(sentence)))

    def _is_denied(self, sentence: str) -> bool:
        """A "not" behind the verb is a condition: "we train on it if you did not opt out"."""
        verb, denial = self.about.search(sentence), self.denies.search(sentence)
        return bool(verb and denial and denial.start() < verb.start())


@lru_cache(maxsize=16_384)
def _saying(topic: Topic, sentence: str) -> bool | None:
    """Topic.saying, kept: most sentences of a version stand in the next one too."""
    return topic.saying(sentence)


def _read() -> dict[str, Topic]:
    found = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {
        name: Topic(**{key: re.compile("|".join(parts), re.IGNORECASE) for key, parts in row.items()})
        for name, row in found.items()
    }


_TOPICS = _read()
TRAINING = _TOPICS["training"]
# A name or a link in such a sentence starts nothing; the words around it do.
_NAMES = frozenset({FindingKind.PARTY_CHANGED, FindingKind.LINK_CHANGED, FindingKind.MOVED})


def with_topics(findings: Sequence[Finding], old: Sequence[Passage], new: Sequence[Passage]) -> list[Finding]:
    """The findings, those that matter and stand in a sentence that makes training on customers' data start as high.

    The whole versions are read: what the old one said elsewhere does not start.
    """
    starting = TRAINING.starting(*("\n\n".join(one.text for one in passages) for passages in (old, new)))
    if not starting:
        return list(findings)
    return [replace(one, severity=Severity.HIGH) if _stands_in(one, starting) else one for one in findings]


def _stands_in(finding: Finding, sentences: frozenset[str]) -> bool:
    if finding.kind in _NAMES or not Severity.LOW.rank <= finding.severity.rank < Severity.HIGH.rank:
        return False
    said = [span.text for span in (finding.old_span, finding.new_span) if span]
    return any(sentence in text or (text and text in sentence) for text in said for sentence in sentences)
