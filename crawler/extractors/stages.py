"""At which stage of a rulemaking a Federal Register document stands, from its type and its action line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from store.values import Stage

# The first rule that fits decides. "Final rule; correction" is a correction; "Final rule; delay of effective date"
# suspends; types are those of the Federal Register API (names in answers, codes in conditions).
_RULES = ("Rule", "RULE", "Proposed Rule", "PRORULE")
_TYPES = {
    "Rule": Stage.FINAL,
    "RULE": Stage.FINAL,
    "Proposed Rule": Stage.PROPOSED,
    "PRORULE": Stage.PROPOSED,
    "Notice": Stage.NOTICE,
    "NOTICE": Stage.NOTICE,
    "Sunshine Act Document": Stage.NOTICE,
    "SUNSHINE": Stage.NOTICE,
    "Uncategorized Document": Stage.NOTICE,
    "UNKNOWN": Stage.NOTICE,
    "Presidential Document": Stage.PRESIDENTIAL,
    "PRESDOCU": Stage.PRESIDENTIAL,
    "Correction": Stage.CORRECTION,
    "CORRECT": Stage.CORRECTION,
}
_CORRECTION = re.compile(r"\bcorrect(?:ion|ing|ions|ed)\b", re.IGNORECASE)
_WITHDRAWAL = re.compile(r"\bwithdraw(?:al|n|s|ing)?\b|\brescission\b|\brescind", re.IGNORECASE)
_SUSPENSION = re.compile(
    r"\b(?:suspension|suspending|suspend|postpone(?:ment|s|d)?|delay(?:ed|s|ing)?|stay)\b", re.IGNORECASE
)
_EXTENSION = re.compile(
    r"\b(?:extension|extending|extends?|re-?opening|re-?opens?)\b.{0,40}\bcomment|\bcomment period\b.{0,20}\bextension",
    re.IGNORECASE,
)
_ADVANCE = re.compile(r"\badvance(?:d)? notice\b|\bANPRM\b|\bANPR\b", re.IGNORECASE)
_INTERIM = re.compile(r"\binterim(?: final)?\b.{0,12}\brule|\binterim final\b", re.IGNORECASE)
_CORRECTION_NUMBER = re.compile(r"C\d+-(?P<corrected>.+)")


def stage(kind: str, action: str, number: str, correction_of: str | None) -> Stage | None:
    """The stage; None for a type the Federal Register is not known to use."""
    usual = _TYPES.get(kind)
    if usual is None:
        return None
    if usual is Stage.PRESIDENTIAL and not correction_of:
        return usual
    if correction_of or _CORRECTION_NUMBER.match(number) or _CORRECTION.search(action):
        return Stage.CORRECTION
    if _EXTENSION.search(action):
        return Stage.EXTENSION
    if kind in _RULES and _WITHDRAWAL.search(action):
        return Stage.WITHDRAWAL
    if kind in _RULES and _SUSPENSION.search(action):
        return Stage.SUSPENSION
    if usual is Stage.PROPOSED and _ADVANCE.search(action):
        return Stage.ADVANCE_NOTICE
    if usual is Stage.FINAL and _INTERIM.search(action):
        return Stage.INTERIM_FINAL
    return usual


def corrected(number: str, correction_of: str | None) -> str | None:
    """The number of the document that is corrected: from the API's address of it, else from C1-2024-13923."""
    if correction_of:
        tail = correction_of.rstrip("/").rpartition("/")[2]
        return tail.partition("?")[0].removesuffix(".json") or None
    match = _CORRECTION_NUMBER.fullmatch(number)
    return match["corrected"] if match else None


def is_public_inspection(document: Mapping[str, Any]) -> bool:
    """A document filed but not yet printed: the inspection desk's answer carries the filing, and no citation."""
    return bool(document.get("filed_at") or document.get("filing_type")) and not document.get("citation")
