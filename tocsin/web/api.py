"""The JSON API: changes, stories, availability and sources, in the shapes of tocsin.forms. docs/api.md describes it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, Request

from store import history
from store.availability import availability
from store.stories import stories, story
from store.values import SourceKind
from tocsin import asked
from tocsin.forms import availability_json, change_json, source_json
from tocsin.telling import PARAMETERS, story_filter, story_json
from tocsin.web.room import Room
from tocsin.web.stories import number_of

_USUAL, _MOST = 100, 1000


def routes(room: Room) -> APIRouter:
    router = APIRouter(prefix="/api", tags=["api"])

    @router.get("/changes", openapi_extra=_described(asked.CHANGES))
    def changes(request: Request) -> list[dict[str, Any]]:
        """Changes that match, oldest first; the newest `limit` of them."""
        given = asked.parameters(request.query_params.multi_items(), asked.CHANGES)
        wanted = asked.change_filter(given)
        limit = asked.number("limit", given.get("limit"), usual=_USUAL, most=_MOST)
        with room.database.read() as session:
            return [change_json(view) for view in history.changes(session, wanted, limit=limit)]

    @router.get("/availability", openapi_extra=_described(asked.AVAILABILITY))
    def answers(request: Request) -> list[dict[str, Any]]:
        """Whether territories were supported at an instant, one answer for each source, product and territory."""
        given = asked.parameters(request.query_params.multi_items(), asked.AVAILABILITY)
        code = asked.territory(given.get("territory"))
        at = asked.as_of("at", given.get("at"), room.clock())
        publisher, product = given.get("publisher"), given.get("product")
        with room.database.read() as session:
            found = availability(session, at, publisher=publisher, product=product, territory=code)
        return [availability_json(answer) for answer in found]

    @router.get("/stories", openapi_extra=_described(PARAMETERS))
    def told(request: Request) -> list[dict[str, Any]]:
        """Stories that match, by their first report; the newest `limit` of them."""
        given = asked.parameters(request.query_params.multi_items(), PARAMETERS)
        wanted = story_filter(given)
        limit = asked.number("limit", given.get("limit"), usual=_USUAL, most=_MOST)
        with room.database.read() as session:
            return [story_json(view) for view in stories(session, wanted, limit=limit)]

    @router.get("/stories/{number}")
    def one_story(number: str) -> dict[str, Any]:
        """One story by its number."""
        with room.database.read() as session:
            return story_json(story(session, number_of(number)))

    @router.get("/sources", openapi_extra=_described(("publisher", "kind")))
    def sources(request: Request) -> list[dict[str, Any]]:
        """The sources watched, by slug."""
        given = asked.parameters(request.query_params.multi_items(), ("publisher", "kind"))
        kind, publisher = given.get("kind"), given.get("publisher", "").casefold()
        if kind and kind not in list(SourceKind):
            raise asked.BadParameter("kind", kind, f"allowed: {', '.join(SourceKind)}")
        with room.database.read() as session:
            found = history.sources(session, room.clock())
        return [
            source_json(view)
            for view in found
            if (not kind or view.kind == kind) and (not publisher or view.publisher.casefold() == publisher)
        ]

    return router


def _described(names: Iterable[str]) -> dict[str, Any]:
    """The query parameters for the OpenAPI document: all are texts and none is required."""
    return {"parameters": [{"name": name, "in": "query", "schema": {"type": "string"}} for name in names]}
