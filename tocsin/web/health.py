"""Is the service well: can the database be read, and how fresh is what it knows?"""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from store.database import DatabaseUnavailable
from tocsin.forms import instant_json
from tocsin.watching import WINDOW, heartbeat_json, watching
from tocsin.web.room import Room


def routes(room: Room) -> APIRouter:
    router = APIRouter()

    @router.get("/healthz")
    def healthz() -> JSONResponse:
        """200 while the database answers, 503 when it does not. Stale sources are named, not an error."""
        try:
            with room.database.read() as session:
                found = watching(session, room.clock())
        except DatabaseUnavailable:
            return JSONResponse({"ok": False, "database": "unreachable"}, 503)
        watched, seen = found.sources, found.seen.values()
        verified = [source.verified_at for source in watched if source.verified_at is not None]
        told = {
            "ok": True,
            "database": "reachable",
            "sources": len(watched),
            "stale": len(found.stale),
            "stale_sources": [
                {"source": one.slug, "since": instant_json(one.stale_since), "reason": one.stale_reason}
                for one in found.stale
            ],
            "not_visited": sum(1 for source in watched if source.last_visit_at is None),
            "newest_verification": instant_json(max(verified, default=None)),
            "visits": {
                "days": WINDOW.days,
                "good": sum(one.verified for one in seen),
                "all": sum(one.visits for one in seen),
            },
            "heartbeat": heartbeat_json(found.heartbeat),
        }
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    return router
