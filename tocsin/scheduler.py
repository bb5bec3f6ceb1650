"""A few tick jobs on the service's event loop.

What is due lives in the database and is claimed there, so two processes on one database do no harm; a tick that finds
nothing does nothing.
"""

from __future__ import annotations

from datetime import UTC

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from crawler.run import Fetcher
from tocsin import rounds
from tocsin.app import App, now


def scheduler(app: App, engine: Fetcher) -> AsyncIOScheduler:
    """The jobs of one process: visits, and all that follows from what they brought. Each runs at once when started."""
    made = AsyncIOScheduler(
        timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    for what, job in (("visits", _visit_due), ("judge and tell", _judge_and_tell)):
        made.add_job(job, "interval", seconds=app.settings.tick, args=(app, engine), id=what, next_run_time=now())
    return made


async def _visit_due(app: App, engine: Fetcher) -> None:
    await rounds.visits(app, engine, lambda slug, outcome: None).of_due()


async def _judge_and_tell(app: App, engine: Fetcher) -> None:
    await rounds.judged(app)
    await rounds.told(app)
