"""Which days a text names: an own small grammar for English, French, Chinese and ISO dates.

Numeric forms such as 03/04/2026 stay ambiguous: their value is the text itself. A year that is not said stays unsaid.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from detector.statements.search import Search
from detector.statements.statement import Family, Statement, without_overlaps
from detector.words.overlap import CJK

_MONTHS = (
    "january janvier jan janv",
    "february février fevrier feb févr fév",
    "march mars mar",
    "april avril apr avr",
    "may mai",
    "june juin jun",
    "july juillet jul juil",
    "august août aout aug",
    "september septembre sep sept",
    "october octobre oct",
    "november novembre nov",
    "december décembre decembre dec déc",
)
_NUMBER_OF = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
_MONTH = rf"(?P<month>(?:{'|'.join(sorted(_NUMBER_OF, key=len, reverse=True))})\.?)(?!\w)"
_DAY = r"(?P<day>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th|er)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_HAN_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0}
_HAN = "[〇零○一二三四五六七八九十]"


def _pattern(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.IGNORECASE)


_SPELLED = Search(
    (
        _pattern(rf"(?<![\w.]){_DAY}(?:\s+of)?\s+{_MONTH},?\s+{_YEAR}(?![^\W_])"),
        _pattern(rf"(?<!\w){_MONTH}\s+{_DAY}\s*,?\s+{_YEAR}(?![^\W_])"),
        _pattern(rf"(?<![\w.]){_DAY}(?:\s+of)?\s+{_MONTH}"),
        _pattern(rf"(?<!\w){_MONTH}\s+{_DAY}(?![\w:]|\.\d)"),
        _pattern(rf"(?<!\w){_MONTH},?\s+{_YEAR}(?![^\W_])"),
    )
)
_ISO = re.compile(
    rf"(?<!-)(?<![^\W{CJK}])(?P<year>(?:19|20)\d\d)-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>0[1-9]|[12]\d|3[01]))?(?!-)(?![^\W{CJK}])"
)
_CHINESE = re.compile(
    rf"(?:(?P<minguo>民[国國])?(?P<year>\d{{2,4}}|{_HAN}{{2,4}})\s*年\s*)?(?P<month>\d{{1,2}}|{_HAN}{{1,3}})\s*月"
    rf"(?:\s*(?P<day>\d{{1,2}}|{_HAN}{{1,3}})\s*[日号號])?"
)
_CHINESE_YEAR = re.compile(rf"(?P<year>(?:19|20)\d\d|{_HAN}{{4}})\s*年(?!\s*(?:\d|{_HAN})+\s*月)")
_NUMERIC = re.compile(
    rf"(?<![/.-])(?<![^\W{CJK}])(?:\d{{1,2}}([/.-])\d{{1,2}}\1(?:19|20)\d\d|\d{{1,2}}([/.])\d{{1,2}}\2\d\d)"
    rf"(?![/-])(?![^\W{CJK}])"
)
_BARE_YEAR = re.compile(rf"(?<![.,$€£¥/§-])(?<![^\W{CJK}])(?:19[89]\d|20[0-4]\d)(?![%/-]|[.,]\d)(?![^\W{CJK}])")


def dates(text: str) -> list[Statement]:
    """Every date of a text; value is ISO as far as it is said: "2024-07-09", "2024-07", "--07-09", "2024"."""
    every = [*_spelled(text), *_numbered(_ISO, text, _iso)]
    if "月" in text:
        every += _numbered(_CHINESE, text, _chinese)
    every += [_statement(match, match.group()) for match in _NUMERIC.finditer(text)]
    if "年" in text:
        every += [_statement(match, str(_han(match["year"]))) for match in _CHINESE_YEAR.finditer(text)]
    every += [_statement(match, match.group()) for match in _BARE_YEAR.finditer(text)]
    return without_overlaps(every)


def same_date(old: str, new: str) -> bool:
    """Whether two date values say the same: equal, or one figure for figure what the other spells out."""
    return old == new or ((_is_ambiguous(old) or _is_ambiguous(new)) and _figures(old) == _figures(new))


def same_day(old: str, new: str) -> bool:
    """Whether two date values can be one day: the same, or one says less than the other ("--07-09", "2024-07-09")."""
    if same_date(old, new):
        return True
    shorter, longer = sorted((old, new), key=len)
    return shorter.startswith("--") and longer.endswith(shorter[1:])


def _is_ambiguous(value: str) -> bool:
    return bool(re.match(r"\d{1,2}\D", value))


def _figures(value: str) -> list[str]:
    """The figures of a date in no order: "03/04/2026" may be the third of April or the fourth of March."""
    return sorted(figure.lstrip("0") for figure in re.split(r"\D+", value))


def _statement(match: re.Match[str], value: str) -> Statement:
    return Statement(Family.DATE, value, match.start(), match.end())


def _spelled(text: str) -> Iterator[Statement]:
    for _, match in _SPELLED.matches(text):
        parts = match.groupdict()
        name = parts["month"].rstrip(".")
        if name == "may" or (
            name.casefold() in ("mar", "mars", "jan", "sep", "dec") and name.islower() and not parts.get("day")
        ):
            continue
        value = _value(parts.get("year"), _NUMBER_OF[name.casefold()], parts.get("day"))
        yield _statement(match, value)


def _numbered(
    expression: re.Pattern[str], text: str, value: Callable[[re.Match[str]], str | None]
) -> Iterator[Statement]:
    for match in expression.finditer(text):
        said = value(match)
        if said is not None:
            yield _statement(match, said)


def _iso(match: re.Match[str]) -> str:
    return match.group()


def _chinese(match: re.Match[str]) -> str | None:
    year, month, day = match["year"], _han(match["month"]), match["day"]
    if not 1 <= month <= 12 or (year is None and day is None):
        return None
    if year is None:
        return _value(None, month, str(_han(day)))
    number = _han(year) + (1911 if match["minguo"] else 0)
    return _value(str(number), month, str(_han(day)) if day else None)


def _han(digits: str) -> int:
    """A number in Arabic or Chinese digits: "12", "十二", "二〇二四", "三十一"."""
    if digits.isdigit() and digits.isascii():
        return int(digits)
    if "十" not in digits:
        return int("".join(str(_HAN_DIGITS[digit]) for digit in digits))
    tens, _, ones = digits.partition("十")
    return (_HAN_DIGITS.get(tens[-1:], 1) if tens else 1) * 10 + (_HAN_DIGITS.get(ones[:1], 0) if ones else 0)


def _value(year: str | None, month: int, day: str | None) -> str:
    tail = f"-{int(day):02d}" if day else ""
    return f"{year if year else '-'}-{month:02d}{tail}"
