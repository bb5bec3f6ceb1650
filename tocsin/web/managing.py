"""The page by which whoever holds its secret looks after a subscription: pause, resume, end, calendar and feed."""

from __future__ import annotations

from fastapi import APIRouter, Response

from alerts.message import filters_in_words
from store import subscriptions
from store.subscriptions import Subscription
from tocsin.web.by_secret import half_hidden, plain, private
from tocsin.web.room import Room
from tocsin.web.subscribing import DIGEST_WORDS, SPOKEN
from tocsin.wishing import own_addresses


def routes(room: Room) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/subscriptions/{secret}")
    def shown(secret: str) -> Response:
        with room.database.read() as session:
            found = subscriptions.subscription(session, plain(secret))
        return _page(room, found)

    @router.post("/subscriptions/{secret}/pause")
    def paused(secret: str) -> Response:
        with room.database.begin() as session:
            found = subscriptions.pause(session, plain(secret), subscriptions.BY_OWNER, room.clock())
        return _page(room, found)

    @router.post("/subscriptions/{secret}/resume")
    def resumed(secret: str) -> Response:
        with room.database.begin() as session:
            found = subscriptions.resume(session, plain(secret))
        return _page(room, found)

    return router


def _page(room: Room, found: Subscription) -> Response:
    parts = {
        "subscription": found,
        "address": half_hidden(found.address),
        "wanted": "troubles with watching" if found.operator else filters_in_words(found.filters),
        "often": DIGEST_WORDS[found.digest or "at_once"].lower(),
        "spoken": SPOKEN[found.locale],
        "own": own_addresses(found, room.base_url),
        "here_only": own_addresses(found, None),
    }
    return private(room.page("manage.html", parts))
