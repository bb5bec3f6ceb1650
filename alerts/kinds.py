"""What kinds of finding, stages of a rule and states of a list are called in the reader's language."""

from __future__ import annotations

from alerts.language import _, spoken
from alerts.words import clean, short, value_in_words
from store.territory import is_code
from store.territory import territory_name as name_in
from store.values import Finding, FindingKind, Stage, Status

_K = FindingKind
VALUE_AT_MOST = 160


def label(kind: FindingKind) -> str:
    """ "Territory removed"."""
    return {
        _K.TERRITORY_ADDED: _("Territory added"),
        _K.TERRITORY_REMOVED: _("Territory removed"),
        _K.CONDITION_CHANGED: _("Condition changed"),
        _K.ACCESS_RULE_CHANGED: _("Access rule changed"),
        _K.TERRITORY_UNKNOWN: _("Territory unknown"),
        _K.LIST_CUT_SHORT: _("List cut short"),
        _K.DEPLOYMENT_ADDED: _("Deployment added"),
        _K.DEPLOYMENT_REMOVED: _("Deployment removed"),
        _K.NOTICE_PUBLISHED: _("Notice published"),
        _K.NOTICE_DROPPED: _("Notice dropped"),
        _K.STAGE_ADVANCED: _("Stage advanced"),
        _K.DEADLINE_SET: _("Deadline set"),
        _K.DEADLINE_MOVED: _("Deadline moved"),
        _K.EFFECTIVE_DATE_SET: _("Effective date set"),
        _K.EFFECTIVE_DATE_MOVED: _("Effective date moved"),
        _K.ENTRY_REPORTED: _("Entry reported"),
        _K.OBLIGATION_STRENGTHENED: _("Obligation strengthened"),
        _K.OBLIGATION_WEAKENED: _("Obligation weakened"),
        _K.PERMISSION_GRANTED: _("Permission granted"),
        _K.PERMISSION_WITHDRAWN: _("Permission withdrawn"),
        _K.NUMBER_CHANGED: _("Number changed"),
        _K.DATE_CHANGED: _("Date changed"),
        _K.PARTY_CHANGED: _("Party changed"),
        _K.TERRITORY_MENTION_CHANGED: _("Territory mention changed"),
        _K.SCOPE_CHANGED: _("Scope changed"),
        _K.TEXT_ADDED: _("Text added"),
        _K.TEXT_REMOVED: _("Text removed"),
        _K.REWORDED: _("Reworded"),
        _K.LINK_CHANGED: _("Link changed"),
        _K.MOVED: _("Moved"),
        _K.REVERSION: _("Reversion"),
    }[kind]


def stage_word(value: str | None) -> str:
    """ "final rule"; a stage that is not known as it is written."""
    known = {
        Stage.PUBLIC_INSPECTION: _("public inspection copy"),
        Stage.ADVANCE_NOTICE: _("advance notice of proposed rulemaking"),
        Stage.PROPOSED: _("proposed rule"),
        Stage.EXTENSION: _("extension of the comment period"),
        Stage.INTERIM_FINAL: _("interim final rule"),
        Stage.FINAL: _("final rule"),
        Stage.CORRECTION: _("correction"),
        Stage.SUSPENSION: _("suspension"),
        Stage.WITHDRAWAL: _("withdrawal"),
        Stage.NOTICE: _("notice"),
        Stage.PRESIDENTIAL: _("presidential document"),
    }
    return known[Stage(value)] if value in list(Stage) else clean(value or _("nothing"))


def published_stage(stage: Stage, number: str) -> str:
    """ "publishes a proposed rule, 2024-13923": whole, because an article belongs to its noun."""
    said = {
        Stage.PUBLIC_INSPECTION: _("publishes a public inspection copy, {number}"),
        Stage.ADVANCE_NOTICE: _("publishes an advance notice of proposed rulemaking, {number}"),
        Stage.PROPOSED: _("publishes a proposed rule, {number}"),
        Stage.EXTENSION: _("publishes an extension of the comment period, {number}"),
        Stage.INTERIM_FINAL: _("publishes an interim final rule, {number}"),
        Stage.FINAL: _("publishes a final rule, {number}"),
        Stage.CORRECTION: _("publishes a correction, {number}"),
        Stage.SUSPENSION: _("publishes a suspension, {number}"),
        Stage.WITHDRAWAL: _("publishes a withdrawal, {number}"),
        Stage.NOTICE: _("publishes a notice, {number}"),
        Stage.PRESIDENTIAL: _("publishes a presidential document, {number}"),
    }
    return said[stage].format(number=number)


def territory_word(code: str | None) -> str:
    """A territory's name in the reader's language; "?" for none."""
    return name_in(code, spoken().partition("_")[0]) if code and is_code(code) else clean(code or "?")


def value_word(finding: Finding, value: str | None, gone: bool) -> str:
    """A finding's old or new value for a reader. gone: nothing stands there now, where something stood before.

    Absence from a list is unlisted, never unavailable.
    """
    if value is None:
        missing = {_K.TERRITORY_REMOVED: _("unlisted"), _K.DEPLOYMENT_REMOVED: _("not offered")}
        return missing.get(finding.kind, _("nothing")) if gone else _("nothing")
    if finding.kind is _K.STAGE_ADVANCED:
        return stage_word(value)
    return short(listing_word(value), VALUE_AT_MOST)


def listing_word(value: str) -> str:
    """A list's state in words; a condition behind it stays as the source has it."""
    said = {
        Status.LISTED.value: _("listed"),
        Status.RESTRICTED.value: _("restricted"),
        Status.EXCLUDED.value: _("excluded"),
        "unlisted": _("unlisted"),
        "offered": _("offered"),
        "not offered": _("not offered"),
    }
    if value in said:
        return said[value]
    state, blank, condition = value.partition(" ")
    if state in said and (not blank or condition.startswith("(")):
        return clean(f"{said[state]} {condition}")
    return value_in_words(value)
