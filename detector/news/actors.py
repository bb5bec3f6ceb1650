"""Which parties a text names, who they are, and which products: providers and regulators, in the languages read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).with_name("actors.toml")
_API = re.compile(r"(?<![A-Za-z])APIs?(?![A-Za-z])|接口|interfaces? de programmation", re.IGNORECASE)
_MAKER = re.compile(r"[- ](?:maker|parent|owner|developer|creator)\b", re.IGNORECASE)  # names who, not what
_MODEL = re.compile(r"\b(?:GPT|Claude|Gemini|Grok|Llama|Qwen|ERNIE|Ernie|SenseNova|GLM)[- ]?\d+(?:\.\d+)*\b")


@dataclass(frozen=True, slots=True)
class Party:
    """A provider, or a regulator of a territory."""

    name: str
    territory: str | None = None

    @property
    def regulator(self) -> bool:
        return self.territory is not None


@dataclass(frozen=True, slots=True)
class Named:
    """Where a text names a party, by its name or by one of its products."""

    party: Party
    product: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Known:
    expression: re.Pattern[str]
    meaning: dict[str, tuple[Party, str | None]]


def named(text: str, publishers: Iterable[str] = ()) -> tuple[Named, ...]:
    """The parties a text names in its order, longest name first ("Azure OpenAI" is Microsoft's).

    publishers: names known from elsewhere, such as those of declared sources.
    """
    known = _known(frozenset(publishers))
    found = []
    for match in known.expression.finditer(text):
        party, product = known.meaning[match.group().casefold()]
        product = None if _MAKER.match(text[match.end() :]) else product
        found.append(Named(party, product, match.start(), match.end()))
    return tuple(found)


def products(text: str, parties: Iterable[Named], whose: str | None) -> tuple[str, ...]:
    """The products a text names. A bare "API" or numbered model belongs to `whose`, the party it is about."""
    found = [one.product for one in parties if one.product]
    if whose and _API.search(text) and not any(name.startswith("Azure") or "API" in name for name in found):
        found.append(f"{whose} API")
    found += [match.group() for match in _MODEL.finditer(text)]
    return tuple(dict.fromkeys(found))


def is_party(name: str) -> bool:
    """Whether a publisher is one that acts (a provider, a regulator), not an outlet that reports."""
    return any(party.name.casefold() == name.casefold() for party in _declared())


@lru_cache(maxsize=1)
def _declared() -> dict[Party, dict[str, str | None]]:
    """Each party with its names in a text and the product a name means."""
    found: dict[Party, dict[str, str | None]] = {}
    for row in tomllib.loads(_FILE.read_text(encoding="utf-8"))["party"]:
        names: dict[str, str | None] = dict.fromkeys((row["name"], *row["names"]))
        for product, written in row.get("products", {}).items():
            names |= dict.fromkeys((product, *written), product)
        found[Party(row["name"], row.get("territory"))] = names
    return found


@lru_cache(maxsize=16)
def _known(publishers: frozenset[str]) -> _Known:
    meaning: dict[str, tuple[Party, str | None]] = {}
    for party, names in _declared().items():
        meaning |= {name.casefold(): (party, product) for name, product in names.items()}
    for name in sorted(publishers):
        meaning.setdefault(name.casefold(), (Party(name), None))
    longest = sorted(meaning, key=len, reverse=True)
    return _Known(re.compile("|".join(_bounded(name) for name in longest), re.IGNORECASE), meaning)


def _bounded(name: str) -> str:
    """The name as whole words; a Chinese name has no word bounds, and Latin letters may touch Chinese ones."""
    exact = f"(?-i:{re.escape(name.upper())})" if name.isascii() and len(name) <= 3 else re.escape(name)
    if not name.isascii() and re.search("[\u3040-\u9fff]", name):
        return exact
    return rf"(?<![A-Za-z0-9À-ÿ]){exact}(?![A-Za-z0-9À-ÿ])"


def party_territory(name: str) -> str | None:
    """The territory a regulator acts for, by the regulator's name."""
    return next((party.territory for party in _declared() if party.name == name), None)
