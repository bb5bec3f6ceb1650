"""The long-lived process: engine, scheduler and web app on one event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

import uvicorn

from crawler.in_flight import InFlight
from tocsin import show
from tocsin.app import App, now
from tocsin.promptly import Promptly
from tocsin.rounds import visits
from tocsin.scheduler import scheduler
from tocsin.settings import unknown_settings
from tocsin.slack_calls import SlackCalls
from tocsin.web.app import create_app
from tocsin.web.slack_actions import SlackApp


async def serve(app: App, host: str, port: int) -> None:
    """Runs until interrupted. Visits in progress are given up; their sources are due as before."""
    server = _server(app, host, port, now)
    _say_what_is_odd(app)
    prompt = Promptly(app)
    async with app.engine() as engine, InFlight(visits(app, engine, prompt.visited)) as under_way:
        jobs = scheduler(app, under_way, prompt)
        loops = prompt.start()
        jobs.start()
        show.note(f"Tocsin watches {len(app.declarations)} sources; look at http://{host}:{port}/ (stop with Ctrl-C)")
        try:
            await server.serve()
        finally:
            jobs.shutdown(wait=False)
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)


async def show_stored(app: App, host: str, port: int, clock: Callable[[], datetime]) -> None:
    """Runs only the web app, on what is stored, until interrupted. clock: the time it takes for now."""
    show.note(f"Tocsin shows what is stored; look at http://{host}:{port}/ (stop with Ctrl-C)")
    await _server(app, host, port, clock).serve()


def _server(app: App, host: str, port: int, clock: Callable[[], datetime]) -> uvicorn.Server:
    settings = app.settings
    web = create_app(
        app.database,
        clock,
        settings.base_url,
        slack_app(app),
        mails=settings.smtp_url is not None,
        subscriptions_a_day=settings.subscriptions_a_day or None,
    )
    return uvicorn.Server(uvicorn.Config(web, host=host, port=port, log_level=logging.WARNING, lifespan="off"))


def slack_app(app: App) -> SlackApp | None:
    """The Slack app whose buttons are pressed, None where TOCSIN_SLACK_SIGNING_SECRET is not set."""
    secret = app.settings.slack_signing_secret
    calls = SlackCalls(app.gate.session, app.settings.slack_token, app.settings.slack_api)
    return SlackApp(secret, calls) if secret and secret.strip() else None


def _say_what_is_odd(app: App) -> None:
    for name in unknown_settings():
        show.note(f"{name} is set, and no setting has this name")
    if app.settings.contact == type(app.settings).model_fields["contact"].default:
        show.note("set TOCSIN_CONTACT to an address of yours: it is what visited sites see of you")
    if app.settings.smtp_url is None:
        show.note("TOCSIN_SMTP_URL is not set: e-mail waits, Slack works")
