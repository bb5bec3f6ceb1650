"""Is Tocsin watching: the promises of its sources, what came instead of pages, troubles and the heartbeat, gathered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from alerts.words import instant
from store import heartbeat, history, promises
from store.heartbeat import Heartbeat
from store.outbox_views import count_by_state
from store.promises import Trouble
from store.subscriptions import Session
from store.values import DeliveryState
from store.views import Coverage, SourceView
from tocsin.forms import instant_json

WINDOW = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Watching:
    """As of at. seen: by slug, how each source was covered in the WINDOW before."""

    at: datetime
    sources: tuple[SourceView, ...]
    seen: Mapping[str, Coverage]
    troubles: tuple[Trouble, ...]
    deliveries: Mapping[DeliveryState, int]
    heartbeat: Heartbeat | None

    @property
    def stale(self) -> tuple[SourceView, ...]:
        return tuple(one for one in self.sources if one.stale_since is not None)


def watching(session: Session, at: datetime) -> Watching:
    return Watching(
        at=at,
        sources=history.sources(session, at),
        seen={one.source: one for one in history.coverage(session, at - WINDOW, at)},
        troubles=promises.open_troubles(session),
        deliveries=count_by_state(session),
        heartbeat=heartbeat.heartbeat(session),
    )


def visits_json(seen: Coverage | None) -> dict[str, Any]:
    """Visits of the window: good, all, the bad ones by outcome, and what came instead of the page."""
    if seen is None:
        return {"days": WINDOW.days, "good": 0, "all": 0, "bad": {}, "instead": {}}
    return {
        "days": WINDOW.days,
        "good": seen.verified,
        "all": seen.visits,
        "bad": {outcome.value: count for outcome, count in sorted(seen.outcomes.items()) if not outcome.good},
        "instead": {kind.value: count for kind, count in sorted(seen.captures.items())},
    }


def trouble_json(trouble: Trouble) -> dict[str, Any]:
    return {
        "kind": trouble.kind.value,
        "about": trouble.about,
        "since": instant_json(trouble.since),
        "reason": trouble.reason,
    }


def heartbeat_json(beat: Heartbeat | None) -> dict[str, Any] | None:
    """None before the first one, as where no address is set."""
    if beat is None:
        return None
    return {
        "asked_at": instant_json(beat.asked_at),
        "answered_at": instant_json(beat.answered_at),
        "error": beat.error,
    }


def often(seen: Coverage | None) -> str:
    """ "27 of 28, 1 challenge"; "none" where nothing was visited."""
    if seen is None or not seen.visits:
        return "none"
    instead = [f"{count} {kind.value}" for kind, count in sorted(seen.captures.items())]
    return ", ".join((f"{seen.verified} of {seen.visits}", *instead))


def totals_in_words(found: Watching) -> str:
    """ "412 of 420 visits good in 7 days; came instead: 6 challenge, 2 empty shell"."""
    seen = found.seen.values()
    instead: Counter[str] = Counter()
    for one in seen:
        instead.update({kind.value: count for kind, count in one.captures.items()})
    said = f"{sum(one.verified for one in seen)} of {sum(one.visits for one in seen)} visits good in {WINDOW.days} days"
    came = ", ".join(f"{count} {kind}" for kind, count in sorted(instead.items()))
    return f"{said}; came instead: {came}" if came else said


def heartbeat_in_words(beat: Heartbeat | None, url: str | None) -> str | None:
    """None where no watchdog is set. The address is not said: it is often a secret."""
    if url is None:
        return None
    if beat is None:
        return "heartbeat: not asked yet"
    last = f"last answered {instant(beat.answered_at)}" if beat.answered_at else "never answered"
    if beat.error is None:
        return f"heartbeat: {last}"
    return f"heartbeat: the watchdog {beat.error} ({instant(beat.asked_at)}); {last}"
