"""What the learned judge adds to the rules: it may doubt soft findings and tell what no rule saw; facts override it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detector.judging.features import NAMES, Reading
from detector.judging.learned import Learned, learned
from store.values import Finding, FindingKind, PassageKind, Severity

_TEXT = frozenset({FindingKind.TEXT_ADDED, FindingKind.TEXT_REMOVED, FindingKind.REWORDED})
# A member of a list or a row of a table is short and says all it has to say.
_MEMBERS = frozenset({PassageKind.LIST_ITEM, PassageKind.TABLE_ROW})


@dataclass(frozen=True, slots=True)
class Verdict:
    """probability that the change matters, and what follows: acquits drops soft findings, tells raises a change."""

    probability: float
    acquits: bool = False
    tells: bool = False
    reasons: tuple[str, ...] = ()


def second_opinion(
    mattering: Sequence[Finding], reading: Reading | None, model: Learned | None = None
) -> Verdict | None:
    """The learned judge's word on a text; None where there is none to read or nothing that differs.

    Only changes whose findings are all soft can be acquitted: a low passage that came or went as a whole outside lists
    and tables, a low rewording. A territory, a deployment, a notice, a date, a number, a name, a duty, an edit inside
    a passage, or anything of medium severity never is. A change without a finding that matters can be told when its
    words differ.
    """
    if reading is None or not reading.findings:
        return None
    judge = model or learned()
    values = reading.values
    probability = round(judge.probability(values), 3)
    if mattering:
        acquits = probability < judge.keep and all(_is_soft(finding, reading) for finding in mattering)
        reasons = (_reason(judge, reading, probability, towards=False),) if acquits else ()
        return Verdict(probability, acquits=acquits, reasons=reasons)
    tells = probability >= judge.tell and reading.words_differ
    reasons = (_reason(judge, reading, probability, towards=True),) if tells else ()
    return Verdict(probability, tells=tells, reasons=reasons)


def _is_soft(finding: Finding, reading: Reading) -> bool:
    if finding.kind not in _TEXT or finding.severity is not Severity.LOW:
        return False
    sides = ((finding.old_span, reading.prose.old), (finding.new_span, reading.prose.new))
    held = [(span, passages[span.passage]) for span, passages in sides if span is not None]
    if any(passage.kind in _MEMBERS for _, passage in held):
        return False
    return finding.kind is FindingKind.REWORDED or all(span.text == passage.text for span, passage in held)


def _reason(judge: Learned, reading: Reading, probability: float, *, towards: bool) -> str:
    named = "; ".join(
        f"{NAMES[name]} {reading.values[name]:.2f}" for name in judge.strongest(reading.values, towards=towards)
    )
    verdict = "matters" if towards else "does not matter"
    return f"the learned judge says that it {verdict} (probability {probability:.2f}): {named}"
