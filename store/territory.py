"""Which territory a name means: exact names, names in running text, labels, and who belonged to a group when.

Codes are ISO 3166-1 alpha-2, ISO 3166-2 for areas below a country (UA-43), XK for Kosovo, EU and EEA for the groups.
Names come from CLDR (Babel, Unicode licence) and from territories/aliases.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from babel import UnknownLocaleError

from store.territory_names import FOLDER, cldr, folded, names, revision
from store.territory_prose import Mention, find_territories

__all__ = [
    "Mention",
    "alpha3",
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

_AREA = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_BRACKETS = re.compile(r"^(?P<outer>[^()（）\[\]]+?)\s*[(（\[](?P<inner>[^()（）\[\]]+)[)）\]]\s*$")
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


def territory_codes(name: str) -> tuple[str, ...]:
    """The territories a whole name stands for; empty when it is no territory's name. "Crimea/Sevastopol" is two."""
    key = folded(name)
    if not key or len(key) > 120:
        return ()
    found = names().exact.get(key) or _inverted(name) or _bracketed(name) or _formal(key) or _area(key)
    return found or _either_side(name)


def territory_code(name: str) -> str | None:
    """The one territory a whole name stands for, or None. Codes such as "NO" are not names."""
    found = territory_codes(name)
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


def is_region_label(name: str) -> bool:
    """Whether a name is a part of the world above countries (Europe, South America): a label, not a territory."""
    return folded(name) in names().regions


def members(group: str, on: date) -> frozenset[str]:
    """Members of EU or EEA on a day. Raises KeyError for another group."""
    return frozenset(code for code, (first, last) in _groups()[group].items() if first <= on <= last)


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


def _inverted(name: str) -> tuple[str, ...]:
    """ "Congo, Republic of the" read as "Republic of the Congo"."""
    head, comma, tail = name.partition(",")
    if not comma or not tail.strip() or "," in tail:
        return ()
    key = folded(f"{tail} {head}")
    return names().exact.get(key) or _formal(key)


def _bracketed(name: str) -> tuple[str, ...]:
    """ "Czechia (Czech Republic)", "Iran (Islamic Republic of)", "Netherlands (the)", "Norway (NO)"."""
    match = _BRACKETS.match(name)
    if not match:
        return ()
    outer, inner = match["outer"], match["inner"].strip()
    found = territory_codes(outer)
    turned = folded(f"{inner} {outer}")
    if not found:
        return names().exact.get(turned, ())
    short = len(found) == 1 and (inner.upper() == found[0] or alpha3().get(inner.upper()) == found[0])
    same = territory_codes(inner) == found or (names().exact.get(turned) or _formal(turned)) == found
    return found if short or same or folded(inner) == "the" else ()


def _formal(key: str) -> tuple[str, ...]:
    match = _FORMAL.fullmatch(key)
    if not match or match["rest"] in _NEEDS_ALIAS or (match["form"] == "state" and match["rest"] == "georgia"):
        return ()
    return names().exact.get(match["rest"], ())


def _area(key: str) -> tuple[str, ...]:
    """ "the so-called Donetsk People's Republic", "separatist areas of Luhansk", "Crimea region of Ukraine"."""
    match = _QUALIFIED.match(key)
    found = names().exact.get(match["core"], ()) if match else ()
    return found if found and set(found) <= names().areas else ()


def _either_side(name: str) -> tuple[str, ...]:
    """ "Crimea/Sevastopol": every side of the slashes is a name."""
    parts = [part for part in re.split(r"\s*/\s*", name) if part]
    if len(parts) < 2 or len(parts) > 4:
        return ()
    found = [names().exact.get(folded(part), ()) for part in parts]
    return tuple(dict.fromkeys(code for codes in found for code in codes)) if all(found) else ()
