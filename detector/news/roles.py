"""What a day in a report is: when it takes effect, when it was announced, or when it ends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from detector.news.clauses import Clause
from detector.news.when import Said, days
from store.happenings import Action, Day

_UNTIL = re.compile(
    r"(?:\b(?:until|till|through|thru|up to|expir\w+|valid to|jusqu['’](?:à la|à|au|en)|jusque|hasta"
    r"|bis(?: zum)?)\s*(?:the |le |la |el |au )?"
    r"|截至|截止(?:到|至)?|直到|直至|持续到|有效期至|到|至)$",
    re.IGNORECASE,
)
_UNTIL_AFTER = re.compile(r"^\s*(?:为止|為止|截止|结束|結束|まで|前有效)")
_ENDS = re.compile(
    r"\b(?:ends?|closes?|due|by|prend(?:ra)? fin|termine|se termine|endet|finaliza)(?: on| le| el| am)?\s*$",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(
    r"\b(?:announced|published|released|issued|unveiled|said|told|reported|dated|posted|sent|e-?mailed|ordered"
    r"|annoncée?s?|publiée?s?|présentée?s?|déclaré|anunciad\w+|publicad\w+"
    r"|veröffentlicht|angekündigt)(?: \w+){0,3}?\s*(?:on|in|le|en|am|el)?\s*$"
    r"|(?:宣布|公布|发布|發布|表示|报道)\s*于?$",
    re.IGNORECASE,
)
_ANNOUNCED_AFTER = re.compile(r"^\s*(?:宣布|公布|发布|發布|表示|发出|發出|报道)")
_FROM_AFTER = re.compile(r"^\s*(?:[（(].{1,6}[）)])?\s*(?:[起开開]|以?后|から)")
_ENDING = frozenset((Action.OFFER, Action.SUSPEND, Action.PROPOSE))
_TOLD_WITH = 28  # letters before a day in which the word that gives its role stands


@dataclass(frozen=True, slots=True)
class Dated:
    """The days of a clause by what they are."""

    effective: Day | None = None
    announced: Day | None = None
    ends: Day | None = None


def dated(clause: Clause, written: date) -> Dated:
    """The first day of each role in a clause. A day without a word for its role is when it takes effect, except that a
    proposal's day is when it was published and an offer's says nothing."""
    found: dict[str, Day] = {}
    for said in days(clause.text, written):
        role = _role(clause, said)
        if role:
            found.setdefault(role, _last(said.day) if role == "ends" else said.day)
    return Dated(**found)


def _role(clause: Clause, said: Said) -> str | None:
    before = clause.text[max(0, said.start - _TOLD_WITH) : said.start]
    after = clause.text[said.end : said.end + 8]
    action = clause.cue.action
    if _UNTIL.search(before) or _UNTIL_AFTER.match(after):
        return "ends"
    if action in _ENDING and _ENDS.search(before):
        return "ends"
    if _FROM_AFTER.match(after):
        return "effective"
    if _ANNOUNCED.search(before) or _ANNOUNCED_AFTER.match(after):
        return "announced"
    if action in (Action.PROPOSE, Action.DENY, Action.NO_CHANGE):
        return "announced"
    return None if action is Action.OFFER else "effective"


def _last(day: Day) -> Day:
    """ "Until the end of July" is the 31st."""
    return Day(day.last, day.last, day.words, day.relative)


_IN_FORCE = re.compile(
    r"\b(?:tak(?:es?|ing) effect|effective|in force|into force|start(?:s|ing)?|begin(?:s|ning)?|entr\w+ en vigueur"
    r"|prend(?:ra)? effet|à partir d[eu]|à compter d[eu]|dès|entra en vigor|in kraft|as of|from|ab|a partir del?|desde)"
    r"(?: \w+){0,2}?\s*$",
    re.IGNORECASE,
)
_IN_FORCE_AFTER = re.compile(r"^\s*(?:起|开始|開始|から|(?:正式)?\s*(?:生效|施行|实施|實施))")


def in_force(text: str, written: date) -> Day | None:
    """The first day of a whole text that a phrase such as "takes effect on" calls the start."""
    for said in days(text, written):
        if _IN_FORCE.search(text[max(0, said.start - _TOLD_WITH) : said.start]) or _IN_FORCE_AFTER.match(
            text[said.end :]
        ):
            return said.day
    return None
