"""The long-lived process: engine, scheduler and web app on one event loop."""

from __future__ import annotations

import logging

import uvicorn

from tocsin import show
from tocsin.app import App, now
from tocsin.scheduler import scheduler
from tocsin.settings import unknown_settings
from tocsin.web.app import create_app


async def serve(app: App, host: str, port: int, *, watch: bool) -> None:
    """Runs until interrupted. Visits in progress are given up; their claims run out and they are made again.

    Without watch only the web app runs, on what is stored.
    """
    web = create_app(app.database, now, app.settings.base_url)
    config = uvicorn.Config(web, host=host, port=port, log_level=logging.WARNING, lifespan="off")
    server = uvicorn.Server(config)
    if not watch:
        show.note(f"Tocsin shows what is stored; look at http://{host}:{port}/ (stop with Ctrl-C)")
        await server.serve()
        return
    _say_what_is_odd(app)
    async with app.engine() as engine:
        jobs = scheduler(app, engine)
        jobs.start()
        show.note(f"Tocsin watches {len(app.declarations)} sources; look at http://{host}:{port}/ (stop with Ctrl-C)")
        try:
            await server.serve()
        finally:
            jobs.shutdown(wait=False)


def _say_what_is_odd(app: App) -> None:
    for name in unknown_settings():
        show.note(f"{name} is set, and no setting has this name")
    if app.settings.contact == type(app.settings).model_fields["contact"].default:
        show.note("set TOCSIN_CONTACT to an address of yours: it is what visited sites see of you")
    if app.settings.smtp_url is None:
        show.note("TOCSIN_SMTP_URL is not set: e-mail waits, Slack works")
