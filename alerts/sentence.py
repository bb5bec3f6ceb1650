"""What changed, for whom, since when: one sentence for a change, one line for a finding."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.clauses import clause, old_to_new
from alerts.kinds import VALUE_AT_MOST, label, territory_word
from alerts.language import _, ngettext
from alerts.words import clean, figure, quoted, short, since_when
from store.territory import is_code, territory_name
from store.values import Finding, FindingKind
from store.views import ChangeView

_K = FindingKind
DEPLOYMENTS = frozenset({_K.DEPLOYMENT_ADDED, _K.DEPLOYMENT_REMOVED})
_CLAUSES_AT_MOST = 2
_WHO_AT_MOST = 120


def first_line(change: ChangeView, concerning: Sequence[Finding]) -> str:
    """The sentence a message opens with; concerning are the findings the reader asked for, none for all.

    Example: "OpenAI API no longer lists Hong Kong and Macao (seen 9 July 2024 08:00 UTC, confirmed 08:10)".
    """
    when = since_when(change.after.captured_at, change.confirmed_at)
    return _("{sentence} ({when})").format(sentence=what_changed(change, concerning), when=when)


def what_changed(change: ChangeView, concerning: Sequence[Finding]) -> str:
    """Who does what, gravest first: at most two kinds of finding in words, the others counted."""
    groups = _groups(concerning or change.findings)
    if not groups:
        return _("{who} has changed").format(who=_who(change, None))
    told = groups[:_CLAUSES_AT_MOST]
    sentence = _sentence(change, told)
    left = len(change.findings) - sum(map(len, told))
    if not left:
        return sentence
    return ngettext("{sentence}; {n} further finding", "{sentence}; {n} further findings", left).format(
        sentence=sentence, n=figure(left)
    )


def finding_line(change: ChangeView, finding: Finding) -> str:
    """One finding as a line of a list: "Territory removed: Hong Kong (HK), listed → unlisted"."""
    about = []
    if finding.territory:
        about.append(_territory(finding.territory))
        published = _as_published(finding)
        about += [_("published as {name}").format(name=quoted(published))] if published else []
    elif finding.subject:
        about.append(short(clean(finding.subject), VALUE_AT_MOST))
    if finding.product and finding.product != change.product and finding.kind not in DEPLOYMENTS:
        about.append(short(clean(finding.product), _WHO_AT_MOST))
    values = old_to_new(finding)
    said = _(", ").join([*about, *([values] if values else [])]) or _("see the text")
    return _("{kind}: {said}").format(kind=label(finding.kind), said=said)


def _sentence(change: ChangeView, groups: Sequence[Sequence[Finding]]) -> str:
    """One clause, or two: the second says its subject only where that is another."""
    names = [_who(change, group[0]) for group in groups]
    said = [clause(change, group) for group in groups]
    first = _("{who} {clause}").format(who=names[0], clause=said[0])
    if len(groups) == 1:
        return first
    if names[1] == names[0]:
        return _("{sentence}, and {clause}").format(sentence=first, clause=said[1])
    return _("{sentence}, and {who} {clause}").format(sentence=first, who=names[1], clause=said[1])


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
    return short(clean(product or change.product or change.publisher), _WHO_AT_MOST)


def _territory(code: str) -> str:
    return f"{territory_word(code)} ({code})" if is_code(code) else code


def _as_published(finding: Finding) -> str | None:
    """The source's own name for the territory, where it says another one than ours."""
    span = finding.new_span or finding.old_span
    name = clean(span.text) if span else ""
    code = finding.territory
    ours = {territory_word(code), territory_name(code)} if code and is_code(code) else set()
    other = name.casefold() not in {one.casefold() for one in ours}
    return name if name and len(name) <= 80 and other else None
