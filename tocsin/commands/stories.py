"""The command that lists the stories the news tells."""

from __future__ import annotations

from typing import Annotated

import typer

from store.happenings import StoryView
from tocsin import show as shown
from tocsin.app import opened
from tocsin.telling import dispute, span, story_filter, story_json


def stories(
    since: Annotated[str | None, typer.Option(help="Told on or after this date or time.")] = None,
    until: Annotated[str | None, typer.Option(help="Told up to and with this date, or before this time.")] = None,
    publisher: Annotated[
        str | None, typer.Option(help="Only of this publisher: acting, acted upon, or telling.")
    ] = None,
    territory: Annotated[str | None, typer.Option(help="Only of this territory: a code or a name.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List what the news reports, one story per happening, with its independent chains and the days each names."""
    from store.stories import stories as stored

    given = {"since": since, "until": until, "publisher": publisher, "territory": territory}
    wanted = story_filter(given)
    with opened() as app, app.database.read() as session:
        found = stored(session, wanted)
    if json:
        shown.as_json([story_json(view) for view in found])
        return
    for view in found:
        _print(view)
    shown.note(f"{len(found)} stories")


def _print(view: StoryView) -> None:
    who = " ".join(part for part in (view.actor, view.action.value, view.object) if part)
    about = ", ".join((*view.products, *view.territories))
    shown.line(f"{view.id}  {shown.moment(view.first_at)}  {who}{f': {about}' if about else ''}")
    shown.line(f"  {view.title}")
    days = [f"{what} {span(day)}" for what, day in (("from", view.effective), ("until", view.ends)) if day]
    told = "1 independent chain" if view.chains == 1 else f"{view.chains} independent chains"
    shown.line("  " + ", ".join((*days, told, *(("the official source among them",) if view.official else ()))))
    for role in view.disputed:
        shown.line(f"  days disagree: {role} {dispute(view, role)}")
    for report in view.reports:
        depends = f" ({report.because})" if report.because else ""
        shown.line(f"  chain {report.chain}: {report.publisher}, {shown.moment(report.at)}, {report.link}{depends}")
    for one in view.related:
        shown.line(f"  {one.kind} {one.address}: {one.on.isoformat()}, {one.publisher}, {one.title}")
