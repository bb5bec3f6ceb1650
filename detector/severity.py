"""How much each kind of finding matters: the rules of docs/severity.md as one table.

Source of the scale: the domain study, section 5.2. Direction counts: a removal outranks an addition. What a reader
watches is not known here; the alerts room decides who hears.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from detector.statements.dates import dates
from detector.statements.modality import Force
from store.happenings import Action
from store.values import FindingKind, Polarity, Severity, Stage, Status

OF_STAGE = {
    Stage.FINAL: Severity.HIGH,
    Stage.INTERIM_FINAL: Severity.HIGH,
    Stage.PROPOSED: Severity.MEDIUM,
    Stage.ADVANCE_NOTICE: Severity.MEDIUM,
    Stage.EXTENSION: Severity.MEDIUM,
    Stage.CORRECTION: Severity.MEDIUM,
    Stage.SUSPENSION: Severity.MEDIUM,
    Stage.WITHDRAWAL: Severity.MEDIUM,
    Stage.PUBLIC_INSPECTION: Severity.MEDIUM,
    Stage.PRESIDENTIAL: Severity.LOW,
    Stage.NOTICE: Severity.LOW,
}
# A sentence about these decides who may use the service at all (5.2: ownership or nationality rule).
_ELIGIBILITY = re.compile(
    r"\bsanction|embargo|export (?:control|restriction|law)|trade control|denied part|restricted part|entity list"
    r"|majority[- ]owned|\bowned (?:or controlled )?by (?!(?:us|you|our|your|an? organi[sz]ation)\b)|nationals? of"
    r"|nationality|citizens? of|headquartered"
    r"|\bownership (?:structure|interests?|stakes?|of (?:more|at least|\d))|beneficial owner"
    r"|supported (?:countr|region|territor)|unsupported (?:countr|region|territor)|countries of concern"
    r"|not available in|geographic(?:al)? limitation"
    r"|制裁|出口管制|禁运|受支持的(?:国家|地区)|sanctions|pays pris en charge|contrôle des exportations",
    re.IGNORECASE,
)
# "Block C" is an address and "Limited" a company: neither ends anything.
_ACCESS_ENDS = re.compile(
    r"(?-i:(?!Block [A-Z\d]\b))\bblock(?:s|ed|ing)?\b"
    r"|(?-i:(?!Limited\b))\b(?:terminat|suspend|paus|halt|revok|discontinu|ceas|end|restrict|limit)(?:e|es|s|ed|ing)?\b"
    r"[^.]{0,60}\b(?:access|service|offering|availability|support|traffic|ads|accounts?|sales)"
    r"|no longer (?:be )?(?:available|supported|offered|accessible)"
    r"|停止(?:提供|支持|访问)|终止|不再(?:提供|支持)|封锁"
    r"|bloqu(?:er|é|era)|ne ser(?:a|ont) plus (?:disponible|accessible)",
    re.IGNORECASE,
)
_AT_ONCE = re.compile(r"\b(?:immediately|with immediate effect|effective today)\b|立即|即日起|immédiat", re.IGNORECASE)
_SOON = timedelta(days=30)


def of_removed_territory(polarity: Polarity, *, generalised: bool) -> Severity:
    """Leaving an allow list is high; leaving a deny list is an expansion, unless general words took its place."""
    if polarity is Polarity.ALLOW:
        return Severity.HIGH
    return Severity.MEDIUM if generalised else Severity.LOW


def of_added_territory(status: Status) -> Severity:
    """A newly named exclusion is high, whatever the list; a condition medium; an expansion low."""
    return {Status.EXCLUDED: Severity.HIGH, Status.RESTRICTED: Severity.MEDIUM, Status.LISTED: Severity.LOW}[status]


def of_condition(new: Status) -> Severity:
    return Severity.HIGH if new is Status.EXCLUDED else Severity.MEDIUM


def of_effective_date(stage: Stage) -> Severity:
    return Severity.HIGH if stage in (Stage.FINAL, Stage.INTERIM_FINAL) else Severity.MEDIUM


_REPORTED = {
    Action.RESTRICT: Severity.MEDIUM,
    Action.SUSPEND: Severity.MEDIUM,
    Action.PROPOSE: Severity.MEDIUM,
}


def of_report(action: Action | None, *, first_party: bool, watched: bool) -> Severity:
    """An entry by what it says was done, and by who says it: press is at most medium, only on watched topics.

    first_party: the party's own feed, which is evidence of its own act; its restrictions are high. watched: the entry
    names a topic that its declaration watches.
    """
    if action is None:
        return Severity.LOW if watched else Severity.INFO
    graver = _REPORTED.get(action, Severity.LOW)
    if first_party:
        return Severity.HIGH if action in (Action.RESTRICT, Action.SUSPEND) else graver
    return graver if watched else Severity.LOW


def of_force(old: Force | None, new: Force | None) -> Severity:
    """must -> will is a nuance; every other change of duty or permission is medium."""
    return Severity.LOW if {old, new} == {Force.PROMISED, Force.REQUIRED} else Severity.MEDIUM


def in_context(kind: FindingKind, severity: Severity, sentence: str, on: date) -> Severity:
    """A finding's severity raised by what the sentence it stands in is about; info stays info.

    Eligibility makes it high. Access that ends at once or on a day between on and 30 days later makes it critical.
    """
    if severity.rank < Severity.LOW.rank:
        return severity
    if kind in _CLOSING and _ACCESS_ENDS.search(sentence) and _is_soon(sentence, on):
        return Severity.CRITICAL
    if kind not in _NEUTRAL and _ELIGIBILITY.search(sentence):
        return Severity.HIGH
    return severity


_CLOSING = frozenset(
    {
        FindingKind.TEXT_ADDED,
        FindingKind.PERMISSION_WITHDRAWN,
        FindingKind.TERRITORY_MENTION_CHANGED,
        FindingKind.DATE_CHANGED,
    }
)
_NEUTRAL = frozenset({FindingKind.REWORDED, FindingKind.PARTY_CHANGED, FindingKind.LINK_CHANGED})


def ends_access(text: str) -> bool:
    """Whether a text says that access, a service or an offering is blocked, suspended or ended."""
    return bool(_ACCESS_ENDS.search(text))


def _is_soon(sentence: str, on: date) -> bool:
    if _AT_ONCE.search(sentence):
        return True
    return any(day is not None and on <= day <= on + _SOON for day in (_day(one.value, on) for one in dates(sentence)))


def _day(value: str, on: date) -> date | None:
    """A date value as a day; an unsaid year is the year of the capture, or the next when that day has long passed."""
    try:
        if not value.startswith("--"):
            return date.fromisoformat(value) if len(value) == 10 else None
        day = date.fromisoformat(f"{on.year}-{value[2:]}")
        return day if day >= on - timedelta(days=180) else day.replace(year=on.year + 1)
    except ValueError:
        return None
