"""At which stage of a rulemaking a Federal Register document stands, from its type and its action line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from crawler.extractors.dates import day_in
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
    r"\b(?:suspension|suspending|suspend|postpone(?:ment|s|d)?|postponing|delay(?:ed|s|ing)?|stay(?:ed|ing)?)\b",
    re.IGNORECASE,
)
# "Final rule; lifting of stay" ends a suspension; "Notice of proposed rulemaking; proposed rescission" only proposes.
_LIFTING = re.compile(r"\b(?:lift(?:ing|s|ed)?|remov(?:al|ing) of (?:the )?(?:stay|suspension))\b", re.IGNORECASE)
_PROPOSES = re.compile(
    r"\bpropos(?:ed|es|ing|al to)(?: \w+){0,2} (?:withdraw|rescission|rescind|suspen|delay|stay|postpone)",
    re.IGNORECASE,
)
_EXTENSION = re.compile(
    r"\b(?:extension|extending|extends?|re-?opening|re-?opens?)\b.{0,40}\bcomment|\bcomment period\b.{0,20}\bextension",
    re.IGNORECASE,
)
_ADVANCE = re.compile(r"\badvance(?:d)? notice\b|\bANPRM\b|\bANPR\b", re.IGNORECASE)
_INTERIM = re.compile(r"\binterim(?: final)?\b.{0,12}\brule|\binterim final\b", re.IGNORECASE)
# Printed among the proposed rules, yet they propose nothing: hearings, petitions, data made available.
_ASIDE = re.compile(
    r"(?:cancellation of a )?(?:initial |second )?(?:notice|notification|receipt|denial)s? of (?:an? )?"
    r"(?:(?:informal|public|virtual) )*(?:hearing|petition|meeting|workshop|data availability|availability of data)",
    re.IGNORECASE,
)
# C1-2024-13923 corrects, R1-2023-28849 is printed again in full: both name the document they are about.
_CORRECTION_NUMBER = re.compile(r"[CR]\d+-(?P<corrected>.+)")
_NUMBERED = re.compile(r"(?<![\w-])(?:19|20)\d\d-(?!(?:19|20)\d\d\b)\d{4,6}(?![\w-])")
# "is delayed until Monday, March 22, 2021": the day stands right behind, so that "amendments to 31 CFR 850" is none.
_DELAY_ENDS = re.compile(
    r"\b(?:delay|postpon|defer|stay|suspen|effective)\w*\b[^.;]{0,240}?\b(?:until|till|through|to)\s+"
    r"(?:and including\s+)?(?:\w+day,?\s+)?(?=(?P<day>.{8,18}))",
    re.IGNORECASE,
)
_PULLED = re.compile(r"\bwithdr(?:awn|ew|awal)\b|\bpulled\b", re.IGNORECASE)


def stage(kind: str, action: str, number: str, correction_of: str | None, title: str = "") -> Stage | None:
    """The stage; None for a type the Federal Register is not known to use.

    Where a document has no action line, what its title says after the last semicolon is read as one ("...; Delay").
    """
    usual = _TYPES.get(kind)
    if usual is None:
        return None
    said = action or title.rpartition(";")[2] * (";" in title)
    if usual is Stage.PRESIDENTIAL and not correction_of:
        return usual
    if correction_of or _CORRECTION_NUMBER.match(number) or _CORRECTION.search(said):
        return Stage.CORRECTION
    if _EXTENSION.search(said):
        return Stage.EXTENSION
    return _rule_stage(usual, said) if kind in _RULES else usual


def _rule_stage(usual: Stage, said: str) -> Stage:
    if _WITHDRAWAL.search(said) and not _PROPOSES.search(said):
        return Stage.WITHDRAWAL
    if usual is Stage.PROPOSED:
        if _ADVANCE.search(said):
            return Stage.ADVANCE_NOTICE
        return Stage.NOTICE if _ASIDE.match(said) else usual
    if _SUSPENSION.search(said) and not _LIFTING.search(said):
        return Stage.SUSPENSION
    return Stage.INTERIM_FINAL if _INTERIM.search(said) else usual


def corrected(number: str, correction_of: str | None, at: Stage, texts: Iterable[str] = ()) -> str | None:
    """The number of the document that is corrected.

    From the API's address of it, else from a number like C1-2024-13923, else, for a correction, the first document
    number that texts (title and action first) name.
    """
    if correction_of:
        return document_number(correction_of) or None
    if match := _CORRECTION_NUMBER.fullmatch(number):
        return match["corrected"]
    if at is not Stage.CORRECTION:
        return None
    found = (one for text in texts for one in _NUMBERED.findall(text) if one != number)
    return next(found, None)


def document_number(address: str) -> str:
    """The document number at the end of the API's address of it."""
    return address.rstrip("/").rpartition("/")[2].partition("?")[0].removesuffix(".json")


def delayed_to(at: Stage, texts: Iterable[str]) -> date | None:
    """The day on which a delayed or suspended rule takes effect: "delayed until March 21, 2021"; None if none is said.

    The API's effective_on is no help here: it often is the day on which the delay itself takes effect.
    """
    if at is not Stage.SUSPENSION:
        return None
    for text in texts:
        for match in _DELAY_ENDS.finditer(text):
            if day := day_in(match["day"]):
                return day
    return None


def is_public_inspection(document: Mapping[str, Any]) -> bool:
    """A document filed but not yet printed: the inspection desk's answer carries the filing, and no citation."""
    return bool(document.get("filed_at") or document.get("filing_type")) and not document.get("citation")


def is_pulled(note: str) -> bool:
    """Whether the inspection desk's editors say that the agency took the document back before print."""
    return bool(_PULLED.search(note))
