"""What changed between two versions, in meaning: facts first, then running text, then one judgement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detector.about import About
from detector.alignment.align import Alignment, align
from detector.alignment.cut import cut, restored
from detector.encoder import Encoder
from detector.facts import availability
from detector.facts.access_rules import access_rule_findings
from detector.facts.deployments import deployment_findings
from detector.facts.entries import entry_findings
from detector.facts.rulemaking import docket_change
from detector.judging.doubted import doubted_findings
from detector.judging.faults import Fault, fault
from detector.judging.features import Reading
from detector.judging.judge import judged
from detector.judging.learned import Learned
from detector.prose.findings import Prose, prose_findings
from detector.prose.sequence import same_words
from store.values import Content, Finding, FindingKind, Judgement, PassageKind, Severity, SourceKind

__all__ = ["About", "Comparison", "compare", "read", "weighed"]

# Versions before the old one whose text counts as "returned to".
_LOOK_BACK = 10
# A paragraph longer than this that carries facts (a deny list in prose) says more than the facts: it is read as prose
# too, but not for its territories.
_LONG_PARAGRAPH = 12


@dataclass(frozen=True, slots=True)
class Comparison:
    """The typed findings of a change and what they amount to."""

    findings: tuple[Finding, ...]
    judgement: Judgement


@dataclass(frozen=True)
class Read:
    """What was found in two versions before anything is judged. reading: a text's features, None for other kinds."""

    facts: Sequence[Finding]
    texts: Sequence[Finding]
    fault: Fault | None
    reading: Reading | None
    notes: Sequence[str]
    unknown_beside_removal: bool


def compare(old: Content, new: Content, about: About, earlier: Sequence[str], encoder: Encoder | None) -> Comparison:
    """Compares two versions of one source. Never raises for any content.

    Facts are compared as sets without a model; passages that no fact covers are aligned and compared by what they
    state. earlier: fingerprints of the versions before old, newest first. encoder None: no embeddings are asked.
    """
    revision = encoder.revision if encoder is not None else None
    return weighed(read(old, new, about, encoder), _reversion(new, earlier), revision)


def read(old: Content, new: Content, about: About, encoder: Encoder | None) -> Read:
    """All findings of two versions, and the features of their texts."""
    docket = docket_change(old, new)
    facts = [
        *availability.territory_findings(old, new, about),
        *deployment_findings(old, new),
        *docket.findings,
        *entry_findings(old, new, about),
    ]
    left, right = cut(old), cut(new)
    unchanged = same_words(left.content.passages, right.content.passages)
    prose = _prose(left.content, right.content, about, None if unchanged else encoder)
    wrong = fault(prose.old, prose.new, prose.alignment) if _is_prose(about) and not unchanged else None
    pieces = prose_findings(prose) if wrong is None else doubted_findings(prose, wrong)
    if unchanged:  # new borders and marks; what a pair of passages seems to lose stands in its neighbour
        pieces = [one for one in pieces if one.severity is Severity.INFO or one.kind is FindingKind.LINK_CHANGED]
    reading = Reading(prose, pieces) if wrong is None and _is_prose(about) and not unchanged else None
    texts = availability.beside_the_list([restored(one, left, right) for one in pieces], old, new)
    beside = _unknown_beside_removal(facts, new, about)
    return Read(
        [*facts, *([] if unchanged else access_rule_findings(old, new, wrong))],
        texts,
        wrong,
        reading,
        [*_notes(old, new, about), *docket.notes],
        beside,
    )


def weighed(
    found: Read, reversion: Sequence[Finding] = (), model: str | None = None, learned: Learned | None = None
) -> Comparison:
    """The judgement of what was read. model: the encoder's revision; learned: other weights than the packaged ones."""
    findings = [*found.facts, *found.texts, *reversion]
    judgement = judged(
        findings,
        notes=found.notes,
        fault=found.fault,
        unknown_beside_removal=found.unknown_beside_removal,
        model=model,
        reading=found.reading,
        learned=learned,
    )
    return Comparison(tuple(findings), judgement)


def _is_prose(about: About) -> bool:
    """Lists, dockets and feeds have expectations of their own in the declaration; only terms are doubted as a text."""
    return about.kind is SourceKind.TERMS


def _prose(old: Content, new: Content, about: About, encoder: Encoder | None) -> Prose:
    facts_old, facts_new = _fact_passages(old), _fact_passages(new)
    kept_old = [index for index in range(len(old.passages)) if index not in facts_old or _says_more(old, index, about)]
    kept_new = [index for index in range(len(new.passages)) if index not in facts_new or _says_more(new, index, about)]
    aligned: Alignment = align([old.passages[i] for i in kept_old], [new.passages[j] for j in kept_new], encoder)
    return Prose(
        old.passages, new.passages, aligned.renumbered(kept_old, kept_new), about, facts_old, facts_new, encoder
    )


def _fact_passages(content: Content) -> frozenset[int]:
    """The passages that carry facts, and the header rows of the tables in which deployments stand."""
    facts = content.facts
    groups = (facts.availability, facts.deployments, facts.notices, facts.entries)
    carrying = {span.passage for span in (*(one.span for group in groups for one in group), *facts.unknown)}
    tables = {content.passages[one.span.passage].path for one in facts.deployments}
    headers = {
        index
        for index, passage in enumerate(content.passages)
        if passage.kind is PassageKind.TABLE_ROW and passage.path in tables
    }
    return frozenset(carrying | headers)


def _says_more(content: Content, index: int, about: About) -> bool:
    if about.kind is SourceKind.TERMS:
        return True
    passage = content.passages[index]
    listed = {fact.span.passage for fact in content.facts.availability}
    return index in listed and passage.kind is PassageKind.PARAGRAPH and len(passage.text.split()) > _LONG_PARAGRAPH


def _reversion(new: Content, earlier: Sequence[str]) -> list[Finding]:
    for ago, fingerprint in enumerate(earlier[:_LOOK_BACK], start=2):
        if fingerprint == new.fingerprint:
            return [
                Finding(
                    FindingKind.REVERSION,
                    Severity.INFO,
                    new=f"the text of {ago} versions ago",
                    subject=fingerprint[:12],
                )
            ]
    return []


def _unknown_beside_removal(facts: Sequence[Finding], new: Content, about: About) -> bool:
    spans = [one.new_span for one in facts if one.kind is FindingKind.TERRITORY_UNKNOWN and one.new_span]
    removed = {one.product for one in facts if one.kind is FindingKind.TERRITORY_REMOVED}
    return bool(spans) and bool(removed & availability.products_beside(spans, new, about))


def _notes(old: Content, new: Content, about: About) -> list[str]:
    notes = []
    before, after = availability.standings(old, about), availability.standings(new, about)
    for product in sorted(availability.generalised_products(before, after, about)):
        notes.append(
            f"the deny list of {product or about.publisher} names no territory any more: "
            "general words may have taken its place"
        )
    names = availability.renamed(old, new, about)
    if names:
        notes.append(f"names as published changed: {'; '.join(names[:5])}")
    return notes
