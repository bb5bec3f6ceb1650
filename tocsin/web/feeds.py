"""The calendar and the feeds: read without a login, under an address that is a secret where it is somebody's own."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from alerts.atom import NEWEST, Feed, atom_of
from alerts.calendar import calendar_of, wanted_date
from alerts.language import _, speaking
from alerts.matching import wants
from alerts.message import filters_in_words, page
from store import history
from store.calendar import calendar_dates
from store.feeds import rotate_feed_secret, subscription_of_feed
from store.subscriptions import Filters, NoSuchSubscription, Session, Subscription
from store.views import ChangeFilter, ChangeView
from tocsin import asked
from tocsin.web.by_secret import plain, private
from tocsin.web.room import Room

_PAST = timedelta(days=365)  # how long a date stays in a calendar once it is over
_LOOKED_AT = 1000  # changes in which those of a subscription are looked for
_FRESH = 300  # seconds that a reader need not ask again
_EMPTY_SINCE = datetime(2024, 1, 1, tzinfo=UTC)
_READING = ["GET", "HEAD"]


def routes(room: Room) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.api_route("/calendar/{secret}.ics", methods=_READING)
    def calendar(secret: str, request: Request) -> Response:
        with room.database.read() as session:
            mine = _reader(session, secret)
            since = (room.clock() - _PAST).date()
            dates = [one for one in calendar_dates(session, since) if wanted_date(mine.filters, one.dated)]
        with speaking(mine.locale):
            body = calendar_of(dates, _titled(mine), room.base_url)
        return _answer(request, body, "text/calendar; charset=utf-8", private=True)

    @router.api_route("/feed/{secret}.atom", methods=_READING)
    def feed(secret: str, request: Request) -> Response:
        with room.database.read() as session:
            mine = _reader(session, secret)
            changes = _changes_for(session, mine)
        with speaking(mine.locale):
            address = page(room.base_url, f"feed/{quote(secret)}.atom")
            named = Feed(f"subscription/{mine.id}", _titled(mine), address)
            body = atom_of(named, changes, mine.filters, room.base_url, mine.created_at)
        return _answer(request, body, "application/atom+xml; charset=utf-8", private=True)

    @router.api_route("/feed.atom", methods=_READING)
    def public(request: Request) -> Response:
        given = asked.parameters(request.query_params.multi_items(), asked.FILTERS)
        wanted = asked.change_filter({"held": "false"} | given)
        with room.database.read() as session:
            changes = history.changes(session, wanted, limit=NEWEST)
        query = urlencode(sorted(given.items()))
        address = page(room.base_url, f"feed.atom?{query}" if query else "feed.atom")
        named = Feed(f"changes?{query}" if query else "changes", _named(given), address)
        body = atom_of(named, changes, _filters(wanted), room.base_url, _EMPTY_SINCE)
        return _answer(request, body, "application/atom+xml; charset=utf-8", private=False)

    @router.post("/subscriptions/{secret}/feeds")
    def renewed(secret: str) -> Response:
        with room.database.begin() as session:
            rotate_feed_secret(session, plain(secret))
        return private(RedirectResponse(f"/subscriptions/{secret}", 303))

    return router


def _reader(session: Session, secret: str) -> Subscription:
    """Whose feed it is. Paused ones go on: nothing is sent, it is fetched. Ended ones are gone, for clients to stop."""
    found = subscription_of_feed(session, secret)
    if found.ended_at is not None:
        raise HTTPException(410, "This subscription has ended, and its calendar and feed with it.", _SECRET)
    if found.confirmed_at is None:
        raise NoSuchSubscription("this subscription has not been confirmed yet")
    return found


def _changes_for(session: Session, mine: Subscription) -> list[ChangeView]:
    """The newest changes that the subscription would hear of at once, oldest first."""
    if mine.operator:
        return []
    only = mine.publishers[0] if len(mine.publishers) == 1 else None
    found = history.changes(session, ChangeFilter(held=False, publisher=only), limit=_LOOKED_AT)
    return [one for one in found if one.substantive and wants(mine.filters, one)][-NEWEST:]


def _titled(mine: Subscription) -> str:
    return _("Tocsin: {wanted}").format(wanted=filters_in_words(mine.filters))


def _named(given: dict[str, str]) -> str:
    wanted = ", ".join(f"{name} {value}" for name, value in sorted(given.items()))
    return f"Tocsin: changes, {wanted}" if wanted else "Tocsin: changes"


def _filters(wanted: ChangeFilter) -> Filters:
    """What of a change is said first, so that a feed for Hong Kong begins with Hong Kong."""
    return Filters(
        products=(wanted.product,) if wanted.product else (),
        territories=(wanted.territory,) if wanted.territory else (),
        kinds=(wanted.kind,) if wanted.kind else (),
    )


_SECRET = {"X-Robots-Tag": "noindex, nofollow", "Cache-Control": "private, no-store"}


def _answer(request: Request, body: bytes, media_type: str, *, private: bool) -> Response:
    """The body, or 304 to a reader that has it (RFC 9110 13.1.2: any of the tags, weak or not)."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {
        "ETag": tag,
        "Cache-Control": f"{'private' if private else 'public'}, max-age={_FRESH}",
        "X-Robots-Tag": "noindex, nofollow" if private else "noindex",
    }
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)
