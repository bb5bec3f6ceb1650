"""GET /metrics: the same truths as `tocsin status`, in the text format of Prometheus."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from store.capture_kind import CaptureKind
from store.promises import TroubleKind
from store.values import Outcome
from tocsin.watching import Watching, watching
from tocsin.web.room import Room


def routes(room: Room) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/metrics")
    def metrics() -> Response:
        with room.database.read() as session:
            found = watching(session, room.clock())
        registry = CollectorRegistry(auto_describe=False)
        registry.register(Gauges(found))
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router


class Gauges(Collector):
    """Everything is a gauge read from rows: a service that starts anew has lost no count."""

    def __init__(self, found: Watching) -> None:
        self._found = found

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from self._of_sources()
        yield from self._of_visits()
        found = self._found
        troubles = _family("tocsin_troubles", "What the operator was or is to be told of, open now.", "kind")
        for kind in TroubleKind:
            troubles.add_metric([kind.value], sum(one.kind is kind for one in found.troubles))
        deliveries = _family("tocsin_deliveries", "Deliveries by state.", "state")
        for state, count in found.deliveries.items():
            deliveries.add_metric([state.value], count)
        yield from (troubles, deliveries)
        if (beat := found.heartbeat) is not None:
            yield _one("tocsin_heartbeat_ok", "1 when the last heartbeat was answered, 0 when not.", beat.error is None)
            answered = _stamp(beat.answered_at)
            yield _one("tocsin_heartbeat_answered_timestamp_seconds", "When the watchdog last answered.", answered)

    def _of_sources(self) -> Iterator[GaugeMetricFamily]:
        sources = self._found.sources
        yield _one("tocsin_sources", "Sources watched.", len(sources))
        yield _one("tocsin_sources_stale", "Sources whose promise is broken.", len(self._found.stale))
        verified = _family("tocsin_source_verified_timestamp_seconds", "When the content was last verified.", "source")
        promise = _family("tocsin_source_promise_seconds", "How long it may go without being verified.", "source")
        stale = _family("tocsin_source_stale", "1 while the promise is broken.", "source")
        for one in sources:
            if (at := _stamp(one.verified_at)) is not None:
                verified.add_metric([one.slug], at)
            promise.add_metric([one.slug], one.promise.total_seconds())
            stale.add_metric([one.slug], float(one.stale_since is not None))
        yield from (verified, promise, stale)

    def _of_visits(self) -> Iterator[GaugeMetricFamily]:
        visits = _family("tocsin_source_visits_7d", "Visits of the last 7 days by outcome.", "source", "outcome")
        instead = _family("tocsin_source_captures_7d", "What came in place of the page.", "source", "capture")
        for slug, seen in sorted(self._found.seen.items()):
            for outcome in Outcome:
                visits.add_metric([slug, outcome.value], seen.outcomes.get(outcome, 0))
            for kind in CaptureKind:
                if kind is not CaptureKind.PAGE and (count := seen.captures.get(kind)):
                    instead.add_metric([slug, kind.value], count)
        yield from (visits, instead)


def _family(name: str, says: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, says, labels=labels)


def _one(name: str, says: str, value: float | None) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, says)
    if value is not None:
        family.add_metric([], value)
    return family


def _stamp(at: datetime | None) -> float | None:
    return at.timestamp() if at is not None else None
