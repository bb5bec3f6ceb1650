"""The command that lists the stories the news tells."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from store.codec import jsonable
from store.happenings import Day, Saying, StoryFilter, StoryView
from tocsin import asked
from tocsin import show as shown
from tocsin.app import opened


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

    wanted = StoryFilter(
        since=asked.instant("since", since),
        until=asked.instant("until", until, whole_day=True),
        publisher=publisher,
        territory=asked.territory(territory),
    )
    with opened() as app, app.database.read() as session:
        found = stored(session, wanted)
    if json:
        shown.as_json([story_json(view) for view in found])
        return
    for view in found:
        _print(view)
    shown.note(f"{len(found)} stories")


def story_json(view: StoryView) -> dict[str, Any]:
    """A story as --json and the API give it: every value of the view, and in words whose days disagree."""
    found: dict[str, Any] = jsonable(view)
    return found | {"disagreements": [_dispute(view, role) for role in view.disputed]}


def _print(view: StoryView) -> None:
    who = " ".join(part for part in (view.actor, view.action.value, view.object) if part)
    about = ", ".join((*view.products, *view.territories))
    shown.line(f"{view.id}  {shown.moment(view.first_at)}  {who}{f': {about}' if about else ''}")
    shown.line(f"  {view.title}")
    days = [f"{what} {_day(day)}" for what, day in (("from", view.effective), ("until", view.ends)) if day]
    told = "1 independent chain" if view.chains == 1 else f"{view.chains} independent chains"
    shown.line("  " + ", ".join((*days, told, *(("the official source among them",) if view.official else ()))))
    for role in view.disputed:
        shown.line(f"  days disagree: {_dispute(view, role)}")
    for report in view.reports:
        depends = f" ({report.because})" if report.because else ""
        shown.line(f"  chain {report.chain}: {report.publisher}, {shown.moment(report.at)}, {report.link}{depends}")
    for one in view.related:
        shown.line(f"  {one.kind} {one.address}: {one.on.isoformat()}, {one.publisher}, {one.title}")


def _dispute(view: StoryView, role: str) -> str:
    """ "effective 2026-06-12 (Anthropic, official); 2026-06-13 (Example News)": all of them, none averaged."""
    roles = (role,) if role == "ends" else ("effective", "announced")
    said = [one for one in view.sayings if one.role in roles and (one.role == role or one.official)]
    return f"{role} " + "; ".join(f"{_day(one.day)} ({_who(one)})" for one in said)


def _who(said: Saying) -> str:
    return ", ".join((*said.sources, *(("official",) if said.official else ())))


def _day(day: Day) -> str:
    span = day.first.isoformat()
    return span if day.first == day.last else f"{span}/{day.last.isoformat()}"
