"""Where a statement stands: its sentence, and whether that sentence stands in the other version too."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from detector.words.overlap import folded, sentences

_END = re.compile(r"[.!?;](?=\s)|[。！？；]")
_WINDOW = 400


def sentence_around(text: str, start: int, end: int) -> str:
    """The sentence that holds characters [start, end), at most 400 characters to either side."""
    low, high = max(0, start - _WINDOW), min(len(text), end + _WINDOW)
    before = [match.end() for match in _END.finditer(text, low, start)]
    after = _END.search(text, end, high)
    return text[before[-1] if before else low : after.end() if after else high].strip()


class Sentences:
    """The folded sentences of a version, to tell a sentence that moved from one that came or went."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = texts

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(folded(sentence) for text in self._texts for sentence in sentences(text))

    def __contains__(self, sentence: str) -> bool:
        return folded(sentence) in self._known

    def hold_all(self, text: str) -> bool:
        """Whether every sentence of a text of more than one word stands here as well, in whatever order."""
        parts = sentences(text)
        return bool(parts) and all(part in self for part in parts)
