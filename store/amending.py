"""Which earlier documents an extension, correction, suspension or withdrawal is about, and what it does to them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from store.documents import alike, is_filing, plain_number
from store.values import Notice, Stage

_RULES = frozenset({Stage.INTERIM_FINAL, Stage.FINAL})
_DRAFTS = frozenset({Stage.ADVANCE_NOTICE, Stage.PROPOSED})
_AMENDED = {
    Stage.EXTENSION: _DRAFTS | _RULES | {Stage.NOTICE, Stage.EXTENSION},
    Stage.SUSPENSION: _RULES | {Stage.SUSPENSION},
    Stage.WITHDRAWAL: _DRAFTS | _RULES | {Stage.NOTICE, Stage.EXTENSION, Stage.SUSPENSION},
    Stage.CORRECTION: frozenset(Stage),
    Stage.FINAL: _RULES,
}
# "Final rule; announcement of effective date", "confirmation of effective date": says when an earlier rule binds.
_ANNOUNCES = re.compile(r"\b(?:announcement|confirmation|notification) of (?:the )?effective\b", re.IGNORECASE)
_EFFECTIVE_DATE = re.compile(r"\beffective dates?\b", re.IGNORECASE)
_DELAYS = re.compile(r"\b(?:delay|postpon|defer)", re.IGNORECASE)
_REPRINTED = re.compile(r"R\d+-")


def amends(notice: Notice) -> bool:
    """Whether a notice is about an earlier document rather than a step of its own."""
    if notice.stage is Stage.FINAL:
        return _announces(notice)
    return notice.stage in _AMENDED and not is_filing(notice)


def amended(notice: Notice, related: Sequence[Notice], named: Mapping[str, Sequence[Notice]]) -> list[Notice]:
    """The earlier documents that a notice amends, in the order of print.

    Those it names by number or citation; else, among the notices of its proceedings, those it must mean.
    related: earlier notices of the same proceedings. named: earlier notices by plain number, citation and proceeding.
    """
    explicit = _explicit(notice, named)
    if explicit or notice.corrects:
        return explicit
    fitting = [one for one in related if _fits(notice, one)]
    return _meant(notice, fitting) if fitting else []


def moves_effective_date(notice: Notice) -> bool:
    """Whether the effective date of a notice is that of what it amends, and not only its own.

    "This correction is effective January 3" moves nothing; a rule printed again, or a corrected date, does.
    """
    if notice.stage is Stage.CORRECTION:
        return bool(_REPRINTED.match(notice.number) or _EFFECTIVE_DATE.search(f"{notice.action} {notice.title}"))
    return notice.stage is Stage.FINAL and _announces(notice)


def moved_effective(notice: Notice, former: date | None) -> date | None:
    """When a suspended or delayed rule takes effect; None: until further notice."""
    if notice.delayed_to is not None:
        return notice.delayed_to
    later = notice.effective is not None and (former is None or notice.effective > former)
    return notice.effective if later and delays(notice) else None


def delays(notice: Notice) -> bool:
    """Whether a suspension is a delay: its own date is then not the day on which something stops."""
    return bool(_DELAYS.search(f"{notice.action} {notice.title}"))


def touches_only_drafts(about: Sequence[Notice]) -> bool:
    """Whether what is withdrawn binds nobody: a final rule of the same proceeding stands."""
    return bool(about) and not any(one.stage in _RULES for one in about)


def ends(notice: Notice, of: Notice) -> bool:
    """Whether a withdrawal ends the effective date of what it withdraws: that of a rule not yet in effect."""
    return of.effective is None or notice.published is None or of.effective > notice.published


def _announces(notice: Notice) -> bool:
    return bool(_ANNOUNCES.search(notice.action))


def _explicit(notice: Notice, named: Mapping[str, Sequence[Notice]]) -> list[Notice]:
    found: dict[str, Notice] = {}
    for name in ([notice.corrects] if notice.corrects else []) or notice.refers:
        held = [one for one in named.get(plain_number(name), ()) if _fits(notice, one)]
        found.update({one.key: one for one in held[-1:]})
    return _withdrawn(notice, list(found.values())) if notice.stage is Stage.WITHDRAWAL else list(found.values())


def _fits(notice: Notice, other: Notice) -> bool:
    return other.stage in _AMENDED[notice.stage] and not is_filing(other)


def _meant(notice: Notice, fitting: Sequence[Notice]) -> list[Notice]:
    if notice.stage is Stage.WITHDRAWAL:
        return _withdrawn(notice, fitting)
    kind = [one for one in fitting if one.document_type == notice.document_type]
    if notice.stage is Stage.EXTENSION:
        kind = [one for one in kind if one.comments_close] or kind
    if not kind:
        return list(fitting[-1:])
    titled = [one for one in kind if alike(one, notice)]
    return (titled or kind)[-1:]


def _withdrawn(notice: Notice, fitting: Sequence[Notice]) -> list[Notice]:
    """Among proposed rules all drafts of the proceeding fall with a withdrawal; a withdrawn rule falls alone."""
    drafts = [one for one in fitting if one.stage in _DRAFTS or one.stage is Stage.EXTENSION]
    rules = [one for one in fitting if one.stage in _RULES]
    proposal = notice.document_type.casefold() in ("proposed rule", "prorule")
    return drafts if proposal and drafts else (rules[-1:] or drafts)
