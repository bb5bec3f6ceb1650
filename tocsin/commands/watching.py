"""Commands that watch: run, once, visit, replay, status."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from store.codec import jsonable
from store.values import Outcome
from tocsin import asked, show
from tocsin.app import App, now, opened

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def run(
    host: Annotated[str | None, typer.Option(help="Address to listen on (setting TOCSIN_HOST).")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port to listen on (setting TOCSIN_PORT).")] = None,
    watch: Annotated[
        bool, typer.Option(help="Visit sources and tell people; --no-watch only shows what is stored.")
    ] = True,
    at: Annotated[str | None, typer.Option(help="With --no-watch: show what is stored as on this day or time.")] = None,
) -> None:
    """Start the service: visits, detection, alerts, digests and the web app in one process."""
    from tocsin.service import serve, show_stored

    if watch and at:
        raise typer.BadParameter("--at shows the past; it goes with --no-watch")
    with opened() as app:
        where = (host or app.settings.host, port or app.settings.port)
        if watch:
            app.declare()
            asyncio.run(serve(app, *where))
        else:
            shown_at = asked.as_of("at", at, now())
            asyncio.run(show_stored(app, *where, clock=(lambda: shown_at) if at else now))


def once(json: Json = False) -> None:
    """Visit what is due, detect, notify, and exit."""
    with opened() as app:
        app.declare()
        _round(app, None, json)


def visit(
    slugs: Annotated[list[str] | None, typer.Argument(help="Sources to visit, due or not; none means all.")] = None,
    json: Json = False,
) -> None:
    """Visit sources now, due or not, without notifying anyone; what they bring is judged and told by the service."""
    from store.sources import active_slugs
    from tocsin.rounds import judged, visits

    with opened() as app:
        app.declare()
        with app.database.read() as session:
            known = active_slugs(session)
        unknown = sorted(set(slugs or ()) - set(known))
        if unknown:
            raise typer.BadParameter(f"no source {', '.join(unknown)}; `tocsin sources` lists them")

        async def go() -> tuple[dict[Outcome, int], int]:
            with show.progress("visiting", len(slugs or known)) as step:
                async with app.engine() as engine:
                    tally = await visits(app, engine, lambda slug, outcome: step(slug)).of_named(slugs or known)
            return tally.outcomes, await judged(app)

        outcomes, changes = asyncio.run(go())
        _show_outcomes(outcomes, changes, json)


def replay(
    archive: Annotated[Path, typer.Argument(help="A WARC file, or a folder with captures.jsonl.")],
    notify: Annotated[bool, typer.Option("--notify", help="Really deliver what it finds.")] = False,
    json: Json = False,
) -> None:
    """Send an archive of past captures through the house, each with its own time as the clock."""
    from tocsin.replay import replay_archive

    with opened() as app:
        report = replay_archive(app, archive, notify=notify)
    if json:
        show.as_json(report.as_json())
        return
    show.table(
        f"{report.captures} captures: {report.added} added, {report.changes} changes",
        ("source", "captured", "outcome", "reason"),
        [
            (e.slug, show.moment(e.at), e.outcome.value if e.outcome else "nothing added", e.reason or "")
            for e in report.ended
        ],
    )
    if report.sent is not None:
        show.line(f"{report.sent} messages sent, {report.failed} not")


def status(json: Json = False) -> None:
    """Is Tocsin watching: sources verified, stale and failing, changes held, deliveries waiting or dead."""
    from store.addresses import moved_sources
    from store.history import changes
    from store.noise import flapping
    from store.pacing import paces
    from store.views import ChangeFilter
    from tocsin.forms import source_json
    from tocsin.pacing import pace_rows, paces_json
    from tocsin.watching import (
        heartbeat_in_words,
        heartbeat_json,
        often,
        totals_in_words,
        trouble_json,
        visits_json,
        watching,
    )

    with opened() as app, app.database.read() as session:
        found = watching(session, now())
        held = changes(session, ChangeFilter(held=True))
        restless = flapping(session)
        visited = paces(session)
        moved = moved_sources(session)
        beat = heartbeat_in_words(found.heartbeat, app.settings.heartbeat_url)
    watched, seen = found.sources, found.seen
    deliveries = {state.value: count for state, count in found.deliveries.items()}
    troubled = [s for s in watched if s.stale_since or (s.last_outcome and not s.last_outcome.good)]
    waiting = [view for view in held if view.held == "awaiting_confirmation"]
    if json:
        show.as_json(
            {
                "sources": len(watched),
                "verified": sum(s.verified_at is not None for s in watched),
                "stale": [source_json(s) for s in found.stale],
                "troubled": [source_json(s) for s in troubled],
                "visits": {s.slug: visits_json(seen.get(s.slug)) for s in watched},
                "troubles": [trouble_json(one) for one in found.troubles],
                "heartbeat": heartbeat_json(found.heartbeat),
                "held": len(held),
                "awaiting_confirmation": [view.address for view in waiting],
                "flapping": list(restless),
                "deliveries": deliveries,
                "paces": paces_json(visited),
                "moved": [jsonable(one) for one in moved],
            }
        )
        return
    show.line(f"{len(watched)} sources, {len(found.stale)} stale; {totals_in_words(found)}")
    show.line(f"{len(held)} changes held, {len(waiting)} of them waiting for a second look")
    if restless:
        show.line(f"going back and forth, and no longer told: {', '.join(restless)}")
    show.line("deliveries: " + ", ".join(f"{count} {state}" for state, count in sorted(deliveries.items())))
    if beat:
        show.line(beat)
    if troubled:
        rows = [
            (
                s.slug,
                show.moment(s.stale_since) if s.stale_since else "not stale",
                show.moment(s.verified_at),
                often(seen.get(s.slug)),
                s.stale_reason or f"{s.last_outcome}: {s.last_reason or ''}",
            )
            for s in troubled
        ]
        head = ("source", "stale since", "last verified", "good visits in 7 days", "why")
        show.table("Stale, or failing at the last visit", head, rows)
    if moved:
        moves = [(m.slug, m.declared, m.url, m.why.value, show.moment(m.since)) for m in moved]
        show.table("Read elsewhere than declared", ("source", "declared", "read at", "because", "since"), moves)
    if adapted := pace_rows(visited):
        show.table("Visited more or less often than declared", ("source", "every", "visited every", "because"), adapted)


def _round(app: App, slugs: list[str] | None, json: bool) -> None:
    from tocsin.rounds import once as whole_round

    async def go() -> None:
        with show.progress("visiting", None) as step:
            tally, changes, told = await whole_round(app, slugs, lambda slug, outcome: step(slug))
        if json:
            show.as_json(
                {
                    "visits": {outcome.value: count for outcome, count in tally.outcomes.items()},
                    "changes": changes,
                    "announced": told.announced,
                    "digests": told.digests,
                    "sent": told.sent,
                    "failed": told.failed,
                    "problems": list(told.problems),
                }
            )
            return
        _show_outcomes(tally.outcomes, changes, False)
        show.line(f"{told.announced} changes announced, {told.sent} messages sent, {told.failed} not")
        for problem in told.problems:
            show.note(problem)

    asyncio.run(go())


def _show_outcomes(outcomes: dict[Outcome, int], changes: int, json: bool) -> None:
    counts = {outcome.value: count for outcome, count in sorted(outcomes.items())}
    if json:
        show.as_json({"visits": counts, "changes": changes})
        return
    visits = sum(counts.values())
    show.line(f"{visits} visits" + (": " + ", ".join(f"{n} {name}" for name, n in counts.items()) if counts else ""))
    show.line(f"{changes} changes found")
