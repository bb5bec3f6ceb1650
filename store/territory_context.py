"""Where a territory's name is part of something else: a currency, a language, a town, a person, a word in capitals.

Governing law ("under U.S. law", "the laws of Ireland") and companies ("Example Ireland Limited") do name the territory;
that they say nothing of who may use a product is for whoever reads availability to know.
"""

from __future__ import annotations

import re

from store.gazetteer import HAN, Gazetteer
from store.territory_names import folded

_MONEY = "dollars?|pounds?|euros?|francs?|pesos?|rupees?|yen|yuan|kron[ae]r?|krónur?|dinars?|rand|baht|ringgit"
_CURRENCY_BEHIND = re.compile(rf"[ \u00a0](?:{_MONEY})\b|\$(?=[ \u00a0]?\d|$|\W)", re.IGNORECASE)
_CURRENCY_BEFORE = re.compile(
    rf"\b(?:{_MONEY})[ \u00a0](?:of (?:the )?|de (?:la |l['’])?|d['’]|du |des )$", re.IGNORECASE
)
# Behind a name in Han letters: money, a language (but not "language model", "voice"), a state or province below it.
_HAN_BEHIND = re.compile(
    r"[元币幣円圓盾铢銖镑鎊州]|卢比|盧比|比索|法郎|英镑|[語语](?![音言种種义義境料法气氣])|[语語]言(?!模型)"
)
_TITLE = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir|M|Mme|Mlle)\.?[ \u00a0]$")
# What the US state is called in English and the country is not: the country's law is Georgian.
_OF_A_STATE = re.compile(
    r" (?:law|laws|statutes?|code|courts?|court of appeals|corporation|limited liability company|"
    r"attorney general|legislature|department of|secretary of state|"
    r"general assembly|state)\b",
    re.IGNORECASE,
)
_STATE_BEFORE = re.compile(r"\b(?:state|commonwealth|[ée]tats?) (?:of|de|d['’]) ?$", re.IGNORECASE)
_LISTED_BEFORE = re.compile(r"(?:,|;|&|/|\b(?:and|or|nor|et|ou))\s*(?:the\s+)?$", re.IGNORECASE)
_LISTED_BEHIND = re.compile(r"\s*(?:[,;/&]\s*)?(?:(?:and|or|et|ou)\s+)?(?:the\s+)?[A-Z]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NEAR = 48  # characters that tell whether a line is in capitals
_SURE = 2  # words in capitals beside the one asked about
# Before and behind "US" in a line of capitals, where it is the country and not the pronoun.
_COUNTRY_BEFORE = re.compile(r"\b(?:THE|NON|OUTSIDE|WITHIN)[ -]$")
_COUNTRY_BEHIND = re.compile(
    r"['’]?[ -](?:LAWS?|GOVERNMENT|FEDERAL|EXPORTS?|TREASURY|DEPARTMENT|CITIZENS?|PERSONS?|NATIONALS?|RESIDENTS?|"
    r"SANCTIONS?|CONGRESS|CUSTOMERS?|USERS?|STATES?|TERRITOR(?:Y|IES)|COPYRIGHT|PATENTS?|BUREAU|OFFICE|COMMERCE|"
    r"COURTS?|REGULATIONS?|EMBARGO\w*|ONLY|ORIGIN|MILITARY|POSTAL|MAINLAND|BASED)\b"
)


def is_money_or_language(text: str, start: int, end: int) -> bool:
    """ "U.S. dollars", "dollars de Singapour", "新加坡元", "日本語", and "乔治亚州", which is the state."""
    if HAN.match(text, start):
        return bool(_HAN_BEHIND.match(text, end))
    return bool(_CURRENCY_BEHIND.match(text, end) or _CURRENCY_BEFORE.search(text, max(0, start - 24), start))


def is_titled(text: str, start: int) -> bool:
    """ "Mr. Jordan"."""
    return bool(_TITLE.search(text, max(0, start - 8), start))


def is_pronoun(tree: Gazetteer, text: str, start: int, end: int) -> bool:
    """Whether "US" in a line of capitals is the pronoun: neither article before nor noun behind, in no enumeration."""
    if text[start:end] != "US" or not _in_capitals(text, start, end):
        return False
    before, behind = text[max(0, start - _NEAR) : start], text[end : end + _NEAR]
    if _COUNTRY_BEFORE.search(before) or _COUNTRY_BEHIND.match(behind):
        return False
    return not _enumerated(tree, before, behind)


def _in_capitals(text: str, start: int, end: int) -> bool:
    """Whether the words around, of the same sentence, are all in capitals; initials prove nothing."""
    before = re.split(r"[.;:!?\n]", text[max(0, start - _NEAR) : start])[-1]
    behind = re.split(r"[.;:!?\n]", text[end : end + _NEAR])[0]
    words = [*_WORD.findall(before)[-4:], *_WORD.findall(behind)[:4]]
    words = [word for word in words if len(word) > 1 and folded(word) not in ("us", "uk", "eu", "eea", "usa", "uae")]
    return bool(words) and all(word.isupper() for word in words) and max(map(len, words)) > _SURE


def _enumerated(tree: Gazetteer, before: str, behind: str) -> bool:
    """Whether another territory stands directly beside, with a comma or "and" between: "US, CANADA AND MEXICO"."""
    left = re.search(r"([^\W\d_]+)\s*(?:[,/&]|,?\s+AND|,?\s+OR)\s+$", before)
    right = re.match(r"\s*(?:[,/&]|,?\s+AND|,?\s+OR)\s*(?:THE\s+)?([^\W\d_]+)", behind)
    return any(side is not None and folded(side[1]) in tree.root.next for side in (left, right)) and not (
        re.search(r"\b(?:BY|TO|WITH|FOR|FROM) $", before)
    )


def is_town(tree: Gazetteer, text: str, start: int, end: int) -> bool:
    """ "Mexico, Missouri" and "Norway, Maine", but not "Brazil, California, Canada": a list may hold states too."""
    state = re.match(r", ((?:(?:New|North|South|West|Rhode) )?[A-Z][a-z]+)(?:\b|$)", text[end : end + 24])
    if state is None or folded(state[1]) not in tree.states:
        return False
    behind = text[end + state.end() :]
    place = re.match(r"\s*(?:,\s*)?(?:USA?\b|U\.S\.|United States|\d{5})", behind)
    if place:
        return True
    return not _LISTED_BEFORE.search(text, max(0, start - 12), start) and not _goes_on(behind)


def _goes_on(behind: str) -> bool:
    """Whether the enumeration goes on behind the state; another town with its state is no further member."""
    if not _LISTED_BEHIND.match(behind):
        return False
    return not re.match(r"\s*(?:,\s*)?(?:and|or) [A-Z][\w.]+, [A-Z]", behind)


def is_us_georgia(tree: Gazetteer, text: str, start: int, end: int) -> bool:
    """ "Atlanta, Georgia", "Florida, Georgia and Texas", "Georgia, USA", "Georgia 30303", "Georgia law"."""
    before = re.split(r"[.;:!?\n]", text[max(0, start - 40) : start])[-1]
    after = text[end : end + 40]
    if re.match(r",? (?:USA?\b|U\.S\.|3\d{4}\b)", after) or _OF_A_STATE.match(after) or _STATE_BEFORE.search(before):
        return True
    near = _capitalised(before) | _capitalised(re.split(r"[.;:!?\n]", after)[0])
    return bool(near & (tree.states | tree.georgia))


def _capitalised(text: str) -> set[str]:
    """Capitalised words of a text and their neighbouring pairs, folded: "New York" as well as "York"."""
    runs = [folded(match.group()) for match in re.finditer(r"[A-Z][a-z]+(?: [A-Z][a-z]+)*", text)]
    words = [run.split() for run in runs]
    pairs = {" ".join(run[i : i + 2]) for run in words for i in range(len(run))}
    return pairs | {word for run in words for word in run}
