"""A few tick jobs on the service's event loop.

What is due lives in the database and is claimed there, so two processes on one database do no harm; a tick that finds
nothing does nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from crawler.in_flight import InFlight
from store.database import DatabaseUnavailable
from tocsin.app import App, now
from tocsin.promptly import Promptly

log = structlog.get_logger()


def scheduler(app: App, under_way: InFlight, prompt: Promptly) -> AsyncIOScheduler:
    """The jobs of one process: visits, and all that follows from what they brought. Each runs at once when started."""
    made = AsyncIOScheduler(
        timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    jobs: tuple[tuple[object, ...], ...] = (("visits", under_way.look), ("judge and tell", prompt.tick))
    for job in jobs:
        made.add_job(_tick, "interval", seconds=app.settings.tick, args=job, id=job[0], next_run_time=now())
    return made


async def _tick(what: str, job: Callable[..., Awaitable[object]], *given: object) -> None:
    """One run of a job. A database that is gone ends it with one line; the next tick takes up what is left."""
    try:
        await job(*given)
    except DatabaseUnavailable as error:
        log.error("the database failed, the next tick tries again", job=what, error=str(error))
