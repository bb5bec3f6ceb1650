"""Subscriptions as JSON: asked for by anybody, read and changed by whoever holds the secret (docs/api.md)."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse

from alerts.confirming import asked_for
from store import subscriptions
from store.subscriptions import ChannelName, Subscription
from store.wishes import checked
from tocsin.asked import BadParameter
from tocsin.forms import subscription_json
from tocsin.web.by_secret import plain, private, small_body
from tocsin.web.room import Room
from tocsin.wishing import CHANGEABLE, check_outside, new_subscription, own_addresses, stated, wish_json

Body = Annotated[bytes, Depends(small_body)]
HELD_ALREADY = "it has this very subscription already; whoever made it holds the address that manages it"


def routes(room: Room) -> APIRouter:
    router = APIRouter(prefix="/api/subscriptions", tags=["subscriptions"])

    @router.post("", status_code=201)
    def ask(body: Body) -> Response:
        """Asks for a subscription. E-mail: a question goes to the address, and nothing else before it says yes."""
        given = _object(body)
        with room.database.begin() as session:
            new = new_subscription(given, session)
            check_outside(new, room.mails)
            if new.channel == ChannelName.EMAIL:
                # Nothing of what is stored is told: the answer is the same whether the address is known or not.
                asked_for(session, new, room.clock(), room.subscriptions_a_day)
                return private(JSONResponse(wish_json(checked(new)) | {"state": "unconfirmed"}, 201))
            if subscriptions.asked_already(session, new):
                return private(_held_already(new.address))
            found = asked_for(session, new, room.clock(), room.subscriptions_a_day)
        secrets = {"secret": found.secret, "signing_secret": found.signing_secret}
        return private(JSONResponse(_shown(room, found) | secrets, 201))

    @router.get("/{secret}")
    def read(secret: str) -> Response:
        """One subscription."""
        with room.database.read() as session:
            found = subscriptions.subscription(session, plain(secret))
        return private(JSONResponse(_shown(room, found)))

    @router.patch("/{secret}")
    def amend(secret: str, body: Body) -> Response:
        """Changes what it wants or how it is told; what is not named stays."""
        given = _object(body)
        with room.database.begin() as session:
            subscriptions.subscription(session, plain(secret))
            found = subscriptions.amend(session, plain(secret), stated(given, CHANGEABLE, session))
        return private(JSONResponse(_shown(room, found)))

    @router.delete("/{secret}")
    def end(secret: str) -> Response:
        """Ends it; what was still to be sent is dropped."""
        with room.database.begin() as session:
            found = subscriptions.end(session, plain(secret), room.clock())
        return private(JSONResponse(_shown(room, found)))

    @router.post("/{secret}/pause")
    def pause(secret: str) -> Response:
        """Sends nothing until it is resumed."""
        with room.database.begin() as session:
            found = subscriptions.pause(session, plain(secret), subscriptions.BY_OWNER, room.clock())
        return private(JSONResponse(_shown(room, found)))

    @router.post("/{secret}/resume")
    def resume(secret: str) -> Response:
        """Sends again."""
        with room.database.begin() as session:
            found = subscriptions.resume(session, plain(secret))
        return private(JSONResponse(_shown(room, found)))

    return router


def _shown(room: Room, found: Subscription) -> dict[str, Any]:
    return subscription_json(found) | own_addresses(found, room.base_url)


def _held_already(address: str) -> JSONResponse:
    problem = BadParameter("address", address, HELD_ALREADY)
    return JSONResponse({"error": str(problem), "parameter": "address"}, 409)


def _object(body: bytes) -> dict[str, Any]:
    """The JSON object of a body. Raises BadParameter."""
    try:
        found = json.loads(body.decode())
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise BadParameter("body", body[:80].decode("utf-8", "replace"), "send one JSON object, in UTF-8") from error
    if not isinstance(found, dict):
        raise BadParameter("body", str(found)[:80], "send one JSON object")
    return found
