"""The tables of telling: who wants to hear, what they are told, how it arrived, and what they decided about it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from store.columns import Base


class SubscriptionRow(Base):
    """Who hears of what, by which channel. Empty filter lists match everything. ended_at: unsubscribed.

    watched: territories of the subscriber's own, which raise the severity of what touches them. languages: of sources.
    locale: of messages. digest is null for at once, "daily" or "weekly". operator: hears of troubles instead.
    quiet_from, quiet_to: "22:00" in timezone; null: no quiet hours. group_wait, group_interval: seconds; null: as the
    settings say. remind_after: seconds until an unreviewed critical change is told again; escalate_to: the subscription
    that hears of it then. team: subscriptions of one team share their reviews. confirmed_at is null until the address
    said yes. secret manages the subscription, feed_secret only reads its calendar and feed; signing_secret signs
    webhooks. paused_reason is set when the channel is dead.
    """

    __tablename__ = "subscription"

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(Text)
    team: Mapped[str | None] = mapped_column(Text)
    publishers: Mapped[list[str]]
    products: Mapped[list[str]]
    territories: Mapped[list[str]]
    kinds: Mapped[list[str]]
    languages: Mapped[list[str]] = mapped_column(default=list)
    watched: Mapped[list[str]] = mapped_column(default=list)
    min_severity: Mapped[str] = mapped_column(String(20))
    digest: Mapped[str | None] = mapped_column(String(20))
    operator: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    locale: Mapped[str] = mapped_column(String(20), default="en", server_default="en")
    timezone: Mapped[str] = mapped_column(String(60))
    quiet_from: Mapped[str | None] = mapped_column(String(5))
    quiet_to: Mapped[str | None] = mapped_column(String(5))
    group_wait: Mapped[int | None] = mapped_column(Integer)
    group_interval: Mapped[int | None] = mapped_column(Integer)
    remind_after: Mapped[int | None] = mapped_column(Integer)
    escalate_to: Mapped[int | None] = mapped_column(Integer)
    secret: Mapped[str] = mapped_column(String(64), unique=True)
    feed_secret: Mapped[str] = mapped_column(String(64))
    signing_secret: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    paused_reason: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_subscription_feed_secret", "feed_secret", unique=True),)


_UNDONE = text("state in ('pending', 'failed')")


class DeliveryRow(Base):
    """One message to one subscription; key is its idempotency key, made of the subscription and what it tells.

    purpose: what it is for (store.values.Purpose). change_id: the change that opened it; further changes of the same
    publisher join it until it is first claimed (delivery_change). publisher, severity: of those changes; critical
    passes quiet hours. thread_id: the delivery whose thread it answers in; null: it opens one. reference: what the
    channel calls the sent message, where an answer needs that (Slack's ts). about_id: the delivery, subscription or
    other row that a message of another purpose is about.
    """

    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(primary_key=True)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscription.id"))
    purpose: Mapped[str] = mapped_column(String(20), default="changes", server_default="changes")
    change_id: Mapped[int | None] = mapped_column(ForeignKey("change.id"), index=True)
    publisher: Mapped[str | None] = mapped_column(Text)
    severity: Mapped[str | None] = mapped_column(String(20))
    week: Mapped[str | None] = mapped_column(String(10))
    bulletin_id: Mapped[int | None] = mapped_column(Integer)
    about_id: Mapped[int | None] = mapped_column(Integer)
    thread_id: Mapped[int | None] = mapped_column(Integer, index=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    state: Mapped[str] = mapped_column(String(10))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime]
    next_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    receipt: Mapped[str | None] = mapped_column(Text)
    reference: Mapped[str | None] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("subscription_id", "change_id"),
        UniqueConstraint("subscription_id", "week"),
        Index("ix_delivery_due", "next_at", sqlite_where=_UNDONE, postgresql_where=_UNDONE),
        Index("ix_delivery_undone", "subscription_id", "id", sqlite_where=_UNDONE, postgresql_where=_UNDONE),
    )


class DeliveryChangeRow(Base):
    """A further change that a delivery tells, besides the one that opened it; each reaches a subscription once."""

    __tablename__ = "delivery_change"

    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"), primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("change.id"), primary_key=True)
    subscription_id: Mapped[int] = mapped_column(Integer)

    __table_args__ = (UniqueConstraint("subscription_id", "change_id"),)


class AttemptRow(Base):
    """One try to send a delivery, and what the other side answered: the receipt. state: sent, failed or dead."""

    __tablename__ = "attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"), index=True)
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10))
    answer: Mapped[str] = mapped_column(Text)


class ReviewRow(Base):
    """What a team, or a subscription without one, decided about a change. owner: "team:NAME" or "subscription:ID".

    state: store.reviews.ReviewState. No row: open. It says what the newest of its entries says.
    """

    __tablename__ = "review"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(Text)
    change_id: Mapped[int] = mapped_column(ForeignKey("change.id"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    updated_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("owner", "change_id"),)


class ReviewEntryRow(Base):
    """One step of a review: by whom, when, to which state, why. Triggers refuse to change or delete a row."""

    __tablename__ = "review_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(Text)
    via: Mapped[str] = mapped_column(String(20))


class CalendarEntryRow(Base):
    """A date as a calendar last showed it: sequence grows when the date moves (RFC 5545 3.8.7.4).

    uid names the notice and which of its dates; shown: the values the sequence stands for.
    """

    __tablename__ = "calendar_entry"

    uid: Mapped[str] = mapped_column(String(200), primary_key=True)
    sequence: Mapped[int] = mapped_column(Integer, default=0)
    shown: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime]
