"""Which words set the reach of a statement: only, except, unless, all, some, at least, before, after."""

from __future__ import annotations

from detector.statements.statement import Family, Statement, Table

_AMOUNT = r"(?=[\d$€£¥]|(?:us|hk)\$|(?:one|two|three|four|five|six|seven|eight|nine|ten|a|half|\w+ty|\w+teen)\b)"

_TABLE = (
    (
        "at least",
        r"\b(?:at least|no (?:less|fewer) than|a minimum of|au moins|au minimum|minimum"
        r"|(?:or|and) (?:older|more|above|over|greater|later)|ou plus)\b"
        "|至少|不少于|不低于|最低|最少",
    ),
    (
        "at most",
        r"\b(?:at most|up to|no more than|not more than|not exceeding|a maximum of|au plus|au maximum"
        r"|maximum|jusqu['’]à)\b"
        r"|\b(?:do|does|shall|must|may|will|can)(?: not|not) exceed\b|至多|最多|不超过|不超過|最高|不高于|不多于",
    ),
    (
        "more than",
        rf"\b(?:more than|greater than|in excess of|exceeding|exceeds?|plus de|supérieure?s? à)\b|\bover\s+{_AMOUNT}"
        "|超过|超過|超出|高于|多于",
    ),
    ("less than", rf"\b(?:less than|fewer than|moins de|inférieure?s? à)\b|\bunder\s+{_AMOUNT}|少于|低于|不足"),
    (
        "about",
        rf"\b(?:about|approximately|around|roughly|nearly|almost|environ|approximativement)\s+{_AMOUNT}|大约|大約|约(?=\d)",
    ),
    ("unless", r"\b(?:unless|sauf si|à moins|sauf (?:disposition|mention|indication) contraire)\b|除非"),
    (
        "except",
        r"\b(?:except(?:ing|ed)?|excluding|excludes?|other than|with the exception of|save for|but not|barring|sauf"
        r"|hormis|excepté|à l['’]exception|à l['’]exclusion|exclusion faite|mis à part|en dehors)\b"
        "|除外|例外|除(?=[^，。；除非]{1,30}?(?:以外|之外|外))|不包括|不含",
    ),
    (
        "only",
        r"\b(?:only|solely|exclusively|seule?s?|seulement|uniquement|exclusivement|ne\s+\w+\s+que"
        r"|reserved (?:for|to)|restricted to|réservée?s? (?:à|aux?))\b|仅限于?|限于|仅|僅|只(?!要)",
    ),
    (
        "all",
        r"\b(?:all|every|each|any|entire|tous|toutes?|tout|chaque"
        r"|(?:l['’]|de l['’])?(?:ensemble|intégralité) d(?:es?|u)|la totalité d(?:es?|u))\b"
        "|所有(?![权者人])|全部|一切|任何",
    ),
    (
        "some",
        r"\b(?:some|certain|several|select|selected|limited|one of|part of|certaine?s?|quelques|plusieurs"
        r"|un des|une des"
        r"|l['’]une? des)\b|部分|某些|若干|之一",
    ),
    ("most", r"\b(?:most|the majority of|a majority of|la plupart)\b|大多数|大多數|多数"),
    ("least", r"\bleast\b"),
    (
        "before",
        r"\b(?:before|prior to|in advance of|ahead of|no later than(?! \d)|avant|préalablement à)\b|之前|以前|此前"
        "|(?<![目当先以之此提往从])前(?![述款者项提端台期景])",
    ),
    (
        "after",
        r"\b(?:after|following|subsequent to|starting|from(?! time to time)|après|à partir|à compter)\b"
        "|之后|以后|之後|起|(?<![之以最])后(?![续者果台备端])",
    ),
    ("until", r"\buntil\b|\bjusqu['’]au\b|直到|截至"),
    (
        "within",
        r"\b(?:within|dans un délai|dans les(?= \d)|sous(?= \d)|no later than(?= \d)|au plus tard)\b"
        "|最迟|不迟于|以内|以內|之内|(?<=[日天月年时周])内",
    ),
    ("outside", r"\boutside\b|以外"),
    ("without", r"\b(?:without|sans)\b(?! (?:délais?|tarder|attendre|delay|undue delay|charge|limitation)\b)"),
    ("voluntary", r"\b(?:optional(?:ly)?|voluntar(?:y|ily)|facultati(?:f|ve)s?)\b|自愿"),
    ("and or", r"\b(?:and/or|et/ou)\b|和/或"),
    ("and", r"\b(?:and|et)\b|以及|及|和|与|並且|并且"),
    ("or", r"\b(?:or|ou)\b|或者|或"),
    ("he", r"\b(?:he|him|his|himself)\b"),
    ("she", r"\b(?:she|hers?|herself)\b"),
    ("above", r"\babove\b"),
    ("below", r"\b(?:below|beneath)\b"),
    ("over", r"\bover\b"),
    ("under", r"\bunder\b"),
    ("with", r"\bwith\b"),
    ("you", r"\b(?:you|yours?|yourself|vous|votre|vos)\b|您|你"),
    ("we", r"\b(?:we|us|ours?|ourselves|nous|notre|nos)\b|我们|我們|我方"),
)
_SCOPES = Table(_TABLE)
# These change the reach even when they only come or go; the others only when one takes the place of another.
ALONE = frozenset(
    {"at least", "at most", "more than", "less than", "about", "unless", "except", "only", "some", "most", "least"}
    | {"without"}
)
# Words that say something else only against each other: "or" for "and", "she" for "he", "you" for "we".
_OPPOSED = ({"and", "or", "and or"}, {"he", "she"}, {"above", "below"}, {"over", "under"}, {"you", "we"})
_IN_OPPOSITION = frozenset(value for group in _OPPOSED for value in group) | {"with"}


def changes_reach(old: str | None, new: str | None) -> bool:
    """Whether scope word old giving way to new (None: nothing there) changes what is said.

    "Unless" and "except" both take something out.

    Words that cut or widen by themselves do when they come or go; "all" and "from" only when another takes their
    place; "and", "he", "with" only against their opposite.
    """
    if old is None or new is None:
        return bool({old, new} & ALONE)
    if {old, new} == {"unless", "except"}:
        return False
    if "without" in (old, new) or {old, new} & ALONE:
        return True
    if old in _IN_OPPOSITION or new in _IN_OPPOSITION:
        return any({old, new} <= group for group in _OPPOSED)
    return True


def scopes(text: str) -> list[Statement]:
    """Every scope word of a text by meaning: "solely" and "only" are one value."""
    return _SCOPES.found(Family.SCOPE, text)
