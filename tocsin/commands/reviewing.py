"""Commands about reviews: list, show, set."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin import show
from tocsin.app import now, opened

if TYPE_CHECKING:
    from store.reviews import Review

review = typer.Typer(help="Say what became of a change, and see what was decided.", no_args_is_help=True)
Number = Annotated[int, typer.Argument(metavar="ID", help="Number of a subscription from `tocsin subscriptions`.")]
Change = Annotated[str, typer.Argument(metavar="CHANGE", help="FROM..TO from `tocsin history`.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@review.command("list")
def list_reviews(
    number: Number,
    state: Annotated[
        str | None, typer.Option(help="Only this state: open, acknowledged, in_review, actioned, dismissed.")
    ] = None,
    json: Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print the audit trail as CSV, one line a step.")] = False,
) -> None:
    """What concerns a subscription or its team, newest first, and what was decided; --json, --csv: every step."""
    from store.subscriptions import subscription
    from tocsin.reviewing import review_json, reviews_for, state_named, trail_csv

    only = state_named(state)
    with opened() as app, app.database.read() as session:
        found = [one for _, one in reviews_for(session, subscription(session, number), now(), only)]
        if csv:
            sys.stdout.write(trail_csv(session, found))
            return
    if json:
        show.as_json([review_json(one) for one in found])
        return
    rows = [(one.change, one.state.value, *_last(one)) for one in found]
    show.table(f"Reviews: {len(found)}", ("Change", "State", "Since", "By", "Reason"), rows)


def _last(found: Review) -> tuple[str, str, str]:
    if not found.entries:
        return "", "", ""
    last = found.entries[-1]
    return show.moment(last.at), last.by, last.reason or ""


@review.command("show")
def show_review(number: Number, change: Change, json: Json = False) -> None:
    """One change's review with every step: who, when, why and how."""
    from store.reviews import review_of
    from store.subscriptions import subscription
    from tocsin.reviewing import review_json

    with opened() as app, app.database.read() as session:
        found = review_of(session, subscription(session, number), change)
    if json:
        show.as_json(review_json(found))
        return
    show.line(f"{found.change} is {found.state.value} for {found.owner}; next: {', '.join(found.next_states)}")
    rows = [(show.moment(one.at), one.by, one.state.value, one.reason or "", one.via.value) for one in found.entries]
    show.table(f"Steps: {len(rows)}", ("When", "By", "To", "Reason", "How"), rows)


@review.command("set")
def set_review(
    number: Number,
    change: Change,
    state: Annotated[str, typer.Argument(metavar="STATE", help="acknowledged, in_review, actioned, dismissed, open.")],
    by: Annotated[str, typer.Option(help="Who decides: a name or an e-mail address.")],
    reason: Annotated[str | None, typer.Option(help="Why; needed to dismiss and to open again.")] = None,
    json: Json = False,
) -> None:
    """Take one step of a review; it is kept for good."""
    from store.reviews import Via, review
    from store.subscriptions import subscription
    from tocsin.reviewing import review_json

    with opened() as app, app.database.begin() as session:
        taken = review(session, subscription(session, number), change, state, by, reason, Via.COMMAND, now())
    if json:
        show.as_json(review_json(taken))
        return
    show.line(f"{taken.change} is {taken.state.value} for {taken.owner}, by {taken.entries[-1].by}")
