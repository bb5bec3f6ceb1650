"""Which days a report means: explicit dates and "Tuesday", "fin juillet", 7月底, against the outlet's own day.

A relative day is said against the day on which the text was written, in the outlet's calendar. A feed that gives only a
day gives it as midnight UTC, which must not slip into the day before in New York.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from detector.statements.dates import dates
from store.happenings import Day

_WEEKDAYS = (
    "monday lundi lunes montag 周一 星期一 礼拜一 週一 月曜日",
    "tuesday mardi martes dienstag 周二 星期二 礼拜二 週二 火曜日",
    "wednesday mercredi miércoles mittwoch 周三 星期三 礼拜三 週三 水曜日",
    "thursday jeudi jueves donnerstag 周四 星期四 礼拜四 週四 木曜日",
    "friday vendredi viernes freitag 周五 星期五 礼拜五 週五 金曜日",
    "saturday samedi sábado samstag 周六 星期六 礼拜六 週六 土曜日",
    "sunday dimanche domingo sonntag 周日 星期日 星期天 周天 礼拜天 週日 日曜日",
)
_DAY_OF = {name: number for number, names in enumerate(_WEEKDAYS) for name in names.split()}
_NEAR = {
    "today": 0, "aujourd'hui": 0, "aujourd’hui": 0, "今天": 0, "今日": 0, "hoy": 0, "heute": 0,
    "yesterday": -1, "hier": -1, "昨天": -1, "昨日": -1, "ayer": -1, "gestern": -1,
    "tomorrow": 1, "demain": 1, "明天": 1, "明日": 1, "mañana": 1, "morgen": 1,
}  # fmt: skip
_MONTHS = (
    "january janvier enero januar jan", "february février febrero februar feb", "march mars marzo märz mar",
    "april avril abril apr", "may mai mayo", "june juin junio juni jun", "july juillet julio juli jul",
    "august août agosto aug", "september septembre septiembre sep sept", "october octobre octubre oktober oct",
    "november novembre noviembre nov", "december décembre diciembre dezember dec",
)  # fmt: skip
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
_ANY_MONTH = "|".join(sorted(_MONTH_OF, key=len, reverse=True))
_PART = {
    "end": r"(?:the )?end of|end[- ]|late|fin(?: du mois)?(?: de| d['’])?|finales de|fines de|ende",
    "mid": r"mid[- ]?|mi-|mediados de|mitte",
    "start": r"(?:the )?(?:beginning|start) of|early|début(?: du mois)?(?: de| d['’])?|principios de|anfang",
}
_PART_OF_MONTH = re.compile(
    rf"(?<!\w)(?:{'|'.join(f'(?P<{part}>{words})' for part, words in _PART.items())})\s*(?P<month>{_ANY_MONTH})(?!\w)"
    r"(?:,?\s+(?P<year>20\d\d))?",
    re.IGNORECASE,
)
_HAN_MONTH = "十[一二]?|[一二三四五六七八九]|1[0-2]|[1-9]"
_HAN_PART = re.compile(
    rf"(?:(?P<year>20\d\d)年)?(?P<month>{_HAN_MONTH})月(?P<part>底|末|中旬|初|下旬|上旬)|(?P<this>本月|这个月|月)(?P<thispart>底|末)"
)
_HAN_NUMBERS = {name: number for number, name in enumerate((*"一二三四五六七八九十", "十一", "十二"), start=1)}
_THIS_MONTH = re.compile(
    r"(?<!\w)(?:(?:the )?end of (?:the|this) month|fin du mois|fin de mes|monatsende)(?!\w)", re.IGNORECASE
)
_OTHER_DAY = re.compile(
    rf"(?<![\w.])(?P<day>\d{{1,2}})(?:\. ?| de )(?P<month>{_ANY_MONTH})(?!\w)(?: (?:de )?(?P<year>20\d\d))?",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"(?P<lead>(?:next|last|this|on|since|by|le|ce|el|am|nächsten|letzten|próximo)\s+|[上下本这這])?(?P<name>"
    + "|".join(sorted(_DAY_OF, key=len, reverse=True))
    + r")(?:(?<![A-Za-zÀ-ÿ])|(?![A-Za-zÀ-ÿ]))(?P<tail>\s+(?:next|last|prochain|dernier|suivant|próximo|pasado))?",
    re.IGNORECASE,
)
_NEAR_WORDS = re.compile(
    rf"(?<![A-Za-zÀ-ÿ])(?:{'|'.join(word for word in _NEAR if word.isascii() or word[0].isascii())})(?![A-Za-zÀ-ÿ])"
    rf"|{'|'.join(word for word in _NEAR if not word[0].isascii())}",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    r"\b(?:will|to|from|starting|beginning|effective|until|till|by|as of|à partir (?:de|du)|à compter|dès|jusqu['’]\w*"
    r"|va|vont|\w+(?:era|eront)|a partir del?|hasta|bis|ab|wird)\b|[将將起]|截至|截止",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"\b(?:said|told|announced|was|were|did|released|published|annoncée?s?|publiée?s?|a été|déclaré)\b|了|已|表示|宣布"
)


@dataclass(frozen=True, slots=True)
class Said:
    """A day and where the text says it, [start, end)."""

    day: Day
    start: int
    end: int


def day_of(published: datetime, zone: ZoneInfo) -> date:
    """The outlet's calendar day of an instant; midnight UTC to the second is a bare day and stays that day."""
    if published.astimezone(UTC).time() == time(0, 0):
        return published.astimezone(UTC).date()
    return published.astimezone(zone).date()


def days(text: str, written: date) -> list[Said]:
    """Every day a text says, resolved against the day it was written, in its order; none twice for the same letters."""
    found: list[Said] = []
    for one in (*_parts(text, written), *_others(text, written), *_explicit(text, written), *_relative(text, written)):
        if all(one.end <= other.start or one.start >= other.end for other in found):
            found.append(one)
    found.sort(key=lambda one: one.start)
    return [one for one in found if not _repeats(one, found, text)]


def _repeats(one: Said, found: list[Said], text: str) -> bool:
    """A weekday beside the date it belongs to ("mardi 9 juillet", "7月9日（周二）") says nothing more."""
    if not one.day.relative or one.day.words.casefold() in _NEAR:
        return False
    return any(
        not other.day.relative
        and len(text[min(one.end, other.end) : max(one.start, other.start)].strip(" ,(（)）.")) == 0
        for other in found
    )


def _explicit(text: str, written: date) -> Iterator[Said]:
    for one in dates(text):
        words = text[one.start : one.end]
        value = one.value
        if value.startswith("--"):
            day = _nearest(int(value[2:4]), int(value[5:7]), written)
            if day:
                yield Said(Day(day, day, words), one.start, one.end)
        elif re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            if day := _valid(*map(int, value.split("-"))):
                yield Said(Day(day, day, words), one.start, one.end)
        elif re.fullmatch(r"\d{4}-\d\d", value):
            year, month = map(int, value.split("-"))
            yield Said(Day(*_month(year, month), words), one.start, one.end)


def _others(text: str, written: date) -> Iterator[Said]:
    for match in _OTHER_DAY.finditer(text):
        month = _MONTH_OF[match["month"].casefold()]
        day = (
            _valid(int(match["year"]), month, int(match["day"]))
            if match["year"]
            else _nearest(month, int(match["day"]), written)
        )
        if day:
            yield Said(Day(day, day, match.group()), *match.span())


def _parts(text: str, written: date) -> Iterator[Said]:
    for match in _PART_OF_MONTH.finditer(text):
        part = next(name for name in _PART if match[name])
        month = _MONTH_OF[match["month"].casefold()]
        year = int(match["year"]) if match["year"] else _year_of(month, written)
        yield Said(Day(*_part(year, month, part), match.group()), *match.span())
    for match in _HAN_PART.finditer(text):
        said = match["part"] or match["thispart"]
        part = "end" if said in ("底", "末", "下旬") else "mid" if said == "中旬" else "start"
        month = _han_month(match["month"]) if match["month"] else written.month
        year = int(match["year"]) if match["year"] else _year_of(month, written)
        relative = match["month"] is None
        yield Said(Day(*_part(year, month, part), match.group(), relative), *match.span())
    for match in _THIS_MONTH.finditer(text):
        yield Said(Day(*_part(written.year, written.month, "end"), match.group(), True), *match.span())


def _relative(text: str, written: date) -> Iterator[Said]:
    for match in _NEAR_WORDS.finditer(text):
        day = written + timedelta(days=_NEAR[match.group().casefold()])
        yield Said(Day(day, day, match.group(), True), *match.span())
    for match in _WEEKDAY.finditer(text):
        if match["name"][0].isascii() and match.start() and text[match.start() - 1].isalpha():
            continue
        day = _weekday(match, text, written)
        yield Said(Day(day, day, match.group().strip(), True), *match.span())


def _weekday(match: re.Match[str], text: str, written: date) -> date:
    """The nearest such day; what lies ahead or behind where the words beside it say so. A press convention."""
    behind = (written.weekday() - _DAY_OF[match["name"].casefold()]) % 7
    last, coming = written - timedelta(days=behind), written + timedelta(days=(7 - behind) % 7)
    marks = f"{match['lead'] or ''} {match['tail'] or ''}".casefold()
    if match["lead"] in ("上", "下"):
        monday = written - timedelta(days=written.weekday()) + timedelta(days=7 if match["lead"] == "下" else -7)
        return monday + timedelta(days=_DAY_OF[match["name"].casefold()])
    if re.search(r"next|prochain|suivant|próximo|nächsten", marks):
        return coming if behind else written + timedelta(days=7)
    if re.search(r"last|dernier|pasado|letzten", marks):
        return last if behind else written - timedelta(days=7)
    before = text[max(0, match.start() - 24) : match.start()]
    ahead, past = _AHEAD.search(before), _BEHIND.search(before)
    if ahead and not past:
        return coming
    if past and not ahead:
        return last
    return last if behind <= 3 else coming


def _nearest(month: int, day: int, written: date) -> date | None:
    candidates = [found for year in (-1, 0, 1) if (found := _valid(written.year + year, month, day))]
    return min(candidates, key=lambda one: abs(one - written), default=None)


def _year_of(month: int, written: date) -> int:
    nearest = _nearest(month, 15, written)
    assert nearest is not None
    return nearest.year


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _part(year: int, month: int, part: str) -> tuple[date, date]:
    """Thirds of a month: what the press calls late begins on the 21st."""
    first, last = _month(year, month)
    if part == "end":
        return first.replace(day=21), last
    return (first.replace(day=11), first.replace(day=20)) if part == "mid" else (first, first.replace(day=10))


def _han_month(said: str) -> int:
    return int(said) if said.isdigit() else _HAN_NUMBERS[said]


_INTENT = re.compile(
    r"(?:\b(?:will|to|plans?|planning|going|va|vont|doit|wird|werden|será|va a)\s*(?:be\s*)?|[将將拟擬])$",
    re.IGNORECASE,
)


def is_ahead(before: str) -> bool:
    """Whether what stands before the word of doing puts it in the future: "to block", "will be suspended", 将停止."""
    return bool(_INTENT.search(before[-24:]))
