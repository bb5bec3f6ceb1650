"""What a publisher does, for findings of one kind: a clause without its subject, such as "no longer lists Macao".

Every clause is one text with places to fill, so that a translator can order it as the language wants.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from alerts.kinds import published_stage, stage_word, territory_word, value_word
from alerts.language import _, ngettext
from alerts.words import clean, listed, quoted, short, value_in_words
from store.values import Finding, FindingKind, Polarity, Stage, Status
from store.views import ChangeView

_K = FindingKind
_COUNT_FROM = 4  # from so many names on, their number is said first
_NAME_AT_MOST = 160

Group = Sequence[Finding]

# With one finding of the kind, and with several.
_PROSE: dict[FindingKind, Callable[[int], str]] = {
    _K.OBLIGATION_STRENGTHENED: lambda n: ngettext("strengthens an obligation", "strengthens {n} obligations", n),
    _K.OBLIGATION_WEAKENED: lambda n: ngettext("weakens an obligation", "weakens {n} obligations", n),
    _K.PERMISSION_GRANTED: lambda n: ngettext("grants a permission", "grants {n} permissions", n),
    _K.PERMISSION_WITHDRAWN: lambda n: ngettext("withdraws a permission", "withdraws {n} permissions", n),
    _K.NUMBER_CHANGED: lambda n: ngettext("changes a number", "changes {n} numbers", n),
    _K.DATE_CHANGED: lambda n: ngettext("changes a date", "changes {n} dates", n),
    _K.PARTY_CHANGED: lambda n: ngettext("changes who is bound", "changes who is bound in {n} places", n),
    _K.TERRITORY_MENTION_CHANGED: lambda n: ngettext(
        "changes which territories a clause names", "changes the territories {n} clauses name", n
    ),
    _K.SCOPE_CHANGED: lambda n: ngettext("changes the scope of a clause", "changes the scope of {n} clauses", n),
    _K.TEXT_ADDED: lambda n: ngettext("adds text", "adds {n} passages", n),
    _K.TEXT_REMOVED: lambda n: ngettext("removes text", "removes {n} passages", n),
    _K.REWORDED: lambda n: ngettext("rewords a passage", "rewords {n} passages", n),
    _K.LINK_CHANGED: lambda n: ngettext("changes a link", "changes {n} links", n),
    _K.MOVED: lambda n: ngettext("moves a passage", "moves {n} passages", n),
    _K.REVERSION: lambda _n: _("returns to an earlier text"),
}


def clause(change: ChangeView, group: Group) -> str:
    """What happened, for findings of one kind and product: "no longer lists Hong Kong and Macao"."""
    kind = group[0].kind
    if kind in _SPECIAL:
        return _SPECIAL[kind](change, group)
    if len(group) > 1:
        return _PROSE[kind](len(group)).format(n=len(group))
    return _with_values(_one(group[0]), group[0])


def _one(finding: Finding) -> str:
    """A value that only came is set, one that only went is dropped: nothing was changed into it."""
    if finding.kind is _K.DATE_CHANGED and None in (finding.old, finding.new):
        return _("sets a date") if finding.old is None else _("drops a date")
    if finding.kind is _K.NUMBER_CHANGED and None in (finding.old, finding.new):
        return _("sets a number") if finding.old is None else _("drops a number")
    return _PROSE[finding.kind](1).format(n=1)  # a language without a plural says the number here too


def _with_values(said: str, finding: Finding) -> str:
    if finding.old and finding.new:
        old, new = quoted(value_in_words(finding.old), 60), quoted(value_in_words(finding.new), 60)
        return _("{said}: {old} becomes {new}").format(said=said, old=old, new=new)
    span = finding.new_span or finding.old_span
    text = finding.new or finding.old or (span.text if span else "")
    return _with_text(said, quoted(value_in_words(text), 100)) if text else said


def _with_text(said: str, text: str) -> str:
    return _("{said}: {text}").format(said=said, text=text)


def _territories(group: Group) -> str:
    names = list(dict.fromkeys(territory_word(one.territory) for one in group))
    if len(names) < _COUNT_FROM:
        return listed(names)
    return ngettext("{n} territory: {names}", "{n} territories: {names}", len(names)).format(
        n=len(names), names=listed(names)
    )


def _denies(change: ChangeView, finding: Finding) -> bool:
    """Whether the finding speaks of an exclusion: by its value where it has one, else by the kind of list."""
    value = (finding.new if finding.kind is _K.TERRITORY_ADDED else finding.old) or ""
    if value.startswith((Status.EXCLUDED, Status.LISTED)):
        return value.startswith(Status.EXCLUDED)
    return change.polarity is Polarity.DENY


def _added(change: ChangeView, group: Group) -> str:
    said = _("now excludes {territories}") if _denies(change, group[0]) else _("now lists {territories}")
    return said.format(territories=_territories(group))


def _removed(change: ChangeView, group: Group) -> str:
    denies = _denies(change, group[0])
    said = _("no longer excludes {territories}") if denies else _("no longer lists {territories}")
    return said.format(territories=_territories(group))


def _condition(_change: ChangeView, group: Group) -> str:
    where, one = _territories(group), group[0]
    if len(group) > 1:
        return _("changes the conditions for {territories}").format(territories=where)
    said = _("changes the condition for {territories}").format(territories=where)
    values = old_to_new(one)
    return _with_text(said, values) if values else said


def old_to_new(finding: Finding) -> str:
    """ "listed → unlisted", the new value alone where there was no old one, nothing where there is neither."""
    if finding.old is None and finding.new is None:
        return ""
    new = value_word(finding, finding.new, gone=True)
    return new if finding.old is None else f"{value_word(finding, finding.old, gone=False)} → {new}"


def _unknown(_change: ChangeView, group: Group) -> str:
    names = [quoted(one.subject or one.new or (one.new_span.text if one.new_span else "?"), 60) for one in group]
    return ngettext(
        "names {names}, which is not in the gazetteer", "names {names}, which are not in the gazetteer", len(names)
    ).format(names=listed(names, 4))


def _deployed(group: Group) -> str:
    """ "gpt-4o in swedencentral and gpt-4o in francecentral"; from four on counted."""
    names = []
    for one in group:
        model, at, region = _name(one, "?").rpartition("@")
        names.append(_("{model} in {region}").format(model=model, region=region) if at else region)
    if len(names) < _COUNT_FROM:
        return listed(names, 5)
    return ngettext("{n} deployment: {names}", "{n} deployments: {names}", len(names)).format(
        n=len(names), names=listed(names, 5)
    )


def _offered(_change: ChangeView, group: Group) -> str:
    return _("now offers {deployments}").format(deployments=_deployed(group))


def _withdrawn(_change: ChangeView, group: Group) -> str:
    return _("no longer offers {deployments}").format(deployments=_deployed(group))


def _published(_change: ChangeView, group: Group) -> str:
    if len(group) > 1:
        numbers = listed([_name(one, "?") for one in group], 5)
        return ngettext(
            "publishes {n} notice: {numbers}", "publishes {n} notices: {numbers}", len(group)
        ).format(n=len(group), numbers=numbers)  # fmt: skip
    stage, _colon, title = (group[0].new or "").partition(": ")  # the detector writes "proposed: Title of the rule"
    known = Stage(stage) if stage in list(Stage) else Stage.NOTICE
    said = published_stage(known, _name(group[0], "?"))
    return _with_text(said, quoted(title)) if title else said


def _dropped(_change: ChangeView, group: Group) -> str:
    numbers = listed([_name(one, "?") for one in group], 5)
    return ngettext("no longer shows notice {numbers}", "no longer shows notices {numbers}", len(group)).format(
        numbers=numbers
    )


def _and_more(said: str, group: Group) -> str:
    left = len(group) - 1
    return ngettext("{said} (and {n} more)", "{said} (and {n} more)", left).format(said=said, n=left) if left else said


def _advanced(_change: ChangeView, group: Group) -> str:
    one = group[0]
    said = _("advances {rule} from {old} to {new}")
    old, new = stage_word(one.old), stage_word(one.new)
    return _and_more(said.format(rule=_name(one, _("a rule")), old=old, new=new), group)


def _comments(_change: ChangeView, group: Group) -> str:
    moved = _("moves the comment deadline of {notice} from {old} to {new}")
    return _dated(group, _("sets the comment deadline of {notice} to {new}"), moved)


def _effect(_change: ChangeView, group: Group) -> str:
    moved = _("moves the effective date of {notice} from {old} to {new}")
    return _dated(group, _("sets the effective date of {notice} to {new}"), moved)


def _dated(group: Group, when_set: str, when_moved: str) -> str:
    one = group[0]
    new = value_in_words(one.new) if one.new else _("no date")
    said = when_moved if one.old else when_set
    return _and_more(said.format(notice=_name(one, _("a notice")), old=value_in_words(one.old or ""), new=new), group)


def _reported(_change: ChangeView, group: Group) -> str:
    titles = [one.new or (one.new_span.text if one.new_span else one.subject or "?") for one in group]
    if len(titles) == 1:
        return _("reports {title}").format(title=quoted(titles[0], 160))
    shown = listed([quoted(title, 70) for title in titles], 3)
    return ngettext("reports {n} entry: {titles}", "reports {n} entries: {titles}", len(titles)).format(
        n=len(titles), titles=shown
    )


def _cut_short(_change: ChangeView, group: Group) -> str:
    return _with_values(_("shows a list that is cut short"), group[0])


def _access_rule(_change: ChangeView, group: Group) -> str:
    one, n = group[0], len(group)
    if one.old is None:
        said = ngettext("sets the {rules} rule on who may use it", "sets the {rules} rules on who may use it", n)
    elif one.new is None:
        said = ngettext("drops the {rules} rule on who may use it", "drops the {rules} rules on who may use it", n)
    else:
        said = ngettext("changes the {rules} rule on who may use it", "changes the {rules} rules on who may use it", n)
    said = said.format(rules=listed(list(dict.fromkeys(_name(each, _("access")) for each in group)), 4))
    return _with_values(said, one) if n == 1 else said


def _name(finding: Finding, otherwise: str) -> str:
    return short(clean(finding.subject or otherwise), _NAME_AT_MOST)


_SPECIAL: dict[FindingKind, Callable[[ChangeView, Group], str]] = {
    _K.TERRITORY_ADDED: _added,
    _K.TERRITORY_REMOVED: _removed,
    _K.CONDITION_CHANGED: _condition,
    _K.TERRITORY_UNKNOWN: _unknown,
    _K.DEPLOYMENT_ADDED: _offered,
    _K.DEPLOYMENT_REMOVED: _withdrawn,
    _K.LIST_CUT_SHORT: _cut_short,
    _K.ACCESS_RULE_CHANGED: _access_rule,
    _K.NOTICE_PUBLISHED: _published,
    _K.NOTICE_DROPPED: _dropped,
    _K.STAGE_ADVANCED: _advanced,
    _K.DEADLINE_SET: _comments,
    _K.DEADLINE_MOVED: _comments,
    _K.EFFECTIVE_DATE_SET: _effect,
    _K.EFFECTIVE_DATE_MOVED: _effect,
    _K.ENTRY_REPORTED: _reported,
}
