"""Is the service well: can the database be read, and how fresh is what it knows?"""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from store import history
from store.database import DatabaseUnavailable
from tocsin.forms import instant_json
from tocsin.web.room import Room


def routes(room: Room) -> APIRouter:
    router = APIRouter()

    @router.get("/healthz")
    def healthz() -> JSONResponse:
        """200 while the database answers, 503 when it does not. Stale sources are counted, not an error."""
        try:
            with room.database.read() as session:
                watched = history.sources(session, room.clock())
        except DatabaseUnavailable:
            return JSONResponse({"ok": False, "database": "unreachable"}, 503)
        verified = [source.verified_at for source in watched if source.verified_at is not None]
        told = {
            "ok": True,
            "database": "reachable",
            "sources": len(watched),
            "stale": sum(1 for source in watched if source.stale_since is not None),
            "not_visited": sum(1 for source in watched if source.last_visit_at is None),
            "newest_verification": instant_json(max(verified, default=None)),
        }
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    return router
