"""The API of reviews: the audit trail of a subscription's owner as JSON or CSV, and a step taken by a program."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from store.reviews import Via, review
from tocsin import asked
from tocsin.reviewing import review_json, reviews_for, state_named, trail_csv, usual_name
from tocsin.web.by_secret import small_body
from tocsin.web.reviews import FIELDS, SECRET, member
from tocsin.web.room import Room

_NAMES = ("change", *FIELDS)


def routes(room: Room) -> APIRouter:
    router = APIRouter(prefix="/api/subscriptions/{secret}", tags=["api"])

    @router.get("/reviews")
    def trail(secret: str, request: Request) -> Response:
        """What concerns the subscription's owner, newest first, with every step taken; format=csv has a line a step."""
        given = asked.parameters(request.query_params.multi_items(), ("state", "format"))
        only, shape = state_named(given.get("state")), given.get("format", "json")
        if shape not in ("json", "csv"):
            raise asked.BadParameter("format", shape, "allowed: json, csv")
        with room.database.read() as session:
            mine = member(session, secret)
            found = [one for _, one in reviews_for(session, mine, room.clock(), only)]
            table = trail_csv(session, found) if shape == "csv" else ""
        if shape == "csv":
            named = {"Content-Disposition": 'attachment; filename="tocsin-reviews.csv"'}
            return Response(table, media_type="text/csv; charset=utf-8", headers=SECRET | named)
        return JSONResponse([review_json(one) for one in found], headers=SECRET)

    @router.post("/reviews")
    async def step(secret: str, request: Request) -> Response:
        """Takes one step: {"change": "12..15", "state": "dismissed", "by": "Ada", "reason": "..."}."""
        given = _object(await small_body(request))
        return await asyncio.to_thread(_step, room, secret, given)

    return router


def _step(room: Room, secret: str, given: dict[str, str]) -> Response:
    with room.database.begin() as session:
        mine = member(session, secret)
        by = given.get("by", "").strip() or usual_name(mine)
        change, state = given.get("change", ""), given.get("state", "")
        taken = review(session, mine, change, state, by, given.get("reason"), Via.API, room.clock())
    return JSONResponse(review_json(taken), headers=SECRET)


def _object(body: bytes) -> dict[str, str]:
    try:
        given: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise asked.BadParameter("body", body[:80].decode("utf-8", "replace"), "write one JSON object") from error
    if not isinstance(given, dict):
        raise asked.BadParameter("body", str(given), 'write one JSON object, such as {"change": "12..15", ...}')
    for name, value in given.items():
        if name not in _NAMES:
            raise asked.BadParameter(name[:40], str(value), f"allowed: {', '.join(('change', *FIELDS))}")
        if not isinstance(value, str | None):
            raise asked.BadParameter(name, str(value), "write it as text")
    return {name: value for name, value in given.items() if value is not None}
