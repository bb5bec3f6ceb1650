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

from store.database import Database, DatabaseUnavailable
from store.history import NoSuchChange
from store.stories import NoSuchStory
from store.subscriptions import NoSuchSubscription
from tocsin.asked import BadParameter
from tocsin.web import api, availability, changes, health, home, metrics, sources, stories, unsubscribe
from tocsin.web.room import Room

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
_NOT_FOUND = (NoSuchChange, NoSuchStory, NoSuchSubscription, sources.NoSuchSource)


def create_app(database: Database, clock: Callable[[], datetime], base_url: str | None = None) -> FastAPI:
    """The app. clock gives an aware UTC instant; base_url is the address at which readers reach it."""
    room = Room(database, clock, base_url)
    app = FastAPI(title="Tocsin", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    for noun in (home, changes, stories, sources, availability, unsubscribe, api, health, metrics):
        app.include_router(noun.routes(room))
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

    @app.exception_handler(DatabaseUnavailable)
    def unavailable(request: Request, error: DatabaseUnavailable) -> Response:
        return told(request, 503, "The database cannot be reached. Nothing is lost; try again in a moment.")

    @app.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> Response:
        response = told(request, error.status_code, str(error.detail))
        response.headers.update(error.headers or {})
        return response

    def not_found(request: Request, error: Exception) -> Response:
        return told(request, 404, str(error))

    for kind in _NOT_FOUND:
        app.add_exception_handler(kind, not_found)
