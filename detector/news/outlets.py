"""Which group an outlet belongs to, in which zone it dates, and whom a text credits. The table is outlets.toml."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

_FILE = Path(__file__).with_name("outlets.toml")
_LANGUAGE_ZONES = {"zh": "CN", "ja": "JP", "ko": "KR", "fr": "FR", "de": "DE", "es": "ES", "it": "IT"}
# What stands before the name of the outlet a text was taken from.
_BEFORE = (
    r"(?:\bsources?\s*[:：]|来源\s*[:：]|來源\s*[:：]|稿源\s*[:：]|fuente\s*[:：]|quelle\s*[:：]|出典\s*[:：]"
    r"|\b(?:via|according to|citing|reported by|first reported by|courtesy of|translated from|republished from)"
    r"|\b(?:selon|d['’]après|traduit d[eu]|cité par|según|laut)|据|據|援引|引述|转自|轉自|转载自|[(（])"
    r"\s*(?:the |l['’]|le |la |les |une? |el |《)?"
)
_AFTER = r"(?:》)?(?:报道|報道|報導|消息|\s+(?:first |exclusively )?(?:reported|reports)\b)"


@dataclass(frozen=True, slots=True)
class Group:
    """Outlets whose texts are one chain."""

    name: str
    zone: str
    names: tuple[str, ...]
    hosts: tuple[str, ...]


def group_of(publisher: str, link: str = "") -> str:
    """The group of an outlet, by its name or by the host it publishes on; an outlet in no group is its own."""
    found = _group(publisher, link)
    return found.name if found else publisher.casefold()


def zone_of(publisher: str, link: str, jurisdiction: str | None, language: str | None) -> ZoneInfo:
    """Where an outlet's "today" is: its own zone, its jurisdiction's, its language's, else UTC."""
    found = _group(publisher, link)
    if found:
        return ZoneInfo(found.zone)
    zones: dict[str, str] = _table()["zones"]
    place = jurisdiction or _LANGUAGE_ZONES.get((language or "").partition("-")[0].lower(), "")
    return ZoneInfo(zones.get(place, "UTC"))


def credited(text: str) -> tuple[str, ...]:
    """The groups a text says it has its facts from: "(Source: Xinhua)", "according to The Register", 据路透社报道."""
    names = _credits()
    found = [
        (match.start(), names[match["name"].casefold()]) for one in _credit_patterns() for match in one.finditer(text)
    ]
    return tuple(dict.fromkeys(name for _, name in sorted(found)))


def _group(publisher: str, link: str) -> Group | None:
    name = publisher.casefold()
    bare = re.sub(r"\s*\(.*\)$", "", name)
    host = urlsplit(link).hostname or ""
    for group in _groups():
        if any(known.casefold() in (name, bare) for known in group.names):
            return group
        if any(host == end or host.endswith(f".{end}") for end in group.hosts):
            return group
    return None


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _groups() -> tuple[Group, ...]:
    return tuple(Group(row["name"], row["zone"], tuple(row["names"]), tuple(row["hosts"])) for row in _table()["group"])


@lru_cache(maxsize=1)
def _credits() -> dict[str, str]:
    return {name.casefold(): group.name for group in _groups() for name in group.names}


@lru_cache(maxsize=1)
def _credit_patterns() -> tuple[re.Pattern[str], ...]:
    names = "|".join(re.escape(name) for name in sorted(_credits(), key=len, reverse=True))
    name = rf"(?P<name>{names})"
    return (
        re.compile(rf"{_BEFORE}{name}(?![A-Za-z])", re.IGNORECASE),
        re.compile(rf"(?<![A-Za-z]){name}{_AFTER}", re.IGNORECASE),
    )
