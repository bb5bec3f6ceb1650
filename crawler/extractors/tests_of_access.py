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
    r"|(?P<majority>\bmajority[- ](?:(?:direct|indirect|or|and|beneficial) ){0,4}(?:owned|owner(?:ship)?|stake|"
    r"interest)|\bowned? (?:a |the )?majority|détenue?s? majoritairement|控股)",
    re.IGNORECASE,
)
OWNED_BY = re.compile(
    r"\b(?:owned|controlled|owned or controlled|owned and controlled)(?:,? directly or indirectly,?)? by\b|"
    r"(?<!the )(?<!our )\b(?:entit(?:y|ies)|compan(?:y|ies)|organi[sz]ations?|businesses|persons?|customers?|"
    r"affiliates?|"
    r"subsidiar(?:y|ies))\b[^.;]{0,60}\b(?:headquartered|incorporated|domiciled) in\b|"
    r"détenue?s? (?:ou contrôlée?s? )?par|由.{0,20}(?:拥有|控制|控股)",
    re.IGNORECASE,
)
# Persons named on a list are no nationals of a country, whatever the list calls them.
DESIGNATED = re.compile(
    r"specially designated nationals?(?: and blocked persons)?|"
    r"foreign persons?(?: or \w+)? (?:\w+ ){0,2}(?:blocked|denied|designated|sanctioned)",
    re.IGNORECASE,
)
NATIONAL = re.compile(
    r"\b(?P<foreign>foreign|non[- ]U\.?S\.?) (?:nationals?|citizens?|persons?)\b|"
    r"\b(?P<american>U\.?S\.?) (?:nationals?|citizens?|persons?)\b|\b(?:nationals?|citizens?) of\b|"
    r"\b(?:nationals?|citizens?),? (?:or|and|nor) (?:an? |the )?(?:\w+ ){0,3}(?:residents?|nationals?|citizens?) of\b|"
    r"\b(?:nationality|citizenship)\b|\b[A-Z][a-z]+(?:an|ese|ish|i) (?:nationals|citizens)\b|\bressortissante?s? d|"
    r"(?:公民|国籍|國籍|外国人|外籍)",
)
NOT_TESTED = re.compile(
    r"\b(?:not|never) (?:be )?(?:used|considered|collect\w*)\b|\bshould not impact\b|\bregardless of\b", re.IGNORECASE
)
# What others say, and what is said falsely, is no rule of the text.
REPORTS = re.compile(
    r"^\W*for example\b|^\W*(?:claims?|content|posts?|statements?|allegations?|examples?) (?:that|which|of|about)\b|"
    r"\bfalse(?:ly)?\b|"
    r"\bmislead\w*",
    re.IGNORECASE,
)
# Where data goes, and which part of a text applies to whom, decides nothing about use.
NOT_OF_USE = re.compile(
    r"\bpersonal data\b|\bdata (?:exporter|importer|transfer)|\bcontractual clauses\b|\btransfers? of\b|"
    r"\b(?:section|clause|paragraph|addendum|annex|notice|terms|policy)\b[^.;]{0,30}\bappl(?:y|ies)\b",
    re.IGNORECASE,
)
LIABILITY = re.compile(r"\bliab(?:le|ility)\b|\bforce majeure\b|\bdelays? or failures?\b", re.IGNORECASE)
# Who is owned: companies. A technology or a website that somebody owns tests nobody.
OWNED_PARTIES = re.compile(
    r"(?<!the )(?<!our )\b(?:entit(?:y|ies)|compan(?:y|ies)|organi[sz]ations?|businesses|persons?|part(?:y|ies)|"
    r"customers?|affiliates?|subsidiar(?:y|ies)|firms?|groups?|you|users?)\b|sociétés?|entreprises?|公司|企业|实体|机构",
    re.IGNORECASE,
)
# A person in a place uses the service there; elsewhere in a sentence about owners the place is the owners'.
USED_THERE = re.compile(r"\b(?:access|use)\w*\b[^,;.]{0,60}\b(?:in|from|outside|within)\b", re.IGNORECASE)
DECIDES = re.compile(
    r"\b(?:may|must|shall|can|will|do(?:es)?|are|is)(?:n['’]t| not)\b|\bcannot\b|\bnor\b|\bneither\b|\bonly\b|\bmust\b|"
    r"\bprohibit|\bbar(?:red|s)?\b|\bban(?:ned|s)?\b|\brestrict|\beligib|\blicen[cs]e|\brequire|\brepresent|\bwarrant|"
    r"\bdeny\b|\bdenied\b|\bunless\b|\b(?:be|are|is) (?:closed|refused|rejected|declined|suspended|terminated|"
    r"disabled|blocked)\b|\bright to not provide\b|"
    r"不得|禁止|不可|必须|仅限|ne (?:peut|peuvent|doit)|interdit|seul",
    re.IGNORECASE,
)
LETS_IN = re.compile(
    r"\bonly\b|\bmust (?:be|have|hold|reside)\b|\brequired to (?:be|have)\b|"
    r"^\W*(?:\(?\w{1,3}[.)] )?be (?:an? |located |resident |based )|仅限|必须|seuls?\b",
    re.IGNORECASE,
)
BILLING = re.compile(
    r"\b(?:billing (?:address|country|account|location)|payment (?:method|instrument|card)|(?:credit|debit|bank) card|"
    r"bank account|(?:tele)?phone number|mobile number|sim card|app store (?:account|region))s?\b[^.]{0,80}?\b(?:in|"
    r"from|"
    r"within|outside|issued|located|registered)\b|"
    r"adresse de facturation|(?:账单|帳單|賬單)地址|(?:手机|电话|手機|電話)号?码?",
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
    rf"|\(?{_AGE_NUMBER.format('g')}\s*\+"
    rf"|(?P<minor>未满|不满|未滿)\s*{_AGE_NUMBER.format('e')}\s*周?[岁歲]|(?:年满|满|年滿)\s*{_AGE_NUMBER.format('f')}\s*周?[岁歲]",
    re.IGNORECASE,
)
OF_USERS = re.compile(
    r"\b(?:you|users?|customers?|children|child|minors?|persons?|individuals?|people|anyone|services?|access|account|"
    r"eligib\w*)\b|vous|utilisat|enfants?|mineurs?|用户|使用|未成年|您",
    re.IGNORECASE,
)
_USE = (
    r"(?:use|access|create|register|open|sign up|have|hold|enter|join|purchase|buy|subscribe|download|participate|play|"
    r"agree|live ?stream|be)"
)
# An age is a rule where it decides who may use a service, not where it says whose data is kept or who is a child.
ADMITS = re.compile(
    rf"\b(?:may|must|shall|can|could|should|do)(?:n['’]t| not|not) (?:\w+ ){{0,2}}?{_USE}\b|\bcannot {_USE}\b|"
    rf"\b(?:must|shall|ha(?:s|ve) to|needs? to|required to) {_USE}\b|\b(?:you|users?|children|minors?|they|persons?|"
    rf"individuals?|who) (?:\w+ )?may (?:only )?{_USE}\b|"
    r"\bshould be (?:at least|over|older|1\d|2\d)|\bmust obtain\b|(?:\b(?:not|never)|n['’]t) (?:\w+ )?(?:directed|"
    r"intended|designed|aimed|targeted|meant|offered|"
    r"permitted|allowed|available|open|eligible|authori[sz]ed)\b|\b(?:intended|designed) (?:only |solely )?for\b|"
    r"\b(?:available|open|limited|restricted) (?:only )?to\b|\beligib|\bprohibit|\brepresent|"
    r"\bonly (?:be )?(?:use|used|access|available|for|by|if|permitted|allowed|with)\b|"
    r"\b(?:use|access|available|allowed|permitted)\w* only\b|\bwarrant|\bconfirm|"
    r"\bcertif|\baffirm|\backnowledge|\b(?:minimum|required) age|\bage (?:requirement|limit|restriction)|"
    r"\b(?:you|users?) (?:are|is) (?:at least|over|above|of)\b|"
    r"\b(?:parent\w*|guardian\w*)[^.;]{0,40}\b(?:consent|permission|approval)\b|"
    r"\b(?:consent|permission|approval) (?:of|from)\b[^.;]{0,30}\b(?:parent|guardian)|"
    r"devez|doivent|doit|réservé|destiné|interdit|ne (?:peut|peuvent|pouvez) pas|"
    r"不得|必须|须|須|应当|不适用于|禁止|仅限|方可|面向|同意",
    re.IGNORECASE,
)
# What a provider does when it learns of a child is no condition of use.
REACTS = re.compile(
    r"\b(?:if|when|should|where) we (?:do )?(?:become|learn|discover|find|obtain|determine|are (?:made )?(?:aware|"
    r"notified))\b|"
    r"\bif you (?:believe|become aware|learn|think|know)\b",
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
        r"specially designated (?!narcotics|global)|\bSDNs?\b|sanction(?:s|ed)[- ](?:part(?:y|ies)|persons?|lists?|"
        r"entit)|"
        r"(?:restricted|denied|prohibited|blocked)[- ](?:part(?:y|ies)|persons?|entit|individual)|\bentity list|"
        r"(?:persons?|part(?:y|ies)|entit(?:y|ies)|individuals?) (?:\w+ ){0,2}(?:blocked|denied|designated|sanctioned)"
        r"(?: or \w+)? (?:by|under)\b|"
        r"list of (?:sanctioned|prohibited|restricted|designated) (?!countr|region|territor|jurisdiction|location|"
        r"use)|sanctions evaders|on (?:a|any|"
        r"the) [^.]{0,40}sanctions? list|"
        r"制裁名单|制裁清单|实体清单|liste (?:de|des) sanctions",
    ),
    (
        "unsupported regions",
        r"\bunsupported (?:\w+ ){0,2}(?:countr|region|territor|jurisdiction|location)|"
        r"(?:countr|region|territor|jurisdiction|location)[^.;]{0,60}\bnot (?:\w+ )?supported\b|"
        r"\bnot (?:\w+ )?supported\b[^.;]{0,60}(?:countr|region|territor|jurisdiction|location)|"
        r"(?:countr|region|territor|jurisdiction|location)\w*,? (?:\w+ ){0,6}(?:where|"
        r"in which) (?:(?!who\b)\w+ ){0,8}(?:not (?:available|supported|permitted)|unavailable|illegal|prohibited)\b|"
        r"\bunavailable in (?:your|a|an|any|certain|some) (?:\w+ )?(?:countr|region|territor|jurisdiction|location)|"
        r"\b(?:countr|nation|region|territor|jurisdiction)\w* other than (?:those |the ones )?(?:\w+ ){0,4}(?:listed|"
        r"supported|named)|"
        r"(?:restricted|prohibited) (?:countr|region|territor|jurisdiction|location)|不(?:受)?支持的?(?:国家|地区)|"
        r"(?:pays|régions?) non pris(?:es)? en charge",
    ),
    (
        "sanctioned territories",
        r"\b(?:sanctioned|embargoed) (?:countr|region|territor|jurisdiction|location|destination)|\bembargo|"
        r"(?:countr|region|territor|jurisdiction)\w* (?:\w+ ){0,4}subject to (?:[\w.'’-]+ ){0,6}(?:sanction|embargo)|"
        r"受制裁的?(?:国家|地区)|pays (?:sous|soumis à) (?:embargo|sanctions)",
    ),
    (
        "supported regions",
        r"(?<!un)(?<!not )\b(?:supported|eligible) (?:\w+ ){0,2}(?:countr|region|territor|jurisdiction|location)|"
        r"\b(?:countr|region|territor|jurisdiction)\w*(?: and \w+)? (?:that )?(?:\w+ ){0,2}(?:currently )?supports?\b|"
        r"(?<!不)(?<!不受)支持的?(?:国家|地区)|(?<!non )pays pris en charge|régions? prises? en charge",
    ),
    (
        "governments",
        r"\bgovernments? (?:of|subject)|foreign governments?|state[- ]owned|\bgovernment(?:al)? (?:entit|customer|"
        r"agenc|end[- ]user|user|official|bod)|"
        r"\bmilitary (?:end[- ]?users?|organi[sz]ation|agenc|customer|user)|国有|外国政府|军事",
    ),
    ("countries of concern", r"countr(?:y|ies) of concern|foreign adversar"),
)
_TESTED = tuple((name, re.compile(expression, re.IGNORECASE)) for name, expression in _WHOM)
_PARTIES = ("sanctions list", "governments")
_PARTY = "|".join(expression for name, expression in _WHOM if name in _PARTIES)
# A party is shut out, or says that it is none; "must comply with the lists" and "shared with agencies" test nobody.
BARS = re.compile(
    r"\bprohibit|\bineligible\b|\bnot (?:eligible|permitted|allowed|available)\b|"
    rf"\b(?:neither|nor|(?:are|is|am|be)(?:n['’]t| not))\b(?! limited)(?=[^;]{{0,200}}(?:{_PARTY}))|"
    r"\b(?:may|shall|must|can|will|do|does)(?:n['’]t| not|not) (?:be )?(?:\w+ )?"
    r"(?:use|access|receive|engage|provide|sell|sold|deal|do|allow|export|purchase|download|offer|deliver)\w*\b|"
    r"\b(?:be|is|are) (?:restricted|barred|banned|blocked|denied|excluded|refused) from\b|\bbar(?:red|s)?\b|"
    r"\bban(?:ned|s)?\b|\bdeny\b|不得|禁止|不可|ne (?:peut|peuvent|doit|doivent)|interdit",
    re.IGNORECASE,
)
_COMPLIANCE = re.compile(r"\bcompl(?:y|ies|ying|iance) with [^,;]*", re.IGNORECASE)
# "not owned by anyone on a list" tests owners alone; "not on, or owned by anyone on, a list" tests the party too.
_OWNED_ALONE = re.compile(r"(?<!\bor )(?<!\bor, )(?<!\bnor )\b(?:owned|controlled)\b[^;]*?\bby\b[^;]*", re.IGNORECASE)
DEFINES = re.compile(
    r"^\W*(?:\(\w+\)\s*)?[\"“«‘][^\"”»’]{2,80}[\"”»’]\W{0,3}(?:[^.]{0,60}\s)?(?:means?|refers? to|désigne|"
    r"signifie)\b|是指|系指",
    re.IGNORECASE,
)
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
    RuleKind.PARTY: ("designated", "sdn", "sanction", "list", "denied", "blocked", "restricted", "prohibited",
                        "government",
                     "state-owned", "state owned", "military", "制裁", "清单", "国有", "政府", "军事"),
    RuleKind.OWNERSHIP: ("%", "％", "percent", "per cent", "pour cent", "majorit", "owned", "controlled by", "détenu",
                         "headquartered", "incorporated in", "domiciled in", "控股", "拥有", "控制"),
    RuleKind.NATIONALITY: ("national", "citizen", "foreign person", "u.s. person", "us person", "ressortissant",
                        "公民", "国籍",
                           "國籍", "外国人", "外籍"),
    RuleKind.LOCATION: ("supports", "eligible ", "unavailable in", "supported", "sanctioned", "embargo",
                        "restricted ", "prohibited ", "subject to", "where",
                        "in which", "支持", "制裁", "en charge", "pays s"),
    RuleKind.BILLING: ("billing", "payment ", "card", "bank account", "phone", "mobile number", "app store",
                        "facturation",
                       "地址", "手机", "电话"),
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


def parties(sentence: str) -> tuple[str, ...]:
    """The listed or public parties a sentence tests themselves, not only as somebody's owners."""
    return tuple(name for name in whom(_OWNED_ALONE.sub("", sentence)) if name in _PARTIES)


def without_compliance(sentence: str) -> str:
    """A sentence without what must be complied with: "laws related to embargoed countries" tests nobody."""
    return _COMPLIANCE.sub("", sentence)


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
