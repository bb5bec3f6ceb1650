"""What a text obliges, forbids or permits, and what it denies: modal words in English, French and Chinese."""

from __future__ import annotations

from enum import StrEnum

from detector.statements.statement import Family, Statement, Table, outside
from store.values import FindingKind


class Force(StrEnum):
    """How strongly something is asked, allowed or forbidden."""

    FORBIDDEN = "forbidden"
    REFUSED = "refused"
    DISCOURAGED = "discouraged"
    NOT_REQUIRED = "not required"
    PERMITTED = "permitted"
    EXPECTED = "expected"
    PROMISED = "promised"
    REQUIRED = "required"


_NEGATIVE = (Force.DISCOURAGED, Force.REFUSED, Force.FORBIDDEN)
_POSITIVE = (Force.NOT_REQUIRED, Force.PERMITTED, Force.EXPECTED, Force.PROMISED, Force.REQUIRED)
# "we collect" and "we will collect" say the same; gaining or losing these words alone is not a change of duty.
_SILENT = frozenset({Force.PROMISED})

_BE = r"(?:is|are|be|was|were|being|been)"
_ADVERB = r"(?:strictly |expressly |explicitly |hereby |also |otherwise |legally |generally )?"

_ENGLISH = (
    (Force.NOT_REQUIRED, rf"\b{_BE} (?:not|under no obligation) {_ADVERB}(?:to|required|obligated|obliged|bound)\b"),
    (Force.NOT_REQUIRED, r"\b(?:need not|needn['’]t|(?:do|does) not (?:need|have) to|no obligation)\b"),
    (Force.FORBIDDEN, r"\b(?:must|may|shall|can)\s+(?:not|never|in no event|under no circumstances)\b"),
    (
        Force.FORBIDDEN,
        r"\b(?:cannot|can['’]t|mustn['’]t|shan['’]t)\b|\bno (?:one|person|user|customer) (?:may|shall)\b",
    ),
    (
        Force.FORBIDDEN,
        rf"\b{_BE} {_ADVERB}(?:not {_ADVERB}(?:permitted|allowed|authori[sz]ed|entitled|eligible)"
        rf"|prohibited|forbidden|banned|barred)\b",
    ),
    (Force.FORBIDDEN, r"\b(?:prohibit(?:s|ed)?|forbid(?:s|den)?|not permitted|not allowed|not eligible)\b"),
    (Force.REFUSED, r"\bwill (?:not|never)\b|\bwon['’]t\b|\bno (?:[\w-]+ ){1,4}?will\b"),
    (Force.FORBIDDEN, r"\bno (?:[\w-]+ ){1,4}?(?:may|shall|can|must)\b"),
    (Force.DISCOURAGED, r"\b(?:should|ought) not\b|\bshouldn['’]t\b"),
    (Force.REQUIRED, rf"\b(?:must|shall|{_BE} {_ADVERB}(?:required|obligated|obliged) to|(?:has|have) to)\b"),
    # "all required permissions" asks for nothing: the word stands before what it describes.
    (Force.REQUIRED, r"\b(?:(?<!\ball )(?<!\bany )(?<!\bthe )(?<!\bother )required|mandatory|requires?)\b"),
    (Force.PROMISED, r"\b(?:will|agrees? to|undertakes? to)\b"),
    (Force.EXPECTED, r"\b(?:should|ought to|recommended|encouraged to)\b"),
    (Force.PERMITTED, r"\b(?:reserves?|have|has|retains?) the right to\b"),
    (Force.PERMITTED, rf"\b{_BE} {_ADVERB}(?:permitted|allowed|authori[sz]ed|entitled|free|eligible)\b"),
    (Force.PERMITTED, r"(?<!\bin )(?<!\bof )(?<!\bby )\bmay\b|\bcan\b|\bpermitted\b|\ballowed\b"),
)
_FRENCH_VERB = {
    "may": r"(?:peut|peuvent|pouvez|pouvons|peux|pourra|pourront|pourrez|pourrons|pourrai(?:t|ent)|pourriez)",
    "must": r"(?:doit|doivent|devez|devons|dois|devra|devront|devrez|devrons)",
    "should": r"(?:devrait|devraient|devriez|devrions)",
}
_FRENCH_NOT = r"(?:pas|plus|jamais|aucune?|en aucun cas|en aucune manière)"
_FRENCH = (
    (
        Force.NOT_REQUIRED,
        r"\bn['’](?:est|êtes|a|ont|avez|avons) pas (?:tenue?s?|obligée?s?|à)\b|\bne sont pas tenue?s\b",
    ),
    (Force.FORBIDDEN, rf"\bne\s+{_FRENCH_VERB['may']}(?:\s+{_FRENCH_NOT})?(?!\w)"),
    (Force.FORBIDDEN, rf"\bne\s+{_FRENCH_VERB['must']}\s+{_FRENCH_NOT}(?!\w)"),
    (
        Force.FORBIDDEN,
        r"\b(?:interdite?s?|défendue?s?|prohibée?s?|proscrite?s?"
        r"|n(?:e |['’])(?:est|sont|êtes|sommes|sera|seront|serez) (?:pas|jamais|plus)"
        r" (?:autorisée?s?|permise?s?|habilitée?s?|en droit de)"
        r"|n['’](?:a|ont|avez|avons|aura|auront|aurez) (?:pas|jamais|plus|aucunement) le droit)\b",
    ),
    (Force.FORBIDDEN, r"\bne faut (?:pas|ni|jamais)\b"),
    (Force.DISCOURAGED, rf"\bne\s+{_FRENCH_VERB['should']}\s+{_FRENCH_NOT}(?!\w)"),
    (Force.REQUIRED, rf"\b(?:{_FRENCH_VERB['must']}|il faut|obligatoires?|incombe(?:nt)?)\b"),
    (
        Force.REQUIRED,
        r"\b(?:est|sont|êtes|sommes|sera|seront|serez) (?:tenue?s?|obligée?s?|contrainte?s?) (?:de\b|d['’]|à\b|au\b)",
    ),
    (Force.EXPECTED, rf"\b(?:{_FRENCH_VERB['should']}|recommandée?s?)\b"),
    (
        Force.PERMITTED,
        rf"\b(?:{_FRENCH_VERB['may']}|(?:est|sont|êtes) autorisée?s?|permise?s?"
        r"|(?:est|sont|êtes|sommes) (?:libres?|susceptibles?|en mesure|en droit) (?:de\b|d(?=['’]))"
        r"|(?:réserve|réservent|réservons|réservez|a|ont|avez|avons) le droit (?:de|d(?=['’])))\b",
    ),
)
_CHINESE = (
    (Force.NOT_REQUIRED, "无需|無需|不必|无须|無須|毋须|毋須|不需要"),
    (Force.FORBIDDEN, "不得|禁止|严禁|嚴禁|不可以?|不能|不允许|不允許|不准|不许|不許|请勿|切勿"),
    (Force.DISCOURAGED, "不应该?|不應該?|不宜"),
    (Force.EXPECTED, "应该|應該|建议|建議"),
    (
        Force.REQUIRED,
        "必须|必須|应当|應當|务必|務必|须(?!知)|(?<![无不必急所按])需(?![求要])|有义务|有義務|需要|(?<![供响反效对相适回])应(?![用对付对急答])",
    ),
    (Force.PERMITTED, "可以|允许|允許|有权|有權|准许|准許|获准|獲准|(?<![认許许宁尽不])可(?![能靠见信观惜是])"),
)
_NEGATIONS = (
    (
        "not",
        r"\b(?:non(?=-)|not|never|no longer|none|neither|nor|nobody|nothing"
        r"|no(?! (?:cost|charge|fee|doubt|event|case|later|less|fewer|more)\b))\b"
        r"|\bnon(?=[a-z]{5})(?!etheless|sens)|\b[a-z]+n['’]t\b|\bn ?['’]t\b",
    ),
    ("not", r"\bn(?:e\s|['’])\s*(?:\S+\s+){1,4}?(?:pas|plus|jamais|aucune?s?|rien|ni|point)\b"),
    ("not", r"\b(?:aucune?s?|jamais|non|pas|ni)\b"),
    (
        "not",
        "(?:没有|沒有|并非|並非|尚未|毫不|从不|绝不|无(?![论論锡])|未(?![来來知])|非(?![常洲])|勿|不(?![仅僅同过過断斷少但久论論良]))",
    ),
)
_FORCES = Table((*_ENGLISH, *_FRENCH, *_CHINESE))
_DENIALS = Table(_NEGATIONS)


def forces(text: str) -> list[Statement]:
    """Every modal phrase of a text with its force; "may not" is one phrase, never "may" and "not"."""
    return _FORCES.found(Family.FORCE, text)


def negations(text: str, forced: list[Statement]) -> list[Statement]:
    """Every negation that is not part of a modal phrase."""
    return outside(_DENIALS.found(Family.NEGATION, text), forced)


def kind_of_shift(old: Force | None, new: Force | None) -> FindingKind | None:
    """What it means that one force took another's place; None for no force on that side, and for no change of duty.

    Leaving or entering the forbidden side is a permission granted or withdrawn; along the permitted side the ladder is
    not required, permitted, expected, promised, required.
    """
    if old == new or (old in _SILENT and new is None) or (old is None and new in _SILENT):
        return None
    if (old in _NEGATIVE) != (new in _NEGATIVE):
        return FindingKind.PERMISSION_GRANTED if old in _NEGATIVE else FindingKind.PERMISSION_WITHDRAWN
    if old in _NEGATIVE and new in _NEGATIVE:
        return _rise(_NEGATIVE.index(new) > _NEGATIVE.index(old))
    if old is None and new is Force.PERMITTED:
        return FindingKind.PERMISSION_GRANTED
    if old is Force.PERMITTED and new is None:
        return FindingKind.PERMISSION_WITHDRAWN
    return _rise(_height(new) > _height(old))


def _rise(up: bool) -> FindingKind:
    return FindingKind.OBLIGATION_STRENGTHENED if up else FindingKind.OBLIGATION_WEAKENED


def _height(force: Force | None) -> float:
    return 0.5 if force is None else _POSITIVE.index(force)
