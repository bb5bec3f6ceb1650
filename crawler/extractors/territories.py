"""Which territories a page lists: items, first columns, accordions and comma lists whose entries are mostly names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from crawler.declaration import Declaration, ProductList
from crawler.extractors.names import Enumeration, Named, code_of, enumerated, named
from crawler.extractors.page import Page
from store.territory import folded, is_region_label
from store.values import Availability, Facts, Passage, PassageKind, Polarity, Span, Status

_SHORT = 80  # characters: a longer paragraph is prose, not an entry
_MOST_WORDS = 14  # of an entry that may be a name
_FEW = 3  # names that make a list by themselves; fewer need a declared section or another list beside them
_NEGATIVE = re.compile(
    r"\bnot (?:currently |yet |presently )?(?:available|supported|offered|accessible|permitted)\b|\bunsupported\b|"
    r"\bunavailable\b|\bprohibited\b|\bembargoed\b|\bsanctioned (?:countries|territories|regions|jurisdictions)\b|"
    r"\bexcluded (?:countries|territories|regions)\b|\bnon (?:pris en charge|disponibles?)\b|"
    r"\bnicht (?:verfügbar|unterstützt)|不支持|不可用|尚未支持|不提供",
    re.IGNORECASE,
)
_FOLLOWS = re.compile(r"following|below|suivants?|ci-dessous|folgenden|以下|下列|[:：]\s*$", re.IGNORECASE)
_DIVIDER = re.compile(r"(?:[A-Z](?:\s*[-–—]\s*[A-Z])?|top|back to top)", re.IGNORECASE)
_FOOTNOTE = re.compile(r"[*†‡§]+|[¹²³⁴⁵⁶⁷⁸⁹]+|\[\d{1,2}\]|\d{1,2}")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of a list: the passage, the offset of its text in it, the text, and what it names (None: unknown)."""

    passage: int
    offset: int
    text: str
    named: Named | None


def listed_territories(page: Page, declaration: Declaration) -> Facts:
    """Availability facts of a page's lists, and the entries that look like territories and are not known.

    An allow list lists; a condition restricts; a deny list excludes. A list under a heading such as "Unsupported
    countries" on an allow page excludes too.
    """
    facts: list[Availability] = []
    unknown: list[Span] = []
    for product, indices in _sections(page, declaration):
        for entries, excluded in _lists(page, indices, declaration):
            for entry in entries:
                if entry.named:
                    facts += _facts(page, entry, product, declaration.polarity, excluded)
                elif _could_be_a_name(entry.text, declaration.language):
                    unknown.append(Span(entry.passage, entry.offset, entry.offset + len(entry.text), entry.text))
    return Facts(availability=_one_each(facts), unknown=tuple(unknown))


def _sections(page: Page, declaration: Declaration) -> Iterator[tuple[str, Sequence[int]]]:
    product = declaration.product or declaration.title
    if not declaration.lists:
        yield product, range(len(page.passages))
        return
    for wanted in declaration.lists:
        yield wanted.product, section(page, wanted)


def section(page: Page, wanted: ProductList) -> list[int]:
    """The passages under a product's heading; with `containing` alone, those from the words on."""
    if wanted.heading is not None:
        heading = folded(wanted.heading)
        headings = {text for passage in page.passages for text in passage.path}
        exact = {text for text in headings if folded(text) == heading}
        chosen = exact or {text for text in headings if heading in folded(text)}
        return [index for index, passage in enumerate(page.passages) if not chosen.isdisjoint(passage.path)]
    if wanted.containing is None:
        return list(range(len(page.passages)))
    words = folded(wanted.containing)
    first = next((i for i, p in enumerate(page.passages) if words in folded(p.text)), len(page.passages))
    path = page.passages[first].path if first < len(page.passages) else ()
    return [i for i in range(first, len(page.passages)) if page.passages[i].path[: len(path)] == path]


def _lists(page: Page, indices: Sequence[int], declaration: Declaration) -> Iterator[tuple[list[_Entry], bool]]:
    """The lists of territories among some passages, each with whether it says where a product may not be used."""
    inside, declared = set(indices), bool(declaration.lists or declaration.select)
    found: list[tuple[list[_Entry], bool]] = []
    small: list[tuple[list[_Entry], bool]] = []
    for members in page.members().values():
        members = [index for index in members if index in inside]
        for entries in _entry_lists(page, members, declaration.language):
            names = sum(1 for entry in entries if entry.named)
            pair = (entries, _excludes(page, entries[0]))
            if names >= _FEW:
                found.append(pair)
            elif names:
                small.append(pair)
    yield from found + small if found or declared else [pair for pair in small if len(pair[0]) > 1]


def _entry_lists(page: Page, members: Sequence[int], language: str) -> Iterator[list[_Entry]]:
    """The lists of entries within one container, if most of it is territories; otherwise lines that enumerate."""
    if not members:
        return
    for entries in _readings(page, members, language):
        entries = _between_names(entries) if page.passages[members[0]].kind is PassageKind.PARAGRAPH else entries
        if _mostly_names(entries, language):
            yield entries
            return
    for index in members:
        yield from _enumerations(page.passages[index], index, language)


def _readings(page: Page, members: Sequence[int], language: str) -> Iterator[list[_Entry]]:
    """Ways to read a container: whole items, or a table by its columns; names first, then bare codes."""
    rows = [index for index in members if page.passages[index].cells]
    if not rows:
        texts = [(index, 0, page.passages[index].text) for index in members]
        named_texts = [(index, at, text, named(text, language)) for index, at, text in texts]
        yield [_Entry(*one) for one in named_texts if len(one[2]) <= _SHORT or one[3]]
        yield _codes(texts)
        return
    for column in range(min(3, max(len(page.passages[index].cells) for index in rows))):
        cells = [cell for index in rows if (cell := _cell(page.passages[index], index, column))]
        body = cells[1:] if len(cells) > 1 and not named(cells[0][2], language) else cells
        yield [_Entry(index, at, text, named(text, language)) for index, at, text in body]
        yield _codes(body)


def _codes(texts: Sequence[tuple[int, int, str]]) -> list[_Entry]:
    """Entries that are all bare codes, or nothing: "NO" and "IN" are codes only where everything beside them is."""
    codes = [(index, at, text, code_of(text)) for index, at, text in texts]
    if len(codes) < _FEW or sum(1 for *_, code in codes if code) * 10 < len(codes) * 9:
        return []
    return [_Entry(i, at, text, Named((c,), text, None, 0, len(text)) if c else None) for i, at, text, c in codes]


def _cell(passage: Passage, index: int, column: int) -> tuple[int, int, str] | None:
    """A row's cell as (passage, offset of the cell in the row's text, text)."""
    if column >= len(passage.cells) or not passage.cells[column]:
        return None
    offset = sum(len(cell) + len(" | ") for cell in passage.cells[:column])
    return index, offset, passage.cells[column]


def _between_names(entries: list[_Entry]) -> list[_Entry]:
    """Paragraphs from the first name to the last: what stands before and after is text, not entries."""
    names = [position for position, entry in enumerate(entries) if entry.named]
    return entries[names[0] : names[-1] + 1] if len(names) >= _FEW else []


def _mostly_names(entries: Sequence[_Entry], language: str) -> bool:
    counted = [entry for entry in entries if entry.named or _could_be_a_name(entry.text, language)]
    names = sum(1 for entry in counted if entry.named)
    return names > 0 and names * 2 > len(counted)


def _enumerations(passage: Passage, index: int, language: str) -> Iterator[list[_Entry]]:
    """The comma lists of a passage: of its cells where it is a row, of its text otherwise."""
    pieces = [(0, passage.text)] if not passage.cells else []
    for column in range(len(passage.cells)):
        if cell := _cell(passage, index, column):
            pieces.append((cell[1], cell[2]))
    for offset, text in pieces:
        if line := enumerated(text, language):
            yield _enumerated_entries(line, index, offset, text)


def _enumerated_entries(line: Enumeration, index: int, offset: int, text: str) -> list[_Entry]:
    names = [
        _Entry(index, offset + n.start, text[n.start : n.end], replace(n, start=0, end=n.end - n.start))
        for n in line.named
    ]
    unknown = [_Entry(index, offset + start, text[start:end], None) for start, end in line.unknown]
    return sorted(names + unknown, key=lambda entry: entry.offset)


def _excludes(page: Page, entry: _Entry) -> bool:
    """Whether the list stands under words that deny: its nearest heading, or the paragraph that introduces it."""
    passage = page.passages[entry.passage]
    if passage.path and _NEGATIVE.search(passage.path[-1]):
        return True
    before = passage.text[: entry.offset]
    if not before and entry.passage and page.passages[entry.passage - 1].kind is PassageKind.PARAGRAPH:
        before = page.passages[entry.passage - 1].text
    last = re.split(r"(?<=[.!?。])\s+", before.strip())[-1]
    return bool(_NEGATIVE.search(last) and _FOLLOWS.search(last))


def _could_be_a_name(text: str, language: str) -> bool:
    """Whether an unknown entry may be a territory; a continent, a letter that divides a list, or a sentence is not."""
    words = len(text.split(None, _MOST_WORDS + 1))
    if words > _MOST_WORDS or _DIVIDER.fullmatch(text.strip()) or is_region_label(text, language):
        return False
    return any(letter.isalpha() for letter in text) and not (words > 6 and text.rstrip().endswith((".", "!", "?")))


def _facts(page: Page, entry: _Entry, product: str, polarity: Polarity, excluded: bool) -> Iterator[Availability]:
    said = entry.named
    if said is None:
        return
    condition = _footnote(page, said.condition)
    status = Status.RESTRICTED if condition else Status.LISTED
    if excluded or polarity is Polarity.DENY:
        status = Status.EXCLUDED
    start, end = entry.offset + said.start, entry.offset + said.end
    span = Span(entry.passage, start, end, page.passages[entry.passage].text[start:end])
    for code in said.codes:
        yield Availability(code, product, status, said.name, span, condition)


def _footnote(page: Page, condition: str | None) -> str | None:
    """The text of the footnote a mark refers to; the mark itself where the page has no such note."""
    if condition is None or not _FOOTNOTE.fullmatch(condition):
        return condition
    for passage in page.passages:
        note = passage.text.removeprefix(condition)
        if note != passage.text and note[:1] in (" ", ".", ")", ":") and note.strip(" .):"):
            return note.strip(" .):")
    return condition


def _one_each(facts: Sequence[Availability]) -> tuple[Availability, ...]:
    """One fact for each product and territory; where a page repeats one, the restricted statement is kept."""
    kept: dict[tuple[str, str], Availability] = {}
    for fact in facts:
        key = (fact.product, fact.territory)
        if key not in kept or (kept[key].status is Status.LISTED and fact.status is Status.RESTRICTED):
            kept[key] = fact
    return tuple(kept.values())
