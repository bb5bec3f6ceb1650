"""The page that ends a subscription: whoever holds its secret may, with one button or one click of a mail program."""

from __future__ import annotations

from fastapi import APIRouter, Response

from alerts.message import filters_in_words
from store import subscriptions
from store.subscriptions import Subscription
from tocsin.web.by_secret import half_hidden, plain, private
from tocsin.web.room import Room


def routes(room: Room) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/unsubscribe/{secret}")
    def asked(secret: str) -> Response:
        # A GET changes nothing: mail scanners follow links.
        with room.database.read() as session:
            found = subscriptions.subscription(session, plain(secret))
        return _page(room, found)

    @router.post("/unsubscribe/{secret}")
    def ended(secret: str) -> Response:
        # RFC 8058: the mail program posts List-Unsubscribe=One-Click here, without a login and without a cookie.
        with room.database.begin() as session:
            found = subscriptions.end(session, plain(secret), room.clock())
        return _page(room, found)

    return router


def _page(room: Room, found: Subscription) -> Response:
    parts = {"subscription": found, "wanted": filters_in_words(found.filters), "address": half_hidden(found.address)}
    return private(room.page("unsubscribe.html", parts))
