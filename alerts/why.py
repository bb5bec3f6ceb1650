"""Why a reader gets a message, how it ends, and where Tocsin's own pages are."""

from __future__ import annotations

from alerts.language import _
from alerts.words import clean, short
from store.subscriptions import Filters, Subscription
from store.values import Severity

_AT_MOST = 600  # signs of a subscription in words; a watch list may be long


def page(base_url: str | None, path: str) -> str | None:
    """An address on Tocsin's own site, None when it has none."""
    return f"{base_url.rstrip('/')}/{path}" if base_url else None


def unsubscribe_page(subscription: Subscription, base_url: str | None) -> str | None:
    """Where this subscription is ended without logging in."""
    return page(base_url, f"unsubscribe/{subscription.secret}")


def why(subscription: Subscription) -> str:
    """Why the reader gets this: the subscription in words."""
    wanted = filters_in_words(subscription.filters)
    if subscription.digest == "daily":
        text = _("Subscription {number}: a daily digest, {wanted}.")
    elif subscription.digest:
        text = _("Subscription {number}: a weekly digest, {wanted}.")
    else:
        text = _("Subscription {number}: changes at once, {wanted}.")
    return text.format(number=subscription.id, wanted=wanted)


def filters_in_words(filters: Filters) -> str:
    """ "publishers OpenAI; territories HK, MO; from severity medium", or "everything"."""
    named = (
        (_("publishers {names}"), filters.publishers),
        (_("products {names}"), filters.products),
        (_("territories {names}"), filters.territories),
        (_("kinds {names}"), filters.kinds),
        (_("languages {names}"), filters.languages),
        (_("own territories {names}"), filters.watched),
    )
    narrowed = any(values for _said, values in named[:-1])
    parts = [] if narrowed or filters.min_severity.rank > Severity.INFO.rank else [_("everything")]
    parts += [said.format(names=", ".join(values)) for said, values in named if values]
    if filters.min_severity.rank > Severity.INFO.rank:
        parts.append(_("from severity {severity}").format(severity=severity_word(filters.min_severity)))
    return short(clean(_("; ").join(parts)), _AT_MOST)


def severity_word(severity: Severity) -> str:
    """A severity as the reader's language calls it."""
    return {
        Severity.OPERATIONAL: _("operational"),
        Severity.INFO: _("info"),
        Severity.LOW: _("low"),
        Severity.MEDIUM: _("medium"),
        Severity.HIGH: _("high"),
        Severity.CRITICAL: _("critical"),
    }[severity]
