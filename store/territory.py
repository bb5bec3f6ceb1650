"""Which territory a name means: exact names, names in running text, labels, and who belonged to a group when.

Codes are ISO 3166-1 alpha-2, ISO 3166-2 for areas below a country (UA-43), XK for Kosovo, EU and EEA for the groups.
Names come from CLDR (Babel, Unicode licence) and from territories/aliases.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache

from babel import UnknownLocaleError

from store.territory_names import FOLDER, GROUPS, cldr, folded, names, revision
from store.territory_prose import Mention, find_territories
from store.values import Availability

__all__ = [
    "Mention",
    "alpha3",
    "covers",
    "expand",
    "find_territories",
    "folded",
    "is_code",
    "is_region_label",
    "members",
    "revision",
    "territory_code",
    "territory_codes",
    "territory_name",
]

Exact = Mapping[str, tuple[str, ...]]

_ENUMERATED = re.compile(r"\s*[,+]\s*(?:(?:and|plus|et|und|y|e)\s+)?|\s+(?:&|and|plus|et|und|y|e)\s+")
_AREA = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_BRACKETS = re.compile(
    r"^(?P<outer>[^()（）\[\]]+?)\s*[(（\[](?P<inner>(?:[^()（）\[\]]|[(（][^()（）]*[)）])+)[)）\]]\s*$"
)
_FORMAL = re.compile(
    r"(?:(?:arab|bolivarian|co operative|cooperative|democratic|federal|federated|federative|hashemite|independent|"
    r"islamic|oriental|people s|peoples|plurinational|socialist|united) )*"
    r"(?P<form>republic|kingdom|states?|sultanate|principality|commonwealth|emirate|grand duchy|union|federation|"
    r"republique|royaume|principaute|republica|repubblica|republik|reino|regno) (?:of|de|du|des|d|del|da|do|di)? ?"
    r"(?:the |la |l |las |los |los )?(?P<rest>.+)"
)
# Which of two neighbours a formal name means is settled by an alias or not at all.
_NEEDS_ALIAS = frozenset(("korea", "congo", "china", "coree", "samoa", "virgin islands"))
_QUALIFIED = re.compile(
    r"^(?:so called|self proclaimed|self declared|occupied|temporarily occupied|annexed|the)? ?"
    r"(?:(?:separatist |occupied )?(?:areas?|regions?|territor(?:y|ies)|parts?) of (?:the )?)?"
    r"(?P<core>.+?)(?: (?:separatist )?(?:regions?|oblasts?|areas?|territor(?:y|ies)))?(?: (?:of|in) ukraine)?$"
)


def territory_codes(name: str, language: str | None = None) -> tuple[str, ...]:
    """The territories a whole name stands for; empty when it is no territory's name. "Crimea/Sevastopol" is two.

    language: that of the page, whose names are added to those always known.
    """
    key = folded(name)
    if not key or len(key) > 120:
        return ()
    exact = names(language).exact
    found = exact.get(key) or _inverted(name, exact) or _bracketed(name, exact) or _formal(key, exact)
    return found or _area(key, exact) or _several(name, exact)


def territory_code(name: str, language: str | None = None) -> str | None:
    """The one territory a whole name stands for, or None. Codes such as "NO" are not names."""
    found = territory_codes(name, language)
    return found[0] if len(found) == 1 else None


def territory_name(code: str, language: str = "en") -> str:
    """The territory's label in a language: ours where CLDR's takes sides, else CLDR's, else English, else the code."""
    tag = language.replace("-", "_")
    for lang in dict.fromkeys((tag, tag.partition("_")[0], "en")):
        label = names().labels.get((lang, code)) or _cldr_name(code, lang)
        if label:
            return label
    return code


def is_code(code: str) -> bool:
    """Whether this is a territory code Tocsin uses; an ISO 3166-2 area is accepted under any known country."""
    known = names()
    if code in known.codes or code in known.areas:
        return True
    return bool(_AREA.fullmatch(code)) and code[:2] in known.codes


def is_region_label(name: str, language: str | None = None) -> bool:
    """Whether a name is a part of the world above countries (Europe, South America): a label, not a territory."""
    return folded(name) in names(language).regions


def members(group: str, on: date) -> frozenset[str]:
    """Members of EU, EEA or EFTA on a day. Raises KeyError for another group."""
    return frozenset(code for code, (first, last) in _groups()[group].items() if first <= on <= last)


def expand(fact: Availability, on: date) -> tuple[Availability, ...]:
    """A fact as it answers for countries on a day: itself, and where it names a group, one for each member then.

    Facts keep the group as published; this is for answers alone. A fact about a country is returned alone.
    """
    if fact.territory not in GROUPS:
        return (fact,)
    return (fact, *(replace(fact, territory=code) for code in sorted(members(fact.territory, on))))


def covers(fact: Availability, territory: str, on: date) -> bool:
    """Whether a fact speaks of a territory on a day: by naming it, or by naming a group that it belonged to then."""
    named = fact.territory
    return named == territory or (named in GROUPS and territory in members(named, on))


@lru_cache(maxsize=1)
def alpha3() -> Mapping[str, str]:
    """ISO 3166-1 alpha-3 -> alpha-2, for lists whose entries are codes."""
    from babel.core import get_global

    codes = names().codes
    pairs = get_global("territory_aliases").items()
    return {three: two[0] for three, two in pairs if len(three) == 3 and len(two) == 1 and two[0] in codes}


@lru_cache(maxsize=1)
def _groups() -> dict[str, dict[str, tuple[date, date]]]:
    file = tomllib.loads((FOLDER / "groups.toml").read_text("utf-8"))
    return {group: {code: _days(value) for code, value in of.items()} for group, of in file.items()}


def _days(value: str | list[str]) -> tuple[date, date]:
    first, last = (value, "9999-12-31") if isinstance(value, str) else value
    return date.fromisoformat(first), date.fromisoformat(last)


def _cldr_name(code: str, language: str) -> str | None:
    try:
        return cldr(language).get(code)
    except (UnknownLocaleError, ValueError):
        return None


def _inverted(name: str, exact: Exact) -> tuple[str, ...]:
    """ "Congo, Republic of the" read as "Republic of the Congo"."""
    head, comma, tail = name.partition(",")
    if not comma or not tail.strip() or "," in tail:
        return ()
    key = folded(f"{tail} {head}")
    return exact.get(key) or _formal(key, exact)


def _bracketed(name: str, exact: Exact) -> tuple[str, ...]:
    """ "Czechia (Czech Republic)", "Iran (Islamic Republic of)", "Netherlands (the)", "Norway (NO)"."""
    match = _BRACKETS.match(name)
    if not match:
        return ()
    outer, inner = match["outer"], match["inner"].strip()
    found = _plainly(outer, exact)
    turned = folded(f"{inner} {outer}")
    if not found:
        return exact.get(turned, ())
    short = len(found) == 1 and (inner.upper() == found[0] or alpha3().get(inner.upper()) == found[0])
    same = _plainly(inner, exact) == found or (exact.get(turned) or _formal(turned, exact)) == found
    return found if short or same or folded(inner) == "the" else ()


def _plainly(name: str, exact: Exact) -> tuple[str, ...]:
    key = folded(name)
    return exact.get(key) or _inverted(name, exact) or _formal(key, exact) or _area(key, exact)


def _formal(key: str, exact: Exact) -> tuple[str, ...]:
    match = _FORMAL.fullmatch(key)
    if not match or match["rest"] in _NEEDS_ALIAS or (match["form"] == "state" and match["rest"] == "georgia"):
        return ()
    return exact.get(match["rest"], ())


def _area(key: str, exact: Exact) -> tuple[str, ...]:
    """ "the so-called Donetsk People's Republic", "separatist areas of Luhansk", "Crimea region of Ukraine"."""
    match = _QUALIFIED.match(key)
    found = exact.get(match["core"], ()) if match else ()
    return found if found and set(found) <= names().areas else ()


def _several(name: str, exact: Exact) -> tuple[str, ...]:
    """ "Crimea/Sevastopol", "EEA, UK and Switzerland": every part is a name, and one of an entry's parts is a group."""
    slashed = [part for part in re.split(r"\s*/\s*", name) if part]
    if 2 <= len(slashed) <= 4:
        return _all_of(slashed, exact)
    parts = [part for part in _ENUMERATED.split(name) if part.strip()]
    found = _all_of(parts, exact) if 2 <= len(parts) <= 4 else ()
    return found if not GROUPS.isdisjoint(found) else ()


def _all_of(parts: list[str], exact: Exact) -> tuple[str, ...]:
    found = [exact.get(folded(part), ()) for part in parts]
    return tuple(dict.fromkeys(code for codes in found for code in codes)) if all(found) else ()
