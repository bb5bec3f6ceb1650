"""What is to be told to whom: deliveries inserted, claimed by one process, and marked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from store import attempts
from store.alert_schema import DeliveryChangeRow, DeliveryRow, SubscriptionRow
from store.subscriptions import Subscription, subscription
from store.threads import answered
from store.values import DeliveryState, Purpose, Severity

UNDONE = (DeliveryState.PENDING, DeliveryState.FAILED)
# A message that alone cannot be delivered must not silence its subscription: after so many failures later ones pass it.
OVERTAKEN_AFTER = 4


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is ours until lease_until.

    changes: every change it tells, the one that opened it first. thread_key, thread_reference: of the message it
    answers (DeliveryRow.reference), None where it opens a thread. untouched: nobody claimed it before.
    """

    id: int
    key: str
    purpose: Purpose
    subscription: Subscription
    change_id: int | None
    week: str | None
    bulletin_id: int | None
    attempts: int
    created_at: datetime
    lease_until: datetime
    about_id: int | None = None
    changes: tuple[int, ...] = ()
    thread_key: str | None = None
    thread_reference: str | None = None
    severity: Severity | None = None
    untouched: bool = False


def insert(
    session: Session,
    subscription_id: int,
    key: str,
    now: datetime,
    *,
    change_id: int | None = None,
    week: str | None = None,
    bulletin_id: int | None = None,
    about_id: int | None = None,
    purpose: Purpose = Purpose.CHANGES,
    publisher: str | None = None,
    severity: Severity | None = None,
    thread_id: int | None = None,
    next_at: datetime | None = None,
) -> int | None:
    """The number of a new delivery; None when its key, or its change or week for this subscription, is there already.

    next_at: not to be sent before; now by default.
    """
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    inserted = session.execute(
        dialect.insert(DeliveryRow)
        .values(
            subscription_id=subscription_id,
            change_id=change_id,
            week=week,
            bulletin_id=bulletin_id,
            about_id=about_id,
            purpose=purpose,
            publisher=publisher,
            severity=severity,
            thread_id=thread_id,
            key=key,
            state=DeliveryState.PENDING,
            attempts=0,
            created_at=now,
            next_at=next_at or now,
        )
        .on_conflict_do_nothing()
        .returning(DeliveryRow.id)
    )
    return inserted.scalar()


def claim_due(session: Session, channel: str, now: datetime, lease: timedelta) -> Claim | None:
    """The delivery of this channel that has waited longest, leased to the caller; None when nothing is due.

    Of one subscription only the oldest delivery that is due is claimed (or any, once that one has failed
    OVERTAKEN_AFTER times), and of one thread only the oldest undone (which only a critical one may so overtake): a
    reader gets messages in the order of the changes. Two processes never claim the same row: SQLite holds the write
    lock for the whole transaction, PostgreSQL locks the row and skips rows locked by others. What an unconfirmed
    subscription gets is the question whether it is wanted.
    """
    row = session.scalar(
        select(DeliveryRow)
        .join(SubscriptionRow, SubscriptionRow.id == DeliveryRow.subscription_id)
        .where(SubscriptionRow.channel == channel, MAY_BE_SENT)
        .where(DeliveryRow.next_at <= now, leased_to_nobody(now, lease))
        .order_by(DeliveryRow.next_at, DeliveryRow.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=DeliveryRow),
        {"now": now},
    )
    if row is None:
        return None
    untouched = row.claimed_at is None
    row.claimed_at, row.lease_until = now, now + lease
    session.flush()
    key, reference = answered(session, row) or (None, None)
    return Claim(
        id=row.id,
        key=row.key,
        purpose=Purpose(row.purpose),
        subscription=subscription(session, row.subscription_id),
        change_id=row.change_id,
        week=row.week,
        bulletin_id=row.bulletin_id,
        attempts=row.attempts,
        created_at=row.created_at,
        lease_until=now + lease,
        about_id=row.about_id,
        changes=told_changes(session, row.id),
        thread_key=key,
        thread_reference=reference,
        severity=Severity(row.severity) if row.severity else None,
        untouched=untouched,
    )


def told_changes(session: Session, delivery_id: int) -> tuple[int, ...]:
    """Every change a delivery tells, the one that opened it first."""
    opening = session.scalar(select(DeliveryRow.change_id).where(DeliveryRow.id == delivery_id))
    joined = select(DeliveryChangeRow.change_id).where(DeliveryChangeRow.delivery_id == delivery_id)
    first = () if opening is None else (opening,)
    return (*first, *session.scalars(joined.order_by(DeliveryChangeRow.change_id)))


def put_off(session: Session, claim: Claim, until: datetime) -> None:
    """Gives a claim back unsent, in the transaction that took it; one that nobody had before may again be joined."""
    given_back = {"claimed_at": None} if claim.untouched else {}
    session.execute(
        update(DeliveryRow).where(DeliveryRow.id == claim.id).values(next_at=until, lease_until=None, **given_back)
    )


def mark_sent(session: Session, delivery_id: int, receipt: str, now: datetime, reference: str | None = None) -> None:
    """The channel answered that it has the message. True even when the lease ran out meanwhile, so it asks for none."""
    session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.id == delivery_id, DeliveryRow.state != DeliveryState.SENT)
        .values(
            state=DeliveryState.SENT,
            sent_at=now,
            receipt=receipt,
            reference=reference,
            error=None,
            lease_until=None,
            attempts=DeliveryRow.attempts + 1,
        )
    )
    attempts.note(session, delivery_id, DeliveryState.SENT, receipt, now)


def mark_failed(session: Session, claim: Claim, reason: str, next_at: datetime, now: datetime | None = None) -> bool:
    """Will be tried again at next_at; False when the lease was lost and another process decides.

    now: when it failed, next_at by default.
    """
    attempts.note(session, claim.id, DeliveryState.FAILED, reason, now or next_at)
    return _mark_unsent(session, claim, DeliveryState.FAILED, reason, next_at)


def mark_dead(session: Session, claim: Claim, reason: str, now: datetime) -> bool:
    """Will not be tried again; False when the lease was lost and another process decides."""
    attempts.note(session, claim.id, DeliveryState.DEAD, reason, now)
    return _mark_unsent(session, claim, DeliveryState.DEAD, reason, now)


def mark_bounced(session: Session, key: str, reason: str, now: datetime) -> tuple[int, Subscription] | None:
    """A mail that was sent came back: it is dead; its number and its subscription.

    None when no mail of this key was sent or tried, is being sent, or is dead already.
    """
    mail = select(SubscriptionRow.id).where(SubscriptionRow.channel == "email")
    marked = session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.key == key, DeliveryRow.subscription_id.in_(mail))
        .where(DeliveryRow.state.in_([DeliveryState.SENT, DeliveryState.FAILED]))
        .where(or_(DeliveryRow.lease_until.is_(None), DeliveryRow.lease_until <= now))
        .values(state=DeliveryState.DEAD, error=reason, next_at=now, lease_until=None)
        .returning(DeliveryRow.id, DeliveryRow.subscription_id)
    ).first()
    if marked is None:
        return None
    attempts.note(session, marked.id, DeliveryState.DEAD, reason, now)
    return marked.id, subscription(session, marked.subscription_id)


def being_sent(session: Session, key: str, now: datetime) -> bool:
    """Whether somebody holds the lease of the delivery with this key: it may be taken and not yet marked."""
    leased = select(DeliveryRow.id).where(DeliveryRow.key == key, undone(), DeliveryRow.lease_until > now)
    return session.scalar(leased) is not None


def revive(
    session: Session, now: datetime, *, subscription_id: int | None = None, delivery_id: int | None = None
) -> tuple[int, ...]:
    """Puts dead and failed deliveries back in the queue, due now and with all attempts before them; their numbers.

    For after the operator mended the channel. One that another process is just sending is left to it.
    """
    query = update(DeliveryRow).where(DeliveryRow.state.in_([DeliveryState.DEAD, DeliveryState.FAILED]))
    if subscription_id is not None:
        query = query.where(DeliveryRow.subscription_id == subscription_id)
    if delivery_id is not None:
        query = query.where(DeliveryRow.id == delivery_id)
    revived = session.execute(
        query.where(or_(DeliveryRow.lease_until.is_(None), DeliveryRow.lease_until <= now))
        .values(state=DeliveryState.PENDING, attempts=0, next_at=now, lease_until=None)
        .returning(DeliveryRow.id)
    )
    return tuple(sorted(revived.scalars()))


def undone(row: type[DeliveryRow] = DeliveryRow) -> ColumnElement[bool]:
    """It is still to be sent. The states stand in the statement itself: SQLite does not take a partial index
    (ix_delivery_undone, ix_delivery_due) for a statement whose values come later."""
    states: BindParameter[str] = bindparam(
        "undone", [str(state) for state in UNDONE], expanding=True, literal_execute=True
    )
    return row.state.in_(states)


def leased_to_nobody(now: datetime, lease: timedelta) -> ColumnElement[bool]:
    """No lease is in force. One that ends later than two of ours is of a clock that was set back: it is none."""
    until = DeliveryRow.lease_until
    return or_(until.is_(None), until <= now, until > now + 2 * lease)


def _thread(row: type[DeliveryRow]) -> ColumnElement[int]:
    """The delivery that opened the thread of a row: itself, where it opened one."""
    return func.coalesce(row.thread_id, row.id)


def _mark_unsent(session: Session, claim: Claim, state: DeliveryState, reason: str, next_at: datetime) -> bool:
    # lease_until is the fence: whoever claims after us writes another one.
    marked = session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.id == claim.id, undone(), DeliveryRow.lease_until == claim.lease_until)
        .values(state=state, error=reason, next_at=next_at, lease_until=None, attempts=DeliveryRow.attempts + 1)
        .returning(DeliveryRow.id)
    )
    return marked.first() is not None


def _may_be_sent() -> ColumnElement[bool]:
    now = bindparam("now", type_=DeliveryRow.next_at.type)
    asks = DeliveryRow.purpose == Purpose.CONFIRMATION
    earlier, senior = aliased(DeliveryRow), aliased(DeliveryRow)
    behind_stuck = (
        select(senior.id)
        .where(senior.subscription_id == earlier.subscription_id, senior.id < earlier.id)
        .where(undone(senior), senior.attempts >= OVERTAKEN_AFTER, _thread(senior) == _thread(earlier))
        .exists()
    )
    stuck = or_(earlier.attempts >= OVERTAKEN_AFTER, behind_stuck)
    # One whose group still gathers, or that waits for the morning, holds up nothing of other publishers.
    begun = or_(earlier.next_at <= now, earlier.claimed_at.is_not(None))
    strict = and_(
        _thread(earlier) == _thread(DeliveryRow), func.coalesce(DeliveryRow.severity, "") != Severity.CRITICAL
    )
    same_thread = and_(_thread(earlier) == _thread(DeliveryRow), ~stuck)
    waits_its_turn = (
        select(earlier.id)
        .where(earlier.subscription_id == DeliveryRow.subscription_id, earlier.id < DeliveryRow.id)
        .where(undone(earlier), or_(and_(begun, ~stuck), same_thread, strict))
        .exists()
    )
    return and_(
        undone(),
        or_(SubscriptionRow.paused_at.is_(None), asks),
        SubscriptionRow.ended_at.is_(None),
        or_(SubscriptionRow.confirmed_at.is_not(None), asks),
        or_(asks, ~waits_its_turn),
    )


# Undone, wanted by its subscription, and behind no other that goes first; joined with its subscription, and executed
# with {"now": ...}. Made once: to make it costs as much as to ask it, and threads must not make parts of it together.
MAY_BE_SENT = _may_be_sent()
