"""Commands about sources: sources, source try, source check, source reread."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from store.codec import jsonable
from store.values import Content, Outcome
from tocsin import show
from tocsin.app import App, now, opened
from tocsin.settings import read_settings

if TYPE_CHECKING:
    from crawler.declaration import Declaration

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

source = typer.Typer(help="Try and check declarations.", no_args_is_help=True)


def sources(json: Json = False) -> None:
    """List the sources with when each was last verified and how its last visit ended."""
    from store import history
    from store.addresses import addresses
    from tocsin.forms import source_json

    with opened() as app:
        app.declare()
        with app.database.read() as session:
            watched = history.sources(session, now())
            were = {view.slug: addresses(session, view.slug) for view in watched} if json else {}
    if json:
        show.as_json(
            [source_json(view) | {"addresses": [jsonable(one) for one in were[view.slug]]} for view in watched]
        )
        return
    rows = [
        (v.slug, v.kind.value, v.publisher, show.moment(v.verified_at), v.last_outcome.value if v.last_outcome else "-")
        for v in watched
    ]
    show.table(f"{len(rows)} sources", ("source", "kind", "publisher", "last verified", "last visit"), rows)


@source.command("check")
def check(json: Json = False) -> None:
    """Validate every declaration in the folders in force; exit 1 when one cannot be used."""
    from crawler.declaration import DeclarationError, declaration_files, load

    files = declaration_files(read_settings().sources)
    problems = []
    for path in files:
        try:
            load(path)
        except DeclarationError as error:
            problems.append(str(error))
    if json:
        show.as_json({"declarations": len(files), "problems": problems})
    else:
        for problem in problems:
            show.note(problem)
        show.line(f"{len(files)} declarations, {len(problems)} cannot be used")
    if problems:
        raise typer.Exit(1)


@source.command("reread")
def reread_sources(
    slugs: Annotated[list[str] | None, typer.Argument(help="Sources to read again; none means all.")] = None,
    json: Json = False,
) -> None:
    """Read stored snapshots again with today's extractor; what reads otherwise is technical and told to nobody."""
    from crawler.rereading import Reading, Reread, reread
    from store.sources import active_slugs

    with opened() as app:
        app.declare()
        with app.database.read() as session:
            known = active_slugs(session)
        if unknown := sorted(set(slugs or ()) - set(known)):
            raise typer.BadParameter(f"no source {', '.join(unknown)}; `tocsin sources` lists them")
        readings: list[Reading] = []
        with show.progress("reading again", len(slugs or known)) as step:
            for slug in slugs or known:
                readings += reread(app.database, slug, now)
                step(slug)
    counts = {ended.value: sum(one.ended is ended for one in readings) for ended in Reread}
    if json:
        show.as_json({"snapshots": len(readings), **counts, "readings": [jsonable(one) for one in readings]})
        return
    show.table(
        f"{len(readings)} snapshots read again: " + ", ".join(f"{count} {ended}" for ended, count in counts.items()),
        ("source", "captured", "ended", "version", "reason"),
        [
            (one.slug, show.moment(one.captured_at), one.ended.value, str(one.version or ""), one.reason or "")
            for one in readings
            if one.ended is not Reread.SAME
        ],
    )


@source.command("try")
def try_source(
    file_or_url: Annotated[str, typer.Argument(help="A declaration (.toml) to fetch and read, or a bare address.")],
    page: Annotated[Path | None, typer.Option(help="Read this saved page instead of fetching.")] = None,
    json: Json = False,
) -> None:
    """Fetch a source once, store nothing, and print how the visit would end, its passages and its facts.

    Where the declaration has browser = true and the answer is a shell, it is rendered as a visit would.
    """
    from crawler.extract import Unextractable, extract
    from tocsin.comparing import content_type_of

    declaration = _declaration(file_or_url)
    if page is not None:
        content_type = content_type_of(page)
        outcome, reason = None, None
        try:
            content = extract(page.read_bytes(), content_type, declaration)
        except Unextractable as error:
            content, outcome, reason = Content(), Outcome.UNEXTRACTABLE, str(error)
    else:
        with opened() as app:
            outcome, reason, content = asyncio.run(_fetched(app, declaration))
    _show_reading(declaration, outcome, reason, content, json)
    if outcome is not None:
        raise typer.Exit(1)


def _declaration(file_or_url: str) -> Declaration:
    from crawler.declaration import from_fields, load

    if file_or_url.startswith(("http://", "https://")):
        return from_fields({"url": file_or_url})
    return load(Path(file_or_url))


async def _fetched(app: App, declaration: Declaration) -> tuple[Outcome | None, str | None, Content]:
    from crawler.answers import Ask, NotFetched
    from crawler.rendered import tried

    async with app.engine() as engine:
        answer = await engine.fetch(Ask(declaration.url, declaration.kind))
        if isinstance(answer, NotFetched):
            return answer.outcome, answer.reason, Content()
        return await tried(declaration, answer, engine.rendered)


def _show_reading(
    declaration: Declaration, outcome: Outcome | None, reason: str | None, content: Content, json: bool
) -> None:
    facts = content.facts
    if json:
        show.as_json(
            {
                "source": declaration.slug,
                "outcome": outcome.value if outcome else "version",
                "reason": reason,
                "passages": jsonable(content)["passages"],
                "facts": jsonable(facts),
            }
        )
        return
    would = f"this would be a version{f' ({reason})' if reason else ''}"
    show.line(f"{declaration.slug}: " + (f"{outcome.value}: {reason}" if outcome else would))
    for passage in content.passages:
        show.line(f"  {passage.kind.value:10} {passage.text}")
    for fact in facts.availability:
        condition = f" ({fact.condition})" if fact.condition else ""
        show.line(f"  fact: {fact.product}: {fact.territory} {fact.status.value}{condition}, written {fact.name!r}")
    for deployment in facts.deployments:
        show.line(f"  fact: {deployment.model} runs in {deployment.region}")
    for notice in facts.notices:
        dates = f"published {notice.published}, comments close {notice.comments_close}, effective {notice.effective}"
        show.line(f"  fact: {notice.number} {notice.stage.value}: {dates}")
    for entry in facts.entries:
        show.line(f"  fact: entry of {show.moment(entry.published)}: {entry.title}")
    for span in facts.unknown:
        show.line(f"  unknown name: {span.text!r} - add it to the aliases, or narrow `select`")
    show.line(
        f"{len(content.passages)} passages, {len(facts.availability)} territories, "
        f"{len(facts.deployments)} deployments, {len(facts.notices)} notices, {len(facts.entries)} entries, "
        f"{len(facts.unknown)} unknown names"
    )
