"""Commands that answer: history, availability, show, compare, digest."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from alerts.digests.values import Known
from store.codec import jsonable
from store.redressed import Redressed, redressed
from store.values import Finding, Polarity, SourceKind
from store.views import ChangeFilter, ChangeView
from tocsin import asked
from tocsin import show as shown
from tocsin.app import now, opened
from tocsin.digesting import Form

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Publisher = Annotated[str | None, typer.Option(help="Only this publisher.")]
Product = Annotated[str | None, typer.Option(help="Only this product.")]
Territory = Annotated[str | None, typer.Option(help="Only this territory: a code (HK, UA-43, XK) or a name.")]


def history(
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    publisher: Publisher = None,
    product: Product = None,
    territory: Territory = None,
    kind: Annotated[str | None, typer.Option(help="Only this kind of source or of finding.")] = None,
    since: Annotated[str | None, typer.Option(help="From this date or time.")] = None,
    until: Annotated[str | None, typer.Option(help="Up to and with this date, or before this time.")] = None,
    held: Annotated[
        bool | None, typer.Option("--held/--not-held", help="Only what was held back, or only the rest.")
    ] = None,
    json: Json = False,
) -> None:
    """List changes, oldest first, with their findings."""
    from store.history import changes
    from tocsin.forms import change_json

    wanted = ChangeFilter(
        source=source,
        publisher=publisher,
        product=product,
        territory=asked.territory(territory),
        kind=asked.kind(kind),
        since=asked.instant("since", since),
        until=asked.instant("until", until, whole_day=True),
        held=held,
    )
    with opened() as app, app.database.read() as session:
        found = changes(session, wanted)
        alike = redressed(session, wanted) if held and not (product or territory or kind) else ()
    if json:
        shown.as_json([change_json(view) for view in found])
        return
    for view in found:
        _print_change(view)
    for row in alike:
        _print_alike(row)
    shown.note(f"{len(found)} changes")


def availability(
    publisher: Publisher = None,
    product: Product = None,
    territory: Territory = None,
    at: Annotated[str | None, typer.Option(help="The day or time asked about; now when left out.")] = None,
    json: Json = False,
) -> None:
    """Say where a product was supported on a day, and name the captures before and after that prove it."""
    from store.availability import availability as answers_at
    from tocsin.forms import availability_json

    with opened() as app, app.database.read() as session:
        answers = answers_at(
            session,
            asked.as_of("at", at, now()),
            publisher=publisher,
            product=product,
            territory=asked.territory(territory),
        )
    if json:
        shown.as_json([availability_json(answer) for answer in answers])
        return
    for answer in answers:
        condition = f" ({answer.condition})" if answer.condition else ""
        shown.line(f"{answer.product}: {answer.territory} {answer.status.value}{condition} — {answer.reason}")
        for side, proof in (("before", answer.before), ("after", answer.after)):
            if proof:
                shown.line(f"  {side}: captured {shown.moment(proof.captured_at)}, {proof.url}, sha256 {proof.sha256}")
    if not answers:
        shown.line("no list is stored for this; `tocsin sources` shows what is watched")


def show(address: Annotated[str, typer.Argument(metavar="CHANGE", help="FROM..TO")], json: Json = False) -> None:
    """Show one change: findings, judgement, both texts of what changed, evidence."""
    from store.history import change
    from tocsin.forms import change_json

    with opened() as app, app.database.read() as session:
        texts = change(session, address)
    view = texts.change
    if json:
        shown.as_json(change_json(view) | {"old_passages": jsonable(texts.old), "new_passages": jsonable(texts.new)})
        return
    _print_change(view)
    for reason in view.reasons:
        shown.line(f"  because: {reason}")
    for side, proof in (("before", view.before), ("after", view.after)):
        shown.line(f"  {side}: captured {shown.moment(proof.captured_at)}, {proof.url}, sha256 {proof.sha256}")


def compare(
    old: Annotated[Path | None, typer.Argument(help="The older file.")] = None,
    new: Annotated[Path | None, typer.Argument(help="The newer file.")] = None,
    kind: Annotated[SourceKind | None, typer.Option(help="How to read both.")] = None,
    batch: Annotated[Path | None, typer.Option(help="Compare the pairs of this JSON Lines file instead.")] = None,
    declaration: Annotated[Path | None, typer.Option(help="Read both under this declaration.")] = None,
    language: Annotated[str, typer.Option(help="Language of the text.")] = "en",
    polarity: Annotated[Polarity, typer.Option(help="Whether a list allows or denies.")] = Polarity.ALLOW,
    json: Json = False,
) -> None:
    """Compare two files without a database: print the Judgement and the findings."""
    from tocsin.comparing import Pair, compared, comparison_json, encoder_in_force

    if batch is not None:
        _compare_batch(batch)
        return
    if old is None or new is None or kind is None:
        raise typer.BadParameter("give OLD, NEW and --kind, or --batch FILE")
    pair = Pair(old, new, kind, language=language, polarity=polarity, declaration=declaration)
    comparison = compared(pair, encoder_in_force())
    if json:
        shown.as_json(comparison_json(comparison))
        return
    judgement = comparison.judgement
    verdict = "substantive" if judgement.substantive else "not substantive"
    shown.line(f"{verdict}, {judgement.severity.value}, significance {judgement.significance:.2f}")
    for finding in comparison.findings:
        shown.line("  " + _finding_line(finding))
    for reason in judgement.reasons:
        shown.line(f"  because: {reason}")


def digest(
    period: Annotated[
        str | None,
        typer.Argument(metavar="PERIOD", help="ISO week 2024-W28 or day 2024-07-12; else the last whole week."),
    ] = None,
    as_known: Annotated[
        Known, typer.Option(help="As known when the digest was due, or as known now with later corrections marked.")
    ] = Known.THEN,
    timezone: Annotated[str, typer.Option(help="Time zone of the period's days.")] = "UTC",
    publisher: Publisher = None,
    product: Product = None,
    territory: Territory = None,
    subscription: Annotated[
        int | None, typer.Option(help="As this subscription gets it: its filters, time zone, language and reviews.")
    ] = None,
    format: Annotated[Form, typer.Option(help="Form of what is printed.")] = Form.TEXT,
    output: Annotated[Path | None, typer.Option(help="Write to this file instead; a PDF needs one.")] = None,
    json: Json = False,
) -> None:
    """Print the compliance digest of a week or a day: what changed, what is ahead, and what was verified how often."""
    from alerts.language import speaking
    from tocsin.digesting import asked_digest, kept, written

    form = Form.JSON if json else format
    if form is Form.PDF and output is None:
        raise typer.BadParameter("a PDF is written to a file; name it with --output FILE")
    with opened() as app:
        wish = asked_digest(app, period, timezone, publisher, product, asked.territory(territory), subscription, now())
        with app.database.read() as session, speaking(wish.locale):
            said = written(wish.compiled(session, as_known, now()), form, app.settings.base_url)
    if output is not None:
        kept(output, said)
        shown.note(f"{output}: {len(said):,} bytes")
    else:
        typer.echo(said.decode(), nl=False)


def _compare_batch(path: Path) -> None:
    from tocsin.comparing import batch, batch_answers, encoder_in_force

    pairs = batch(path)
    with shown.progress("comparing", len(pairs)) as step:
        for answer in batch_answers(pairs, encoder_in_force()):
            shown.as_json_line(answer)
            step(answer["id"])


def _print_change(view: ChangeView) -> None:
    held = f", held: {view.held.value}" if view.held else ""
    shown.line(f"{view.address}  {shown.moment(view.at)}  {view.severity.value}  {view.source}{held}")
    for finding in view.findings:
        shown.line("  " + _finding_line(finding))


def _print_alike(row: Redressed) -> None:
    times = f"{row.bodies} other bodies" if row.bodies > 1 else "another body"
    shown.line(
        f"{row.source}  {shown.moment(row.first)} to {shown.moment(row.last)}  no change: {times} with the text of"
        f" version {row.version}; what differs is not compared (markup, links' tracking, ages)"
    )


def _finding_line(finding: Finding) -> str:
    about = " ".join(part for part in (finding.product, finding.territory or finding.subject) if part)
    values = f"{finding.old or '-'} -> {finding.new or '-'}"
    return f"{finding.kind.value} [{finding.severity.value}] {about}: {values}"
