"""What a passage without counterpart adds or takes away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from detector import severity
from detector.about import About
from detector.prose.chrome import is_chrome, is_furniture
from detector.prose.stamps import is_stamp
from detector.prose.surroundings import Sentences
from detector.statements.modality import Force
from detector.statements.read import statements
from detector.statements.statement import Family, Statement
from detector.words.overlap import folded, words
from detector.words.vocabulary import content_stems
from store.territory import find_territories
from store.values import Finding, FindingKind, Passage, PassageKind, Severity, SourceKind, Span

# In terms a sentence of this many content words says something even without a duty, an amount, a day or a name.
_SAYING = 6
# A paragraph that ends as a sentence ends says something with fewer.
_SHORTEST = 2
_ENDS = (".", "!", ";", "。", "！", "；")
# Of a longer passage the opening tells whether it says something.
_READ = 20_000
# A paragraph of fewer words is a button, a label or a menu, whatever name stands on it.
_SENTENCE = 3
# Characters of the longest name of a territory.
_NAME = 60
_NAMING = frozenset({Family.NUMBER, Family.DATE, Family.TERRITORY, Family.PARTY})
_SILENT = frozenset({Force.PROMISED, Force.EXPECTED})


def findings(
    passages: Sequence[Passage], indices: Sequence[int], elsewhere: Sentences, about: About, *, gone: bool
) -> Iterator[Finding]:
    """text_removed (gone) or text_added for each passage; info when all its sentences stand in the other version."""
    headings = frozenset(folded(one.text) for one in passages if one.kind is PassageKind.HEADING)
    for index in indices:
        passage = passages[index]
        kind = FindingKind.TEXT_REMOVED if gone else FindingKind.TEXT_ADDED
        level = Severity.INFO if _is_bookkeeping(passage, elsewhere, headings) else _level(passage, about)
        level = severity.in_context(kind, level, passage.text, about.on)
        span = Span(index, 0, len(passage.text), passage.text)
        territory = _only_territory(passage, about)
        if gone:
            yield Finding(kind, level, old=passage.text, old_span=span, territory=territory)
        else:
            yield Finding(kind, level, new=passage.text, new_span=span, territory=territory)


def without_renamed(found: Sequence[Finding], others: Sequence[Finding]) -> list[Finding]:
    """The findings, info where one says no more than a territory that the other side lists under another name.

    "South Korea" for "Republic of Korea". North Korea is another territory, and what says more than a name is heard.
    """
    listed = {one.territory for one in others if one.territory and _is_name(one)}
    return [replace(one, severity=Severity.INFO) if one.territory in listed and _is_name(one) else one for one in found]


def _is_name(finding: Finding) -> bool:
    text = finding.old or finding.new or ""
    mentions = find_territories(text) if len(text) <= _NAME else ()
    return len(mentions) == 1 and folded(mentions[0].text) == folded(text)


def _is_bookkeeping(passage: Passage, elsewhere: Sentences, headings: frozenset[str]) -> bool:
    """Furniture, a pointer, a date stamp, an entry of the contents, or sentences that the other version has as well."""
    chrome = passage.kind is not PassageKind.TABLE_ROW and is_chrome(passage.text)
    furniture = chrome or is_furniture(passage)
    contents = passage.kind is PassageKind.LIST_ITEM and folded(passage.text) in headings
    return furniture or contents or is_stamp(passage.text) or elsewhere.hold_all(passage.text)


def _level(passage: Passage, about: About) -> Severity:
    if passage.kind is PassageKind.HEADING:
        return Severity.INFO
    said = statements(passage.text[:_READ], about.names)
    if any(one.family is Family.TERRITORY for one in said) and severity.ends_access(passage.text[:_READ]):
        return Severity.HIGH
    if any(_weighs(one, passage.text) for one in said):
        return Severity.MEDIUM
    short = passage.kind is PassageKind.PARAGRAPH and len(words(passage.text)) < _SENTENCE
    if any(one.family in _NAMING for one in said) and not short:
        return Severity.LOW
    return Severity.LOW if about.kind is SourceKind.TERMS and _says_something(passage) else Severity.INFO


def _says_something(passage: Passage) -> bool:
    """A member of a list with a word of content, a short sentence, or many words of content."""
    content = len(content_stems(words(passage.text)))
    if passage.kind is PassageKind.LIST_ITEM:
        return content > 0
    ends = passage.kind is PassageKind.PARAGRAPH and passage.text.rstrip().endswith(_ENDS)
    return content >= (_SHORTEST if ends else _SAYING)


def _only_territory(passage: Passage, about: About) -> str | None:
    """The one territory a clause of terms names, so that who watches it hears; a list's territories are its facts."""
    said = statements(passage.text[:_READ], about.names) if about.kind is SourceKind.TERMS else ()
    codes = {one.value for one in said if one.family is Family.TERRITORY}
    return codes.pop() if len(codes) == 1 else None


def _weighs(statement: Statement, text: str) -> bool:
    """A duty, a permission, a ban, or an amount with a unit. "can" alone says what is possible, not what is allowed."""
    if statement.family is Family.FORCE:
        return Force(statement.value) not in _SILENT and text[statement.start : statement.end].casefold() != "can"
    return statement.family is Family.NUMBER and " " in statement.value
