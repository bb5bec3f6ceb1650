"""Commands about people: subscribe, subscriptions, unsubscribe."""

from __future__ import annotations

from typing import Annotated

import typer

from store.subscriptions import Subscription
from store.values import Severity
from tocsin import show
from tocsin.app import now, opened

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Many = list[str] | None


def subscribe(
    email: Annotated[str | None, typer.Option(help="Where to send e-mail.")] = None,
    slack: Annotated[str | None, typer.Option(help="A Slack incoming webhook's address.")] = None,
    publisher: Annotated[Many, typer.Option(help="Only this publisher; may be repeated.")] = None,
    product: Annotated[Many, typer.Option(help="Only this product; may be repeated.")] = None,
    territory: Annotated[Many, typer.Option(help="Only this territory, code or name; may be repeated.")] = None,
    kind: Annotated[Many, typer.Option(help="Only this kind of source or finding; may be repeated.")] = None,
    min_severity: Annotated[Severity, typer.Option(help="Only from this severity up.")] = Severity.LOW,
    digest: Annotated[str | None, typer.Option(help="'weekly' for one digest a week instead of at once.")] = None,
    timezone: Annotated[str, typer.Option(help="Time zone of digests, for example Europe/Paris.")] = "UTC",
    operator: Annotated[
        bool, typer.Option("--operator", help="Tell of troubles with watching instead: a promise broken, held again.")
    ] = False,
    json: Json = False,
) -> None:
    """Tell somebody of changes, by e-mail or Slack, at once or in a weekly digest."""
    from store.subscriptions import NewSubscription, add
    from tocsin.forms import subscription_json

    if (email is None) == (slack is None):
        raise typer.BadParameter("give exactly one of --email ADDRESS and --slack WEBHOOK_URL")
    new = NewSubscription(
        channel="email" if email else "slack",
        address=str(email or slack),
        publishers=tuple(publisher or ()),
        products=tuple(product or ()),
        territories=tuple(territory or ()),
        kinds=tuple(kind or ()),
        min_severity=min_severity,
        digest=digest,
        timezone=timezone,
        operator=operator,
    )
    with opened() as app, app.database.begin() as session:
        subscription = add(session, new, now())
    if email and app.settings.smtp_url is None:
        show.note("TOCSIN_SMTP_URL is not set: this subscription waits until e-mail can be sent")
    if json:
        show.as_json(subscription_json(subscription))
    else:
        show.line(f"subscription {subscription.id}: {subscription.channel.value} to {subscription.address}")


def subscriptions(json: Json = False) -> None:
    """List the subscriptions, paused ones with the reason."""
    from store.subscriptions import list_subscriptions
    from tocsin.forms import subscription_json

    with opened() as app, app.database.read() as session:
        found = list_subscriptions(session)
    if json:
        show.as_json([subscription_json(subscription) for subscription in found])
        return
    rows = [
        (
            str(s.id),
            s.channel.value,
            s.address,
            ", ".join((*s.publishers, *s.products, *s.territories, *s.kinds)) or _everything(s),
            s.min_severity.value,
            s.digest or "at once",
            f"paused: {s.paused_reason}" if s.paused_at else "active",
        )
        for s in found
    ]
    show.table(f"{len(rows)} subscriptions", ("id", "channel", "address", "about", "from", "when", "state"), rows)


def _everything(subscription: Subscription) -> str:
    return "troubles with watching" if subscription.operator else "everything"


def unsubscribe(
    number: Annotated[int, typer.Argument(metavar="ID", help="Number from `tocsin subscriptions`.")],
) -> None:
    """End a subscription."""
    from store.subscriptions import end

    with opened() as app, app.database.begin() as session:
        ended = end(session, number, now())
    show.line(f"subscription {ended.id} ended: {ended.address} hears no more of it")
