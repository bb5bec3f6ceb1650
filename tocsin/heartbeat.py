"""Tells an outside watchdog that Tocsin works, so that it notices when Tocsin is dead."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import aiohttp

from crawler.gate import Refused
from store import heartbeat
from tocsin.app import App

_LONGEST = 20.0  # seconds that the watchdog may take


async def beat(app: App, *, at_once: bool = False) -> bool:
    """Asks TOCSIN_HEARTBEAT_URL where it is time (or at once); whether it was asked.

    Called after a round that ended. One in which sources waited long and nothing was visited is no sign of life. That
    the watchdog cannot be reached is kept for `tocsin status` and stops nothing.
    """
    url = app.settings.heartbeat_url
    if url is None or not await asyncio.to_thread(_is_time, app, app.clock(), at_once):
        return False
    error = await _asked(app, url)
    await asyncio.to_thread(_record, app, error)
    return True


async def _asked(app: App, url: str) -> str | None:
    """What went wrong, without the address: it is often a secret. None when it answered 2xx."""
    try:
        async with asyncio.timeout(_LONGEST), app.gate.session(_LONGEST) as session, session.get(url) as answer:
            return None if 200 <= answer.status < 300 else f"answered {answer.status}"
    except TimeoutError:
        return f"gave no answer within {_LONGEST:g} s"
    except Refused as refused:
        return f"the outbound gate refuses it: {refused}"
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return f"could not be reached: {type(error).__name__}"


def _is_time(app: App, at: datetime, at_once: bool) -> bool:
    with app.database.read() as session:
        last = heartbeat.heartbeat(session)
        due = last is None or at - last.asked_at >= timedelta(seconds=app.settings.heartbeat_every)
        return (at_once or due) and heartbeat.is_working(session, at)


def _record(app: App, error: str | None) -> None:
    with app.database.begin() as session:
        heartbeat.record(session, app.clock(), error)
