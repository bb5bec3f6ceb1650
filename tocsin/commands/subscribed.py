"""Commands about one subscription: confirm, pause, resume, test, backtest, show."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from store.subscriptions import NewSubscription
from store.values import DeliveryState, Severity
from tocsin import asked, show
from tocsin.app import now, opened
from tocsin.commands import subscribing as options
from tocsin.wishing import quiet_hours

if TYPE_CHECKING:
    from alerts.backtest import Backtest, Received

subscription = typer.Typer(help="Look after one subscription.", no_args_is_help=True)
Number = Annotated[int, typer.Argument(metavar="ID", help="Number from `tocsin subscriptions`.")]


@subscription.command()
def confirm(number: Number) -> None:
    """Vouch for a subscription whose address has not said yes."""
    from store import consent

    with opened() as app, app.database.begin() as session:
        confirmed = consent.confirm(session, number, now())
    show.line(f"subscription {confirmed.id} confirmed: {confirmed.address} hears from now on")


@subscription.command()
def pause(
    number: Number, reason: Annotated[str | None, typer.Option(help="Why, for whoever lists it.")] = None
) -> None:
    """Stop sending to a subscription until it is resumed; what comes meanwhile is not sent later."""
    from store.interests import one_line
    from store.subscriptions import BY_OPERATOR, pause

    with opened() as app, app.database.begin() as session:
        why = f"{BY_OPERATOR}: {one_line('reason', reason)}" if reason else BY_OPERATOR
        paused = pause(session, number, why, now())
    show.line(f"subscription {paused.id}: {paused.paused_reason}")


@subscription.command()
def resume(number: Number) -> None:
    """Send to a subscription again, first what was waiting when it was paused."""
    from store.subscriptions import resume

    with opened() as app, app.database.begin() as session:
        resumed = resume(session, number)
    show.line(f"subscription {resumed.id} resumed: {resumed.address} hears from now on")


@subscription.command(name="test")
def send_test(number: Number, json: options.Json = False) -> None:
    """Send a sample through the subscription's channel now; exit code 1 when it does not arrive."""
    from tocsin.forms import instant_json
    from tocsin.sampling import sample_sent

    with opened() as app:
        sent = asyncio.run(sample_sent(app, number))
    arrived = sent.state is DeliveryState.SENT
    if json:
        told = {"delivery": sent.id, "state": sent.state.value, "receipt": sent.receipt, "error": sent.error}
        show.as_json(told | {"sent_at": instant_json(sent.sent_at)})
    elif arrived:
        show.line(f"sent, delivery {sent.id}: {sent.receipt}")
    else:
        show.note(f"not sent, delivery {sent.id} is {sent.state.value}: {sent.error}")
    if not arrived:
        raise typer.Exit(1)


@subscription.command()
def backtest(
    number: Annotated[int | None, typer.Argument(metavar="[ID]", help="A subscription; else the options.")] = None,
    since: Annotated[str | None, typer.Option(help="From this day on; from the first change when left out.")] = None,
    until: Annotated[str | None, typer.Option(help="Up to this day; until now when left out.")] = None,
    publisher: options.Publisher = None,
    product: options.Product = None,
    territory: options.Territory = None,
    kind: options.Kind = None,
    language: options.Language = None,
    watch: options.Watch = None,
    min_severity: options.MinSeverity = Severity.LOW,
    digest: options.Digest = None,
    timezone: options.Timezone = "UTC",
    quiet: options.Quiet = None,
    group_wait: options.GroupWait = None,
    group_interval: options.GroupInterval = None,
    json: options.Json = False,
) -> None:
    """Say what a subscription, or one of these options, would have received from stored history."""
    from tocsin.backtesting import backtest_json, played

    quiet_from, quiet_to = quiet_hours(quiet)
    wish = NewSubscription(
        channel="email",
        address="nobody@example.invalid",
        publishers=tuple(publisher or ()),
        products=tuple(product or ()),
        territories=tuple(territory or ()),
        kinds=tuple(kind or ()),
        languages=tuple(language or ()),
        watched=tuple(watch or ()),
        min_severity=min_severity,
        digest=digest,
        timezone=timezone,
        quiet_from=quiet_from,
        quiet_to=quiet_to,
        group_wait=group_wait,
        group_interval=group_interval,
    )
    begin, end = asked.instant("since", since), asked.instant("until", until, whole_day=True)
    with opened() as app:
        found = played(app, number if number is not None else wish, begin, end)
    if json:
        show.as_json(backtest_json(found))
    else:
        _print_backtest(found)


@subscription.command(name="show")
def show_one(number: Number, json: options.Json = False) -> None:
    """Show a subscription, with the addresses where its owner manages it and reads its feeds."""
    from store.subscriptions import subscription
    from tocsin.forms import subscription_json
    from tocsin.wishing import own_addresses

    with opened() as app, app.database.read() as session:
        found = subscription(session, number)
    told = subscription_json(found) | own_addresses(found, app.settings.base_url)
    if json:
        show.as_json(told)
        return
    for name, value in told.items():
        words = ", ".join(value) if isinstance(value, list) else value
        if words not in (None, ""):
            show.line(f"{name + ':':<16}{words}")


def _print_backtest(found: Backtest) -> None:
    rows = [row for message in found.messages for row in _rows(message)]
    span = f"{found.since:%Y-%m-%d} to {found.until:%Y-%m-%d}"
    show.table(
        f"{sum(len(one.lines) for one in found.messages)} changes, {span}",
        ("sent", "severity", "publisher", "says", "change"),
        rows,
    )
    weeks = found.weeks
    busiest = max(weeks, key=lambda week: weeks[week], default=None)
    show.line(
        f"{len(found.messages)} messages in {len(weeks)} weeks ({found.a_day:.2f} a day) of {found.told} changes told"
        + (f"; most in {busiest}: {weeks[busiest]}" if busiest else "")
    )


def _rows(message: Received) -> list[tuple[str, str, str, str, str]]:
    if not message.lines:
        return [(show.moment(message.at), message.severity.value, "", f"nothing changed in {message.period}", "")]
    return [
        (show.moment(message.at), line.severity.value, line.publisher, line.says, line.change) for line in message.lines
    ]


@subscription.command()
def rotate(number: Number) -> None:
    """Give the calendar and the feed new addresses; the old ones are nobody's at once."""
    from store.feeds import rotate_feed_secret
    from tocsin.wishing import own_addresses

    with opened() as app, app.database.begin() as session:
        renewed = rotate_feed_secret(session, number)
        for name, address in own_addresses(renewed, app.settings.base_url).items():
            show.line(f"{name}: {address}")
