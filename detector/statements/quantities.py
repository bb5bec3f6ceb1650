"""Which amounts a text names: numbers with their unit, money, percentages, also spelled out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from detector.statements.openings import lowered
from detector.statements.search import Search
from detector.statements.statement import Family, Statement, outside, without_overlaps
from detector.words.overlap import CJK, enumeration_end

_UNITS = {
    "business day": "business days?|working days?|jours ouvrés|jours ouvrables|个工作日|個工作日|工作日",
    "day": "calendar days?|days?|jours?(?: calendaires| francs)?|天|日",
    "week": "weeks?|semaines?|周|週|星期",
    "month": "months?|mois|个月|個月|月",
    "year": "years?(?: old| of age)?|ans?|années?|年|岁|歲",
    "hour": "hours?|heures?|小时|小時",
    "minute": "minutes?|分钟|分鐘",
    "second": "seconds?|secondes?|秒",
    "percent": r"%|per ?cent|percent|pour ?cent|％|percentage points?",
    "USD": "usd|us dollars?|u\\.s\\. dollars?|dollars?|美元",
    "EUR": "eur|euros?|欧元|歐元",
    "CNY": "cny|rmb|yuan|元",
    "token": "tokens?",
    "time": "times|fois|次|倍",
    "person": "人|名",
    "piece": "个|個|项|項|份|件|家",
}
_SCALES = {
    "thousand": 1_000, "mille": 1_000, "k": 1_000, "千": 1_000, "万": 10_000, "萬": 10_000,
    "million": 1_000_000, "millions": 1_000_000, "mn": 1_000_000, "m": 1_000_000,
    "百万": 1_000_000, "亿": 10**8, "億": 10**8,
    "billion": 10**9, "billions": 10**9, "bn": 10**9, "b": 10**9,
    "milliard": 10**9, "milliards": 10**9, "trillion": 10**12,
}  # fmt: skip
_CODES_LISTED = "usd eur gbp chf cny rmb jpy hkd aud cad inr krw sgd brl mxn sek nok dkk pln zar"
_CODES = _CODES_LISTED.split()
_SIGNS = {"$": "USD", "us$": "USD", "€": "EUR", "£": "GBP", "¥": "CNY", "hk$": "HKD", "ca$": "CAD", "a$": "AUD"} | {
    code: code.upper() for code in _CODES
}
_SMALL_WORDS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen
"""
_SMALL = _SMALL_WORDS.split()
_TENS_WORDS = """
twenty thirty forty fifty sixty seventy eighty ninety
"""
_TENS = _TENS_WORDS.split()
_FRENCH_SMALL_WORDS = """
zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf
"""
_FRENCH_SMALL = _FRENCH_SMALL_WORDS.split()
_FRENCH_TENS = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante", 80: "quatre-vingt"}


def _french() -> dict[str, int]:
    """French numbers to 99 as they are written: "vingt et un", "soixante-douze", "quatre-vingt-dix"."""
    found = {word: value for value, word in enumerate(_FRENCH_SMALL) if value}
    for tens, name in _FRENCH_TENS.items():
        found[name] = tens
        for ones in range(1, 20 if tens in (60, 80) else 10):
            if tens + ones <= 99:
                found[f"{name}-{_FRENCH_SMALL[ones]}"] = tens + ones
                found[f"{name} et {_FRENCH_SMALL[ones]}"] = tens + ones
    return found | {"quatre-vingts": 80, "cent": 100}


_SPELLED = (
    {word: value for value, word in enumerate(_SMALL)}
    | {word: value for value, word in zip(range(20, 100, 10), _TENS, strict=True)}
    | {"hundred": 100}
    | _french()
)
_HAN = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2, "兩": 2}
_UNIT = "|".join(f"(?P<u{index}>{expression})" for index, expression in enumerate(_UNITS.values()))
_UNIT_NAMES = tuple(_UNITS)
_WORD = "|".join(sorted(_SPELLED, key=len, reverse=True))
_NUMBER = re.compile(
    rf"(?:(?P<sign>(?:us|hk|ca|a)?\$|[€£¥]|(?<![a-z])(?:{'|'.join(_CODES)}))\s?|(?<![.,-])(?<![^\W{CJK}]))"
    rf"(?P<digits>\d{{1,3}}(?:[ \u00a0\u202f,.]\d{{3}})+(?!\d)(?:[.,]\d+)?"
    r"|\d+(?:[.,]\d+)?)(?P<ordinal>st|nd|rd|th|er|e)?(?![\d])"
    rf"(?:\s?(?P<scale>{'|'.join(sorted(_SCALES, key=len, reverse=True))})(?![a-z]))?"
    rf"(?:[\s)-]{{0,2}}(?:{_UNIT})(?![a-z]))?(?![a-z\d])",
    re.IGNORECASE,
)
# Of the sign of a currency and the blank behind it: "hk$ 5", "usd 5".
_BEFORE_FIGURES = 4
_FIGURES = re.compile(r"\d+")
_SPELLED_NUMBER = re.compile(
    rf"(?<![\w-])(?P<word>{_WORD})(?:-(?P<ones>{'|'.join(_SMALL[1:10])}))?\s*(?P<restated>\(\s*\d+\s*\))?"
    rf"(?:[\s-]{{0,2}}(?:{_UNIT})(?![a-z]))?(?!\w)",
    re.IGNORECASE,
)
_HAN_NUMBER = re.compile(
    rf"(?P<han>[一二三四五六七八九十百两兩]+)\s*(?P<scale>万|萬|亿|億|千)?\s*(?:{_UNIT})", re.IGNORECASE
)
# What stands before a number that names a place in a document, not an amount.
_REFERENCE = re.compile(
    r"(?:sections?|articles?|clauses?|paragraphs?|parts?|part|chapters?|schedules?|appendix|annex|exhibit|items?|steps?"
    r"|versions?|v|rule|cfr|u\.s\.c\.|fr|reg\.|no\.|nos\.|§+|第|iso(?:/iec)?|type|tier|level|phase|page|chapitre|annexe)"
    r"\s*(?:\d[\d.]*\s*(?:,|and|or|et|to|through|[-–])\s*)*$"
)
# "one of", "two parties": too common in prose to be a figure unless a unit follows.
_NEEDS_UNIT = frozenset({"zero", "one", "un", "deux", "cent", "sept", "neuf", "onze", "dix"})


_ORDINAL_WORDS = """
first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth
"""
_ORDINALS = {word: place for place, word in enumerate(_ORDINAL_WORDS.split(), start=1)} | {
    word: place
    for place, words in enumerate(("premier première", "deuxième", "troisième", "quatrième", "cinquième"), start=1)
    for word in words.split()
}
_ORDINAL = re.compile(rf"\b(?:{'|'.join(_ORDINALS)})\b(?![ -]part(?:y|ies)|\s*[,:])", re.IGNORECASE)
_IN_WORDS = Search([_SPELLED_NUMBER])
_IN_ORDER = Search([_ORDINAL])


def quantities(text: str, taken: Sequence[Statement]) -> list[Statement]:
    """Every amount of a text outside what is taken (dates); value is "30 day", "5 percent", "USD 1000000" or "12".

    Clause numbers and references ("Section 7.2", "31 CFR part 850") are places, not amounts, and left out.
    """
    body = enumeration_end(text)
    every = [one for one in (*_written(text), *_spelled(text), *_chinese(text), *_ordinals(text)) if one.start >= body]
    return [one for one in outside(without_overlaps(every), taken) if not _is_reference(text, one)]


def _is_reference(text: str, statement: Statement) -> bool:
    return bool(_REFERENCE.search(lowered(text[max(0, statement.start - 60) : statement.start])))


def _written(text: str) -> list[Statement]:
    found = []
    for match in _in_figures(text):
        number = _decimal(match["digits"])
        if number is None:
            continue
        scale = (match["scale"] or "").casefold()
        if scale in ("m", "k", "b") and not match["sign"]:
            scale = ""
        value = number * _SCALES.get(scale, 1)
        unit = _SIGNS.get((match["sign"] or "").casefold()) or _unit(match)
        found.append(
            Statement(
                Family.NUMBER, _said(value, unit), match.start("sign" if match["sign"] else "digits"), match.end()
            )
        )
    return found


def _in_figures(text: str) -> Iterator[re.Match[str]]:
    """The matches of a number in figures, tried only where figures stand and where a sign before them can begin."""
    free = 0
    for figures in _FIGURES.finditer(text):
        starts = range(max(free, figures.start() - _BEFORE_FIGURES), figures.start() + 1)
        match = next(filter(None, (_NUMBER.match(text, start) for start in starts)), None)
        if match is not None:
            yield match
            free = match.end()


def _spelled(text: str) -> list[Statement]:
    found = []
    for _, match in _IN_WORDS.matches(text):
        word = match["word"].casefold()
        unit = _unit(match)
        if word in _NEEDS_UNIT and not unit:
            continue
        value = _SPELLED[word] + (_SMALL.index(match["ones"].casefold()) if match["ones"] else 0)
        found.append(Statement(Family.NUMBER, _said(Decimal(value), unit), match.start(), match.end()))
    return found


def _ordinals(text: str) -> list[Statement]:
    """ "first", "third"; but "third party" names no place in a row, and "first," orders an argument."""
    matches = [match for _, match in _IN_ORDER.matches(text)]
    return [Statement(Family.NUMBER, f"{_ORDINALS[one.group().casefold()]}.", *one.span()) for one in matches]


def _chinese(text: str) -> list[Statement]:
    found = []
    for match in _HAN_NUMBER.finditer(text):
        value = _han(match["han"]) * _SCALES.get(match["scale"] or "", 1)
        found.append(Statement(Family.NUMBER, _said(Decimal(value), _unit(match)), match.start(), match.end()))
    return found


def _han(digits: str) -> int:
    total = current = 0
    for digit in digits:
        if digit in ("十", "百"):
            total += (current or 1) * (10 if digit == "十" else 100)
            current = 0
        else:
            current = _HAN[digit]
    return total + current


def _decimal(digits: str) -> Decimal | None:
    """1,000,000 and 1 000 000 and 1.000.000 are one million; a last group of other than three digits is a fraction."""
    plain = re.sub(r"[ \u00a0\u202f]", "", digits)
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", plain):
        plain = plain.replace(",", "")
    elif re.fullmatch(r"\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?", plain):
        plain = plain.replace(".", "")
    try:
        return Decimal(plain.replace(",", "."))
    except InvalidOperation:
        return None


def _unit(match: re.Match[str]) -> str | None:
    groups = match.groupdict()
    return next((name for index, name in enumerate(_UNIT_NAMES) if groups[f"u{index}"]), None)


def _said(value: Decimal, unit: str | None) -> str:
    number = f"{value.normalize():f}"
    return f"{number} {unit}" if unit else number
