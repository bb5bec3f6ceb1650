"""The web app: every page, the API and the health answer, over one database and one clock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from alerts.confirming import TooManyAsked
from alerts.week import NotAPeriod
from store.database import Database, DatabaseUnavailable
from store.history import NoSuchChange
from store.reviews import InvalidReview
from store.stories import NoSuchStory
from store.subscriptions import InvalidSubscription, NoSuchSubscription
from tocsin.asked import BadParameter
from tocsin.web import (
    api,
    availability,
    changes,
    digests,
    feeds,
    health,
    home,
    managing,
    metrics,
    reviews,
    reviews_api,
    schemas,
    slack_actions,
    sources,
    stories,
    subscribing,
    subscription_api,
    unsubscribe,
)
from tocsin.web.room import Room
from tocsin.web.slack_actions import SlackApp
from tocsin.wishing import parameter_of

_STATIC = Path(__file__).resolve().parent / "static"
# Nothing on a page may load or run anything that is not ours: page text is shown, and it is hostile.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_NOUNS = (
    *(home, changes, digests, stories, sources, availability, api, schemas, health, metrics),
    *(subscribing, managing, unsubscribe, subscription_api),
    *(reviews, reviews_api, feeds),
)
_NOT_FOUND = (NoSuchChange, NoSuchStory, NoSuchSubscription, sources.NoSuchSource)


def create_app(
    database: Database,
    clock: Callable[[], datetime],
    base_url: str | None = None,
    slack: SlackApp | None = None,
    *,
    mails: bool = True,
    subscriptions_a_day: int | None = None,
) -> FastAPI:
    """The app. clock gives an aware UTC instant; base_url is the address at which readers reach it.

    slack: the Slack app whose buttons decide reviews; without it there are none to press. mails: e-mail can
    be sent; without it nobody may subscribe by it. subscriptions_a_day: see Room.
    """
    room = Room(database, clock, base_url, mails, subscriptions_a_day)
    app = FastAPI(title="Tocsin", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    for noun in _NOUNS:
        app.include_router(noun.routes(room))
    app.include_router(slack_actions.routes(room, slack))
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.middleware("http")(_with_headers)
    _answer_errors(app, room)
    return app


async def _with_headers(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await answer(request)
    response.headers.update(_HEADERS)
    return response


def _answer_errors(app: FastAPI, room: Room) -> None:
    def told(request: Request, status: int, message: str, parameter: str | None = None) -> Response:
        if request.url.path.startswith("/api/") or request.url.path in ("/healthz", "/metrics"):
            return JSONResponse({"error": message, "parameter": parameter}, status)
        parts = {"status": status, "phrase": HTTPStatus(status).phrase, "message": message}
        return room.page("error.html", parts, status)

    @app.exception_handler(BadParameter)
    def bad_parameter(request: Request, error: BadParameter) -> Response:
        return told(request, 400, str(error), error.name)

    @app.exception_handler(InvalidSubscription)
    def invalid(request: Request, error: InvalidSubscription) -> Response:
        return told(request, 400, str(error), parameter_of(error.field))

    @app.exception_handler(TooManyAsked)
    def too_many(request: Request, error: TooManyAsked) -> Response:
        return told(request, 429, str(error))

    @app.exception_handler(InvalidReview)
    def bad_review(request: Request, error: InvalidReview) -> Response:
        return told(request, 400, str(error), error.field)

    @app.exception_handler(DatabaseUnavailable)
    def unavailable(request: Request, error: DatabaseUnavailable) -> Response:
        return told(request, 503, "The database cannot be reached. Nothing is lost; try again in a moment.")

    @app.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> Response:
        response = told(request, error.status_code, str(error.detail))
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(NotAPeriod)
    def no_period(request: Request, error: NotAPeriod) -> Response:
        return told(request, 404, str(error))

    def not_found(request: Request, error: Exception) -> Response:
        return told(request, 404, str(error))

    for kind in _NOT_FOUND:
        app.add_exception_handler(kind, not_found)
