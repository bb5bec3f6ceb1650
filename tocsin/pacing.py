"""Keeps the time between visits in step with what the looks show, who wants to hear, and what hints say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from alerts.matching import in_scope
from store import hints, pacing
from store.database import Database
from store.pacing import PaceView
from store.subscriptions import Session, Subscription, list_subscriptions

_SHOWN = 20


def keep_pace(database: Database, now: datetime, adaptive: bool) -> list[str]:
    """Counts new looks, pulls visits forward that a change elsewhere speaks of, and plans anew once an hour.

    Gives the slugs made due. Not adaptive: every source is visited at its `every`.
    """
    with database.read() as session:
        busy = pacing.is_due(session, now) if adaptive else pacing.is_planned(session)
    if not busy:
        return []
    with database.begin() as session:
        pacing.one_at_a_time(session)
        if not adaptive:
            pacing.unplan(session)
            return []
        hinted = hints.follow(session, pacing.count_looks(session), now)
        if pacing.plan_is_old(session, now):
            pacing.plan(session, importance(session), now)
        return hinted


def importance(session: Session) -> dict[int, float]:
    """By source id: one, and one more for each subscription that the source could bring something for."""
    wanted = [subscription.filters for subscription in list_subscriptions(session) if _listens(subscription)]
    return {view.source_id: 1.0 + sum(in_scope(filters, view) for filters in wanted) for view in pacing.paces(session)}


def _listens(subscription: Subscription) -> bool:
    return subscription.active and not subscription.operator  # operators hear of all sources alike


def paces_json(views: Sequence[PaceView]) -> list[dict[str, Any]]:
    """Each source's pace; every and interval in seconds, rate in changes a day."""
    return [
        {
            "source": view.slug,
            "every": int(view.every.total_seconds()),
            "interval": int(view.interval.total_seconds()),
            "rate": view.rate,
            "importance": view.importance,
            "hint": view.hint,
            "hinted_at": view.hinted_at.isoformat() if view.hinted_at else None,
        }
        for view in views
    ]


def pace_rows(views: Sequence[PaceView]) -> list[tuple[str, str, str, str]]:
    """The sources whose interval is farthest from their `every`, at most twenty: source, every, interval, why."""
    moved = [view for view in views if view.rate is not None and view.interval != view.every]
    moved.sort(key=lambda view: (-abs(view.interval / view.every - 1), view.slug))
    return [(view.slug, _length(view.every), _length(view.interval), _why(view)) for view in moved[:_SHOWN]]


def _why(view: PaceView) -> str:
    assert view.rate is not None
    said = f"changes {_rate(view.rate)}, importance {view.importance or 1:g}"
    return f"{said}; {view.hint}" if view.hint else said


def _rate(a_day: float) -> str:
    return f"{a_day:.1f} times a day" if a_day >= 1 else f"every {1 / a_day:.0f} days"


def _length(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    if hours < 1:
        return f"{span.total_seconds() / 60:.0f}m"
    return f"{hours:.1f}h" if hours < 48 else f"{hours / 24:.1f}d"
