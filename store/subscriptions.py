"""Who wants to hear of what: subscriptions added, ended, paused and read."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from store.alert_schema import DeliveryRow, SubscriptionRow
from store.interests import (
    InvalidSubscription,
    known_kind,
    known_territory,
    known_timezone,
    mail_address,
    webhook_address,
)
from store.values import DeliveryState, Severity

__all__ = [
    "ChannelName",
    "Filters",
    "InvalidSubscription",
    "NewSubscription",
    "NoSuchSubscription",
    "Session",
    "Subscription",
    "add",
    "end",
    "list_subscriptions",
    "pause",
    "resume",
    "subscription",
]

WEEKLY = "weekly"


class NoSuchSubscription(LookupError):
    """No subscription has this number or secret."""


class ChannelName(StrEnum):
    EMAIL = "email"
    SLACK = "slack"


@dataclass(frozen=True, slots=True)
class Filters:
    """What a subscription wants; an empty tuple matches everything."""

    publishers: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    min_severity: Severity = Severity.INFO
    languages: tuple[str, ...] = ()
    watched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewSubscription:
    """A wish as a person states it: territories as codes or names, kinds as source or finding kinds.

    digest: None for at once, "weekly" for one message a week. timezone: an IANA name, used for digests. operator: to
    hear of troubles with watching (store.promises) and of no change; takes no filter.
    """

    channel: str
    address: str
    publishers: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    min_severity: str = Severity.INFO
    digest: str | None = None
    timezone: str = "UTC"
    operator: bool = False


@dataclass(frozen=True, slots=True)
class Subscription:
    """A stored wish. secret ends it without logging in; whoever holds it may end this subscription and nothing else."""

    id: int
    channel: ChannelName
    address: str
    publishers: tuple[str, ...]
    products: tuple[str, ...]
    territories: tuple[str, ...]
    kinds: tuple[str, ...]
    min_severity: Severity
    digest: str | None
    timezone: str
    secret: str
    created_at: datetime
    paused_at: datetime | None = None
    paused_reason: str | None = None
    ended_at: datetime | None = None
    operator: bool = False
    team: str | None = None
    languages: tuple[str, ...] = ()
    watched: tuple[str, ...] = ()
    locale: str = "en"
    quiet_from: str | None = None
    quiet_to: str | None = None
    group_wait: int | None = None
    group_interval: int | None = None
    remind_after: int | None = None
    escalate_to: int | None = None
    feed_secret: str = ""
    signing_secret: str | None = None
    confirmed_at: datetime | None = None

    @property
    def active(self) -> bool:
        return self.confirmed_at is not None and self.paused_at is None and self.ended_at is None

    @property
    def owner(self) -> str:
        """Whose reviews its changes have: the team's, else its own."""
        return f"team:{self.team}" if self.team else f"subscription:{self.id}"

    @property
    def filters(self) -> Filters:
        return Filters(
            self.publishers,
            self.products,
            self.territories,
            self.kinds,
            self.min_severity,
            self.languages,
            self.watched,
        )


def add(session: Session, new: NewSubscription, now: datetime) -> Subscription:
    """The stored subscription. The same wish twice is one subscription; asking again resumes a paused one.

    Raises InvalidSubscription naming the field and what is allowed.
    """
    wanted = _validated(new)
    _one_at_a_time(session)
    for known in list_subscriptions(session):
        if _wish(known) == _wish(wanted):
            return known if known.paused_at is None else resume(session, known.id)
    row = SubscriptionRow(
        channel=wanted.channel,
        address=wanted.address,
        publishers=list(wanted.publishers),
        products=list(wanted.products),
        territories=list(wanted.territories),
        kinds=list(wanted.kinds),
        min_severity=wanted.min_severity,
        digest=wanted.digest,
        operator=wanted.operator,
        timezone=wanted.timezone,
        secret=secrets.token_urlsafe(32),
        feed_secret=secrets.token_urlsafe(32),
        created_at=now,
        confirmed_at=now,
    )
    session.add(row)
    session.flush()
    return _value(row)


def list_subscriptions(session: Session, *, ended: bool = False) -> tuple[Subscription, ...]:
    """All subscriptions by number, paused ones included; the ended ones only when asked for."""
    query = select(SubscriptionRow).order_by(SubscriptionRow.id)
    if not ended:
        query = query.where(SubscriptionRow.ended_at.is_(None))
    return tuple(_value(row) for row in session.scalars(query))


def subscription(session: Session, which: int | str) -> Subscription:
    """By number (int) or by secret (str); raises NoSuchSubscription."""
    return _value(_row(session, which))


def end(session: Session, which: int | str, now: datetime) -> Subscription:
    """Ends a subscription by number (int) or secret (str); what was still to be sent to it is dropped with a reason.

    A number written as text is not taken for a number: a web form must know the secret. Ending twice changes nothing.
    """
    row = _row(session, which)
    if row.ended_at is None:
        row.ended_at = now
        session.flush()
        session.execute(
            update(DeliveryRow)
            .where(DeliveryRow.subscription_id == row.id)
            .where(DeliveryRow.state.in_([DeliveryState.PENDING, DeliveryState.FAILED]))
            .values(state=DeliveryState.DEAD, error="unsubscribed")
        )
    return _value(row)


def pause(session: Session, which: int | str, reason: str, now: datetime) -> Subscription:
    """Stops sending; the first reason stays until resumed."""
    row = _row(session, which)
    if row.paused_at is None:
        row.paused_at, row.paused_reason = now, reason
        session.flush()
    return _value(row)


def resume(session: Session, which: int | str) -> Subscription:
    """Starts sending again, with what was waiting when it was paused."""
    row = _row(session, which)
    row.paused_at, row.paused_reason = None, None
    session.flush()
    return _value(row)


def _validated(new: NewSubscription) -> NewSubscription:
    if new.channel not in list(ChannelName):
        raise InvalidSubscription("channel", new.channel, "allowed: " + ", ".join(ChannelName))
    if new.min_severity not in list(Severity):
        raise InvalidSubscription("min_severity", new.min_severity, "allowed: " + ", ".join(Severity))
    if new.digest not in (None, WEEKLY):
        raise InvalidSubscription("digest", str(new.digest), f"allowed: {WEEKLY}, or none for at once")
    if new.operator and (new.digest or new.publishers or new.products or new.territories or new.kinds):
        raise InvalidSubscription("operator", "with a filter or digest", "an operator hears of every trouble, at once")
    check = mail_address if new.channel == ChannelName.EMAIL else webhook_address
    return replace(
        new,
        address=check(new.address),
        publishers=_folded(new.publishers),
        products=_folded(new.products),
        territories=tuple(sorted({known_territory(name) for name in new.territories})),
        kinds=tuple(sorted({known_kind(kind) for kind in new.kinds})),
        timezone=known_timezone(new.timezone),
    )


def _folded(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names once each, however they were written; the first spelling stays."""
    kept: dict[str, str] = {}
    for name in (" ".join(name.split()) for name in names):
        if name:
            kept.setdefault(name.casefold(), name)
    return tuple(kept[folded] for folded in sorted(kept))


def _wish(wanted: NewSubscription | Subscription) -> tuple[object, ...]:
    """What makes two subscriptions the same one; the time zone counts only for a digest."""
    address = wanted.address.casefold() if wanted.channel == ChannelName.EMAIL else wanted.address
    names = (tuple(name.casefold() for name in part) for part in (wanted.publishers, wanted.products))
    zone = wanted.timezone if wanted.digest else None
    return (
        str(wanted.channel),
        address,
        *names,
        wanted.territories,
        wanted.kinds,
        str(wanted.min_severity),
        wanted.digest,
        wanted.operator,
        zone,
    )


def _one_at_a_time(session: Session) -> None:
    # Two people asking at once must not both find nothing; on SQLite the transaction already holds the write lock.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(7463)"))


def _row(session: Session, which: int | str) -> SubscriptionRow:
    column = SubscriptionRow.id if isinstance(which, int) else SubscriptionRow.secret
    row = session.scalar(select(SubscriptionRow).where(column == which))
    if row is None:
        raise NoSuchSubscription(f"no subscription {which}" if isinstance(which, int) else "no such subscription")
    return row


def _value(row: SubscriptionRow) -> Subscription:
    return Subscription(
        id=row.id,
        channel=ChannelName(row.channel),
        address=row.address,
        publishers=tuple(row.publishers),
        products=tuple(row.products),
        territories=tuple(row.territories),
        kinds=tuple(row.kinds),
        min_severity=Severity(row.min_severity),
        digest=row.digest,
        timezone=row.timezone,
        secret=row.secret,
        created_at=row.created_at,
        paused_at=row.paused_at,
        paused_reason=row.paused_reason,
        ended_at=row.ended_at,
        operator=row.operator,
        team=row.team,
        languages=tuple(row.languages),
        watched=tuple(row.watched),
        locale=row.locale,
        quiet_from=row.quiet_from,
        quiet_to=row.quiet_to,
        group_wait=row.group_wait,
        group_interval=row.group_interval,
        remind_after=row.remind_after,
        escalate_to=row.escalate_to,
        feed_secret=row.feed_secret,
        signing_secret=row.signing_secret,
        confirmed_at=row.confirmed_at,
    )
