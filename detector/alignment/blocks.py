"""One or several passages read as one text, and back: places in the text as spans of the passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from store.values import Passage, Span

_JOINT = " "


@dataclass(frozen=True)
class Block:
    """Passages of one version by index, in order; several where a paragraph was split or merged."""

    passages: Sequence[Passage]
    indices: tuple[int, ...]

    @cached_property
    def text(self) -> str:
        return _JOINT.join(self.passages[index].text for index in self.indices)

    @property
    def path(self) -> tuple[str, ...]:
        return self.passages[self.indices[0]].path

    @property
    def links(self) -> tuple[str, ...]:
        return tuple(link for index in self.indices for link in self.passages[index].links)

    def span(self, start: int, end: int) -> Span:
        """The span of characters [start, end) of the joined text; cut at the end of the passage where it starts."""
        offset = 0
        for index in self.indices:
            text = self.passages[index].text
            if start <= offset + len(text) or index == self.indices[-1]:
                low, high = max(0, start - offset), min(len(text), end - offset)
                return Span(index, low, high, text[low:high])
            offset += len(text) + len(_JOINT)
        raise ValueError(f"no passage at character {start}")

    @property
    def whole(self) -> Span:
        """The span of the first passage, all of it."""
        text = self.passages[self.indices[0]].text
        return Span(self.indices[0], 0, len(text), text)
