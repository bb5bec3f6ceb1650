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
    r"|\b(?:rapporte|indique|écrit|informa|publica|berichtet|meldet|reports?|reported)|译自|譯自|编译自|編譯自|翻译自"
    r"|\b(?:traducido de|übersetzt aus|wie|so)"
    r"|\b(?:via|according to|citing|reported by|first reported by|courtesy of|translated from|republished from)"
    r"|\b(?:selon|d['’]après|traduit d[eu]|cité par|según|laut)|据|據|援引|引述|转自|轉自|转载自|[(（])"
    r"\s*(?:the |l['’]|le |la |les |une? |el |der |die |das |《)?"
)
_AFTER = (
    r"(?:》)?(?:报道|報道|報導|消息|によると|が報じ"
    r"|\s+(?:first |exclusively )?(?:reported|reports|rapporte|rapportait|berichtet|berichtete|meldet|informa|informó)"
    r"\b)"
)
# How a text speaks of its own reporting: it has asked somebody itself, so it is no translation.
_OWN = re.compile(
    r"\b(?:told|tells|confirmed to|said to|seen by|reviewed by|obtained by)\s+(?:us|our \w+"
    r"|this (?:news)?(?:paper|site|blog|portal|outlet|publication|magazine))\b"
    r"|\bnotre (?:rédaction|correspondante?|journal|site|journaliste)\b"
    r"|\bnous (?:a|ont) (?:dit|confirmé|indiqué|montré)\b"
    r"|\bunsere[rmn]? (?:redaktion|zeitung|korrespondent\w*|reporter\w*|magazin)\b"
    r"|\b(?:melden|meldete|sagte|sagten|bestätigte|bestätigten|berichten|schreiben|schrieb) uns\b"
    r"|\ba este (?:medio|diario|periódico|portal|blog|sitio)\b|\bnuestr[ao] (?:redacción|corresponsal)\b"
    r"|\bnos (?:confirm|dij|dice|cont|explic)\w*"
    r"|本[报報站刊网網](?:记者|記者|讯|訊|[。，,.]|查[询詢])?|[向对對告]本[报報站刊]|本[紙誌]",
    re.IGNORECASE,
)


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


def credited(text: str, outlets: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The groups a text says it has its facts from: "(Source: Xinhua)", "according to The Register", 据路透社报道.

    outlets: further outlets that may be credited by name, such as the others that tell the same story.
    """
    names = {name.casefold(): group_of(name) for name in outlets} | _credits()
    found = [
        (match.start(), names[match["name"].casefold()])
        for one in _credit_patterns(tuple(sorted(names, key=len, reverse=True)))
        for match in one.finditer(text)
    ]
    return tuple(dict.fromkeys(name for _, name in sorted(found)))


def reports_itself(text: str) -> bool:
    """Whether a text speaks of its own reporting: "told this newspaper", *à notre rédaction*, 对本报表示."""
    return bool(_OWN.search(text))


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


@lru_cache(maxsize=64)
def _credit_patterns(names: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """names: longest first."""
    name = rf"(?P<name>{'|'.join(re.escape(one) for one in names)})"
    return (
        re.compile(rf"{_BEFORE}{name}(?![A-Za-z])", re.IGNORECASE),
        re.compile(rf"(?<![A-Za-z]){name}{_AFTER}", re.IGNORECASE),
    )
