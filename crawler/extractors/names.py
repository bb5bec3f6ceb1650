"""What one entry of a list says: which territories, by what name, under what condition."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from store.territory import alpha3, folded, is_code, territory_codes

_LEAD = re.compile(r"^(?:[\s•·▪◦●○*✓✔☑✅🟢\-–—]|\d{1,3}[.)]\s|[\U0001f1e6-\U0001f1ff\ufe0f])+")
_BRACKET = re.compile(r"^(?P<name>.*\S)\s*[(（\[](?P<said>(?:[^()（）\[\]]|[(（][^()（）]*[)）])+)[)）\]]\s*[.;]?$")
_MARK = re.compile(r"^(?P<name>.*?[^\s\d*†‡§¹²³⁴⁵⁶⁷⁸⁹])\s*(?P<said>[*†‡§]+|[¹²³⁴⁵⁶⁷⁸⁹]+|\[\d{1,2}\]|\d{1,2})$")
_DASH = re.compile(r"\s+[-–—:]+\s+|\s*[—：]\s*|:\s+|;\s+")
_WORDS = re.compile(
    r",?\s+(?P<said>(?:except(?:ing)?|excluding|excludes|with|without|only|including|other than|subject to|limited|"
    r"not including|apart from|but not|hors|sauf|à l['’]exception|excepté|sous réserve|y compris|limité|uniquement|"
    r"außer|ohne|nur|ausgenommen|mit|excepto|salvo|sólo|solo|eccetto|tranne|exceto)\b.*)$|"
    r"[,，]?\s*(?P<han>(?:除|不包括|不含|仅限|僅限|但).+)$",
    re.IGNORECASE,
)
# "and" in the languages of the lists read so far; it parts names only where what it joins is no name.
_AND = r"and|et|und|or|ou|y|e|en|of|i|oraz|och|og|ja|ve|dan|và|и|та|й|і|a|és|și|και|और|तथा|และ"
_SPLIT = re.compile(
    rf"[,，、،;；؛|]\s*(?:(?:{_AND})\s+)?|\s+(?:&|{_AND})\s+|\s+و\s*|\s*(?:및|和|(?<!埃)及|與|与|と)\s*", re.IGNORECASE
)
_ARABIC_AND = re.compile(r"\sو(?=\w)")  # Arabic parts a list by "and" alone
_LED = re.compile(rf"(?:(?:{_AND})\s+|و\s*|및\s*|和\s*)", re.IGNORECASE)
_COMMAS = re.compile(r"[,，、،;；؛]")
_ALTERNATE = 0.6  # similarity above which words in brackets are the same name again (Antarktis / Antarktika)
_FOOTNOTED = re.compile(r"[*†‡§¹²³⁴⁵⁶⁷⁸⁹]$")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Named:
    """Territories named by one entry: codes, the name as published, the condition, and where both stand in the text."""

    codes: tuple[str, ...]
    name: str
    condition: str | None
    start: int
    end: int


def named(text: str, language: str | None = None) -> Named | None:
    """The entry as a territory's name with an optional condition, or None when it is anything else."""
    start = match.end() if (match := _LEAD.match(text)) else 0
    said = text[start:].rstrip(" .;,")
    if not said or len(said) > _LONGEST:
        return None
    codes = territory_codes(said, language)
    if codes and not _FOOTNOTED.search(said):
        return Named(codes, said, None, start, start + len(said))
    for name, condition, end in _split_conditions(said):
        codes = territory_codes(name, language)
        other = territory_codes(condition, language) if codes else ()
        if codes and not (other and other != codes):
            kept = None if other or _same_name(name, condition, codes) else condition
            return Named(codes, name, kept, start, start + end)
    return None


def _split_conditions(said: str) -> Iterator[tuple[str, str, int]]:
    """The ways an entry may part into name, condition and the offset at which both end."""
    whole = len(said)
    if match := _BRACKET.match(said):
        yield match["name"].rstrip(" *†‡"), match["said"].strip(), whole
    if match := _MARK.match(said):
        yield match["name"], match["said"], whole
    if match := _DASH.search(said):
        yield said[: match.start()], _unbracketed(said[match.end() :]), whole
    for match in _WORDS.finditer(said):
        yield said[: match.start()], _unbracketed(match["said"] or match["han"]), whole


def _unbracketed(condition: str) -> str:
    condition = condition.strip()
    return condition[1:-1].strip() if condition[:1] + condition[-1:] in ("()", "[]", "（）") else condition


def _same_name(name: str, condition: str, codes: tuple[str, ...]) -> bool:
    """Whether the words beside a name are that name again: another spelling, or its code."""
    short = condition.strip(" .").upper()
    if (short,) == codes or (alpha3().get(short),) == codes:
        return True
    likeness = SequenceMatcher(None, folded(name), folded(condition), autojunk=False).ratio()
    return " " not in condition and likeness >= _ALTERNATE


@dataclass(frozen=True, slots=True)
class Enumeration:
    """Names in one line: what resolved and what did not, by offsets in the line."""

    named: tuple[Named, ...]
    unknown: tuple[tuple[int, int], ...]
    intro: str


def enumerated(text: str, language: str | None = None) -> Enumeration | None:
    """A line that is nothing but territory names with separators, perhaps behind an introduction and a colon.

    At least three names, at least four of five entries known, and the first of them: "We sell in France, Spain and
    Italy" is prose, "Europe: France, Spain and Italy" is a list.
    """
    colon = max(text.rfind(": "), text.rfind("："))
    begin = colon + 1 if colon >= 0 else 0
    if not _COMMAS.search(text, begin) and len(_ARABIC_AND.findall(text, begin)) < 2:
        return None
    found: list[Named] = []
    unknown: list[tuple[int, int]] = []
    for start, end in _entries(text, begin, language):
        entry = named(text[start:end], language)
        if entry:
            found.append(Named(entry.codes, entry.name, entry.condition, start + entry.start, start + entry.end))
        elif not found:
            return None
        else:
            unknown.append((start, end))
    if len(found) < 3 or len(found) < 4 * len(unknown):
        return None
    return Enumeration(tuple(found), tuple(unknown), text[:begin])


def _entries(text: str, begin: int, language: str | None) -> Iterator[tuple[int, int]]:
    """Offsets of the entries: parted at commas first, at "and" only where the whole is no name ("Bosnia and ...").

    A piece that is no name alone is joined with its neighbours where together they are one ("Hong Kong, SAR China").
    """
    pieces = [
        one for start, end in _parts(text, begin, len(text), _COMMAS) for one in _pieces(text, start, end, language)
    ]
    while pieces:
        count = next((n for n in (2, 3) if _is_one_name(text, pieces[:n], n, language)), 1)
        yield pieces[0][0], pieces[count - 1][1]
        del pieces[:count]


def _is_one_name(text: str, pieces: list[tuple[int, int]], count: int, language: str | None) -> bool:
    if len(pieces) < count or all(named(text[start:end], language) for start, end in pieces):
        return False
    return bool(territory_codes(text[pieces[0][0] : pieces[-1][1]], language))


def _pieces(text: str, start: int, end: int, language: str | None) -> Iterator[tuple[int, int]]:
    """What stands between two commas, parted at "and" where what it joins is no name."""
    if named(text[start:end], language) is None and (lead := _LED.match(text, start, end)):
        start = lead.end()
    parts = list(_parts(text, start, end, _SPLIT))
    while parts:
        taken = next((n for n in range(len(parts), 1, -1) if _belong_together(text, parts[:n], language)), 1)
        yield parts[0][0], parts[taken - 1][1]
        del parts[:taken]


def _belong_together(text: str, parts: list[tuple[int, int]], language: str | None) -> bool:
    """One name, or a name with a condition ("Ukraine except Crimea and Sevastopol"), rather than several entries."""
    whole = text[parts[0][0] : parts[-1][1]]
    if territory_codes(whole, language):
        return True
    entries = [named(text[start:end], language) for start, end in parts]
    together = named(whole, language)
    if together is None or (entries[0] and entries[0].codes != together.codes):  # "Congo - Kinshasa e São Pedro e ..."
        return False
    return not all(entries) or bool(_WORDS.search(whole))


def _parts(text: str, begin: int, stop: int, separator: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Pieces between separators outside brackets, without blanks and full stops around them."""
    start, depth, at = begin, 0, begin
    while at < stop:
        if text[at] in "(（[":
            depth += 1
        elif text[at] in ")）]":
            depth = max(0, depth - 1)
        match = separator.match(text, at, stop) if depth == 0 else None
        if match and match.end() > at:
            yield from _trimmed(text, start, at)
            start = at = match.end()
        else:
            at += 1
    yield from _trimmed(text, start, stop)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1] in " .。।\t":
        end -= 1
    if start < end:
        yield start, end


def code_of(text: str) -> str | None:
    """The territory a bare code stands for, for lists whose every entry is a code."""
    said = text.strip().strip("\"'")
    if not said.isupper() or len(said) not in (2, 3, 5, 6):
        return None
    if len(said) == 3:
        return alpha3().get(said)
    said = "GB" if said == "UK" else said
    return said if is_code(said) else None
