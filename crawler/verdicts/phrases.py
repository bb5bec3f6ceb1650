"""What a page says of itself: which of the six things that are not the page do its words tell of, if any."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from store.capture_kind import CaptureKind

HEADING_SIZE = 1_500  # weighted characters: challenges, walls and error pages have less text, policies have more
TEXT_SIZE = 600
_OPENING = 700
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WEIGHT = 1.5  # a Chinese or Japanese character says what two and a half Latin ones do

# The most telling first: "access denied" stands on geoblocks and challenges too.
_ORDER = (
    (CaptureKind.CHALLENGE, "challenge"),
    (CaptureKind.GEOBLOCK, "geoblock"),
    (CaptureKind.WALL, "wall"),
    (CaptureKind.SHELL, "shell"),
    (CaptureKind.ERROR, "error"),
)


@dataclass(frozen=True, slots=True)
class Look:
    """headings: the title and the first headings; opening: the first lines of text. size: weighted, of all text."""

    headings: tuple[str, ...]
    opening: str
    size: float


@dataclass(frozen=True, slots=True)
class Told:
    """What the words tell, and the words."""

    kind: CaptureKind
    words: str


def look(headings: Iterable[str], lines: Sequence[str], whole: Sequence[str]) -> Look:
    """A look at text. lines: what may tell (no table rows); whole: everything, for its size."""
    return Look(
        tuple(folded(heading) for heading in headings if heading),
        folded(" ".join(lines)[:_OPENING]),
        sum(size(text) for text in whole),
    )


def told(seen: Look, heading_size: float = HEADING_SIZE, text_size: float = TEXT_SIZE) -> Told | None:
    """Which kind a page's words tell of. Words in a heading count on a longer page than words in its text."""
    for kind, name in _ORDER:
        heading, text = _patterns()[name]
        found = next(filter(None, map(heading.search, seen.headings)), None) if seen.size < heading_size else None
        if found is None and seen.size < text_size:
            found = text.search(seen.opening)
        if found:
            return Told(kind, found.string.strip()[:90] if found.re is heading else found.group()[:90])
    return None


def tells(kind: CaptureKind, text: str) -> bool:
    """Whether a text has words of one kind."""
    name = dict(_ORDER)[kind]
    return any(pattern.search(folded(text)) for pattern in _patterns()[name])


def size(text: str) -> float:
    """Characters, where a Chinese, Japanese or Korean one counts for more."""
    return len(text) + (0 if text.isascii() else _WEIGHT * len(_DENSE.findall(text)))


def folded(text: str) -> str:
    return " ".join(text.replace("’", "'").replace("‘", "'").split())


@lru_cache(maxsize=1)
def _patterns() -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    tables = tomllib.loads(files("crawler.verdicts").joinpath("phrases.toml").read_text(encoding="utf-8"))
    return {name: (_any(table["heading"]), _any(table["text"])) for name, table in tables.items()}


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or r"(?!)", re.IGNORECASE)
