"""When a message goes out: how long it gathers changes of its publisher, quiet hours, and how many an hour.

The timers are Alertmanager's: group_wait before the first message of a publisher, group_interval between two. There is
no repeat_interval, because nothing is told twice: a case that comes again is held as repeated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from store.subscriptions import Subscription
from store.values import Purpose, Severity

HOUR = timedelta(hours=1)
HARD_CAP = 3  # times as many messages an hour, and then even critical ones wait
# What somebody has just asked for, or what a critical change made due.
AT_ANY_HOUR = frozenset({Purpose.CONFIRMATION, Purpose.SAMPLE, Purpose.REMINDER, Purpose.ESCALATION})


@dataclass(frozen=True, slots=True)
class Timers:
    """How long changes gather, for subscriptions that name no time of their own."""

    wait: timedelta = timedelta(0)
    interval: timedelta = timedelta(0)


AT_ONCE = Timers()


def due_at(
    subscription: Subscription, severity: Severity, now: datetime, timers: Timers, last: datetime | None
) -> datetime:
    """When a message that a change opens now goes out; a critical one at once.

    last: when the subscription last had a message of this publisher.
    """
    if severity is Severity.CRITICAL:
        return now
    wait = _seconds(subscription.group_wait, timers.wait)
    interval = _seconds(subscription.group_interval, timers.interval)
    at = now + wait
    return after_quiet(subscription, at if last is None else max(at, last + interval))


def after_quiet(subscription: Subscription, at: datetime) -> datetime:
    """The instant itself, or the end of the quiet hours it falls into, on the clocks of the subscription's zone."""
    if subscription.quiet_from is None or subscription.quiet_to is None:
        return at
    zone = ZoneInfo(subscription.timezone)
    here, begins, ends = at.astimezone(zone), _clock(subscription.quiet_from), _clock(subscription.quiet_to)
    said = here.time().replace(tzinfo=None)
    over_midnight = begins > ends
    quiet = (said >= begins or said < ends) if over_midnight else begins <= said < ends
    if not quiet:
        return at
    day = here.date() + timedelta(days=1) if over_midnight and said >= begins else here.date()
    # An hour that the clocks leave out, or the first of two, may put the end before the beginning: never earlier.
    return max(at, datetime.combine(day, ends, zone).astimezone(UTC))


def not_before(
    subscription: Subscription,
    purpose: Purpose,
    severity: Severity | None,
    now: datetime,
    lately: Sequence[datetime],
    an_hour: int | None,
) -> datetime | None:
    """Until when a message that is due must wait after all; None: it goes out now.

    lately: when its address had messages within the last hour, oldest first. an_hour: how many it may have, None for
    any number.
    """
    critical = severity is Severity.CRITICAL
    until = now if critical or purpose in AT_ANY_HOUR else after_quiet(subscription, now)
    if an_hour is not None:
        allowed = an_hour * HARD_CAP if critical else an_hour
        if len(lately) >= allowed:
            until = max(until, lately[-allowed] + HOUR)
    return until if until > now else None


def _seconds(own: int | None, default: timedelta) -> timedelta:
    return default if own is None else timedelta(seconds=own)


def _clock(written: str) -> time:
    return time.fromisoformat(written)
