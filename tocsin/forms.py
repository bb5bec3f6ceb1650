"""What a change, an answer and a source look like as JSON: one shape for the command line and the API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from store.codec import jsonable
from store.subscriptions import Subscription
from store.values import Finding, Span
from store.views import AvailabilityAnswer, ChangeView, Evidence, SourceView

Json = dict[str, Any]


def change_json(view: ChangeView) -> Json:
    """One change. at: capture time of the new version; held: null, or why it was not announced."""
    return {
        "change": view.address,
        "source": view.source,
        "publisher": view.publisher,
        "product": view.product,
        "kind": view.kind.value,
        "title": view.title,
        "url": view.url,
        "at": instant_json(view.at),
        "severity": view.severity.value,
        "substantive": view.substantive,
        "significance": view.significance,
        "held": view.held.value if view.held else None,
        "reasons": list(view.reasons),
        "confirmed_at": instant_json(view.confirmed_at),
        "announced_at": instant_json(view.announced_at),
        "findings": [finding_json(finding) for finding in view.findings],
        "evidence": {"before": evidence_json(view.before), "after": evidence_json(view.after)},
    }


def finding_json(finding: Finding) -> Json:
    """One finding. Spans are null on a side where nothing stands."""
    return {
        "kind": finding.kind.value,
        "severity": finding.severity.value,
        "product": finding.product,
        "territory": finding.territory,
        "subject": finding.subject,
        "old": finding.old,
        "new": finding.new,
        "old_span": _span_json(finding.old_span),
        "new_span": _span_json(finding.new_span),
    }


def availability_json(answer: AvailabilityAnswer) -> Json:
    """One answer with the good captures that bracket the instant; after is null while nothing later was seen."""
    return {
        "source": answer.source,
        "publisher": answer.publisher,
        "product": answer.product,
        "territory": answer.territory,
        "at": instant_json(answer.at),
        "status": answer.status.value,
        "condition": answer.condition,
        "name": answer.name,
        "verified_at": instant_json(answer.verified_at),
        "before": evidence_json(answer.before),
        "after": evidence_json(answer.after),
        "status_after": answer.status_after.value if answer.status_after else None,
        "reason": answer.reason,
    }


def source_json(view: SourceView) -> Json:
    """One source, when it was last verified and how its last visit ended. every, promise: seconds."""
    return {
        "source": view.slug,
        "title": view.title,
        "publisher": view.publisher,
        "product": view.product,
        "kind": view.kind.value,
        "polarity": view.polarity.value,
        "language": view.language,
        "jurisdiction": view.jurisdiction,
        "url": view.url,
        "every": int(view.every.total_seconds()),
        "active": view.active,
        "due_at": instant_json(view.due_at),
        "verified_at": instant_json(view.verified_at),
        "promise": int(view.promise.total_seconds()),
        "stale_since": instant_json(view.stale_since),
        "stale_reason": view.stale_reason,
        "last_visit_at": instant_json(view.last_visit_at),
        "last_outcome": view.last_outcome.value if view.last_outcome else None,
        "last_reason": view.last_reason,
        "failures": view.failures,
        "version": view.version,
    }


def evidence_json(evidence: Evidence | None) -> Json | None:
    """Where a version can be checked."""
    if evidence is None:
        return None
    return {
        "version": evidence.version,
        "sha256": evidence.sha256,
        "url": evidence.url,
        "captured_at": instant_json(evidence.captured_at),
        "status": evidence.status,
    }


def instant_json(at: datetime | None) -> str | None:
    """ISO 8601 in UTC with a final Z."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def _span_json(span: Span | None) -> Any:
    return jsonable(span) if span else None


def subscription_json(subscription: Subscription) -> Json:
    """One subscription, without its secrets. state: unconfirmed, active, paused, ended; lengths of time in seconds."""
    return {
        "id": subscription.id,
        "channel": subscription.channel.value,
        "address": subscription.address,
        "publishers": list(subscription.publishers),
        "products": list(subscription.products),
        "territories": list(subscription.territories),
        "kinds": list(subscription.kinds),
        "languages": list(subscription.languages),
        "watched": list(subscription.watched),
        "min_severity": subscription.min_severity.value,
        "digest": subscription.digest,
        "operator": subscription.operator,
        "timezone": subscription.timezone,
        "locale": subscription.locale,
        "quiet_from": subscription.quiet_from,
        "quiet_to": subscription.quiet_to,
        "group_wait": subscription.group_wait,
        "group_interval": subscription.group_interval,
        "remind_after": subscription.remind_after,
        "escalate_to": subscription.escalate_to,
        "team": subscription.team,
        "state": subscription.state,
        "created_at": instant_json(subscription.created_at),
        "confirmed_at": instant_json(subscription.confirmed_at),
        "ended_at": instant_json(subscription.ended_at),
        "paused_at": instant_json(subscription.paused_at),
        "paused_reason": subscription.paused_reason,
    }
