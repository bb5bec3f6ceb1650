"""Does a change matter: one Judgement from all its findings, with reasons a person can check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from detector.phrases import phrase
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


def judged(
    findings: Sequence[Finding],
    *,
    notes: Sequence[str] = (),
    fault: str | None = None,
    unknown_beside_removal: bool = False,
    model: str | None = None,
) -> Judgement:
    """The judgement of a change.

    Substantive when a finding is low or above. severity is the highest of the findings. significance is the severity's
    base (docs/severity.md) plus up to 0.05 for the number of findings that matter. fault: the two versions are no two
    versions of one text; then nothing in them is believed except facts.
    """
    facts = [finding for finding in findings if finding.kind in FACTS]
    if fault is not None and not facts:
        return Judgement(False, 0.0, Severity.OPERATIONAL, (fault, *notes), None, model)
    level = max((finding.severity for finding in findings), key=lambda one: one.rank, default=Severity.INFO)
    mattering = [finding for finding in findings if finding.severity.rank >= Severity.LOW.rank]
    held = _held(findings, mattering, facts, unknown_beside_removal)
    reasons = tuple(_reasons(findings, mattering, held, [*notes, *([fault] if fault else [])]))
    return Judgement(bool(mattering), _significance(level, len(mattering)), level, reasons, held, model)


def _significance(level: Severity, count: int) -> float:
    extra = _MOST_FOR_NUMBER * (1 - 1 / count) if count else 0.0
    return round(_BASE[level] + extra, 3)


def _held(
    findings: Sequence[Finding], mattering: Sequence[Finding], facts: Sequence[Finding], unknown_beside_removal: bool
) -> Held | None:
    kinds = {finding.kind for finding in findings}
    if unknown_beside_removal or (FindingKind.TERRITORY_UNKNOWN in kinds and not mattering):
        return Held.UNKNOWN_NAME
    if FindingKind.REVERSION in kinds and not facts:
        return Held.REVERSION
    if kinds & _REMOVALS:
        return Held.AWAITING_CONFIRMATION
    if not mattering and FindingKind.ENTRY_REPORTED not in kinds:
        return Held.COSMETIC
    return None


def _reasons(
    findings: Sequence[Finding], mattering: Sequence[Finding], held: Held | None, notes: Sequence[str]
) -> list[str]:
    ranked = sorted(mattering, key=lambda finding: -finding.severity.rank)
    reasons = [phrase(finding) for finding in ranked[:_REASONS_SHOWN]]
    if len(ranked) > _REASONS_SHOWN:
        reasons.append(f"and {len(ranked) - _REASONS_SHOWN} more findings")
    if not mattering:
        reasons.append(_nothing(findings))
    if held is not None and held in _WHY_HELD:
        reasons.append(_WHY_HELD[held])
    return [*reasons, *notes]


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
    named = ", ".join(f"{kind.value} {count}" for kind, count in counts.most_common())
    return f"only wording, order, markup or bookkeeping changed ({named})"
