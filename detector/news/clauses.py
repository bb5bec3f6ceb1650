"""Which clauses of a headline and its summary say that somebody did something, each with its deciding cue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from detector.news.actors import named
from detector.news.cues import Cue, cues, strongest
from store.happenings import Action

_SENTENCE = re.compile(r"\n|(?<=[a-zà-ÿ)\"”’])[.!?](?=\s|$)|(?<=\d\d\d)[.!?](?=\s|$)|[。！？；]|;\s")
_PART = re.compile(
    r"(?<!\d),\s|,\s(?!\d{3})|，|(?<=\w)\s?:\s|：|\s[–—-]\s"
    r"|\s(?:as|while|after|amid|following|but|whereas|despite|because|when|alors que|après|tandis que|mais|face à"
    r"|suite à|mientras|tras|pero|während|nachdem)\s|(?<=后)|(?<=後)|(?<=之际)",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause and the cue that decides what it says; the cue's offsets count in the clause's own text."""

    text: str
    cue: Cue


def clauses(text: str, language: str | None, publishers: frozenset[str] = frozenset()) -> Iterator[Clause]:
    """The clauses that hold a cue, in order. A part without one belongs to its neighbour, unless it is gapped:
    "Baidu gives 50 million each, Tencent 100 million" says of Tencent what it says of Baidu."""
    for sentence in _SENTENCE.split(text):
        yield from _of_sentence(sentence, language, publishers)


def _of_sentence(sentence: str, language: str | None, publishers: frozenset[str]) -> Iterator[Clause]:
    pending, action = "", None
    for part in _pieces(sentence):
        found = cues(part, language)
        gapped = (
            not found and action is Action.OFFER and bool(_FIGURE.search(part)) and _names_provider(part, publishers)
        )
        if pending and (gapped or (found and cues(pending, language))):
            yield from _clause(pending, language, action)
            pending = part
        else:
            pending = f"{pending}, {part}" if pending else part
        action = strongest(found).action if found else action
    if pending:
        yield from _clause(pending, language, action)


def _pieces(sentence: str) -> Iterator[str]:
    start = 0
    for match in _PART.finditer(sentence):
        if sentence[start : match.start()].strip():
            yield sentence[start : match.start()].strip()
        start = match.end()
    if sentence[start:].strip():
        yield sentence[start:].strip()


def _names_provider(part: str, publishers: frozenset[str]) -> bool:
    return any(not one.party.regulator for one in named(part, publishers))


def _clause(text: str, language: str | None, gapped: Action | None) -> Iterator[Clause]:
    found = cues(text, language)
    if found:
        yield Clause(text, strongest(found))
    elif gapped is not None:
        parties = named(text)
        end = parties[-1].end if parties else 0
        yield Clause(text, Cue(gapped, end, end))
