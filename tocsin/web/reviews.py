"""The pages on which a subscriber says what became of a change, and sees what was decided."""

from __future__ import annotations

import asyncio
from collections import Counter
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from alerts.message import filters_in_words
from alerts.sentence import what_changed
from store import history
from store.reviews import (
    InvalidReview,
    ReviewState,
    Via,
    needs_reason,
    review,
    review_of,
)
from store.subscriptions import Session, Subscription, subscription
from store.views import ChangeView
from tocsin import asked
from tocsin.reviewing import reviews_for, state_named, usual_name
from tocsin.web.by_secret import plain, small_body
from tocsin.web.home import Told
from tocsin.web.room import Room

_SHOWN = 200
FIELDS = ("state", "by", "reason")
SECRET = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}


def routes(room: Room) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/subscriptions/{secret}/reviews")
    def listed(secret: str, request: Request) -> Response:
        given = asked.parameters(request.query_params.multi_items(), ("state",))
        only = state_named(given.get("state"))
        with room.database.read() as session:
            mine = member(session, secret)
            parts = _list_parts(session, mine, only, room)
        return _page(room, "reviews.html", parts)

    @router.get("/subscriptions/{secret}/changes/{address}")
    def one(secret: str, address: str) -> Response:
        with room.database.read() as session:
            mine = member(session, secret)
            parts = _parts(session, mine, address)
        return _page(room, "review.html", parts)

    @router.post("/subscriptions/{secret}/changes/{address}")
    async def decided(secret: str, address: str, request: Request) -> Response:
        body = (await small_body(request)).decode("utf-8", "replace")
        given = dict(parse_qsl(body, keep_blank_values=True, max_num_fields=20))
        return await asyncio.to_thread(_decide, room, secret, address, given)

    return router


def member(session: Session, secret: str) -> Subscription:
    """Whoever holds the secret may review for its owner, while the subscription lives."""
    found = subscription(session, plain(secret))
    if found.ended_at is not None:
        raise HTTPException(
            410, "This subscription has ended. Its reviews are kept; the operator can show them.", SECRET
        )
    if found.confirmed_at is None:
        raise HTTPException(403, "Confirm this subscription first: the mail that asked for it has the link.", SECRET)
    return found


def _decide(room: Room, secret: str, address: str, given: dict[str, str]) -> Response:
    try:
        with room.database.begin() as session:
            mine = member(session, secret)
            by = given.get("by", "").strip() or usual_name(mine)
            review(session, mine, address, given.get("state", ""), by, given.get("reason"), Via.PAGE, room.clock())
    except InvalidReview as error:
        with room.database.read() as session:
            parts = _parts(session, member(session, secret), address)
        kept = {"given": {name: given.get(name, "") for name in FIELDS}}
        return _page(room, "review.html", parts | kept | {"problem": str(error), "field": error.field}, 400)
    # To be read anew: a page that is reloaded must not take the step again.
    return RedirectResponse(f"/subscriptions/{secret}/changes/{address}", 303, SECRET)


def _parts(session: Session, mine: Subscription, address: str) -> dict[str, object]:
    found = review_of(session, mine, address)
    [view] = history.views_of(session, [found.change_id])
    return {
        "subscription": mine,
        "usual": usual_name(mine),
        "review": found,
        "change": view,
        "sentence": what_changed(view, view.findings),
        "steps": [(state, needs_reason(found.state, state)) for state in found.next_states],
        "problem": None,
        "field": None,
        "given": dict.fromkeys(FIELDS, ""),
    }


def _list_parts(session: Session, mine: Subscription, only: ReviewState | None, room: Room) -> dict[str, object]:
    found = reviews_for(session, mine, room.clock())
    rows = [(_told(view), one) for view, one in found if only is None or one.state is only]
    return {
        "subscription": mine,
        "wanted": filters_in_words(mine.filters),
        "counts": Counter(one.state for _, one in found),
        "states": list(ReviewState),
        "only": only,
        "undecided": [row for row in rows if not row[1].state.closed][:_SHOWN],
        "closed": [row for row in rows if row[1].state.closed][:_SHOWN],
        "most": _SHOWN,
    }


def _told(view: ChangeView) -> Told:
    return Told(view, what_changed(view, view.findings))


def _page(room: Room, template: str, parts: dict[str, object], status: int = 200) -> Response:
    response = room.page(template, parts, status)
    response.headers.update(SECRET)
    return response
