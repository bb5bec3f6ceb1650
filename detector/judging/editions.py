"""Whether a page shows another edition or other documents than before: for another region, one more, one less."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from detector.alignment.align import Alignment
from detector.alignment.similarity import likeness_matrix
from detector.prose.stamps import is_stamp
from detector.statements.dates import dates
from detector.statements.read import statements
from detector.statements.statement import Family
from detector.words.overlap import folded, sentences
from store.values import Passage, PassageKind

# Where an edition says for whom it is.
_OPENING = 12
_RESIDES = re.compile(
    r"\b(?:resid(?:e|es|ing|ents?)|liv(?:e|es|ing)|(?:are|is|individuals|users|people|customers) (?:located|based))\b"
    r"|\b(?:résid(?:ez|ent|ant)|habit(?:ez|ent))\b|居住|位于|所在地",
    re.IGNORECASE,
)
_APPLIES = re.compile(r"\b(?:appl(?:y|ies)|govern(?:s|ed)?|s['’]appliquent?|régissent)\b|适用", re.IGNORECASE)
_NOT_HERE = re.compile(r"\bnot apply\b|\boutside\b|\bne s['’]appliquent? pas\b|\bhors de\b|不适用|以外", re.IGNORECASE)
_POINTS_AWAY = re.compile(r"^\W*(?:if you|for (?:users|residents|people)|si vous|如果您)", re.IGNORECASE)
# An edition for elsewhere differs in many places; one clause about residents that was edited does not.
_DIFFERING = 8
_DIFFERING_SHARE = 0.2

# A document that came or went as a whole: its share of the rest, its words, and how little else may have changed.
_SHARE = 0.2
_DOCUMENT_WORDS = 150
_ELSEWHERE = 2
_TITLE_WORDS = 10
_HEAD = 4
_DOCUMENT = re.compile(
    r"\b(?:polic(?:y|ies)|terms|conditions|addendum|agreement|notice|statement|supplement|exhibit|annex"
    r"|politique|contrat|accord|avenant|annexe|charte)\b|政策|条款|协议|声明|附录|附件",
    re.IGNORECASE,
)
_IN_FORCE = re.compile(r"effective|updated|modified|revised|en vigueur|mise? à jour|生效|更新|修订", re.IGNORECASE)
# A second edition below the first repeats it passage by passage.
_REPEATED = 0.6
_ALIKE = 0.8
_RUN = 15
_CELLS = 60_000


@dataclass(frozen=True, slots=True)
class Regions:
    """For whose residents a page says it is, and for whose it points to another page."""

    own: frozenset[str]
    others: frozenset[str]


def other_edition(old: Sequence[Passage], new: Sequence[Passage], alignment: Alignment) -> str | None:
    """Why the two are editions for different regions; None when they do not say so or hardly differ."""
    differing = len(alignment.changed) + len(alignment.removed) + len(alignment.added)
    if differing < max(_DIFFERING, _DIFFERING_SHARE * max(len(old), len(new))):
        return None
    left, right = regions(old), regions(new)
    apart = bool(left.own and right.own) and not left.own & right.own
    if apart or (left.own & right.others and not right.own) or (right.own & left.others and not left.own):
        return (
            f"another edition of the text, for {_named(right) or 'elsewhere'} instead of {_named(left) or 'elsewhere'}"
        )
    return None


def regions(passages: Sequence[Passage]) -> Regions:
    """What the opening of a text says of the residents it is for."""
    own: set[str] = set()
    others: set[str] = set()
    for sentence in (one for passage in passages[:_OPENING] for one in sentences(passage.text[:2_000])):
        if not _RESIDES.search(sentence):
            continue
        places = {one.value for one in statements(sentence) if one.family is Family.TERRITORY}
        if _POINTS_AWAY.match(sentence) or _NOT_HERE.search(sentence):
            others |= places if "outside" not in sentence.casefold() else set()
        elif _APPLIES.search(sentence):
            own |= places
    return Regions(frozenset(own), frozenset(others))


def _named(said: Regions) -> str:
    return ", ".join(sorted(said.own))


def other_documents(old: Sequence[Passage], new: Sequence[Passage], alignment: Alignment) -> str | None:
    """Why whole documents came or went below a text that stayed as it was; None when none did.

    A second edition that comes is news: it says what will hold from some day. That the first goes once it expired is
    none.
    """
    if len(alignment.changed) > _ELSEWHERE:
        return None
    if not alignment.removed and _is_document(new, alignment.added, old):
        return "a whole other document, with a title and a date of its own, stands below the text"
    if not alignment.added and _is_document(old, alignment.removed, new):
        return "a whole other document, with a title and a date of its own, no longer stands below the text"
    if not alignment.added and _repeats(old, alignment.removed, new):
        return "of two editions of the text that stood one below the other one is left"
    return None


def _is_document(passages: Sequence[Passage], run: Sequence[int], rest: Sequence[Passage]) -> bool:
    """Whether the end of a version is a document of its own: titled, dated, of some length."""
    part = [passages[index] for index in sorted(run)]
    if not part or sorted(run) != list(range(len(passages) - len(part), len(passages))):
        return False
    size = _words(part)
    long = size >= _DOCUMENT_WORDS and size >= _SHARE * _words(rest)
    return long and _is_title(part[0]) and any(_dates_itself(one) for one in (*part[1:_HEAD], *part[-2:]))


def _is_title(passage: Passage) -> bool:
    text = passage.text
    short = len(text.split()) <= _TITLE_WORDS and text[-1:] not in ".;:。；："
    return passage.kind in (PassageKind.HEADING, PassageKind.PARAGRAPH) and short and bool(_DOCUMENT.search(text))


def _dates_itself(passage: Passage) -> bool:
    text = passage.text[:200]
    return is_stamp(passage.text) or (bool(_IN_FORCE.search(text)) and len(passage.text) < 200 and bool(dates(text)))


def _repeats(passages: Sequence[Passage], run: Sequence[int], rest: Sequence[Passage]) -> bool:
    """Whether what came or went nearly repeats what stays, passage by passage."""
    part = [passages[index].text for index in run]
    kept = [one.text for one in rest]
    if len(part) < max(_RUN, _SHARE * len(kept)) or len(part) * len(kept) > _CELLS:
        return False
    best = likeness_matrix(part, kept).max(axis=1)
    return sum(1 for score in best if score >= _ALIKE) >= _REPEATED * len(part)


def another_title(old: Sequence[Passage], new: Sequence[Passage]) -> bool:
    """Whether both texts open with a heading, and not with the same."""
    titles = [next(iter(_headings(side)), "") for side in (old, new)]
    return all(titles) and titles[0] != titles[1]


def _headings(passages: Sequence[Passage]) -> Iterator[str]:
    return (folded(one.text) for one in passages[:_HEAD] if one.kind is PassageKind.HEADING)


def _words(passages: Sequence[Passage]) -> int:
    return sum(len(one.text.split()) for one in passages)
