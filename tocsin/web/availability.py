"""The page that answers whether a territory was supported on a day, with the captures before and after."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from store import history
from store.availability import availability
from store.values import SourceKind
from tocsin import asked
from tocsin.web.room import Room


def routes(room: Room) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/availability")
    def answers(request: Request) -> Response:
        given = asked.parameters(request.query_params.multi_items(), asked.AVAILABILITY)
        code, at, problem = None, room.clock(), None
        try:
            code = asked.territory(given.get("territory"))
            at = asked.as_of("at", given.get("at"), room.clock())
        except asked.BadParameter as error:
            problem = str(error)
        with room.database.read() as session:
            lists = [one for one in history.sources(session, at) if one.kind is SourceKind.AVAILABILITY]
            found = (
                availability(
                    session,
                    at,
                    publisher=given.get("publisher") or None,
                    product=given.get("product") or None,
                    territory=code,
                )
                if code and not problem
                else ()
            )
        parts = {
            "given": {name: given.get(name, "") for name in asked.AVAILABILITY},
            "code": code,
            "at": at,
            "problem": problem,
            "answers": found,
            "lists": lists,
            "publishers": sorted({one.publisher for one in lists}, key=str.casefold),
        }
        return room.page("availability.html", parts, 400 if problem else 200)

    return router
