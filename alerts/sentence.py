"""What changed, for whom, since when: one sentence for a change, one line for a finding."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from alerts.words import clean, counted, listed, quoted, short, since_when, value_in_words
from store.territory import is_code, territory_name
from store.values import Finding, FindingKind, Polarity, Stage, Status
from store.views import ChangeView

_K = FindingKind
DEPLOYMENTS = frozenset({_K.DEPLOYMENT_ADDED, _K.DEPLOYMENT_REMOVED})
_CLAUSES_AT_MOST = 2
_COUNT_FROM = 4  # from so many territories on, their number is said first

_STAGES = {
    Stage.PUBLIC_INSPECTION: "public inspection copy",
    Stage.ADVANCE_NOTICE: "advance notice of proposed rulemaking",
    Stage.PROPOSED: "proposed rule",
    Stage.EXTENSION: "extension of the comment period",
    Stage.INTERIM_FINAL: "interim final rule",
    Stage.FINAL: "final rule",
    Stage.CORRECTION: "correction",
    Stage.SUSPENSION: "suspension",
    Stage.WITHDRAWAL: "withdrawal",
    Stage.NOTICE: "notice",
    Stage.PRESIDENTIAL: "presidential document",
}

# What a publisher does: with one finding of the kind, and with several.
_PROSE = {
    _K.OBLIGATION_STRENGTHENED: ("strengthens an obligation", "strengthens {n} obligations"),
    _K.OBLIGATION_WEAKENED: ("weakens an obligation", "weakens {n} obligations"),
    _K.PERMISSION_GRANTED: ("grants a permission", "grants {n} permissions"),
    _K.PERMISSION_WITHDRAWN: ("withdraws a permission", "withdraws {n} permissions"),
    _K.NUMBER_CHANGED: ("changes a number", "changes {n} numbers"),
    _K.DATE_CHANGED: ("changes a date", "changes {n} dates"),
    _K.PARTY_CHANGED: ("changes who is bound", "changes who is bound in {n} places"),
    _K.TERRITORY_MENTION_CHANGED: (
        "changes which territories a clause names",
        "changes the territories {n} clauses name",
    ),
    _K.SCOPE_CHANGED: ("changes the scope of a clause", "changes the scope of {n} clauses"),
    _K.TEXT_ADDED: ("adds text", "adds {n} passages"),
    _K.TEXT_REMOVED: ("removes text", "removes {n} passages"),
    _K.REWORDED: ("rewords a passage", "rewords {n} passages"),
    _K.LINK_CHANGED: ("changes a link", "changes {n} links"),
    _K.MOVED: ("moves a passage", "moves {n} passages"),
    _K.REVERSION: ("returns to an earlier text", "returns to an earlier text"),
}

# What a value became that is no longer there; absence from a list is unlisted, never unavailable.
_GONE = {_K.TERRITORY_REMOVED: "unlisted", _K.DEPLOYMENT_REMOVED: "not offered"}

LABELS = {kind: kind.value.replace("_", " ").capitalize() for kind in FindingKind}


def first_line(change: ChangeView, concerning: Sequence[Finding]) -> str:
    """The sentence a message opens with; concerning are the findings the reader asked for, none for all.

    Example: "OpenAI API no longer lists Hong Kong and Macao (seen 9 July 2024 08:00 UTC, confirmed 08:10)".
    """
    return f"{what_changed(change, concerning)} ({since_when(change.after.captured_at, change.confirmed_at)})"


def what_changed(change: ChangeView, concerning: Sequence[Finding]) -> str:
    """Who does what, gravest first: at most two kinds of finding in words, the others counted."""
    groups = _groups(concerning or change.findings)
    if not groups:
        return f"{_who(change, None)} has changed"
    said = [f"{clause(change, group)}" for group in groups[:_CLAUSES_AT_MOST]]
    names = [_who(change, group[0]) for group in groups[:_CLAUSES_AT_MOST]]
    parts = [f"{names[0]} {said[0]}"]
    parts += [text if name == names[0] else f"{name} {text}" for name, text in zip(names[1:], said[1:], strict=True)]
    sentence = ", and ".join(parts)
    left = len(change.findings) - sum(map(len, groups[:_CLAUSES_AT_MOST]))
    return f"{sentence}; {counted(left, 'further finding')}" if left else sentence


def clause(change: ChangeView, group: Sequence[Finding]) -> str:
    """What happened, for findings of one kind and product: "no longer lists Hong Kong and Macao"."""
    kind = group[0].kind
    if kind in _SPECIAL:
        return _SPECIAL[kind](change, group)
    one, many = _PROSE[kind]
    return many.format(n=len(group)) if len(group) > 1 else _one(one, group[0]) + _from_to(group[0])


def finding_line(change: ChangeView, finding: Finding) -> str:
    """One finding as a line of a list: "Territory removed: Hong Kong (HK), listed → not listed"."""
    about = [_territory(finding.territory)] if finding.territory else []
    if finding.territory:
        published = _as_published(finding)
        about += [f"published as {quoted(published)}"] if published else []
    elif finding.subject:
        about.append(short(clean(finding.subject), 160))
    if finding.product and finding.product != change.product and finding.kind not in DEPLOYMENTS:
        about.append(clean(finding.product))
    values = _values(finding)
    return f"{LABELS[finding.kind]}: " + ", ".join([*about, *([values] if values else [])] or ["see the text"])


def _groups(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Findings by kind and product, the group with the gravest finding first, else in the detector's order."""
    groups: dict[tuple[FindingKind, str | None], list[Finding]] = {}
    for finding in findings:
        product = None if finding.kind in DEPLOYMENTS else finding.product
        groups.setdefault((finding.kind, product), []).append(finding)
    return sorted(groups.values(), key=lambda group: -max(finding.severity.rank for finding in group))


def _who(change: ChangeView, finding: Finding | None) -> str:
    """The product, else the publisher; a deployment's finding names a model there, which is not who acts."""
    product = finding.product if finding and finding.kind not in DEPLOYMENTS else None
    return clean(product or change.product or change.publisher)


def _territory(code: str) -> str:
    return f"{territory_name(code)} ({code})" if is_code(code) else code


def _as_published(finding: Finding) -> str | None:
    """The source's own name for the territory, where it says another one than ours."""
    span = finding.new_span or finding.old_span
    name = clean(span.text) if span else ""
    ours = territory_name(finding.territory) if finding.territory and is_code(finding.territory) else ""
    return name if name and len(name) <= 80 and name.casefold() != ours.casefold() else None


def _values(finding: Finding) -> str:
    if finding.old is None and finding.new is None:
        return ""
    old = short(value_in_words(finding.old), 160) if finding.old is not None else "nothing"
    new = short(value_in_words(finding.new), 160) if finding.new is not None else _GONE.get(finding.kind, "nothing")
    if finding.old is None:
        return new
    return f"{old} → {new}"


def _one(said: str, finding: Finding) -> str:
    """A value that only came is set, one that only went is dropped: nothing was changed into it."""
    if finding.kind in (_K.DATE_CHANGED, _K.NUMBER_CHANGED) and None in (finding.old, finding.new):
        return said.replace("changes", "sets" if finding.old is None else "drops", 1)
    return said


def _from_to(finding: Finding) -> str:
    if finding.old and finding.new:
        return f": {quoted(value_in_words(finding.old), 60)} becomes {quoted(value_in_words(finding.new), 60)}"
    span = finding.new_span or finding.old_span
    text = finding.new or finding.old or (span.text if span else "")
    return f": {quoted(value_in_words(text), 100)}" if text else ""


def _territories(group: Sequence[Finding]) -> str:
    names = [territory_name(one.territory) if one.territory and is_code(one.territory) else "?" for one in group]
    names = list(dict.fromkeys(names))
    return f"{len(names)} territories: {listed(names)}" if len(names) >= _COUNT_FROM else listed(names)


def _denies(change: ChangeView, finding: Finding) -> bool:
    """Whether the finding speaks of an exclusion: by its value where it has one, else by the kind of list."""
    value = (finding.new if finding.kind is _K.TERRITORY_ADDED else finding.old) or ""
    if value.startswith((Status.EXCLUDED, Status.LISTED)):
        return value.startswith(Status.EXCLUDED)
    return change.polarity is Polarity.DENY


def _added(change: ChangeView, group: Sequence[Finding]) -> str:
    verb = "now excludes" if _denies(change, group[0]) else "now lists"
    return f"{verb} {_territories(group)}"


def _removed(change: ChangeView, group: Sequence[Finding]) -> str:
    verb = "no longer excludes" if _denies(change, group[0]) else "no longer lists"
    return f"{verb} {_territories(group)}"


def _condition(_change: ChangeView, group: Sequence[Finding]) -> str:
    plural = "s" if len(group) > 1 else ""
    values = _values(group[0]) if len(group) == 1 else ""
    return f"changes the condition{plural} for {_territories(group)}" + (f": {values}" if values else "")


def _unknown(_change: ChangeView, group: Sequence[Finding]) -> str:
    names = [quoted(one.subject or one.new or (one.new_span.text if one.new_span else "?"), 60) for one in group]
    return f"names {listed(names, 4)}, which is not in the gazetteer"


def _deployment(verb: str) -> Callable[[ChangeView, Sequence[Finding]], str]:
    def said(_change: ChangeView, group: Sequence[Finding]) -> str:
        names = [" in ".join(clean(one.subject or "?").rsplit("@", 1)) for one in group]
        return (
            f"{verb} {listed(names, 5)}"
            if len(names) < _COUNT_FROM
            else f"{verb} {len(names)} deployments: {listed(names, 5)}"
        )

    return said


def _published(_change: ChangeView, group: Sequence[Finding]) -> str:
    if len(group) > 1:
        return f"publishes {len(group)} notices: {listed([clean(one.subject or '?') for one in group], 5)}"
    stage, _, title = (group[0].new or "").partition(": ")  # the detector writes "proposed: Title of the rule"
    what = _STAGES[Stage(stage)] if stage in list(Stage) else "notice"
    article = "an" if what[0] in "aeiou" else "a"
    return f"publishes {article} {what}, {clean(group[0].subject or '?')}" + (f": {quoted(title)}" if title else "")


def _dropped(_change: ChangeView, group: Sequence[Finding]) -> str:
    return f"no longer shows notice {listed([clean(one.subject or '?') for one in group], 5)}"


def _stage(value: str | None) -> str:
    return _STAGES[Stage(value)] if value in list(Stage) else clean(value or "nothing")


def _advanced(_change: ChangeView, group: Sequence[Finding]) -> str:
    one = group[0]
    rest = f" (and {len(group) - 1} more)" if len(group) > 1 else ""
    return f"advances {clean(one.subject or 'a rule')} from {_stage(one.old)} to {_stage(one.new)}{rest}"


def _dated(what: str) -> Callable[[ChangeView, Sequence[Finding]], str]:
    def said(_change: ChangeView, group: Sequence[Finding]) -> str:
        one = group[0]
        rest = f" (and {len(group) - 1} more)" if len(group) > 1 else ""
        new = value_in_words(one.new) if one.new else "no date"
        if one.old:
            return (
                f"moves the {what} of {clean(one.subject or 'a notice')} from {value_in_words(one.old)} to {new}{rest}"
            )
        return f"sets the {what} of {clean(one.subject or 'a notice')} to {new}{rest}"

    return said


def _reported(_change: ChangeView, group: Sequence[Finding]) -> str:
    titles = [one.new or (one.new_span.text if one.new_span else one.subject or "?") for one in group]
    if len(titles) == 1:
        return f"reports {quoted(titles[0], 160)}"
    return f"reports {len(titles)} entries: {listed([quoted(title, 70) for title in titles], 3)}"


def _cut_short(_change: ChangeView, group: Sequence[Finding]) -> str:
    return f"shows a list that is cut short{_from_to(group[0])}"


def _access_rule(_change: ChangeView, group: Sequence[Finding]) -> str:
    verb = "sets" if group[0].old is None else "drops" if group[0].new is None else "changes"
    kinds = listed(list(dict.fromkeys(clean(one.subject or "access") for one in group)), 4)
    rules = "rule" if len(group) == 1 else "rules"
    return f"{verb} the {kinds} {rules} on who may use it" + (_from_to(group[0]) if len(group) == 1 else "")


_SPECIAL: dict[FindingKind, Callable[[ChangeView, Sequence[Finding]], str]] = {
    _K.TERRITORY_ADDED: _added,
    _K.TERRITORY_REMOVED: _removed,
    _K.CONDITION_CHANGED: _condition,
    _K.TERRITORY_UNKNOWN: _unknown,
    _K.DEPLOYMENT_ADDED: _deployment("now offers"),
    _K.DEPLOYMENT_REMOVED: _deployment("no longer offers"),
    _K.LIST_CUT_SHORT: _cut_short,
    _K.ACCESS_RULE_CHANGED: _access_rule,
    _K.NOTICE_PUBLISHED: _published,
    _K.NOTICE_DROPPED: _dropped,
    _K.STAGE_ADVANCED: _advanced,
    _K.DEADLINE_SET: _dated("comment deadline"),
    _K.DEADLINE_MOVED: _dated("comment deadline"),
    _K.EFFECTIVE_DATE_SET: _dated("effective date"),
    _K.EFFECTIVE_DATE_MOVED: _dated("effective date"),
    _K.ENTRY_REPORTED: _reported,
}
