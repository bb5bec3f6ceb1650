"""The page that ends a subscription: whoever holds its secret may, with one button or one click of a mail program."""

from __future__ import annotations

from fastapi import APIRouter, Response

from alerts.message import filters_in_words
from store import subscriptions
from store.subscriptions import Subscription
from tocsin.web.room import Room


def routes(room: Room) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/unsubscribe/{secret}")
    def asked(secret: str) -> Response:
        # A GET changes nothing: mail scanners follow links.
        with room.database.read() as session:
            found = subscriptions.subscription(session, _plain(secret))
        return _page(room, found)

    @router.post("/unsubscribe/{secret}")
    def ended(secret: str) -> Response:
        # RFC 8058: the mail program posts List-Unsubscribe=One-Click here, without a login and without a cookie.
        with room.database.begin() as session:
            found = subscriptions.end(session, _plain(secret), room.clock())
        return _page(room, found)

    return router


def _plain(secret: str) -> str:
    """The secret as tokens are written; anything else is nobody's, and some databases refuse it loudly."""
    if not secret.isascii() or not secret.isprintable():
        raise subscriptions.NoSuchSubscription("no subscription has this address")
    return secret


def _page(room: Room, found: Subscription) -> Response:
    parts = {"subscription": found, "wanted": filters_in_words(found.filters), "address": half_hidden(found.address)}
    response = room.page("unsubscribe.html", parts)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def half_hidden(address: str) -> str:
    """ "a…@example.org": enough for its owner to know it; a webhook's address is a secret and only its host is said."""
    if "://" in address:
        return f"{address.split('://', 1)[1].split('/', 1)[0]}/…"
    name, _, host = address.partition("@")
    return f"{name[:1]}…@{host}"
