"""Commands about messages: `tocsin delivery list`, `show`, `retry` and `incoming`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from store.attempts import Attempt
from store.deliveries import UNDONE
from store.outbox_views import DeliveryView
from store.values import DeliveryState
from tocsin import asked, forms
from tocsin import show as shown
from tocsin.app import now, opened

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_MAIL_AT_MOST = 25_000_000  # bytes

delivery = typer.Typer(help="Messages to subscriptions: what was sent, what waits, and why.", no_args_is_help=True)


@delivery.command("list")
def list_(
    subscription: Annotated[int | None, typer.Option(help="Only to this subscription, by number.")] = None,
    state: Annotated[DeliveryState | None, typer.Option(help="Only in this state.")] = None,
    since: Annotated[str | None, typer.Option(help="Only those made on or after this date or time.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest.")] = 50,
    json: Json = False,
) -> None:
    """List the messages, newest first."""
    from store.outbox_views import newest_deliveries
    from store.subscriptions import subscription as stored

    start = asked.instant("since", since)
    with opened() as app, app.database.read() as session:
        if subscription is not None:
            stored(session, subscription)  # a number that nobody has is a mistake, not an empty list
        found = newest_deliveries(session, subscription_id=subscription, state=state, since=start, limit=limit)
    if json:
        shown.as_json([delivery_json(one) for one in found])
        return
    rows = [
        (
            str(one.id),
            str(one.subscription_id),
            one.channel,
            about(one),
            _state(one),
            shown.moment(one.created_at),
            str(one.attempts),
            one.error or one.receipt or "",
        )
        for one in found
    ]
    head = ("id", "subscription", "channel", "about", "state", "made", "tries", "last answer")
    shown.table(f"{len(rows)} deliveries", head, rows)


@delivery.command("show")
def show(
    number: Annotated[int, typer.Argument(metavar="ID", help="Number from `tocsin delivery list`.")],
    json: Json = False,
) -> None:
    """Show one message: what it tells, and every try with the other side's answer."""
    from store.attempts import attempts_of
    from store.deliveries import told_changes
    from store.history import change_view
    from store.outbox_views import delivery as stored

    with opened() as app, app.database.read() as session:
        one, tries = stored(session, number), attempts_of(session, number)
        changes = [change_view(session, change).address for change in told_changes(session, number)]
    if json:
        told = {"changes": changes, "tries": [_attempt_json(each) for each in tries]}
        shown.as_json(delivery_json(one) | told)
        return
    shown.line(f"delivery {one.id}: {about(one)}, {one.channel} to subscription {one.subscription_id}, {_state(one)}")
    shown.line(f"key {one.key}, made {shown.moment(one.created_at)}")
    if changes:
        shown.line(f"tells {', '.join(changes)}" + (f"; answers delivery {one.thread_id}" if one.thread_id else ""))
    for each in tries:
        shown.line(f"{shown.moment(each.at)}  {each.state.value}: {each.answer}")


@delivery.command("retry")
def retry(
    number: Annotated[int | None, typer.Argument(metavar="[ID]", help="Number from `tocsin delivery list`.")] = None,
    subscription: Annotated[int | None, typer.Option(help="All dead and failed ones to this subscription.")] = None,
    json: Json = False,
) -> None:
    """Put dead and failed messages back in the queue, due now, after the channel was mended."""
    from store.deliveries import revive
    from store.outbox_views import delivery as stored_delivery
    from store.subscriptions import subscription as stored

    if (number is None) == (subscription is None):
        raise typer.BadParameter("give exactly one of ID and --subscription NUMBER")
    with opened() as app, app.database.begin() as session:
        of = stored_delivery(session, number).subscription_id if number is not None else subscription
        owner = stored(session, of or 0)
        if owner.ended_at is not None:
            raise asked.BadParameter("ID", str(number or subscription), f"subscription {owner.id} has ended")
        revived = revive(session, now(), subscription_id=subscription, delivery_id=number)
    if json:
        shown.as_json({"revived": list(revived), "paused": owner.paused_at is not None})
    else:
        shown.line(f"{len(revived)} deliveries are due again" if revived else "nothing dead or failed there")
    if revived and owner.paused_at is not None:
        shown.note(f"subscription {owner.id} is paused ({owner.paused_reason}): they wait until it is resumed")


@delivery.command("incoming")
def incoming(
    file: Annotated[
        typer.FileBinaryRead,
        typer.Argument(metavar="[FILE]", help="The mail as it came; `-`, or nothing: standard input."),
    ] = "-",  # type: ignore[assignment]  # click opens it
    json: Json = False,
) -> None:
    """Read a mail to TOCSIN_MAIL_FROM: one of ours that came back, or a reader who wants no more."""
    from alerts.bounce import Bounced, NothingToDo
    from alerts.incoming import incoming as done

    raw = file.read(_MAIL_AT_MOST + 1)
    if len(raw) > _MAIL_AT_MOST:
        raise asked.BadParameter("FILE", file.name, f"a mail has at most {_MAIL_AT_MOST // 10**6} MB")
    with opened() as app:
        try:
            found = done(app.database, raw, now())
        except NothingToDo as error:  # an answer to an alert is no mistake: the mail server must not return it
            shown.note(f"nothing done: {error}")
            return
    if json:
        shown.as_json(asdict(found))
    elif isinstance(found, Bounced):
        paused = f"; subscription {found.subscription} is paused" if found.paused else ""
        shown.line(f"delivery {found.delivery} is dead: {found.reason}{paused}")
    else:
        shown.line(f"subscription {found.subscription} has ended")


def about(one: DeliveryView) -> str:
    """What a message is about, in a word or two: "changes of OpenAI, high", "digest 2024-W28"."""
    if one.week:
        return f"digest {one.week}"
    if one.publisher:
        return f"changes of {one.publisher}" + (f", {one.severity}" if one.severity else "")
    return one.purpose.value.replace("_", " ")


def delivery_json(one: DeliveryView) -> dict[str, Any]:
    """A delivery as JSON, times in ISO 8601. A webhook's address is a secret and left out; an e-mail's is not."""
    return {
        "id": one.id,
        "subscription": one.subscription_id,
        "channel": one.channel,
        "address": one.address if one.channel == "email" else None,
        "purpose": one.purpose.value,
        "publisher": one.publisher,
        "severity": one.severity,
        "period": one.week,
        "state": one.state.value,
        "paused": one.paused,
        "key": one.key,
        "answers": one.thread_id,
        "tries_counted": one.attempts,
        "created_at": forms.instant_json(one.created_at),
        "next_at": forms.instant_json(one.next_at) if one.state in UNDONE else None,
        "sent_at": forms.instant_json(one.sent_at),
        "receipt": one.receipt,
        "error": one.error,
    }


def _attempt_json(one: Attempt) -> dict[str, Any]:
    return {"at": forms.instant_json(one.at), "state": one.state.value, "answer": one.answer}


def _state(one: DeliveryView) -> str:
    if one.state in UNDONE:
        waits = "paused" if one.paused else f"due {shown.moment(one.next_at)}"
        return f"{one.state.value}, {waits}"
    return f"{one.state.value} {shown.moment(one.sent_at)}" if one.sent_at else one.state.value
