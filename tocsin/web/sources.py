"""One source: what its declaration says, how it was covered, and what changed on it."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Response

from store import history
from store.views import ChangeFilter
from tocsin.web.home import told
from tocsin.web.room import Room

_COVERED = timedelta(days=30)
_SHOWN = 50


class NoSuchSource(LookupError):
    """No source has this slug; `tocsin sources` lists them."""


def routes(room: Room) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/sources/{slug}")
    def source(slug: str) -> Response:
        now = room.clock()
        with room.database.read() as session:
            known = (*history.sources(session, now), *history.sources(session, now, active=False))
            view = next((one for one in known if one.slug == slug), None)
            if view is None:
                raise NoSuchSource(f"no source {slug[:120]!r}; the first page lists them")
            found = history.changes(session, ChangeFilter(source=slug), limit=_SHOWN)
            covered = [one for one in history.coverage(session, now - _COVERED, now) if one.source == slug]
        parts = {"source": view, "found": told(found), "full": len(found) == _SHOWN, "covered": covered}
        return room.page("source.html", parts)

    return router
