"""What would a subscription have received? Its wish played over the stored history, before anyone turns it on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alerts.grouping import Timers, due_at
from alerts.matching import concerns, severity_for, wants
from alerts.sentence import what_changed
from alerts.week import Day, Week
from store import history
from store.subscriptions import Session, Subscription
from store.values import Severity
from store.views import ChangeFilter, ChangeView


@dataclass(frozen=True, slots=True)
class Line:
    """One change in a message: what it says, how grave it is to this subscription, and why it was told at all."""

    change: str
    publisher: str
    at: datetime
    severity: Severity
    says: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Received:
    """One message: when it would have gone out, and the changes in it. period: of a digest ("2024-W28")."""

    at: datetime
    lines: tuple[Line, ...]
    period: str | None = None

    @property
    def severity(self) -> Severity:
        """Of its gravest change; a digest without one is information."""
        return max((line.severity for line in self.lines), key=lambda one: one.rank, default=Severity.INFO)


@dataclass(frozen=True, slots=True)
class Backtest:
    """The messages between two instants, oldest first, and how many changes were told to whoever wanted them."""

    since: datetime
    until: datetime
    timezone: str
    told: int
    messages: tuple[Received, ...]

    @property
    def weeks(self) -> dict[str, int]:
        """Messages by ISO week in the subscriber's zone, weeks without one included."""
        counts = Counter(str(Week.of(one.at, self.timezone)) for one in self.messages)
        weeks, at = dict[str, int](), self.since
        while at < self.until:
            week = Week.of(at, self.timezone)
            weeks[str(week)] = counts[str(week)]
            at = week.end(self.timezone)
        return weeks

    @property
    def a_day(self) -> float:
        """Messages a day."""
        days = (self.until - self.since) / timedelta(days=1)
        return len(self.messages) / days if days else 0.0


def backtest(
    session: Session, subscription: Subscription, since: datetime, until: datetime, timers: Timers
) -> Backtest:
    """What a subscription would have received of the changes captured in [since, until).

    Of what is stored as it was judged: what was held stays untold. At once it groups, waits and keeps quiet hours as
    alerts.announcing does; a limit of messages an hour is left out.
    """
    found = history.changes(session, ChangeFilter(since=since, until=until, held=False))
    told = sorted((one for one in found if one.substantive), key=told_at)
    wanted = [one for one in told if wants(subscription.filters, one)]
    messages = (
        _digests(subscription, wanted, since, until) if subscription.digest else _at_once(subscription, wanted, timers)
    )
    return Backtest(since, until, subscription.timezone, len(told), tuple(messages))


def told_at(change: ChangeView) -> datetime:
    """When a change was ready to be told: seen, or confirmed by a second visit where it needed one."""
    return change.confirmed_at or change.at


@dataclass(slots=True)
class _Group:
    """A message that still gathers."""

    due: datetime
    changes: list[Line] = field(default_factory=list)


def _at_once(subscription: Subscription, wanted: Iterable[ChangeView], timers: Timers) -> list[Received]:
    """As alerts.announcing queues changes: they join their publisher's message while it waits, and may hasten it."""
    waiting: dict[str, _Group] = {}
    last: dict[str, datetime] = {}
    sent: list[Received] = []

    def send(publisher: str) -> None:
        group = waiting.pop(publisher)
        last[publisher] = group.due
        sent.append(Received(group.due, tuple(group.changes)))

    for change in wanted:
        at, line = told_at(change), line_of(subscription, change)
        if change.publisher in waiting and waiting[change.publisher].due < at:
            send(change.publisher)
        due = due_at(subscription, line.severity, at, timers, last.get(change.publisher))
        group = waiting.setdefault(change.publisher, _Group(due))
        group.due = min(group.due, due)
        group.changes.append(line)
    for publisher in tuple(waiting):
        send(publisher)
    return sorted(sent, key=lambda one: one.at)


def _digests(
    subscription: Subscription, wanted: Sequence[ChangeView], since: datetime, until: datetime
) -> list[Received]:
    """One message for each period that is over, those without a change included: they prove silence."""
    kind, zone = (Day if subscription.digest == "daily" else Week), subscription.timezone
    by_period: dict[str, list[Line]] = {}
    for change in wanted:
        by_period.setdefault(str(kind.of(change.at, zone)), []).append(line_of(subscription, change))
    messages, at = list[Received](), since
    while (period := kind.of(at, zone)).due(zone) <= until:
        messages.append(Received(period.due(zone), tuple(by_period.get(str(period), ())), str(period)))
        at = period.end(zone)
    return messages


def line_of(subscription: Subscription, change: ChangeView) -> Line:
    """A change as this subscription is told of it."""
    mine = concerns(subscription.filters, change) or change.findings
    severity = severity_for(subscription.filters, change, mine)
    return Line(
        change.address, change.publisher, change.at, severity, what_changed(change, mine), tuple(change.reasons)
    )
