"""Which models a provider's hosting regions gained or lost; where inference runs, not who may buy."""

from __future__ import annotations

from store.values import Content, Deployment, Finding, FindingKind, Severity


def deployment_findings(old: Content, new: Content) -> list[Finding]:
    """deployment_removed and deployment_added, one for each model and region; subject is "model@region"."""
    before, after = _by_place(old), _by_place(new)
    removed = [
        Finding(
            FindingKind.DEPLOYMENT_REMOVED,
            Severity.LOW,
            old="offered",
            old_span=one.span,
            product=one.model,
            subject=key,
        )
        for key, one in before.items()
        if key not in after
    ]
    added = [
        Finding(
            FindingKind.DEPLOYMENT_ADDED, Severity.LOW, new="offered", new_span=one.span, product=one.model, subject=key
        )
        for key, one in after.items()
        if key not in before
    ]
    return removed + added


def _by_place(content: Content) -> dict[str, Deployment]:
    return {f"{one.model}@{one.region}": one for one in content.facts.deployments}
