"""What a subscription would have received: its wish found or made, played over history, and shown as JSON."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from alerts.backtest import Backtest, backtest
from store import history
from store.interests import InvalidSubscription
from store.subscriptions import Session, Subscription, subscription
from store.values import Severity
from store.views import ChangeFilter
from store.wishes import ChannelName, NewSubscription, checked
from tocsin.app import App
from tocsin.asked import BadParameter
from tocsin.forms import instant_json
from tocsin.rounds import timers


def played(
    app: App, which: int | NewSubscription, since: datetime | None = None, until: datetime | None = None
) -> Backtest:
    """What a subscription, or a wish that is not stored, would have received; from the first change on, until now.

    Raises NoSuchSubscription, InvalidSubscription, and BadParameter for a span that is none.
    """
    now = app.clock()
    end = min(until, now) if until else now
    with app.database.read() as session:
        of = subscription(session, which) if isinstance(which, int) else _not_stored(which, now)
        if of.operator:
            raise InvalidSubscription("operator", str(of.id), "an operator's subscription hears of no change")
        begin = since or _first(session, end)
        if begin >= end:
            raise BadParameter("since", f"{begin:%Y-%m-%d}", f"write a day before {end:%Y-%m-%d}")
        return backtest(session, of, begin, end, timers(app))


def backtest_json(found: Backtest) -> dict[str, Any]:
    """One object: how many messages a week, and each with its changes, severity and reasons."""
    return {
        "since": instant_json(found.since),
        "until": instant_json(found.until),
        "told": found.told,
        "a_day": round(found.a_day, 4),
        "weeks": found.weeks,
        "messages": [
            {
                "at": instant_json(message.at),
                "severity": message.severity.value,
                "period": message.period,
                "changes": [
                    {
                        "change": line.change,
                        "publisher": line.publisher,
                        "at": instant_json(line.at),
                        "severity": line.severity.value,
                        "says": line.says,
                        "reasons": list(line.reasons),
                    }
                    for line in message.lines
                ],
            }
            for message in found.messages
        ],
    }


def _first(session: Session, end: datetime) -> datetime:
    """When the first change that is stored was captured; a week ago without one."""
    found = history.changes(session, ChangeFilter(until=end, held=False))
    return found[0].at if found else end - timedelta(days=7)


def _not_stored(new: NewSubscription, now: datetime) -> Subscription:
    wish = checked(new)
    return Subscription(
        id=0,
        channel=ChannelName(wish.channel),
        address=wish.address,
        publishers=wish.publishers,
        products=wish.products,
        territories=wish.territories,
        kinds=wish.kinds,
        min_severity=Severity(wish.min_severity),
        digest=wish.digest,
        timezone=wish.timezone,
        secret="",
        created_at=now,
        languages=wish.languages,
        watched=wish.watched,
        quiet_from=wish.quiet_from,
        quiet_to=wish.quiet_to,
        group_wait=_whole(wish.group_wait),
        group_interval=_whole(wish.group_interval),
    )


def _whole(seconds: int | str | None) -> int | None:
    return None if seconds is None else int(seconds)
