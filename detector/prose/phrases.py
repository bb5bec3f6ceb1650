"""Each finding as one plain sentence, for the reasons of a judgement."""

from __future__ import annotations

from store.territory import is_code, territory_name
from store.values import Finding, FindingKind

_LONGEST = 140


def phrase(finding: Finding) -> str:
    """A sentence a person can check against the spans: what changed, from what, to what."""
    subject = _subject(finding)
    return f"{_OPENING.get(finding.kind, finding.kind.value)}{subject}{_values(finding)}"


_OPENING = {
    FindingKind.TERRITORY_ADDED: "territory added",
    FindingKind.TERRITORY_REMOVED: "territory removed",
    FindingKind.CONDITION_CHANGED: "condition changed",
    FindingKind.TERRITORY_UNKNOWN: "unknown territory name",
    FindingKind.DEPLOYMENT_ADDED: "deployment added",
    FindingKind.DEPLOYMENT_REMOVED: "deployment removed",
    FindingKind.NOTICE_PUBLISHED: "notice published",
    FindingKind.STAGE_ADVANCED: "rulemaking advanced",
    FindingKind.DEADLINE_SET: "comment deadline set",
    FindingKind.DEADLINE_MOVED: "comment deadline moved",
    FindingKind.EFFECTIVE_DATE_SET: "effective date set",
    FindingKind.EFFECTIVE_DATE_MOVED: "effective date moved",
    FindingKind.ENTRY_REPORTED: "entry",
    FindingKind.OBLIGATION_STRENGTHENED: "obligation strengthened",
    FindingKind.OBLIGATION_WEAKENED: "obligation weakened",
    FindingKind.PERMISSION_GRANTED: "permission granted",
    FindingKind.PERMISSION_WITHDRAWN: "permission withdrawn",
    FindingKind.NUMBER_CHANGED: "number changed",
    FindingKind.DATE_CHANGED: "date changed",
    FindingKind.PARTY_CHANGED: "party or product changed",
    FindingKind.TERRITORY_MENTION_CHANGED: "territory named in the text changed",
    FindingKind.SCOPE_CHANGED: "scope changed",
    FindingKind.TEXT_ADDED: "text added",
    FindingKind.TEXT_REMOVED: "text removed",
    FindingKind.REWORDED: "other words",
    FindingKind.REVERSION: "returned to an earlier text",
}


def _subject(finding: Finding) -> str:
    if finding.territory:
        name = territory_name(finding.territory) if is_code(finding.territory) else finding.territory
        product = f" for {finding.product}" if finding.product else ""
        return f" {name} ({finding.territory}){product}"
    return f" {finding.subject}" if finding.subject else ""


def _values(finding: Finding) -> str:
    old, new = _short(finding.old), _short(finding.new)
    if old and new:
        return f": {old} -> {new}"
    if old:
        return f": was {old}"
    return f": {new}" if new and new != finding.subject else ""


def _short(value: str | None) -> str:
    text = value or ""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
