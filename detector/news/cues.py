"""Which words of a text say that access was restricted, lifted, offered and so on; the words are in cues.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from store.happenings import Action

_FILE = Path(__file__).with_name("cues.toml")
_WORDLESS = frozenset(("zh", "ja"))  # scripts without spaces between words
_LATIN = ("en", "fr", "es", "de")
_KANA = re.compile("[\u3040-\u30ff]")


@dataclass(frozen=True, slots=True)
class Cue:
    """The words that say an action, [start, end) in the text."""

    action: Action
    start: int
    end: int


def cues(text: str, language: str | None) -> list[Cue]:
    """Every cue of a text in its order: in its language, and in Chinese or Japanese where written.

    language None: in every language read. A French "propose" is an offer, an English one is a proposal.
    """
    found = [cue for tongue in _tongues(text, language) for cue in _in_tongue(text, tongue)]
    return sorted(found, key=lambda cue: (cue.start, _rank(cue.action)))


def strongest(found: list[Cue]) -> Cue:
    """The cue that decides a clause: "lifts" before "ban", "proposes" before "restricting"; else the first said."""
    return min(found, key=lambda cue: (_rank(cue.action), cue.start))


def _rank(action: Action) -> int:
    """Suspending and restricting are one rank: whichever is said first."""
    return tuple(_table()).index(Action.SUSPEND if action is Action.RESTRICT else action)


def _tongues(text: str, language: str | None) -> tuple[str, ...]:
    tongue = (language or "").partition("-")[0].lower()
    latin = (tongue,) if tongue in _LATIN else _LATIN if tongue not in _WORDLESS else ("en",)
    east = () if text.isascii() else ("ja",) if _KANA.search(text) else ("zh",)
    return tuple(dict.fromkeys((*latin, *east)))


def _in_tongue(text: str, tongue: str) -> Iterator[Cue]:
    for action, expression in _compiled(tongue):
        for match in expression.finditer(text):
            yield Cue(action, match.start(), match.end())


@lru_cache(maxsize=1)
def _table() -> dict[Action, dict[str, str]]:
    """The expressions by action, in the order in which actions win, and by language."""
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {
        Action(name): {tongue: "|".join(words.split("\n")[:-1]) for tongue, words in row.items()}
        for name, row in rows.items()
    }


@lru_cache(maxsize=16)
def _compiled(tongue: str) -> tuple[tuple[Action, re.Pattern[str]], ...]:
    left, right = ("", "") if tongue in _WORDLESS else (r"(?<![\w-])", r"(?![\w])")
    return tuple(
        (action, re.compile(f"{left}(?:{words[tongue]}){right}", re.IGNORECASE))
        for action, words in _table().items()
        if tongue in words
    )
