"""What changed in running text: passages aligned, each changed pair compared by what it states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from detector.about import About
from detector.alignment.align import Alignment
from detector.alignment.blocks import Block
from detector.encoder import Encoder
from detector.prose import lone
from detector.prose.announcements import is_announcement, is_past_announcement
from detector.prose.cells import same_cells
from detector.prose.chrome import hides_address, in_menu, in_stamp, is_furniture, is_link_line, is_standing_note
from detector.prose.places import placed
from detector.prose.pointers import only_addresses, without_pointed
from detector.prose.rows import rows_read_as_one
from detector.prose.stamps import is_stamp
from detector.prose.stated import stated_findings
from detector.prose.surroundings import Sentences, sentence_around
from detector.prose.wording import differing_spans, wording_finding
from detector.statements.differences import Shift, shifts, statements_of_pair
from detector.statements.statement import Family, Statement
from detector.topics import with_topics
from detector.words.overlap import folded, word_difference, words
from store.values import Finding, FindingKind, Passage, Severity, Span

_LONE = frozenset({FindingKind.TEXT_ADDED, FindingKind.TEXT_REMOVED})
_NOTHING = Statement(Family.PARTY, "", 0, 0)


@dataclass(frozen=True)
class Prose:
    """Both versions of a text and what is compared. Territories of passages in factual_* are facts, not prose."""

    old: Sequence[Passage]
    new: Sequence[Passage]
    alignment: Alignment
    about: About
    factual_old: frozenset[int] = frozenset()
    factual_new: frozenset[int] = frozenset()
    encoder: Encoder | None = None


def prose_findings(prose: Prose) -> list[Finding]:
    """Findings in the order of the new text; what only moved is one finding at the end."""
    alignment = prose.alignment
    old_sentences = _sentences(prose.old, alignment.removed, [one.old for one in alignment.changed])
    new_sentences = _sentences(prose.new, alignment.added, [one.new for one in alignment.changed])
    findings: list[Finding] = []
    for pair in alignment.changed:
        blocks = Block(prose.old, pair.old), Block(prose.new, pair.new)
        findings.extend(_pair_findings(*blocks, prose, old_sentences, new_sentences))
    for i, j in (*alignment.equal, *alignment.moved):
        findings.extend(_typography(Block(prose.old, (i,)), Block(prose.new, (j,))))
    gone = list(lone.findings(prose.old, alignment.removed, new_sentences, prose.about, gone=True))
    come = list(lone.findings(prose.new, alignment.added, old_sentences, prose.about, gone=False))
    gone, come = lone.without_renamed(gone, come), lone.without_renamed(come, gone)
    findings.extend(rows_read_as_one(gone, prose.old, new_sentences, prose.about))
    findings.extend(rows_read_as_one(come, prose.new, old_sentences, prose.about))
    findings.sort(key=_place)
    told = (placed(_quiet(finding, prose), prose.old, prose.new) for finding in findings)
    return [*with_topics(list(told), prose.old, prose.new), *_moves(prose)]


def _sentences(passages: Sequence[Passage], lone: Sequence[int], changed: Sequence[tuple[int, ...]]) -> Sentences:
    """The sentences of passages that have no equal: only among these can one have moved."""
    indices = [*lone, *(index for run in changed for index in run)]
    return Sentences([passages[index].text for index in indices])


def _quiet(finding: Finding, prose: Prose) -> Finding:
    """A finding in a line of links, or a note that says no more than a date stamp, is info: neither states a rule."""
    if finding.severity is Severity.LOW and finding.kind in _LONE and _only_announces(finding):
        return replace(finding, severity=Severity.INFO)
    sides = ((finding.old_span, prose.old), (finding.new_span, prose.new))
    held = [(span, passages[span.passage]) for span, passages in sides if span is not None]
    quiet = all(
        is_link_line(passage)
        or is_furniture(passage)
        or in_menu(passage, span.start, span.end)
        or in_stamp(passage.text, span.start, span.end)
        or all(w.is_sign for w in words(span.text))
        for span, passage in held
    )
    if finding.severity.rank > Severity.INFO.rank and held and quiet and not _went_back(finding):
        return replace(finding, severity=Severity.INFO)
    return finding


def _only_announces(finding: Finding) -> bool:
    text = finding.old or finding.new or ""
    gone = finding.kind is FindingKind.TEXT_REMOVED and is_past_announcement(text)
    return gone or is_standing_note(text) or is_announcement(text)


def _place(finding: Finding) -> tuple[int, int]:
    span = finding.new_span or finding.old_span
    return (span.passage, span.start) if span else (0, 0)


def _pair_findings(
    old: Block, new: Block, prose: Prose, old_sentences: Sentences, new_sentences: Sentences
) -> Iterator[Finding]:
    if folded(old.text) == folded(new.text) or same_cells(old, new):
        yield from _typography(old, new)
        return
    difference = word_difference(old.text, new.text)
    if only_addresses(old, new, difference):
        yield from _typography(old, new)
        return
    read = statements_of_pair(old.text, new.text, difference, prose.about.names)
    found = _standing(shifts(read, difference), old, new, old_sentences, new_sentences)
    if prose.factual_old.intersection(old.indices) or prose.factual_new.intersection(new.indices):
        found = [shift for shift in found if shift.family is not Family.TERRITORY]
    if hides_address(old.text) or hides_address(new.text):
        found = [shift for shift in found if "@" not in (shift.old or shift.new or _NOTHING).value]
    found = without_pointed(found, old, new)
    stated = list(stated_findings(old, new, found, prose.about.on))
    wording = wording_finding(old, new, difference, read)
    if _only_moved(wording, old_sentences, new_sentences):
        wording = _reworded(old, new)
    announced = is_announcement(old.text) and is_announcement(new.text)
    if announced or (is_stamp(old.text) and is_stamp(new.text)):
        stated, wording = [_stamped(one, announced) for one in stated], _stamped(wording, announced)
    yield from stated
    if not stated or wording.severity is not Severity.INFO:
        yield wording
    yield from _links(old, new)


def _stamped(finding: Finding, announced: bool) -> Finding:
    """A new date stamp alone is info; one that went back in time says that an older text is in force again: low.

    announced: both sides only say since when this document stands or where it is; a territory there is its reader's.
    """
    if finding.kind is FindingKind.TERRITORY_MENTION_CHANGED and not announced:
        return finding
    return replace(finding, severity=Severity.LOW if _went_back(finding) else Severity.INFO)


def _went_back(finding: Finding) -> bool:
    old, new = finding.old or "", finding.new or ""
    return len(old) == len(new) == 10 and new < old and old[4] == "-"


def _standing(
    found: list[Shift], old: Block, new: Block, old_sentences: Sentences, new_sentences: Sentences
) -> list[Shift]:
    """Shifts without the statements whose whole sentence stands in the other version: that sentence only moved."""
    return [
        shift
        for shift in found
        if not (
            (shift.old is None or _moved(shift.old, old.text, new_sentences))
            and (shift.new is None or _moved(shift.new, new.text, old_sentences))
        )
    ]


def _moved(statement: Statement, text: str, elsewhere: Sentences) -> bool:
    return sentence_around(text, statement.start, statement.end) in elsewhere


def _only_moved(finding: Finding, old_sentences: Sentences, new_sentences: Sentences) -> bool:
    if finding.kind is FindingKind.TEXT_ADDED and finding.new:
        return old_sentences.hold_all(finding.new)
    return finding.kind is FindingKind.TEXT_REMOVED and bool(finding.old) and new_sentences.hold_all(finding.old or "")


def _typography(old: Block, new: Block) -> Iterator[Finding]:
    if len(old.indices) != len(new.indices):
        cut = "split" if len(old.indices) < len(new.indices) else "merged"
        yield replace(_reworded(old, new), subject=cut)
    elif old.text != new.text:
        yield _reworded(old, new)
    yield from _links(old, new)


def _reworded(old: Block, new: Block) -> Finding:
    old_span, new_span = differing_spans(old, new, word_difference(old.text, new.text))
    return Finding(FindingKind.REWORDED, Severity.INFO, old_span.text, new_span.text, old_span, new_span)


def _links(old: Block, new: Block) -> Iterator[Finding]:
    if old.links != new.links:
        yield Finding(
            FindingKind.LINK_CHANGED,
            Severity.INFO,
            old=" ".join(link for link in old.links if link not in new.links) or None,
            new=" ".join(link for link in new.links if link not in old.links) or None,
            old_span=old.whole,
            new_span=new.whole,
        )


def _moves(prose: Prose) -> Iterator[Finding]:
    moved = prose.alignment.moved
    if moved:
        i, j = moved[0]
        count = f"{len(moved)} passage{'s' if len(moved) > 1 else ''}"
        yield Finding(FindingKind.MOVED, Severity.INFO, count, count, _whole(prose.old, i), _whole(prose.new, j))


def _whole(passages: Sequence[Passage], index: int) -> Span:
    text = passages[index].text
    return Span(index, 0, len(text), text)
