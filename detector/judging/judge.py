"""Does a change matter: one Judgement from all its findings, with reasons a person can check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from detector.judging.faults import Fault
from detector.judging.features import Reading
from detector.judging.learned import Learned
from detector.judging.opinion import Verdict, second_opinion
from detector.prose.phrases import phrase
from store.values import Finding, FindingKind, Held, Judgement, Severity

_BASE = {
    Severity.OPERATIONAL: 0.0,
    Severity.INFO: 0.05,
    Severity.LOW: 0.35,
    Severity.MEDIUM: 0.6,
    Severity.HIGH: 0.8,
    Severity.CRITICAL: 0.95,
}
_MOST_FOR_NUMBER = 0.05
# Facts stay told even when the whole text is one that stood before: a territory that is gone again is gone.
FACTS = frozenset(
    {
        FindingKind.TERRITORY_ADDED,
        FindingKind.TERRITORY_REMOVED,
        FindingKind.CONDITION_CHANGED,
        FindingKind.DEPLOYMENT_ADDED,
        FindingKind.DEPLOYMENT_REMOVED,
        FindingKind.NOTICE_PUBLISHED,
        FindingKind.STAGE_ADVANCED,
        FindingKind.DEADLINE_SET,
        FindingKind.DEADLINE_MOVED,
        FindingKind.EFFECTIVE_DATE_SET,
        FindingKind.EFFECTIVE_DATE_MOVED,
        FindingKind.ENTRY_REPORTED,
    }
)
_REMOVALS = frozenset({FindingKind.TERRITORY_REMOVED, FindingKind.DEPLOYMENT_REMOVED})
_REASONS_SHOWN = 8
# What is doubted is stored and shown to the operator, and told to nobody else.
_DOUBTED = Held.DOUBTFUL
_WHY_DOUBTED = "held: a doubtful capture, not a change of the text; somebody should look at the page"


def judged(
    findings: Sequence[Finding],
    *,
    notes: Sequence[str] = (),
    fault: Fault | None = None,
    unknown_beside_removal: bool = False,
    model: str | None = None,
    reading: Reading | None = None,
    learned: Learned | None = None,
) -> Judgement:
    """The judgement of a change.

    Substantive when a finding is low or above. severity is the highest of the findings. significance is the severity's
    base (docs/severity.md) plus up to 0.05 for the number of findings that matter and for what the learned judge says.
    fault: the two versions are no two versions of one text; then nothing in them is believed except facts. reading:
    the features of a text, for the learned judge; without one the rules decide alone. learned: its weights, None for
    the packaged ones.
    """
    facts = [finding for finding in findings if finding.kind in FACTS]
    if fault is not None and not fault.replaced and not facts:
        return Judgement(False, 0.0, Severity.OPERATIONAL, (fault.reason, _WHY_DOUBTED, *notes), _DOUBTED, model)
    cut = [finding for finding in findings if finding.kind is FindingKind.LIST_CUT_SHORT]
    if cut and not facts:  # the texts behind the cut are as doubtful as the territories
        return Judgement(False, 0.0, Severity.OPERATIONAL, (*_phrases(cut), _WHY_DOUBTED, *notes), _DOUBTED, model)
    mattering = [finding for finding in findings if finding.severity.rank >= Severity.LOW.rank]
    verdict = None if facts or fault is not None else second_opinion(mattering, reading, learned)
    if verdict is not None and verdict.acquits:
        mattering = []
    level = _level(findings, mattering, verdict)
    told = verdict is not None and verdict.tells
    held = _held(findings, mattering, facts, unknown_beside_removal, told=told)
    beside = [*(verdict.reasons if verdict else ()), *notes, *([fault.reason] if fault else [])]
    reasons = [*_phrases(mattering), *([] if mattering or told else [_nothing(findings)]), *_why_held(held), *beside]
    significance = _significance(level, len(mattering), verdict.probability if verdict else None)
    return Judgement(bool(mattering) or told, significance, level, tuple(reasons), held, model)


def _level(findings: Sequence[Finding], mattering: Sequence[Finding], verdict: Verdict | None) -> Severity:
    """The highest of what is believed; info for the acquitted, low for what only the learned judge tells."""
    if verdict is not None and (verdict.acquits or verdict.tells):
        return Severity.LOW if verdict.tells else Severity.INFO
    levels = (finding.severity for finding in (mattering or findings))
    return max(levels, key=lambda one: one.rank, default=Severity.INFO)


def _significance(level: Severity, count: int, probability: float | None) -> float:
    extra = 1 - 1 / count if count else 0.0
    weight = extra if probability is None else (extra + probability) / 2
    return round(_BASE[level] + _MOST_FOR_NUMBER * weight, 3)


def _held(
    findings: Sequence[Finding],
    mattering: Sequence[Finding],
    facts: Sequence[Finding],
    unknown_beside_removal: bool,
    *,
    told: bool,
) -> Held | None:
    kinds = {finding.kind for finding in findings}
    if unknown_beside_removal or (FindingKind.TERRITORY_UNKNOWN in kinds and not mattering):
        return Held.UNKNOWN_NAME
    if FindingKind.REVERSION in kinds and not facts:
        return Held.REVERSION
    if kinds & _REMOVALS:
        return Held.AWAITING_CONFIRMATION
    if not mattering and not told and FindingKind.ENTRY_REPORTED not in kinds:
        return Held.COSMETIC
    return None


def _phrases(mattering: Sequence[Finding]) -> list[str]:
    ranked = sorted(mattering, key=lambda finding: -finding.severity.rank)
    reasons = [phrase(finding) for finding in ranked[:_REASONS_SHOWN]]
    if len(ranked) > _REASONS_SHOWN:
        reasons.append(f"and {len(ranked) - _REASONS_SHOWN} more findings")
    return reasons


def _why_held(held: Held | None) -> list[str]:
    return [_WHY_HELD[held]] if held in _WHY_HELD else []


_WHY_HELD = {
    Held.UNKNOWN_NAME: "held: a name that no gazetteer knows appeared; somebody must say which territory it is",
    Held.REVERSION: "held: the whole text is one that stood before",
}


def _nothing(findings: Sequence[Finding]) -> str:
    counts = Counter(finding.kind for finding in findings)
    if counts[FindingKind.ENTRY_REPORTED]:
        return "no entry names a watched topic"
    if not counts:
        return "nothing that is stated changed"
    weighty = sum(1 for finding in findings if finding.severity.rank >= Severity.LOW.rank)
    if weighty:
        return f"{weighty} finding{'s' if weighty > 1 else ''} of low severity not believed to matter"
    named = ", ".join(f"{kind.value} {count}" for kind, count in counts.most_common())
    return f"only wording, order, markup or bookkeeping changed ({named})"
