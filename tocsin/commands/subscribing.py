"""Commands about people: subscribe, subscriptions, unsubscribe."""

from __future__ import annotations

from typing import Annotated

import typer

from store.subscriptions import ChannelName, NewSubscription, Subscription
from store.values import Severity
from tocsin import show
from tocsin.app import now, opened
from tocsin.wishing import check_reachable, quiet_hours

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Many = list[str] | None
Publisher = Annotated[Many, typer.Option(help="Only this publisher; may be repeated.")]
Product = Annotated[Many, typer.Option(help="Only this product; may be repeated.")]
Territory = Annotated[Many, typer.Option(help="Only this territory, code, name or group; may be repeated.")]
Kind = Annotated[Many, typer.Option(help="Only this kind of source or finding; may be repeated.")]
Language = Annotated[Many, typer.Option(help="Only sources in this language; may be repeated.")]
Watch = Annotated[
    Many, typer.Option(help="A territory of your own: what touches it counts one step more; may be repeated.")
]
MinSeverity = Annotated[Severity, typer.Option(help="Only from this severity up.")]
Digest = Annotated[str | None, typer.Option(help="'daily' or 'weekly' for a digest instead of at once.")]
Timezone = Annotated[str, typer.Option(help="Time zone of digests and quiet hours, for example Europe/Paris.")]
Quiet = Annotated[str | None, typer.Option(help="Hours without messages but critical ones, such as 22:00-07:00.")]
GroupWait = Annotated[str | None, typer.Option(help="How long changes of one publisher gather, such as 2m.")]
GroupInterval = Annotated[str | None, typer.Option(help="Least time between two messages of one publisher.")]


def subscribe(
    email: Annotated[str | None, typer.Option(help="Where to send e-mail.")] = None,
    slack: Annotated[str | None, typer.Option(help="A Slack incoming webhook's address, or #channel.")] = None,
    webhook: Annotated[str | None, typer.Option(help="An address that takes signed JSON.")] = None,
    apprise: Annotated[str | None, typer.Option(help="An address as apprise writes it: Teams, Telegram, ...")] = None,
    publisher: Publisher = None,
    product: Product = None,
    territory: Territory = None,
    kind: Kind = None,
    language: Language = None,
    watch: Watch = None,
    min_severity: MinSeverity = Severity.LOW,
    digest: Digest = None,
    timezone: Timezone = "UTC",
    locale: Annotated[str, typer.Option(help="Language of messages: en, fr or zh.")] = "en",
    quiet: Quiet = None,
    group_wait: GroupWait = None,
    group_interval: GroupInterval = None,
    remind_after: Annotated[
        str | None, typer.Option(help="Tell a critical change again when nobody reviewed it, such as 4h.")
    ] = None,
    escalate_to: Annotated[
        int | None, typer.Option(metavar="ID", help="The subscription that hears of it then.")
    ] = None,
    team: Annotated[str | None, typer.Option(help="Subscriptions of one team share their reviews.")] = None,
    operator: Annotated[
        bool, typer.Option("--operator", help="Tell of troubles with watching instead: a promise broken, held again.")
    ] = False,
    confirmed: Annotated[
        bool, typer.Option("--confirmed", help="You vouch for the e-mail address; it is not asked first.")
    ] = False,
    json: Json = False,
) -> None:
    """Tell somebody of changes, by e-mail, Slack, webhook or apprise, at once or in a digest."""
    channel, address = _one_channel(email=email, slack=slack, webhook=webhook, apprise=apprise)
    quiet_from, quiet_to = quiet_hours(quiet)
    new = NewSubscription(
        channel=channel,
        address=address,
        publishers=tuple(publisher or ()),
        products=tuple(product or ()),
        territories=tuple(territory or ()),
        kinds=tuple(kind or ()),
        languages=tuple(language or ()),
        watched=tuple(watch or ()),
        min_severity=min_severity,
        digest=digest,
        timezone=timezone,
        locale=locale,
        quiet_from=quiet_from,
        quiet_to=quiet_to,
        group_wait=group_wait,
        group_interval=group_interval,
        remind_after=remind_after,
        escalate_to=escalate_to,
        team=team,
        operator=operator,
    )
    check_reachable(new)
    _store(new, confirmed, json)


def _store(new: NewSubscription, confirmed: bool, json: bool) -> None:
    from alerts.confirming import asked_for
    from store.subscriptions import add, asked_already
    from tocsin.forms import subscription_json

    with opened() as app, app.database.begin() as session:
        known = asked_already(session, new)
        vouched = (
            confirmed or new.channel != ChannelName.EMAIL or (known is not None and known.confirmed_at is not None)
        )
        subscription = add(session, new, now()) if vouched else asked_for(session, new, now())
    signing = subscription.signing_secret if known is None else None
    if new.channel == ChannelName.EMAIL and app.settings.smtp_url is None:
        show.note("TOCSIN_SMTP_URL is not set: this subscription waits until e-mail can be sent")
    if json:
        show.as_json(subscription_json(subscription) | ({"signing_secret": signing} if signing else {}))
        return
    show.line(f"subscription {subscription.id}: {subscription.channel.value} to {subscription.address}")
    if subscription.confirmed_at is None:
        show.line(
            f"it waits until {subscription.address} says yes; or vouch for it: "
            f"tocsin subscription confirm {subscription.id}"
        )
    if signing:
        show.line(f"signing secret, shown this once: {signing}")


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
            ", ".join((*s.publishers, *s.products, *s.territories, *s.kinds, *s.languages)) or _everything(s),
            s.min_severity.value,
            s.digest or "at once",
            f"paused: {s.paused_reason}" if s.paused_at else "active" if s.confirmed_at else "not confirmed yet",
        )
        for s in found
    ]
    show.table(f"{len(rows)} subscriptions", ("id", "channel", "address", "about", "from", "when", "state"), rows)


def unsubscribe(
    number: Annotated[int, typer.Argument(metavar="ID", help="Number from `tocsin subscriptions`.")],
) -> None:
    """End a subscription."""
    from store.subscriptions import end

    with opened() as app, app.database.begin() as session:
        ended = end(session, number, now())
    show.line(f"subscription {ended.id} ended: {ended.address} hears no more of it")


def _everything(subscription: Subscription) -> str:
    return "troubles with watching" if subscription.operator else "everything"


def _one_channel(**given: str | None) -> tuple[str, str]:
    """The one channel that was given, with its address. Raises BadParameter for none or several."""
    named = [(channel, address) for channel, address in given.items() if address is not None]
    if len(named) != 1:
        options = ", ".join(f"--{channel}" for channel in given)
        raise typer.BadParameter(f"give exactly one of {options}")
    return named[0]
