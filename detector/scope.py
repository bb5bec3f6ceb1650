"""Which words set the reach of a statement: only, except, unless, all, some, at least, before, after."""

from __future__ import annotations

from detector.statement import Family, Pattern, Statement, found, patterns

_TABLE = (
    ("at least", r"\b(?:at least|no (?:less|fewer) than|a minimum of|au moins)\b|至少|不少于|不低于"),
    (
        "at most",
        r"\b(?:at most|up to|no more than|not more than|not exceeding|a maximum of|au plus|jusqu['’]à)\b"
        "|至多|最多|不超过|不超過",
    ),
    ("more than", r"\b(?:more than|greater than|in excess of|exceeding|plus de)\b|超过|超過"),
    ("less than", r"\b(?:less than|fewer than|moins de)\b|少于|低于"),
    ("unless", r"\b(?:unless|sauf si|à moins)\b|除非"),
    (
        "except",
        r"\b(?:except|excluding|other than|with the exception of|sauf|hormis|à l['’]exception|excepté)\b"
        "|除外|例外|除…外",
    ),
    ("only", r"\b(?:only|solely|exclusively|seulement|uniquement|exclusivement)\b|仅|僅|只(?!要)"),
    ("all", r"\b(?:all|every|each|any|entire|tous|toutes?|tout|chaque)\b|所有|全部|一切|任何"),
    ("some", r"\b(?:some|certain|several|select|selected|limited|certaine?s?|quelques)\b|部分|某些|若干"),
    ("most", r"\b(?:most|la plupart)\b|大多数|大多數"),
    ("before", r"\b(?:before|prior to|no later than|avant)\b|之前|以前|此前"),
    ("after", r"\b(?:after|following|starting|from|après|à partir)\b|之后|以后|之後|起"),
    ("until", r"\buntil\b|\bjusqu['’]au\b|直到|截至"),
    ("within", r"\b(?:within|dans un délai)\b|以内|以內|之内"),
    ("outside", r"\boutside\b|以外"),
    ("without", r"\b(?:without|sans)\b"),
    ("voluntary", r"\b(?:optional(?:ly)?|voluntar(?:y|ily)|facultati(?:f|ve)s?)\b|自愿"),
)
_SCOPES: tuple[Pattern, ...] = patterns(_TABLE)
# These change the reach even when they only come or go; the others only when one takes the place of another.
ALONE = frozenset({"at least", "at most", "more than", "less than", "unless", "except", "only", "some", "without"})


def scopes(text: str) -> list[Statement]:
    """Every scope word of a text by meaning: "solely" and "only" are one value."""
    return found(Family.SCOPE, _SCOPES, text)
