"""The words of which access rules are made: whom they test, how large a share, which owners count."""

from __future__ import annotations

import re

from store.access_rule import Comparison, Reach, RuleKind

_NUMBER = r"(?P<{0}>\d{{1,3}}(?:[.,]\d+)?|(?:twenty|thirty|forty)(?:[- ]five)?|ten|fifty|seventy[- ]five|cinquante)"
_PERCENT = r"(?:\s*\(\s*\d{1,3}\s*%?\s*\))?\s*(?:%|percent\b|per cent\b|pour cent\b|％)(?:\s*\(\s*\d{1,3}\s*%\s*\))?"
SHARE = re.compile(
    rf"(?P<more>more than|greater than|over|exceed(?:s|ing)?|in excess of|above|>|plus de|supérieure? à|超过|超過|"
    rf"高于|大于)"
    rf"\s*{_NUMBER.format('a')}{_PERCENT}"
    rf"|(?P<least>at least|no less than|not less than|≥|>=|au moins|至少|不低于)\s*{_NUMBER.format('b')}{_PERCENT}"
    rf"|{_NUMBER.format('c')}{_PERCENT}\s*(?:\([^()]{{0,160}}\)\s*)?(?P<up>or (?:more|greater|above|over)|"
    rf"and (?:above|more)|"
    r"ou plus|(?:或|及)?以上|(?:或)?更多)?"
    r"|(?P<majority>\bmajority[- ](?:owned|owner(?:ship)?|stake|interest)|\bowned? (?:a |the )?majority|"
    r"détenue?s? majoritairement|控股)",
    re.IGNORECASE,
)
OWNED_BY = re.compile(
    r"\b(?:owned|controlled|owned or controlled|owned and controlled)(?:,? directly or indirectly,?)? by\b|"
    r"détenue?s? (?:ou contrôlée?s? )?par|由.{0,20}(?:拥有|控制|控股)",
    re.IGNORECASE,
)
DESIGNATED = re.compile(r"specially designated nationals?(?: and blocked persons)?", re.IGNORECASE)
NATIONAL = re.compile(
    r"\b(?P<foreign>foreign|non[- ]U\.?S\.?) (?:nationals?|citizens?|persons?)\b|\b(?:nationals?|citizens?) of\b|"
    r"\b(?:nationality|citizenship)\b|\b[A-Z][a-z]+(?:an|ese|ish|i) (?:nationals|citizens)\b|\bressortissante?s? d|"
    r"(?:公民|国籍|國籍|外国人|外籍)",
)
NOT_TESTED = re.compile(
    r"\b(?:not|never) (?:be )?(?:used|considered|collect\w*)\b|\bshould not impact\b|\bregardless of\b", re.IGNORECASE
)
DECIDES = re.compile(
    r"\b(?:may|must|shall|can|will|do(?:es)?|are|is)(?:n['’]t| not)\b|\bcannot\b|\bnor\b|\bneither\b|\bonly\b|\bmust\b|"
    r"\bprohibit|\bbar(?:red|s)?\b|\bban(?:ned|s)?\b|\brestrict|\beligib|\blicen[cs]e|\brequire|\brepresent|\bwarrant|"
    r"\bdeny\b|\bdenied\b|\bunless\b|不得|禁止|不可|必须|仅限|ne (?:peut|peuvent|doit)|interdit|seul",
    re.IGNORECASE,
)
LETS_IN = re.compile(
    r"\bonly\b|\bmust (?:be|have|hold|reside)\b|\brequired to (?:be|have)\b|仅限|必须|seuls?\b", re.IGNORECASE
)
BILLING = re.compile(
    r"\b(?:billing (?:address|country|account|location)|payment (?:method|instrument|card)|(?:credit|debit|bank) card|"
    r"bank account)s?\b[^.]{0,80}?\b(?:in|from|within|outside|issued|located|registered)\b|"
    r"adresse de facturation|(?:账单|帳單|賬單)地址",
    re.IGNORECASE,
)
OUTSIDE = re.compile(
    r"\boutside(?: of)?\b|\bother than\b|\bnot (?:located |resident )?in (?:a|an|any|one of|our|"
    r"the) ?(?:\w+ )?supported|"
    r"en dehors|以外|之外",
    re.IGNORECASE,
)
_AGE_NUMBER = r"(?P<{0}>1[2-9]|2[0-5]|twelve|thirteen|fourteen|sixteen|eighteen|twenty[- ]one)"
AGE = re.compile(
    rf"\b(?P<under>under|younger than|below|less than|"
    rf"moins de)(?: the age of)?\s+{_AGE_NUMBER.format('a')}\b(?!\s*(?:%|days|hours))"
    rf"|\b(?:at least|minimum age (?:of|is)|over|older than|au moins|"
    rf"minimum de)(?: the age of)?\s+{_AGE_NUMBER.format('b')}"
    r"\s*(?:\(\d+\)\s*)?(?:\+|years?|ans\b|or older)"
    rf"|\b(?:age of|aged|âgée?s? de)\s+{_AGE_NUMBER.format('c')}\b"
    rf"|\b{_AGE_NUMBER.format('d')}\s*(?:\(\d+\)\s*)?(?:years? (?:of age|old)?|ans)\s*(?:or older|or over|"
    rf"and over|or above|ou plus|révolus)"
    rf"|(?P<minor>未满|不满|未滿)\s*{_AGE_NUMBER.format('e')}\s*周?[岁歲]|(?:年满|满|年滿)\s*{_AGE_NUMBER.format('f')}\s*周?[岁歲]",
    re.IGNORECASE,
)
OF_USERS = re.compile(
    r"\b(?:you|users?|customers?|children|child|minors?|persons?|individuals?|people|anyone|services?|access|account|"
    r"eligib\w*)\b|vous|utilisat|enfants?|mineurs?|用户|使用|未成年|您",
    re.IGNORECASE,
)
PARENT = re.compile(r"\bparent|\bguardian|tuteur|监护人|監護人|父母", re.IGNORECASE)
OWNERS = re.compile(
    r"\bown(?:ed|er|ers|ership|ing|s)?\b|\bequity\b|\bvoting\b|\bshares?\b|\bheld by\b|\bcontrolled by\b|"
    r"\bheadquartered\b|détenue?s?|propriété|capital|持有|控股|股权|拥有|所有权",
    re.IGNORECASE,
)
_WHOM = (
    (
        "sanctions list",
        r"specially designated|\bSDNs?\b|sanction(?:s|ed)[- ](?:part(?:y|ies)|persons?|lists?|entit)|"
        r"(?:restricted|denied|prohibited|blocked)[- ](?:part(?:y|ies)|persons?)|entity list|"
        r"list of (?:sanctioned|prohibited|restricted|designated)|sanctions evaders|on (?:a|any|"
        r"the) [^.]{0,40}sanctions? list|"
        r"制裁名单|制裁清单|实体清单|liste (?:de|des) sanctions",
    ),
    (
        "unsupported regions",
        r"\bunsupported (?:\w+ ){0,2}(?:countr|region|territor|jurisdiction|location)|\bnot (?:currently )?supported\b|"
        r"(?:countr|region|territor|jurisdiction|location)\w*,? (?:\w+ ){0,6}(?:where|"
        r"in which) (?:\w+ ){0,6}not (?:available|supported|permitted)|"
        r"(?:restricted|prohibited) (?:countr|region|territor|jurisdiction|location)|不(?:受)?支持的(?:国家|地区)|"
        r"(?:pays|régions?) non pris(?:es)? en charge",
    ),
    (
        "sanctioned territories",
        r"\b(?:sanctioned|embargoed) (?:countr|region|territor|jurisdiction|location|destination)|\bembargo|"
        r"(?:countr|region|territor|jurisdiction)\w* (?:\w+ ){0,4}subject to (?:\w+ ){0,6}(?:sanction|embargo)|"
        r"受制裁的?(?:国家|地区)|pays (?:sous|soumis à) (?:embargo|sanctions)",
    ),
    (
        "supported regions",
        r"(?<!un)(?<!not )\bsupported (?:\w+ ){0,2}(?:countr|region|territor|jurisdiction|location)|"
        r"(?<!不)(?<!不受)支持的(?:国家|地区)|(?<!non )pays pris en charge|régions? prises? en charge",
    ),
    ("foreign governments", r"\bgovernments? (?:of|subject)|foreign governments?|state[- ]owned|国有|外国政府"),
    ("countries of concern", r"countr(?:y|ies) of concern|foreign adversar"),
)
_TESTED = tuple((name, re.compile(expression, re.IGNORECASE)) for name, expression in _WHOM)
PLACES = re.compile("|".join(f"(?:{expression})" for name, expression in _WHOM[1:4]), re.IGNORECASE)
_REACH = (
    (
        Reach.INDIRECT,
        r"directly (?:or|and|and/or) indirectly|direct (?:or|and) indirect|directement ou indirectement|"
        r"直接或(?:者)?间接",
    ),
    (
        Reach.AGGREGATE,
        r"\baggregate\b|individually or collectively|alone or together|\bcombined\b|collectively|合计|ensemble",
    ),
)
_REACHES = tuple((reach, re.compile(expression, re.IGNORECASE)) for reach, expression in _REACH)
_NUMBERS = {
    "ten": 10, "twelve": 12, "thirteen": 13, "fourteen": 14, "sixteen": 16, "eighteen": 18, "twenty": 20,
    "twenty one": 21, "twenty five": 25, "thirty": 30, "thirty five": 35, "forty": 40, "forty five": 45, "fifty": 50,
    "cinquante": 50, "seventy five": 75,
}  # fmt: skip


# Words without which no rule of a kind is stated; most passages of a text hold none of them.
_SIGNS = {
    RuleKind.OWNERSHIP: ("%", "％", "percent", "per cent", "pour cent", "majorit", "owned", "controlled by", "détenu",
                         "控股", "拥有", "控制"),
    RuleKind.NATIONALITY: ("national", "citizen", "foreign person", "ressortissant", "公民", "国籍",
                           "國籍", "外国人", "外籍"),
    RuleKind.LOCATION: ("supported", "sanctioned", "embargo", "restricted ", "prohibited ", "subject to", "where",
                        "in which", "支持", "制裁", "en charge", "pays s"),
    RuleKind.BILLING: ("billing", "payment ", "card", "bank account", "facturation", "地址"),
    RuleKind.AGE: (" 1", " 2", "(1", "+", "teen", "twelve", "twenty", "岁", "歲"),
}  # fmt: skip


def kinds_in(text: str) -> tuple[RuleKind, ...]:
    """The kinds of rules that a text might state, by words that every such rule holds."""
    low = text.casefold()
    return tuple(kind for kind, signs in _SIGNS.items() if any(sign in low for sign in signs))


def whom(sentence: str) -> tuple[str, ...]:
    """Whom a sentence tests, by class: lists of persons, unsupported or sanctioned places, governments."""
    found = {name for name, expression in _TESTED if expression.search(sentence)}
    return tuple(sorted(found))


def reach_of(sentence: str) -> tuple[Reach, ...]:
    """Which owners count beside a single direct one."""
    return tuple(reach for reach, expression in _REACHES if expression.search(sentence))


def number_of(word: str) -> float | None:
    """A figure or a number word as a number, None for another word."""
    plain = word.lower().replace("-", " ").replace(",", ".").strip()
    if plain in _NUMBERS:
        return float(_NUMBERS[plain])
    try:
        return float(plain)
    except ValueError:
        return None


def comparison(*, more: bool, least: bool) -> Comparison:
    """ "more than" where the text says more, over or majority; a bare figure ("owned 50% by") is taken as at least."""
    return Comparison.MORE_THAN if more and not least else Comparison.AT_LEAST
